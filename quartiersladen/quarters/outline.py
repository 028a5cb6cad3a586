"""Geometry of a programme area: drawing it, its middle, and whether a point lies inside."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from json import dumps, loads
from math import cos, radians
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

BOX = 100  # width and height of the drawn outline
METRES_PER_DEGREE = 111_320


class Centre(NamedTuple):
    """A point in degrees."""

    latitude: float
    longitude: float


@lru_cache(maxsize=64)
def _shape(outline_json: str) -> "BaseGeometry":
    from shapely.geometry import shape  # noqa: PLC0415 -- half a second that most commands spare

    return shape(loads(outline_json))


def _geometry(outline: Mapping[str, Any]) -> "BaseGeometry | None":
    return _shape(dumps(outline, sort_keys=True)) if outline else None


def _rings(geometry: "BaseGeometry") -> Iterator[list[tuple[float, float]]]:
    for polygon in getattr(geometry, "geoms", [geometry]):
        yield list(polygon.exterior.coords)


def svg_path(outline: Mapping[str, Any]) -> str:
    """Return SVG path data of the outline in a 100 x 100 box, north up; '' without outline."""
    geometry = _geometry(outline)
    if geometry is None:
        return ""
    west, south, east, north = geometry.bounds
    squeeze = cos(radians((south + north) / 2))
    scale = BOX / max((east - west) * squeeze, north - south)
    parts = []
    for ring in _rings(geometry):
        points = [
            f"{(lon - west) * squeeze * scale:.1f} {(north - lat) * scale:.1f}"
            for lon, lat in ring
        ]
        parts.append("M" + "L".join(points) + "Z")
    return "".join(parts)


def centre_of(outline: Mapping[str, Any]) -> Centre | None:
    """Return a point in the middle of the outline, None without outline."""
    geometry = _geometry(outline)
    if geometry is None:
        return None
    middle = geometry.representative_point()
    return Centre(latitude=middle.y, longitude=middle.x)


def lies_inside(
    outline: Mapping[str, Any], latitude: float, longitude: float, *, tolerance_metres: int = 50
) -> bool:
    """Say whether a point lies in the area or at most `tolerance_metres` outside.

    Without an outline every point counts as inside: nothing is known against it.
    """
    from shapely.geometry import Point  # noqa: PLC0415 -- as in _shape

    geometry = _geometry(outline)
    if geometry is None:
        return True
    distance_degrees: float = geometry.distance(Point(longitude, latitude))
    return distance_degrees * METRES_PER_DEGREE <= tolerance_metres
