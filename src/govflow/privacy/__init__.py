"""Personal data: encrypted before it is written, under one key per data subject, kept apart from the log."""
