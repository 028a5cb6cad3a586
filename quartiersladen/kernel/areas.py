"""Areas on the map in degrees: their bounds, a point in them, and how far outside a point lies.

Plain arithmetic on GeoJSON (RFC 7946) that has been checked when it was stored. A library for
geometry would take a tenth of the memory of every web process for these three questions.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from math import cos, hypot, inf, radians
from typing import Any, NamedTuple

METRES_PER_DEGREE = 111_320  # of latitude

#: Longitude and latitude.
Position = tuple[float, float]


class Bounds(NamedTuple):
    """The box around an area, in degrees."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True)
class Area:
    """One or more polygons. polygons: of each its rings, the outer one first, holes after it."""

    polygons: tuple[tuple[tuple[Position, ...], ...], ...]

    @cached_property
    def bounds(self) -> Bounds:
        """Return the box around all of it."""
        positions = [position for rings in self.polygons for position in rings[0]]
        longitudes, latitudes = zip(*positions, strict=True)
        return Bounds(min(longitudes), min(latitudes), max(longitudes), max(latitudes))

    @cached_property
    def _edges(self) -> list[tuple[Position, Position]]:
        rings = (ring for rings in self.polygons for ring in rings)
        return [edge for ring in rings for edge in pairwise(ring)]

    def contains(self, longitude: float, latitude: float) -> bool:
        """Say whether a line from the point to the east leaves the area one time more than it enters.

        A point exactly on the border counts for one of the two sides.
        """
        crossings = self._crossings(latitude)
        return sum(crossing > longitude for crossing in crossings) % 2 == 1

    def metres_outside(self, longitude: float, latitude: float, *, at_most: float = inf) -> float:
        """Return how far outside the point lies, 0.0 inside; inf if certainly farther than `at_most`."""
        squeeze = cos(radians(latitude))
        reach = at_most / METRES_PER_DEGREE
        west, south, east, north = self.bounds
        is_near = (
            south - reach <= latitude <= north + reach
            and west - reach / squeeze <= longitude <= east + reach / squeeze
        )
        if not is_near:
            return inf
        if self.contains(longitude, latitude):
            return 0.0
        return METRES_PER_DEGREE * min(
            _distance(
                ((start[0] - longitude) * squeeze, start[1] - latitude),
                ((end[0] - longitude) * squeeze, end[1] - latitude),
            )
            for start, end in self._edges
        )

    def middle(self) -> Position:
        """Return a point inside: half-way along the widest stretch at half the height."""
        south, north = self.bounds.south, self.bounds.north
        stretches: list[tuple[float, float, float]] = []
        # A line through a vertex, or between two polygons, can find nothing; the next one does.
        for share in (1 / 2, 3 / 7, 4 / 7, 1 / 3, 2 / 3, 1 / 5, 4 / 5):
            latitude = south + (north - south) * share
            crossings = iter(sorted(self._crossings(latitude)))
            stretches = [(east - west, west, latitude) for west, east in zip(crossings, crossings)]  # noqa: B905 -- pairs of one line
            if stretches:
                break
        width, west, latitude = max(stretches, default=(0.0, self.bounds.west, south))
        return west + width / 2, latitude

    def _crossings(self, latitude: float) -> list[float]:
        """Return the longitudes at which the border crosses this latitude."""
        return [
            x1 + (latitude - y1) * (x2 - x1) / (y2 - y1)
            for (x1, y1), (x2, y2) in self._edges
            if (y1 > latitude) != (y2 > latitude)
        ]


def area_of(geometry: Mapping[str, Any]) -> Area:
    """Return the area that a GeoJSON Polygon or MultiPolygon describes."""
    coordinates = geometry["coordinates"]
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    return Area(
        tuple(
            tuple(tuple((place[0], place[1]) for place in ring) for ring in rings)
            for rings in polygons
        )
    )


def _distance(start: Position, end: Position) -> float:
    """Return how far the origin lies from the line between two points."""
    (x1, y1), (x2, y2) = start, end
    along_x, along_y = x2 - x1, y2 - y1
    length = along_x * along_x + along_y * along_y
    share = -(x1 * along_x + y1 * along_y) / length if length else 0.0
    share = min(1.0, max(0.0, share))
    return hypot(x1 + share * along_x, y1 + share * along_y)
