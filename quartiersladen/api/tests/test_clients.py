"""Two clients that others have written talk to the server, over the network."""

import pytest
from civicbot.http import HttpError, HttpTransport, RateLimiter
from civicbot.open311 import CONFIRM_TOKEN, Open311Client
from civicbot.registry import Endpoint
from georeport import GeoReport
from requests import HTTPError

from quartiersladen.api.tests.conftest import V2
from quartiersladen.concerns.models import Concern
from quartiersladen.dossiers.models import Entry


@pytest.fixture
def server(transactional_db, live_server, settings):
    settings.BASE_URL = live_server.url
    return live_server.url


@pytest.fixture
def civicbot(server):
    """A client that asks as fast as it can."""
    endpoint = Endpoint(
        id="ost", name="Ost", base_url=f"{server}{V2}", write=True, api_key_required_for_write=True
    )
    return Open311Client(endpoint, transport=HttpTransport(rate_limiter=RateLimiter(0)))


def test_c1_georeport_reads_json(server, house, shown):
    number = shown().dossier.reference
    client = GeoReport(f"{server}{V2}")

    assert [one["service_code"] for one in client.get_service_list()] == ["licht", "muell"]
    definition = client.get_service_definition("licht")
    assert definition["attributes"][0]["code"] == "number"
    [row] = client.get_service_requests(status="open")
    assert (row["service_request_id"], row["description"]) == (number, "Die Laterne ist aus.")
    assert client.get_service_request(number) == row
    assert client.get_service_requests(service_code="muell") == []
    with pytest.raises(HTTPError, match="404"):
        client.get_service_request("2020-0001")


def test_c1_georeport_reads_xml(server, house, shown):
    numbers = {shown(f"Nummer {n}").dossier.reference for n in range(2)}
    client = GeoReport(f"{server}{V2}", output_format="xml")

    assert [one["service_code"] for one in client.get_service_list()] == ["licht", "muell"]
    definition = client.get_service_definition("licht")
    assert definition["service_code"] == "licht"
    assert len(definition["attributes"]["attribute"]) == 7
    rows = client.get_service_requests()
    assert {row["service_request_id"] for row in rows} == numbers
    one = client.get_service_request(rows[0]["service_request_id"])
    assert (one["description"], one["lat"]) == (rows[0]["description"], "51.34")
    with pytest.raises(HTTPError, match="400"):
        client.get_service_requests(status="done")


def test_c2_civicbot_reads(civicbot, house, shown):
    number = shown().dossier.reference

    assert [one["metadata"] for one in civicbot.list_services()] == [True, False]
    assert civicbot.get_service_definition("licht")["service_code"] == "licht"
    assert [row["service_request_id"] for row in civicbot.list_requests(page_size=5)] == [number]
    assert civicbot.get_request(number)["status"] == "open"
    for ask in (lambda: civicbot.get_request("2020-0001"), lambda: civicbot.get_token("x")):
        with pytest.raises(HttpError) as missing:
            ask()
        assert missing.value.status == 404


def test_c2_civicbot_creates(civicbot, house, key):
    told = {
        "lat": 51.34,
        "lng": 12.4,
        "description": "Die Laterne flackert & blinkt 🛋",
        "attributes": {"kind": "flicker", "where": ["path", "yard"]},
    }

    sent = civicbot.create_request(
        "licht", dry_run=False, confirm=CONFIRM_TOKEN, api_key=key, validate_remote=True, **told
    )

    [created] = sent.response
    concern = Concern.objects.get(dossier__reference=created["service_request_id"])
    assert concern.text == told["description"]
    said = Entry.objects.get(dossier=concern.pk, deed="partner_said").text
    assert said == "Was ist es?: flackert\nWo stört es?: auf dem Weg, im Hof & Garten"
    with pytest.raises(HttpError) as refused:
        civicbot.create_request(
            "licht", dry_run=False, confirm=CONFIRM_TOKEN, api_key="falsch", **told
        )
    assert refused.value.status == 403
    with pytest.raises(HttpError) as unknown:
        civicbot.create_request(
            "nichts", dry_run=False, confirm=CONFIRM_TOKEN, api_key=key, **told
        )
    assert unknown.value.status == 404
    assert Concern.objects.count() == 1
