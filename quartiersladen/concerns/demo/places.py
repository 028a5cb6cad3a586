"""Where the demo's concerns happen: streets and squares with rough points of their own."""

from collections.abc import Mapping
from dataclasses import dataclass

Point = tuple[float, float]  # latitude, longitude


@dataclass(frozen=True, slots=True)
class Ground:
    """streets: name -> its two ends.  spots: key used in texts.toml -> name and point."""

    streets: Mapping[str, tuple[Point, Point]]
    spots: Mapping[str, tuple[str, Point]]


GROUNDS = {
    "leipziger-osten": Ground(
        streets={
            "Eisenbahnstraße": ((51.3454, 12.3935), (51.3456, 12.4125)),
            "Konradstraße": ((51.3468, 12.3965), (51.3474, 12.4120)),
            "Ludwigstraße": ((51.3478, 12.3960), (51.3486, 12.4110)),
            "Mariannenstraße": ((51.3492, 12.3990), (51.3496, 12.4100)),
            "Hildegardstraße": ((51.3460, 12.4032), (51.3500, 12.4038)),
            "Elisabethstraße": ((51.3440, 12.4014), (51.3486, 12.4020)),
            "Hermann-Liebmann-Straße": ((51.3430, 12.4058), (51.3508, 12.4066)),
            "Neustädter Straße": ((51.3452, 12.3976), (51.3480, 12.3984)),
            "Wurzner Straße": ((51.3420, 12.4100), (51.3439, 12.4290)),
            "Dresdner Straße": ((51.3391, 12.3955), (51.3402, 12.4085)),
            "Kohlgartenstraße": ((51.3405, 12.3965), (51.3413, 12.4060)),
            "Torgauer Straße": ((51.3458, 12.4150), (51.3505, 12.4248)),
            "Zweinaundorfer Straße": ((51.3394, 12.4110), (51.3384, 12.4220)),
            "Bülowstraße": ((51.3446, 12.4180), (51.3470, 12.4188)),
        },
        spots={
            "rabet": ("Stadtteilpark Rabet", (51.3437, 12.4012)),
            "torgauer-platz": ("Torgauer Platz", (51.3452, 12.4143)),
            "otto-runki-platz": ("Otto-Runki-Platz", (51.3449, 12.4085)),
            "lene-voigt-park": ("Lene-Voigt-Park", (51.3372, 12.4020)),
            "einertstrasse": ("Haltestelle Einertstraße", (51.3458, 12.3998)),
        },
    ),
    "am-leipziger-tor": Ground(
        streets={
            "Ackerstraße": ((51.8235, 12.2370), (51.8262, 12.2384)),
            "Gartenstraße": ((51.8231, 12.2392), (51.8259, 12.2404)),
            "Bernburger Straße": ((51.8222, 12.2351), (51.8250, 12.2360)),
            "Franzstraße": ((51.8278, 12.2422), (51.8296, 12.2451)),
            "Heidestraße": ((51.8213, 12.2424), (51.8262, 12.2440)),
            "Törtener Straße": ((51.8207, 12.2402), (51.8233, 12.2411)),
        },
        spots={
            "rabet": ("Spielplatz Ackerstraße", (51.8248, 12.2378)),
            "torgauer-platz": ("Leipziger Torhaus", (51.8281, 12.2412)),
            "otto-runki-platz": ("Wagnerpassage", (51.8289, 12.2436)),
        },
    ),
}


def along(ends: tuple[Point, Point], share: float) -> Point:
    """Return the point that lies `share` (0 to 1) of the way from one end to the other."""
    (lat1, lon1), (lat2, lon2) = ends
    return round(lat1 + (lat2 - lat1) * share, 6), round(lon1 + (lon2 - lon1) * share, 6)
