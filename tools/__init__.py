"""Programs that build, check and start the house; not part of the installed package."""
