"""No input breaks a page, whoever sends it and wherever; and no record is left half written."""

import json
import os

import pytest
from django.core.files.storage import storages
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings

from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.states import OPEN, ConcernState
from quartiersladen.dossiers.models import Dossier
from quartiersladen.files.models import StoredFile
from tests.fuzz.addresses import all_addresses
from tests.fuzz.attack import Attacker
from tests.fuzz.house import HOSTS, build
from tests.fuzz.inputs import INPUTS
from tests.support.sign_in import signed_in_client

MANY = int(os.environ.get("FUZZ_INPUTS", "1400"))
#: Who attacks, where: the quarter at "/", the other one by its path and by its own host name.
DOORS = {
    "root": ("", "testserver"),
    "path": ("/q/west", "testserver"),
    "host": ("", HOSTS["west"]),
}
WHO = ("public", "lead", "moderator", "helper", "client", "administrator")
PAIRS = [
    *((who, "root") for who in WHO),
    *((who, door) for door in ("path", "host") for who in ("public", "lead")),
]


@pytest.fixture(autouse=True)
def _open_house(settings):
    """Let an attacker send as much as it likes, to every name of the house."""
    settings.REPORTS_PER_HOUR = 10**9
    settings.ALLOWED_HOSTS = list(HOSTS.values())


def half_records() -> list[str]:
    """Return what is written only in part."""
    concerns = Concern.objects.select_related("dossier", "teller").prefetch_related(
        "dossier__entries", "dossier__follow_ups"
    )
    wrong = []
    for concern in concerns:
        dossier, waits = concern.dossier, concern.state in {*OPEN, ConcernState.QUARANTINED}
        due = [f.due_on for f in dossier.follow_ups.all() if f.done_at is None]
        facts = {
            "quarter": dossier.quarter_id == concern.quarter_id,
            "teller": hasattr(concern, "teller"),
            "received": any(entry.deed == "received" for entry in dossier.entries.all()),
            "next date": not waits or due == [concern.next_on],
            "held": (dossier.held_at is not None) == concern.is_held,
        }
        wrong += [f"{concern}: {name}" for name, is_right in facts.items() if not is_right]
    lonely = Dossier.objects.filter(concern=None).values_list("reference", flat=True)
    storage = storages["default"]
    lost = [f.pk for f in StoredFile.objects.all() if not storage.exists(f.storage_name)]
    return [*wrong, *(f"{reference}: no concern" for reference in lonely), *map(str, lost)]


@pytest.mark.django_db
@pytest.mark.parametrize(("who", "door"), PAIRS)
def test_nothing_breaks(who, door, record_property):
    house = build()
    # In the other quarter a lead of the first one is a stranger, and its own lead is at home.
    person = house.people.get(who) if door == "root" else house.people.get(f"{who} of west")
    client = signed_in_client(person) if person else Client()
    prefix, host = DOORS[door]
    attacker = Attacker(house, client, prefix=prefix, host=host)

    @settings(
        max_examples=MANY // len(PAIRS),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        derandomize="FUZZ_INPUTS" not in os.environ,
        suppress_health_check=list(HealthCheck),
    )
    @given(INPUTS)
    def attack(sent):
        # Everything that breaks is collected, so that one run names all of it.
        attacker.send(sent)

    attack()
    record_property("asked", json.dumps(attacker.counts))
    record_property("answers", json.dumps(attacker.answers))
    assert "\n\n".join(attacker.broken.values()) == ""
    assert half_records() == []
    assert set(attacker.answers) - {200} != set()


def test_every_address_is_attacked():
    names = {address.name for address in all_addresses()}
    assert {"concerns:report", "concerns:teller_status", "desk:today", "account_login"} <= names
