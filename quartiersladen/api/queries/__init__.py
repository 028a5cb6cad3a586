"""Reads of the interfaces, by what is asked.

offers (what a quarter offers to partners) · requests (what is released, and what a key has sent) ·
keys (whose key it is, and the settings page) · figures (sums that everybody may read).
"""
