"""Working days and months. Pure arithmetic; the holidays come from the quarter's Land."""

from calendar import monthrange
from collections.abc import Collection
from datetime import date, timedelta

SATURDAY = 5


def is_working_day(day: date, holidays: Collection[date]) -> bool:
    """Say whether `day` is Monday to Friday and no holiday."""
    return day.weekday() < SATURDAY and day not in holidays


def add_working_days(start: date, days: int, holidays: Collection[date]) -> date:
    """Return the `days`-th working day after `start`; `start` itself does not count.

    days: >= 0; 0 gives `start` if it is a working day, else the next one.
    Raises ValueError for a negative number.
    """
    if days < 0:
        msg = f"cannot go back {-days} working days"
        raise ValueError(msg)
    day, left = start, days
    while left > 0 or not is_working_day(day, holidays):
        day += timedelta(days=1)
        left -= is_working_day(day, holidays)
    return day


def add_months(start: date, months: int) -> date:
    """Return the same day of the month so many months later, or the last one that month has."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
