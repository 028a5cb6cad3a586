"""Archives made by hand, in memory."""

import json
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from quartiersladen import __version__
from quartiersladen.backups.archive import SETTINGS, ArchiveWriter, Head
from quartiersladen.backups.services.restoring import known_migrations

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
FILES = {"2026-03/a.jpg": b"a" * 700, "2026-03/b.jpg": b"", "c": bytes(range(256)) * 9}
SECRETS: dict[str, Any] = {
    "SECRET_KEY": "old-key-" + "0" * 40,
    "SECRET_KEY_FALLBACKS": ["older-key-" + "1" * 40],
    "given": {"MAIL_FROM": "buero@example.org", "BASE_URL": "https://laden.example.org/it's"},
}


def photo() -> SimpleUploadedFile:
    """Return a small picture as a browser uploads it."""
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "PNG")
    return SimpleUploadedFile("photo.png", out.getvalue(), "image/png")


def make_archive(
    *, engine="sqlite", version=__version__, migrations=None, files=FILES, dropped=(), missing=()
) -> bytes:
    """Return a whole archive; its database is no database, which a check does not look at."""
    out = BytesIO()
    writer = ArchiveWriter(out, Head(version, engine, NOON))
    for name, content in files.items():
        writer.add_bytes(f"files/{name}", content)
    suffix = {"sqlite": "sqlite3", "postgresql": "dump"}[engine]
    writer.add_bytes(f"database.{suffix}", b"tables" * 500)
    writer.add_bytes(SETTINGS, json.dumps(SECRETS).encode())
    known = known_migrations() if migrations is None else migrations
    writer.finish(migrations=known, missing=missing, dropped=dropped)
    return out.getvalue()


@pytest.fixture(scope="session")
def whole():
    return make_archive(migrations=[("quarters", "0001_start")])
