"""An event log as somebody's own system writes it, read into one table."""
