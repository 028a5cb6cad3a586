"""What the JSON interface reads: released concerns, and sums that everybody may know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.utils.functional import Promise

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.queries import released
from quartiersladen.concerns.states import Channel, ConcernState, word_for_others
from quartiersladen.dossiers.models import Document
from quartiersladen.dossiers.rules import countable_rows, visible_rows
from quartiersladen.kernel.text import localized
from quartiersladen.quarters.models import Quarter, Theme

FEWEST = 5  # smaller numbers are not told
MONTHS = 24

Box = tuple[float, float, float, float]  # west, south, east, north in degrees


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
        at, pk = search.before
        rows = rows.filter(created_at__lte=at).exclude(created_at=at, pk__gte=pk)
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
    """How many there are of one kind; None: so few that it is not told. name: for people."""

    key: str
    name: Mapping[str, str] | str | Promise
    count: int | None

    def name_in(self, language: str) -> str:
        """Return the name in a language or the nearest one there is."""
        return localized(self.name, language) if isinstance(self.name, Mapping) else str(self.name)


@dataclass(frozen=True, slots=True)
class Figures:
    """Sums of a quarter. since: first day of the months."""

    total: int | None
    themes: list[Sum]
    states: list[Sum]
    channels: list[Sum]
    months: list[Sum]


def figures_of(quarter: Quarter, today: date) -> Figures:
    """Return how many concerns there are, also those that are not released; five statements.

    Confidential ones and what waits in the quarantine are not counted. Nobody can work out a small
    number from the others; see `quiet`.
    """
    rows = Concern.objects.filter(countable_rows(quarter.pk, "dossier__"), quarter=quarter)
    names = dict(Theme.objects.filter(quarter=quarter).values_list("slug", "name"))
    by_theme = _counted(rows.exclude(theme=None), "theme__slug")
    total = rows.count()
    return Figures(
        total=total if total >= FEWEST else None,
        themes=quiet([Sum(slug, names[slug], n) for slug, n in by_theme.items()]),
        states=quiet(
            [
                Sum(s, word_for_others(ConcernState(s)), n)
                for s, n in _counted(rows, "state").items()
            ]
        ),
        channels=quiet(
            [Sum(c, Channel(c).label, n) for c, n in _counted(rows, "channel").items()]
        ),
        months=quiet(_by_month(rows, quarter, today)),
    )


def _counted(rows: QuerySet[Concern], column: str) -> dict[str, int]:
    found = rows.order_by(column).values_list(column).annotate(n=Count("pk"))
    return {str(value): n for value, n in found}


def _by_month(rows: QuerySet[Concern], quarter: Quarter, today: date) -> list[Sum]:
    first = (today.replace(day=1) - timedelta(days=31 * (MONTHS - 1))).replace(day=1)
    since = datetime(first.year, first.month, 1, tzinfo=quarter.zone).astimezone(UTC)
    months = (
        rows.filter(created_at__gte=since)
        .order_by()
        .annotate(month=TruncMonth("created_at", tzinfo=quarter.zone))
        .values_list("month")
        .annotate(n=Count("pk"))
    )
    return [Sum(f"{at:%Y-%m}", f"{at:%Y-%m}", n) for at, n in sorted(months)]


def quiet(sums: list[Sum]) -> list[Sum]:
    """Return the sums without small numbers, and without what would betray one.

    If only one number were missing, or the missing ones came to less than five, the total would
    tell them: then the next smallest are left out as well.
    """
    order = sorted(range(len(sums)), key=lambda n: (sums[n].count or 0, n))
    hidden: list[int] = []
    for n in order:
        missing = sum(sums[m].count or 0 for m in hidden)
        is_small = (sums[n].count or 0) < FEWEST
        if not is_small and (not hidden or (missing >= FEWEST and len(hidden) > 1)):
            break
        hidden.append(n)
    return [replace(s, count=None) if n in hidden else s for n, s in enumerate(sums)]
