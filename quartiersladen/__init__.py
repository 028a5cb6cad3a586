"""Quartiersladen: the work of a neighbourhood office, from the first talk to the year's report."""

__version__ = "0.1.0"
