"""Jobs of the files module. Each may run twice: a second run finds nothing left to do."""

from django.utils import timezone

from quartiersladen.files import services


def drop_unknown_files() -> None:
    """Delete what a killed process or a full disk has left."""
    services.drop_unknown_files(now=timezone.now())


def remove_bytes(*names: str) -> None:
    """Delete the bytes of a file whose row is gone."""
    services.remove_bytes(names=names)
