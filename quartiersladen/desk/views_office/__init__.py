"""Pages of the office's day and of its settings."""
