"""Parts that run beside a record's main workflow. Each is a small table with its items, written once, shared by records."""
