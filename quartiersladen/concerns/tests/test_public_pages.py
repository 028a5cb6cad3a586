"""What everybody sees: the list, the map and the page of a released concern."""

import json
from datetime import timedelta

import pytest

from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.release import Release, conceal_concern, release_concern
from quartiersladen.concerns.services.triage import Decision, decide_scope
from quartiersladen.concerns.states import PlaceKind, PlacePrecision, Scope
from quartiersladen.concerns.testing import make_concern
from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.states import Audience
from quartiersladen.quarters.testing import NOON, make_quarter, make_theme


def make_public(viewer, quarter, title="Lampe", *, now=NOON, **fields):
    """A released concern with a point."""
    concern = make_concern(
        quarter,
        "Interner Text",
        place_kind=PlaceKind.POINT,
        latitude=51.34123,
        longitude=12.40567,
        now=now,
        **fields,
    )
    release_concern(
        viewer=viewer,
        concern=concern,
        release=Release(
            title, f"{title} öffentlich", PlacePrecision.EXACT, frozenset(), is_checked=True
        ),
        version=1,
        now=now,
    )
    return concern


def titles(page) -> list[str]:
    return [concern.public_title for concern in page.context["page"].rows]


def test_missing_hidden_confidential_and_foreign_are_the_same_page(client, quarter, mira):
    hidden = make_concern(quarter)
    concealed = make_public(mira, quarter)
    conceal_concern(viewer=mira, concern=concealed, version=concealed.dossier.version, now=NOON)
    secret = make_public(mira, quarter)
    Dossier.objects.filter(pk=secret.pk).update(audience=Audience.CONFIDENTIAL)
    withdrawn = make_public(mira, quarter)
    Concern.objects.filter(pk=withdrawn.pk).update(state="withdrawn")
    foreign = make_concern(make_quarter("west"))
    missing = client.get("/anliegen/2026-9999/")
    assert missing.status_code == 404

    for concern in (hidden, concealed, secret, withdrawn, foreign):
        page = client.get(f"/anliegen/{concern.dossier.reference}/")
        assert (page.status_code, page.content) == (404, missing.content)
    assert titles(client.get("/anliegen/")) == []
    assert json.loads(client.get("/anliegen.geojson").content)["features"] == []


def test_a_released_one_shows_the_public_copy_alone(client, quarter, mira):
    concern = make_public(mira, quarter, name="Ayşe", phone="030 23125 100")

    text = client.get(f"/anliegen/{concern.dossier.reference}/").content.decode()

    assert "Lampe öffentlich" in text
    for private in ("Interner Text", "Ayşe", "23125 100"):
        assert private not in text


def test_without_a_place_there_is_no_map(client, quarter, mira):
    concern = make_public(mira, quarter)
    address = f"/anliegen/{concern.dossier.reference}/"
    assert client.get(address).context["point"] == "51.34123,12.40567"
    Concern.objects.update(public_latitude=None, public_longitude=None)
    assert client.get(address).context["point"] is None


def test_the_list_is_filtered_by_state_and_theme(client, quarter, mira):
    light = make_theme(quarter, "licht")
    make_public(mira, quarter, "Lampe", theme=light)
    ours = make_public(mira, quarter, "Bank")
    decide_scope(
        viewer=mira,
        concern=ours,
        decision=Decision(scope=Scope.OURS, due_on=quarter.local_day(NOON) + timedelta(days=3)),
        version=ours.dossier.version,
        now=NOON,
    )

    assert titles(client.get("/anliegen/")) == ["Bank", "Lampe"]
    assert titles(client.get("/anliegen/?zustand=ours")) == ["Bank"]
    assert titles(client.get(f"/anliegen/?thema={light.pk}")) == ["Lampe"]
    assert titles(client.get("/anliegen/?thema=licht")) == ["Lampe"]
    assert titles(client.get("/anliegen/?zustand=withdrawn")) == ["Bank", "Lampe"]
    assert titles(client.get("/anliegen/?thema=9999999999x")) == []


def test_long_lists_have_pages_in_both_directions(client, quarter, mira):
    for number in range(52):
        make_public(mira, quarter, f"Nr. {number}", now=NOON + timedelta(minutes=number))

    first = client.get("/anliegen/")
    assert titles(first)[:1] + titles(first)[-1:] == ["Nr. 51", "Nr. 2"]
    assert first.context["newer_url"] == ""
    second = client.get("/anliegen/" + first.context["older_url"])
    assert titles(second) == ["Nr. 1", "Nr. 0"]
    assert second.context["older_url"] == ""
    back = client.get("/anliegen/" + second.context["newer_url"])
    assert titles(back) == titles(first)


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "2026-03-02~1",
        "2026-03-02T12:00:00+00:00~x",
        "~",
        "2026-03-02T12:00:00+00:00~" + "9" * 40,
    ],
)
def test_a_cursor_that_is_none_shows_the_first_page(client, quarter, mira, cursor):
    make_public(mira, quarter)
    assert titles(client.get("/anliegen/", {"vor": cursor, "nach": cursor})) == ["Lampe"]


def test_the_map_is_geojson_and_answers_304_until_something_happens(client, quarter, mira):
    concern = make_public(mira, quarter, 'Lampe "im" Weg')

    answer = client.get("/anliegen.geojson")

    assert answer.headers["Content-Type"] == "application/geo+json"
    number = concern.dossier.reference
    assert json.loads(answer.content) == {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [12.40567, 51.34123]},
                "properties": {
                    "number": number,
                    "title": 'Lampe "im" Weg',
                    "state": "Eingegangen",
                    "url": f"/anliegen/{number}/",
                },
            }
        ],
    }
    unchanged = {"If-None-Match": answer.headers["ETag"]}
    assert client.get("/anliegen.geojson", headers=unchanged).status_code == 304
    make_public(mira, quarter, "Noch eine")
    assert client.get("/anliegen.geojson", headers=unchanged).status_code == 200


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "x"])
@pytest.mark.parametrize("way", ["vor", "nach"])
def test_a_cursor_outside_of_time_is_none(client, quarter, mira, moment, way):
    make_public(mira, quarter)
    page = client.get("/anliegen/", {way: f"{moment}~1"})
    assert (page.status_code, len(page.context["page"].rows)) == (200, 1)
