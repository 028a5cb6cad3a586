"""Deeds on the interfaces, by noun.

offers (the switch, themes and their questions) · keys (made and revoked) · creations (a partner
tells a concern).
"""
