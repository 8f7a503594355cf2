"""What is handed to an auditor 证据包: a log, a record or a period in one file that verifies offline."""
