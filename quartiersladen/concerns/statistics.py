"""Figures of a period, as a reading: counts, waiting times, and how bodies answer.

A concern belongs to the day on which it was told. Spam, what lies in the quarantine and
confidential matters are not counted; of the latter only the sum is known, and to the office alone.
Days are calendar days. The number of statements is the same for ten concerns and for a hundred
thousand, and everything that adds up to the same total comes from one of them.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    CharField,
    Count,
    F,
    FloatField,
    Func,
    IntegerField,
    Q,
    QuerySet,
    Value,
    When,
)
from django.db.models.functions import Floor

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern, Referral, Talk
from quartiersladen.concerns.models.concern import CLOSED_VALUES, HELD_VALUES
from quartiersladen.concerns.rules import may_read_body_figures, may_read_figures
from quartiersladen.concerns.states import ConcernState, ReferralState
from quartiersladen.dossiers.rules import confidential_of
from quartiersladen.kernel.errors import demand
from quartiersladen.kernel.figures import median_of
from quartiersladen.quarters.models import District, Quarter, Theme
from quartiersladen.quarters.outline import Grid, grid_of
from quartiersladen.quarters.queries import district_among, districts_of, theme_names

CELL = 250  # metres
#: Points are gathered in squares of so many metres before anything else looks at them.
FINE = 50
PARTS = CELL // FINE
NO_CELL = ""
YEARS = 10  # that everybody may ask for
#: How a promise stands. A concern that ended without an answer, withdrawn or joined, broke none.
KEPT, BROKEN, OPEN_PROMISE = 1, 2, 0


class Period(NamedTuple):
    """Days from the first to the last, both counted."""

    first: date
    last: date

    @property
    def months(self) -> list[str]:
        """The months that the period touches, for example "2026-03"."""
        found = []
        day = self.first.replace(day=1)
        while day <= self.last:
            found.append(f"{day:%Y-%m}")
            day = (day + timedelta(days=31)).replace(day=1)
        return found


def of_year(year: int) -> Period:
    """Return a calendar year."""
    return Period(date(year, 1, 1), date(year, 12, 31))


def of_months(year: int, first: int, number: int) -> Period:
    """Return so many months from the `first` on, within one year."""
    last = first + number - 1
    end = date(year, 12, 31) if last == 12 else date(year, last + 1, 1) - timedelta(days=1)
    return Period(date(year, first, 1), end)


def closed_part(year: int, today: date) -> Period | None:
    """Return what is public of a year: all of a past one, finished quarters of the present one.

    Whole years never overlap and move only four times, so that no two of them can be subtracted.
    """
    if year < today.year:
        return of_year(year)
    done = (today.month - 1) // 3 * 3
    return of_months(year, 1, done) if year == today.year and done else None


def years_told(quarter: Quarter, today: date) -> dict[int, Period]:
    """Return the years of which something is public, the newest first, each with what it is."""
    since = quarter.local_day(quarter.created_at)
    first = max(since.year - 1, today.year - YEARS + 1)
    years = range(today.year, min(first, today.year - 1) - 1, -1)
    return {year: part for year in years if (part := closed_part(year, today))}


@dataclass(frozen=True, slots=True)
class Waits:
    """How long people waited: in how many cases, and the median in calendar days."""

    count: int = 0
    median: float | None = None


@dataclass(frozen=True, slots=True)
class Promise:
    """Promises that were due: kept in time or not. Those that are not due yet do not count."""

    kept: int = 0
    broken: int = 0


@dataclass(frozen=True, slots=True)
class BodyFigures:
    """How one body deals with what it was given. silent: was asked again and has not answered."""

    name: str
    passed_on: int
    answered: int
    declined: int
    silent: int
    waits: Waits

    @property
    def replied(self) -> int:
        """Answers of either kind; "we are not responsible" is one, too."""
        return self.answered + self.declined


@dataclass(frozen=True, slots=True)
class Figures:
    """All figures of one quarter and period. Keys are those of the closed lists; None: no theme.

    cells: by name of the square, "" for concerns without a point in the area.
    confidential, bodies: for the office, see `collect`.
    """

    period: Period
    total: int
    months: Mapping[str, int]
    channels: Mapping[str, int]
    kinds: Mapping[str, int]
    themes: Mapping[int | None, int]
    states: Mapping[str, int]
    scopes: Mapping[str, int]
    results: Mapping[str, int]
    languages: Mapping[str, int]
    cells: Mapping[str, int]
    districts: Mapping[str, int]
    talks: int
    talk_places: Mapping[str, int]
    talk_themes: Mapping[int | None, int]
    first_answer: Waits
    end: Waits
    promise: Promise
    theme_names: Mapping[int, Theme]
    confidential: int = 0
    bodies: list[BodyFigures] = field(default_factory=list)


# --- Expressions that both engines understand alike -----------------------------------------------
class MonthOf(Func):
    """The year and month of a day, for example "2026-03"."""

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:  # noqa: ANN401 -- Django's
        """A day is stored as text."""
        return self.as_sql(
            compiler, connection, template="substr(%(expressions)s, 1, 7)", **context
        )

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # noqa: ANN401 -- Django's
        """A day is a day."""
        return self.as_sql(
            compiler, connection, template="to_char(%(expressions)s, 'YYYY-MM')", **context
        )


class DaysFrom(Func):
    """Calendar days from the second to the first, both seen from UTC; may be one too few at night."""

    output_field = IntegerField()
    arity = 2

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:  # noqa: ANN401 -- Django's
        """Midnights are whole halves of Julian days, so that the difference is exact."""
        template = "CAST(julianday(date(%(expressions)s)) AS INTEGER)"
        joiner = ")) - julianday(date("
        return self.as_sql(compiler, connection, template=template, arg_joiner=joiner, **context)

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:  # noqa: ANN401 -- Django's
        """The session speaks UTC."""
        template, joiner = "(%(expressions)s)::date", ")::date - ("
        template = f"(({template}))"
        return self.as_sql(compiler, connection, template=template, arg_joiner=joiner, **context)


def _square(start: float, path: str, step: float, *, downwards: bool) -> Floor:
    away = (
        Value(start, FloatField()) - F(path) if downwards else F(path) - Value(start, FloatField())
    )
    return Floor(away / Value(step, FloatField()))


# --- Reading ----------------------------------------------------------------------------------------
def collect(viewer: Viewer, quarter: Quarter, period: Period, *, today: date) -> Figures:
    """Return the figures for somebody of the office or the client; what else is said by their role.

    Raises NotAllowed for everybody else.
    """
    demand(may_read_figures(viewer, quarter))
    bodies = may_read_body_figures(viewer, quarter)
    return _read(quarter, period, today, with_bodies=bodies, with_confidential=viewer.may_work)


def collect_public(quarter: Quarter, period: Period, *, today: date) -> Figures:
    """Return the figures without bodies and confidential sum; only to be told by `tables.public`."""
    return _read(quarter, period, today, with_bodies=False, with_confidential=False)


def _read(
    quarter: Quarter,
    period: Period,
    today: date,
    *,
    with_bodies: bool,
    with_confidential: bool,
) -> Figures:
    rows = counted(quarter, period)
    margins = _margins(rows)
    cells, districts = _places(quarter, rows)
    first_answer, end, promise = _waits(rows, today)
    talks = _talks(quarter, period)
    names = theme_names(quarter)
    return Figures(
        period=period,
        total=margins.total,
        months=dict.fromkeys(period.months, 0) | dict(margins.by["month"]),
        channels=margins.by["channel"],
        kinds=margins.by["kind"],
        themes=_in_order(margins.by["theme_id"], names),
        states=margins.by["state"],
        scopes=margins.by["scope"],
        results=margins.by["result"],
        languages=margins.by["text_language"],
        cells=cells,
        districts=districts,
        talks=sum(talks.values()),
        talk_places=_sums(talks, 0),
        talk_themes=_in_order(_sums(talks, 1), names),
        first_answer=first_answer,
        end=end,
        promise=promise,
        theme_names=names,
        confidential=_confidential(quarter, period) if with_confidential else 0,
        bodies=_bodies(rows) if with_bodies else [],
    )


def counted(quarter: Quarter, period: Period) -> QuerySet[Concern]:
    """Return the concerns that figures of a period count."""
    return (
        _told_in(quarter, period)
        .exclude(state__in=HELD_VALUES)
        .exclude(pk__in=confidential_of(quarter.pk).values("pk"))
    )


def _told_in(quarter: Quarter, period: Period) -> QuerySet[Concern]:
    return Concern.objects.filter(quarter=quarter, told_on__range=period).order_by()


#: By what concerns are counted, each by itself.
COUNTED_BY = ("month", "channel", "kind", "theme_id", "state", "scope", "result", "text_language")


@dataclass(slots=True)
class _Margins:
    """How many there are of each value, by what they are counted by."""

    total: int
    by: dict[str, Counter[Any]]


def _margins(rows: QuerySet[Concern]) -> _Margins:
    """Count by everything in one statement; combinations are read one by one, never kept."""
    found = (
        rows.annotate(month=MonthOf(F("told_on")))
        .values_list(*COUNTED_BY)
        .annotate(number=Count("pk"))
    )
    margins = _Margins(0, {name: Counter() for name in COUNTED_BY})
    state_at = COUNTED_BY.index("state")
    for *cut, number in found.iterator():
        margins.total += number
        for name, value in zip(COUNTED_BY, cut, strict=True):
            if name != "result" or cut[state_at] == ConcernState.ANSWERED:
                margins.by[name][value] += number
    return margins


def _sums(cube: Mapping[Any, int], place: int) -> Counter[Any]:
    sums: Counter[Any] = Counter()
    for cut, number in cube.items():
        sums[cut[place]] += number
    return sums


def _in_order(
    counts: Mapping[int | None, int], names: Mapping[int, Theme]
) -> dict[int | None, int]:
    order = {key: place for place, key in enumerate(names)}
    return dict(sorted(counts.items(), key=lambda item: order.get(item[0] or 0, len(order))))


def _places(
    quarter: Quarter, rows: QuerySet[Concern]
) -> tuple[Mapping[str, int], Mapping[str, int]]:
    fine = grid_of(quarter.outline, metres=FINE)
    if fine is None:
        return {}, {}
    districts = [one for one in districts_of(quarter) if one.outline]
    found = (
        rows.annotate(
            row=_square(fine.north, "latitude", fine.step_latitude, downwards=True),
            column=_square(fine.west, "longitude", fine.step_longitude, downwards=False),
        )
        .values_list("row", "column")
        .annotate(number=Count("pk"))
        .iterator()
    )
    grid = grid_of(quarter.outline, metres=CELL)
    cells: Counter[str] = Counter()
    within: Counter[str] = Counter()
    for row, column, number in found:
        name = None
        if grid and row is not None and column is not None:
            name = grid.name(int(row) // PARTS, int(column) // PARTS)
        cells[name or NO_CELL] += number
        within[_district(districts, fine, row, column)] += number
    by_name = sorted(cells.items(), key=lambda item: (len(item[0]), item[0]))
    return dict(by_name), dict(sorted(within.items())) if districts else {}


def _district(
    districts: list[District], fine: Grid, row: float | None, column: float | None
) -> str:
    """Return the district in which the middle of a small square lies; to within 25 metres."""
    if row is None or column is None:
        return NO_CELL
    at = fine.middle(row + 0.5, column + 0.5)
    district = district_among(districts, at.latitude, at.longitude)
    return district.name if district else NO_CELL


def _waits(rows: QuerySet[Concern], today: date) -> tuple[Waits, Waits, Promise]:
    """Return the waiting times to the first answer and to the end, and how promises were kept."""
    found = (
        rows.alias(late=DaysFrom(F("first_answer_at"), F("promised_on")))
        .annotate(
            first=DaysFrom(F("first_answer_at"), F("told_on")),
            last=Case(
                When(state=ConcernState.ANSWERED, then=DaysFrom(F("closed_at"), F("told_on")))
            ),
            promise=Case(
                When(late__lte=0, then=Value(KEPT)),
                When(first_answer_at__isnull=False, then=Value(BROKEN)),
                When(state__in=CLOSED_VALUES, then=Value(OPEN_PROMISE)),
                When(promised_on__lt=today, then=Value(BROKEN)),
                default=Value(OPEN_PROMISE),
            ),
        )
        .values_list("first", "last", "promise")
        .annotate(number=Count("pk"))
        .iterator()
    )
    firsts: Counter[int] = Counter()
    lasts: Counter[int] = Counter()
    promises: Counter[int] = Counter()
    for first, last, promise, number in found:
        if first is not None:
            firsts[max(first, 0)] += number
        if last is not None:
            lasts[max(last, 0)] += number
        promises[promise] += number
    return _wait(firsts), _wait(lasts), Promise(promises[KEPT], promises[BROKEN])


def _wait(days: Counter[int]) -> Waits:
    return Waits(days.total(), median_of(days))


def _talks(quarter: Quarter, period: Period) -> Counter[tuple[str, int | None]]:
    rows = Talk.objects.filter(quarter=quarter, on__range=period).order_by()
    found = rows.values_list("place", "theme_id").annotate(number=Count("pk"))
    return Counter({(place, theme): number for place, theme, number in found})


def _confidential(quarter: Quarter, period: Period) -> int:
    rows = _told_in(quarter, period).filter(pk__in=confidential_of(quarter.pk).values("pk"))
    return rows.exclude(state__in=HELD_VALUES).count()


def _bodies(rows: QuerySet[Concern]) -> list[BodyFigures]:
    found = (
        Referral.objects.filter(concern__in=rows)
        .order_by()
        .annotate(
            days=Case(
                When(
                    ~Q(settled_at=None),
                    then=DaysFrom(F("settled_at"), F("sent_at")),
                )
            )
        )
        .values_list("body__sort_name", "body__name", "state", "days")
        .annotate(number=Count("pk"))
        .iterator()
    )
    states: dict[tuple[str, str], Counter[str]] = {}
    days: dict[tuple[str, str], Counter[int]] = {}
    for sort_name, name, state, waited, number in found:
        key = (sort_name, name)
        states.setdefault(key, Counter())[state] += number
        if waited is not None:
            days.setdefault(key, Counter())[max(waited, 0)] += number
    return [
        BodyFigures(
            name=key[1],
            passed_on=count.total(),
            answered=count[ReferralState.ANSWERED],
            declined=count[ReferralState.DECLINED],
            silent=count[ReferralState.SILENT],
            waits=_wait(days.get(key, Counter())),
        )
        for key, count in sorted(states.items())
    ]
