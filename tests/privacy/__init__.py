"""One person across all modules, and the rules of retention: tested above all layers."""
