"""The house as an attacker meets it: over HTTP, across all modules."""
