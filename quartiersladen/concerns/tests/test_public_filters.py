"""List, map and feed are narrowed alike, by conditions that residents understand."""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

import pytest
from django.apps import apps
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.special import RunPython
from django.http import QueryDict

from quartiersladen.concerns.forms.public_filter import read_filter
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.released import public_page
from quartiersladen.concerns.services.life import withdraw_concern
from quartiersladen.concerns.services.release import Release, conceal_concern, release_concern
from quartiersladen.concerns.states import PlaceKind, PlacePrecision
from quartiersladen.concerns.testing import make_concern, teller_viewer
from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.states import Audience
from quartiersladen.quarters.models import District, Premises
from quartiersladen.quarters.queries import district_at
from quartiersladen.quarters.testing import NOON, make_quarter, make_theme

if TYPE_CHECKING:
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor
    from django.db.migrations.state import StateApps

WEST, EAST = (51.3400, 12.4000), (51.3400, 12.4200)
METRE = 1 / 111_320  # degrees of latitude


def area(west, east):
    ring = [[west, 51.335], [east, 51.335], [east, 51.352], [west, 51.352], [west, 51.335]]
    return {"type": "Polygon", "coordinates": [ring]}


@pytest.fixture
def districts(quarter):
    """Two districts side by side, and one of which nobody knows where it is."""
    District.objects.create(quarter=quarter, name="Weststadt", outline=area(12.39, 12.41))
    District.objects.create(quarter=quarter, name="Oststadt", outline=area(12.41, 12.43))
    District.objects.create(quarter=quarter, name="Nirgends")


def show(viewer, quarter, title, at=None, *, text="", exactly=True, now=NOON, **fields):
    """Report and release a concern. at: its point; None for one without a place."""
    place = {"place_kind": PlaceKind.POINT, "latitude": at[0], "longitude": at[1]} if at else {}
    concern = make_concern(quarter, "Geheime Hecke", now=now, **place, **fields)
    release_concern(
        viewer=viewer,
        concern=concern,
        release=Release(
            title,
            text or f"{title} öffentlich",
            PlacePrecision.EXACT if exactly else PlacePrecision.STREET,
            frozenset(),
            is_checked=True,
        ),
        version=concern.dossier.version,
        now=now,
    )
    return concern


def listed(client, **query):
    page = client.get("/anliegen/", query)
    assert page.status_code == 200
    return [concern.public_title for concern in page.context["page"].rows]


def mapped(client, **query):
    answer = client.get("/anliegen.geojson", query)
    return [feature["properties"]["title"] for feature in json.loads(answer.content)["features"]]


def fed(client, **query):
    words = client.get("/anliegen.atom", query).content.decode()
    return [part.split("</title>")[0] for part in words.split("<entry>")[1:]]


def everywhere(client, **query):
    """Return the titles in the list; the map and the feed must have the same."""
    found = listed(client, **query)
    assert mapped(client, **query) == found
    assert len(fed(client, **query)) == len(found)
    return found


def test_a_district_is_that_of_the_point_that_is_shown(quarter, mira, districts):
    west = show(mira, quarter, "Lampe", WEST)
    # The exact point lies in the west, its place on the grid of 200 m in the east.
    rough = show(mira, quarter, "Bank", (51.34, 12.40999), exactly=False)
    outside = show(mira, quarter, "Baum", (51.40, 12.50))
    nowhere = show(mira, quarter, "Idee")

    names = {
        concern.public_title: concern.public_district and concern.public_district.name
        for concern in Concern.objects.select_related("public_district")
    }

    assert names == {"Lampe": "Weststadt", "Bank": "Oststadt", "Baum": None, "Idee": None}
    assert rough.public_longitude == 12.41
    assert (west.public_district.name, outside.public_district, nowhere.public_district) == (
        "Weststadt",
        None,
        None,
    )


def test_on_a_border_the_first_district_by_name_counts(quarter, districts):
    assert district_at(quarter, 51.34, 12.41).name == "Oststadt"
    assert district_at(quarter, 51.34, 12.45) is None
    assert district_at(make_quarter("west"), *WEST) is None


def test_by_district(client, quarter, mira, districts):
    show(mira, quarter, "Lampe", WEST)
    show(mira, quarter, "Bank", EAST)

    assert everywhere(client) == ["Bank", "Lampe"]
    assert everywhere(client, ortsteil="Weststadt") == ["Lampe"]
    assert everywhere(client, ortsteil="Nordstadt") == []
    choices = client.get("/anliegen/").context["filter"].district_choices
    assert [choice.value for choice in choices] == ["Oststadt", "Weststadt"]


def test_a_district_of_another_quarter_narrows_to_nothing(client, quarter, mira, districts):
    show(mira, quarter, "Lampe", WEST)
    District.objects.create(quarter=make_quarter("west"), name="Fern", outline=area(12.39, 12.41))

    assert listed(client, ortsteil="Fern") == []


def test_by_group_of_states(client, quarter, mira):
    show(mira, quarter, "Lampe", WEST)
    done = show(mira, quarter, "Bank", EAST)
    Concern.objects.filter(pk=done.pk).update(state="answered", result="fixed")
    joined = show(mira, quarter, "Baum", EAST)
    Concern.objects.filter(pk=joined.pk).update(state="joined", leader=done)

    assert everywhere(client, zustand="open") == ["Lampe"]
    assert everywhere(client, zustand="closed") == ["Baum", "Bank"]
    assert everywhere(client, zustand="answered") == ["Bank"]
    # Spam is nothing that the public can ask for; what is not understood does not narrow.
    assert everywhere(client, zustand="spam") == ["Baum", "Bank", "Lampe"]


def test_by_days_in_the_zone_of_the_quarter(client, quarter, mira):
    late = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # in Leipzig it is the 2nd already
    show(mira, quarter, "Nachts", WEST, now=late)
    show(mira, quarter, "Später", EAST, now=NOON + timedelta(days=1))

    assert everywhere(client, von="2026-03-02") == ["Später", "Nachts"]
    assert everywhere(client, von="2026-03-03") == ["Später"]
    assert everywhere(client, bis="2026-03-02") == ["Nachts"]
    assert everywhere(client, bis="2026-03-01") == []
    assert everywhere(client, von="gestern", bis="0001-01-01") == ["Später", "Nachts"]


def test_by_words_of_the_public_copy_alone(client, quarter, mira):
    show(mira, quarter, "Straßenlampe", WEST, text="Müller & Söhne")
    lamp = show(mira, quarter, "Bank", EAST, text="Eine Bank in der Mühlstraße")

    assert everywhere(client, q="STRASSE") == ["Bank", "Straßenlampe"]
    assert everywhere(client, q="mueller") == ["Straßenlampe"]
    assert everywhere(client, q="bank muhl") == ["Bank"]
    assert everywhere(client, q=lamp.dossier.reference) == ["Bank"]
    assert listed(client, q="Hecke") == listed(client, q="100%") == []


def test_words_that_are_too_short_find_nothing_and_say_so(client, quarter, mira):
    show(mira, quarter, "Am Ei", WEST)

    page = client.get("/anliegen/", {"q": "Ei"})

    assert page.context["page"].rows == []
    assert "Bitte schreiben Sie mindestens 3 Buchstaben." in page.content.decode()


def test_other_words_are_found_after_they_are_changed_and_none_after_it_is_taken_back(
    client, quarter, mira
):
    concern = show(mira, quarter, "Lampe", WEST)
    concern.dossier.refresh_from_db()
    release_concern(
        viewer=mira,
        concern=concern,
        release=Release("Leuchte", "Neu", PlacePrecision.EXACT, frozenset(), is_checked=True),
        version=concern.dossier.version,
        now=NOON,
    )
    assert (listed(client, q="Lampe"), listed(client, q="Leuchte")) == ([], ["Leuchte"])

    conceal_concern(viewer=mira, concern=concern, version=concern.dossier.version, now=NOON)

    row = Concern.objects.get()
    assert (row.public_words, row.public_district) == ("", None)
    assert listed(client, q="Leuchte") == []


def test_nothing_public_is_left_of_what_was_withdrawn(quarter, mira, districts):
    concern = show(mira, quarter, "Lampe", WEST)

    withdraw_concern(viewer=teller_viewer(concern), concern=concern, version=None, now=NOON)

    row = Concern.objects.get()
    assert (row.is_released, row.public_words, row.public_district) == (False, "", None)


@pytest.mark.parametrize(
    ("metres", "found"),
    [("100", ["Hier"]), ("250", ["200 m", "Hier"]), ("500", ["400 m", "200 m", "Hier"])],
)
def test_by_distance_from_a_point(client, quarter, mira, metres, found):
    latitude, longitude = WEST
    show(mira, quarter, "Hier", WEST)
    show(mira, quarter, "200 m", (latitude + 200 * METRE, longitude))
    # To the east a degree is shorter: 400 m here, 250 m for who forgets it.
    show(mira, quarter, "400 m", (latitude, longitude + 400 * METRE / 0.6247))
    # In the corner of the box, but not in the circle of 500 m.
    show(
        mira,
        quarter,
        "Ecke",
        (latitude + 450 * METRE, longitude + 450 * METRE / 0.6247),
    )

    assert everywhere(client, ort="51.34,12.4", umkreis=metres) == found


@pytest.mark.parametrize("point", ["", "x", "91,12", "51.3", "nan,12", "1e999,1", "51.34,12.4,3"])
def test_what_is_no_point_does_not_narrow(client, quarter, mira, point):
    show(mira, quarter, "Lampe", EAST)

    assert everywhere(client, ort=point, umkreis="100") == ["Lampe"]


def test_a_strange_number_of_metres_becomes_the_usual_one(client, quarter, mira):
    page = client.get("/anliegen/", {"ort": "51.34,12.4", "umkreis": "999999999"})

    assert page.context["filter"].asked.wanted.around.metres == 500


def test_the_whole_earth_can_be_asked_for(client, quarter, mira):
    show(mira, quarter, "Pol", (90.0, 0.0))

    assert listed(client, ort="90,0", umkreis="100") == ["Pol"]


def test_all_conditions_hold_at_once_and_stay_on_the_pages(client, quarter, mira, districts):
    theme = make_theme(quarter, "licht")
    for number in range(3):
        show(mira, quarter, f"Lampe {number}", WEST, theme=theme)
    show(mira, quarter, "Lampe ohne Thema", WEST)
    query = {"q": "lampe", "zustand": "open", "thema": "licht", "ortsteil": "Weststadt"}

    wanted = read_filter(QueryDict(urlencode(query))).wanted
    first = public_page(quarter, wanted, size=2).page
    assert first.older is not None
    at, key = first.older
    second = client.get("/anliegen/", {**query, "vor": f"{at.isoformat()}~{key}"})

    assert [row.public_title for row in first.rows] == ["Lampe 2", "Lampe 1"]
    assert [row.public_title for row in second.context["page"].rows] == ["Lampe 0"]
    assert urlencode(query) in second.context["newer_url"]


def test_each_condition_can_be_left_out_again(client, quarter, mira, districts):
    make_theme(quarter, "licht")
    Premises.objects.create(
        quarter=quarter,
        name="Laden",
        street="Musterweg 1",
        postcode="04315",
        city="Leipzig",
        latitude=51.34,
        longitude=12.4,
    )
    query = {
        "q": "lampe",
        "zustand": "closed",
        "thema": "licht",
        "ortsteil": "Weststadt",
        "von": "2026-03-01",
        "bis": "2026-03-31",
        "ort": "51.34,12.4",
        "umkreis": "250",
    }

    chips = client.get("/anliegen/", query).context["filter"].chips

    assert [chip.words for chip in chips] == [
        "Wörter: lampe",
        "Abgeschlossen",
        "Straßenlicht",
        "Weststadt",
        "ab 1. März 2026",
        "bis 31. März 2026",
        "bis 250 m um: Laden, Musterweg 1",
    ]
    for chip, left_out in zip(chips, [*list(query)[:6], "ort"], strict=True):
        rest = client.get(f"/anliegen/{chip.url}").context["filter"].asked.fields
        gone = {left_out, "umkreis"} if left_out == "ort" else {left_out}
        assert dict(rest) == {name: value for name, value in query.items() if name not in gone}


def test_a_point_without_a_name_is_a_choice_of_its_own(client, quarter, mira):
    page = client.get("/anliegen/", {"ort": "51.3,12.3"})

    assert [(c.value, c.is_chosen) for c in page.context["filter"].place_choices] == [
        ("51.3,12.3", True)
    ]
    assert "bis 500 m um: Punkt 51.3,12.3" in page.content.decode()


def test_who_is_on_no_map_is_said(client, quarter, mira):
    show(mira, quarter, "Lampe", WEST)
    show(mira, quarter, "Idee")

    page = client.get("/anliegen/").content.decode()

    assert listed(client) == ["Idee", "Lampe"]
    assert mapped(client) == ["Lampe"]
    assert "1 davon ist ohne Ort: Es steht nur in der Liste." in " ".join(page.split())
    alone = client.get("/anliegen/?q=lampe").content.decode()
    assert "davon" not in alone


def test_an_empty_list_says_why(client, quarter, mira):
    nothing = client.get("/anliegen/").content.decode()
    show(mira, quarter, "Lampe", WEST)
    no_hit = client.get("/anliegen/?q=xyzxyz").content.decode()

    assert "Das Büro hat noch nichts veröffentlicht." in nothing
    assert "Nichts von dem, was das Büro veröffentlicht hat, passt zu all dem." in no_hit
    assert '<a href="/anliegen/">Alle zeigen</a>' in no_hit


def test_a_named_colleague_finds_a_confidential_one_on_no_public_page(quarter, desk, mira):
    concern = show(mira, quarter, "Streit", WEST)
    Dossier.objects.filter(pk=concern.pk).update(audience=Audience.CONFIDENTIAL)
    concern.dossier.named.create(user_id=desk.session["_auth_user_id"])

    assert everywhere(desk) == []


def test_the_map_knows_each_filter_by_its_own_mark(client, quarter, mira):
    show(mira, quarter, "Lampe", WEST)
    marks = {
        client.get(f"/anliegen.geojson{query}").headers["ETag"]
        for query in ("", "?q=lampe", "?q=bank", "?zustand=open", "?ort=51.34,12.4")
    }
    asked = {"If-None-Match": client.get("/anliegen.geojson?q=lampe").headers["ETag"]}

    assert len(marks) == 5
    assert client.get("/anliegen.geojson?q=lampe", headers=asked).status_code == 304
    assert client.get("/anliegen.geojson?q=bank", headers=asked).status_code == 200
    # What is not understood is not part of it.
    assert client.get("/anliegen.geojson?q=lampe&von=x", headers=asked).status_code == 304


def test_the_map_is_geojson_as_rfc_7946_wants_it(client, quarter, mira):
    show(mira, quarter, 'Lampe "im" \\ <Weg>', WEST)

    answer = client.get("/anliegen.geojson?zustand=open")
    collection = json.loads(answer.content)

    assert answer.headers["Content-Type"] == "application/geo+json"
    assert set(collection) == {"type", "features"}
    [feature] = collection["features"]
    assert (collection["type"], feature["type"]) == ("FeatureCollection", "Feature")
    assert feature["geometry"] == {"type": "Point", "coordinates": [12.4, 51.34]}
    [[west, south], [_e, _s], [east, north], *_rest] = quarter.outline["coordinates"][0]
    longitude, latitude = feature["geometry"]["coordinates"]
    assert west <= longitude <= east
    assert south <= latitude <= north
    assert "crs" not in collection


def test_concerns_released_before_are_filed(quarter, mira, districts):
    show(mira, quarter, "Straßenlampe", WEST)
    show(mira, quarter, "Idee")
    hidden = make_concern(quarter)
    Concern.objects.update(public_words="", public_district=None)
    migration = MigrationLoader(connection).get_migration(
        "concerns", "0015_released_concerns_are_filed"
    )

    [step] = migration.operations
    assert isinstance(step, RunPython)
    step.code(cast("StateApps", apps), cast("BaseDatabaseSchemaEditor", None))

    rows = Concern.objects.select_related("public_district").order_by("pk")
    assert [(row.public_words.partition(" ")[2], row.public_district) for row in rows] == [
        ("strassenlampe strassenlampe offentlich", quarter.districts.get(name="Weststadt")),
        ("idee idee offentlich", None),
        ("", None),
    ]
    assert hidden.is_released is False


FULL = (
    "?q=lampe&zustand=open&thema=licht&ortsteil=Weststadt&von=2020-01-01&bis=2030-01-01"
    "&ort=51.34,12.4&umkreis=500"
)


MOST = {"/anliegen/": 10, "/anliegen.geojson": 4, "/anliegen.atom": 4}


def test_ten_and_a_hundred_rows_need_the_same_number_of_statements(
    client, quarter, mira, districts, django_assert_max_num_queries
):
    theme = make_theme(quarter, "licht")
    counts = []
    for number in (10, 90):
        for n in range(number):
            show(mira, quarter, f"Lampe {n}", WEST, theme=theme)
        for address, most in MOST.items():
            for query in ("", FULL):
                with django_assert_max_num_queries(most) as caught:
                    assert client.get(address + query).status_code == 200
                counts.append(len(caught))
    assert counts[:6] == counts[6:]
