"""Accounts: the people who sign in, their role in each quarter, and who is looking at a page.

Nouns: User, Membership (user, quarter, role, from/to), Viewer (the public, the holder of a signed
link, or a member). Residents and responsible bodies never need an account.

Rules nobody may break: a role counts only in its quarter and only between its two dates; staff use
a second factor, except in demo mode; every view carries one of the decorators in access.py.
"""
