"""`quartiersladen import districts`: all of it or nothing, and what is released is filed anew."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.release import Release, release_concern
from quartiersladen.concerns.states import PlaceKind, PlacePrecision
from quartiersladen.concerns.testing import make_concern
from quartiersladen.privacy.models import Trail
from quartiersladen.quarters.models import District
from quartiersladen.quarters.testing import NOON, make_quarter

pytestmark = pytest.mark.django_db
WEST = [[12.39, 51.33], [12.41, 51.33], [12.41, 51.36], [12.39, 51.36], [12.39, 51.33]]
EAST = [[12.41, 51.33], [12.43, 51.33], [12.43, 51.36], [12.41, 51.36], [12.41, 51.33]]
BOW = [[12.39, 51.33], [12.41, 51.36], [12.41, 51.33], [12.39, 51.36], [12.39, 51.33]]


def feature(name, ring, kind="Polygon"):
    geometry = {"type": kind, "coordinates": [ring]}
    return {"type": "Feature", "properties": {"name": name}, "geometry": geometry}


@pytest.fixture
def load(tmp_path):
    """Write a file and import it; returns what the command says."""

    def run(*features, **options):
        path = tmp_path / "ortsteile.geojson"
        collection = {"type": "FeatureCollection", "features": features}
        path.write_text(json.dumps(collection), encoding="utf-8")
        out = StringIO()
        call_command("import", "districts", path, stdout=out, **options)
        return out.getvalue()

    return run


def release(quarter, longitude):
    concern = make_concern(
        quarter, place_kind=PlaceKind.POINT, latitude=51.34, longitude=longitude
    )
    release_concern(
        viewer=viewer_of(make_member(quarter, name=f"Mira{longitude}"), quarter),
        concern=concern,
        release=Release("Lampe", "Aus", PlacePrecision.EXACT, frozenset(), is_checked=True),
        version=1,
        now=NOON,
    )


def names():
    rows = Concern.objects.order_by("pk")
    return list(rows.values_list("public_district__name", flat=True))


def test_districts_come_in_and_what_is_released_is_filed(load):
    quarter = make_quarter()
    for longitude in (12.40, 12.42, 12.50):
        release(quarter, longitude)
    assert names() == [None, None, None]

    said = load(feature("Weststadt", WEST), feature("Oststadt", EAST))

    assert said.splitlines() == [
        "Weststadt: new",
        "Oststadt: new",
        "2 districts; 2 released concerns lie in one.",
    ]
    assert names() == ["Weststadt", "Oststadt", None]
    assert Trail.objects.get().data == {"districts": 2, "concerns": 2}


def test_a_changed_outline_files_anew_and_the_others_stay(load):
    quarter = make_quarter()
    release(quarter, 12.40)
    load(feature("Weststadt", WEST), feature("Oststadt", EAST))

    said = load(feature("Weststadt", EAST))

    assert said.splitlines()[0] == "Weststadt: changed"
    assert names() == [None]
    assert load(feature("Weststadt", EAST)).splitlines()[0] == "Weststadt: unchanged"
    assert sorted(District.objects.values_list("name", flat=True)) == ["Oststadt", "Weststadt"]


def test_a_dry_run_changes_nothing(load):
    make_quarter()

    assert load(feature("Weststadt", WEST), dry_run=True).splitlines() == [
        "Weststadt: new",
        "A dry run: nothing was imported.",
    ]
    assert (District.objects.count(), Trail.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        (feature("", WEST), 'it needs a property "name"'),
        (feature("x" * 81, WEST), 'it needs a property "name"'),
        ("nothing", 'it needs a property "name"'),
        (feature("Weststadt", WEST), "Weststadt stands twice in the file."),
        (feature("Punkt", WEST, "LineString"), "Punkt is no valid area"),
        (feature("Schleife", BOW), "Schleife is no valid area"),
        (feature("Meter", [[x * 9e5, y * 9e5] for x, y in WEST]), "Meter is no valid area"),
        (feature("Wort", ["x"]), "Wort is no valid area"),
        (feature("Leer", []), "Leer is no valid area"),
    ],
)
def test_one_wrong_row_and_nothing_comes_in(load, wrong, why):
    make_quarter()

    with pytest.raises(CommandError) as refusal:
        load(feature("Weststadt", WEST), wrong)

    assert f"Feature 2: {why}" in str(refusal.value)
    assert str(refusal.value).endswith("Nothing was imported.")
    assert District.objects.count() == 0


@pytest.mark.parametrize("content", [b"{", b"[]", b'{"features": 7}', b"\xff\xfe", b"[" * 99_999])
def test_what_is_no_geojson_is_refused(tmp_path, content):
    make_quarter()
    path = tmp_path / "x.geojson"
    path.write_bytes(content)

    with pytest.raises(CommandError, match="is no GeoJSON file with features"):
        call_command("import", "districts", path)


def test_each_quarter_has_its_own(load):
    make_quarter()
    west = make_quarter("west")

    load(feature("Weststadt", WEST), quarter="west")

    assert District.objects.get().quarter == west
    with pytest.raises(CommandError, match="There is no such quarter"):
        load(feature("Weststadt", WEST), quarter="fern")
