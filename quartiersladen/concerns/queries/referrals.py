"""To whom concerns were passed on, and what came back."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q, QuerySet

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern, Referral
from quartiersladen.concerns.queries.seen import concerns_inside
from quartiersladen.concerns.states import OPEN, WAITING, ReferralState
from quartiersladen.dossiers.rules import rows_inside


def bodies_of(concern_ids: Iterable[int]) -> dict[int, list[str]]:
    """Return to whom concerns were passed on, by concern, for those that the viewer may open."""
    rows = Referral.objects.filter(concern__in=list(concern_ids)).order_by("sent_at", "pk")
    found: dict[int, list[str]] = {}
    for concern_id, name in rows.values_list("concern_id", "body__name"):
        names = found.setdefault(concern_id, [])
        if name not in names:
            names.append(name)
    return found


def referrals_of(concern: Concern) -> QuerySet[Referral]:
    """Return the referrals of a concern that the caller has already been allowed to see."""
    return (
        Referral.objects.filter(concern=concern)
        .select_related("body", "person", "concern", "concern__dossier")
        .order_by("sent_at", "pk")
    )


def get_referral(viewer: Viewer, concern: Concern, referral_id: int) -> Referral:
    """Return one referral of a concern of the desk. Raises Referral.DoesNotExist."""
    rows = Referral.objects.filter(concern=concern, concern__in=concerns_inside(viewer))
    referral = rows.select_related("body", "person").get(pk=referral_id)
    referral.concern = concern
    return referral


def bodies_with_contact(concern: Concern) -> list[Referral]:
    """Return the referrals with which contact data went out, oldest first."""
    rows = Referral.objects.filter(sent_with(concern.pk), with_contact=True)
    return list(rows.select_related("body").order_by("sent_at", "pk"))


def sent_with(concern_id: int) -> Q:
    """Return the filter on referrals that went out with a concern, also if a joint case has them."""
    own = Q(concern=concern_id, moved_from=None)
    return own | Q(moved_from=concern_id)


def replies_in(viewer: Viewer, *, since: datetime, limit: int) -> list[Referral]:
    """Return replies of bodies since then on concerns that are still open, newest first.

    Older ones are not forgotten: an open concern has a next date.
    """
    return list(
        Referral.objects.filter(
            state__in=[ReferralState.ANSWERED, ReferralState.DECLINED],
            settled_at__gte=since,
            concern__state__in=sorted(OPEN),
            concern__quarter=viewer.quarter_id,
        )
        .filter(rows_inside(viewer, "concern__dossier__"))
        .select_related("body", "concern__dossier")
        .order_by("-settled_at", "-pk")[:limit]
    )


def waiting_referrals(concerns: Iterable[Concern]) -> list[Referral]:
    """Return who has these concerns and has not replied, for concerns the caller may open."""
    rows = Referral.objects.filter(concern__in=[one.pk for one in concerns], state__in=WAITING)
    return list(rows.select_related("body", "concern__dossier").order_by("sent_at", "pk"))
