"""The tables of a report as charts, for the desk and for everybody."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from quartiersladen.concerns.tables import Line, Report, Table, in_words
from quartiersladen.ui.charts import Chart, Datum, Names, bars, columns

MONTHS = "months"
MOST_BARS = 12  # of one chart; the table has all


@dataclass(frozen=True, slots=True)
class Section:
    """One table with its chart; None where the table may not be told."""

    key: str
    title: str
    note: str
    chart: Chart | None
    is_wide: bool


def drawn(report: Report, *, is_rtl: bool) -> list[Section]:
    """Return the sections of a page, in the order of the report."""
    return [_section(table, report, is_rtl=is_rtl) for table in report.tables]


def _section(table: Table, report: Report, *, is_rtl: bool) -> Section:
    is_wide = table.key == MONTHS
    if not table.is_told:
        return Section(table.key, table.title, table.note, None, is_wide)
    twin = [_datum(line) for line in table.lines]
    if is_wide:
        data = [
            Datum(datum.label, datum.value, datum.words, short)
            for datum, short in zip(twin, _shorts(report), strict=True)
        ]
    else:
        data = _largest(table)
    draw = columns if is_wide else bars
    chart = draw(
        Names(
            key=table.key,
            title=table.title,
            description=_("One bar for each line; the table below holds the same numbers."),
            head=table.head,
        ),
        data,
        twin=twin,
        is_rtl=is_rtl,
    )
    return Section(table.key, table.title, table.note, chart, is_wide)


def _largest(table: Table) -> list[Datum]:
    """Return a bar for each of the largest lines and one for all others together.

    What is not told is among the others: their sum is no secret, it follows from the total.
    """
    known = [line for line in table.lines if line.count is not None]
    if len(known) > MOST_BARS:
        least = sorted((line.count or 0 for line in known), reverse=True)[MOST_BARS - 1]
        known = [line for line in known if (line.count or 0) >= least][:MOST_BARS]
    rest = table.total - sum(line.count or 0 for line in known)
    drawn_lines = [_datum(line) for line in known]
    if rest:
        drawn_lines.append(Datum(_("All others together"), rest, in_words(rest)))
    return drawn_lines


def _datum(line: Line) -> Datum:
    return Datum(line.label, line.count, in_words(line.count))


def _shorts(report: Report) -> list[str]:
    """Return what stands below the columns: the number of the month, January of several years its year."""
    months = report.period.months
    years = {month[:4] for month in months}
    return [
        month[:4] if len(years) > 1 and month.endswith("-01") else str(int(month[5:]))
        for month in months
    ]
