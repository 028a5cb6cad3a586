"""Sums that everybody may read: those of the page, and none that would tell of a person."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from quartiersladen.concerns import statistics
from quartiersladen.concerns.states import Channel
from quartiersladen.concerns.testing import make_concern
from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.states import Audience
from quartiersladen.kernel.spam import Sign
from quartiersladen.quarters.testing import make_quarter

V1 = "/api/v1/statistics"
YEAR = timezone.now().year - 1
LAST_YEAR = datetime(YEAR, 7, 2, 12, tzinfo=UTC)


def told(quarter, number, theme=None, **fields):
    fields = {"now": LAST_YEAR, **fields}
    return [make_concern(quarter, f"Nummer {n}", theme=theme, **fields) for n in range(number)]


def read(client, query=f"year={YEAR}"):
    answer = client.get(f"{V1}?{query}")
    assert answer.status_code == 200
    return answer.json()


def counts(sums):
    return {one["key"]: one["count"] for one in sums}


def test_sums_by_theme_state_channel_and_month(client, quarter, light, rubbish):
    told(quarter, 6, light)
    told(quarter, 5, rubbish, channel=Channel.PHONE)
    told(quarter, 7)

    found = read(client)

    assert (found["year"], found["total"]) == (YEAR, 18)
    assert (found["first"], found["last"]) == (f"{YEAR}-01-01", f"{YEAR}-12-31")
    assert [(one["key"], one["name"], one["count"]) for one in found["themes"]] == [
        ("licht", "Straßenlicht", 6),
        ("muell", "Müll & Sauberkeit", 5),
        ("", "Ohne Thema", 7),
    ]
    assert counts(found["channels"]) == {"web": 13, "phone": 5}
    assert counts(found["states"]) == {"new": 18}
    month = LAST_YEAR.astimezone(quarter.zone).strftime("%Y-%m")
    assert counts(found["months"]) == {
        f"{YEAR}-{n:02}": 18 if f"{YEAR}-{n:02}" == month else 0 for n in range(1, 13)
    }


def test_a_small_number_cannot_be_worked_out(client, quarter):
    told(quarter, 5)
    told(quarter, 4, channel=Channel.PHONE)
    told(quarter, 4, channel=Channel.WALK_IN)

    found = read(client)

    # Two that are eight together can only be four and four.
    assert found["total"] == 13
    assert counts(found["channels"]) == {"web": None, "phone": None, "walk-in": None}


def test_a_list_that_would_give_itself_away_is_not_told(client, quarter):
    told(quarter, 4)
    told(quarter, 4, channel=Channel.PHONE)

    found = read(client)

    assert (found["total"], found["channels"]) == (8, None)
    assert counts(found["states"]) == {"new": 8}


def test_it_tells_the_same_as_the_page(client, quarter, light, rubbish):
    told(quarter, 9, light)
    told(quarter, 6, rubbish, channel=Channel.PHONE)
    told(quarter, 2)

    page = client.get(f"/anliegen/zahlen/?jahr={YEAR}").context["report"]
    found = read(client)

    shown = {one.key: [(line.label, line.count) for line in one.lines] for one in page.tables}
    assert len(shown["themes"]) == 3
    for name in ("themes", "states", "channels", "months"):
        assert [(one["name"], one["count"]) for one in found[name]] == shown[name]


def test_what_is_not_over_is_not_counted(client, quarter, light):
    today = quarter.local_day(timezone.now())
    told(quarter, 6, light)
    told(quarter, 7, light, now=timezone.now())

    newest = read(client, "")

    part = statistics.closed_part(today.year, today)
    assert newest["year"] == (today.year if part else YEAR)
    assert newest["total"] == (None if part else 6)
    assert read(client)["total"] == 6


@pytest.mark.parametrize(
    "year", ["1999", "-1", "2999", "99999999999999999999", "x", "", "2025-Q1"]
)
def test_other_periods_are_refused(client, quarter, year):
    answer = client.get(f"{V1}?year={year}")

    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert [one["field"] for one in answer.json()["errors"]] == ["year"]


def test_a_refusal_names_the_years(client, quarter):
    said = client.get(f"{V1}?year=1999").json()["detail"]

    years = statistics.years_told(quarter, quarter.local_day(timezone.now()))
    assert said == f"Zahlen gibt es von diesen Jahren: {', '.join(map(str, years))}."


def test_confidential_and_held_ones_count_nowhere(client, quarter, light):
    told(quarter, 6, light)
    secret = told(quarter, 5, light)
    Dossier.objects.filter(pk__in=[one.pk for one in secret]).update(
        audience=Audience.CONFIDENTIAL
    )
    make_concern(quarter, "Werbung", theme=light, signs=frozenset({Sign.TRAP}), now=LAST_YEAR)
    told(make_quarter("west"), 7)

    found = read(client)

    assert (found["total"], counts(found["themes"])) == (6, {"licht": 6})
    assert counts(found["states"]) == {"new": 6}


def test_fewer_than_five_are_not_told_at_all(client, quarter, light):
    told(quarter, 4, light)

    found = read(client)

    assert [found[name] for name in ("total", "themes", "states", "channels", "months")] == (
        [None] * 5
    )


@pytest.mark.parametrize("number", [10, 25])
def test_they_cost_a_fixed_number_of_statements(
    client, quarter, light, number, django_assert_num_queries
):
    told(quarter, number, light)

    with django_assert_num_queries(7):
        client.get(f"{V1}?year={YEAR}")
