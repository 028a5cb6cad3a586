"""Reads across the modules for the office's day."""

from dataclasses import dataclass

from django.db.models import Max

from quartiersladen.accounts.models import Membership
from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Referral, RightAddress, Teller
from quartiersladen.concerns.states import AnswerWay
from quartiersladen.dossiers.models import Dossier, FollowUp
from quartiersladen.dossiers.queries import dossiers_inside
from quartiersladen.dossiers.search import narrowed
from quartiersladen.dossiers.states import FollowUpReason
from quartiersladen.quarters.models import Theme

MOST_HITS = 50
#: Tasks with the person who told it.
WITH_PERSON = frozenset({FollowUpReason.TELL, FollowUpReason.CALL})


@dataclass(frozen=True, slots=True)
class Due:
    """A follow-up with how often a body was asked already, and what a task with the person needs.

    wants_letter: a letter is to be written.  phone: the number to call, "" for all other tasks.
    """

    follow_up: FollowUp
    asks: int
    wants_letter: bool
    phone: str = ""


def with_asks(follow_ups: list[FollowUp]) -> list[Due]:
    """Return the follow-ups with the number of asks; two statements for all of them."""
    keys = [follow_up.dossier_id for follow_up in follow_ups]
    rows = (
        Referral.objects.filter(concern_id__in=keys).values("concern_id").annotate(n=Max("asks"))
    )
    asks = {row["concern_id"]: row["n"] for row in rows}
    tasks = {f.dossier_id for f in follow_ups if f.reason in WITH_PERSON}
    tellers = {
        key: (way, phone)
        for key, way, phone in Teller.objects.filter(pk__in=tasks).values_list(
            "pk", "way", "phone"
        )
    }
    return [_due(follow_up, asks, tellers) for follow_up in follow_ups]


def _due(follow_up: FollowUp, asks: dict[int, int], tellers: dict[int, tuple[str, str]]) -> Due:
    way, phone = tellers.get(follow_up.dossier_id, ("", ""))
    is_told = follow_up.reason == FollowUpReason.TELL
    is_called = follow_up.reason == FollowUpReason.CALL or (is_told and way == AnswerWay.PHONE)
    return Due(
        follow_up,
        asks.get(follow_up.dossier_id, 0),
        wants_letter=is_told and way == AnswerWay.POST,
        phone=phone if is_called else "",
    )


def found(viewer: Viewer, words: str) -> list[Dossier]:
    """Return dossiers that hold every word, newest first; at most MOST_HITS + 1."""
    rows = narrowed(dossiers_inside(viewer), words)
    return list(rows.select_related("assigned_to").order_by("-created_at", "-pk")[: MOST_HITS + 1])


def by_reference(viewer: Viewer, reference: str) -> Dossier | None:
    """Return the dossier with exactly this number, None if missing or hidden."""
    return dossiers_inside(viewer).filter(reference=reference.strip()).first()


def all_themes(viewer: Viewer) -> list[Theme]:
    """Return also the themes that cannot be chosen any more."""
    return list(Theme.objects.filter(quarter_id=viewer.quarter_id).order_by("position", "pk"))


def get_theme(viewer: Viewer, key: int) -> Theme:
    """Return one theme of the quarter. Raises Theme.DoesNotExist."""
    return Theme.objects.get(quarter_id=viewer.quarter_id, pk=key)


def all_addresses(viewer: Viewer) -> list[RightAddress]:
    """Return also the right addresses that cannot be chosen any more."""
    return list(
        RightAddress.objects.filter(quarter_id=viewer.quarter_id).order_by("position", "pk")
    )


def get_address(viewer: Viewer, key: int) -> RightAddress:
    """Return one right address of the quarter. Raises RightAddress.DoesNotExist."""
    return RightAddress.objects.get(quarter_id=viewer.quarter_id, pk=key)


def get_member(viewer: Viewer, key: int) -> Membership:
    """Return one membership of the quarter. Raises Membership.DoesNotExist."""
    return Membership.objects.select_related("user").get(quarter_id=viewer.quarter_id, pk=key)
