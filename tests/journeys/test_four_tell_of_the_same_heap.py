"""Herr Okafor and three others tell of bulky waste: one joint case, one answer for all of them."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from quartiersladen.concerns.forms.report import new_key
from quartiersladen.concerns.letters import confirmation, referral_link
from quartiersladen.concerns.models import Concern, Referral
from quartiersladen.concerns.testing import photo
from quartiersladen.dossiers.models import Document
from quartiersladen.kernel.links import make_token
from quartiersladen.outbox.models import LinkSpec, Mail
from tests.support.sign_in import signed_in_client

pytestmark = pytest.mark.django_db(transaction=True)

TOLD = {
    "Okafor": "Vor dem Haus Rosenweg 3 liegen Matratzen und ein Sofa.",
    "Haselmaus": "Sperrmüll am Rosenweg 3, jeden Tag mehr.",
    "Quendel": "Am Rosenweg 3: Sofa, Matratzen, Kühlschrank.",
    "Ottermann": "Der Haufen am Rosenweg 3 stinkt.",
}


def path_of(link: LinkSpec) -> str:
    token = make_token(
        link.purpose,
        subject_id=link.subject_id,
        generation=link.generation,
        expires_on=link.expires_on,
    )
    return link.path.format(token=token)


def version_of(concern: Concern) -> int:
    concern.dossier.refresh_from_db()
    return concern.dossier.version


@pytest.fixture
def desk(house: Any) -> Client:
    return signed_in_client(house.mira)


@pytest.fixture
def told(house: Any, desk: Client) -> dict[str, Concern]:
    """What reached the office by mail, typed in by Mira; everybody confirms the address."""
    today = house.quarter.local_day(timezone.now())
    concerns = {}
    for name, text in TOLD.items():
        form: dict[str, Any] = {
            "submission_key": new_key(),
            "kind": "problem",
            "text": text,
            "theme": str(house.light.pk),
            "place_kind": "address",
            "place_text": "Rosenweg 3",
            "channel": "mail",
            "told_on": str(today),
            "language": "de",
            "way": "mail",
            "name": f"Familie {name}",
            "email": f"{name.lower()}@example.org",
        }
        if name == "Okafor":
            form["photos"] = [photo("kennzeichen.jpg", (800, 600))]
        assert desk.post("/buero/anliegen/neu/", form).status_code == 302
        concern = Concern.objects.select_related("dossier", "teller").latest("pk")
        letter = confirmation(concern, concern.teller, confirm_by=today + timedelta(days=3))
        assert Client().post(path_of(letter.links["confirm"])).status_code == 200
        concerns[name] = concern
    return concerns


def at(concern: Concern, deed: str = "") -> str:
    return f"/buero/anliegen/{concern.dossier.reference}/{deed}"


def join_all(desk: Client, told: dict[str, Concern]) -> Concern:
    """Mira finds the others beside Herr Okafor's concern and joins them."""
    leader, *others = told.values()
    page = desk.get(at(leader, "sammeln/"))
    found = {one.concern.pk for one in page.context["alike"]}
    assert found == {concern.pk for concern in others}
    numbers = [concern.dossier.reference for concern in others]
    desk.post(at(leader, "sammeln/"), {"version": version_of(leader), "anliegen": numbers})
    assert set(Concern.objects.filter(leader=leader)) == set(others)
    return leader


def pass_on(desk: Client, house: Any, concern: Concern) -> Referral:
    key = f"stelle-{house.body.pk}"
    form = {
        "version": version_of(concern),
        "stelle": [house.body.pk],
        f"{key}-way": "mail",
        "ask_on": str(house.quarter.local_day(timezone.now()) + timedelta(days=9)),
    }
    seen = desk.post(at(concern, "weitergeben/"), form).context["seen"]
    desk.post(at(concern, "weitergeben/"), form | {"gesehen": seen, "schritt": "senden"})
    return Referral.objects.select_related("concern__dossier").get()


def test_one_joint_case_and_all_four_get_the_answer(house, desk, told):
    leader = join_all(desk, told)
    body = Client()

    # The body gets the text without names, and the photo only when the plate is black.
    referral = pass_on(desk, house, leader)
    mail = Mail.objects.get(kind="body")
    case = path_of(referral_link(referral))
    shown = body.get(case).content.decode()
    assert "Matratzen" in mail.text
    for name in TOLD:
        assert (name in mail.text, name in shown, name.lower() in shown) == (False, False, False)
    assert "<img" not in shown.split("<main")[1].split("</main>")[0]

    document = Document.objects.get(dossier=leader.dossier)
    photo_page = f"/datei/{document.file_id}/klein.jpg"
    assert Client().get(photo_page).status_code == 404
    desk.post(
        at(leader, f"foto/{document.pk}/schwaerzen/"),
        {"version": version_of(leader), "fields_named": "B3-D5", "schritt": "schwaerzen"},
    )
    released = {
        "version": version_of(leader),
        "title": "Sperrmüll am Rosenweg",
        "text": "Am Rosenweg 3 liegt Sperrmüll.",
        "precision": "none",
        "photos": [document.pk],
        "is_checked": "on",
    }
    desk.post(at(leader, "freigeben/"), released)
    assert Client().get(photo_page).status_code == 404  # the earlier file is gone
    document.refresh_from_db()
    masked = f"/datei/{document.file_id}/klein.jpg"
    assert document.blackened_at is not None
    assert Client().get(masked).status_code == 200
    assert "<img" in body.get(case).content.decode().split("<main")[1]

    # One answer, to each in the mail they wanted.
    body.post(case, {"deed": "answer", "words": "Wir holen es am Montag."})
    answer = {
        "version": version_of(leader),
        "result": "fixed",
        "witness": "office",
        "answer": "Der Sperrmüll ist abgeholt.",
    }
    looked_at = desk.post(at(leader, "abschliessen/"), answer)
    [close] = [deed for deed in looked_at.context["deeds"] if deed.name == "close"]
    desk.post(at(leader, "abschliessen/"), answer | {"gesehen": close.seen})

    answers = Mail.objects.filter(kind="teller", subject__contains="die Antwort")
    assert {(mail.to_address, "abgeholt" in mail.text) for mail in answers} == {
        (f"{name.lower()}@example.org", True) for name in TOLD
    }
    assert len(answers) == 4
    for mail in answers:
        others = [name for name in TOLD if f"{name.lower()}@" != mail.to_address[: len(name) + 1]]
        assert [name for name in others if name in mail.text] == []


def test_a_mistake_is_undone_before_the_answer(house, desk, told):
    leader = join_all(desk, told)
    mistaken = told["Ottermann"]

    desk.post(at(leader, "sammeln/"), {"loesen": mistaken.dossier.reference})

    mistaken.refresh_from_db()
    assert (mistaken.state, mistaken.leader, mistaken.next_on is None) == ("new", None, False)
    assert Concern.objects.filter(leader=leader).count() == 2
