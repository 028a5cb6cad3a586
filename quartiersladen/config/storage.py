"""Turns DATABASE_URL, STORAGE_URL and CACHE_URL into what Django wants."""

import importlib.util
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote

from django.core.exceptions import ImproperlyConfigured

SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA foreign_keys=ON; "
    "PRAGMA secure_delete=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-500; "
    "PRAGMA journal_size_limit=27103364"
)

#: Scheme of an address -> the package that speaks to it, and the extra that brings it.
PACKAGES = {
    "s3": ("storages", "s3"),
    "redis": ("redis", "redis"),
    "rediss": ("redis", "redis"),
    "postgres": ("psycopg", "postgres"),
    "postgresql": ("psycopg", "postgres"),
}
COUNTED_SECONDS = 60 * 60  # what `kernel.throttle` counts, it counts by the hour


def sqlite_database(path: Path, *, synchronous: str) -> dict[str, Any]:
    """Return the settings of an embedded database in `path`.

    IMMEDIATE lets writers queue up instead of failing when two read-then-write at once.
    """
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "CONN_MAX_AGE": 60,  # opening, with all its settings, costs more than a short page
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": SQLITE_PRAGMAS.format(synchronous=synchronous),
        },
    }


def database(url: SplitResult | None, *, data_dir: Path, synchronous: str) -> dict[str, Any]:
    """Return Django's database settings for DATABASE_URL (None: embedded in DATA_DIR)."""
    if url is None:
        return sqlite_database(data_dir / "quartiersladen.sqlite3", synchronous=synchronous)
    if url.scheme == "sqlite":
        return sqlite_database(Path(unquote(url.path)), synchronous=synchronous)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(url.path.removeprefix("/")),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": str(url.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": dict(parse_qsl(url.query)),
    }


def file_storage(url: SplitResult | None, *, data_dir: Path) -> dict[str, Any]:
    """Return the storage for uploaded files: a folder, or a bucket for s3://bucket/prefix."""
    if url is not None and url.scheme == "s3":
        options = {"bucket_name": url.hostname, "location": url.path.strip("/")}
        return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
    folder = Path(unquote(url.path)) if url else data_dir / "files"
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": folder, "base_url": None},
    }


def demand_package(setting: str, url: SplitResult | None) -> None:
    """Raise ImproperlyConfigured when `setting` names a service whose package is not installed."""
    if url is None or url.scheme not in PACKAGES:
        return
    package, extra = PACKAGES[url.scheme]
    if importlib.util.find_spec(package) is None:
        msg = f"{setting} begins with {url.scheme}: install quartiersladen[{extra}] for that"
        raise ImproperlyConfigured(msg)


def caches(url: SplitResult | None) -> dict[str, dict[str, Any]]:
    """Return the caches: `default`, and `counts` for what all processes count together.

    Without CACHE_URL each process keeps its own `default`, and the database counts for all.
    """
    if url is None:
        return {
            "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
            "counts": {
                "BACKEND": "quartiersladen.accounts.counts.CountsTable",
                "TIMEOUT": COUNTED_SECONDS,
            },
        }
    backend = "django.core.cache.backends.redis.RedisCache"
    shared = {"BACKEND": backend, "LOCATION": url.geturl()}
    return {"default": shared, "counts": shared}
