"""Which files there are, and which nightly archives may go."""

from datetime import date, timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quartiersladen.backups.storing import names_in, superfluous

MONDAY = date(2026, 3, 2)


def test_files_are_found_in_every_folder(tmp_path):
    storage = FileSystemStorage(tmp_path / "files")
    assert list(names_in(storage)) == []

    for name in ("b", "2026-03/a", "2026-03/deep/c"):
        storage.save(name, ContentFile(b""))

    assert list(names_in(storage)) == ["b", "2026-03/a", "2026-03/deep/c"]


def nights(count, *, until=MONDAY):
    return {str(day): day for day in (until - timedelta(days=n) for n in range(count))}


@pytest.mark.parametrize(
    ("days", "weeks", "stay"),
    [
        (3, 0, ["2026-03-02", "2026-03-01", "2026-02-28"]),
        (1, 3, ["2026-03-02", "2026-03-01", "2026-02-22"]),
        (2, 2, ["2026-03-02", "2026-03-01"]),
    ],
)
def test_the_newest_of_each_day_and_of_each_week_stays(days, weeks, stay):
    known = nights(40)

    gone = superfluous(known, keep_days=days, keep_weeks=weeks)

    assert sorted(set(known) - gone, reverse=True) == stay


def test_of_two_of_one_day_the_newer_stays():
    known = {"0203": MONDAY, "0405": MONDAY}

    assert superfluous(known, keep_days=1, keep_weeks=1) == {"0203"}


def test_days_without_any_do_not_count():
    known = nights(3, until=MONDAY - timedelta(days=100))

    assert superfluous(known, keep_days=3, keep_weeks=0) == set()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=50)
@given(st.sets(st.dates(date(2024, 1, 1), date(2026, 12, 31)), min_size=1), st.integers(1, 9))
def test_the_newest_never_goes(days, keep):
    known = {str(day): day for day in days}

    gone = superfluous(known, keep_days=keep, keep_weeks=0)

    assert str(max(days)) not in gone
    assert len(known) - len(gone) == min(keep, len(known))
