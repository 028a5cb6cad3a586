"""What is released, read by GeoReport v2; the names are those of the harness."""

import gzip
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from quartiersladen.api.models import OpenTheme
from quartiersladen.api.tests.conftest import V2, send_form
from quartiersladen.api.tests.schemas import ERROR, REQUEST, faults, read
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services import questions
from quartiersladen.concerns.services.joining import join, undo_join
from quartiersladen.concerns.services.life import Ending, close_concern, withdraw_concern
from quartiersladen.concerns.services.release import conceal_concern
from quartiersladen.concerns.states import Result
from quartiersladen.concerns.testing import make_concern, make_referral, photo, teller_viewer
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.testing import make_body
from quartiersladen.dossiers.models import Document, Dossier
from quartiersladen.dossiers.services.documents import add_document
from quartiersladen.dossiers.states import Audience
from quartiersladen.files.services import store_photo

FORMATS = ("xml", "json")
PERSONAL = (
    "Nour",
    "Efeuhain",
    "nour@example.org",
    "23125 300",
    "Musterweg",
    "intern",
    "Hinterhof",
)


@pytest.fixture
def listed(client):
    """Return a function that reads a list as JSON."""

    def get(query="", *, status=200):
        answer = client.get(f"{V2}/requests.json{query}")
        assert answer.status_code == status, answer.content
        return answer.json()

    return get


def ids(rows):
    return [row["service_request_id"] for row in rows]


def close(lea, concern, now, result=Result.NOT_POSSIBLE):
    concern.refresh_from_db()
    close_concern(
        viewer=lea,
        concern=concern,
        ending=Ending(result=result, answer="Es geht nicht.", reason="Kein Geld"),
        version=Dossier.objects.get(pk=concern.pk).version,
        now=now,
    )


def test_r1_newest_first_of_the_last_ninety_days(listed, shown):
    old, edge, new = (shown(f"vor {days}", days=days) for days in (91, 89, 1))

    assert ids(listed()) == [new.dossier.reference, edge.dossier.reference]
    assert old.dossier.reference not in ids(listed())


def test_r1_a_thousand_at_most(listed, shown):
    concern = shown()
    rows = [make_copy(concern, n) for n in range(1005)]
    Dossier.objects.bulk_create(dossier for dossier, _concern in rows)
    for dossier, copied in rows:
        copied.dossier_id = dossier.pk
    Concern.objects.bulk_create(copied for _dossier, copied in rows)

    assert len(listed()) == 1000
    assert len(listed("?page=2")) == 6


def make_copy(concern, n):
    dossier = Dossier.objects.get(pk=concern.pk)
    dossier.pk, dossier.reference = 100_000 + n, f"2020-{n:04d}"
    copied = Concern.objects.get(pk=concern.pk)
    copied.pk = copied.submission_key = None
    return dossier, copied


def test_r2_numbers_override_everything_else(listed, shown, now):
    old, other = shown("alt", days=400), shown("neu")
    start = now.date().isoformat()
    query = f"?service_request_id={old.dossier.reference}, ,2020-9999&status=closed"

    assert ids(listed(f"{query}&start_date={start}T00:00:00Z&service_code=muell")) == [
        old.dossier.reference
    ]
    assert ids(listed(f"{query}&start_date=unsinn&page=x")) == [old.dossier.reference]
    assert listed("?service_request_id=2020-9999") == []
    assert other.dossier.reference not in ids(listed(query))


def test_r2_more_numbers_than_an_answer_holds_are_refused(client, house):
    numbers = ",".join(f"2020-{n}" for n in range(1001))

    assert client.get(f"{V2}/requests.json", {"service_request_id": numbers}).status_code == 400


def test_r3_status(listed, shown, lea, now):
    still, ended = shown("offen"), shown("zu")
    close(lea, ended, now)

    assert ids(listed("?status=open")) == [still.dossier.reference]
    assert ids(listed("?status=closed")) == [ended.dossier.reference]
    assert set(ids(listed("?status=open,closed"))) == set(ids(listed()))
    assert len(listed("?status=open,closed")) == 2


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("query", ["status=done", "status=open,done", "status=OPEN"])
def test_r3_an_unknown_status_is_refused(client, house, suffix, query):
    answer = client.get(f"{V2}/requests.{suffix}?{query}")

    assert answer.status_code == 400
    assert "status" in read(answer)[0]["description"]


def test_r3_a_closed_one_says_how_it_ended_and_when(listed, shown, lea, now):
    concern = shown()
    close(lea, concern, now)

    [row] = listed()

    assert row["status"] == "closed"
    assert row["status_notes"] == "Beantwortet: Nicht möglich\nEs geht nicht.\nKein Geld"
    ended = Concern.objects.get(pk=concern.pk).closed_at.replace(microsecond=0)
    assert datetime.fromisoformat(row["updated_datetime"]) == ended


def test_an_open_one_says_who_has_it_and_when_that_changed(listed, shown, lea, house, now):
    concern, body = shown(days=3), make_body(house)
    make_referral(lea, concern, body, now=now - timedelta(hours=1))

    [row] = listed()

    assert (row["status"], row["agency_responsible"]) == ("open", body.name)
    assert row["status_notes"] == "Weitergeleitet"
    moment = (now - timedelta(hours=1)).replace(microsecond=0)
    assert datetime.fromisoformat(row["updated_datetime"]) == moment


def fresh(concern):
    rows = Concern.objects.select_related("dossier__quarter", "quarter", "teller", "theme")
    return rows.get(pk=concern.pk)


def ask(lea, concern, at):
    asked = fresh(concern)
    return questions.ask_person(
        viewer=lea, concern=asked, text="Wo?", version=asked.dossier.version, now=at
    )


def test_a_question_to_the_person_and_its_end_are_changes(listed, shown, lea, now):
    first, second = shown("Lampe", days=60), shown("Bank", days=61)
    ago = {days: (now - timedelta(days=days)).replace(microsecond=0) for days in (50, 49, 2)}

    def updated():
        return [datetime.fromisoformat(row["updated_datetime"]) for row in listed()]

    question = ask(lea, first, ago[50])
    ask(lea, second, ago[50])
    assert updated() == [ago[50], ago[50]]
    questions.answer_question(
        viewer=teller_viewer(first), question=question, text="Dort.", way=Way.LINK, now=ago[49]
    )
    assert questions.give_up(now=ago[2]) == 1
    assert updated() == [ago[49], ago[2]]


def test_the_words_of_a_question_do_not_speak_to_a_partner(listed, client, shown, lea, now):
    concern = shown(days=3)
    ask(lea, concern, now)

    assert [row["status_notes"] for row in listed()] == ["Rückfrage an die Person"]
    [row] = client.get("/api/v1/concerns").json()["concerns"]
    assert (row["state"], row["state_name"]) == ("question", "Rückfrage an die Person")


def test_joining_and_parting_are_changes(listed, shown, lea, now):
    concern, leader = fresh(shown("Lampe", days=60)), fresh(shown("Laterne", days=61))
    ago = {days: (now - timedelta(days=days)).replace(microsecond=0) for days in (50, 49)}

    def row():
        row = listed()[0]
        return row["status"], datetime.fromisoformat(row["updated_datetime"])

    join(
        viewer=lea,
        leader=leader,
        concerns=[concern],
        keep=frozenset(),
        version=leader.dossier.version,
        now=ago[50],
    )
    assert row() == ("closed", ago[50])
    undo_join(viewer=lea, concern=fresh(concern), now=ago[49])
    assert row() == ("open", ago[49])


def test_r4_service_codes(listed, shown, rubbish):
    light, waste = shown(), shown("Müll", theme=rubbish)

    assert ids(listed("?service_code=licht")) == [light.dossier.reference]
    assert ids(listed("?service_code=muell")) == [waste.dossier.reference]
    assert len(listed("?service_code=licht,muell")) == 2
    assert listed("?service_code=nichts") == []


def test_r4_a_theme_that_is_not_offered_is_not_listed(client, listed, shown, rubbish):
    waste = shown("Müll", theme=rubbish)
    OpenTheme.objects.filter(theme=rubbish).update(is_on=False)

    assert listed() == []
    assert client.get(f"{V2}/requests/{waste.dossier.reference}.json").status_code == 404


def test_r5_the_start_counts_and_the_end_does_not(listed, shown):
    concern = shown()
    at = concern.created_at
    later = at + timedelta(microseconds=1)

    def between(start, end):
        return listed(f"?start_date={start.isoformat()}&end_date={end.isoformat()}")

    assert ids(between(at, later)) == [concern.dossier.reference]
    assert between(at - timedelta(days=1), at) == []
    assert between(later, at + timedelta(days=1)) == []


def test_r5_one_date_gives_ninety_days_from_it_or_up_to_it(listed, shown, now):
    old, new = shown("alt", days=100), shown("neu")
    start = (now - timedelta(days=101)).strftime("%Y-%m-%dT%H:%M:%SZ")
    end = (now - timedelta(days=50)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert ids(listed(f"?start_date={start}")) == [old.dossier.reference]
    assert ids(listed(f"?end_date={end}")) == [old.dossier.reference]
    assert ids(listed()) == [new.dossier.reference]


@pytest.mark.parametrize(
    "query",
    [
        "start_date=2026-01-01T00:00:00Z&end_date=2026-04-02T00:00:00Z",
        "start_date=2026-02-01T00:00:00Z&end_date=2026-01-01T00:00:00Z",
        "start_date=9999-12-31T00:00:00Z",
        "end_date=0001-01-02T00:00:00Z",
    ],
)
def test_r5_more_than_ninety_days_are_refused(client, house, query):
    answer = client.get(f"{V2}/requests.json?{query}")

    assert answer.status_code == 400
    assert "90" in answer.json()[0]["description"]


def test_r5_ninety_days_are_enough(house, listed):
    assert listed("?start_date=2026-01-01T00:00:00Z&end_date=2026-04-01T00:00:00Z") == []


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    "given", ["gestern", "2026-13-01T00:00:00Z", "01.03.2026", "0001-01-01T00:00:00+14:00"]
)
@pytest.mark.parametrize("name", ["start_date", "end_date"])
def test_r6_a_date_that_cannot_be_read_is_refused(client, house, suffix, name, given):
    answer = client.get(f"{V2}/requests.{suffix}", {name: given})

    assert answer.status_code == 400
    assert name in read(answer)[0]["description"]


def test_r6_a_date_without_offset_is_the_quarters_own(house, listed):
    assert listed("?start_date=2026-03-01T00:00:00") == []
    assert listed("?start_date=2026-03-01") == []
    # What was to be %2B.
    assert listed("?start_date=2026-03-01T00:00:00+01:00") == []


def test_r7_pages(listed, shown):
    numbers = [shown(f"Nummer {n}", days=n).dossier.reference for n in range(1, 6)]

    assert ids(listed("?page_size=2")) == numbers[:2]
    assert ids(listed("?page_size=2&page=2")) == numbers[2:4]
    assert ids(listed("?page_size=2&page=3")) == numbers[4:]
    assert listed("?page_size=2&page=4") == []


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "page=-1", "page_size=0", "page_size=1001", "page=1" + "0" * 30]
)
def test_r7_pages_that_cannot_be_are_refused(client, house, query):
    answer = client.get(f"{V2}/requests.xml?{query}")

    assert answer.status_code == 400
    assert query.partition("=")[0] in read(answer)[0]["description"]


@pytest.mark.parametrize("suffix", FORMATS)
def test_r7_extensions_only_for_who_asks(client, shown, lea, now, suffix):
    shown("offen", days=2)
    close(lea, shown("zu"), now)

    plain = read(client.get(f"{V2}/requests.{suffix}"))
    more = read(client.get(f"{V2}/requests.{suffix}?extensions=true"))

    assert [row.get("extended_attributes") for row in plain] == [None, None]
    assert [row["extended_attributes"] for row in more] == [
        {"detailed_status": "REJECTED", "title": "zu"},
        {"detailed_status": "RECEIVED", "title": "offen"},
    ]
    assert [faults(row, REQUEST) for row in plain] == [[], []]


@pytest.mark.parametrize("suffix", FORMATS)
def test_r8_what_is_not_released_is_nowhere(client, house, shown, lea, light, now, suffix):
    public = shown("öffentlich")
    hidden = [
        make_concern(house, "geheim", theme=light, now=now),
        shown("verborgen"),
        shown("zurückgezogen"),
        shown("vertraulich"),
    ]
    version = Dossier.objects.get(pk=hidden[1].pk).version
    conceal_concern(viewer=lea, concern=hidden[1], version=version, now=now)
    withdraw_concern(viewer=teller_viewer(hidden[2]), concern=hidden[2], version=None, now=now)
    Dossier.objects.filter(pk=hidden[3].pk).update(audience=Audience.CONFIDENTIAL)
    numbers = ",".join(concern.dossier.reference for concern in [public, *hidden])

    for query in ("", f"?service_request_id={numbers}", "?extensions=true"):
        rows = read(client.get(f"{V2}/requests.{suffix}{query}"))
        assert ids(rows) == [public.dossier.reference]
    for concern in hidden:
        path = f"{V2}/requests/{concern.dossier.reference}.{suffix}"
        missing = client.get(f"{V2}/requests/2020-0001.{suffix}")
        assert client.get(path).status_code == 404
        assert client.get(path).content == missing.content


def test_r9_no_answer_holds_anything_of_a_person(client, shown, house, lea, now):
    concern = shown()
    make_referral(lea, concern, make_body(house), now=now)
    pages = ("requests", "services", "services/licht", f"requests/{concern.dossier.reference}")

    for suffix in FORMATS:
        for page in pages:
            text = client.get(f"{V2}/{page}.{suffix}?extensions=true").content.decode()
            assert [word for word in PERSONAL if word in text] == []


@pytest.mark.parametrize("suffix", FORMATS)
def test_r10_every_item_is_valid(client, shown, lea, house, rubbish, now, suffix):
    concern = shown("Mit Foto & <Zeichen>")
    file = store_photo(quarter=house, upload=photo(), now=now)
    add_document(dossier=concern.dossier, file=file, is_of_teller=False, position=0)
    Document.objects.update(is_released=True)
    close(lea, shown("zu", precision="street", theme=rubbish), now)
    shown("ohne Ort", precision="none")

    rows = read(client.get(f"{V2}/requests.{suffix}"))

    assert [faults(row, REQUEST) for row in rows] == [[], [], []]
    by_text = {row["description"]: row for row in rows}
    photographed = by_text["Mit Foto & <Zeichen>"]
    assert photographed["media_url"] == f"http://testserver/datei/{file.pk}/foto.jpg"
    assert client.get(photographed["media_url"]).status_code == 200
    assert (photographed["lat"], photographed["long"]) == (51.34, 12.4)
    assert by_text["ohne Ort"]["lat"] is None
    assert by_text["zu"]["service_name"] == "Müll & Sauberkeit"


def test_a_photo_that_is_not_released_is_not_named(listed, shown, house, now):
    concern = shown()
    file = store_photo(quarter=house, upload=photo(), now=now)
    add_document(dossier=concern.dossier, file=file, is_of_teller=True, position=0)

    assert [row["media_url"] for row in listed()] == [None]


@pytest.mark.parametrize("suffix", FORMATS)
def test_g1_one_request_is_a_list_of_one(client, shown, suffix):
    concern = shown()

    [row] = read(client.get(f"{V2}/requests/{concern.dossier.reference}.{suffix}"))

    assert faults(row, REQUEST) == []
    assert row["service_request_id"] == concern.dossier.reference


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("path", ["requests/2020-0001", "tokens/abc"])
def test_g2_what_is_unknown_is_404_in_both_formats(client, house, suffix, path):
    answer = client.get(f"{V2}/{path}.{suffix}")

    assert answer.status_code == 404
    assert [faults(error, ERROR) for error in read(answer)] == [[]]


@pytest.mark.parametrize("number", ["2026/0001", "2026%200001", "..", "%2e%2e", "a%2Fb", "%00"])
def test_g3_numbers_that_are_none_are_404(client, house, number):
    assert client.get(f"{V2}/requests/{number}.json").status_code in {404, 400}
    assert (client.get(f"{V2}/requests/{number}.json").status_code == 400) == (number == "%00")


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "requests", "GET, HEAD, POST"),
        ("DELETE", "requests", "GET, HEAD, POST"),
        ("PATCH", "requests", "GET, HEAD, POST"),
        ("OPTIONS", "requests", "GET, HEAD, POST"),
        ("POST", "services", "GET, HEAD"),
        ("POST", "services/licht", "GET, HEAD"),
        ("POST", "requests/2026-0001", "GET, HEAD"),
        ("DELETE", "tokens/x", "GET, HEAD"),
    ],
)
def test_e1_e3_other_methods_are_405(client, house, suffix, method, path, allowed):
    answer = client.generic(method, f"{V2}/{path}.{suffix}")

    assert (answer.status_code, answer["Allow"]) == (405, allowed)
    [error] = read(answer)
    assert faults(error, ERROR) == []
    assert error["code"] == 405


def test_e3_a_get_that_carries_a_form_is_405(client, house):
    answer = client.generic("GET", f"{V2}/requests.json", b"service_code=muell")

    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST")


@pytest.mark.parametrize("path", ["services.html", "services", "requests.yaml", "requests/"])
def test_e2_other_formats_are_404(client, house, path):
    assert client.get(f"{V2}/{path}").status_code == 404
    assert client.get(f"/open311/discovery{path[-5:]}").status_code == 404


@pytest.mark.parametrize("suffix", FORMATS)
def test_h1_head_says_what_get_would(client, shown, suffix):
    shown()
    path = f"{V2}/requests.{suffix}"

    head, get = client.head(path), client.get(path)

    assert (head.status_code, head.content) == (200, b"")
    assert head["ETag"] == get["ETag"]
    assert head["Content-Type"] == get["Content-Type"]


def test_h1_answers_are_compressed_for_who_can_read_that(client, shown):
    for n in range(5):
        shown(f"Nummer {n}")
    path = f"{V2}/requests.json"

    packed = client.get(path, headers={"accept-encoding": "gzip"})

    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == client.get(path).content


def test_h1_pages_of_others_may_read_and_not_write(client, send, house):
    everywhere = [f"{V2}/services.json", f"{V2}/requests.xml", f"{V2}/requests/2020-0001.xml"]

    for path in [*everywhere, "/open311/discovery.json"]:
        assert client.get(path)["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Origin" not in send().headers
    assert "Access-Control-Allow-Origin" not in client.options(f"{V2}/requests.json").headers


def test_h1_what_has_not_changed_is_304(client, shown, lea, light, now):
    concern = shown()
    path = f"{V2}/requests.json"
    etag = client.get(path)["ETag"]
    packed = client.get(path, headers={"accept-encoding": "gzip"})["ETag"]

    def again(mark, **more):
        return client.get(path, more, headers={"if-none-match": mark})

    assert (again(etag).status_code, again(etag).content) == (304, b"")
    assert again(packed).status_code == 304
    assert again(etag, status="open").status_code == 200
    close(lea, concern, now)
    assert again(etag).status_code == 200


def test_no_cookie_is_set_and_no_session_is_read(client, lead, house, shown, send):
    shown()
    with CaptureQueriesContext(connection) as caught:
        answers = [
            lead.get(f"{V2}/requests.json"),
            lead.get("/api/v1/concerns"),
            send_form(lead, f"{V2}/requests.json", {"api_key": "x"}),
        ]

    assert [answer.cookies.output() for answer in answers] == ["", "", ""]
    assert [q["sql"] for q in caught.captured_queries if "session" in q["sql"]] == []
    assert answers[2].status_code == 403


@pytest.mark.parametrize("number", [10, 100])
@pytest.mark.parametrize("suffix", FORMATS)
def test_l1_a_list_costs_four_statements(client, shown, number, suffix, django_assert_num_queries):
    concern = shown()
    rows = [make_copy(concern, n) for n in range(number - 1)]
    Dossier.objects.bulk_create(dossier for dossier, _concern in rows)
    for dossier, copied in rows:
        copied.dossier_id = dossier.pk
    Concern.objects.bulk_create(copied for _dossier, copied in rows)

    with django_assert_num_queries(4):
        assert len(read(client.get(f"{V2}/requests.{suffix}"))) == number
