"""What residents read, in all eight languages."""
