"""The pytest plugin that is loaded before the settings are (see addopts in pyproject.toml).

A test must not depend on what happens to be set where it runs, so every setting of the product
is taken out of the environment and the few that tests need are put in. TEST_ENGINE says which
database engine the tests run on: `sqlite` (default), or `postgres` inside tools/with_postgres.py.
"""

import os
import re
import shutil
import tempfile
from pathlib import Path

import pytest

from quartiersladen.config.sqlite import use_modern_sqlite

ROOT = Path(__file__).parent.parent.parent
ENGINE = os.environ.get("TEST_ENGINE", "sqlite")
# Each pytest process, also each worker of xdist, has a folder of its own.
DATA_DIR = Path(tempfile.mkdtemp(prefix="quartiersladen-test-"))


def settings_read_from_environment() -> set[str]:
    """Return the names that the settings read, as written in the code of `config`."""
    found: set[str] = set()
    for path in (ROOT / "quartiersladen" / "config").glob("*.py"):
        found |= set(re.findall(r"env_\w+\(\s*\"([A-Z_]+)\"", path.read_text(encoding="utf-8")))
    return found


def _prepare_environment() -> None:
    if ENGINE not in {"sqlite", "postgres"}:
        msg = f"TEST_ENGINE={ENGINE} must be sqlite or postgres"
        raise pytest.UsageError(msg)
    if ENGINE == "postgres" and not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        msg = "for PostgreSQL run: python tools/with_postgres.py python -m pytest ..."
        raise pytest.UsageError(msg)
    keep = {"DATABASE_URL"} if ENGINE == "postgres" else set()
    for name in settings_read_from_environment() - keep:
        os.environ.pop(name, None)
        os.environ.pop(f"{name}_FILE", None)
    os.environ["SECRET_KEY"] = "only-for-tests-" + "0123456789" * 4
    os.environ["DATA_DIR"] = str(DATA_DIR)
    (DATA_DIR / "static").mkdir()
    use_modern_sqlite()


_prepare_environment()


@pytest.hookimpl(trylast=True)
def pytest_configure(config: pytest.Config) -> None:
    """Replace what is slow on purpose, or needs a build step, in tests."""
    from django.conf import settings  # noqa: PLC0415 -- the environment comes first

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # A thread of a live server keeps no connection after its last answer, so that the database can
    # be dropped at once.
    settings.DATABASES["default"]["CONN_MAX_AGE"] = 0
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the folder of this process."""
    shutil.rmtree(DATA_DIR, ignore_errors=True)


def pytest_report_header(config: pytest.Config) -> str:
    """Say in the first lines which engine is tested."""
    return f"engine: {ENGINE}"
