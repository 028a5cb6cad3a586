"""Desk: the office's day. No tables of its own: it reads across the modules and keeps the settings.

Pages: today, search, outbox, settings. What is done to a concern happens in `concerns`.
"""
