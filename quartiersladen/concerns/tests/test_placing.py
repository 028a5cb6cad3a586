"""The office says where a concern is; what the public sees of the place follows."""

import pytest

from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.queries.seen import concerns_inside
from quartiersladen.concerns.services.placing import (
    PointMissing,
    Whereabouts,
    WordsMissing,
    place_concern,
)
from quartiersladen.concerns.states import PlaceKind, PlacePrecision
from quartiersladen.concerns.testing import make_concern
from quartiersladen.concerns.tests.test_release import release_it, with_point
from quartiersladen.concerns.timeline import office_words
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.search import narrowed
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.quarters.models import District
from quartiersladen.quarters.testing import NOON

POINT = (51.3401, 12.4021)
AT_POINT = Whereabouts(PlaceKind.POINT, "am Kiosk", POINT)


def place_it(viewer, concern, place, version=None):
    return place_concern(
        viewer=viewer,
        concern=concern,
        place=place,
        version=concern.dossier.version if version is None else version,
        now=NOON,
    )


def facts_of(concern):
    concern = Concern.objects.get(pk=concern.pk)
    return (concern.place_kind, concern.place_text, concern.latitude, concern.longitude)


def test_a_concern_without_a_place_gets_one_and_is_found_by_it(quarter, mira):
    concern = make_concern(quarter)

    entry = place_it(mira, concern, AT_POINT)

    assert facts_of(concern) == ("point", "am Kiosk", *POINT)
    found = narrowed(concerns_inside(mira), "kiosk", dossier="dossier__")
    assert list(found) == [concern]
    assert office_words(Entry.objects.get(pk=entry.pk)) == "Ort eingetragen: Punkt auf der Karte"


def test_an_address_has_no_point(quarter, mira):
    concern = with_point(quarter)
    place_it(mira, concern, Whereabouts(PlaceKind.ADDRESS, " Rosenweg 3 ", POINT))
    assert facts_of(concern) == ("address", "Rosenweg 3", None, None)


@pytest.mark.parametrize(
    ("place", "refusal", "field"),
    [
        (Whereabouts(PlaceKind.POINT), PointMissing, "place_kind"),
        (Whereabouts(PlaceKind.ADDRESS, "  "), WordsMissing, "place_text"),
    ],
)
def test_half_a_place_is_refused_and_changes_nothing(quarter, mira, place, refusal, field):
    concern = with_point(quarter)
    before = facts_of(concern)

    with pytest.raises(refusal) as refused:
        place_it(mira, concern, place)

    assert (refused.value.field, facts_of(concern)) == (field, before)


def test_what_is_public_moves_along_as_exactly_as_before(quarter, mira):
    square = [[12.40, 51.34], [12.41, 51.34], [12.41, 51.35], [12.40, 51.35], [12.40, 51.34]]
    west = District.objects.create(
        quarter=quarter, name="West", outline={"type": "Polygon", "coordinates": [square]}
    )
    concern = make_concern(
        quarter, place_kind=PlaceKind.POINT, latitude=51.3561, longitude=12.4561
    )
    release_it(mira, concern, precision=PlacePrecision.STREET)
    concern = Concern.objects.get()
    assert (concern.public_latitude, concern.public_district) == (51.356, None)

    place_it(mira, concern, AT_POINT)

    concern = Concern.objects.get()
    shown = (concern.public_latitude, concern.public_longitude, concern.public_district)
    assert shown == (51.34, 12.402, west)


def test_without_a_point_nothing_of_the_place_is_public_any_more(quarter, mira):
    concern = with_point(quarter)
    release_it(mira, concern, precision=PlacePrecision.EXACT)

    place_it(mira, Concern.objects.get(), Whereabouts(PlaceKind.QUARTER))

    concern = Concern.objects.get()
    assert (concern.place_precision, concern.public_latitude) == (PlacePrecision.NONE, None)


def test_nothing_becomes_public_by_it(quarter, mira):
    concern = make_concern(quarter)
    place_it(mira, concern, AT_POINT)
    concern = Concern.objects.get()
    assert (concern.is_released, concern.public_latitude) == (False, None)


def test_a_helper_and_an_old_page_change_nothing(quarter, mira, hao):
    concern = make_concern(quarter)
    with pytest.raises(NotAllowed):
        place_it(hao, concern, AT_POINT)
    with pytest.raises(ChangedMeanwhile):
        place_it(mira, concern, AT_POINT, version=0)
    assert facts_of(concern) == ("quarter", "", None, None)


def test_the_page_takes_a_pin_and_says_what_is_missing(quarter, desk):
    concern = make_concern(quarter, place_kind=PlaceKind.NONE)
    page = f"/buero/anliegen/{concern.dossier.reference}/ort/"
    assert "Ort eintragen" in desk.get(page.removesuffix("ort/")).content.decode()
    typed = {"version": concern.dossier.version, "place_kind": "point", "place_text": ""}

    refused = desk.post(page, typed)
    assert refused.status_code == 422
    assert "Bitte setzen Sie" in refused.content.decode()

    done = desk.post(page, typed | {"latitude": "51.3401", "longitude": "12.4021"})
    assert (done.status_code, done.headers["Location"]) == (302, page.removesuffix("ort/"))
    assert facts_of(concern) == ("point", "", *POINT)
    assert "Ort ändern" in desk.get(page.removesuffix("ort/")).content.decode()

    again = desk.post(page, typed | {"latitude": "51.5", "longitude": "12.4"})
    assert (again.status_code, facts_of(concern)[2]) == (409, 51.3401)


def test_on_earth_and_in_this_quarter(quarter, desk):
    concern = make_concern(quarter)
    page = f"/buero/anliegen/{concern.dossier.reference}/ort/"
    typed = {"version": concern.dossier.version, "place_kind": "point", "latitude": "91"}
    assert desk.post(page, typed | {"longitude": "nan"}).status_code == 422
    assert desk.get("/buero/anliegen/2020-0001/ort/").status_code == 404
