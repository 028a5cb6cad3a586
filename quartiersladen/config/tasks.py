"""Jobs of the house as a whole."""


def heartbeat() -> None:
    """Do nothing: the queue writes down that it was done, and the health check reads that."""
