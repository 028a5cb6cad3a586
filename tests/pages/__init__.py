"""Every page of the house, seen in a real browser."""
