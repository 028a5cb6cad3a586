"""Meetings of several bodies about one concern: planned, moved, called off, or held with a result.

Who is invited by mail gets one; for the others it becomes a task of today to call or to write. When
nobody has to be told any more, the next date is the working day after the meeting: then somebody
writes down what came of it. A concern has at most one meeting ahead.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from datetime import date, datetime, time
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns import invitations as mails
from quartiersladen.concerns.letters import Letter
from quartiersladen.concerns.meetings import meeting_ahead, planned_with
from quartiersladen.concerns.models import Concern, Invitation, Meeting, Referral
from quartiersladen.concerns.rules import may_decide
from quartiersladen.concerns.services.life import (
    NextDateMissing,
    follow_referrals,
    set_date_of_bodies,
)
from quartiersladen.concerns.services.referrals import (
    DayGone,
    NoBody,
    NoMailAddress,
    NotAtThisBody,
)
from quartiersladen.concerns.states import (
    CONCERN_MACHINE,
    MEETING_MACHINE,
    REFERRAL_MACHINE,
    WAITING,
    Attendance,
    ConcernState,
    MeetingState,
    ReferralState,
)
from quartiersladen.correspondence.services.messages import keep_message, send_mail
from quartiersladen.correspondence.states import Counterpart, Direction, Way
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.queries import next_follow_up
from quartiersladen.dossiers.services.dates import check_next_date, end_follow_up
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile, claim, lock_dossiers
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience, FollowUpReason
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.quarters.queries import add_days_at_work

NOTE_LENGTH = 200  # characters


class PurposeMissing(Invalid):
    """Nobody comes to a meeting about nothing."""

    sentence = _("Please say in one sentence what the meeting is about.")


class PlaceMissing(Invalid):
    """Everybody has to find it."""

    sentence = _("Please say where the meeting is.")


class AlreadyPlanned(Conflict):
    """One at a time: a second one would hide the first."""

    sentence = _(
        "A meeting about this is planned already. Move it, call it off, or write down what came of"
        " it first."
    )


class MeetingOver(Conflict):
    """What is over stays as it was written down."""

    sentence = _("This meeting has been held or called off already.")


class StillToCome(Conflict):
    """Nothing can have come of it yet."""

    sentence = _("The meeting is still to come. Was it earlier? Then move it to that day first.")


class NothingChanged(Invalid):
    """A mail about nothing new would only confuse."""

    sentence = _("Please choose another day, time or place.")


class AgreedMissing(Invalid):
    """A result needs words."""

    sentence = _("Please write down what was agreed, or that nothing was.")


class NobodyThere(Invalid):
    """Without the bodies it was no meeting."""

    sentence = _("Please tick who was there. If nobody came, call the meeting off.")


class PromiseIncomplete(Invalid):
    """A promise is asked about on its day."""

    sentence = _("A promise needs words and a day.")


@dataclass(frozen=True, slots=True)
class Invite:
    """Which body is asked to come, whom there, and how."""

    body: ResponsibleBody
    way: Way
    person: ContactPerson | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """When, where and what about. others: who else takes part, by function, without names."""

    on: date
    begins: time
    place: str
    purpose: str
    others: str = ""


# --- Planning -------------------------------------------------------------------------------------
def preview_plan(
    *, viewer: Viewer, concern: Concern, plan: Plan, invites: Sequence[Invite], now: datetime
) -> list[tuple[Invitation, Letter]]:
    """Return the exact words that each body would get; nothing is stored.

    Raises what plan_meeting would raise.
    """
    demand(may_decide(viewer, concern))
    _check_plan(concern, plan, invites, now)
    meeting = _built(concern, plan, viewer, now)
    asked = [_asked(meeting, invite, now) for invite in invites]
    return list(zip(asked, _letters(meeting, asked), strict=True))


@transaction.atomic
def plan_meeting(
    *,
    viewer: Viewer,
    concern: Concern,
    plan: Plan,
    invites: Sequence[Invite],
    submission_key: UUID,
    version: int,
    now: datetime,
) -> Meeting:
    """Plan a meeting and invite the bodies. The same form sent twice makes one meeting.

    Raises NotAllowed; NoBody, NoMailAddress, NotAtThisBody, PurposeMissing, PlaceMissing, DayGone;
    AlreadyPlanned; TransitionRefused when the concern is closed; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    # Of two presses of one button, the second waits here and then finds what the first has made.
    lock_dossiers(keys=[concern.pk])
    if known := planned_with(concern, submission_key):
        return known
    _check_plan(concern, plan, invites, now)
    claim(dossier=concern.dossier, version=version)
    meeting = _built(concern, plan, viewer, now)
    meeting.submission_key = submission_key
    meeting.save(force_insert=True)
    asked = [_asked(meeting, invite, now) for invite in invites]
    for one in asked:
        one.save(force_insert=True)
    _write(viewer, asked, _letters(meeting, asked), now)
    _set_date(meeting, asked, now)
    _plan_line(viewer, meeting, "", now)
    _line(viewer, meeting, "meeting_planned", now, _day_and_bodies(meeting, asked))
    return meeting


def _check_plan(concern: Concern, plan: Plan, invites: Sequence[Invite], now: datetime) -> None:
    _demand_open(concern)
    if not invites:
        raise NoBody(field="bodies")
    for invite in invites:
        if invite.person is not None and invite.person.body_id != invite.body.pk:
            raise NotAtThisBody(field="person")
        address = (invite.person.email if invite.person else "") or invite.body.email
        if invite.way == Way.MAIL and not address:
            raise NoMailAddress(field="way")
    if not plan.purpose.strip():
        raise PurposeMissing(field="purpose")
    _check_day(concern, plan.on, plan.place, now)
    if meeting_ahead(concern) is not None:
        raise AlreadyPlanned


def _check_day(concern: Concern, on: date, place: str, now: datetime) -> None:
    if not place.strip():
        raise PlaceMissing(field="place")
    if on < concern.quarter.local_day(now):
        raise DayGone(field="on")


def _demand_open(concern: Concern) -> None:
    if not concern.is_open:
        CONCERN_MACHINE.target(ConcernState(concern.state), "check")


def _built(concern: Concern, plan: Plan, viewer: Viewer, now: datetime) -> Meeting:
    return Meeting(
        concern=concern,
        on=plan.on,
        begins=plan.begins,
        place=plan.place.strip(),
        purpose=plan.purpose.strip(),
        others=plan.others.strip(),
        planned_at=now,
        by_id=viewer.user_id or 0,
    )


def _asked(meeting: Meeting, invite: Invite, now: datetime) -> Invitation:
    return Invitation(
        meeting=meeting,
        body=invite.body,
        person=invite.person,
        way=invite.way,
        told_at=now if invite.way == Way.MAIL else None,
    )


def _letters(meeting: Meeting, asked: Sequence[Invitation]) -> list[Letter]:
    waiting = Referral.objects.filter(concern=meeting.concern, state__in=WAITING)
    by_body = {referral.body_id: referral for referral in waiting}
    names = [one.body.name for one in asked]
    return [mails.invitation(meeting, names, by_body.get(one.body_id)) for one in asked]


def _write(
    viewer: Viewer, asked: Sequence[Invitation], letters: Sequence[Letter], now: datetime
) -> None:
    """Mail those who are asked by mail. letters: one for each of `asked`."""
    for one, letter in zip(asked, letters, strict=True):
        if one.is_by_hand:
            continue
        send_mail(
            dossier=one.meeting.concern.dossier,
            counterpart=Counterpart.BODY,
            body=one.body,
            to=one.address,
            subject=letter.subject,
            text=letter.text,
            links=letter.links,
            language=letter.language,
            by_id=viewer.user_id,
            now=now,
        )


def _set_date(meeting: Meeting, asked: Sequence[Invitation], now: datetime) -> None:
    """Let the concern come back today while somebody has to be told, else after the meeting."""
    concern = meeting.concern
    untold = [one for one in asked if one.told_at is None]
    if untold:
        due_on, note = concern.quarter.local_day(now), mails.note_of_calls(meeting, untold)
    else:
        due_on = add_days_at_work(concern.quarter, meeting.on, 1)
        note = mails.note_of_result(meeting)
    set_date_of_bodies(
        concern=concern,
        due_on=due_on,
        reason=FollowUpReason.MEETING,
        note=note[:NOTE_LENGTH],
        now=now,
    )


# --- The journal ----------------------------------------------------------------------------------
def _names(asked: Sequence[Invitation]) -> list[str]:
    return [one.body.name for one in asked]


def _day_and_bodies(meeting: Meeting, asked: Sequence[Invitation]) -> dict[str, object]:
    return {
        "on": meeting.on.isoformat(),
        "begins": f"{meeting.begins:%H:%M}",
        "bodies": _names(asked),
    }


def _line(
    viewer: Viewer,
    meeting: Meeting,
    deed: str,
    now: datetime,
    data: Mapping[str, object],
    *,
    text: str = "",
    audience: Audience = Audience.TELLER,
) -> Entry:
    return record(
        dossier=meeting.concern.dossier,
        deed=deed,
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        text=text,
        audience=audience,
        data=data,
        now=now,
    )


def _plan_line(viewer: Viewer, meeting: Meeting, why: str, now: datetime) -> Entry:
    """Keep purpose and place for the office, whatever becomes of the meeting."""
    parts = (meeting.purpose, meeting.place, meeting.others, why)
    return _line(
        viewer,
        meeting,
        "meeting_plan",
        now,
        {"on": meeting.on.isoformat()},
        text="\n".join(part for part in parts if part),
        audience=Audience.OFFICE,
    )


# --- Before it ------------------------------------------------------------------------------------
def _demand_ahead(meeting: Meeting) -> None:
    if not meeting.is_ahead:
        raise MeetingOver


def _step(meeting: Meeting, action: str, given: set[str], **changes: object) -> None:
    before = MeetingState(meeting.state)
    changes["state"] = MEETING_MACHINE.target(before, action, given=given)
    if not Meeting.objects.filter(pk=meeting.pk, state=before).update(**changes):
        raise ChangedMeanwhile
    for name, value in changes.items():
        setattr(meeting, name, value)


def _invited(meeting: Meeting) -> list[Invitation]:
    rows = Invitation.objects.filter(meeting=meeting).select_related("body", "person")
    found = list(rows.order_by("body__sort_name", "pk"))
    for one in found:
        one.meeting = meeting
    return found


@transaction.atomic
def note_attendance(
    *,
    viewer: Viewer,
    invitation: Invitation,
    attendance: Attendance,
    words: str,
    version: int,
    now: datetime,
) -> Entry:
    """Write down that a body knows of the meeting, and whether it comes.

    Raises NotAllowed; MeetingOver; ChangedMeanwhile.
    """
    meeting = invitation.meeting
    concern = meeting.concern
    demand(may_decide(viewer, concern))
    _demand_ahead(meeting)
    claim(dossier=concern.dossier, version=version)
    said = words.strip()
    Invitation.objects.filter(pk=invitation.pk).update(
        attendance=attendance, words=said, told_at=invitation.told_at or now
    )
    if said:
        keep_message(
            dossier=concern.dossier,
            direction=Direction.IN,
            way=Way(invitation.way) if invitation.is_by_hand else Way.PHONE,
            counterpart=Counterpart.BODY,
            body=invitation.body,
            text=said,
            by_id=viewer.user_id,
            now=now,
        )
    task = next_follow_up(concern.dossier)
    if task is not None and task.reason == FollowUpReason.MEETING:
        _set_date(meeting, _invited(meeting), now)
    return _line(
        viewer,
        meeting,
        "meeting_attendance",
        now,
        {
            "on": meeting.on.isoformat(),
            "body": invitation.body.name,
            "attendance": attendance,
        },
        text=said,
        audience=Audience.OFFICE,
    )


def _is_mailed(meeting: Meeting) -> bool:
    return any(not one.is_by_hand for one in _invited(meeting))


def _moved(meeting: Meeting, to: mails.Appointment) -> Meeting:
    after = copy(meeting)
    after.on, after.begins, after.place = to.on, to.begins, to.place.strip()
    return after


def _check_move(meeting: Meeting, to: mails.Appointment, now: datetime) -> None:
    _demand_ahead(meeting)
    _demand_open(meeting.concern)
    _check_day(meeting.concern, to.on, to.place, now)
    if mails.appointment(_moved(meeting, to)) == mails.appointment(meeting):
        raise NothingChanged(field="on")


def preview_move(
    *, viewer: Viewer, meeting: Meeting, to: mails.Appointment, why: str, now: datetime
) -> list[Letter]:
    """Return the exact mail about another day, time or place, the same to all; none if none goes.

    Raises what move_meeting would raise.
    """
    demand(may_decide(viewer, meeting.concern))
    _check_move(meeting, to, now)
    letter = mails.moved(_moved(meeting, to), mails.appointment(meeting), why.strip())
    return [letter] if _is_mailed(meeting) else []


@transaction.atomic
def move_meeting(
    *,
    viewer: Viewer,
    meeting: Meeting,
    to: mails.Appointment,
    why: str,
    version: int,
    now: datetime,
) -> Entry:
    """Choose another day, time or place and tell everybody what changed; all are asked anew.

    Raises NotAllowed; DayGone, PlaceMissing, NothingChanged; MeetingOver; TransitionRefused when
    the concern is closed; ChangedMeanwhile.
    """
    demand(may_decide(viewer, meeting.concern))
    _check_move(meeting, to, now)
    claim(dossier=meeting.concern.dossier, version=version)
    earlier = mails.appointment(meeting)
    after = _moved(meeting, to)
    _step(meeting, "move", {"day"}, on=after.on, begins=after.begins, place=after.place)
    rows = Invitation.objects.filter(meeting=meeting)
    rows.update(attendance=Attendance.OPEN)
    rows.exclude(way=Way.MAIL).update(told_at=None)
    asked = _invited(meeting)
    letter = mails.moved(meeting, earlier, why.strip())
    _write(viewer, asked, [letter] * len(asked), now)
    _set_date(meeting, asked, now)
    _plan_line(viewer, meeting, why.strip(), now)
    facts = _day_and_bodies(meeting, asked) | {"before": earlier.on.isoformat()}
    return _line(viewer, meeting, "meeting_moved", now, facts)


def to_call_off(*, meeting: Meeting) -> list[Invitation]:
    """Return whom somebody here has to tell that it does not take place."""
    return [one for one in _invited(meeting) if one.is_by_hand and one.told_at is not None]


def preview_cancel(*, viewer: Viewer, meeting: Meeting, why: str) -> list[Letter]:
    """Return the exact mail, the same to all; none if none goes. Raises what cancel_meeting would."""
    demand(may_decide(viewer, meeting.concern))
    _demand_ahead(meeting)
    letter = mails.called_off(meeting, why.strip())
    return [letter] if _is_mailed(meeting) else []


@transaction.atomic
def cancel_meeting(
    *,
    viewer: Viewer,
    meeting: Meeting,
    why: str,
    next_on: date | None,
    version: int,
    now: datetime,
) -> Entry:
    """Call a meeting off and tell everybody; an open concern gets its next date.

    Raises NotAllowed; NextDateMissing, DateInThePast; MeetingOver; ChangedMeanwhile.
    """
    concern = meeting.concern
    demand(may_decide(viewer, concern))
    _demand_ahead(meeting)
    claim(dossier=concern.dossier, version=version)
    asked = _invited(meeting)
    if concern.is_open:
        note = mails.note_of_calls_off(meeting, to_call_off(meeting=meeting))
        set_date_of_bodies(
            concern=concern,
            due_on=next_on,
            reason=FollowUpReason.WORK,
            note=note[:NOTE_LENGTH],
            now=now,
        )
    else:
        end_follow_up(dossier=concern.dossier, reason=FollowUpReason.MEETING, now=now)
    letter = mails.called_off(meeting, why.strip())
    _write(viewer, asked, [letter] * len(asked), now)
    _step(meeting, "cancel", set(), ended_at=now)
    if why.strip():
        day = {"on": meeting.on.isoformat()}
        _line(
            viewer,
            meeting,
            "meeting_why",
            now,
            day,
            text=why.strip(),
            audience=Audience.OFFICE,
        )
    return _line(viewer, meeting, "meeting_cancelled", now, _day_and_bodies(meeting, asked))


# --- The result -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Promise:
    """What a body promised to do, and by when."""

    words: str
    on: date | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a meeting.

    there: keys of the invitations of bodies that came.  promises: by key of the invitation.
    agreed: for the office.  for_person, for_public: "" for nothing.
    next_on: None for the first day that a body promised.
    """

    there: frozenset[int]
    agreed: str
    for_person: str = ""
    for_public: str = ""
    promises: Mapping[int, Promise] = field(default_factory=dict)
    next_on: date | None = None


@transaction.atomic
def hold_meeting(
    *, viewer: Viewer, meeting: Meeting, outcome: Outcome, version: int, now: datetime
) -> Entry:
    """Write down who came, what was agreed and what each body promised; set the next date.

    A promise of a body that has the concern is shown on its referral: it has taken it on.
    Raises NotAllowed; NobodyThere, AgreedMissing, PromiseIncomplete, DayGone; NextDateMissing,
    DateInThePast; StillToCome, MeetingOver; TransitionRefused when the concern is closed;
    ChangedMeanwhile.
    """
    concern = meeting.concern
    demand(may_decide(viewer, concern))
    _demand_ahead(meeting)
    _demand_open(concern)
    today = concern.quarter.local_day(now)
    if meeting.on > today:
        raise StillToCome
    asked = _invited(meeting)
    _check_outcome(outcome, asked, today)
    due_on = _next_date(concern, outcome)
    check_next_date(dossier=concern.dossier, due_on=due_on, now=now)
    claim(dossier=concern.dossier, version=version)
    person, public = outcome.for_person.strip(), outcome.for_public.strip()
    _step(
        meeting,
        "hold",
        {"bodies", "agreed"},
        agreed=outcome.agreed.strip(),
        for_person=person or public,
        for_public=public,
        ended_at=now,
    )
    there = [one for one in asked if one.pk in outcome.there]
    Invitation.objects.filter(pk__in=[one.pk for one in there]).update(was_there=True)
    promised = [_keep_promise(one, outcome.promises[one.pk]) for one in _promising(outcome, asked)]
    _is_taken_on(concern, promised, now)
    _ask_after_it(concern, promised, due_on, now)
    return _result_lines(viewer, meeting, there, promised, now)


def _promising(outcome: Outcome, asked: Sequence[Invitation]) -> list[Invitation]:
    promises = outcome.promises
    return [one for one in asked if one.pk in promises and promises[one.pk].words.strip()]


def _check_outcome(outcome: Outcome, asked: Sequence[Invitation], today: date) -> None:
    if not outcome.there & {one.pk for one in asked}:
        raise NobodyThere(field="there")
    if not outcome.agreed.strip():
        raise AgreedMissing(field="agreed")
    for key, promise in outcome.promises.items():
        if bool(promise.words.strip()) != bool(promise.on):
            raise PromiseIncomplete(field=f"promise_{key}")
        if promise.on and promise.on < today:
            raise DayGone(field=f"promised_on_{key}")


def _next_date(concern: Concern, outcome: Outcome) -> date:
    """Return the day that was chosen, else the first one that a body promised, at work."""
    days = [promise.on for promise in outcome.promises.values() if promise.on]
    if outcome.next_on is not None:
        return outcome.next_on
    if not days:
        raise NextDateMissing(field="next_on")
    return add_days_at_work(concern.quarter, min(days), 0)


def _keep_promise(invitation: Invitation, promise: Promise) -> Invitation:
    invitation.promise, invitation.promised_on = promise.words.strip(), promise.on
    invitation.save(update_fields=["promise", "promised_on"])
    return invitation


def _is_taken_on(concern: Concern, promised: Sequence[Invitation], now: datetime) -> None:
    """Let the referrals of bodies that promised something wait for that day."""
    by_body = {one.body_id: one for one in promised}
    waiting = Referral.objects.filter(concern=concern, body__in=by_body, state__in=WAITING)
    is_changed = False
    for referral in waiting.order_by("pk"):
        state = ReferralState(referral.state)
        if state != ReferralState.ACCEPTED:
            state = REFERRAL_MACHINE.target(state, "accept")
        row = Referral.objects.filter(pk=referral.pk, state=referral.state)
        if not row.update(state=state, expected_on=by_body[referral.body_id].promised_on):
            raise ChangedMeanwhile
        is_changed = True
    if is_changed:
        follow_referrals(concern=concern, now=now)


def _ask_after_it(
    concern: Concern, promised: Sequence[Invitation], due_on: date, now: datetime
) -> None:
    """Set the next date; of promises it names the bodies, the first to be asked first."""
    in_time = sorted(promised, key=lambda one: one.promised_on or due_on)
    set_date_of_bodies(
        concern=concern,
        due_on=due_on,
        reason=FollowUpReason.ASK_BODY if promised else FollowUpReason.WORK,
        note=", ".join(_names(in_time))[:NOTE_LENGTH],
        now=now,
    )


def _result_lines(
    viewer: Viewer,
    meeting: Meeting,
    there: Sequence[Invitation],
    promised: Sequence[Invitation],
    now: datetime,
) -> Entry:
    facts = _day_and_bodies(meeting, there)
    for one in promised:
        day = one.promised_on.isoformat() if one.promised_on else ""
        _line(
            viewer,
            meeting,
            "meeting_promise",
            now,
            {"body": one.body.name, "promised_on": day},
            text=one.promise,
            audience=Audience.OFFICE,
        )
    _line(viewer, meeting, "meeting_told", now, facts, text=meeting.for_person)
    if meeting.for_public:
        _line(
            viewer,
            meeting,
            "meeting_public",
            now,
            facts,
            text=meeting.for_public,
            audience=Audience.PUBLIC,
        )
    return _line(
        viewer,
        meeting,
        "meeting_held",
        now,
        facts,
        text=meeting.agreed,
        audience=Audience.OFFICE,
    )
