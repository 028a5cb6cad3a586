"""The nightly backup: once a night, checked, and an old one goes only after a new one."""

import subprocess
from datetime import UTC, datetime, timedelta

import pytest

from quartiersladen.backups import queries, tasks
from quartiersladen.backups.models import Backup
from quartiersladen.backups.refusals import BackupFailed
from quartiersladen.backups.services import nightly
from quartiersladen.backups.services.nightly import is_due, make_nightly
from quartiersladen.quarters.testing import make_quarter

NIGHT = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)  # half past two in Berlin
HOUR = timedelta(hours=1)


@pytest.fixture
def folder(transactional_db, settings, tmp_path):
    settings.BACKUP_DIR = str(tmp_path / "backups")
    settings.BACKUP_KEEP_DAYS, settings.BACKUP_KEEP_WEEKS = 2, 0
    (tmp_path / "backups").mkdir()
    return tmp_path / "backups"


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_it_lies_under_the_day_and_is_made_once_a_night(folder):
    made = make_nightly(now=NIGHT)

    assert names(folder) == ["quartiersladen-2026-03-02-0230.tar"]
    assert (made.state, str(made.night)) == ("done", "2026-03-02")
    assert make_nightly(now=NIGHT + 5 * HOUR) is None
    assert (names(folder), Backup.objects.count()) == (["quartiersladen-2026-03-02-0230.tar"], 1)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (datetime(2026, 3, 2, 0, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 2, 1, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 2, 18, 0, tzinfo=UTC), True),
        (datetime(2026, 7, 2, 0, 0, tzinfo=UTC), True),
    ],
    ids=["before two", "at two", "the machine slept", "at two in summer"],
)
def test_it_begins_at_two_by_the_clock_on_the_wall(folder, now, due):
    assert is_due(now=now) is due


def test_who_asks_for_it_after_midnight_gets_it_and_the_worker_makes_no_second(folder):
    midnight = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)

    assert str(make_nightly(now=midnight).night) == "2026-03-02"
    assert is_due(now=NIGHT) is False
    assert make_nightly(now=NIGHT) is None
    assert names(folder) == ["quartiersladen-2026-03-02-0030.tar"]


def test_without_a_folder_nothing_happens(db, settings):
    settings.BACKUP_DIR = ""

    assert is_due(now=NIGHT) is False
    assert make_nightly(now=NIGHT) is None
    tasks.start_nightly()
    assert Backup.objects.count() == 0


def test_of_two_workers_one_makes_it(folder):
    Backup.objects.create(night="2026-03-02", started_at=NIGHT)

    assert make_nightly(now=NIGHT) is None
    assert nightly._claim(NIGHT.date(), NIGHT) is None
    assert names(folder) == []


def test_one_that_was_killed_is_made_anew_and_its_remains_go(folder):
    Backup.objects.create(night="2026-03-02", started_at=NIGHT)
    (folder / ".quartiersladen-2026-03-02-0230.tar.x.part").mkdir()
    (folder / ".quartiersladen-2026-03-02-0230.tar.x.part" / "archive").write_text("half")
    (folder / "letters").mkdir()
    (folder / ".quartiersladen-by-hand.tar.x.part").mkdir()  # somebody is at work in it

    made = make_nightly(now=NIGHT + 13 * HOUR)

    assert (made.state, Backup.objects.count()) == ("done", 1)
    assert names(folder) == [
        ".quartiersladen-by-hand.tar.x.part",
        "letters",
        "quartiersladen-2026-03-02-1530.tar",
    ]


def test_old_ones_go_and_strangers_stay(folder):
    for name in ("quartiersladen-2026-02-27-0200.tar", "quartiersladen-2026-02-28-0200.tar"):
        (folder / name).write_text("old")
    (folder / "quartiersladen-before-the-update.tar").write_text("by hand")

    make_nightly(now=NIGHT)

    assert names(folder) == [
        "quartiersladen-2026-02-28-0200.tar",
        "quartiersladen-2026-03-02-0230.tar",
        "quartiersladen-before-the-update.tar",
    ]


def test_a_failed_one_removes_nothing_raises_an_alarm_and_is_tried_again(folder, settings, caplog):
    quarter = make_quarter(backup_days=7)
    old = [f"quartiersladen-2026-02-{day}-0200.tar" for day in (25, 26, 27)]
    for name in old:
        (folder / name).write_text("old")
    (folder / "quartiersladen-2026-03-02-0230.tar").mkdir()  # stands in its way

    with pytest.raises(BackupFailed):
        make_nightly(now=NIGHT)

    assert names(folder) == [*old, "quartiersladen-2026-03-02-0230.tar"]
    assert "The nightly backup failed: " in caplog.text
    worry = queries.worry(quarter, NIGHT)
    assert (worry.last_at, worry.error.endswith("never overwrites anything.")) == (None, True)
    assert is_due(now=NIGHT + HOUR - timedelta(minutes=1)) is False

    (folder / "quartiersladen-2026-03-02-0230.tar").rmdir()
    made = make_nightly(now=NIGHT + HOUR)

    assert (made.state, made.error, queries.worry(quarter, NIGHT + HOUR)) == ("done", "", None)


def test_a_folder_that_is_gone_is_a_failure(folder):
    folder.rmdir()

    with pytest.raises(BackupFailed, match="No such file or directory"):
        make_nightly(now=NIGHT)

    assert Backup.objects.get().state == "failed"


def test_a_fault_that_nobody_expected_is_booked_as_well(folder, settings):
    settings.BACKUP_PASSPHRASE = 42  # no text: the library that encrypts raises what it likes

    with pytest.raises(TypeError):
        make_nightly(now=NIGHT)

    row = Backup.objects.get()
    assert (row.state, row.error, names(folder)) == ("failed", "unexpected: TypeError", [])


def test_the_job_starts_a_process_of_its_own(folder, monkeypatch):
    started = []

    class Process:
        def __init__(self, command, **_options):
            started.append(command[1:])

        def wait(self):
            return 0

    monkeypatch.setattr(subprocess, "Popen", Process)
    Backup.objects.all().delete()

    tasks.start_nightly()

    due = is_due(now=datetime.now(UTC))
    assert started == ([["-m", "quartiersladen", "backup", "--nightly"]] if due else [])


@pytest.mark.parametrize(
    ("days", "last", "worries"),
    [(0, None, False), (7, 6, False), (7, 8, True), (7, None, True), (30, None, False)],
)
def test_a_backup_older_than_agreed_is_a_worry(db, days, last, worries):
    now = NIGHT + timedelta(days=20)
    quarter = make_quarter(backup_days=days, created_at=NIGHT)
    if last is not None:
        at = now - timedelta(days=last)
        Backup.objects.create(state="done", started_at=at, finished_at=at, size_bytes=1)

    assert (queries.worry(quarter, now) is not None) is worries


def test_a_line_says_when_and_what(db):
    assert str(Backup(started_at=NIGHT, state="failed")) == "2026-03-02 failed"
