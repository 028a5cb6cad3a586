"""Swaps in a SQLite that does not lose data in WAL mode, before Django looks for one.

SQLite 3.7.0 to 3.51.2 can corrupt a database when two processes reset its log at once. Linux
distributions ship such a version, so the house brings its own through the pysqlite3 package.
"""

import importlib
import importlib.util
import sys

from django.core.exceptions import ImproperlyConfigured

from quartiersladen.config.env import env_flag, env_text

OLDEST_SAFE = (3, 51, 3)


def use_modern_sqlite() -> None:
    """Put pysqlite3 in the place of `sqlite3` where it is installed.

    Raises ImproperlyConfigured below SQLite 3.51.3, unless the database is PostgreSQL or
    ALLOW_OLD_SQLITE says that the operator knows.
    """
    if importlib.util.find_spec("pysqlite3") is not None:
        sys.modules["sqlite3"] = importlib.import_module("pysqlite3")
        sys.modules["sqlite3.dbapi2"] = importlib.import_module("pysqlite3.dbapi2")
    found: str = importlib.import_module("sqlite3").sqlite_version
    is_needed = not env_text("DATABASE_URL").startswith("postgres")
    if is_needed and not is_safe(found) and not env_flag("ALLOW_OLD_SQLITE"):
        oldest = ".".join(map(str, OLDEST_SAFE))
        msg = (
            f"SQLite {found} can lose data; install the package pysqlite3 for {oldest} or newer, "
            "or set ALLOW_OLD_SQLITE=1 to start all the same"
        )
        raise ImproperlyConfigured(msg)


def is_safe(version: str) -> bool:
    """Return whether `version`, such as "3.51.3", is free of the fault."""
    return tuple(int(part) for part in version.split(".")) >= OLDEST_SAFE
