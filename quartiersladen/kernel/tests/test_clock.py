"""Working days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartiersladen.kernel.clock import add_months, add_working_days, is_working_day

THURSDAY = date(2026, 4, 2)
EASTER = {date(2026, 4, 3), date(2026, 4, 6)}  # Good Friday and Easter Monday


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (THURSDAY, True),
        (date(2026, 4, 3), False),
        (date(2026, 4, 4), False),
        (date(2026, 4, 5), False),
        (date(2026, 4, 7), True),
    ],
)
def test_weekends_and_holidays_are_no_working_days(day, expected):
    assert is_working_day(day, EASTER) is expected


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        (THURSDAY, 0, THURSDAY),
        (THURSDAY, 1, date(2026, 4, 7)),
        (THURSDAY, 2, date(2026, 4, 8)),
        (date(2026, 4, 4), 0, date(2026, 4, 7)),
        (date(2026, 4, 4), 1, date(2026, 4, 7)),
        (date(2026, 1, 5), 5, date(2026, 1, 12)),
    ],
)
def test_it_counts_over_weekends_and_holidays(start, days, expected):
    assert add_working_days(start, days, EASTER) == expected


def test_it_does_not_go_back():
    with pytest.raises(ValueError, match="cannot go back 1 working days"):
        add_working_days(THURSDAY, -1, EASTER)


@given(
    start=st.dates(date(2000, 1, 1), date(2099, 1, 1)),
    days=st.integers(1, 60),
    holidays=st.sets(st.integers(0, 90), max_size=10),
)
def test_exactly_that_many_working_days_lie_between(start, days, holidays):
    closed = {start + timedelta(days=offset) for offset in holidays}

    end = add_working_days(start, days, closed)

    between = [start + timedelta(days=n + 1) for n in range((end - start).days)]
    assert sum(is_working_day(day, closed) for day in between) == days
    assert is_working_day(end, closed)


@pytest.mark.parametrize(
    ("start", "months", "expected"),
    [
        (THURSDAY, 1, date(2026, 5, 2)),
        (THURSDAY, 9, date(2027, 1, 2)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (THURSDAY, 0, THURSDAY),
    ],
)
def test_months_keep_the_day_or_take_the_last_one(start, months, expected):
    assert add_months(start, months) == expected
