"""Sums that everybody may read, and numbers so small that they would tell of a person."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quartiersladen.api.queries.figures import Sum, figures_of, quiet
from quartiersladen.concerns.states import Channel
from quartiersladen.concerns.testing import make_concern
from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.states import Audience
from quartiersladen.kernel.spam import Sign
from quartiersladen.quarters.testing import make_quarter

V1 = "/api/v1"


def counts(sums):
    return {one.key: one.count for one in sums}


def told(quarter, number, theme=None, **fields):
    return [make_concern(quarter, f"Nummer {n}", theme=theme, **fields) for n in range(number)]


@pytest.mark.parametrize(
    ("numbers", "told_numbers"),
    [
        ([], []),
        ([7, 9], [7, 9]),
        # One small number could be worked out from the total: the next one goes along.
        ([3, 9, 8], [None, 9, None]),
        # Two that come to five hide each other.
        ([3, 2, 8], [None, None, 8]),
        # Two that come to less do not.
        ([1, 2, 8, 9], [None, None, None, 9]),
        ([4, 4, 4], [None, None, None]),
        ([5, 5], [5, 5]),
        ([4], [None]),
        ([0, 6, 7], [None, None, 7]),
    ],
)
def test_small_numbers_are_not_told_and_cannot_be_worked_out(numbers, told_numbers):
    sums = [Sum(str(n), "", number) for n, number in enumerate(numbers)]

    assert [one.count for one in quiet(sums)] == told_numbers


@pytest.mark.parametrize("seed", range(60))
def test_what_is_missing_is_at_least_five_in_two(seed):
    numbers = [(seed * 7 + n * n) % 11 for n in range(seed % 7)]
    hidden = [
        number
        for number, one in zip(
            numbers, quiet([Sum(str(n), "", c) for n, c in enumerate(numbers)]), strict=True
        )
        if one.count is None
    ]

    everything_is_hidden = len(hidden) == len(numbers)
    assert hidden == [] or everything_is_hidden or (len(hidden) > 1 and sum(hidden) >= 5)


def test_sums_by_theme_state_channel_and_month(client, quarter, light, rubbish, now):
    told(quarter, 6, light, now=now)
    told(quarter, 5, rubbish, channel=Channel.PHONE, now=now)

    found = client.get(f"{V1}/statistics").json()

    assert found["total"] == 11
    assert [(one["key"], one["name"], one["count"]) for one in found["themes"]] == [
        ("licht", "Straßenlicht", 6),
        ("muell", "Müll & Sauberkeit", 5),
    ]
    assert {one["key"]: one["count"] for one in found["channels"]} == {"web": 6, "phone": 5}
    assert {one["key"]: one["count"] for one in found["states"]} == {"new": 11}
    month = now.astimezone(quarter.zone).strftime("%Y-%m")
    assert found["months"] == [{"key": month, "name": month, "count": 11}]


def test_confidential_and_held_ones_count_nowhere(quarter, light, now):
    told(quarter, 6, light, now=now)
    secret = told(quarter, 5, light, now=now)
    Dossier.objects.filter(pk__in=[one.pk for one in secret]).update(
        audience=Audience.CONFIDENTIAL
    )
    make_concern(quarter, "Werbung", theme=light, signs=frozenset({Sign.TRAP}), now=now)
    told(make_quarter("west"), 7, now=now)

    found = figures_of(quarter, now.date())

    assert (found.total, counts(found.themes)) == (6, {"licht": 6})
    assert counts(found.states) == {"new": 6}


def test_fewer_than_five_are_not_told_at_all(client, quarter, light, now):
    told(quarter, 4, light, now=now)

    found = client.get(f"{V1}/statistics").json()

    assert found["total"] is None
    assert [one["count"] for one in found["themes"]] == [None]


def test_months_are_the_quarters_own_and_two_years_at_most(quarter, light):
    end_of_march = timezone.now().replace(
        year=2026, month=3, day=31, hour=22, minute=30, second=0, microsecond=0
    )
    told(quarter, 5, light, now=end_of_march)
    told(quarter, 5, light, now=end_of_march - timedelta(days=800))

    found = figures_of(quarter, end_of_march.date())

    assert counts(found.months) == {"2026-04": 5}


@pytest.mark.parametrize("number", [10, 100])
def test_they_cost_a_fixed_number_of_statements(
    client, quarter, light, now, number, django_assert_num_queries
):
    told(quarter, number if number == 10 else 25, light, now=now)

    with django_assert_num_queries(7):
        client.get(f"{V1}/statistics")
