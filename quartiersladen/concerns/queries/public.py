"""What everybody may see of the concerns."""

from django.db.models import QuerySet

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.queries.seen import concerns_for
from quartiersladen.concerns.states import ConcernState


def released(viewer: Viewer) -> QuerySet[Concern]:
    """Return what everybody may see, newest first."""
    return (
        concerns_for(viewer)
        .filter(is_released=True)
        .exclude(state=ConcernState.WITHDRAWN)
        .order_by("-created_at", "-pk")
    )


def get_released(viewer: Viewer, reference: str) -> Concern:
    """Return one released concern. Raises Concern.DoesNotExist; missing equals hidden."""
    return (
        released(viewer)
        .select_related("dossier", "quarter", "theme", "leader", "leader__dossier")
        .get(dossier__reference=reference)
    )


def achieved(viewer: Viewer, *, limit: int) -> list[Concern]:
    """Return released concerns that ended, the latest first: "what became of it"."""
    return list(
        released(viewer)
        .filter(state=ConcernState.ANSWERED)
        .select_related("dossier", "theme")
        .order_by("-closed_at", "-pk")[:limit]
    )
