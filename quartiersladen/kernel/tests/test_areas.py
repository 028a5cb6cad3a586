"""Areas on the map, compared with what a library for geometry finds."""

from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, Polygon, shape

from quartiersladen.kernel.areas import METRES_PER_DEGREE, Bounds, area_of

#: At the equator a degree is as long to the east as to the north, as the library takes it.
WITH_HOLE = {
    "type": "Polygon",
    "coordinates": [
        [[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]],
        [[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]],
    ],
}
TWO = {
    "type": "MultiPolygon",
    "coordinates": [
        [[[0, 0], [2, 0], [2, 1], [0, 0]]],
        [[[5, 0], [9, 0], [9, 1], [5, 1], [5, 0]]],
    ],
}
numbers = st.floats(-0.01, 0.01, allow_nan=False).map(lambda number: round(number, 6))
places = st.tuples(numbers, numbers)


@st.composite
def outlines(draw):
    """Return a ring around the origin that does not cross itself, as it would be stored."""
    corners = draw(st.lists(places, min_size=3, max_size=12, unique=True))
    hull = Polygon(corners).convex_hull
    spoke = draw(places)
    if hull.geom_type == "Polygon" and Polygon([*hull.exterior.coords[:-1], spoke]).is_valid:
        hull = Polygon([*hull.exterior.coords[:-1], spoke])
    if hull.geom_type != "Polygon" or not hull.is_valid or hull.area < 1e-9:
        hull = Polygon([(0, 0), (0.01, 0), (0.01, 0.01)])
    return {"type": "Polygon", "coordinates": [[list(place) for place in hull.exterior.coords]]}


@given(outlines(), places)
def test_the_distance_is_that_of_the_library(outline, place):
    expected = shape(outline).distance(Point(place)) * METRES_PER_DEGREE
    assert area_of(outline).metres_outside(*place) == pytest.approx(expected, rel=1e-6, abs=0.01)


@given(outlines())
def test_the_middle_lies_inside(outline):
    middle = Point(area_of(outline).middle())
    assert shape(outline).distance(middle) * METRES_PER_DEGREE < 0.01


@pytest.mark.parametrize(
    ("outline", "place", "metres"),
    [
        (WITH_HOLE, (0.5, 0.5), 0.0),
        (WITH_HOLE, (1.5, 2.0), 0.5 * METRES_PER_DEGREE),
        (TWO, (1.9, 0.5), 0.0),
        (TWO, (6.0, 0.5), 0.0),
    ],
    ids=["beside the hole", "in the hole", "in the first part", "in the second part"],
)
def test_holes_are_outside_and_parts_are_inside(outline, place, metres):
    assert area_of(outline).metres_outside(*place) == pytest.approx(metres, rel=2e-3)


def test_in_our_latitude_a_degree_to_the_east_is_shorter():
    north = {
        "type": "Polygon",
        "coordinates": [[[12, 60], [13, 60], [13, 61], [12, 61], [12, 60]]],
    }
    outside = area_of(north).metres_outside(13.001, 60.0)
    assert outside == pytest.approx(0.001 * METRES_PER_DEGREE / 2, rel=1e-3)


def test_far_away_nothing_is_measured():
    area = area_of(TWO)
    assert area.metres_outside(20, 20, at_most=50) == inf
    assert area.metres_outside(9.0001, 0.5, at_most=50) == pytest.approx(11.132, rel=1e-3)


def test_the_middle_is_in_the_widest_part_and_the_bounds_are_around_all():
    area = area_of(TWO)
    assert (area.middle(), area.bounds) == ((7.0, 0.5), Bounds(0, 0, 9, 1))
