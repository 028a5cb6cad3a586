"""Meetings of several bodies about one concern: planned, moved, called off, held with a result."""

from datetime import date, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from quartiersladen.accounts.models import User
from quartiersladen.concerns import meetings as reads
from quartiersladen.concerns import timeline
from quartiersladen.concerns.invitations import Appointment
from quartiersladen.concerns.meetings import MeetingAhead
from quartiersladen.concerns.models import CameByMail, Concern, Invitation, Meeting, Referral
from quartiersladen.concerns.privacy import HOLDER
from quartiersladen.concerns.queries.tellers import own_data
from quartiersladen.concerns.services import forgetting, life, meetings, questions, referrals
from quartiersladen.concerns.services.joining import join
from quartiersladen.concerns.services.mails import take_mails
from quartiersladen.concerns.services.meetings import Invite, Outcome, Plan, Promise
from quartiersladen.concerns.states import (
    AnswerWay,
    Attendance,
    ConcernState,
    MailEffect,
    MeetingState,
    ReferralState,
    Result,
)
from quartiersladen.concerns.testing import make_concern, make_referral, teller_viewer
from quartiersladen.concerns.views_office.detail import CHAIN
from quartiersladen.correspondence.models import Message
from quartiersladen.correspondence.states import Way
from quartiersladen.correspondence.testing import arrive, make_mail
from quartiersladen.directory.models import ContactPerson
from quartiersladen.directory.testing import make_body
from quartiersladen.dossiers.models import Dossier, Entry, FollowUp, Named
from quartiersladen.dossiers.services.dates import DateInThePast
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.dossiers.states import Audience
from quartiersladen.kernel.errors import NotAllowed, TransitionRefused
from quartiersladen.outbox.models import Mail
from quartiersladen.privacy.append_only import erasure_permit
from quartiersladen.privacy.free_text import MARK
from quartiersladen.privacy.registry import Identity, Person
from quartiersladen.quarters.testing import NOON, make_quarter

TODAY = date(2026, 3, 2)
FRIDAY = date(2026, 3, 13)
MONDAY = date(2026, 3, 16)
PLAN = Plan(
    on=FRIDAY,
    begins=time(10, 0),
    place="Rathaus, Zimmer 7",
    purpose="Wer macht was am Platz?",
    others="Kita-Leitung",
)


@pytest.fixture
def concern(quarter, mira, body):
    """Order on the square; the first body has it."""
    made = make_concern(
        quarter, "Frau Geheim sagt: am Platz liegen Scherben.", email="g@example.org"
    )
    make_referral(mira, made, body)
    return made


@pytest.fixture
def cleaners(quarter):
    return make_body(quarter, "Stadtreinigung", "stelle@rein.example.org")


@pytest.fixture
def youth(quarter):
    return make_body(quarter, "Jugendamt", "")


def version(concern) -> Any:
    concern.dossier.refresh_from_db()
    return concern.dossier.version


def plan(viewer, concern, *invites, plan=PLAN, now=NOON, **more):
    """Plan a meeting. invites: (body, way) or Invite."""
    given: dict[str, Any] = {"submission_key": uuid4(), "version": version(concern), "now": now}
    return meetings.plan_meeting(
        viewer=viewer,
        concern=concern,
        plan=plan,
        invites=[one if isinstance(one, Invite) else Invite(*one) for one in invites],
        **given | more,
    )


@pytest.fixture
def meeting(mira, concern, body, cleaners, youth):
    return plan(mira, concern, (body, Way.MAIL), (cleaners, Way.MAIL), (youth, Way.PHONE))


def of(meeting, body) -> Invitation:
    found = Invitation.objects.select_related("body").get(meeting=meeting, body=body)
    found.meeting = meeting
    return found


def hear(viewer, invitation, attendance=Attendance.COMES, words="", **more):
    given: dict[str, Any] = {"version": version(invitation.meeting.concern), "now": NOON}
    return meetings.note_attendance(
        viewer=viewer,
        invitation=invitation,
        attendance=attendance,
        words=words,
        **given | more,
    )


def hold(viewer, meeting, *there, seen=None, now=NOON + timedelta(days=11), **more):
    """Write down a result. seen: the version that was read."""
    outcome: dict[str, Any] = {
        "there": frozenset(of(meeting, body).pk for body in there),
        "agreed": "Sie reinigen öfter.",
        "next_on": MONDAY,
    }
    return meetings.hold_meeting(
        viewer=viewer,
        meeting=meeting,
        outcome=Outcome(**outcome | more),
        version=seen or version(meeting.concern),
        now=now,
    )


def move(viewer, meeting, on=date(2026, 3, 20), begins=PLAN.begins, place=PLAN.place, **more):
    given: dict[str, Any] = {"why": "", "version": version(meeting.concern), "now": NOON}
    return meetings.move_meeting(
        viewer=viewer, meeting=meeting, to=Appointment(on, begins, place), **given | more
    )


def cancel(viewer, meeting, **more):
    given: dict[str, Any] = {"why": "", "next_on": MONDAY, "now": NOON}
    given |= {"version": version(meeting.concern)}
    return meetings.cancel_meeting(viewer=viewer, meeting=meeting, **given | more)


def task() -> tuple[str, date, str]:
    return FollowUp.objects.filter(done_at=None).values_list("reason", "due_on", "note").get()


def mails(*, since=0) -> list[Mail]:
    """What went to bodies about meetings."""
    found = Mail.objects.filter(kind="body", pk__gt=since, subject__contains="Treffen")
    return list(found.order_by("pk"))


def newest() -> int:
    return Mail.objects.latest("pk").pk


def lines(concern, *deeds) -> list[tuple[str, str, str]]:
    rows = Entry.objects.filter(dossier=concern.pk, deed__startswith="meeting").order_by("pk")
    return [
        (line.deed, line.audience, line.text) for line in rows if not deeds or line.deed in deeds
    ]


# --- Planning -------------------------------------------------------------------------------------
def test_those_with_an_address_get_a_mail_that_names_no_person(mira, concern, body, cleaners):
    meeting = plan(mira, concern, (body, Way.MAIL), (cleaners, Way.MAIL))

    assert (meeting.state, meeting.on) == (MeetingState.PLANNED, FRIDAY)
    known, invited = mails()
    assert [known.to_address, invited.to_address] == [body.email, "stelle@rein.example.org"]
    assert known.subject == f"Treffen zu Nr. {concern.dossier.reference} am 13. März 2026"
    for mail in (known, invited):
        assert "Tag: Freitag, 13. März 2026\nUhrzeit: 10:00\nOrt: Rathaus, Zimmer 7" in mail.text
        assert "Wer macht was am Platz?" in mail.text
        assert f"{body.name}, Stadtreinigung" in mail.text
        assert "Kita-Leitung" in mail.text
        assert ("Geheim" in mail.text, "Scherben" in mail.text) == (False, False)
        assert concern.dossier.title not in f"{mail.subject} {mail.text}"
    # Who has the concern finds it behind its own link; who has not finds none.
    referral = Referral.objects.get()
    assert known.links["case"]["subject_id"] == referral.pk
    assert (invited.links, "[[link" in invited.text) == ({}, False)


def test_the_next_date_is_the_working_day_after_it(mira, concern, body):
    plan(mira, concern, (body, Way.MAIL))

    concern.refresh_from_db()
    assert (concern.state, concern.next_on) == (ConcernState.FORWARDED, MONDAY)
    reason, day, note = task()
    assert (reason, day) == ("meeting", MONDAY)
    assert "13. März 2026" in note
    assert lines(concern) == [
        (
            "meeting_plan",
            "office",
            "Wer macht was am Platz?\nRathaus, Zimmer 7\nKita-Leitung",
        ),
        ("meeting_planned", "teller", ""),
    ]


def test_who_has_no_mail_address_becomes_a_task_of_today(mira, concern, meeting, youth, cleaners):
    assert task() == ("meeting", TODAY, "Einladen zum 13. März 2026: Jugendamt (Telefon)")
    assert len(mails()) == 2
    # What a mailed one says does not end the task, what the called one says does.
    hear(mira, of(meeting, cleaners))
    assert task()[1] == TODAY

    hear(mira, of(meeting, youth), Attendance.OPEN)

    assert task()[:2] == ("meeting", MONDAY)
    told = of(meeting, youth)
    assert (told.told_at, told.attendance) == (NOON, Attendance.OPEN)


def test_another_next_date_of_the_office_stays(mira, concern, meeting, youth):
    life.plan_next(
        viewer=mira,
        concern=concern,
        due_on=date(2026, 3, 5),
        note="Lage ansehen",
        version=version(concern),
        now=NOON,
    )
    hear(mira, of(meeting, youth))
    assert task() == ("work", date(2026, 3, 5), "Lage ansehen")


def test_a_person_at_a_body_is_written_to(mira, concern, body, cleaners):
    gesine = ContactPerson.objects.create(
        body=cleaners,
        name="Gesine",
        email="gesine@rein.example.org",
        phone="030 23125 008",
        from_on="2020-01-01",
    )
    meeting = plan(mira, concern, (cleaners, Way.MAIL, gesine))
    assert mails()[0].to_address == "gesine@rein.example.org"
    assert of(meeting, cleaners).phone == "030 23125 008"

    with pytest.raises(referrals.NotAtThisBody):
        meetings.preview_plan(
            viewer=mira,
            concern=concern,
            plan=PLAN,
            invites=[Invite(body, Way.MAIL, gesine)],
            now=NOON,
        )


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"on": TODAY - timedelta(days=1)}, referrals.DayGone),
        ({"place": " "}, meetings.PlaceMissing),
        ({"purpose": " "}, meetings.PurposeMissing),
    ],
)
def test_a_plan_is_whole(mira, concern, body, changes, refusal):
    facts = {name: getattr(PLAN, name) for name in ("on", "begins", "place", "purpose")}
    with pytest.raises(refusal):
        plan(mira, concern, (body, Way.MAIL), plan=Plan(**facts | changes))
    assert Meeting.objects.count() == 0


def test_somebody_is_asked_and_can_be_reached(mira, concern, youth):
    with pytest.raises(referrals.NoBody):
        plan(mira, concern)
    with pytest.raises(referrals.NoMailAddress):
        plan(mira, concern, (youth, Way.MAIL))
    assert Meeting.objects.count() == 0


def test_only_lead_and_moderator_read_the_mails_beforehand(hao, concern, body, meeting):
    Dossier.objects.update(assigned_to=hao.user_id)
    concern.dossier.refresh_from_db()
    to = Appointment(date(2026, 3, 20), time(11), "Laden")
    words: dict[str, Any] = {"why": "", "now": NOON}
    for preview in (
        lambda: meetings.preview_plan(
            viewer=hao, concern=concern, plan=PLAN, invites=[Invite(body, Way.MAIL)], now=NOON
        ),
        lambda: meetings.preview_move(viewer=hao, meeting=meeting, to=to, **words),
        lambda: meetings.preview_cancel(viewer=hao, meeting=meeting, **words),
    ):
        with pytest.raises(NotAllowed):
            preview()


def test_only_lead_and_moderator_plan(hao, quarter, concern, body, meeting, youth):
    Dossier.objects.update(assigned_to=hao.user_id)
    concern.dossier.refresh_from_db()
    for deed in (
        lambda: plan(hao, concern, (body, Way.MAIL)),
        lambda: hear(hao, of(meeting, youth)),
        lambda: move(hao, meeting),
        lambda: cancel(hao, meeting),
        lambda: hold(hao, meeting, body),
    ):
        with pytest.raises(NotAllowed):
            deed()
    # But who looks after it reads it.
    assert reads.meetings_of(hao, concern) == [meeting]
    Dossier.objects.update(assigned_to=None)
    concern.dossier.refresh_from_db()
    assert reads.meetings_of(hao, concern) == []
    with pytest.raises(Meeting.DoesNotExist):
        reads.get_meeting(hao, concern, meeting.pk)


def test_two_presses_of_one_button_make_one_meeting(mira, concern, body):
    key, seen = uuid4(), version(concern)
    first = plan(mira, concern, (body, Way.MAIL), submission_key=key)

    assert plan(mira, concern, (body, Way.MAIL), submission_key=key, version=seen) == first
    with pytest.raises(meetings.AlreadyPlanned):
        plan(mira, concern, (body, Way.MAIL))
    assert (Meeting.objects.count(), len(mails())) == (1, 1)


def test_a_closed_concern_gets_no_meeting(mira, concern, body):
    close(mira, concern)
    with pytest.raises(TransitionRefused) as refused:
        plan(mira, concern, (body, Way.MAIL))
    assert "reopen" in refused.value.allowed


def close(viewer, concern):
    return life.close_concern(
        viewer=viewer,
        concern=concern,
        ending=life.Ending(Result.NOT_POSSIBLE, "Nein", reason="Kein Geld"),
        version=version(concern),
        now=NOON,
    )


def test_who_was_faster_wins(mira, concern, body, youth, meeting):
    seen = version(concern) - 1
    with pytest.raises(ChangedMeanwhile):
        plan(mira, make_concern(concern.quarter, "Neu"), (body, Way.MAIL), version=99)
    for deed in (
        lambda: hear(mira, of(meeting, youth), version=seen),
        lambda: move(mira, meeting, version=seen),
        lambda: cancel(mira, meeting, version=seen),
        lambda: hold(mira, meeting, body, seen=seen),
    ):
        with pytest.raises(ChangedMeanwhile):
            deed()
    Meeting.objects.update(state=MeetingState.MOVED)  # the version is not all that is looked at
    with pytest.raises(ChangedMeanwhile):
        cancel(mira, meeting)


def test_the_person_is_called_first(quarter, mira, body):
    """A task of the person's question is not pushed aside by what bodies do."""
    concern = make_concern(quarter, phone="030 23125 100", way=AnswerWay.PHONE)
    questions.ask_person(
        viewer=mira, concern=concern, text="Wo?", version=version(concern), now=NOON
    )
    plan(mira, concern, (body, Way.MAIL))
    assert task()[:2] == ("call", TODAY)


def test_of_a_confidential_matter_only_the_number_is_said(mira, concern, body, cleaners):
    concern.dossier.audience = Audience.CONFIDENTIAL
    concern.dossier.save()
    Named.objects.create(dossier=concern.dossier, user_id=mira.user_id)
    since = newest()

    meeting = plan(mira, concern, (body, Way.MAIL), (cleaners, Way.MAIL))
    assert PLAN.purpose not in task()[2]  # lists are seen in passing
    move(mira, meeting, why="Frau Geheim kann nicht.")
    cancel(mira, meeting, why="Frau Geheim will nicht.")

    sent = Mail.objects.filter(pk__gt=since)
    assert {mail.subject for mail in sent} == {f"Nachricht Nr. {concern.dossier.reference}"}
    assert len(sent) == 6
    for mail in sent:
        assert concern.dossier.reference in mail.text
        for secret in ("Geheim", PLAN.purpose, PLAN.others, "Stadtreinigung", "[[link"):
            assert secret not in mail.text


def test_an_office_without_a_phone_asks_for_a_mail_only(quarter, mira, concern, body):
    quarter.phone = ""
    quarter.save()
    concern.quarter.phone = ""
    plan(mira, concern, (body, Way.MAIL), plan=Plan(FRIDAY, time(9), "Hier", "Platz"))
    [mail] = mails()
    assert "Bitte antworten Sie auf diese E-Mail." in mail.text
    assert "Außerdem" not in mail.text


def test_the_preview_is_what_goes_out(mira, concern, body, youth):
    shown = meetings.preview_plan(
        viewer=mira,
        concern=concern,
        plan=PLAN,
        invites=[Invite(body, Way.MAIL), Invite(youth, Way.PHONE)],
        now=NOON,
    )
    assert Meeting.objects.count() == 0

    meeting = plan(mira, concern, (body, Way.MAIL), (youth, Way.PHONE))

    [(_first, letter), (_second, _not_sent)] = shown
    [mail] = mails()
    assert (mail.subject, mail.text) == (letter.subject, letter.text)
    to = Appointment(date(2026, 3, 20), time(11), "Laden")
    [letter] = meetings.preview_move(viewer=mira, meeting=meeting, to=to, why="Umzug", now=NOON)
    since = newest()
    move(mira, meeting, to.on, to.begins, to.place, why="Umzug")
    assert [(m.subject, m.text) for m in mails(since=since)] == [(letter.subject, letter.text)]
    [letter] = meetings.preview_cancel(viewer=mira, meeting=meeting, why="Sturm", now=NOON)
    since = newest()
    cancel(mira, meeting, why="Sturm")
    assert [(m.subject, m.text) for m in mails(since=since)] == [(letter.subject, letter.text)]


# --- Before it ------------------------------------------------------------------------------------
def test_a_body_says_on_the_phone_that_it_does_not_come(mira, concern, meeting, cleaners):
    hear(mira, of(meeting, cleaners), Attendance.STAYS_AWAY, "Niemand frei.")

    said = of(meeting, cleaners)
    assert (said.attendance, said.words) == (Attendance.STAYS_AWAY, "Niemand frei.")
    message = Message.objects.latest("pk")
    assert (message.body, message.way, message.text) == (cleaners, Way.PHONE, "Niemand frei.")
    assert lines(concern)[-1] == ("meeting_attendance", "office", "Niemand frei.")


def test_another_day_is_told_with_what_changed_and_all_are_asked_anew(
    mira, concern, meeting, body, youth, cleaners
):
    hear(mira, of(meeting, youth))
    hear(mira, of(meeting, cleaners), Attendance.STAYS_AWAY)
    since = newest()

    move(mira, meeting, why="Der Raum ist belegt.")

    meeting.refresh_from_db()
    assert (meeting.state, meeting.on) == (MeetingState.MOVED, date(2026, 3, 20))
    first, second = mails(since=since)
    assert first.subject.startswith("Verlegt: Treffen zu Nr. ")
    assert "Tag: Freitag, 20. März 2026 (bisher: Freitag, 13. März 2026)" in first.text
    assert "Uhrzeit: 10:00\nOrt: Rathaus, Zimmer 7" in first.text
    assert "Der Raum ist belegt." in first.text
    assert second.to_address == "stelle@rein.example.org"
    assert set(Invitation.objects.values_list("attendance", flat=True)) == {Attendance.OPEN}
    assert task() == ("meeting", TODAY, "Einladen zum 20. März 2026: Jugendamt (Telefon)")
    assert [line[0] for line in lines(concern)][-2:] == ["meeting_plan", "meeting_moved"]

    move(mira, meeting, on=date(2026, 3, 27))  # and once more
    meeting.refresh_from_db()
    assert (meeting.state, meeting.on) == (MeetingState.MOVED, date(2026, 3, 27))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"on": FRIDAY}, meetings.NothingChanged),
        ({"on": TODAY - timedelta(days=1)}, referrals.DayGone),
        ({"place": ""}, meetings.PlaceMissing),
    ],
)
def test_moving_needs_something_new(mira, meeting, changes, refusal):
    since = newest()
    with pytest.raises(refusal):
        move(mira, meeting, **changes)
    assert (Meeting.objects.get().state, mails(since=since)) == (MeetingState.PLANNED, [])


def test_called_off_everybody_hears_of_it(mira, concern, meeting, youth):
    hear(mira, of(meeting, youth))
    since = newest()

    cancel(mira, meeting, why="Sturmwarnung", next_on=TODAY)

    meeting.refresh_from_db()
    assert (meeting.state, meeting.ended_at) == (MeetingState.CANCELLED, NOON)
    first, _second = mails(since=since)
    assert first.subject.startswith("Abgesagt: Treffen zu Nr. ")
    assert "Sturmwarnung" in first.text
    assert task() == (
        "work",
        TODAY,
        "Treffen am 13. März 2026 absagen: Jugendamt (Telefon)",
    )
    assert lines(concern)[-2:] == [
        ("meeting_why", "office", "Sturmwarnung"),
        ("meeting_cancelled", "teller", ""),
    ]
    assert plan(mira, concern, (youth, Way.PHONE)).state == MeetingState.PLANNED


def test_called_off_it_still_has_a_next_date(mira, concern, meeting):
    with pytest.raises(life.NextDateMissing):
        cancel(mira, meeting, next_on=None)
    with pytest.raises(DateInThePast):
        cancel(mira, meeting, next_on=TODAY - timedelta(days=1))
    cancel(mira, meeting)
    assert task() == ("work", MONDAY, "")  # nobody was told by hand yet
    assert "meeting_why" not in [line[0] for line in lines(concern)]


def test_what_is_over_stays(mira, meeting, body, youth):
    cancel(mira, meeting)
    to = Appointment(date(2026, 3, 20), time(11), "Laden")
    for deed in (
        lambda: hear(mira, of(meeting, youth)),
        lambda: move(mira, meeting),
        lambda: meetings.preview_move(viewer=mira, meeting=meeting, to=to, why="", now=NOON),
        lambda: cancel(mira, meeting),
        lambda: meetings.preview_cancel(viewer=mira, meeting=meeting, why="", now=NOON),
        lambda: hold(mira, meeting, body),
    ):
        with pytest.raises(meetings.MeetingOver):
            deed()


# --- The result -----------------------------------------------------------------------------------
def test_what_came_of_it_stands_where_it_belongs(mira, concern, meeting, body, cleaners):
    hold(
        mira,
        meeting,
        body,
        cleaners,
        agreed="Streit um die Bänke.",
        for_person="Es wird öfter gereinigt.",
        for_public="Der Platz wird gereinigt.",
    )

    meeting.refresh_from_db()
    assert (meeting.state, meeting.agreed) == (MeetingState.HELD, "Streit um die Bänke.")
    there = Invitation.objects.filter(was_there=True).values_list("body__name", flat=True)
    assert set(there) == {body.name, "Stadtreinigung"}
    assert task()[:2] == ("work", MONDAY)
    assert lines(concern, "meeting_told", "meeting_public", "meeting_held") == [
        ("meeting_told", "teller", "Es wird öfter gereinigt."),
        ("meeting_public", "public", "Der Platz wird gereinigt."),
        ("meeting_held", "office", "Streit um die Bänke."),
    ]
    concern.is_released = True
    concern.dossier.audience = Audience.PUBLIC
    concern.dossier.save()
    mine = timeline.steps_for(teller_viewer(concern), concern)
    public = timeline.public_steps(concern)
    sentence = f"Treffen mit {body.name} und Stadtreinigung am 13. März 2026."
    assert [s.quote for s in mine if s.sentence == sentence] == ["Es wird öfter gereinigt."]
    assert [s.quote for s in public if s.sentence == sentence] == ["Der Platz wird gereinigt."]
    assert [s for s in public if "März" in s.sentence and s.sentence != sentence] == []
    written = " ".join(f"{s.sentence} {s.quote}" for s in [*mine, *public])
    assert ("Bänke" in written, "Wer macht was" in written) == (False, False)


def test_without_words_for_everybody_nobody_else_reads_of_it(mira, concern, meeting, body):
    hold(mira, meeting, body, for_person="Nur für Sie.")
    concern.dossier.audience = Audience.PUBLIC
    concern.dossier.save()
    assert [s for s in timeline.public_steps(concern) if "Treffen" in s.sentence] == []
    told = timeline.steps_for(teller_viewer(concern), concern)
    assert [s.quote for s in told if s.sentence.startswith("Treffen mit")] == ["Nur für Sie."]


def test_without_own_words_the_person_reads_those_for_everybody(mira, concern, meeting, body):
    hold(mira, meeting, body, for_public="Für alle.")
    told = timeline.steps_for(teller_viewer(concern), concern)
    assert [s.quote for s in told if s.sentence.startswith("Treffen mit")] == ["Für alle."]


def test_the_person_reads_what_is_planned_moved_and_called_off(mira, concern, meeting):
    move(mira, meeting)
    cancel(mira, meeting, why="Streit")
    told = [s.sentence for s in timeline.steps_for(teller_viewer(concern), concern)]
    planned, *later = Entry.objects.filter(deed__in=["meeting_planned", "meeting_moved"])
    assert sorted(planned.data["bodies"]) == ["Jugendamt", "Lichtwerk", "Stadtreinigung"]
    who = "Jugendamt, Lichtwerk und Stadtreinigung"
    assert f"Das Treffen mit {who} am 13. März 2026 ist jetzt am 20. März 2026." in told
    assert f"Das Treffen mit {who} am 20. März 2026 findet nicht statt." in told
    assert len(later) == 1
    assert "Streit" not in " ".join(told)


def test_a_promise_is_shown_on_the_referral_and_moves_the_next_asking(
    mira, concern, meeting, body, cleaners
):
    Referral.objects.update(state=ReferralState.SILENT, asks=3)
    Concern.objects.update(state=ConcernState.ASKED_AGAIN)
    concern.refresh_from_db()
    later, sooner = date(2026, 4, 10), date(2026, 3, 28)  # a Saturday
    hold(
        mira,
        meeting,
        body,
        cleaners,
        next_on=None,
        promises={
            of(meeting, body).pk: Promise("Räumt auf.", later),
            of(meeting, cleaners).pk: Promise("Reinigt auch sonntags.", sooner),
        },
    )

    referral, asked = Referral.objects.get(), of(meeting, cleaners)
    assert (referral.state, referral.expected_on) == (ReferralState.ACCEPTED, later)
    assert (asked.promise, asked.promised_on) == ("Reinigt auch sonntags.", sooner)
    concern.refresh_from_db()
    assert concern.state == ConcernState.FORWARDED
    assert task() == ("ask-body", date(2026, 3, 30), f"Stadtreinigung, {body.name}")
    shown = reads.promises(reads.meetings_of(mira, concern))
    assert shown == {body.pk: [of(meeting, body)], cleaners.pk: [asked]}
    assert [line[2] for line in lines(concern, "meeting_promise")] == [
        of(meeting, one).promise for one in sorted((body, cleaners), key=lambda one: one.sort_name)
    ]


def test_who_has_taken_it_on_already_gets_the_new_day(mira, concern, meeting, body):
    Referral.objects.update(state=ReferralState.ACCEPTED, expected_on=TODAY)
    hold(mira, meeting, body, promises={of(meeting, body).pk: Promise("Bald", MONDAY)})
    referral = Referral.objects.get()
    assert (referral.state, referral.expected_on) == (ReferralState.ACCEPTED, MONDAY)


def test_the_next_asking_chosen_by_hand_stands(mira, concern, meeting, body):
    chosen = date(2026, 5, 4)
    promise = {of(meeting, body).pk: Promise("Bald", MONDAY)}
    hold(mira, meeting, body, promises=promise, next_on=chosen)
    assert task()[1] == chosen


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"there": frozenset()}, meetings.NobodyThere),
        ({"there": frozenset({0})}, meetings.NobodyThere),
        ({"agreed": " "}, meetings.AgreedMissing),
        ({"promises": {1: Promise("Ja", None)}}, meetings.PromiseIncomplete),
        ({"promises": {1: Promise(" ", MONDAY)}}, meetings.PromiseIncomplete),
        ({"promises": {1: Promise("Ja", TODAY)}}, referrals.DayGone),
        ({"next_on": None}, life.NextDateMissing),
        ({"next_on": TODAY}, DateInThePast),
    ],
)
def test_a_result_is_whole(mira, concern, meeting, body, changes, refusal):
    with pytest.raises(refusal):
        hold(mira, meeting, body, **changes)
    assert Meeting.objects.get().state == MeetingState.PLANNED
    assert not Invitation.objects.filter(was_there=True).exists()


def test_nothing_can_have_come_of_it_before_its_day(mira, meeting, body):
    with pytest.raises(meetings.StillToCome):
        hold(mira, meeting, body, now=NOON)


def test_a_body_that_answered_meanwhile_is_noticed(mira, concern, meeting, body):
    """Its referral is not opened again by a promise that was read before."""
    referrals.answer_referral(
        viewer=mira, referral=Referral.objects.get(), text="Erledigt", now=NOON
    )
    hold(mira, meeting, body, promises={of(meeting, body).pk: Promise("Bald", MONDAY)})
    assert Referral.objects.get().state == ReferralState.ANSWERED


# --- What becomes of the concern ------------------------------------------------------------------
def test_no_concern_ends_while_a_meeting_is_ahead(quarter, mira, concern, meeting, body):
    with pytest.raises(MeetingAhead):
        close(mira, concern)
    ending = life.Ending(Result.NOT_POSSIBLE, "Nein", reason="Kein Geld")
    with pytest.raises(MeetingAhead):
        life.preview_end(viewer=mira, concern=concern, ending=ending)
    leader = make_concern(quarter, "Auch am Platz.")
    with pytest.raises(MeetingAhead):
        join(
            viewer=mira,
            leader=leader,
            concerns=[concern],
            keep=frozenset(),
            version=leader.dossier.version,
            now=NOON,
        )

    concern.refresh_from_db()
    cancel(mira, meeting)
    close(mira, concern)
    assert Concern.objects.get(pk=concern.pk).state == ConcernState.ANSWERED


def test_a_meeting_about_what_was_taken_back_is_called_off_today(mira, concern, meeting, body):
    life.withdraw_concern(viewer=teller_viewer(concern), concern=concern, version=None, now=NOON)
    assert task()[:2] == ("meeting", TODAY)
    for deed in (lambda: move(mira, meeting), lambda: hold(mira, meeting, body)):
        with pytest.raises(TransitionRefused):
            deed()
    since = newest()

    cancel(mira, meeting, next_on=None)

    assert len(mails(since=since)) == 2
    assert not FollowUp.objects.filter(done_at=None).exists()


def test_a_joint_case_meets_at_its_leading_one(quarter, mira, concern, body):
    other = make_concern(quarter, "Auch am Platz.")
    join(
        viewer=mira,
        leader=concern,
        concerns=[other],
        keep=frozenset(),
        version=version(concern),
        now=NOON,
    )
    assert plan(mira, concern, (body, Way.MAIL)).state == MeetingState.PLANNED
    other.refresh_from_db()
    with pytest.raises(TransitionRefused):
        plan(mira, other, (body, Way.MAIL))


def test_it_stands_in_the_chain_of_an_important_topic(mira, concern, meeting, body):
    assert {
        *("meeting_plan", "meeting_planned", "meeting_moved", "meeting_attendance"),
        *("meeting_cancelled", "meeting_why", "meeting_held", "meeting_promise"),
    } == {deed for deed in CHAIN if deed.startswith("meeting")}


def test_every_line_has_words_at_the_desk(mira, concern, meeting, body, youth):
    hear(mira, of(meeting, youth))
    move(mira, meeting, on=date(2026, 3, 12))
    promise = {of(meeting, body).pk: Promise("Ja", MONDAY)}
    hold(mira, meeting, body, for_public="Gut", promises=promise)
    again = plan(mira, concern, (body, Way.MAIL), now=NOON + timedelta(days=11))
    cancel(mira, again, why="Sturm", now=NOON + timedelta(days=11))
    rows = Entry.objects.filter(dossier=concern.pk, deed__startswith="meeting").order_by("pk")
    words = {entry.deed: timeline.office_words(entry) for entry in rows}
    assert len(words) == 10
    assert words["meeting_moved"].startswith("Treffen vom 13. März 2026 auf 12. März 2026, 10:00")
    assert words["meeting_attendance"] == "Jugendamt zum Treffen am 13. März 2026: kommt"
    assert "" not in words.values()


# --- Replies by mail ------------------------------------------------------------------------------
def test_a_reply_to_the_invitation_finds_its_case(quarter, mira, concern, body, cleaners):
    plan(mira, concern, (body, Way.MAIL), (cleaners, Way.MAIL))
    for sent in mails():
        raw = make_mail("Wir kommen.", sender=sent.to_address, In_Reply_To=sent.message_id)
        arrive(quarter, raw=raw)

    take_mails(now=NOON)

    effects = CameByMail.objects.order_by("pk").values_list("what", "concern")
    # Who has the concern may have answered it; the other one has only written.
    assert list(effects) == [
        (MailEffect.PROPOSAL, concern.pk),
        (MailEffect.WORDS, concern.pk),
    ]
    heard = Message.objects.filter(direction="in").order_by("pk")
    assert [message.body for message in heard] == [body, cleaners]


# --- What is kept of people -----------------------------------------------------------------------
def test_its_words_go_with_the_texts_of_the_concern(quarter, mira, concern, meeting, body, youth):
    hear(mira, of(meeting, youth), words="Frau Geheim kommt mit.")
    promise = {of(meeting, body).pk: Promise("Ruft Frau Geheim an.", MONDAY)}
    secret = {"for_person": "Geheim", "for_public": "Geheim", "agreed": "Geheim"}
    hold(mira, meeting, body, promises=promise, **secret)
    close(mira, Concern.objects.get(pk=concern.pk))

    later = NOON + timedelta(days=99)
    with erasure_permit():
        forgetting.let_text_go(quarter=quarter, before=later, limit=9, now=later)

    meeting.refresh_from_db()
    assert (meeting.purpose, meeting.agreed) == (MARK, MARK)
    assert (meeting.place, meeting.others, meeting.for_person, meeting.for_public) == ("",) * 4
    asked = of(meeting, body)
    assert (asked.promise, asked.promised_on, of(meeting, youth).words) == (MARK, MONDAY, "")
    assert (meeting.state, meeting.on) == (MeetingState.HELD, FRIDAY)
    assert [line[2] for line in lines(concern) if line[2]] == []


def test_the_person_gets_a_copy_of_the_words_to_them_and_of_no_other(mira, concern, meeting, body):
    hold(mira, meeting, body, agreed="Intern", for_person="Es wird öfter gereinigt.")
    data = own_data(teller_viewer(concern), concern)
    assert data["meetings"] == [{"on": FRIDAY, "words": "Es wird öfter gereinigt."}]
    person = Person(
        quarter=concern.quarter,
        identity=Identity(
            matters=frozenset({concern.pk}), rows=frozenset({f"concerns.teller:{concern.pk}"})
        ),
    )
    [section] = [s for s in HOLDER.sections(mira, person) if s.key == "meetings"]
    assert len(section.records) == 1
    assert "Intern" not in str(section)


# --- What the database refuses --------------------------------------------------------------------
@pytest.mark.parametrize(
    "changes",
    [
        {"state": "weg"},
        {"state": MeetingState.HELD, "ended_at": NOON},
        {"state": MeetingState.CANCELLED},
        {"ended_at": NOON},
    ],
)
def test_half_a_meeting_cannot_be_stored(meeting, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.update(**changes)


@pytest.mark.parametrize(
    "changes",
    [{"promised_on": MONDAY}, {"way": "taube"}, {"attendance": "egal"}],
)
def test_half_an_invitation_cannot_be_stored(meeting, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        Invitation.objects.update(**changes)


def test_two_meetings_at_once_cannot_be_stored(mira, concern, meeting):
    user = User.objects.get(pk=mira.user_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Meeting.objects.create(
            concern=concern,
            on=FRIDAY,
            begins=time(9),
            purpose="Noch eins",
            planned_at=NOON,
            by=user,
            submission_key=uuid4(),
        )


def test_a_meeting_of_another_quarter_is_not_found(mira, meeting):
    west = make_quarter("west")
    elsewhere = make_concern(west, "Anderswo")
    with pytest.raises(Meeting.DoesNotExist):
        reads.get_meeting(mira, elsewhere, meeting.pk)


def test_names_of_the_rows(meeting, body):
    assert str(meeting) == f"{meeting.concern_id} 2026-03-13 planned"
    assert str(of(meeting, body)) == f"{meeting.pk} {body.pk} open"
