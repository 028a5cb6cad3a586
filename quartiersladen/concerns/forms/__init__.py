"""Forms of the concerns module: the shape of what people type. They never save."""
