"""Reads of the quarters module. Quarters and themes are public knowledge."""

from collections.abc import Iterable
from datetime import date
from functools import lru_cache

from django.db.models import Q, QuerySet

from quartiersladen.kernel.clock import add_working_days
from quartiersladen.kernel.text import is_key
from quartiersladen.quarters.models import District, Premises, ProgrammeFooter, Quarter, Theme
from quartiersladen.quarters.outline import lies_inside
from quartiersladen.quarters.public_holidays import Germany


@lru_cache(maxsize=128)
def holidays_of(land: str, year: int) -> frozenset[date]:
    """Return the public holidays of a Land in `year` and the year after."""
    return frozenset(Germany(subdiv=land, years=[year, year + 1]))


def add_days_at_work(quarter: Quarter, start: date, days: int) -> date:
    """Return the day that lies `days` working days after `start` in the quarter's Land."""
    return add_working_days(start, days, holidays_of(quarter.land, start.year))


def is_working_day(quarter: Quarter, day: date) -> bool:
    """Say whether the office works on `day`: Monday to Friday and no holiday."""
    return day.weekday() < 5 and day not in holidays_of(quarter.land, day.year)


def all_quarters() -> QuerySet[Quarter]:
    """Return every quarter of the installation, for jobs."""
    return Quarter.objects.order_by("pk")


#: Written out, because every request needs it and composing it takes longer than asking it.
BY_HOST = (
    "SELECT * FROM quarters_quarter WHERE host = %s OR is_default ORDER BY is_default, id LIMIT 1"
)


def quarter_for(host: str, slug: str | None) -> Quarter:
    """Return the quarter of a request.

    host: host name without port.  slug: from the path prefix, None if there is none.
    Raises Quarter.DoesNotExist for an unknown slug, or when nothing is set up yet.
    """
    if slug is not None:
        return _remembered(host, slug, Quarter.objects.get(slug=slug))
    for quarter in Quarter.objects.raw(BY_HOST, [host]):
        return _remembered(host, slug, quarter)
    raise Quarter.DoesNotExist


#: The quarters that this process has answered for. Read only while the database is away, so that
#: its page can say whom to call.
_SEEN: dict[tuple[str, str | None], Quarter] = {}
MOST_SEEN = 500


def _remembered(host: str, slug: str | None, quarter: Quarter) -> Quarter:
    if len(_SEEN) >= MOST_SEEN:
        _SEEN.clear()
    _SEEN[host, slug] = quarter
    return quarter


def last_seen(host: str, slug: str | None) -> Quarter | None:
    """Return the quarter as this process has read it last, None if it never did."""
    return _SEEN.get((host, slug))


def themes_of(quarter: Quarter) -> QuerySet[Theme]:
    """Return the themes that can be chosen, in the office's order."""
    return Theme.objects.filter(quarter=quarter, is_active=True).order_by("position", "pk")


def theme_by_slug(quarter: Quarter, slug: str) -> int | None:
    """Return the key of an active theme, None if there is none of that name."""
    return themes_of(quarter).filter(slug=slug).values_list("pk", flat=True).first()


def theme_by_key(quarter: Quarter, key: str) -> Theme | None:
    """Return an active theme by its key as a form sends it, None for anything else."""
    return themes_of(quarter).filter(pk=int(key)).first() if is_key(key) else None


def public_themes_of(quarter: Quarter) -> QuerySet[Theme]:
    """Return the themes of which something can become public, in the office's order."""
    return themes_of(quarter).filter(is_confidential=False)


def districts_of(quarter: Quarter) -> QuerySet[District]:
    """Return the districts whose outline is known, by name."""
    return District.objects.filter(quarter=quarter).exclude(outline={}).order_by("name")


def district_at(quarter: Quarter, latitude: float, longitude: float) -> District | None:
    """Return the district in which a point lies; on a border the first by name."""
    return district_among(districts_of(quarter), latitude, longitude)


def district_among(
    districts: Iterable[District], latitude: float, longitude: float
) -> District | None:
    """Return the first of these districts in which a point lies; no statement for a list."""
    for district in districts:
        if lies_inside(district.outline, latitude, longitude, tolerance_metres=0):
            return district
    return None


def theme_names(quarter: Quarter) -> dict[int, Theme]:
    """Return every theme by its key, also those that are no longer offered, in the office's order."""
    rows = Theme.objects.filter(quarter=quarter).order_by("position", "pk")
    return {theme.pk: theme for theme in rows}


def premises_of(quarter: Quarter) -> QuerySet[Premises]:
    """Return the offices and shops, in the office's order."""
    return Premises.objects.filter(quarter=quarter).order_by("position", "pk")


def programme_footer(quarter: Quarter, day: date) -> str:
    """Return the funding line of the period in which `day` lies; '' if none is kept."""
    footer = (
        ProgrammeFooter.objects.filter(quarter=quarter, from_on__lte=day)
        .filter(Q(to_on__isnull=True) | Q(to_on__gte=day))
        .order_by("-from_on")
        .first()
    )
    return footer.text if footer else ""
