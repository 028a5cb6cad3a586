"""Scenario 4: Frau Brandt takes back her consent. Her data goes, case and counts remain.

Played through HTTP alone: she reports on the web with a photo and a tick, a body gets her number,
colleagues write her name into notes. Then she takes back the consent on her page, and later rings
up and wants to be forgotten.
"""

import json
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.apps import apps
from django.core.files.storage import storages
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns.forms.report import new_key
from quartiersladen.concerns.models import Concern, Teller
from quartiersladen.concerns.testing import photo
from quartiersladen.correspondence.models import Message
from quartiersladen.dossiers.models import Document, Entry
from quartiersladen.outbox.models import Mail
from quartiersladen.privacy.models import Consent, Trail
from tests.support.sign_in import signed_in_client

pytestmark = pytest.mark.django_db(transaction=True)

NAME, EMAIL, PHONE = "Sabine Zqxbrandt", "zqxbrandt@example.org", "030 23125 847"
ADDRESS = "Zqxweg 12, 04315 Leipzig"
CANARIES = ("zqxbrandt", "23125 847", "23125847", "zqxweg")


def tables() -> list[str]:
    with connection.cursor() as cursor:
        return sorted(connection.introspection.table_names(cursor))


def rows_of(table: str) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 -- a table of ours
        for row in cursor.fetchall():
            for value in row:
                if isinstance(value, bytes | memoryview):
                    yield bytes(value).decode("utf-8", "ignore").lower()
                elif value is not None:
                    yield str(value).lower()


def traces() -> set[str]:
    """Return every table and file that holds something of Frau Brandt."""
    found = {
        table
        for table in tables()
        if any(canary in value for value in rows_of(table) for canary in CANARIES)
    }
    _folders, files = storages["default"].listdir(".")
    return found | {name for name in files if any(canary in name for canary in CANARIES)}


def trigrams() -> set[bytes]:
    """Return which of her trigrams the raw pages of SQLite's index still hold."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT block FROM dossiers_search_data")
        pages = b"\0".join(bytes(row[0]) for row in cursor.fetchall())
    return {gram for gram in (b"zqx", b"qxb", b"qxw") if gram in pages}


@pytest.fixture
def frau_brandt(house):
    """Her status page after she has sent the form."""
    resident = Client()
    sent = resident.post(
        "/anliegen/neu/",
        {
            "submission_key": new_key(),
            "kind": "problem",
            "text": f"Vor meinem Haus, {ADDRESS}, ist es dunkel. {NAME}",
            "theme": house.light.pk,
            "place_kind": "address",
            "place_text": "Zqxweg 12",
            "way": "mail",
            "name": NAME,
            "email": EMAIL,
            "phone": PHONE,
            "address": ADDRESS,
            "may_pass_on": "on",
            "photos": [photo()],
        },
    )
    assert sent.status_code == 302
    return resident, sent["Location"]


@pytest.fixture
def desk(house):
    return signed_in_client(house.mira)


@pytest.fixture
def lead(house):
    return signed_in_client(make_member(house.quarter, Role.LEAD, "Karla"))


@pytest.fixture
def passed_on(house, frau_brandt, desk):
    """The office wrote her name into notes and gave the case with her number to the body."""
    concern = Concern.objects.get()
    number = concern.dossier.reference
    Teller.objects.update(email_confirmed_at=timezone.now())
    desk.post(
        f"/buero/anliegen/{number}/notiz/", {"text": "Frau Zqxbrandt rief an, 030/23125-847."}
    )
    ask_on = (house.quarter.local_day(timezone.now()) + timedelta(days=9)).isoformat()
    data = {
        "stelle": house.body.pk,
        "ask_on": ask_on,
        "version": Concern.objects.get().dossier.version,
        "schritt": "senden",
    }
    page = desk.get(f"/buero/anliegen/{number}/weitergeben/?stelle={house.body.pk}")
    fields = re.findall(r'name="([^"]+)"', page.content.decode())
    for field in fields:
        if field.endswith("-way"):
            data[field] = "mail"
        if field.endswith("-with_contact"):
            data[field] = "on"
    url = f"/buero/anliegen/{number}/weitergeben/?stelle={house.body.pk}"
    seen = desk.post(url, data | {"schritt": "ansehen"})
    for name, value in re.findall(
        r'<input type="hidden" name="([^"]+)" value="([^"]*)"', seen.content.decode()
    ):
        data.setdefault(name, value)
    assert desk.post(url, data).status_code == 302
    return number


def mail_to_body(house):
    return Mail.objects.get(to_address=house.body.email)


def test_she_takes_back_the_consent(house, frau_brandt, passed_on, desk):
    resident, status_page = frau_brandt
    assert PHONE.split()[-1] in mail_to_body(house).text
    page = resident.get(f"{status_page}daten/")
    assert "Meine Einwilligung zurücknehmen" in page.content.decode()

    done = resident.post(f"{status_page}daten/", {"deed": "consent"}, follow=True)

    text = done.content.decode()
    assert done.status_code == 200
    assert house.body.name in text
    assert "Meine Einwilligung zurücknehmen" not in text
    assert list(Consent.objects.order_by("pk").values_list("step", "channel")) == [
        ("given", "web"),
        ("withdrawn", "web"),
    ]
    # What waits in the outbox, and what may be sent again, holds no contact data.
    assert [c for c in CANARIES if c in mail_to_body(house).text.lower()] == ["zqxweg"]
    # The office is told, and has the task to ask the body.
    today = desk.get("/buero/").content.decode()
    assert f"Um Löschen der Kontaktdaten bitten: {house.body.name}" in today
    case = desk.get(f"/buero/anliegen/{passed_on}/").content.decode()
    assert house.body.name in case
    assert "Einwilligung zurückgenommen" in case
    # A second time there is nothing to take back.
    assert resident.post(f"{status_page}daten/", {"deed": "consent"}).status_code == 409


def test_she_is_forgotten_and_the_case_remains(  # noqa: PLR0915 -- one story from beginning to end
    house, frau_brandt, passed_on, desk, lead, work_off_jobs, smtp_sink
):
    work_off_jobs()
    concern = Concern.objects.get()
    where = traces()
    assert where == {
        "concerns_concern",
        "concerns_teller",
        "correspondence_message",
        "dossiers_dossier",
        "dossiers_entry",
        "outbox_mail",
    } | ({"dossiers_search"} if connection.vendor == "sqlite" else set())
    if connection.vendor == "sqlite":
        assert trigrams()
    counts = {
        model: apps.get_model(model).objects.count()
        for model in ("concerns.Concern", "concerns.Referral", "dossiers.FollowUp")
    }
    entries = Entry.objects.count()
    [document] = Document.objects.select_related("file")
    key = f"concerns.teller:{concern.pk}"

    # The office finds her by name, by number and by address, without a name in any address.
    for words in ("zqxbrandt", "23125 847", EMAIL):
        found = desk.post("/buero/auskunft/", {"words": words})
        assert key in found.content.decode()
    # What is handed out.
    page = lead.get(f"/buero/auskunft/person/?wer={key}").content.decode()
    assert all(part in page for part in (NAME, EMAIL, ADDRESS, house.body.name))
    handed = json.loads(lead.get(f"/buero/auskunft/person.json?wer={key}").content)
    assert NAME in json.dumps(handed, ensure_ascii=False)
    assert "rief an" not in json.dumps(handed)  # internal notes stay inside
    # A moderator may look, but not erase.
    assert desk.get(f"/buero/auskunft/loeschen/?wer={key}").status_code == 403
    preview = lead.get(f"/buero/auskunft/loeschen/?wer={key}").content.decode()
    assert "bleibt" in preview
    places = re.findall(r'name="places"\s+value="([^"]+)"', preview)
    order = {"wer": key, "schritt": "loeschen", "with_photos": "on", "places": places}
    refused = lead.post("/buero/auskunft/loeschen/", order)
    assert refused.status_code == 422  # nobody erases by a slip of the finger
    assert traces() == where

    done = lead.post("/buero/auskunft/loeschen/", order | {"is_meant": "on"})

    assert done.status_code == 302
    work_off_jobs()
    assert traces() == set()
    if connection.vendor == "sqlite":
        assert trigrams() == set()
    # Case and counts remain.
    assert counts == {model: apps.get_model(model).objects.count() for model in counts}
    concern.refresh_from_db()
    assert (concern.state, concern.theme_id) == ("forwarded", house.light.pk)
    assert concern.text == "Vor meinem Haus, [entfernt], ist es dunkel. [entfernt]"
    assert Entry.objects.count() == entries + 1
    assert Entry.objects.get(deed="note").text == "Frau [entfernt] rief an, [entfernt]."
    # Photo and its bytes are gone.
    assert not Document.objects.exists()
    assert not storages["default"].exists(document.file.storage_name)
    # The event is logged, without a name; the ledger proves consent and its end.
    erased = Trail.objects.get(deed="person erased")
    assert erased.subject == key
    assert list(Consent.objects.order_by("pk").values_list("step", flat=True)) == [
        "given",
        "withdrawn",
    ]
    # The desk still works with the case, and a second time is harmless.
    assert desk.get(f"/buero/anliegen/{passed_on}/").status_code == 200
    assert Message.objects.count() == 2
    again = lead.post("/buero/auskunft/loeschen/", order | {"is_meant": "on"})
    assert again.status_code == 302
    assert traces() == set()
    assert reverse("privacy:search") == again["Location"]
