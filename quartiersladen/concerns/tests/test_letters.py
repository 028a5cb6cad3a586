"""The words of the mails about a concern."""

from datetime import date

import pytest
from django.utils import timezone

from quartiersladen.concerns.models import Concern, Referral
from quartiersladen.concerns.services.referrals import Ask, ask_again
from quartiersladen.concerns.states import PlaceKind
from quartiersladen.concerns.testing import make_concern, make_referral
from quartiersladen.correspondence.states import Way
from quartiersladen.dossiers.models import Dossier
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.testing import NOON

SOON = date(2026, 3, 16)


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ({"place_kind": PlaceKind.ADDRESS, "place_text": "Rosenweg 3"}, "Ort: Rosenweg 3"),
        (
            {"place_kind": PlaceKind.POINT, "latitude": 51.34, "longitude": 12.41},
            "Ort: 51.34000, 12.41000",
        ),
        ({"place_kind": PlaceKind.QUARTER}, "Ort: Das ganze Quartier"),
    ],
)
def test_the_body_reads_where_it_is(quarter, mira, body, place, words):
    make_referral(mira, make_concern(quarter, **place), body)
    assert words in Mail.objects.get().text.splitlines()


@pytest.mark.parametrize("consent", ["Ja, weitergeben.", ""])
def test_contact_data_is_offered_only_with_the_yes_of_the_person(desk, quarter, body, consent):
    concern = make_concern(
        quarter,
        name="Nour Beispiel",
        phone="030 23125 014",
        consent_wording=consent,
        now=timezone.now(),
    )
    page = f"/buero/anliegen/{concern.dossier.reference}/weitergeben/"
    form = {
        "version": Dossier.objects.get().version,
        "stelle": body.pk,
        "ask_on": "2099-01-02",
        f"stelle-{body.pk}-way": "mail",
        f"stelle-{body.pk}-with_contact": "on",
    }

    seen = desk.post(page, form)
    desk.post(page, form | {"schritt": "senden", "gesehen": seen.context["seen"]})

    mail = Mail.objects.get()
    assert ("Nour Beispiel, 030 23125 014" in mail.text) == bool(consent)
    assert Referral.objects.get().with_contact == bool(consent)
    assert seen.context["letters"][0][1].text == mail.text


def test_a_reminder_says_since_when_and_how_often(quarter, mira, body):
    referral = make_referral(mira, make_concern(quarter), body)
    for words in ("Wie steht es?", ""):
        ask_again(
            viewer=mira,
            referral=referral,
            ask=Ask(Way.MAIL, words=words),
            ask_on=SOON,
            version=referral.concern.dossier.version,
            now=NOON,
        )
    _first, second, third = Mail.objects.order_by("pk")
    assert "Wir haben 1 Mal nachgefragt." in second.text
    assert "Wie steht es?" in second.text
    assert "Wir haben 2 Mal nachgefragt." in third.text
    assert "am 2. März 2026" in third.text
    assert second.subject == third.subject


def test_the_first_mail_does_not_repeat_what_was_written(quarter):
    make_concern(quarter, "Mein Nachbar ist laut.", email="nour@example.org", language="ar")
    mail = Mail.objects.get()
    assert (mail.kind, mail.language, sorted(mail.links)) == (
        "confirm",
        "ar",
        ["confirm", "status"],
    )
    assert "Nachbar" not in mail.subject + mail.text
    assert Concern.objects.get().dossier.reference in mail.subject
