"""Joint cases: several concerns about the same become one, led by one of them, and can be parted.

See docs/adr/0010. The joined ones keep their number, their teller and their journal; what is done is
done at the leading one, and its answer goes to all.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern, Joining, Referral
from quartiersladen.concerns.rules import may_decide
from quartiersladen.concerns.services.life import follow_referrals, move, part, set_next_date
from quartiersladen.concerns.states import OUTSIDE, WAITING, ConcernState, Scope
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.queries import named_in, next_follow_up
from quartiersladen.dossiers.services.dossier import claim, lock_dossiers, touch
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience, FollowUpReason
from quartiersladen.kernel.errors import Conflict, Invalid, demand

UNDO_DAYS = 30


class NothingToJoin(Invalid):
    """A joint case needs at least one other concern."""

    sentence = _("Please choose at least one other concern.")


class JoinsItself(Invalid):
    """Nothing is joined to itself."""

    sentence = _("A concern cannot be joined to itself.")


class LeaderNotOpen(Conflict):
    """Only an open concern, which belongs to no other one, can lead."""

    sentence = _(
        "This concern is closed or belongs to another one. Please choose an open one to lead."
    )


class LeadsOthers(Conflict):
    """A chain of joint cases would hide who deals with it."""

    sentence = _(
        "One of these leads a joint case itself. Open that one and join this one to it, or part it"
        " first."
    )


class TopicNotJoined(Conflict):
    """An important topic is asked about by itself, over years; as a joined one nobody would."""

    sentence = _(
        "One of these is an important topic. Open that one and join the others to it, or choose “No"
        " important topic any more” there first."
    )


class NotTheSameCircle(Conflict):
    """Confidential concerns go together only where the same persons may see both."""

    sentence = _(
        "A confidential concern can be joined only to one that the same persons may see, and to no"
        " other."
    )


class NotJoined(Conflict):
    """It belongs to no joint case."""

    sentence = _("This concern belongs to no joint case any more.")


class TooLateToPart(Conflict):
    """After a month too much has been done in the name of all."""

    sentence = _("It was joined more than 30 days ago and can no longer be parted.")


class JointCaseEnded(Conflict):
    """Everybody has the answer already."""

    sentence = _(
        "The joint case has ended and everybody has the answer. Take the leading concern up again"
        " first."
    )


@transaction.atomic
def join(
    *,
    viewer: Viewer,
    leader: Concern,
    concerns: Sequence[Concern],
    keep: frozenset[int],
    version: int,
    now: datetime,
) -> Entry:
    """Join open concerns to a leading one.  version: of the leading one.

    keep: keys of waiting referrals that go over to the leading concern. One whose body has the
    leading concern already, or that is not kept, is revoked: its link opens nothing any more.
    Raises NotAllowed; NothingToJoin, JoinsItself; LeaderNotOpen, LeadsOthers, TopicNotJoined,
    NotTheSameCircle; TransitionRefused when one is not open; ChangedMeanwhile.
    """
    demand(all(may_decide(viewer, one) for one in (leader, *concerns)))
    if not concerns:
        raise NothingToJoin(field="numbers")
    if any(one.pk == leader.pk for one in concerns):
        raise JoinsItself(field="numbers")
    keys = [one.pk for one in concerns]
    lock_dossiers(keys=[leader.pk, *keys])
    # Read behind the locks: what another one joined meanwhile is joined.
    leader.refresh_from_db(fields=["state"])
    if not leader.is_open:
        raise LeaderNotOpen
    if Concern.objects.filter(leader__in=keys).exists():
        raise LeadsOthers
    if Concern.objects.filter(pk__in=keys, topic_months__isnull=False).exists():
        raise TopicNotJoined
    circle = _circle(leader)
    if any(_circle(one) != circle for one in concerns):
        raise NotTheSameCircle
    claim(dossier=leader.dossier, version=version)
    for concern in concerns:
        _join(viewer, leader, concern, keep, now)
    numbers = ", ".join(one.dossier.reference for one in concerns)
    return _line(viewer, leader, "joined_here", now, Audience.OFFICE, numbers=numbers)


def _circle(concern: Concern) -> frozenset[int] | None:
    """Return who may see a confidential concern, None if it is none."""
    if concern.dossier.audience != Audience.CONFIDENTIAL:
        return None
    return named_in(concern.dossier)


def _join(
    viewer: Viewer, leader: Concern, concern: Concern, keep: frozenset[int], now: datetime
) -> None:
    touch(dossier=concern.dossier)
    before, next_on = concern.state, concern.next_on or concern.quarter.local_day(now)
    moved, revoked = _part_referrals(leader, concern, keep)
    move(
        concern=concern,
        action="join",
        given={"leader"},
        now=now,
        leader=leader,
        next_on=None,
        closed_at=now,
    )
    Joining.objects.create(
        concern=concern,
        leader=leader,
        joined_at=now,
        by_id=viewer.user_id or 0,
        state_before=before,
        next_on_before=next_on,
        moved=moved,
        revoked=revoked,
    )
    if moved:
        _is_with_bodies(leader, next_on, now)
    number = leader.dossier.reference
    _line(viewer, concern, "joined", now, Audience.TELLER, leader=number)


def _part_referrals(
    leader: Concern, concern: Concern, keep: frozenset[int]
) -> tuple[list[int], list[int]]:
    """Move what survives to the leading concern and revoke the rest. Returns the keys of both."""
    there = Referral.objects.filter(concern=leader, state__in=WAITING)
    bodies = set(there.values_list("body_id", flat=True))
    moved: list[int] = []
    revoked: list[int] = []
    for referral in Referral.objects.filter(concern=concern, state__in=WAITING).order_by("pk"):
        row = Referral.objects.filter(pk=referral.pk)
        if referral.pk in keep and referral.body_id not in bodies:
            # Whose contact data the body got is not forgotten.
            source = referral.moved_from_id or concern.pk
            row.update(concern=leader, moved_from_id=source)
            bodies.add(referral.body_id)
            moved.append(referral.pk)
        else:
            row.update(link_generation=F("link_generation") + 1)
            revoked.append(referral.pk)
    return moved, revoked


def _is_with_bodies(leader: Concern, next_on: date, now: datetime) -> None:
    """Bodies came over: the leading concern is passed on now, and asked after on the earlier day.

    While its person is asked something it stays so, with the task of asking: the answer leads to the
    bodies.
    """
    today = leader.quarter.local_day(now)
    due_on = max(min(next_on, leader.next_on or next_on), today)
    passed_on: dict[str, Any] = {
        "scope": Scope.PUBLIC_INTEREST if leader.scope == Scope.UNDECIDED else leader.scope,
        "first_answer_at": leader.first_answer_at or now,
    }
    task = None
    if leader.state == ConcernState.QUESTION:
        task = next_follow_up(leader.dossier)
        Concern.objects.filter(pk=leader.pk).update(**passed_on)
    elif leader.state not in OUTSIDE:
        given = {"body", "next_date"}
        move(concern=leader, action="forward", given=given, now=now, **passed_on)
    set_next_date(
        concern=leader,
        due_on=due_on,
        reason=FollowUpReason(task.reason) if task else FollowUpReason.ASK_BODY,
        note=task.note if task else "",
        now=now,
    )
    follow_referrals(concern=leader, now=now)


def _line(
    viewer: Viewer, concern: Concern, deed: str, now: datetime, audience: Audience, **data: str
) -> Entry:
    return record(
        dossier=concern.dossier,
        deed=deed,
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        audience=audience,
        data=data,
        now=now,
    )


@transaction.atomic
def undo_join(*, viewer: Viewer, concern: Concern, now: datetime) -> Entry:
    """Part a concern from its joint case: its state, its next date and its referrals come back.

    What a body has answered meanwhile stays with the joint case.
    Raises NotAllowed; NotJoined; ChangedMeanwhile; unless the leading one was withdrawn
    TooLateToPart after 30 days, JointCaseEnded.
    """
    demand(may_decide(viewer, concern))
    rows = Joining.objects.filter(concern=concern, undone_at=None)
    joining = rows.select_related("leader__dossier__quarter", "leader__quarter").first()
    if joining is None:
        raise NotJoined
    leader = joining.leader
    # The leading one first, as when it is closed or withdrawn; what became of it is read behind that.
    touch(dossier=leader.dossier)
    leader.refresh_from_db(fields=["state"])
    # Nobody answers any more for what a withdrawn one led: it may be parted however late.
    if leader.state != ConcernState.WITHDRAWN:
        if now - joining.joined_at > timedelta(days=UNDO_DAYS):
            raise TooLateToPart
        if not leader.is_open:
            raise JointCaseEnded
    touch(dossier=concern.dossier)
    joining.concern = concern
    due_on = max(joining.next_on_before, concern.quarter.local_day(now))
    # Of two who part it at once, the second fails at the state of the concern.
    entry = part(joining=joining, due_on=due_on, actor=Actor.OFFICE, by_id=viewer.user_id, now=now)
    if joining.moved and leader.state in OUTSIDE:
        follow_referrals(concern=leader, now=now)
    return entry
