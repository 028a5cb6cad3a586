"""The desk's pages of a mediation: one page with its deeds, and the agreement to print."""
