"""Jobs of the files module. Each may run twice: a second run finds nothing left to do."""

from django.utils import timezone

from quartiersladen.files import services


def remove_unknown() -> None:
    """Delete photos in the storage that no row knows."""
    services.remove_unknown(now=timezone.now())
