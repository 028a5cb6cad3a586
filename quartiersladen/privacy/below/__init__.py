"""Holders for the modules that lie below this one and cannot know the registry.

They are spoken for here, one file each. Every module above has a `privacy.py` of its own.
"""
