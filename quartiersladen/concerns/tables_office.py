"""Figures for the office and the client, in words: the public tables and what goes beyond them."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from quartiersladen.concerns.states import Scope
from quartiersladen.concerns.statistics import NO_CELL, BodyFigures, Figures
from quartiersladen.concerns.tables import (
    Fact,
    Report,
    Table,
    choices,
    csv_rows,
    for_file,
    in_words,
    report,
    shown,
    table,
)
from quartiersladen.kernel.figures import MINIMUM, one_told, share, told
from quartiersladen.kernel.language import language_name

EVERYTHING = 0  # the minimum of who may know each number


@dataclass(frozen=True, slots=True)
class BodyLine:
    """How one body answers, in words. Each number is None if it is not told."""

    name: str
    passed_on: int | None
    answered: int | None
    declined: int | None
    silent: int | None
    median: float | None
    quota: int | None


@dataclass(frozen=True, slots=True)
class OfficeReport(Report):
    """The figures with how bodies answer, as far as the reader may know it."""

    bodies: list[BodyLine] = field(default_factory=list)


def internal(figures: Figures, *, language: str) -> OfficeReport:
    """Return the figures for the office: every number, bodies as far as they were read."""
    known = report(figures, language=language, minimum=EVERYTHING)
    return OfficeReport(
        period=known.period,
        minimum=EVERYTHING,
        facts=known.facts + _confidential(figures),
        tables=known.tables + shown(_of_the_office(figures)),
        bodies=[_body(body, EVERYTHING) for body in figures.bodies],
    )


def for_client(figures: Figures, *, language: str) -> OfficeReport:
    """Return the figures for the city: bodies, too, but no number below five."""
    known = report(figures, language=language, minimum=MINIMUM)
    bodies = [] if known.too_few else [_body(body, MINIMUM) for body in figures.bodies]
    return OfficeReport(
        **{one.name: getattr(known, one.name) for one in fields(Report)}, bodies=bodies
    )


def _confidential(figures: Figures) -> list[Fact]:
    """Return the sum of what is confidential; also the office is not told fewer than five."""
    if not figures.confidential:
        return []
    value = one_told(figures.confidential)
    words = in_words(value) if value is not None else _("fewer than 5")
    return [Fact("confidential", _("Confidential matters, not counted here"), words, value)]


def _of_the_office(figures: Figures) -> list[Table]:
    """Return the tables that would tell, beside the others, what those leave out."""
    districts = {name: name for name in figures.districts if name}
    districts |= {NO_CELL: _("Without a point in a district")}
    return [
        table(
            "scopes",
            _("Whose business it was"),
            _("Scope"),
            figures.scopes,
            choices(Scope),
            EVERYTHING,
        ),
        table(
            "districts", _("Districts"), _("District"), figures.districts, districts, EVERYTHING
        ),
        _languages(figures),
    ]


def _languages(figures: Figures) -> Table:
    counts: Counter[str] = Counter()
    for code, count in figures.languages.items():
        # Not read yet, and read in vain: neither is known.
        counts[code if language_name(code) else ""] += count
    return table(
        "languages",
        _("Languages in which they were told"),
        _("Language"),
        counts,
        {code: language_name(code) or _("not known") for code in sorted(counts)},
        EVERYTHING,
    )


def _body(body: BodyFigures, minimum: int) -> BodyLine:
    split = {"answered": body.answered, "declined": body.declined, "silent": body.silent}
    split["waiting"] = body.passed_on - sum(split.values())
    is_told = body.passed_on >= minimum
    shown = (told(split, minimum=minimum) if is_told else None) or dict.fromkeys(split)
    has_gaps = None in shown.values()
    return BodyLine(
        name=body.name,
        passed_on=body.passed_on if is_told else None,
        answered=shown["answered"],
        declined=shown["declined"],
        silent=shown["silent"],
        median=body.waits.median if is_told and body.waits.count >= minimum else None,
        quota=None if has_gaps else share(body.replied, body.passed_on),
    )


def office_rows(known: OfficeReport) -> Iterable[list[str | float | None]]:
    """Yield the rows of a file, bodies last."""
    yield from csv_rows(known)
    for body in known.bodies:
        title = _("Bodies: %(name)s") % {"name": body.name}
        for label, value in body_columns(body):
            yield [title, label, for_file(value)]


def body_columns(body: BodyLine) -> list[tuple[str, float | None]]:
    """Return the figures of a body with what they say."""
    return [
        (_("Passed on"), body.passed_on),
        (pgettext("figures", "Answered"), body.answered),
        (_("Not responsible"), body.declined),
        (_("Asked and silent"), body.silent),
        (_("Days to the reply (median)"), body.median),
        (_("Replied, in per cent"), body.quota),
    ]
