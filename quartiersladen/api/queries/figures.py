"""What the JSON interface reads: released concerns, and sums that everybody may know."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.utils.translation import gettext as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.queries.lists import behind
from quartiersladen.concerns.queries.public import released
from quartiersladen.concerns.states import ConcernState
from quartiersladen.concerns.statistics import Period, collect_public, years_told
from quartiersladen.concerns.tables import Report, public
from quartiersladen.dossiers.models import Document
from quartiersladen.dossiers.rules import visible_rows
from quartiersladen.kernel.errors import Invalid
from quartiersladen.quarters.models import Quarter

LISTS = ("themes", "states", "channels", "months")

Box = tuple[float, float, float, float]  # west, south, east, north in degrees


class NoSuchYear(Invalid):
    """Nothing is public of it: not over, or before the quarter began."""

    def __init__(self, years: Iterable[int]) -> None:
        named = ", ".join(map(str, years))
        sentence = _("There are figures of these years: %(years)s.") % {"years": named}
        super().__init__(sentence, field="year")


@dataclass(frozen=True, slots=True)
class Search:
    """Which released concerns. Empty fields do not narrow. before: continue after this row."""

    theme: str = ""
    state: ConcernState | None = None
    since: datetime | None = None
    box: Box | None = None
    before: tuple[datetime, int] | None = None
    size: int = 50


def found(viewer: Viewer, search: Search) -> list[Concern]:
    """Return released concerns, newest first, one more than asked if there are more."""
    rows = released(viewer).select_related("dossier", "theme")
    if search.theme:
        rows = rows.filter(theme__slug=search.theme)
    if search.state:
        rows = rows.filter(state=search.state)
    if search.since:
        rows = rows.filter(created_at__gte=search.since)
    if search.box:
        west, south, east, north = search.box
        rows = rows.filter(
            public_longitude__range=(west, east), public_latitude__range=(south, north)
        )
    if search.before:
        rows = behind(rows, search.before)
    return list(rows[: search.size + 1])


def photos_of(viewer: Viewer, concerns: Sequence[Concern]) -> dict[int, list[UUID]]:
    """Return the released photos by concern; one statement."""
    rows = Document.objects.filter(
        visible_rows(viewer, "dossier__"),
        dossier__in=[concern.pk for concern in concerns],
        is_released=True,
        file__media_type="image/jpeg",
    )
    photos: dict[int, list[UUID]] = {}
    for dossier, file in rows.order_by("position", "pk").values_list("dossier_id", "file_id"):
        photos.setdefault(dossier, []).append(file)
    return photos


@dataclass(frozen=True, slots=True)
class Sum:
    """How many there are of one kind; None: not told. name: for people."""

    key: str
    name: str
    count: int | None


@dataclass(frozen=True, slots=True)
class YearTold:
    """What everybody may know of a year. A list is None if nothing of it may be told."""

    year: int
    period: Period
    total: int | None
    lists: dict[str, list[Sum] | None]


def year_told(quarter: Quarter, year: int | None, *, today: date, language: str) -> YearTold:
    """Return what the page of everybody shows of a year, the newest if none is named.

    Raises NoSuchYear. This must not know more than that page: whoever could subtract one from the
    other would find what both leave out.
    """
    years = years_told(quarter, today)
    chosen = next(iter(years)) if year is None else year
    if chosen not in years:
        raise NoSuchYear(years)
    period = years[chosen]
    figures = collect_public(quarter, period, today=today)
    report = public(figures, language=language)
    slugs = {key: theme.slug for key, theme in figures.theme_names.items()}
    return YearTold(
        year=chosen,
        period=period,
        total=None if report.too_few else figures.total,
        lists={name: _sums(report, name, slugs) for name in LISTS},
    )


def _sums(report: Report, name: str, slugs: Mapping[int, str]) -> list[Sum] | None:
    table = next((one for one in report.tables if one.key == name and one.is_told), None)
    if table is None:
        return None
    return [
        Sum(slugs[key] if isinstance(key := line.key, int) else key or "", line.label, line.count)
        for line in table.lines
    ]
