"""The desk's pages for concerns: list, entry, one case with its deeds, passing on, talks."""
