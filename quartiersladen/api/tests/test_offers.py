"""Discovery, services and definitions of GeoReport v2; the names are those of the harness."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from quartiersladen.api.models import Attribute, Open311, OpenTheme
from quartiersladen.api.testing import offer_theme, open_up
from quartiersladen.api.tests.conftest import V2
from quartiersladen.api.tests.schemas import (
    DEFINITION,
    DISCOVERY,
    ERROR,
    SERVICE,
    faults,
    read,
    read_xml,
)
from quartiersladen.quarters.testing import make_quarter, make_theme

FORMATS = ("xml", "json")
DISCOVER = "/open311/discovery"


def changeset(client):
    return datetime.fromisoformat(client.get(f"{DISCOVER}.json").json()["changeset"])


def test_d1_both_formats_say_the_same(client, house):
    found = [read(client.get(f"{DISCOVER}.{suffix}")) for suffix in FORMATS]

    assert found[0] == found[1]
    assert faults(found[0], DISCOVERY) == []
    assert found[0]["endpoints"][0]["formats"] == ["text/xml", "application/json"]
    assert "buero@ost.example.org" in found[0]["contact"]
    assert read_xml(client.get(f"{DISCOVER}.xml").content)[0] == "discovery"


def test_d2_the_changeset_lies_in_the_past_and_moves_with_services(client, house, lea, light, now):
    first = changeset(client)
    offer = OpenTheme.objects.get(theme=light)
    OpenTheme.objects.update(changed_at=now - timedelta(hours=5))
    Open311.objects.update(changed_at=now - timedelta(hours=6))

    assert first < now
    assert changeset(client) == now - timedelta(hours=5)
    assert offer.changed_at == first


@pytest.mark.parametrize("what", ["switch", "theme", "question", "deleted", "renamed"])
def test_d2_every_edit_of_a_service_moves_the_changeset(client, house, lead, light, what):
    before = changeset(client)
    question = Attribute.objects.get(code="count")
    version = OpenTheme.objects.get(theme=light).version
    pages = {
        "switch": (reverse("api:interfaces"), {"is_on": "on", "version": 1}),
        "theme": (reverse("api:theme", args=[light.pk]), {"is_on": "on", "version": version}),
        "question": (
            reverse("api:question_edit", args=[light.pk, question.pk]),
            {"description": "Wie viele?", "code": "count", "datatype": "number"},
        ),
        "deleted": (reverse("api:question_delete", args=[light.pk, question.pk]), {}),
        "renamed": (
            reverse("desk:theme_edit", args=[light.pk]),
            {"name_de": "Lampen", "slug": "licht", "working_days": 5, "position": 0, "version": 1}
            | {"is_active": "on"},
        ),
    }
    path, form = pages[what]

    assert lead.post(path, form).status_code == 302
    assert changeset(client) > before


def test_d3_the_endpoint_answers(client, house):
    url = client.get(f"{DISCOVER}.json").json()["endpoints"][0]["url"]

    assert url == "http://testserver/open311/v2"
    answer = client.get(url.removeprefix("http://testserver") + "/services.xml")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/xml; charset=utf-8")


def test_d3_a_quarter_behind_a_path_names_its_own_endpoint(client, house, lea):
    west = make_quarter("west")
    Open311.objects.create(quarter=west, is_on=True, changed_at=west.created_at)

    url = client.get(f"/q/west{DISCOVER}.json").json()["endpoints"][0]["url"]

    assert url == "http://testserver/q/west/open311/v2"
    assert client.get("/q/west/open311/v2/services.json").json() == []
    assert read(client.get("/q/west/open311/v2/services.xml")) == []


def test_a_demonstration_says_that_it_is_one(client, house, settings):
    settings.DEMO = True

    assert client.get(f"{DISCOVER}.json").json()["endpoints"][0]["type"] == "test"
    settings.DEMO = False
    assert client.get(f"{DISCOVER}.json").json()["endpoints"][0]["type"] == "production"


def test_s1_both_formats_hold_the_same_valid_services(client, house):
    xml, json = (read(client.get(f"{V2}/services.{suffix}")) for suffix in FORMATS)

    assert [service | {"keywords": service["keywords"] or ""} for service in xml] == json
    assert [faults(service, SERVICE) for service in json] == [[], []]
    assert [service["service_code"] for service in json] == ["licht", "muell"]
    assert {service["type"] for service in json} == {"realtime"}
    assert [service["metadata"] for service in json] == [True, False]
    assert json[1]["service_name"] == "Müll & Sauberkeit"
    assert json[0]["keywords"] == "Lampe, Laterne"


def test_s1_names_stand_in_the_language_of_the_program(client, house):
    german = client.get(f"{V2}/services.json").json()[0]
    english = client.get(f"{V2}/services.json", headers={"accept-language": "en"}).json()[0]

    assert [german["service_name"], english["service_name"]] == ["Straßenlicht", "Street light"]


@pytest.mark.parametrize("given", ["", "?jurisdiction_id=", "?jurisdiction_id=elsewhere"])
def test_s2_a_jurisdiction_is_ignored_unless_one_is_configured(client, house, given):
    answer = client.get(f"{V2}/services.json{given}")

    assert len(answer.json()) == 2


@pytest.mark.parametrize(
    ("given", "status"), [("", 200), ("=", 200), ("=ost", 200), ("=west", 404)]
)
@pytest.mark.parametrize("suffix", FORMATS)
def test_s2_a_wrong_one_is_refused_where_it_is_configured(
    client, house, lea, given, status, suffix
):
    open_up(lea, house, jurisdiction="ost")

    answer = client.get(f"{V2}/services.{suffix}?jurisdiction_id{given}")

    assert answer.status_code == status
    if status == 404:
        assert [faults(one, ERROR) for one in read(answer)] == [[]]


def test_s3_what_is_not_offered_is_missing(client, house, lea, light, rubbish):
    make_theme(house, "verkehr")
    light.is_active = False
    light.save()
    OpenTheme.objects.filter(theme=rubbish).update(is_on=False)
    offer_theme(lea, make_theme(house, "gruen", position=5))

    assert [s["service_code"] for s in client.get(f"{V2}/services.json").json()] == ["gruen"]
    assert client.get(f"{V2}/services/licht.json").status_code == 404
    assert client.get(f"{V2}/services/muell.json").status_code == 404


@pytest.mark.parametrize("suffix", FORMATS)
def test_f1_definitions_are_valid(client, house, suffix):
    found = read(client.get(f"{V2}/services/licht.{suffix}"))

    assert faults(found, DEFINITION) == []
    assert found["service_code"] == "licht"
    assert [one["order"] for one in found["attributes"]] == [1, 2, 3, 4, 5, 6, 7]
    values = {one["code"]: one.get("values") for one in found["attributes"]}
    assert [code for code, given in values.items() if given] == ["kind", "where"]
    assert values["kind"] == [
        {"key": "out", "name": "geht nicht"},
        {"key": "flicker", "name": "flackert"},
    ]
    assert {one["code"]: one["required"] for one in found["attributes"]}["kind"] is True
    assert [one["code"] for one in found["attributes"] if not one["variable"]] == ["danger"]


@pytest.mark.parametrize("suffix", FORMATS)
def test_f2_an_unknown_service_is_404_in_the_format_that_was_asked(client, house, suffix):
    answer = client.get(f"{V2}/services/nichts.{suffix}")

    assert answer.status_code == 404
    [error] = read(answer)
    assert faults(error, ERROR) == []
    assert error["code"] == 404


@pytest.mark.parametrize("suffix", FORMATS)
def test_f3_a_service_without_questions_has_an_empty_definition(client, house, suffix):
    answer = client.get(f"{V2}/services/muell.{suffix}")

    assert answer.status_code == 200
    assert (read(answer)["attributes"] or []) == []
    assert read(answer)["service_code"] == "muell"


PATHS = [
    f"{DISCOVER}.json",
    f"{DISCOVER}.xml",
    *(
        f"{V2}/{path}.{suffix}"
        for path in ("services", "services/licht", "requests", "requests/2026-0001", "tokens/x")
        for suffix in FORMATS
    ),
]


@pytest.mark.parametrize("path", PATHS)
def test_everything_is_404_until_somebody_switches_it_on(client, quarter, lea, light, path):
    never = client.get(path)
    open_up(lea, quarter)
    on = client.get(path)
    open_up(lea, quarter, is_on=False)
    off = client.get(path)

    assert (never.status_code, off.status_code) == (404, 404)
    assert never.content == off.content
    assert "Content-Type" in on.headers
    assert on["Content-Type"] != never["Content-Type"]


def test_the_switch_of_one_quarter_opens_no_other(client, house):
    make_quarter("west")

    assert client.get(f"/q/west{DISCOVER}.json").status_code == 404
    assert client.get(f"{DISCOVER}.json").status_code == 200


@pytest.mark.parametrize("number", [2, 12])
def test_the_number_of_statements_does_not_grow_with_the_themes(
    client, house, lea, number, django_assert_num_queries
):
    for n in range(number):
        offer_theme(lea, make_theme(house, f"thema-{n}"))
    client.get(f"{V2}/services.json")

    with django_assert_num_queries(2):
        assert len(client.get(f"{V2}/services.json").json()) == number + 2
    with django_assert_num_queries(3):
        client.get(f"{V2}/services/licht.json")
