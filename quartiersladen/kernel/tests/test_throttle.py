"""Counting per network."""

import pytest
from django.core.cache import cache

from quartiersladen.kernel.errors import TooMany
from quartiersladen.kernel.throttle import HOUR, count_or_refuse, network_of


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()
    yield
    cache.clear()


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


def test_beyond_the_most_it_refuses():
    for _ in range(2):
        count_or_refuse("report", "192.0.2.1", most=2)

    with pytest.raises(TooMany) as refusal:
        count_or_refuse("report", "192.0.2.200", most=2)

    assert refusal.value.retry_after == HOUR


def test_other_networks_and_other_deeds_count_apart():
    count_or_refuse("report", "192.0.2.1", most=1)

    count_or_refuse("report", "192.0.3.1", most=1)
    count_or_refuse("photo", "192.0.2.1", most=1)

    with pytest.raises(TooMany):
        count_or_refuse("report", "192.0.2.1", most=1)


def test_a_count_that_vanished_in_between_begins_anew(monkeypatch):
    # Between the two calls the entry can expire; the cache then has nothing to raise.
    monkeypatch.setattr(cache, "add", lambda *args: False)

    count_or_refuse("report", "192.0.2.1", most=1)

    with pytest.raises(TooMany):
        count_or_refuse("report", "192.0.2.1", most=1)
