"""A partner tells a concern by GeoReport v2; the names are those of the harness."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.api.models import ApiKey, Creation
from quartiersladen.api.services.keys import revoke_key
from quartiersladen.api.testing import give_key
from quartiersladen.api.tests.conftest import V2, send_form
from quartiersladen.api.tests.schemas import CREATED, ERROR, REQUEST, faults, read
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.states import AnswerWay, Channel, PlaceKind
from quartiersladen.dossiers.models import Dossier, Entry
from quartiersladen.dossiers.states import Audience
from quartiersladen.files.models import StoredFile
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client

FORMATS = ("xml", "json")


def number_of(answer):
    assert answer.status_code == 200, answer.content
    [created] = read(answer)
    assert faults(created, CREATED) == []
    return created["service_request_id"]


def refused(answer, status):
    """Return the only sentence of a refusal."""
    assert answer.status_code == status, answer.content
    [error] = read(answer)
    assert faults(error, ERROR) == []
    assert error["code"] == status
    assert Concern.objects.count() == 0
    return error["description"]


def said(number):
    return Entry.objects.get(dossier__reference=number, deed="partner_said")


@pytest.mark.parametrize("suffix", FORMATS)
def test_p1_a_point_is_enough_and_only_its_sender_can_read_it(client, send, key, suffix):
    number = number_of(send(suffix))
    path = f"{V2}/requests/{number}.{suffix}"

    own, others = client.get(path, {"api_key": key}), client.get(path)

    [row] = read(own)
    assert others.status_code == 404
    assert faults(row, REQUEST) == []
    assert {name for name, value in row.items() if value is not None} == {
        *("service_request_id", "status", "status_notes", "service_name", "service_code"),
        *("requested_datetime", "updated_datetime"),
    }
    assert (row["status"], row["service_code"]) == ("open", "muell")
    assert "Sofa" not in own.content.decode()
    assert own["Cache-Control"] == "private, no-store"


def test_p1_it_comes_in_as_a_concern_that_is_internal(send, house, rubbish):
    concern = Concern.objects.get(dossier__reference=number_of(send()))

    assert (concern.channel, concern.theme, concern.is_released) == ("open311", rubbish, False)
    assert (concern.latitude, concern.longitude) == (51.34, 12.4)
    assert concern.dossier.audience == Audience.TELLER
    assert concern.text == "Ein Sofa steht auf dem Gehweg."
    assert concern.state == "new"
    assert concern.teller.way == AnswerWay.NONE
    assert Mail.objects.count() == 0


def test_p1_another_partner_cannot_read_it(client, send, house, lea):
    path = f"{V2}/requests/{number_of(send())}.json"

    assert client.get(path, {"api_key": give_key(lea, house, "Anderer")}).status_code == 404


def test_p1_the_list_of_its_numbers_holds_it_for_its_sender(client, send, key, shown):
    public, own = shown().dossier.reference, number_of(send())
    path = f"{V2}/requests.json?service_request_id={own},{public}"

    mine = client.get(f"{path}&api_key={key}").json()

    assert {row["service_request_id"] for row in mine} == {own, public}
    assert [row["service_request_id"] for row in client.get(path).json()] == [public]
    assert [row["description"] for row in mine] == ["Die Laterne ist aus.", None]


@pytest.mark.parametrize("suffix", FORMATS)
def test_p2_an_address_is_enough(send, suffix):
    number = number_of(
        send(suffix, leave_out=["lat", "long"], address_string="Eisenbahnstraße 66")
    )

    concern = Concern.objects.get(dossier__reference=number)
    assert (concern.place_kind, concern.place_text) == (PlaceKind.ADDRESS, "Eisenbahnstraße 66")
    assert concern.latitude is None


def test_p3_an_address_id_is_unknown(send):
    answer = send(leave_out=["lat", "long"], address_id="17")

    assert "address_id" in refused(answer, 400)


@pytest.mark.parametrize("suffix", FORMATS)
def test_p4_without_a_place_nothing_is_taken(send, suffix):
    assert "address_string" in refused(send(suffix, leave_out=["lat", "long"]), 400)


@pytest.mark.parametrize(
    ("lat", "long"),
    [("51.34", ""), ("", "12.4"), ("abc", "12.4"), ("nan", "12.4"), ("91", "12.4"), ("inf", "0")],
)
def test_p5_half_a_point_and_words_are_refused(send, lat, long):
    assert "lat" in refused(send(lat=lat, long=long), 400)


def test_p5_a_place_outside_is_refused_with_a_sentence(send):
    assert "außerhalb" in refused(send(lat="52.52", long="13.40"), 400)


def test_p5_fifty_metres_beyond_the_line_still_count(send):
    assert number_of(send(lat="51.3346", long="12.4"))


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("given", ["", "falsch", "ql_" + "x" * 300])
def test_p6_without_a_valid_key_no_record_is_made(send, suffix, given):
    refused(send(suffix, api_key=given), 403)
    refused(send(suffix, leave_out=["api_key"]), 403)

    assert (Dossier.objects.count(), Creation.objects.count()) == (0, 0)


def test_p6_a_revoked_key_and_one_of_another_quarter_open_nothing(send, key, lea, client):
    west = make_quarter("west")
    foreign = give_key(viewer_of(make_member(west, Role.LEAD, "Wim"), west), west)

    refused(send(api_key=foreign), 403)
    number_of(send())
    revoke_key(viewer=lea, key=ApiKey.objects.get(quarter__slug="ost"), now=timezone.now())

    assert send(description="Noch eins").status_code == 403
    assert Concern.objects.count() == 1
    number = Concern.objects.get().dossier.reference
    assert client.get(f"{V2}/requests/{number}.json", {"api_key": key}).status_code == 403


@pytest.mark.parametrize("suffix", FORMATS)
def test_p7_an_unknown_service_is_404_and_none_is_400(send, suffix):
    refused(send(suffix, service_code="nichts"), 404)
    assert "service_code" in refused(send(suffix, service_code=""), 400)
    assert "service_code" in refused(send(suffix, leave_out=["service_code"]), 400)


@pytest.mark.parametrize("suffix", FORMATS)
def test_p8_a_missing_answer_is_named(send, suffix):
    assert "attribute[kind]" in refused(send(suffix, service_code="licht"), 400)
    assert "attribute[kind]" in refused(
        send(suffix, service_code="licht", **{"attribute[kind]": " "}), 400
    )


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("kind", "broken"),
        ("count", "viele"),
        ("count", "inf"),
        ("since", "gestern"),
        ("since", "2026-03-02T12:00:00"),
        ("since", "2026-13-02T12:00:00Z"),
        ("where][", ["path", "roof"]),
        ("number", "x" * 256),
        ("more", "x" * 4001),
        ("unknown", "1"),
        ("danger", "1"),
        ("number", ["1", "2"]),
    ],
)
def test_p9_a_value_that_does_not_fit_is_named(send, code, value):
    fields = {"attribute[kind]": "out", f"attribute[{code}]": value}

    assert f"attribute[{code.removesuffix('][')}]" in refused(
        send(service_code="licht", **fields), 400
    )


def test_p10_several_answers_are_kept_for_the_office(send, key):
    number = number_of(
        send(
            service_code="licht",
            media_url="https://bilder.example.org/1.jpg",
            **{
                "attribute[kind]": "flicker",
                "attribute[where][]": ["path", "yard"],
                "attribute[count]": "2",
                "attribute[since]": "2026-03-02T12:00:00+01:00",
                "attribute[more]": "Nur <b>nachts</b>",
            },
        )
    )

    entry = said(number)
    assert entry.text.splitlines() == [
        "Wie viele sind aus?: 2",
        "Seit wann?: 2026-03-02T12:00:00+01:00",
        "Was noch?: Nur <b>nachts</b>",
        "Was ist es?: flackert",
        "Wo stört es?: auf dem Weg, im Hof & Garten",
        "https://bilder.example.org/1.jpg",
    ]
    assert (entry.audience, entry.data) == (Audience.OFFICE, {"partner": "Stadt"})


def test_p10_the_office_reads_it_on_the_page_of_the_concern(send, house):
    number = number_of(send(service_code="licht", **{"attribute[kind]": "out"}))
    office = signed_in_client(make_member(house, Role.MODERATOR, "Mira"))

    page = office.get(f"/buero/anliegen/{number}/").content.decode()

    assert "Stadt hat mitgeschickt" in page
    assert "Was ist es?: geht nicht" in page


def test_p11_four_thousand_letters_and_no_more(send):
    assert "4000" in refused(send(description="ä" * 4001), 400)

    concern = Concern.objects.get(dossier__reference=number_of(send(description="ä" * 4000)))
    assert len(concern.text) == 4000


def test_p11_without_words_the_theme_says_what_it_is(send):
    number = number_of(send(leave_out=["description"]))

    assert Concern.objects.get(dossier__reference=number).text == "Müll & Sauberkeit"


STRANGE = "Größe <script>alert('x')</script> & \"Übergang\" 🛋️ ]]>\nzweite Zeile"


@pytest.mark.parametrize("suffix", FORMATS)
def test_p11_p12_signs_of_any_kind_come_back_as_they_were(client, house, shown, suffix):
    number = shown(STRANGE).dossier.reference

    [row] = read(client.get(f"{V2}/requests/{number}.{suffix}"))

    assert row["description"] == STRANGE


def test_p12_they_are_stored_as_they_were_sent(send):
    number = number_of(send(description=f"{STRANGE}\x00\x0b"))

    assert Concern.objects.get(dossier__reference=number).text == STRANGE


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "//example.org/x.jpg",
        "https://",
        "https://[::1",
        "https://example.org/a b",
        "https://example.org/" + "x" * 2000,
        "ftp://example.org/x.jpg",
    ],
)
def test_p13_only_web_addresses_are_taken(send, url):
    assert "media_url" in refused(send(media_url=url), 400)


def test_p13_an_address_is_kept_as_text_and_never_fetched(send, monkeypatch):
    asked = []
    monkeypatch.setattr("socket.getaddrinfo", lambda *given, **_more: asked.append(given))
    monkeypatch.setattr("socket.socket.connect", lambda *given: asked.append(given))

    number = number_of(send(media_url="http://169.254.169.254/latest/meta-data"))

    assert said(number).text == "http://169.254.169.254/latest/meta-data"
    assert (asked, StoredFile.objects.count()) == ([], 0)


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("kind", ["application/json", "text/plain", "multipart/form-data"])
def test_p14_only_a_form_is_taken(client, key, suffix, kind):
    answer = client.post(
        f"{V2}/requests.{suffix}",
        f'{{"api_key": "{key}", "service_code": "muell"}}',
        content_type=kind,
    )

    assert "application/x-www-form-urlencoded" in refused(answer, 400)


def test_p14_a_form_in_another_charset_is_refused(client, key):
    kind = "application/x-www-form-urlencoded; charset=latin-1"
    answer = client.post(f"{V2}/requests.json", f"api_key={key}", content_type=kind)

    assert "UTF-8" in refused(answer, 400)


def test_p14_a_form_that_is_too_large_is_refused(send):
    assert "1 MB" in refused(send(description="x" * 1_000_001), 400)


def test_p15_the_same_within_a_minute_is_the_same_request(send):
    first, again = number_of(send()), number_of(send("xml"))

    assert (first == again, Concern.objects.count()) == (True, 1)
    assert number_of(send(description="Ein Stuhl.")) != first

    Creation.objects.update(created_at=timezone.now() - timedelta(seconds=61))
    assert number_of(send()) != first
    assert Concern.objects.count() == 3


def test_p15_the_same_words_of_one_person_at_two_places_are_two(send):
    first = number_of(send(email="nour@example.org"))
    second = number_of(send(email="nour@example.org", lat="51.341"))

    assert first != second


def test_p15_two_partners_may_send_the_same(send, house, lea):
    assert number_of(send()) != number_of(send(api_key=give_key(lea, house, "Anderer")))


@pytest.mark.parametrize("suffix", FORMATS)
def test_p16_too_often_is_429_with_the_time_to_wait(send, settings, house, lea, suffix):
    settings.PARTNER_REPORTS_PER_HOUR = 2
    for n in range(2):
        number_of(send(suffix, description=f"Nummer {n}"))

    answer = send(suffix, description="Nummer 3")

    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert [faults(error, ERROR) for error in read(answer)] == [[]]
    assert Concern.objects.count() == 2
    # Another partner has an allowance of its own.
    assert number_of(send(suffix, api_key=give_key(lea, house, "Anderer")))


def test_contact_data_goes_to_the_teller_and_never_comes_back(client, send, key):
    person = {
        "first_name": "Nour",
        "last_name": "Efeuhain",
        "email": "nour@example.org",
        "phone": "030 23125 301",
        "device_id": "gerät-4711",
        "account_id": "konto-4712",
    }
    created = send(**person)
    number = number_of(created)
    teller = Concern.objects.get(dossier__reference=number).teller

    assert (teller.name, teller.email, teller.phone) == (
        "Nour Efeuhain",
        "nour@example.org",
        "030 23125 301",
    )
    assert teller.way == AnswerWay.MAIL
    assert Mail.objects.get().to_address == "nour@example.org"
    pages = [created, client.get(f"{V2}/requests/{number}.xml", {"api_key": key})]
    for word in person.values():
        assert [page for page in pages if word in page.content.decode()] == []
    assert Entry.objects.filter(text__contains="4711").exists() is False


def test_a_phone_number_alone_asks_for_a_call(send):
    number = number_of(send(phone="030 23125 301"))

    assert Concern.objects.get(dossier__reference=number).teller.way == AnswerWay.PHONE


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("email", "niemand"),
        ("first_name", "x" * 121),
        ("phone", "1" * 41),
        ("address_string", "x" * 201),
        ("email", f"{'x' * 250}@example.org"),
    ],
)
def test_contact_data_that_does_not_fit_is_refused(send, name, value):
    assert refused(send(**{name: value}), 400)


def test_what_has_become_confidential_is_gone_also_for_its_sender(client, send, key):
    number = number_of(send())
    Dossier.objects.update(audience=Audience.CONFIDENTIAL)

    assert client.get(f"{V2}/requests/{number}.json", {"api_key": key}).status_code == 404


def test_signs_of_spam_are_not_weighed_for_partners(send):
    number = number_of(send(description="[url=http://x.example.org]Gewinn[/url] " * 5))

    assert Concern.objects.get(dossier__reference=number).is_held is False


def test_the_channel_is_open311_and_the_desk_cannot_pick_it(send, house):
    number_of(send())
    page = signed_in_client(make_member(house)).get("/buero/anliegen/neu/").content.decode()
    choices = set(re.findall(r'<option value="([a-z0-9-]+)"', page))

    assert Channel(Concern.objects.get().channel) == Channel.OPEN311
    assert {"phone", "letter"} <= choices
    assert choices & {"open311", "api", "web"} == set()


def test_creating_costs_a_fixed_number_of_statements(client, house, lea, key):
    counts = []
    for n in range(2):
        for m in range(n * 9):
            give_key(lea, house, f"Partner {m}")
        fields = {"api_key": key, "service_code": "muell", "lat": "51.34", "long": "12.4"}
        with CaptureQueriesContext(connection) as caught:
            send_form(client, f"{V2}/requests.json", {**fields, "description": f"Nummer {n}"})
        marks = ("BEGIN", "SAVEPOINT", "RELEASE", "COMMIT")
        counts.append(sum(not q["sql"].startswith(marks) for q in caught.captured_queries))

    assert counts[0] == counts[1]
