import sys

import pytest
from django.core.exceptions import ImproperlyConfigured

from quartiersladen.config import sqlite
from quartiersladen.config.sqlite import is_safe, use_modern_sqlite


@pytest.mark.parametrize(
    ("version", "expected"),
    [("3.51.2", False), ("3.40.1", False), ("3.51.3", True), ("3.53.0", True), ("4.0", True)],
)
def test_versions_with_the_fault_are_known(version, expected):
    assert is_safe(version) == expected


def test_this_process_runs_on_a_safe_sqlite():
    use_modern_sqlite()

    assert is_safe(sys.modules["sqlite3"].sqlite_version)


@pytest.fixture
def too_old(monkeypatch):
    """Nothing is safe enough."""
    monkeypatch.setattr(sqlite, "OLDEST_SAFE", (99, 0, 0))


def test_an_old_sqlite_stops_the_start(too_old, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)

    with pytest.raises(ImproperlyConfigured, match=r"can lose data.*99\.0\.0.*ALLOW_OLD_SQLITE"):
        use_modern_sqlite()


@pytest.mark.parametrize(
    ("name", "value"), [("ALLOW_OLD_SQLITE", "1"), ("DATABASE_URL", "postgresql://db/house")]
)
def test_an_old_sqlite_is_no_matter_when_the_operator_knows_or_it_is_not_used(
    too_old, monkeypatch, name, value
):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv(name, value)

    use_modern_sqlite()

    assert sys.modules["sqlite3"].__name__ == "pysqlite3"
