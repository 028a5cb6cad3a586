"""Every deed of the desk refuses whom it must, and the slower of two editors."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quartiersladen.accounts.models import User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.life import Ending, close_concern
from quartiersladen.concerns.states import Result
from quartiersladen.concerns.testing import make_concern, make_referral
from quartiersladen.dossiers.models import Dossier, Entry
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client

SOON = (timezone.now() + timedelta(days=20)).date().isoformat()
#: Address of a deed -> what its form needs, with words that must not get lost.
VERSIONED = {
    "zuweisen/": {},
    "einordnen/": {"kind": "idea"},
    "zustaendigkeit/": {"scope": "not_ours", "words": "Meine Worte"},
    "termin/": {"due_on": SOON, "note": "Meine Worte"},
    "abschliessen/": {"result": "fixed", "answer": "Meine Worte", "witness": "office"},
    "zurueckziehen/": {},
    "mitgeteilt/": {"told_on": "2026-03-02", "text": "Meine Worte"},
    "freigeben/": {
        "title": "Lampe",
        "text": "Meine Worte",
        "precision": "none",
        "is_checked": "on",
    },
    "verbergen/": {},
    "nachfragen/{}/": {"way": "phone", "words": "Meine Worte", "ask_on": SOON},
    "auskunft/{}/": {"deed": "answer", "words": "Meine Worte"},
}
DEEDS = [*VERSIONED, "notiz/", "wiederaufnehmen/"]
OF_THE_OFFICE = [
    "zuweisen/",
    "einordnen/",
    "zustaendigkeit/",
    "abschliessen/",
    "wiederaufnehmen/",
    "zurueckziehen/",
    "freigeben/",
    "verbergen/",
    "weitergeben/",
]


@pytest.fixture
def case(quarter, mira, body):
    """The page of a concern that a body has; {} in a deed stands for the referral."""
    concern = make_concern(quarter, now=timezone.now())
    make_referral(mira, concern, body, now=timezone.now())
    return f"/buero/anliegen/{concern.dossier.reference}/"


def address(case: str, deed: str) -> str:
    referral = Concern.objects.get().referrals.get()
    return case + deed.format(referral.pk)


def stored() -> tuple[object, ...]:
    """What a deed would have changed: the concern, its version, its journal."""
    return Concern.objects.values().get(), version(), Entry.objects.count()


def version() -> int:
    return Dossier.objects.get().version


@pytest.mark.parametrize("deed", DEEDS)
def test_outsiders_do_no_deed(client, quarter, case, deed):
    before = stored()
    city = signed_in_client(make_member(quarter, Role.CLIENT, "Stadt"))
    west = signed_in_client(make_member(make_quarter("west"), Role.LEAD, "Vera"))
    form = {"version": version(), **VERSIONED.get(deed, {})}

    assert client.post(address(case, deed), form).headers["Location"].startswith("/anmelden/")
    assert city.post(address(case, deed), form).status_code == 403
    assert west.post(address(case, deed), form).status_code == 403
    assert west.post("/q/west" + address(case, deed), form).status_code == 404
    assert stored() == before


@pytest.mark.parametrize("deed", DEEDS)
def test_opening_the_address_of_a_deed_does_nothing(desk, case, deed):
    assert desk.get(address(case, deed)).status_code == 405


@pytest.mark.parametrize("deed", OF_THE_OFFICE)
def test_a_helper_does_not_decide_even_on_what_is_assigned(helper_desk, case, deed):
    Dossier.objects.update(assigned_to=User.objects.get(name="Tom"))
    before = stored()
    assert helper_desk.post(case + deed, {"version": version()}).status_code == 403
    assert stored() == before


@pytest.mark.parametrize("deed", VERSIONED)
def test_the_slower_of_two_editors_changes_nothing_and_loses_no_word(desk, case, deed):
    before = stored()
    form = VERSIONED[deed]

    page = desk.post(address(case, deed), {"version": version() - 1, **form})

    assert page.status_code == 409
    text = page.content.decode()
    assert "Jemand anderes hat das inzwischen geändert" in text
    assert ("Meine Worte" in text) == ("Meine Worte" in form.values())
    assert stored() == before


@pytest.mark.parametrize("deed", VERSIONED)
def test_the_same_form_in_time_goes_through(desk, case, deed):
    entries = Entry.objects.count()
    form = {"version": version(), **VERSIONED[deed]}
    done = desk.post(address(case, deed), form)
    assert (done.status_code, done.headers["Location"]) == (302, case)
    assert Entry.objects.count() > entries


def test_the_slower_one_of_two_does_not_take_up_again(desk, mira, case):
    concern = Concern.objects.get()
    close_concern(
        viewer=mira,
        concern=concern,
        ending=Ending(Result.NOT_POSSIBLE, "Nein.", "Kein Strom."),
        version=concern.dossier.version,
        now=timezone.now(),
    )
    page = desk.post(case + "wiederaufnehmen/", {"version": 1, "why": "Meine Worte"})
    assert page.status_code == 409
    assert "Meine Worte" in page.content.decode()
    assert Concern.objects.get().state == "answered"
