"""The deeds of the desk on one concern, as its forms send them."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from quartiersladen.accounts.models import User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns.models import Concern, Referral, RightAddress
from quartiersladen.concerns.services.referrals import Ask, ask_again
from quartiersladen.concerns.testing import make_concern, make_referral
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ContactPerson
from quartiersladen.dossiers.models import Dossier, Entry
from quartiersladen.dossiers.states import Audience
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.testing import make_quarter, make_theme
from tests.support.sign_in import signed_in_client

SOON = (date.today() + timedelta(days=20)).isoformat()  # noqa: DTZ011 -- any day to come


@pytest.fixture
def concern(quarter):
    return make_concern(quarter, "Die Laterne ist aus.", now=timezone.now())


@pytest.fixture
def referral(mira, concern, body):
    found = make_referral(mira, concern, body, now=timezone.now())
    concern.refresh_from_db()
    return found


def address(concern: Concern, deed: str = "") -> str:
    return f"/buero/anliegen/{concern.dossier.reference}/{deed}"


def version() -> int:
    return Dossier.objects.get().version


def errors_in(page) -> dict[str, str]:
    """Field -> sentence of the deed that was refused."""
    [form] = [
        deed.form
        for deed in [
            *page.context["deeds"],
            *(deed for card in page.context["cards"] for deed in card.deeds),
        ]
        if deed.form is not None and deed.form.errors
    ]
    return {name: str(sentences[0]) for name, sentences in form.errors.items()}


def test_only_the_people_of_the_desk_come_in(client, quarter, concern, helper_desk):
    assert client.get(address(concern)).headers["Location"].startswith("/anmelden/")
    city = signed_in_client(make_member(quarter, Role.CLIENT, "Stadt"))
    assert city.get(address(concern)).status_code == 403
    assert helper_desk.get(address(concern)).status_code == 404  # not assigned to Tom
    foreign = signed_in_client(make_member(make_quarter("west"), Role.LEAD, "Vera"))
    assert foreign.get(address(concern)).status_code == 403
    assert foreign.get("/q/west" + address(concern)).status_code == 404


@pytest.mark.parametrize("deed", ["zuweisen/", "zustaendigkeit/", "abschliessen/", "freigeben/"])
def test_a_helper_works_on_what_is_assigned_but_does_not_decide(concern, helper_desk, deed):
    Dossier.objects.update(assigned_to=User.objects.get(name="Tom"))
    assert helper_desk.get(address(concern)).status_code == 200
    assert helper_desk.post(address(concern, "notiz/"), {"text": "War dort."}).status_code == 302
    assert helper_desk.post(address(concern, deed), {"version": version()}).status_code == 403


def test_a_confidential_one_is_not_there_for_who_is_not_named(desk, concern):
    Dossier.objects.update(audience=Audience.CONFIDENTIAL)
    assert desk.get(address(concern)).status_code == 404
    Dossier.objects.get().named.create(user=User.objects.get(name="Ida"))
    assert desk.get(address(concern)).status_code == 200


def test_a_note_needs_words(desk, concern):
    page = desk.post(address(concern, "notiz/"), {"text": "  "})
    assert page.status_code == 422
    assert list(errors_in(page)) == ["text"]

    done = desk.post(address(concern, "notiz/"), {"text": "War dort."})

    assert done.headers["Location"] == address(concern)
    assert Entry.objects.get(deed="note").text == "War dort."


def test_the_second_of_two_editors_keeps_the_typed_text(desk, concern):
    old = version()
    desk.post(address(concern, "termin/"), {"version": old, "due_on": SOON, "note": "Erste"})

    page = desk.post(
        address(concern, "termin/"), {"version": old, "due_on": SOON, "note": "Zweite"}
    )

    assert page.status_code == 409
    assert "Jemand anderes hat das inzwischen geändert" in errors_in(page)["__all__"]
    assert "Zweite" in page.content.decode()
    again = desk.post(
        address(concern, "termin/"), {"version": version(), "due_on": SOON, "note": "Zweite"}
    )
    assert again.status_code == 302


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("", "Bitte wählen Sie den nächsten Termin. Kein offenes Anliegen bleibt ohne."),
        ("2020-01-01", "Der nächste Termin muss heute oder später sein."),
        ("morgen", "Bitte ein gültiges Datum eingeben."),
    ],
)
def test_a_next_date_lies_ahead(desk, concern, day, sentence):
    page = desk.post(address(concern, "termin/"), {"version": version(), "due_on": day})
    assert (page.status_code, errors_in(page)) == (422, {"due_on": sentence})


def test_it_is_assigned_and_sorted(desk, quarter, concern):
    theme = make_theme(quarter)
    ida = User.objects.get(name="Ida")

    desk.post(address(concern, "zuweisen/"), {"version": version(), "colleague": ida.pk})
    desk.post(
        address(concern, "einordnen/"),
        {"version": version(), "kind": "hint", "theme": theme.pk},
    )

    stored = Concern.objects.select_related("dossier").get()
    assert (stored.dossier.assigned_to, stored.kind, stored.theme) == (ida, "hint", theme)
    page = desk.post(address(concern, "zuweisen/"), {"version": version(), "colleague": 999})
    assert (page.status_code, list(errors_in(page))) == (422, ["colleague"])


def test_the_scope_has_three_outcomes(desk, quarter):
    made = {}
    for scope, extra in (
        ("ours", {"due_on": SOON}),
        ("public_interest", {"due_on": SOON}),
        ("not_ours", {"words": "Das Bürgeramt hilft."}),
    ):
        concern = make_concern(quarter, scope, now=timezone.now())
        form = {"version": 1, "scope": scope, **extra}
        made[scope] = desk.post(address(concern, "zustaendigkeit/"), form).status_code
    assert made == {"ours": 302, "public_interest": 302, "not_ours": 302}
    assert dict(Concern.objects.values_list("scope", "state")) == {
        "ours": "ours",
        "public_interest": "checked",
        "not_ours": "answered",
    }


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "scope"),
        ({"scope": "ours"}, "due_on"),
        ({"scope": "not_ours"}, "right_address"),
    ],
)
def test_a_scope_without_what_it_needs_is_explained(desk, concern, form, field):
    page = desk.post(address(concern, "zustaendigkeit/"), {"version": version(), **form})
    assert (page.status_code, list(errors_in(page))) == (422, [field])
    assert Concern.objects.get().state == "new"


def test_the_mail_with_the_right_address_is_shown_before_it_goes(desk, quarter):
    concern = make_concern(quarter, way="mail", email="nour@example.org", now=timezone.now())
    concern.teller.email_confirmed_at = timezone.now()
    concern.teller.save()
    flat = RightAddress.objects.create(
        quarter=quarter, name={"de": "Wohnung"}, text={"de": "Wohnungsamt, Musterplatz 2"}
    )
    form = {"version": 1, "scope": "not_ours", "right_address": flat.pk, "words": "Guten Tag!"}
    before = Mail.objects.count()

    first = desk.post(address(concern, "zustaendigkeit/"), form)
    [deed] = [deed for deed in first.context["deeds"] if deed.letters]
    assert (first.status_code, Mail.objects.count()) == (200, before)
    assert "Wohnungsamt, Musterplatz 2" in deed.letters[0].text
    other = desk.post(
        address(concern, "zustaendigkeit/"), form | {"words": "Anders.", "gesehen": deed.seen}
    )
    assert (other.status_code, Mail.objects.count()) == (200, before)

    sent = desk.post(address(concern, "zustaendigkeit/"), form | {"gesehen": deed.seen})

    assert (sent.status_code, Mail.objects.count()) == (302, before + 1)
    mail = Mail.objects.latest("pk")
    assert (mail.subject, mail.text) == (deed.letters[0].subject, deed.letters[0].text)


def test_asking_again_by_phone_says_whom_and_sets_the_next_date(desk, concern, referral):
    form = {"version": version(), "way": "phone", "whom": "Zentrale", "ask_on": SOON}
    assert desk.post(address(concern, f"nachfragen/{referral.pk}/"), form).status_code == 302

    stored = Concern.objects.get()
    assert (stored.state, stored.next_on.isoformat()) == ("asked_again", SOON)
    page = desk.post(
        address(concern, f"nachfragen/{referral.pk}/"), form | {"version": version(), "ask_on": ""}
    )
    assert (page.status_code, list(errors_in(page))) == (422, ["ask_on"])
    assert desk.post(address(concern, "nachfragen/999/"), form).status_code == 404


def test_another_person_of_the_body_can_be_asked_by_mail(desk, body, concern, referral):
    kim = ContactPerson.objects.create(
        body=body, name="Kim Weber", email="kim@example.org", from_on=date(2020, 1, 1)
    )
    form = {"version": version(), "way": "mail", "person": kim.pk, "ask_on": SOON}
    first = desk.post(address(concern, f"nachfragen/{referral.pk}/"), form)
    [deed] = [deed for card in first.context["cards"] for deed in card.deeds if deed.letters]

    desk.post(address(concern, f"nachfragen/{referral.pk}/"), form | {"gesehen": deed.seen})

    assert Mail.objects.latest("pk").to_address == "kim@example.org"
    wrong = desk.post(address(concern, f"nachfragen/{referral.pk}/"), form | {"person": "77"})
    assert list(errors_in(wrong)) == ["person"]


@pytest.mark.parametrize(
    ("form", "state"),
    [
        ({"deed": "accept", "expected_on": SOON}, "accepted"),
        ({"deed": "decline", "words": "Nicht unser Bereich."}, "declined"),
        ({"deed": "answer", "words": "Ist erledigt."}, "answered"),
    ],
)
def test_what_a_body_says_on_the_phone_is_written_down(desk, concern, referral, form, state):
    done = desk.post(address(concern, f"auskunft/{referral.pk}/"), {"version": version(), **form})
    assert done.status_code == 302
    assert Referral.objects.get().state == state
    page = desk.post(address(concern, f"auskunft/{referral.pk}/"), {"version": version(), **form})
    assert page.status_code == 409


def test_what_a_body_says_needs_words(desk, concern, referral):
    page = desk.post(
        address(concern, f"auskunft/{referral.pk}/"), {"version": version(), "deed": "answer"}
    )
    assert (page.status_code, list(errors_in(page))) == (422, ["words"])


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"result": "fixed", "answer": "Fertig."}, "witness"),
        ({"result": "not_possible", "answer": "Leider nicht."}, "reason"),
        ({"result": "fixed", "witness": "office"}, "answer"),
    ],
)
def test_closing_needs_answer_reason_or_witness(desk, concern, form, field):
    page = desk.post(address(concern, "abschliessen/"), {"version": version(), **form})
    assert (page.status_code, list(errors_in(page))) == (422, [field])


def test_it_is_closed_told_reopened_and_withdrawn(desk, concern):
    close = {"version": version(), "result": "fixed", "answer": "Fertig.", "witness": "resident"}
    assert desk.post(address(concern, "abschliessen/"), close).status_code == 302
    again = desk.post(address(concern, "abschliessen/"), close | {"version": version()})
    assert again.status_code == 409
    assert "Möglich ist jetzt" in errors_in(again)["__all__"]
    told = {"version": version(), "told_on": "2026-03-03", "text": "Am Tresen."}
    assert desk.post(address(concern, "mitgeteilt/"), told).status_code == 302
    page = desk.post(address(concern, "wiederaufnehmen/"), {"version": version(), "why": ""})
    assert (page.status_code, list(errors_in(page))) == (422, ["why"])
    why = {"version": version(), "why": "Wieder dunkel."}
    assert desk.post(address(concern, "wiederaufnehmen/"), why).status_code == 302
    assert desk.post(address(concern, "zurueckziehen/"), {"version": version()}).status_code == 302

    assert Concern.objects.get().state == "withdrawn"
    words = desk.get(address(concern) + "?journal=unsinn").context["journal"]
    assert [line["words"] for line in words] == [
        "Eingegangen (Formular im Internet, mitgeteilt am " + _long(timezone.now()) + ")",
        "Abgeschlossen: Behoben",
        "Mündlich mitgeteilt am 3. März 2026",
        "Warum es wieder aufgenommen wurde",
        "Wieder aufgenommen",
        "Zurückgezogen",
    ]


def _long(moment) -> str:
    from django.utils.formats import date_format  # noqa: PLC0415 -- needs the settings

    return date_format(timezone.localtime(moment).date(), "j. F Y")


def test_it_is_shown_to_the_public_and_taken_off_again(desk, concern):
    form = {"version": version(), "title": "Lampe", "text": "Lampe aus", "precision": "none"}
    page = desk.post(address(concern, "freigeben/"), form)
    assert (page.status_code, list(errors_in(page))) == (422, ["is_checked"])

    assert (
        desk.post(address(concern, "freigeben/"), form | {"is_checked": "on"}).status_code == 302
    )
    assert Concern.objects.get().is_released
    assert desk.post(address(concern, "verbergen/"), {"version": version()}).status_code == 302
    assert not Concern.objects.get().is_released


def test_after_the_third_silence_other_ways_are_proposed(
    desk, quarter, mira, body, concern, referral
):
    ContactPerson.objects.create(body=body, name="Kim Weber", from_on=date(2020, 1, 1))
    assert desk.get(address(concern)).context["proposals"] == []
    for _time in range(quarter.asks_before_proposals):
        referral.refresh_from_db()
        referral.concern.refresh_from_db()
        ask_again(
            viewer=mira,
            referral=referral,
            ask=Ask(Way.PHONE, "Zentrale"),
            ask_on=date.fromisoformat(SOON),
            version=version(),
            now=timezone.now(),
        )

    page = desk.get(address(concern))

    assert [str(deed.title) for deed in page.context["proposals"]] == [
        "Jemand anderen bei Lichtwerk fragen",
        "Abschließen: Die Stelle antwortet nicht",
    ]
    assert page.context["may_meet"] is True
    assert "In ein Treffen mitnehmen" in page.content.decode()
    give_up = page.context["proposals"][-1].form
    assert (
        give_up["reason"].value()
        == "Wir haben Lichtwerk 3-mal gefragt und keine Antwort bekommen."
    )


def test_a_helper_is_proposed_only_what_a_helper_may_do(helper_desk, concern, referral):
    Referral.objects.update(state="silent", asks=3)
    Dossier.objects.update(assigned_to=User.objects.get(name="Tom"))
    ContactPerson.objects.create(body=referral.body, name="Kim Weber", from_on=date(2020, 1, 1))
    page = helper_desk.get(address(concern))
    proposed = [str(deed.title) for deed in page.context["proposals"]]
    assert proposed == ["Jemand anderen bei Lichtwerk fragen"]
    assert page.context["may_meet"] is False


def test_nobody_is_asked_about_what_has_ended(desk, concern, referral):
    close = {
        "version": version(),
        "result": "no_answer",
        "answer": "Leider nicht.",
        "reason": "Niemand antwortet.",
    }
    desk.post(address(concern, "abschliessen/"), close)
    form = {"version": version(), "way": "phone", "words": "Und jetzt?", "ask_on": SOON}

    page = desk.post(address(concern, f"nachfragen/{referral.pk}/"), form)

    assert page.status_code == 409
    assert errors_in(page)["__all__"].endswith("Möglich ist jetzt: wieder aufnehmen")
    assert "Und jetzt?" in page.content.decode()
    assert Referral.objects.get().asks == 0


def test_a_deed_is_unfolded_by_its_address(desk, quarter, concern, referral):
    def opened(word: str) -> list[str]:
        page = desk.get(address(concern) + f"?tat={word}")
        deeds = [
            *page.context["deeds"],
            *(deed for card in page.context["cards"] for deed in card.deeds),
        ]
        return [deed.name for deed in deeds if deed.is_open]

    for word in ("note", "plan", "assign", "sort", "release", "told", "close", "withdraw"):
        assert opened(word) == [word]
    assert opened(f"ask-{referral.pk}") == [f"ask-{referral.pk}"]
    assert opened(f"said-{referral.pk}") == [f"said-{referral.pk}"]
    assert opened("unsinn") == []


def test_the_journal_is_narrowed_to_one_kind(desk, concern):
    desk.post(address(concern, "notiz/"), {"text": "War dort."})
    page = desk.get(address(concern) + "?journal=notizen")
    assert [line["text"] for line in page.context["journal"]] == ["War dort."]
    assert [word for word, _name, chosen in page.context["journals"] if chosen] == ["notizen"]
    assert len(desk.get(address(concern)).context["journal"]) == 2
