"""Charts as SVG: bars from the start of the line, columns over time. No script, no style attribute.

Lengths along the line are percentages, letters have their own size, so that a chart fits a phone
as well as a poster. In a right-to-left language everything begins at the right. The same data give
the same bytes. The table twin beside it says the same, also to those who do not see it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

LABEL_LENGTH = 34  # signs of a line; fits 320 pixels
LINE = 20  # pixels
BAR, GAP = 14, 16
COLUMN_TOP, COLUMN_HEIGHT, COLUMN_FOOT = 22, 140, 24
MOST_NUMBERS = 13  # columns with a number on top; more would overlap
GAP_SIGN = "–"  # above a column that is not told
LEAST = 0.4  # per cent; what is there can be seen
SLIM = 0.68  # of its place, for a column


@dataclass(frozen=True, slots=True)
class Datum:
    """One number with its words. value: None if it is not told.  short: for below a column."""

    label: str
    value: int | None
    words: str
    short: str = ""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar in numbers. x, width: per cent; the rest pixels."""

    x: str
    y: int
    width: str
    height: int
    lines: tuple[tuple[int, str], ...]
    words: str
    words_at: str
    words_y: int
    is_told: bool


@dataclass(frozen=True, slots=True)
class Names:
    """What a chart is called. key: first part of its ids.  head: above the labels of its table."""

    key: str
    title: str
    description: str
    head: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawn chart. twin: the lines of its table.  height: pixels.  start, end: of a line."""

    names: Names
    twin: Sequence[Datum]
    bars: tuple[Bar, ...]
    height: int
    start: str
    end: str
    is_columns: bool


def _per_cent(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


def _share(value: int | None, largest: int, room: float) -> float:
    if not value:
        return 0
    return max(value / largest * room, LEAST)


def _largest(data: Sequence[Datum]) -> int:
    return max((datum.value or 0 for datum in data), default=0) or 1


def bars(
    names: Names, data: Sequence[Datum], *, twin: Sequence[Datum] | None = None, is_rtl: bool
) -> Chart:
    """Return horizontal bars, one below the other, each with its label above.

    twin: the lines of the table, if there are more of them than bars.
    """
    largest = _largest(data)
    drawn, y = [], 0
    start, end = ("100%", "0%") if is_rtl else ("0%", "100%")
    for datum in data:
        parts = wrap(datum.label, LABEL_LENGTH) or [""]
        lines = tuple((y + LINE * (n + 1) - 5, part) for n, part in enumerate(parts))
        y += LINE * len(parts)
        width = _share(datum.value, largest, 100)
        drawn.append(
            Bar(
                x=_per_cent(100 - width if is_rtl else 0),
                y=y,
                width=_per_cent(width),
                height=BAR,
                lines=lines,
                words=datum.words,
                words_at=end,
                words_y=lines[0][0],
                is_told=datum.value is not None,
            )
        )
        y += BAR + GAP
    shown = data if twin is None else twin
    return Chart(names, shown, tuple(drawn), max(y - GAP, 1), start, end, is_columns=False)


def columns(
    names: Names, data: Sequence[Datum], *, twin: Sequence[Datum] | None = None, is_rtl: bool
) -> Chart:
    """Return columns side by side, the first one at the start of the line. twin: as for bars."""
    largest, place = _largest(data), 100 / max(len(data), 1)
    every = -(-len(data) // MOST_NUMBERS) or 1
    foot = COLUMN_TOP + COLUMN_HEIGHT
    drawn = []
    for number, datum in enumerate(data):
        height = round(_share(datum.value, largest, COLUMN_HEIGHT))
        slot = len(data) - 1 - number if is_rtl else number
        middle = (slot + 0.5) * place
        label = ((foot + COLUMN_FOOT - 6, datum.short),) if number % every == 0 else ()
        words = datum.words if datum.value is not None else GAP_SIGN
        drawn.append(
            Bar(
                x=_per_cent(middle - place * SLIM / 2),
                y=foot - height,
                width=_per_cent(place * SLIM),
                height=height,
                lines=label,
                words=words if every == 1 else "",
                words_at=_per_cent(middle),
                words_y=foot - height - 6,
                is_told=datum.value is not None,
            )
        )
    height, shown = foot + COLUMN_FOOT, data if twin is None else twin
    return Chart(names, shown, tuple(drawn), height, "0%", "100%", is_columns=True)
