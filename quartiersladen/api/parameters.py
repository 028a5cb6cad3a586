"""Reads what a program asks or sends by GeoReport v2. Whatever cannot be read is refused by name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from quartiersladen.api.queries.requests import Wanted, states_of
from quartiersladen.api.services.creations import BadPoint, NoPlace, UnknownAddressId, Wish
from quartiersladen.api.states import OpenStatus
from quartiersladen.concerns.states import Channel
from quartiersladen.kernel.errors import Invalid
from quartiersladen.quarters.models import Quarter, Theme

MOST_DAYS = 90
MOST_ROWS = 1000
MOST_PAGES = 100_000
LONGEST_NUMBER = 7  # digits
ATTRIBUTE = re.compile(r"attribute\[([^\[\]]{1,255})\](\[\])?")
#: Not text: control characters other than line breaks and tabs, and halves of pairs.
NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class BadDate(Invalid):
    """A moment that cannot be read."""

    def __init__(self, name: str) -> None:
        sentence = _("%(name)s is no date as 2026-03-02T12:00:00+01:00.") % {"name": name}
        super().__init__(sentence, field=name)


class SpanTooLong(Invalid):
    """Nobody fetches years at once."""

    sentence = _("start_date and end_date may lie 90 days apart at most, the start first.")


class UnknownStatus(Invalid):
    """There are two."""

    sentence = _("status is open, closed, or open,closed.")


class BadNumber(Invalid):
    """A page or its size."""

    def __init__(self, name: str, most: int) -> None:
        sentence = _("%(name)s is a number from 1 to %(most)s.") % {"name": name, "most": most}
        super().__init__(sentence, field=name)


class TooManyIds(Invalid):
    """As many as an answer can hold."""

    sentence = _("service_request_id can name 1000 requests at most.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list of requests was asked for. with_extensions: also what the standard has not."""

    wanted: Wanted
    with_extensions: bool


def asked(query: QueryDict, quarter: Quarter, now: datetime) -> Asked:
    """Read the query of a list. Raises Invalid for what cannot be read.

    Identifiers override everything else, also what would be wrong.
    """
    with_extensions = wants_extensions(query)
    if references := _listed(query, "service_request_id"):
        if len(references) > MOST_ROWS:
            raise TooManyIds(field="service_request_id")
        return Asked(Wanted(references=references), with_extensions)
    since, until = _span(query, quarter, now)
    statuses = _listed(query, "status")
    if not set(statuses) <= set(OpenStatus.values):
        raise UnknownStatus(field="status")
    wanted = Wanted(
        codes=_listed(query, "service_code"),
        since=since,
        until=until,
        states=states_of(statuses),
        page=_number(query, "page", 1, MOST_PAGES),
        size=_number(query, "page_size", MOST_ROWS, MOST_ROWS),
    )
    return Asked(wanted, with_extensions)


def wants_extensions(query: QueryDict) -> bool:
    """Say whether also what the standard has not is asked for."""
    return query.get("extensions", "").strip().lower() in {"true", "1"}


def _listed(query: QueryDict, name: str) -> list[str]:
    parts = ",".join(query.getlist(name)).split(",")
    return [part.strip() for part in parts if part.strip()]


def _number(query: QueryDict, name: str, default: int, most: int) -> int:
    text = query.get(name, "").strip()
    if not text:
        return default
    is_number = text.isascii() and text.isdecimal() and len(text) <= LONGEST_NUMBER
    if not is_number or not 1 <= int(text) <= most:
        raise BadNumber(name, most)
    return int(text)


def _span(query: QueryDict, quarter: Quarter, now: datetime) -> tuple[datetime, datetime | None]:
    """Return from when (inclusive) to when (exclusive); the last 90 days when nothing is said."""
    start, end = (_moment(query, name, quarter) for name in ("start_date", "end_date"))
    if start is None and end is None:
        # From midnight on, so that the same list is the same for a whole day.
        first = quarter.local_day(now) - timedelta(days=MOST_DAYS)
        return datetime.combine(first, time(), quarter.zone).astimezone(UTC), None
    try:
        if start is None and end is not None:
            start = end - timedelta(days=MOST_DAYS)
        elif end is None and start is not None:
            end = start + timedelta(days=MOST_DAYS)
    except OverflowError:
        raise SpanTooLong(field="start_date") from None
    if start is None or end is None or not timedelta() <= end - start <= timedelta(days=MOST_DAYS):
        raise SpanTooLong(field="start_date")
    return start, end


def _moment(query: QueryDict, name: str, quarter: Quarter) -> datetime | None:
    # A plus in a query means a space unless it is written as %2B; nobody means a space here.
    text = query.get(name, "").strip().replace(" ", "+")
    if not text:
        return None
    try:
        at = parse_datetime(text)
        if at is None:
            raise BadDate(name)
        # Without an offset people of the quarter mean their own time.
        return (at if at.tzinfo else at.replace(tzinfo=quarter.zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadDate(name) from None


def plain(text: str) -> str:
    """Return text without what no text holds."""
    return NO_TEXT.sub("", text)


def wish_of(sent: QueryDict, theme: Theme) -> Wish:
    """Read what a partner sends. Raises Invalid when place or numbers cannot be read."""

    def line(name: str) -> str:
        return plain(sent.get(name, "")).strip()

    point = _point(line("lat"), line("long"))
    address = line("address_string")
    if point is None and not address:
        if line("address_id"):
            raise UnknownAddressId(field="address_id")
        raise NoPlace(field="lat")
    return Wish(
        theme=theme,
        channel=Channel.OPEN311,
        text=line("description"),
        point=point,
        address=address,
        name=f"{line('first_name')} {line('last_name')}".strip(),
        email=line("email"),
        phone=line("phone"),
        media_url=line("media_url"),
        answers=_answers(sent),
    )


def _point(latitude: str, longitude: str) -> tuple[float, float] | None:
    if not (latitude or longitude):
        return None
    try:
        return float(latitude), float(longitude)
    except ValueError:
        raise BadPoint(field="lat") from None


def _answers(sent: QueryDict) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, values in sent.lists():
        if read := ATTRIBUTE.fullmatch(name):
            found.setdefault(plain(read[1]), []).extend(plain(str(value)) for value in values)
    return found
