"""What waits in the quarantine, or was called spam."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.queries.seen import concerns_inside
from quartiersladen.concerns.states import ConcernState
from quartiersladen.dossiers.models import Entry
from quartiersladen.kernel.spam import Sign


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One report on the quarantine list, with why it lies there and how many photos it has."""

    concern: Concern
    signs: list[Sign]
    photos: int


def held_rows(viewer: Viewer, state: ConcernState, *, limit: int) -> list[HeldRow]:
    """Return what waits in the quarantine, or what was called spam, oldest first.

    limit: rows; the next ones come when these are decided.  Two statements.
    """
    rows = (
        concerns_inside(viewer)
        .filter(state=state)
        .select_related("dossier", "quarter", "teller")
        .annotate(photos=Count("dossier__documents"))
        .order_by("created_at", "pk")[:limit]
    )
    found = list(rows)
    entries = Entry.objects.filter(dossier__in=[row.pk for row in found], deed="quarantined")
    signs = {entry.dossier_id: entry.fact("signs") for entry in entries}
    return [HeldRow(row, [Sign(s) for s in signs[row.pk]], row.photos) for row in found]


def quarantine_count(viewer: Viewer) -> int:
    """Count what waits in the quarantine."""
    return concerns_inside(viewer).filter(state=ConcernState.QUARANTINED).count()


def held_references(viewer: Viewer, references: Iterable[str]) -> list[Concern]:
    """Return those of the named reports that lie in the quarantine, waiting or as spam."""
    return list(
        concerns_inside(viewer)
        .filter(
            state__in=[ConcernState.QUARANTINED, ConcernState.SPAM],
            dossier__reference__in=set(references),
        )
        .select_related("dossier", "dossier__quarter", "quarter", "teller")
        .order_by("created_at", "pk")
    )
