"""Jobs of the dossiers module."""

from django.utils import timezone

from quartiersladen.dossiers import search
from quartiersladen.dossiers.services import digests
from quartiersladen.quarters.queries import all_quarters


def send_digests() -> None:
    """Send the morning mails; run often, each person gets at most one a day."""
    now = timezone.now()
    for quarter in all_quarters():
        digests.send_digests(quarter=quarter, now=now)


def clean_index() -> None:
    """Let the search forget for good what was deleted."""
    search.forget_old_words()
