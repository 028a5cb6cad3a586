"""The JSON interface: what is released, themes, telling a concern, and what stands against it."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from quartiersladen.api.models import ApiKey, Creation
from quartiersladen.api.services.keys import revoke_key
from quartiersladen.api.testing import give_key
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.testing import make_concern, photo
from quartiersladen.dossiers.models import Document, Dossier, Entry
from quartiersladen.dossiers.services.documents import add_document
from quartiersladen.dossiers.states import Audience
from quartiersladen.files.services import store_photo
from quartiersladen.quarters.testing import make_quarter, make_theme

V1 = "/api/v1"
TOLD = {
    "theme": "muell",
    "text": "Ein Sofa steht auf dem Gehweg.",
    "latitude": 51.34,
    "longitude": 12.4,
}


@pytest.fixture
def tell(client, key):
    """Return a function that tells a concern as a partner's program does."""

    def post(*, bearer=key, leave_out=(), **fields):
        told = {name: v for name, v in (TOLD | fields).items() if name not in leave_out}
        headers = {"authorization": f"Bearer {bearer}"} if bearer else {}
        return client.post(
            f"{V1}/concerns", json.dumps(told), content_type="application/json", headers=headers
        )

    return post


def problem(answer, status):
    """Return the problem that an answer tells."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    said = answer.json()
    assert {"type", "title", "status"} <= said.keys()
    assert said["status"] == status
    return said


# --- Reading --------------------------------------------------------------------------------------
def test_it_reads_what_is_released_without_any_switch(client, quarter, lea, now):
    assert client.get(f"{V1}/concerns").json() == {"concerns": [], "next": None}


def test_a_released_concern_and_its_page(client, shown, house, now):
    concern = shown()
    file = store_photo(quarter=house, upload=photo(), now=now)
    add_document(dossier=concern.dossier, file=file, is_of_teller=False, position=0)
    Document.objects.update(is_released=True)

    [listed] = client.get(f"{V1}/concerns").json()["concerns"]
    one = client.get(f"{V1}/concerns/{concern.dossier.reference}").json()

    assert listed == one
    assert one["text"] == "Die Laterne ist aus."
    assert (one["theme"], one["state"], one["state_name"]) == ("licht", "new", "Eingegangen")
    assert (one["latitude"], one["longitude"]) == (51.34, 12.4)
    assert one["photos"] == [f"http://testserver/datei/{file.pk}/foto.jpg"]
    assert client.get(one["url"]).status_code == 200


def test_words_that_the_own_page_does_not_show_are_not_told(client, shown):
    concern = shown()
    address = f"{V1}/concerns/{concern.dossier.reference}"
    columns = {"answer": "GEHEIM", "reason": "GEHEIM", "result": "fixed"}
    Concern.objects.filter(pk=concern.pk).update(state="checked", **columns)
    reopened = client.get(address).json()
    Concern.objects.filter(pk=concern.pk).update(state="answered", next_on=None)

    assert (reopened["answer"], reopened["reason"]) == ("", "")
    assert client.get(address).json()["answer"] == "GEHEIM"


def test_filters(client, shown, rubbish, now):
    light = shown("hell", days=5).dossier.reference
    waste = shown("Müll", theme=rubbish, latitude=51.345, longitude=12.41).dossier.reference

    def found(**query):
        rows = client.get(f"{V1}/concerns", query).json()["concerns"]
        return [row["reference"] for row in rows]

    assert found() == [waste, light]
    assert found(theme="licht") == [light]
    assert found(theme="nichts") == []
    assert found(state="new") == [waste, light]
    assert found(state="answered") == []
    assert found(since=(now - timedelta(days=2)).isoformat()) == [waste]
    assert found(bbox="12.405,51.34,12.42,51.35") == [waste]
    assert found(bbox="12.3,51.3,12.405,51.35") == [light]


def test_pages_follow_each_other_without_a_gap(client, shown):
    numbers = [shown(f"Nummer {n}", days=n).dossier.reference for n in range(1, 6)]
    pages = [client.get(f"{V1}/concerns?limit=2").json()]
    while following := pages[-1]["next"]:
        pages.append(client.get(f"{V1}/concerns", {"limit": 2, "before": following}).json())

    assert [row["reference"] for page in pages for row in page["concerns"]] == numbers
    assert len(pages) == 3


@pytest.mark.parametrize(
    ("query", "name"),
    [
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=x", "limit"),
        ("state=withdrawn", "state"),
        ("since=gestern", "since"),
        ("since=0001-01-01T00:00:00%2B14:00", "since"),
        ("bbox=1,2,3", "bbox"),
        ("bbox=1,2,3,x", "bbox"),
        ("bbox=nan,2,3,4", "bbox"),
        ("bbox=13,51,12,52", "bbox"),
        ("before=x", "before"),
        ("before=1-2-3", "before"),
        ("theme=" + "x" * 201, "theme"),
    ],
)
def test_what_cannot_be_read_is_named(client, quarter, query, name):
    said = problem(client.get(f"{V1}/concerns?{query}"), 422)

    assert [error["field"] for error in said["errors"]] == [name]
    assert said["detail"]


def test_what_is_not_released_is_not_there(client, house, light, now, shown):
    hidden = make_concern(house, "geheim", theme=light, now=now)
    secret = shown("vertraulich")
    Dossier.objects.filter(pk=secret.pk).update(audience=Audience.CONFIDENTIAL)

    assert client.get(f"{V1}/concerns").json()["concerns"] == []
    for concern in (hidden, secret):
        answer = client.get(f"{V1}/concerns/{concern.dossier.reference}")
        assert answer.content == client.get(f"{V1}/concerns/2020-0001").content
        problem(answer, 404)


def test_themes_come_with_their_questions(client, house, light, rubbish):
    make_theme(house, "alt", is_active=False)

    themes = client.get(f"{V1}/themes").json()

    assert [theme["slug"] for theme in themes] == ["licht", "muell"]
    codes = [question["code"] for question in themes[0]["attributes"]]
    assert codes == ["number", "count", "since", "more", "kind", "where"]
    assert themes[0]["attributes"][4]["values"] == {"out": "geht nicht", "flicker": "flackert"}
    assert themes[1]["attributes"] == []


@pytest.mark.parametrize("number", [10, 100])
def test_a_page_costs_three_statements(client, shown, number, django_assert_num_queries):
    for n in range(number if number == 10 else 20):
        shown(f"Nummer {n}")

    with django_assert_num_queries(3):
        rows = client.get(f"{V1}/concerns", {"limit": number}).json()["concerns"]
    assert len(rows) == min(number, 20)


# --- Telling --------------------------------------------------------------------------------------
def test_a_partner_tells_a_concern_that_stays_internal(client, tell, key):
    answer = tell(name="Nour", email="nour@example.org", address="Am Kiosk")

    assert answer.status_code == 201
    number = answer.json()["reference"]
    assert answer["Location"] == f"{V1}/concerns/{number}"
    concern = Concern.objects.get(dossier__reference=number)
    assert (concern.channel, concern.is_released, concern.kind) == ("api", False, "problem")
    assert (concern.place_text, concern.teller.name) == ("Am Kiosk", "Nour")
    mine = client.get(answer["Location"], headers={"authorization": f"Bearer {key}"})
    assert mine.json() == answer.json()
    assert set(mine.json()) == {"reference", "state", "state_name", "created_at", "is_released"}
    assert mine["Cache-Control"] == "private, no-store"
    problem(client.get(answer["Location"]), 404)


def test_a_question_to_the_person_is_none_to_the_sender(client, tell, key):
    where = tell()["Location"]
    Concern.objects.update(state="question")

    mine = client.get(where, headers={"authorization": f"Bearer {key}"}).json()

    assert (mine["state"], mine["state_name"]) == ("question", "Rückfrage an die Person")


def test_only_its_sender_follows_it(client, tell, house, lea):
    where = tell()["Location"]
    other = give_key(lea, house, "Anderer")

    problem(client.get(where, headers={"authorization": f"Bearer {other}"}), 404)
    said = problem(client.get(where, headers={"authorization": "Bearer falsch"}), 401)
    assert "Schlüssel" in said["detail"]


@pytest.mark.parametrize("bearer", ["", "falsch"])
def test_without_a_valid_key_nothing_is_taken(tell, bearer):
    answer = tell(bearer=bearer)

    problem(answer, 401)
    assert answer["WWW-Authenticate"].startswith("Bearer")
    assert Dossier.objects.count() == 0


def test_a_revoked_key_takes_nothing(tell, lea):
    revoke_key(viewer=lea, key=ApiKey.objects.get(), now=timezone.now())

    problem(tell(), 401)


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"theme": "nichts"}, "theme"),
        ({"text": " \x00 "}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"latitude": None}, "latitude"),
        ({"latitude": None, "longitude": None}, "lat"),
        ({"latitude": 52.52, "longitude": 13.4}, "lat"),
        ({"latitude": 91}, "latitude"),
        ({"latitude": "abc"}, "latitude"),
        ({"kind": "complaint"}, "kind"),
        ({"email": "niemand"}, "email"),
        ({"media_url": "javascript:alert(1)"}, "media_url"),
        ({"unknown": 1}, "unknown"),
        ({"theme": "licht"}, "kind"),
        ({"theme": "licht", "attributes": {"kind": "broken"}}, "kind"),
        ({"attributes": {"unknown": "1"}}, "unknown"),
    ],
)
def test_what_does_not_fit_is_named(tell, light, fields, name):
    said = problem(tell(**fields), 422)

    assert [error["field"] for error in said["errors"]] == [name]
    assert Concern.objects.count() == 0


def test_a_theme_that_open311_does_not_offer_can_be_told_about(house, tell):
    make_theme(house, "verkehr")

    assert tell(theme="verkehr").status_code == 201


def test_answers_stand_in_the_journal(tell, light):
    number = tell(
        theme="licht", attributes={"kind": "out", "where": ["path", "home"], "count": "3"}
    ).json()["reference"]

    assert Entry.objects.get(dossier__reference=number, deed="partner_said").text.splitlines() == [
        "Wie viele sind aus?: 3",
        "Was ist es?: geht nicht",
        "Wo stört es?: auf dem Weg, in der Wohnung",
    ]


def test_the_same_within_a_minute_is_the_same(tell):
    numbers = [tell().json()["reference"], tell().json()["reference"]]
    other = tell(text="Ein Stuhl.").json()["reference"]

    assert (numbers[0] == numbers[1], other != numbers[0]) == (True, True)
    assert (Concern.objects.count(), Creation.objects.count()) == (2, 2)


def test_too_often_is_429(tell, settings):
    settings.PARTNER_REPORTS_PER_HOUR = 1
    tell()

    answer = tell(text="Noch eins.")

    assert "zu oft" in problem(answer, 429)["detail"]
    assert 0 < int(answer["Retry-After"]) <= 3600


@pytest.mark.parametrize("body", [b"{", b"\xff", b"[" * 3000, b"", b"null", b'"x"'])
def test_a_body_that_is_no_json_is_refused(client, key, body):
    answer = client.post(
        f"{V1}/concerns",
        body,
        content_type="application/json",
        headers={"authorization": f"Bearer {key}"},
    )

    assert answer.status_code in {400, 422}
    assert answer["Content-Type"] == "application/problem+json"


def test_a_body_that_is_too_large_is_refused(tell):
    assert "1 MB" in problem(tell(text="x" * 1_100_000), 400)["detail"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "concerns", {"GET", "POST"}),
        ("DELETE", "concerns/2026-0001", {"GET"}),
        ("POST", "statistics", {"GET"}),
        ("OPTIONS", "themes", {"GET"}),
    ],
)
def test_other_methods_are_405(client, quarter, method, path, allowed):
    answer = client.generic(method, f"{V1}/{path}")

    problem(answer, 405)
    assert {name.strip() for name in answer["Allow"].split(",")} == allowed
    assert ("Access-Control-Allow-Origin" in answer.headers) is False


def test_head_and_others_pages_may_read(client, tell, shown):
    shown()

    assert client.head(f"{V1}/concerns").status_code == 200
    assert client.head(f"{V1}/concerns").content == b""
    assert client.get(f"{V1}/themes")["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in tell().headers


def test_each_quarter_has_its_own(client, shown, key):
    number = shown().dossier.reference
    make_theme(make_quarter("west"), "muell")

    assert client.get("/q/west/api/v1/concerns").json()["concerns"] == []
    problem(client.get(f"/q/west/api/v1/concerns/{number}"), 404)
    answer = client.post(
        "/q/west/api/v1/concerns",
        json.dumps(TOLD),
        content_type="application/json",
        headers={"authorization": f"Bearer {key}"},
    )
    problem(answer, 401)


# --- The document ---------------------------------------------------------------------------------
@pytest.mark.parametrize("start", ["", "/q/west"])
def test_the_document_names_the_addresses_of_its_quarter(client, quarter, start):
    make_quarter("west")

    document = client.get(f"{start}{V1}/openapi.json").json()

    assert document["openapi"].startswith("3.")
    assert set(document["paths"]) == {
        f"{start}{V1}/{path}"
        for path in ("concerns", "concerns/{reference}", "themes", "statistics")
    }
    for path in document["paths"]:
        assert client.get(path.replace("{reference}", "2026-0001")).status_code in {200, 404}


def test_the_page_says_the_same_without_anything_from_elsewhere(client, quarter):
    answer = client.get(f"{V1}/docs")
    page = answer.content.decode()

    for path in ("GET /api/v1/concerns", "POST /api/v1/concerns", "GET /api/v1/statistics"):
        assert path in page
    assert "Authorization: Bearer KEY" in page
    assert "unsafe-inline" not in answer["Content-Security-Policy"]
    for word in ("cdn", "swagger", "<style", "onclick", "https://"):
        assert word not in page.lower()
