"""The list as a file: what its reader may see, real days, no formulas, contact data with a trail."""

import csv
from datetime import datetime, timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from quartiersladen.accounts.models import User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.queries.lists import ConcernFilter, for_file
from quartiersladen.concerns.services.export import allow_contacts, table_of
from quartiersladen.concerns.states import AnswerWay, PlaceKind
from quartiersladen.concerns.testing import make_concern, make_referral
from quartiersladen.dossiers.models import Dossier, Named
from quartiersladen.dossiers.services.tags import change_tags
from quartiersladen.dossiers.states import Audience
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.kernel.spam import Sign
from quartiersladen.privacy.models import Trail
from quartiersladen.quarters.testing import NOON, make_quarter
from tests.support.sign_in import signed_in_client

CSV = "/buero/anliegen/export.csv"
XLSX = "/buero/anliegen/export.xlsx"
CONTACT: dict[str, Any] = {
    "way": AnswerWay.PHONE,
    "name": "=HYPERLINK(1)",
    "phone": "030 23125 300",
    "email": "nour@example.org",
    "address": "Musterweg 9",
}


def content(response) -> bytes:
    return b"".join(response)


def csv_rows(response, delimiter=",") -> list[list[str]]:
    text = content(response).decode("utf-8-sig")
    return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))


def xlsx_rows(response) -> list[tuple[object, ...]]:
    sheet = load_workbook(BytesIO(content(response))).active
    return list(sheet.iter_rows(values_only=True))


@pytest.fixture
def lamp(quarter, theme, mira, body):
    concern = make_concern(
        quarter,
        "=1+1 Laterne",
        theme=theme,
        place_kind=PlaceKind.ADDRESS,
        place_text="@Sonnenweg",
        **CONTACT,
    )
    make_referral(mira, concern, body)
    change_tags(viewer=mira, dossier=concern.dossier, add=["Sommer"], version=2, now=NOON)
    return concern


def test_a_row_says_what_the_desk_knows(desk, quarter, lamp):
    head, row = csv_rows(desk.get(CSV))

    lamp.refresh_from_db()
    assert dict(zip(head, row, strict=True)) == {
        "Nummer": "2026-0001",
        "Titel": "'=1+1 Laterne",
        "Stand": "Weitergeleitet",
        "Art": "Problem",
        "Thema": "Straßenlicht",
        "Weg": "Formular im Internet",
        "Mitgeteilt am": "2026-03-02",
        "Eingegangen am": "2026-03-02 13:00",
        "Sprache": "",
        "Ort": "'@Sonnenweg",
        "Zuständigkeit": str(lamp.get_scope_display()),
        "Nächster Termin": lamp.next_on.isoformat(),
        "Versprochen bis": lamp.promised_on.isoformat(),
        "Erste Antwort am": "2026-03-02 13:00",
        "Abgeschlossen am": "",
        "Ergebnis": "",
        "Es kümmert sich": "",
        "Stellen": "Lichtwerk",
        "Schlagworte": "Sommer",
        "Öffentlich": "nein",
    }


def test_a_file_does_not_speak_to_the_person_who_is_asked(desk, quarter):
    concern = make_concern(quarter)
    Concern.objects.filter(pk=concern.pk).update(state="question")

    head, row = csv_rows(desk.get(CSV))

    assert row[head.index("Stand")] == "Rückfrage an die Person"


def test_a_workbook_holds_the_same_with_real_days(desk, lamp):
    head, row = xlsx_rows(desk.get(XLSX))

    known = dict(zip(head, row, strict=True))
    assert known["Titel"] == "'=1+1 Laterne"
    assert known["Mitgeteilt am"] == datetime(2026, 3, 2)  # noqa: DTZ001 -- a workbook knows no zones
    assert known["Eingegangen am"] == datetime(2026, 3, 2, 13)  # noqa: DTZ001 -- as above
    assert desk.get(XLSX).headers["Content-Disposition"].endswith('.xlsx"')


def test_a_file_is_the_list_as_it_was_asked_for(desk, quarter, lamp):
    make_concern(quarter, "Bank")

    assert [row[1] for row in csv_rows(desk.get(f"{CSV}?zustand=new"))] == ["Titel", "Bank"]
    semicolons = csv_rows(desk.get(f"{CSV}?form=excel&zustand=new"), ";")
    assert [row[1] for row in semicolons] == ["Titel", "Bank"]
    assert content(desk.get(f"{CSV}?form=bom")).startswith(b"\xef\xbb\xbf")
    assert content(desk.get(CSV))[:1] == b"N"


def test_confidential_matters_and_the_quarantine_are_in_no_file(desk, quarter):
    secret = make_concern(quarter, "Vertraulich")
    Dossier.objects.filter(pk=secret.pk).update(audience=Audience.CONFIDENTIAL)
    Named.objects.create(dossier=secret.dossier, user=User.objects.get(name="Ida"))
    make_concern(quarter, "Werbung", signs=frozenset({Sign.TRAP}))
    make_concern(make_quarter("west"), "Anderswo")

    assert desk.get("/buero/anliegen/").context["page"].total == 1
    assert csv_rows(desk.get(CSV))[1:] == []
    assert csv_rows(desk.get(f"{CSV}?q=Werbung"))[1:] == []


def test_contact_data_needs_a_tick_and_leaves_a_trail(desk, lamp):
    plain = csv_rows(desk.post(CSV, {}))
    linked = csv_rows(desk.get(f"{CSV}?kontakt=1"))
    assert (len(plain[0]), len(linked[0]), Trail.objects.count()) == (20, 20, 0)

    ticked = csv_rows(desk.post(f"{CSV}?zustand=offen&q=laterne", {"kontakt": "1"}))

    assert ticked[0][-4:] == ["Name", "E-Mail", "Telefon", "Adresse"]
    assert ticked[1][-4:] == [
        "'=HYPERLINK(1)", "nour@example.org", "030 23125 300", "Musterweg 9",
    ]  # fmt: skip
    trail = Trail.objects.get()
    assert (trail.deed, trail.data) == ("contact data exported", {"list": "zustand=offen"})
    assert xlsx_rows(desk.post(XLSX, {"kontakt": "1"}))[1][-3] == "nour@example.org"
    assert Trail.objects.count() == 2


def test_a_helper_gets_the_own_and_no_contact_data(helper_desk, quarter, lamp):
    toms = make_concern(quarter, "Toms")
    Dossier.objects.filter(pk=toms.pk).update(assigned_to=User.objects.get(name="Tom"))

    assert [row[1] for row in csv_rows(helper_desk.get(CSV))] == ["Titel", "Toms"]
    assert helper_desk.post(CSV, {"kontakt": "1"}).status_code == 403
    assert "kontakt" not in helper_desk.get("/buero/anliegen/datei/").content.decode()
    assert Trail.objects.count() == 0


def test_outsiders_get_no_file(client, quarter, lamp):
    city = signed_in_client(make_member(quarter, Role.CLIENT, "Stadt"))
    for path in (CSV, XLSX, "/buero/anliegen/datei/"):
        assert client.get(path).status_code == 302
        assert city.get(path).status_code == 403


def test_the_services_refuse_whom_they_must(quarter, mira, hao):
    wanted: dict[str, Any] = {"wanted": ConcernFilter(), "language": "de"}
    with pytest.raises(NotAllowed):
        allow_contacts(viewer=hao, quarter=quarter, query="", now=NOON)
    with pytest.raises(NotAllowed):
        table_of(viewer=hao, quarter=quarter, with_contacts=True, **wanted)
    with pytest.raises(NotAllowed):
        table_of(viewer=mira, quarter=make_quarter("west"), with_contacts=False, **wanted)


def test_the_page_offers_the_files_of_this_list(desk, quarter):
    page = desk.get("/buero/anliegen/datei/?zustand=offen&vor=x").content.decode()

    assert "/buero/anliegen/export.xlsx?zustand=offen" in page
    assert "/buero/anliegen/export.csv?form=excel&amp;zustand=offen" in page


def test_a_portion_costs_three_statements_however_many_rows_it_has(quarter, mira, body):
    for n in range(12):
        make_referral(
            mira, make_concern(quarter, f"Nr. {n}", now=NOON + timedelta(minutes=n)), body
        )
    counts = []
    for portion in (4, 12):
        with CaptureQueriesContext(connection) as caught:
            pages = list(for_file(mira, ConcernFilter(), with_contacts=True, portion=portion))
        assert sum(len(page) for page in pages) == 12
        titles = [concern.dossier.title for page in pages for concern in page]
        assert titles == [f"Nr. {n}" for n in range(11, -1, -1)]
        counts.append(len(caught))
    # Three full portions and one look behind the last; one and one look behind it.
    assert counts == [4, 2]
    _head, rows = table_of(
        viewer=mira, quarter=quarter, wanted=ConcernFilter(), with_contacts=False, language="de"
    )
    with CaptureQueriesContext(connection) as caught:
        assert len(list(rows)) == 12
    assert len(caught) == 3
