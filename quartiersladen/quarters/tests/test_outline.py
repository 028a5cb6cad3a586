"""The programme area: drawn, its middle, and what lies inside."""

import pytest

from quartiersladen.quarters.outline import Centre, centre_of, lies_inside, svg_path

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[12.0, 0.0], [12.02, 0.0], [12.02, 0.01], [12.0, 0.01], [12.0, 0.0]]],
}
TWO = {
    "type": "MultiPolygon",
    "coordinates": [
        [[[12.0, 0.0], [12.01, 0.0], [12.01, 0.01], [12.0, 0.0]]],
        [[[12.01, 0.01], [12.02, 0.01], [12.02, 0.02], [12.01, 0.01]]],
    ],
}


def test_an_area_is_drawn_with_north_above():
    assert svg_path(SQUARE) == "M0.0 50.0L100.0 50.0L100.0 0.0L0.0 0.0L0.0 50.0Z"


def test_each_part_of_an_area_is_drawn():
    assert svg_path(TWO).count("M") == 2


def test_the_middle_lies_in_the_area():
    assert centre_of(SQUARE) == Centre(latitude=0.005, longitude=12.01)


@pytest.mark.parametrize(
    ("latitude", "longitude", "inside"),
    [(0.005, 12.01, True), (0.0104, 12.01, True), (0.0106, 12.01, False), (50.0, 12.01, False)],
)
def test_fifty_metres_outside_still_count(latitude, longitude, inside):
    assert lies_inside(SQUARE, latitude, longitude) is inside


def test_without_an_outline_nothing_is_drawn_and_every_point_counts():
    assert (svg_path({}), centre_of({}), lies_inside({}, 50.0, 12.0)) == ("", None, True)
