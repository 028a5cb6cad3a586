"""One concern of the desk, with what its page shows."""

from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern, Meeting, Voice
from quartiersladen.concerns.queries.seen import concerns_inside
from quartiersladen.correspondence.incoming.states import InboundState
from quartiersladen.correspondence.models import InboundMail


def _count_of(rows: QuerySet[Any]) -> Coalesce:
    """Return an expression that counts rows, so that a page needs no statement of its own."""
    counted = rows.order_by().annotate(of=Value(1)).values("of").annotate(n=Count("pk"))
    return Coalesce(Subquery(counted.values("n")), 0)


def get_inside(viewer: Viewer, reference: str) -> Concern:
    """Return one concern for the desk, with the key of the first mail about it that waits.

    Raises Concern.DoesNotExist when missing or hidden.
    """
    waits = InboundMail.objects.filter(dossier=OuterRef("pk"), state=InboundState.WAITING)
    return (
        concerns_inside(viewer)
        .annotate(waiting_mail=Subquery(waits.order_by("received_at").values("pk")[:1]))
        .select_related(
            "dossier",
            "dossier__quarter",
            "dossier__assigned_to",
            "quarter",
            "theme",
            "teller",
            "right_address",
            "action",
            "scope_rule",
            "leader",
            "leader__dossier",
        )
        .annotate(
            joined_count=_count_of(Concern.objects.filter(leader=OuterRef("pk"))),
            voice_count=_count_of(Voice.objects.filter(concern=OuterRef("pk"))),
            meeting_count=_count_of(Meeting.objects.filter(concern=OuterRef("pk"))),
        )
        .get(dossier__reference=reference)
    )
