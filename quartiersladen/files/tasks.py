"""Jobs of the files module. Each may run twice."""

from quartiersladen.files import services


def remove_bytes(*names: str) -> None:
    """Delete the bytes of a file whose row is gone."""
    services.remove_bytes(names=names)
