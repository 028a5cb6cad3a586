"""Geometry of a programme area: drawing it, its middle, its squares, and whether a point lies inside."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from json import dumps, loads
from math import ceil, cos, radians
from string import ascii_uppercase
from typing import Any, NamedTuple

from quartiersladen.kernel.areas import METRES_PER_DEGREE, Area, area_of

BOX = 100  # width and height of the drawn outline
MOST_SQUARES = 200  # in one direction; a larger area is no quarter


class Centre(NamedTuple):
    """A point in degrees."""

    latitude: float
    longitude: float


@lru_cache(maxsize=64)
def _read(outline_json: str) -> Area:
    return area_of(loads(outline_json))


def _area(outline: Mapping[str, Any]) -> Area | None:
    return _read(dumps(outline, sort_keys=True)) if outline else None


def svg_path(outline: Mapping[str, Any]) -> str:
    """Return SVG path data of the outline in a 100 x 100 box, north up; '' without outline."""
    area = _area(outline)
    if area is None:
        return ""
    west, south, east, north = area.bounds
    squeeze = cos(radians((south + north) / 2))
    scale = BOX / max((east - west) * squeeze, north - south)
    parts = []
    for rings in area.polygons:
        points = [
            f"{(lon - west) * squeeze * scale:.1f} {(north - lat) * scale:.1f}"
            for lon, lat in rings[0]
        ]
        parts.append("M" + "L".join(points) + "Z")
    return "".join(parts)


def centre_of(outline: Mapping[str, Any]) -> Centre | None:
    """Return a point in the middle of the outline, None without outline."""
    area = _area(outline)
    if area is None:
        return None
    longitude, latitude = area.middle()
    return Centre(latitude=latitude, longitude=longitude)


def lies_inside(
    outline: Mapping[str, Any], latitude: float, longitude: float, *, tolerance_metres: int = 50
) -> bool:
    """Say whether a point lies in the area or at most `tolerance_metres` outside.

    Without an outline every point counts as inside: nothing is known against it.
    """
    area = _area(outline)
    if area is None:
        return True
    outside = area.metres_outside(longitude, latitude, at_most=tolerance_metres)
    return outside <= tolerance_metres


@dataclass(frozen=True, slots=True)
class Grid:
    """Squares over the programme area, named from the north-west corner: A1, B1, ... A2.

    north, west: the corner.  step_latitude, step_longitude: the side of a square in degrees.
    columns, rows: how many squares the area needs.
    """

    north: float
    west: float
    step_latitude: float
    step_longitude: float
    columns: int
    rows: int

    def name(self, row: int, column: int) -> str | None:
        """Return the name of a square, counted from 0; None outside the area."""
        if not (0 <= row < self.rows and 0 <= column < self.columns):
            return None
        letters = ascii_uppercase[column % len(ascii_uppercase)]
        if column >= len(ascii_uppercase):
            letters = ascii_uppercase[column // len(ascii_uppercase) - 1] + letters
        return f"{letters}{row + 1}"

    def middle(self, row: float, column: float) -> Centre:
        """Return the point that lies so many squares from the corner."""
        return Centre(
            latitude=self.north - row * self.step_latitude,
            longitude=self.west + column * self.step_longitude,
        )


def grid_of(outline: Mapping[str, Any], *, metres: int) -> Grid | None:
    """Return the squares of so many metres over the area, None without outline."""
    area = _area(outline)
    if area is None:
        return None
    west, south, east, north = area.bounds
    step_latitude = metres / METRES_PER_DEGREE
    step_longitude = step_latitude / cos(radians((south + north) / 2))
    return Grid(
        north=north,
        west=west,
        step_latitude=step_latitude,
        step_longitude=step_longitude,
        columns=min(ceil((east - west) / step_longitude), MOST_SQUARES),
        rows=min(ceil((north - south) / step_latitude), MOST_SQUARES),
    )
