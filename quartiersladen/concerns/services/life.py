"""The state of a concern: the one place that stores it."""

from copy import copy
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns import invitations, letters
from quartiersladen.concerns.letters import Letter
from quartiersladen.concerns.meetings import demand_no_meeting_ahead, meeting_ahead
from quartiersladen.concerns.models import Concern, Joining, Question, Referral
from quartiersladen.concerns.models.concern import REASON_LENGTH
from quartiersladen.concerns.rules import may_act_as_teller, may_decide, may_work_on
from quartiersladen.concerns.services import topics
from quartiersladen.concerns.services.joint_answer import take_up_joined, tell_joined
from quartiersladen.concerns.services.tellers import letter_to_teller, tell_the_end
from quartiersladen.concerns.services.voices import tell_voices_later
from quartiersladen.concerns.states import (
    AFTER_QUESTION,
    CONCERN_MACHINE,
    HELD,
    NEEDS_REASON,
    NEEDS_WITNESS,
    OUTSIDE,
    WAITING,
    ConcernState,
    QuestionState,
    ReferralState,
    Result,
    Scope,
    Witness,
    action_for,
    parting,
)
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.queries import next_follow_up
from quartiersladen.dossiers.services.dates import check_next_date, plan_follow_up
from quartiersladen.dossiers.services.dossier import (
    ChangedMeanwhile,
    claim,
    close_dossier,
    let_in_dossier,
    reopen_dossier,
    set_audience,
    touch,
)
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import BY_HAND, Actor, Audience, FollowUpReason
from quartiersladen.kernel.errors import Invalid, demand
from quartiersladen.quarters.queries import add_days_at_work


class ReasonMissing(Invalid):
    """Some results need a public reason of at most 500 characters."""

    sentence = _("Please say why, in at most 500 characters. The person reads it.")


class WitnessMissing(Invalid):
    """Nobody says "fixed" unless somebody saw it."""

    sentence = _("Please say who has seen that it is fixed.")


class AnswerMissing(Invalid):
    """A concern is not closed without a word to the person."""

    sentence = _("Please write the answer that the person gets.")


class NextDateMissing(Invalid):
    """An open concern needs a next date."""

    sentence = _("Please choose the next date. No open concern stays without one.")


def move(
    *,
    concern: Concern,
    action: str,
    given: set[str],
    now: datetime,
    **changes: Any,  # noqa: ANN401 -- columns
) -> None:
    """Take one edge of the table and store the new state with `changes`.

    The update is conditional on the state that was read, so that two deeds at once cannot both
    happen.  Raises TransitionRefused for an edge that is not there; MeetingAhead; ChangedMeanwhile.
    """
    before = ConcernState(concern.state)
    after = CONCERN_MACHINE.target(before, action, given=given)
    if after in {ConcernState.ANSWERED, ConcernState.JOINED}:
        demand_no_meeting_ahead(concern)
    changes["state"] = after
    if not Concern.objects.filter(pk=concern.pk, state=before).update(**changes):
        raise ChangedMeanwhile
    for name, value in changes.items():
        setattr(concern, name, value)
    if before in HELD and after not in HELD:
        let_in_dossier(dossier=concern.dossier)
    if before == ConcernState.QUESTION and action not in AFTER_QUESTION:
        waiting = Question.objects.filter(concern=concern, state=QuestionState.OPEN)
        waiting.update(state=QuestionState.SETTLED, ended_at=now)
    if after in {ConcernState.ANSWERED, ConcernState.WITHDRAWN, ConcernState.JOINED}:
        close_dossier(dossier=concern.dossier, now=now)
    if after == ConcernState.WITHDRAWN:
        _call_off_today(concern, now)


def _call_off_today(concern: Concern, now: datetime) -> None:
    """Nobody can keep a person from taking it back; who is invited has to hear of it."""
    meeting = meeting_ahead(concern)
    if meeting is not None:
        plan_follow_up(
            dossier=concern.dossier,
            due_on=concern.quarter.local_day(now),
            reason=FollowUpReason.MEETING,
            note=invitations.note_of_end(meeting),
            now=now,
        )


def set_next_date(
    *, concern: Concern, due_on: date | None, reason: FollowUpReason, note: str, now: datetime
) -> None:
    """Set the next date on the concern and as the dossier's one open follow-up.

    Raises NextDateMissing for None; DateInThePast.
    """
    if due_on is None:
        raise NextDateMissing(field="next_on")
    plan_follow_up(dossier=concern.dossier, due_on=due_on, reason=reason, note=note, now=now)
    Concern.objects.filter(pk=concern.pk).update(next_on=due_on)
    concern.next_on = due_on


def set_date_of_bodies(
    *, concern: Concern, due_on: date | None, reason: FollowUpReason, note: str, now: datetime
) -> None:
    """Set the next date for what a body does, unless the person has still to be called or written to.

    Raises NextDateMissing for None; DateInThePast.
    """
    if due_on is None:
        raise NextDateMissing(field="next_on")
    check_next_date(dossier=concern.dossier, due_on=due_on, now=now)
    if _reason(concern) not in BY_HAND:
        set_next_date(concern=concern, due_on=due_on, reason=reason, note=note, now=now)


def default_next_date(*, concern: Concern, now: datetime) -> date:
    """Return the day on which to ask again: the theme's working days from today, else ten."""
    days = concern.theme.working_days if concern.theme else 10
    return add_days_at_work(concern.quarter, concern.quarter.local_day(now), days)


def follow_referrals(*, concern: Concern, now: datetime) -> None:
    """Derive the state from the referrals after one of them changed; does nothing if closed.

    When all have settled the matter lies on the desk again, due today.
    """
    if not concern.is_open or concern.state == ConcernState.NEW:
        return
    action = action_for(_states_of_referrals(concern))
    if action == "come_back":
        today = concern.quarter.local_day(now)
        set_date_of_bodies(
            concern=concern,
            due_on=today,
            reason=FollowUpReason.BODY_REPLIED,
            note="",
            now=now,
        )
    if action in CONCERN_MACHINE.actions_from(ConcernState(concern.state)):
        move(concern=concern, action=action, given={"next_date"}, now=now)


def _states_of_referrals(concern: Concern) -> list[ReferralState]:
    states = Referral.objects.filter(concern=concern).values_list("state", flat=True)
    return [ReferralState(state) for state in states]


def _office_entry(
    viewer: Viewer,
    concern: Concern,
    deed: str,
    now: datetime,
    *,
    text: str = "",
    audience: Audience = Audience.OFFICE,
    data: dict[str, Any] | None = None,
) -> Entry:
    return record(
        dossier=concern.dossier,
        deed=deed,
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        text=text,
        audience=audience,
        data=data,
        now=now,
    )


@transaction.atomic
def plan_next(
    *,
    viewer: Viewer,
    concern: Concern,
    due_on: date | None,
    note: str,
    version: int,
    now: datetime,
) -> Entry:
    """Set another next date for an open concern.

    Raises NotAllowed; NextDateMissing; DateInThePast; ChangedMeanwhile; TransitionRefused if closed.
    """
    demand(may_work_on(viewer, concern))
    claim(dossier=concern.dossier, version=version)
    if not concern.is_open:
        CONCERN_MACHINE.target(ConcernState(concern.state), "check")
    set_next_date(concern=concern, due_on=due_on, reason=_reason(concern), note=note, now=now)
    return _office_entry(
        viewer, concern, "next_date", now, text=note, data={"due_on": f"{concern.next_on}"}
    )


def _reason(concern: Concern) -> FollowUpReason:
    """Return why the next date is set: who was not reached by phone still has to be called."""
    task = next_follow_up(concern.dossier) if concern.state == ConcernState.QUESTION else None
    return FollowUpReason(task.reason) if task else FollowUpReason.WORK


@dataclass(frozen=True, slots=True)
class Ending:
    """How a concern ends. witness: "" unless the result needs one."""

    result: Result
    answer: str
    reason: str = ""
    witness: Witness | None = None


def _check(ending: Ending) -> None:
    if not ending.answer.strip():
        raise AnswerMissing(field="answer")
    reason = ending.reason.strip()
    if (ending.result in NEEDS_REASON and not reason) or len(reason) > REASON_LENGTH:
        raise ReasonMissing(field="reason")
    if ending.result in NEEDS_WITNESS and ending.witness is None:
        raise WitnessMissing(field="witness")


@transaction.atomic
def close_concern(
    *, viewer: Viewer, concern: Concern, ending: Ending, version: int, now: datetime
) -> Entry:
    """End a concern with an answer; how the person gets to know it is services.tellers' part.

    Raises NotAllowed; AnswerMissing, ReasonMissing, WitnessMissing; TransitionRefused;
    ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    _check(ending)
    claim(dossier=concern.dossier, version=version)
    return end(viewer=viewer, concern=concern, ending=ending, now=now)


def preview_end(*, viewer: Viewer, concern: Concern, ending: Ending) -> Letter | None:
    """Return the exact mail that the person would get; None if none would go. Nothing is stored.

    Raises what close_concern would raise.
    """
    demand(may_decide(viewer, concern))
    _check(ending)
    CONCERN_MACHINE.target(ConcernState(concern.state), "close", given={"result"})
    demand_no_meeting_ahead(concern)
    ended = copy(concern)
    ended.answer, ended.reason = ending.answer.strip(), ending.reason.strip()
    return letter_to_teller(concern=ended, build=lambda teller: letters.answered(ended, teller))


def end(*, viewer: Viewer, concern: Concern, ending: Ending, now: datetime) -> Entry:
    """Store the end and tell the person; part of close_concern and of the scope decision."""
    witness = ending.witness if ending.result in NEEDS_WITNESS and ending.witness else ""
    move(
        concern=concern,
        action="close",
        given={"result"},
        now=now,
        result=ending.result,
        answer=ending.answer.strip(),
        reason=ending.reason.strip(),
        witness=witness,
        closed_at=now,
        first_answer_at=concern.first_answer_at or now,
        next_on=None,
        topic_next_on=topics.next_asking(concern=concern, now=now),
    )
    entry = _office_entry(
        viewer,
        concern,
        "closed",
        now,
        text=ending.answer.strip(),
        audience=Audience.PUBLIC,
        data={"result": ending.result, "witness": witness, "reason": ending.reason.strip()},
    )
    tell_the_end(concern=concern, by_id=viewer.user_id, now=now)
    tell_joined(leader=concern, by_id=viewer.user_id, now=now)
    tell_voices_later(concern=concern)
    return entry


@transaction.atomic
def reopen_concern(
    *, viewer: Viewer, concern: Concern, why: str, version: int, now: datetime
) -> Entry:
    """Take a closed concern up again; it lies on the desk today.

    Raises NotAllowed; Invalid without a reason; TransitionRefused; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    if not why.strip():
        raise Invalid(_("Please say why it is taken up again."), field="why")
    claim(dossier=concern.dossier, version=version)
    today = concern.quarter.local_day(now)
    reopen_dossier(dossier=concern.dossier)
    move(
        concern=concern,
        action="reopen",
        given={"next_date"},
        now=now,
        next_on=today,
        closed_at=None,
        result="",
        witness="",
    )
    set_next_date(
        concern=concern, due_on=today, reason=FollowUpReason.WORK, note=why[:200], now=now
    )
    take_up_joined(leader=concern, by_id=viewer.user_id, now=now)
    _office_entry(viewer, concern, "reopen_note", now, text=why.strip())
    return _office_entry(viewer, concern, "reopened", now, audience=Audience.PUBLIC)


@transaction.atomic
def withdraw_concern(
    *, viewer: Viewer, concern: Concern, version: int | None, now: datetime
) -> Entry:
    """The teller takes it back, by the status link or through the office; nothing stays public.

    version: None from the status link.  What is joined to it is not taken back: it stands alone
    again, however long ago it was joined, and lies on the desk today.
    Raises NotAllowed; TransitionRefused when it is closed; ChangedMeanwhile.
    """
    by_teller = may_act_as_teller(viewer, concern)
    demand(by_teller or may_decide(viewer, concern))
    if version is None:
        touch(dossier=concern.dossier)
    else:
        claim(dossier=concern.dossier, version=version)
    _part_all(concern, viewer, now, actor=Actor.SYSTEM if by_teller else Actor.OFFICE)
    move(
        concern=concern,
        action="withdraw",
        given=set(),
        now=now,
        closed_at=now,
        next_on=None,
        topic_months=None,
        topic_since=None,
        topic_next_on=None,
        is_released=False,
        public_latitude=None,
        public_longitude=None,
        public_district=None,
        public_words="",
    )
    set_audience(dossier=concern.dossier, audience=Audience.TELLER)
    return record(
        dossier=concern.dossier,
        deed="withdrawn",
        actor=Actor.TELLER if by_teller else Actor.OFFICE,
        by_id=viewer.user_id,
        audience=Audience.TELLER,
        now=now,
    )


def _part_all(leader: Concern, viewer: Viewer, now: datetime, *, actor: Actor) -> None:
    rows = Joining.objects.filter(undone_at=None, concern__leader=leader).select_related(
        "concern__dossier__quarter", "concern__quarter"
    )
    today = leader.quarter.local_day(now)
    for joining in rows.order_by("concern"):
        joining.leader = leader
        touch(dossier=joining.concern.dossier)
        part(joining=joining, due_on=today, actor=actor, by_id=viewer.user_id, now=now)


def part(
    *, joining: Joining, due_on: date, actor: Actor, by_id: int | None, now: datetime
) -> Entry:
    """Let a joined concern stand alone again: its state and its referrals come back; part of a deed.

    What a body has answered meanwhile stays with the leading one.
    """
    concern, leader = joining.concern, joining.leader
    Joining.objects.filter(pk=joining.pk).update(undone_at=now)
    _take_referrals_back(joining)
    _stand_alone(joining, due_on, now)
    here, there = leader.dossier, concern.dossier
    record(
        dossier=here,
        deed="parted_here",
        actor=actor,
        by_id=by_id,
        audience=Audience.OFFICE,
        data={"numbers": there.reference},
        now=now,
    )
    return record(
        dossier=there,
        deed="parted",
        actor=actor,
        by_id=by_id,
        audience=Audience.TELLER,
        data={"leader": here.reference},
        now=now,
    )


def _take_referrals_back(joining: Joining) -> None:
    waiting = Referral.objects.filter(state__in=WAITING)
    for referral in waiting.filter(pk__in=joining.moved, concern=joining.leader):
        is_own = referral.moved_from_id == joining.concern_id
        source = None if is_own else referral.moved_from_id
        waiting.filter(pk=referral.pk).update(concern=joining.concern, moved_from_id=source)
    # The links in the mails that went out open again.
    revoked = waiting.filter(pk__in=joining.revoked, concern=joining.concern)
    revoked.update(link_generation=F("link_generation") - 1)


def _stand_alone(joining: Joining, due_on: date, now: datetime) -> None:
    concern, state = joining.concern, ConcernState(joining.state_before)
    if state in OUTSIDE | {ConcernState.QUESTION}:
        # Who has it may have changed meanwhile, and the question was settled when it was joined.
        asked_for = action_for(_states_of_referrals(concern))
        state = CONCERN_MACHINE.target(ConcernState.FORWARDED, asked_for, given={"next_date"})
    reopen_dossier(dossier=concern.dossier)
    move(
        concern=concern,
        action=parting(state),
        given={"next_date"},
        now=now,
        leader=None,
        closed_at=None,
        next_on=due_on,
    )
    set_next_date(concern=concern, due_on=due_on, reason=FollowUpReason.WORK, note="", now=now)


@transaction.atomic
def take_on(
    *, viewer: Viewer, concern: Concern, due_on: date | None, version: int, now: datetime
) -> Entry:
    """The office does it itself.

    Raises NotAllowed; NextDateMissing; DateInThePast; TransitionRefused; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    claim(dossier=concern.dossier, version=version)
    set_next_date(concern=concern, due_on=due_on, reason=FollowUpReason.WORK, note="", now=now)
    move(
        concern=concern,
        action="take_on",
        given={"next_date"},
        now=now,
        scope=Scope.OURS,
        first_answer_at=concern.first_answer_at or now,
    )
    return _office_entry(viewer, concern, "taken_on", now, audience=Audience.PUBLIC)
