"""Which concerns belong together."""

from collections.abc import Iterable

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern, Joining
from quartiersladen.concerns.queries.seen import concerns_inside


def joined_to(viewer: Viewer, leader: Concern) -> list[Joining]:
    """Return what is joined to a concern now, as far as the viewer may open it, the latest first."""
    rows = Joining.objects.filter(
        leader=leader, undone_at=None, concern__in=concerns_inside(viewer)
    )
    return list(rows.select_related("concern__dossier", "by").order_by("-joined_at", "-pk"))


def by_references(viewer: Viewer, references: Iterable[str]) -> list[Concern]:
    """Return the concerns of these numbers that the viewer may open, in the order of the numbers."""
    return list(
        concerns_inside(viewer)
        .filter(dossier__reference__in=set(references))
        .select_related("dossier", "dossier__quarter", "quarter", "theme", "teller")
        .order_by("created_at", "pk")
    )
