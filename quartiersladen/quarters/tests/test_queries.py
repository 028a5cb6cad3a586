"""Which quarter answers, its working days and its funding line."""

from datetime import date

import pytest

from quartiersladen.quarters import queries
from quartiersladen.quarters.models import District, Premises, ProgrammeFooter, Quarter
from quartiersladen.quarters.queries import (
    add_days_at_work,
    is_working_day,
    programme_footer,
    quarter_for,
    themes_of,
)
from quartiersladen.quarters.testing import make_quarter, make_theme

pytestmark = pytest.mark.django_db


def test_the_host_decides_then_the_default_quarter():
    east = make_quarter("ost", is_default=True)
    west = make_quarter("west", is_default=False, host="west.example.org")

    assert quarter_for("west.example.org", None) == west
    assert quarter_for("anything.example.org", None) == east
    assert quarter_for("west.example.org", "ost") == east


def test_a_quarter_that_nobody_knows():
    with pytest.raises(Quarter.DoesNotExist):
        quarter_for("example.org", None)
    with pytest.raises(Quarter.DoesNotExist):
        quarter_for("example.org", "nirgends")


@pytest.mark.parametrize(
    ("land", "day", "works"),
    [
        ("SN", date(2026, 11, 17), True),
        ("SN", date(2026, 11, 18), False),  # Buß- und Bettag is a holiday in Saxony alone
        ("BE", date(2026, 11, 18), True),
        ("BE", date(2026, 11, 21), False),
    ],
)
def test_an_office_keeps_the_holidays_of_its_land(land, day, works):
    assert is_working_day(make_quarter(land=land), day) is works


def test_days_at_work_are_counted_over_holidays_and_the_turn_of_the_year():
    saxony = make_quarter(land="SN")

    assert add_days_at_work(saxony, date(2026, 12, 23), 6) == date(2027, 1, 4)


def test_the_funding_line_of_the_period():
    quarter = make_quarter()
    for first, last, text in (
        (date(2024, 1, 1), date(2025, 12, 31), "alt"),
        (date(2026, 1, 1), None, "neu"),
    ):
        line = ProgrammeFooter.objects.create(
            quarter=quarter, text=text, from_on=first, to_on=last
        )
        assert str(line) == f"{first}: {text}"

    assert programme_footer(quarter, date(2023, 12, 31)) == ""
    assert programme_footer(quarter, date(2025, 12, 31)) == "alt"
    assert programme_footer(quarter, date(2026, 1, 1)) == "neu"


def test_themes_of_another_quarter_and_retired_ones_cannot_be_chosen():
    east, west = make_quarter("ost"), make_quarter("west", is_default=False)
    kept = make_theme(east)
    make_theme(east, "alt", is_active=False)
    make_theme(west)

    assert list(themes_of(east)) == [kept]


def test_names_that_staff_see():
    quarter = make_quarter(name="Leipziger Osten")
    shop = Premises(quarter=quarter, name="Laden", opening={"0": [["10:00", "12:00"]]}, note={})

    assert [str(quarter), str(shop), str(make_theme(quarter, name={"de": "Licht"}))] == [
        "Leipziger Osten",
        "Laden",
        "Licht",
    ]
    assert str(District(name="Neustadt")) == "Neustadt"
    assert shop.hours_on(date(2026, 11, 23)) == [("10:00", "12:00")]
    assert shop.hours_on(date(2026, 11, 24)) == []


def test_an_address_without_gaps():
    quarter = make_quarter(name="Laden", street="", postcode="", city="Leipzig")

    assert quarter.address_lines == ["Laden", "Leipzig"]


def test_the_memory_for_bad_times_is_bounded(monkeypatch):
    monkeypatch.setattr(queries, "MOST_SEEN", 2)
    queries._SEEN.clear()
    ost = make_quarter("ost")

    for host in ("a.example.org", "b.example.org", "c.example.org"):
        queries.quarter_for(host, None)

    assert queries.last_seen("a.example.org", None) is None
    assert queries.last_seen("c.example.org", None) == ost
