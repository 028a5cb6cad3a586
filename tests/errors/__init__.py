"""Pages for what goes wrong, over all layers."""
