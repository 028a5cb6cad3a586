"""Counting per network."""

import pytest
from django.core.cache import caches

from quartiersladen.kernel.errors import TooMany
from quartiersladen.kernel.throttle import HOUR, count_or_refuse, network_of, times_this_hour


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"),
    ],
)
def test_a_household_is_one_network(address, expected):
    assert network_of(address) == expected


def test_beyond_the_most_it_refuses(db):
    for _ in range(2):
        count_or_refuse("report", "192.0.2.1", most=2)

    with pytest.raises(TooMany) as refusal:
        count_or_refuse("report", "192.0.2.200", most=2)

    assert HOUR - 60 < refusal.value.retry_after <= HOUR


def test_other_networks_and_other_deeds_count_apart(db):
    count_or_refuse("report", "192.0.2.1", most=1)

    count_or_refuse("report", "192.0.3.1", most=1)
    count_or_refuse("photo", "192.0.2.1", most=1)

    with pytest.raises(TooMany):
        count_or_refuse("report", "192.0.2.1", most=1)


def test_it_costs_one_statement(db, django_assert_num_queries):
    for _ in range(2):
        with django_assert_num_queries(1):
            count_or_refuse("report", "192.0.2.1", most=9)


@pytest.fixture
def elsewhere(settings):
    """Count in a cache that, like Redis, wants to be told to begin."""
    place = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "elsewhere"}
    settings.CACHES = settings.CACHES | {"counts": place}
    yield caches["counts"]
    caches["counts"].clear()


def test_the_settings_can_name_another_place_to_count(elsewhere):
    count_or_refuse("report", "192.0.2.1", most=1)

    with pytest.raises(TooMany) as refusal:
        count_or_refuse("report", "192.0.2.1", most=1)

    assert refusal.value.retry_after == HOUR  # this place cannot tell how long is left


def test_who_is_late_to_begin_an_hour_there_counts_on(elsewhere, monkeypatch):
    add = elsewhere.add

    def after_another(*args):
        add(*args)
        elsewhere.incr(args[0])
        return add(*args)

    monkeypatch.setattr(elsewhere, "add", after_another)

    with pytest.raises(TooMany):
        count_or_refuse("report", "192.0.2.1", most=1)


def test_deeds_for_one_name_are_counted_whoever_does_them(db):
    counts = [times_this_hour("follow", "nour@example.org") for _n in range(3)]

    assert counts == [1, 2, 3]
    assert times_this_hour("follow", "anders@example.org") == 1
    assert times_this_hour("other", "nour@example.org") == 1
