"""Writes of the backups module: making an archive, the nightly one, and taking one back."""
