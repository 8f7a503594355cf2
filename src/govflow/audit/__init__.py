"""审计 audit: what outsiders check and ask of a log, long after it was written. Nothing here changes a log."""
