"""Reads files with data from elsewhere. A row that is wrong says why; then nothing is stored."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shapely import GEOSException
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

NAMES = ("name", "NAME", "Name")
AREAS = frozenset({"Polygon", "MultiPolygon"})
LONGEST_NAME = 80  # characters


class WrongFile(Exception):  # noqa: N818 -- reads as a sentence at the call site
    """The file as a whole cannot be read."""


@dataclass(slots=True)
class Districts:
    """What a file says. outlines: by name.  faults: one sentence per row that is wrong."""

    outlines: dict[str, dict[str, Any]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read_districts(path: Path) -> Districts:
    """Read a GeoJSON FeatureCollection of named areas in degrees (WGS 84). Raises WrongFile."""
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
        features = list(content["features"])
    except (OSError, UnicodeDecodeError, ValueError, KeyError, TypeError, RecursionError) as exc:
        msg = f"{path} is no GeoJSON file with features."
        raise WrongFile(msg) from exc
    found = Districts()
    for number, feature in enumerate(features, 1):
        fault = _take(feature, found)
        if fault:
            found.faults.append(f"Feature {number}: {fault}")
    return found


def _take(feature: Any, found: Districts) -> str:  # noqa: ANN401 -- whatever a file holds
    """Put one feature among the outlines; return what is wrong with it, "" for nothing."""
    properties = feature.get("properties") if isinstance(feature, dict) else None
    known = properties if isinstance(properties, dict) else {}
    name = next((str(known[key]).strip() for key in NAMES if known.get(key)), "")
    if not name or len(name) > LONGEST_NAME:
        return f'it needs a property "name" of at most {LONGEST_NAME} characters.'
    if name in found.outlines:
        return f"{name} stands twice in the file."
    area = _area(feature.get("geometry"))
    if area is None:
        return f"{name} is no valid area in degrees (longitude, latitude)."
    found.outlines[name] = feature["geometry"]
    return ""


def _area(geometry: Any) -> BaseGeometry | None:  # noqa: ANN401 -- whatever a file holds
    if not isinstance(geometry, dict) or geometry.get("type") not in AREAS:
        return None
    try:
        area = shape(geometry)
        west, south, east, north = area.bounds
    except (GEOSException, ValueError, TypeError, KeyError, IndexError, AttributeError):
        return None
    on_earth = west >= -180 and east <= 180 and south >= -90 and north <= 90
    return area if area.is_valid and not area.is_empty and on_earth else None
