"""Wiring: settings, addresses and the commands that an administrator runs."""
