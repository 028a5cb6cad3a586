"""Reads of the website module. What is published is for everybody."""

from datetime import date, timedelta
from typing import NamedTuple

from django.utils.formats import date_format

from quartiersladen.quarters.models import Premises, Quarter
from quartiersladen.quarters.queries import holidays_of, premises_of
from quartiersladen.website.models import SitePage
from quartiersladen.website.states import FACTS, PageKey

WEEK = 7


class OpenToday(NamedTuple):
    """One office and its hours today; none on a holiday or a day without hours."""

    premises: Premises
    hours: list[tuple[str, str]]


class DayHours(NamedTuple):
    """One weekday of an office."""

    name: str
    hours: list[tuple[str, str]]


def page_of(quarter: Quarter, key: PageKey) -> SitePage | None:
    """Return a page of the office, also one that is not published; None if nobody wrote it yet."""
    return SitePage.objects.filter(quarter=quarter, key=key).first()


def published_page(quarter: Quarter, key: PageKey) -> SitePage | None:
    """Return a page that everybody may read, None if it is not published."""
    page = page_of(quarter, key)
    return page if page and page.is_published else None


def facts_of(page: SitePage) -> list[tuple[str, str]]:
    """Return the filled facts of a page as (label, value), in the order of the law."""
    labels = FACTS[PageKey(page.key)]
    return [
        (str(label), page.facts[name]) for name, label in labels.items() if page.facts.get(name)
    ]


def missing_in(page: SitePage) -> list[str]:
    """Return the labels of facts that the law asks for and that are still empty."""
    labels = FACTS[PageKey(page.key)]
    return [str(label) for name, label in labels.items() if not page.facts.get(name, "").strip()]


def open_today(quarter: Quarter, day: date) -> list[OpenToday]:
    """Return every office with its hours of `day`; public holidays of the Land are closed."""
    is_holiday = day in holidays_of(quarter.land, day.year)
    return [
        OpenToday(premises, [] if is_holiday else premises.hours_on(day))
        for premises in premises_of(quarter)
    ]


def week_of(premises: Premises) -> list[DayHours]:
    """Return the weekdays on which an office opens, with their names in the page's language."""
    monday = date(2024, 1, 1)
    days = [monday + timedelta(days=offset) for offset in range(WEEK)]
    return [
        DayHours(date_format(day, "l"), premises.hours_on(day))
        for day in days
        if premises.hours_on(day)
    ]
