"""Figures in words: tables that a page draws, a file holds and an interface hands on.

`public` leaves out what is smaller than five and what would give it away. What the office and the
client know besides stands in `tables_office`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from quartiersladen.concerns.states import (
    HELD,
    Channel,
    ConcernKind,
    ConcernState,
    Result,
    TalkPlace,
    word_for_others,
)
from quartiersladen.concerns.statistics import NO_CELL, Figures, Period, Waits
from quartiersladen.kernel.figures import MINIMUM, one_told, share, share_told, told

EVERYTHING = 0  # the minimum of who may know each number


NOTHING = "–"  # in place of a figure that there is not yet


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a table. key: of its closed list, theme or month. count: None if it is not told."""

    key: str | int | None
    label: str
    count: int | None


@dataclass(frozen=True, slots=True)
class Table:
    """One list of counts. key: for addresses and files.  is_told: False if nothing of it may be."""

    key: str
    title: str
    head: str
    lines: list[Line]
    is_told: bool = True
    note: str = ""
    #: Of all lines, also of those that are not told each.
    total: int = 0

    @property
    def has_gaps(self) -> bool:
        """Whether a number is left out."""
        return any(line.count is None for line in self.lines)


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure that stands alone, in words. value: for files; None if it is not told."""

    key: str
    label: str
    words: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that one reader may know of a period."""

    period: Period
    minimum: int
    facts: list[Fact]
    tables: list[Table]
    too_few: bool = False

    @property
    def has_gaps(self) -> bool:
        """Whether a number is left out anywhere."""
        return any(table.has_gaps or not table.is_told for table in self.tables)


def public(figures: Figures, *, language: str) -> Report:
    """Return the figures for everybody: no number below five, and no bodies."""
    return report(figures, language=language, minimum=MINIMUM)


def report(figures: Figures, *, language: str, minimum: int) -> Report:
    """Return the tables that everybody may see, without what is smaller than the minimum."""
    if figures.total < minimum:
        return Report(figures.period, minimum, [], [], too_few=True)
    made = [*_of_concerns(figures, language, minimum), *_of_talks(figures, language, minimum)]
    return Report(
        period=figures.period,
        minimum=minimum,
        facts=_facts(figures, minimum),
        tables=shown(made),
    )


def shown(made: Iterable[Table]) -> list[Table]:
    """Return the tables in which there is anything."""
    return [one for one in made if one.lines or not one.is_told]


# --- Tables -----------------------------------------------------------------------------------------
def table(  # noqa: PLR0913 -- what a table consists of
    key: str,
    title: str,
    head: str,
    counts: Mapping[Any, int],
    labels: Mapping[Any, Any],
    minimum: int,
    *,
    with_zeros: bool = False,
    note: str = "",
) -> Table:
    """Return a table in the order of its labels; rows without anything are left out."""
    shown = told(counts, minimum=minimum)
    if shown is None:
        return Table(key, title, head, [], is_told=False, note=note)
    lines = [
        Line(key, str(label), shown[key])
        for key, label in labels.items()
        if key in shown and (with_zeros or shown[key] != 0)
    ]
    return Table(key, title, head, lines, note=note, total=sum(counts.values()))


def choices(closed_list: Iterable[Any]) -> dict[str, str]:
    """Return the labels of a closed list by their values."""
    return {choice.value: str(choice.label) for choice in closed_list}


def _theme_labels(figures: Figures, language: str) -> dict[int | None, str]:
    names: dict[int | None, str] = {
        key: theme.name_in(language) for key, theme in figures.theme_names.items()
    }
    return names | {None: _("No theme")}


def _month_labels(figures: Figures) -> dict[str, str]:
    return {
        month: date_format(date.fromisoformat(f"{month}-01"), "YEAR_MONTH_FORMAT")
        for month in figures.months
    }


def _of_concerns(figures: Figures, language: str, minimum: int) -> list[Table]:
    # The busiest first; those that are not told stand in the order of their names.
    order = told(figures.cells, minimum=minimum) or {}
    cells = {
        name: name for name in sorted(figures.cells, key=lambda name: -(order.get(name) or 0))
    }
    cells |= {NO_CELL: _("Without a point here")}
    states = table(
        "states",
        _("How they stand today"),
        _("State"),
        figures.states,
        {state.value: str(word_for_others(state)) for state in ConcernState if state not in HELD},
        minimum,
    )
    return [
        table(
            "months",
            _("Concerns per month"),
            _("Month"),
            figures.months,
            _month_labels(figures),
            minimum,
            with_zeros=True,
        ),
        table(
            "themes",
            _("Themes"),
            _("Theme"),
            figures.themes,
            _theme_labels(figures, language),
            minimum,
        ),
        table(
            "channels", _("Channels"), _("Channel"), figures.channels, choices(Channel), minimum
        ),
        table("kinds", _("Kinds"), _("Kind"), figures.kinds, choices(ConcernKind), minimum),
        states,
        _results(figures, states, minimum),
        table(
            "cells",
            _("Where"),
            _("Square"),
            figures.cells,
            cells,
            minimum,
            note=_(
                "Squares of 250 metres: letters from west to east, numbers from north to south."
            ),
        ),
    ]


def _results(figures: Figures, states: Table, minimum: int) -> Table:
    """Return how concerns ended. Its sum is a line of `states`: it must not tell what that hides."""
    title, head = _("How they ended"), _("Result")
    answered = str(ConcernState.ANSWERED.label)
    is_open = any(line.label == answered and line.count is not None for line in states.lines)
    if figures.results and not is_open:
        return Table("results", title, head, [], is_told=False)
    return table("results", title, head, figures.results, choices(Result), minimum)


def _of_talks(figures: Figures, language: str, minimum: int) -> list[Table]:
    if figures.talks < minimum or not figures.talks:
        return []
    places, themes = choices(TalkPlace), _theme_labels(figures, language)
    return [
        table(
            "talk_places",
            _("Talks by place"),
            _("Place"),
            figures.talk_places,
            places,
            minimum,
        ),
        table(
            "talk_themes", _("Talks by theme"), _("Theme"), figures.talk_themes, themes, minimum
        ),
    ]


# --- Figures that stand alone -----------------------------------------------------------------------
def not_told() -> str:
    """Return the words in place of a number that is not told."""
    return _("not told")


def in_words(value: float | None) -> str:
    """Return a number as people of the language write it."""
    if value is None:
        return not_told()
    return number_format(value, 0 if value == int(value) else 1, force_grouping=True)


def _facts(figures: Figures, minimum: int) -> list[Fact]:
    return [
        _count("total", _("Concerns"), figures.total, minimum),
        _count("talks", _("Talks without a concern"), figures.talks, minimum),
        _median(
            "first_answer", _("Days to the first answer (median)"), figures.first_answer, minimum
        ),
        _median("end", _("Days to the end (median)"), figures.end, minimum),
        _kept(figures, minimum),
    ]


def _count(key: str, label: str, count: int, minimum: int) -> Fact:
    value = one_told(count, minimum=minimum)
    return Fact(key, label, in_words(value), value)


def _median(key: str, label: str, waits: Waits, minimum: int) -> Fact:
    value = waits.median if waits.count >= minimum else None
    words = in_words(value) if value is not None or waits.count else NOTHING
    return Fact(key, label, words, value)


def _kept(figures: Figures, minimum: int) -> Fact:
    promise = figures.promise
    due = promise.kept + promise.broken
    value = share_told(promise.kept, due) if minimum else share(promise.kept, due)
    words = _("%(share)s %%") % {"share": value} if value is not None else NOTHING
    if value is None and due:
        words = not_told()
    return Fact("kept", _("Answered as promised"), words, value)


# --- Files ------------------------------------------------------------------------------------------
def csv_rows(told_report: Report) -> Iterable[list[str | int | float | None]]:
    """Yield the rows of a file: which table, which line, how many."""
    first, last = told_report.period
    yield [_("Table"), _("Line"), _("How many")]
    yield [_("Period"), f"{first.isoformat()} – {last.isoformat()}", None]
    for fact in told_report.facts:
        yield [_("Figures"), fact.label, for_file(fact.value)]
    for one in told_report.tables:
        if not one.is_told:
            yield [one.title, "", not_told()]
        for line in one.lines:
            yield [one.title, line.label, for_file(line.count)]


def for_file(value: float | None) -> str | float:
    """Return a number, or the words in place of one that is not told."""
    return not_told() if value is None else value
