"""Making an archive of the house while everybody works."""

import json
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from django.apps import apps
from django.conf import settings
from django.core.files.storage import Storage, storages
from django.db import connection

from quartiersladen import __version__
from quartiersladen.backups.archive import (
    DATABASES,
    FILES,
    SETTINGS,
    ArchiveWriter,
    Contents,
    Head,
    read_archive,
)
from quartiersladen.backups.engines import Engine, Snapshot, engine_of, make_durable
from quartiersladen.backups.models import Backup
from quartiersladen.backups.refusals import BackupFailed
from quartiersladen.backups.sealing import opened, sealed
from quartiersladen.backups.states import BackupState
from quartiersladen.backups.storing import names_in, names_in_database


class Progress(Protocol):
    """Somebody who wants to see how far it is."""

    def step(self, what: str, done: int, total: int) -> None:
        """Take notice. total: 0 if nobody knows."""


class Silent:
    """Nobody."""

    def step(self, what: str, done: int, total: int) -> None:
        """Take no notice."""


@dataclass(frozen=True, slots=True)
class House:
    """What is saved, or where it is restored: database, files, keys and settings."""

    engine: Engine
    storage: Storage
    secrets: dict[str, Any] = field(default_factory=dict)


def this_house() -> House:
    """Return the installation in which this process runs."""
    secrets = {
        "SECRET_KEY": settings.SECRET_KEY,
        "SECRET_KEY_FALLBACKS": settings.SECRET_KEY_FALLBACKS,
        "given": settings.GIVEN,
    }
    return House(engine_of(connection.settings_dict), storages["default"], secrets)


def make_backup(
    *, target: Path, passphrase: str | None, now: datetime, progress: Progress | None = None
) -> Contents:
    """Write the house into a new file `target` and a line into the books.

    passphrase: encrypts the archive; None leaves it readable.  now: aware.
    Raises BackupRefused; then nothing lies under the name.
    """
    contents = write_archive(
        house=this_house(),
        target=target,
        passphrase=passphrase,
        now=now,
        progress=progress or Silent(),
    )
    book(backup=Backup(started_at=now), target=target)
    return contents


def book(*, backup: Backup, target: Path) -> None:
    """Write into the books that the archive lies there whole."""
    facts = target.stat()
    backup.state, backup.error = BackupState.DONE, ""
    backup.finished_at = datetime.fromtimestamp(facts.st_mtime, tz=UTC)
    backup.size_bytes = facts.st_size
    backup.save()


def write_archive(
    *, house: House, target: Path, passphrase: str | None, now: datetime, progress: Progress
) -> Contents:
    """Write, read back, and only then give it its name. Raises BackupRefused."""
    if target.exists():
        raise BackupFailed(f"{target} exists already; a backup never overwrites anything.")
    try:
        with _workshop(target) as folder:
            part = folder / "archive"
            with part.open("xb") as file:
                part.chmod(0o600)
                with sealed(file, passphrase) if passphrase else _open(file) as sink:
                    head = Head(__version__, house.engine.name, now)
                    _fill(ArchiveWriter(sink, head), house, folder, progress)
            make_durable(part)
            progress.step("Checking", 0, 0)
            with part.open("rb") as written, opened(written, passphrase) as source:
                contents = read_archive(source, lambda _name, _content: None)
            part.rename(target)
            make_durable(target.parent)
    except OSError as exc:
        raise BackupFailed(f"{target} could not be written: {exc.strerror or exc}.") from exc
    return contents


@contextmanager
def _open(file: BinaryIO) -> Iterator[BinaryIO]:
    yield file


@contextmanager
def _workshop(target: Path) -> Iterator[Path]:
    """Yield a folder beside `target` that only its owner may enter, and remove it afterwards."""
    folder = Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fill(writer: ArchiveWriter, house: House, folder: Path, progress: Progress) -> None:
    """Write all members: files, then the database of one moment, then what came in between.

    Files first, because they are never changed and seldom deleted, and take longest: whatever the
    snapshot names was stored before it, and what was deleted meanwhile is here already.
    """
    before = list(names_in(house.storage))
    _add_files(writer, house.storage, before, progress)
    with house.engine.snapshot() as snapshot:
        migrations = snapshot.rows("SELECT app, name FROM django_migrations")
        named = {name for row in snapshot.rows(names_in_database()) for name in row if name}
        _add_database(writer, house.engine, snapshot, folder / "database", progress)
    writer.add_bytes(SETTINGS, (json.dumps(house.secrets, ensure_ascii=False) + "\n").encode())
    after = set(names_in(house.storage))
    _add_files(writer, house.storage, sorted((after | named) - _kept(writer)), progress)
    kept, installed = _kept(writer), {config.label for config in apps.get_app_configs()}
    writer.finish(
        # What an app did that is gone since then says nothing about this version of the program.
        migrations=[(str(app), str(name)) for app, name in migrations if app in installed],
        missing=named - kept,
        dropped=kept - after - named,
    )


def _kept(writer: ArchiveWriter) -> set[str]:
    return {name.removeprefix(FILES) for name in writer.names if name.startswith(FILES)}


def _add_files(
    writer: ArchiveWriter, storage: Storage, names: list[str], progress: Progress
) -> None:
    for done, name in enumerate(names, start=1):
        progress.step("Files", done, len(names))
        try:
            size = storage.size(name)
            source = storage.open(name)
        except FileNotFoundError:
            continue  # deleted meanwhile; if the database still names it, the manifest says so
        with source:
            try:
                writer.add(f"{FILES}{name}", source, size)
            except EOFError as exc:
                raise BackupFailed(f"The file {name} became shorter while it was read.") from exc


def _add_database(
    writer: ArchiveWriter, engine: Engine, snapshot: Snapshot, dump: Path, progress: Progress
) -> None:
    snapshot.dump(dump, lambda done, total: progress.step("Database", done, total))
    with dump.open("rb") as source:
        writer.add(DATABASES[engine.name], source, dump.stat().st_size)
    dump.unlink()
