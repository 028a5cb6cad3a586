"""The pages of meetings at the desk, as its forms send them."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from quartiersladen.accounts.models import User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns.models import Concern, Invitation, Meeting, Referral
from quartiersladen.concerns.services.life import Ending, close_concern
from quartiersladen.concerns.states import MeetingState, ReferralState, Result
from quartiersladen.concerns.testing import make_concern, make_referral
from quartiersladen.directory.models import ContactPerson
from quartiersladen.directory.testing import make_body
from quartiersladen.dossiers.models import Dossier
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client


def in_days(days: int) -> str:
    return str(timezone.localdate() + timedelta(days=days))


@pytest.fixture
def concern(quarter, mira, body):
    made = make_concern(quarter, "Scherben am Platz.", now=timezone.now())
    make_referral(mira, made, body, now=timezone.now())
    return made


@pytest.fixture
def youth(quarter):
    return make_body(quarter, "Jugendamt", "")


def at(concern: Concern, deed: str = "") -> str:
    return f"/buero/anliegen/{concern.dossier.reference}/treffen/{deed}"


def version(concern: Concern) -> int:
    return Dossier.objects.get(pk=concern.pk).version


def typed(concern, *bodies, **changes) -> dict[str, object]:
    """What step 2 sends. bodies: those with an address by mail, the others by phone."""
    ways = {f"stelle-{b.pk}-way": "mail" if b.email else "phone" for b in bodies}
    return {
        "version": version(concern),
        "submission_key": uuid4(),
        "stelle": [body.pk for body in bodies],
        "on": in_days(10),
        "begins": "10:00",
        "place": "Rathaus",
        "purpose": "Wer macht was?",
        "others": "",
        "schritt": "ansehen",
        **ways,
        **changes,
    }


def planned(desk, concern, *bodies, **changes) -> Meeting:
    """Go through all three steps."""
    form = typed(concern, *bodies, **changes)
    seen = desk.post(at(concern), form).context["seen"]
    answer = desk.post(at(concern), form | {"gesehen": seen, "schritt": "senden"})
    assert answer.status_code == 302
    return Meeting.objects.latest("pk")


def errors(form) -> dict[str, str]:
    return {name: str(sentences[0]) for name, sentences in form.errors.items()}


def deed_in(page, name):
    [deed] = [
        deed
        for deed in [*page.context["deeds"], *(deed for _one, deed in page.context["rows"])]
        if deed and deed.name == name
    ]
    return deed


# --- Planning -------------------------------------------------------------------------------------
def test_who_has_the_concern_is_ticked_already(desk, concern, body, youth):
    refused = make_body(concern.quarter, "Amt ohne Zeit")
    Referral.objects.create(
        concern=concern,
        body=refused,
        way="phone",
        state=ReferralState.DECLINED,
        reply="Nein",
        sent_at=timezone.now(),
        settled_at=timezone.now(),
        link_expires_on=date(2030, 1, 1),
    )
    page = desk.get(at(concern))
    assert page.context["bodies"] == [(body, True), (refused, False), (youth, False)]


def test_from_the_choice_to_the_invitation(desk, concern, body, youth):
    gesine = ContactPerson.objects.create(body=body, name="Gesine", from_on="2020-01-01")
    step_2 = desk.get(at(concern), {"stelle": [body.pk, youth.pk, "x"]})
    assert [form.body for form in step_2.context["invite_forms"]] == [youth, body]
    form = typed(concern, body, youth) | {f"stelle-{body.pk}-person": gesine.pk}

    step_3 = desk.post(at(concern), form)

    assert step_3.status_code == 200
    assert [one.body for one, _letter in step_3.context["letters"]] == [youth, body]
    assert (Meeting.objects.count(), Mail.objects.filter(kind="body").count()) == (0, 1)
    seen = {"gesehen": step_3.context["seen"], "schritt": "senden"}
    # Other words than those that were looked at are shown first.
    other = desk.post(at(concern), form | seen | {"place": "Laden"})
    assert (other.status_code, Meeting.objects.count()) == (200, 0)
    made = desk.post(at(concern), form | seen)
    meeting = Meeting.objects.get()
    assert made.headers["Location"] == at(concern, f"{meeting.pk}/")
    assert Mail.objects.filter(kind="body").count() == 2
    assert Invitation.objects.get(body=body).person == gesine
    page = desk.get(made.headers["Location"])
    assert (page.status_code, page.context["meeting"]) == (200, meeting)
    assert {deed.name for deed in page.context["deeds"]} == {"move", "cancel"}


def test_two_presses_make_one_meeting(desk, concern, body):
    form = typed(concern, body)
    seen = desk.post(at(concern), form).context["seen"]
    for _press in range(2):
        answer = desk.post(at(concern), form | {"gesehen": seen, "schritt": "senden"})
        assert answer.status_code == 302
    assert (Meeting.objects.count(), Mail.objects.filter(kind="body").count()) == (1, 2)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"on": "2020-01-01"}, "on"),
        ({"on": ""}, "on"),
        ({"begins": ""}, "begins"),
        ({"begins": "25:00"}, "begins"),
        ({"place": " "}, "place"),
        ({"purpose": ""}, "purpose"),
        ({"submission_key": "x"}, "submission_key"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_stays(desk, concern, body, changes, field):
    answer = desk.post(at(concern), typed(concern, body, others="Kita", **changes))
    assert answer.status_code == 422
    assert list(errors(answer.context["form"])) == [field]
    assert answer.context["form"]["others"].value() == "Kita"


def test_nobody_is_chosen(desk, concern, youth):
    nobody = desk.post(at(concern), typed(concern))
    assert nobody.status_code == 422
    no_address = desk.post(at(concern), typed(concern, youth) | {f"stelle-{youth.pk}-way": "mail"})
    assert no_address.status_code == 422
    sentence = "Im Verzeichnis steht für diese Stelle keine E-Mail-Adresse."
    assert sentence in errors(no_address.context["form"])["__all__"]
    unknown_way = desk.post(
        at(concern), typed(concern, youth) | {f"stelle-{youth.pk}-way": "taube"}
    )
    assert unknown_way.status_code == 422


def test_somebody_was_faster_and_the_words_stay(desk, concern, body):
    form = typed(concern, body)
    seen = desk.post(at(concern), form).context["seen"]
    Dossier.objects.update(version=99)
    answer = desk.post(at(concern), form | {"gesehen": seen, "schritt": "senden"})
    assert (answer.status_code, Meeting.objects.count()) == (409, 0)
    assert answer.context["form"]["purpose"].value() == "Wer macht was?"
    assert answer.context["version"] == 99


def test_one_meeting_at_a_time(desk, concern, body):
    meeting = planned(desk, concern, body)
    answer = desk.post(at(concern), typed(concern, body))
    assert answer.status_code == 409
    page = desk.get(at(concern))
    assert page.context["meeting_ahead"] == meeting
    detail = desk.get(f"/buero/anliegen/{concern.dossier.reference}/")
    assert (detail.context["may_meet"], detail.context["meetings"]) == (False, [meeting])


def test_a_closed_concern_says_what_is_possible(desk, mira, concern, body):
    concern.dossier.refresh_from_db()
    close_concern(
        viewer=mira,
        concern=concern,
        ending=Ending(Result.NOT_POSSIBLE, "Nein", reason="Kein Geld"),
        version=concern.dossier.version,
        now=timezone.now(),
    )
    answer = desk.post(at(concern), typed(concern, body))
    assert answer.status_code == 409
    assert "wieder aufnehmen" in errors(answer.context["form"])["__all__"]
    assert "Nehmen Sie es erst wieder auf" in desk.get(at(concern)).content.decode()


def test_who_comes_in(client, quarter, concern, body, youth, desk, helper_desk):
    meeting = planned(desk, concern, body, youth)
    page = at(concern, f"{meeting.pk}/")
    assert youth.phone in desk.get(page).content.decode()
    assert client.get(page).headers["Location"].startswith("/anmelden/")
    city = signed_in_client(make_member(quarter, Role.CLIENT, "Stadt"))
    assert city.get(page).status_code == 403
    assert helper_desk.get(page).status_code == 404  # not assigned to Tom
    foreign = signed_in_client(make_member(make_quarter("west"), Role.LEAD, "Vera"))
    assert foreign.get("/q/west" + page).status_code == 404
    assert foreign.get("/q/west" + at(concern)).status_code == 404
    other = make_concern(quarter, "Etwas anderes")
    assert desk.get(at(other, f"{meeting.pk}/")).status_code == 404
    wrong = at(concern, f"{meeting.pk}/zusage/999/")
    assert desk.post(wrong, {"version": 1}).status_code == 404

    Dossier.objects.update(assigned_to=User.objects.get(name="Tom"))

    read = helper_desk.get(page)
    assert (read.status_code, read.context["deeds"]) == (200, [])
    assert [deed for _one, deed in read.context["rows"]] == [None, None]
    assert youth.phone not in read.content.decode()  # as in the directory
    assert helper_desk.get(at(concern)).status_code == 403
    for deed in ("verlegen/", "absagen/", "ergebnis/"):
        assert helper_desk.post(page + deed, {"version": 1}).status_code == 403


# --- One meeting ----------------------------------------------------------------------------------
def test_a_body_says_that_it_does_not_come(desk, concern, body, youth):
    meeting = planned(desk, concern, body, youth)
    invitation = Invitation.objects.get(body=youth)
    page = at(concern, f"{meeting.pk}/")
    unfolded = desk.get(page, {"tat": f"attendance-{invitation.pk}"})
    assert deed_in(unfolded, f"attendance-{invitation.pk}").form is not None
    address = page + f"zusage/{invitation.pk}/"
    wrong = desk.post(address, {"version": version(concern), "attendance": "egal"})
    assert wrong.status_code == 422

    form = {"version": version(concern), "attendance": "stays-away", "words": "Niemand frei"}
    assert desk.post(address, form).status_code == 302

    invitation.refresh_from_db()
    assert (invitation.attendance, invitation.words) == ("stays-away", "Niemand frei")
    late = desk.post(address, form)  # with the version of before
    assert late.status_code == 409
    assert deed_in(late, f"attendance-{invitation.pk}").form["words"].value() == "Niemand frei"


def test_it_is_moved_after_a_look_at_the_mails(desk, concern, body):
    meeting = planned(desk, concern, body)
    page = at(concern, f"{meeting.pk}/")
    assert deed_in(desk.get(page, {"tat": "move"}), "move").form["place"].value() == "Rathaus"
    form = {
        "version": version(concern),
        "on": in_days(12),
        "begins": "11:00",
        "place": "Laden",
        "why": "Umzug",
    }
    same = {"on": in_days(10), "begins": "10:00", "place": "Rathaus"}
    assert desk.post(page + "verlegen/", form | same).status_code == 422

    shown = desk.post(page + "verlegen/", form)

    assert shown.status_code == 200
    deed = deed_in(shown, "move")
    assert (len(deed.letters), Meeting.objects.get().state) == (1, MeetingState.PLANNED)
    assert desk.post(page + "verlegen/", form | {"gesehen": deed.seen}).status_code == 302
    assert Meeting.objects.get().state == MeetingState.MOVED


def test_it_is_called_off_after_a_look_at_the_mails(desk, concern, body, youth):
    meeting = planned(desk, concern, body, youth)
    page = at(concern, f"{meeting.pk}/")
    proposed = deed_in(desk.get(page, {"tat": "cancel"}), "cancel").form
    assert "next_on" in proposed.fields
    form = {"version": version(concern), "why": "Sturm", "next_on": in_days(3)}
    deed = deed_in(desk.post(page + "absagen/", form), "cancel")
    no_date = desk.post(page + "absagen/", form | {"next_on": "", "gesehen": deed.seen})
    assert (no_date.status_code, Meeting.objects.get().state) == (422, MeetingState.PLANNED)

    done = desk.post(page + "absagen/", form | {"gesehen": deed.seen})

    assert (done.status_code, Meeting.objects.get().state) == (302, MeetingState.CANCELLED)
    again = desk.post(page + "absagen/", form | {"version": version(concern)})
    assert again.status_code == 409
    assert "hat schon stattgefunden oder ist abgesagt" in again.content.decode()


def test_of_who_was_called_the_next_date_is_today(desk, concern, youth):
    meeting = planned(desk, concern, youth)
    Invitation.objects.update(told_at=timezone.now())
    page = at(concern, f"{meeting.pk}/")
    form = deed_in(desk.get(page, {"tat": "cancel"}), "cancel").form
    assert form["next_on"].value() == timezone.localdate()
    done = desk.post(
        page + "absagen/", {"version": version(concern), "next_on": in_days(0), "why": ""}
    )
    assert done.status_code == 302  # no mail to look at


def test_when_its_day_has_come_both_pages_ask_what_came_of_it(desk, concern, body, youth):
    meeting = planned(desk, concern, body, youth)
    page = at(concern, f"{meeting.pk}/")
    case = f"/buero/anliegen/{concern.dossier.reference}/"
    early = desk.post(page + "ergebnis/", {"version": version(concern)})
    assert early.status_code == 422
    assert desk.get(case).context["is_meeting_over"] is False
    later = "schreiben Sie hier auf, was daraus wurde."
    assert later in desk.get(page).content.decode()

    Meeting.objects.update(on=timezone.localdate() - timedelta(days=1))

    assert "Schreiben Sie auf, was daraus wurde" in desk.get(case).content.decode()
    shown = desk.get(page)
    form = deed_in(shown, "hold").form
    first, second = Invitation.objects.order_by("body__sort_name")
    assert shown.context["is_over"] is True
    assert later not in shown.content.decode()
    assert form.fields["there"].choices == [(first.pk, "Jugendamt"), (second.pk, "Lichtwerk")]
    result = {
        "version": version(concern),
        "there": [first.pk, second.pk],
        "agreed": "Streit",
        "for_person": "Gut",
        "for_public": "",
        f"promise_{second.pk}": "Räumt auf",
        f"promised_on_{second.pk}": "",
        "next_on": "",
    }
    half = desk.post(page + "ergebnis/", result)
    assert half.status_code == 422
    refused = deed_in(half, "hold").form
    assert list(errors(refused)) == [f"promise_{second.pk}"]
    assert refused["agreed"].value() == "Streit"
    nobody = desk.post(page + "ergebnis/", result | {"there": []})
    assert list(errors(deed_in(nobody, "hold").form)) == ["there"]

    done = desk.post(page + "ergebnis/", result | {f"promised_on_{second.pk}": in_days(9)})

    assert done.status_code == 302
    meeting.refresh_from_db()
    assert (meeting.state, meeting.agreed) == (MeetingState.HELD, "Streit")
    card = desk.get(case).context["cards"][0]
    assert [one.promise for one in card.promises] == ["Räumt auf"]
    held = desk.get(page)
    assert held.context["deeds"] == []
    assert "Räumt auf" in held.content.decode()


def test_a_silent_body_may_be_taken_to_a_meeting(desk, concern):
    Referral.objects.update(state=ReferralState.SILENT, asks=3)
    page = desk.get(f"/buero/anliegen/{concern.dossier.reference}/")
    assert page.context["may_meet"] is True
    assert f'href="{at(concern)}"' in page.content.decode()


def test_many_meetings_need_the_same_number_of_statements(
    desk, concern, body, youth, django_assert_max_num_queries
):
    case = f"/buero/anliegen/{concern.dossier.reference}/"
    desk.get(case)  # what is looked up once per process
    counts = []
    for number in range(3):
        meeting = planned(desk, concern, body, youth)
        Meeting.objects.filter(pk=meeting.pk).update(
            state=MeetingState.HELD, agreed="Gut", ended_at=timezone.now()
        )
        with django_assert_max_num_queries(99) as asked:
            desk.get(case)
        with django_assert_max_num_queries(99) as of_one:
            desk.get(at(concern, f"{meeting.pk}/"))
        counts.append((len(asked), len(of_one), number >= 0))
    assert len(set(counts)) == 1
