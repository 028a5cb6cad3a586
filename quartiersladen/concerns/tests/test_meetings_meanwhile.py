"""What happens between the invitation and the meeting: people leave, bodies reply, pages go back."""

from datetime import date, timedelta

import pytest
from django.utils import timezone, translation
from django.utils.formats import date_format

from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns.models import Concern, Invitation, Meeting, Referral
from quartiersladen.concerns.services.joining import join
from quartiersladen.concerns.services.life import withdraw_concern
from quartiersladen.concerns.services.referrals import PassOn, pass_on
from quartiersladen.concerns.states import MeetingState
from quartiersladen.concerns.testing import make_concern, make_referral, teller_viewer
from quartiersladen.concerns.tests.test_meeting_pages import at, in_days, typed, version
from quartiersladen.concerns.timeline import steps_for
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.directory.testing import make_body
from quartiersladen.dossiers.models import FollowUp
from quartiersladen.kernel.links import make_token
from quartiersladen.outbox.models import Mail


@pytest.fixture
def concern(quarter, mira, body):
    made = make_concern(quarter, "Scherben am Platz.", now=timezone.now())
    make_referral(mira, made, body, now=timezone.now())
    return made


@pytest.fixture
def youth(quarter):
    return make_body(quarter, "Jugendamt", "")


def send(desk, concern, form):
    """Look at the mails, then press the last button."""
    seen = desk.post(at(concern), form).context["seen"]
    return desk.post(at(concern), form | {"gesehen": seen, "schritt": "senden"})


def planned(desk, concern, *bodies, **changes) -> Meeting:
    assert send(desk, concern, typed(concern, *bodies, **changes)).status_code == 302
    return Meeting.objects.latest("pk")


def act(desk, concern, meeting, deed, name, **form):
    """Do a deed on a meeting; a mail is looked at first."""
    address = at(concern, f"{meeting.pk}/{deed}/")
    sent = {"version": version(concern), **form}
    shown = desk.post(address, sent)
    if shown.status_code != 200:
        return shown
    [letters] = [one for one in shown.context["deeds"] if one.name == name]
    return desk.post(address, sent | {"gesehen": letters.seen})


def move(desk, concern, meeting, **changes):
    form = {"on": in_days(12), "begins": "11:00", "place": "Laden", "why": ""}
    return act(desk, concern, meeting, "verlegen", "move", **form | changes)


def cancel(desk, concern, meeting):
    return act(desk, concern, meeting, "absagen", "cancel", why="", next_on=in_days(3))


def task(concern) -> tuple[date, str, str]:
    return FollowUp.objects.values_list("due_on", "reason", "note").get(
        dossier=concern.pk, done_at=None
    )


def body_link(referral) -> str:
    token = make_token(
        LinkPurpose.REFERRAL,
        subject_id=referral.pk,
        generation=referral.link_generation,
        expires_on=referral.link_expires_on,
    )
    return f"/f/{token}/"


def sentences(answer, form) -> list[str]:
    assert answer.status_code in {409, 422}
    return [str(said[0]) for said in form.errors.values()]


# --- Days -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("is_last_of_all", [True, False])
def test_a_day_so_far_off_that_it_must_be_a_slip_is_refused(desk, concern, body, is_last_of_all):
    day = "9999-12-31" if is_last_of_all else in_days(2 * 366 + 2)
    refused = desk.post(at(concern), typed(concern, body, on=day))
    sentence = "Bitte wählen Sie einen Tag in den nächsten zwei Jahren."
    assert sentences(refused, refused.context["form"]) == [sentence]
    meeting = planned(desk, concern, body, on=in_days(2 * 366 - 2))
    again = desk.post(
        at(concern, f"{meeting.pk}/verlegen/"),
        {"version": version(concern), "on": day, "begins": "11:00", "place": "Laden", "why": ""},
    )
    [deed] = [one for one in again.context["deeds"] if one.name == "move"]
    assert sentences(again, deed.form) == [sentence]
    assert Meeting.objects.get().state == MeetingState.PLANNED


def test_another_time_on_the_same_day_is_nothing_new_to_the_person(desk, concern, body):
    meeting = planned(desk, concern, body)
    status = teller_viewer(concern)
    before = [step.sentence for step in steps_for(status, concern) if not step.is_next]
    assert move(desk, concern, meeting, on=in_days(10)).status_code == 302
    concern.refresh_from_db()
    assert [step.sentence for step in steps_for(status, concern) if not step.is_next] == before
    day = date_format(timezone.localdate() + timedelta(days=10), "DATE_FORMAT")
    page = desk.get(f"/buero/anliegen/{concern.dossier.reference}/").content.decode()
    assert f"Treffen am {day} geändert, jetzt um 11:00: Lichtwerk" in page
    assert move(desk, concern, meeting, on=in_days(11)).status_code == 302
    [moved] = [s.sentence for s in steps_for(status, concern) if not s.is_next][len(before) :]
    assert moved.startswith(f"Das Treffen mit Lichtwerk am {day} ist jetzt am ")


@pytest.mark.parametrize("language", ["ru", "uk", "de"])
def test_no_sentence_to_the_person_ends_with_two_full_stops(desk, concern, body, language):
    ResponsibleBody.objects.update(name="Nachbarn e. V.")
    meeting = planned(desk, concern, body)
    assert move(desk, concern, meeting).status_code == 302
    assert cancel(desk, concern, meeting).status_code == 302
    with translation.override(language):
        sentences = [step.sentence for step in steps_for(teller_viewer(concern), concern)]
    assert len([one for one in sentences if "Nachbarn e. V." in one]) == 3
    assert [one for one in sentences if ".." in one] == []


# --- The way back in the browser ------------------------------------------------------------------
@pytest.mark.parametrize("changes", [{"begins": "11:00"}, {"place": "Laden"}, {"on": in_days(11)}])
def test_the_form_of_before_with_other_words_does_not_say_that_it_is_done(
    desk, concern, body, changes
):
    form = typed(concern, body)
    assert send(desk, concern, form).status_code == 302
    assert desk.post(at(concern), form).status_code == 302  # reloaded as it was

    refused = desk.post(at(concern), form | changes)

    [sentence] = sentences(refused, refused.context["form"])
    assert (refused.status_code, sentence[:34]) == (409, "Dazu ist schon ein Treffen geplant")
    assert (Meeting.objects.count(), f"{Meeting.objects.get().begins:%H:%M}") == (1, "10:00")


def test_the_form_of_before_with_other_bodies_does_not_say_that_it_is_done(
    desk, concern, body, youth
):
    form = typed(concern, body)
    assert send(desk, concern, form).status_code == 302
    more = {"stelle": [body.pk, youth.pk], f"stelle-{youth.pk}-way": "phone"}
    assert desk.post(at(concern), form | more).status_code == 409
    assert Invitation.objects.count() == 1


def test_the_form_of_a_meeting_that_was_called_off_plans_none(desk, concern, body):
    form = typed(concern, body)
    assert send(desk, concern, form).status_code == 302
    assert cancel(desk, concern, Meeting.objects.get()).status_code == 302

    refused = desk.post(at(concern), form)

    [sentence] = sentences(refused, refused.context["form"])
    assert refused.status_code == 409
    assert sentence.startswith("Dieses Formular wurde schon abgeschickt.")
    assert planned(desk, concern, body).state == MeetingState.PLANNED  # with a form of its own


# --- Who cannot be reached any more ---------------------------------------------------------------
def test_who_has_no_mail_address_any_more_is_called_about_the_new_day(desk, concern, body):
    meeting = planned(desk, concern, body)
    ResponsibleBody.objects.update(email="")
    before = Mail.objects.count()
    page = desk.get(at(concern, f"{meeting.pk}/"))
    hints = {deed.hint for deed in page.context["deeds"]}
    assert hints == {"Sie rufen an oder schreiben: Lichtwerk"}

    assert move(desk, concern, meeting).status_code == 302

    invitation = Invitation.objects.get()
    assert (invitation.way, invitation.told_at, Mail.objects.count()) == ("phone", None, before)
    due_on, reason, note = task(concern)
    assert (due_on, reason) == (timezone.localdate(), "meeting")
    assert note.endswith("Lichtwerk (Telefon)")


def test_who_has_no_mail_address_any_more_is_called_when_it_is_called_off(desk, concern, body):
    meeting = planned(desk, concern, body)
    ResponsibleBody.objects.update(email="")
    assert cancel(desk, concern, meeting).status_code == 302
    meeting.refresh_from_db()
    assert meeting.state == MeetingState.CANCELLED
    assert task(concern)[2].endswith("Lichtwerk (Telefon)")


def test_of_a_person_who_has_left_the_body_hears(desk, concern, body):
    gesine = ContactPerson.objects.create(
        body=body, name="Gesine", email="gesine@example.org", from_on="2020-01-01"
    )
    who = {f"stelle-{body.pk}-person": gesine.pk}
    meeting = planned(desk, concern, body, **who)
    ContactPerson.objects.update(to_on=timezone.localdate())  # still there today
    assert move(desk, concern, meeting).status_code == 302
    ContactPerson.objects.update(to_on=timezone.localdate() - timedelta(days=1))
    assert move(desk, concern, meeting, place="Kita").status_code == 302
    assert cancel(desk, concern, meeting).status_code == 302
    sent = Mail.objects.filter(kind="body").order_by("pk").values_list("to_address", flat=True)
    assert list(sent)[1:] == ["gesine@example.org"] * 2 + [body.email] * 2


# --- What a body says meanwhile -------------------------------------------------------------------
def test_a_body_does_not_put_off_by_its_link_whom_we_have_to_call(
    desk, client, concern, body, youth
):
    planned(desk, concern, body, youth)
    before = task(concern)
    assert before[0] == timezone.localdate()
    referral = Referral.objects.get()
    accepted = {"deed": "accept", "words": "", "expected_on": in_days(60)}
    assert client.post(body_link(referral), accepted).status_code == 302
    referral.refresh_from_db()
    assert (str(referral.expected_on), task(concern)) == (in_days(60), before)


def test_asking_a_body_again_does_not_put_off_what_came_of_the_meeting(desk, concern, body):
    planned(desk, concern, body)
    before = task(concern)
    referral = Referral.objects.get()
    address = f"/buero/anliegen/{concern.dossier.reference}/nachfragen/{referral.pk}/"
    form = {"way": "phone", "whom": "", "words": "", "person": ""}
    sooner = form | {"version": version(concern), "ask_on": in_days(1)}
    assert desk.post(address, sooner | {"ask_on": in_days(40)}).status_code == 302
    assert task(concern) == before
    assert desk.post(address, sooner | {"version": version(concern)}).status_code == 302
    assert task(concern)[:2] == (timezone.localdate() + timedelta(days=1), "ask-body")


def test_what_is_joined_to_it_does_not_put_off_whom_we_have_to_call(
    desk, quarter, mira, concern, body, youth
):
    planned(desk, concern, body, youth)
    before = task(concern)
    other = make_concern(quarter, "Auch am Platz.", now=timezone.now())
    cleaners = make_body(quarter, "Stadtreinigung", "stelle@rein.example.org")
    referral = make_referral(mira, other, cleaners, now=timezone.now())
    join(
        viewer=mira,
        leader=Concern.objects.get(pk=concern.pk),
        concerns=[other],
        keep=frozenset({referral.pk}),
        version=version(concern),
        now=timezone.now(),
    )
    referral.refresh_from_db()
    assert (referral.concern_id, task(concern)) == (concern.pk, before)


def test_passing_it_on_once_more_does_not_put_off_whom_we_have_to_call(
    desk, quarter, mira, concern, body, youth
):
    planned(desk, concern, body, youth)
    before = task(concern)
    cleaners = make_body(quarter, "Stadtreinigung", "stelle@rein.example.org")
    pass_on(
        viewer=mira,
        concern=Concern.objects.get(pk=concern.pk),
        items=[PassOn(cleaners, Way.MAIL)],
        ask_on=timezone.localdate() + timedelta(days=20),
        version=version(concern),
        now=timezone.now(),
    )
    assert (Referral.objects.filter(body=cleaners).count(), task(concern)) == (1, before)


def test_what_was_taken_back_is_still_to_be_called_off_when_a_body_says_that_it_comes(
    desk, concern, body
):
    meeting = planned(desk, concern, body)
    concern.refresh_from_db()
    withdraw_concern(
        viewer=teller_viewer(concern), concern=concern, version=None, now=timezone.now()
    )
    before = task(concern)
    assert before[2].startswith("Zurückgezogen: das Treffen am")
    invitation = Invitation.objects.get()

    said = act(
        desk,
        concern,
        meeting,
        f"zusage/{invitation.pk}",
        f"attendance-{invitation.pk}",
        attendance="comes",
        words="",
    )

    invitation.refresh_from_db()
    assert (said.status_code, invitation.attendance, task(concern)) == (302, "comes", before)
    assert cancel(desk, concern, meeting).status_code == 302
    assert not FollowUp.objects.filter(dossier=concern.pk, done_at=None).exists()
