"""Counting for all processes in a table."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.utils import timezone

from quartiersladen.accounts import tasks
from quartiersladen.accounts.models import NetworkCount

pytestmark = pytest.mark.django_db
HOUR = 60 * 60


@pytest.fixture
def counts():
    return caches["counts"]


def pass_an_hour():
    NetworkCount.objects.update(expires_at=timezone.now() - timedelta(seconds=1))


def test_it_counts_on_and_each_key_for_itself(counts):
    assert [counts.incr("a") for _ in range(3)] == [1, 2, 3]
    assert counts.incr("b", 5) == 5


def test_after_its_time_it_begins_anew(counts):
    counts.incr("a", 7)
    left = NetworkCount.objects.get().expires_at - timezone.now()
    assert HOUR - 60 < left.total_seconds() <= HOUR
    pass_an_hour()

    assert [counts.incr("a") for _ in range(2)] == [1, 2]
    assert NetworkCount.objects.get().expires_at > timezone.now()


def test_it_says_how_long_a_count_still_lasts(counts):
    assert counts.ttl("a") == 0
    counts.incr("a")
    assert HOUR - 60 < counts.ttl("a") <= HOUR
    pass_an_hour()
    assert counts.ttl("a") == 0


def test_all_are_forgotten_or_only_the_old_ones(counts):
    counts.incr("a", 3)
    assert str(NetworkCount.objects.get()).startswith("3 until ")
    pass_an_hour()
    counts.incr("b")

    tasks.forget_counts()
    assert [count.key for count in NetworkCount.objects.all()] == [counts.make_key("b")]

    counts.clear()
    assert NetworkCount.objects.count() == 0
