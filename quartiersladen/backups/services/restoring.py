"""Taking an archive back: checked to the last byte first, into an empty place only."""

import json
import os
import shlex
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import SpooledTemporaryFile
from typing import Any

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage
from django.db.migrations.loader import MigrationLoader

from quartiersladen import __version__
from quartiersladen.backups.archive import (
    DATABASES,
    FILES,
    FORMAT,
    SETTINGS,
    Contents,
    Readable,
    Receive,
    read_archive,
)
from quartiersladen.backups.engines import make_durable
from quartiersladen.backups.refusals import BackupRefused, Damaged, DoesNotFit, Foreign, NotEmpty
from quartiersladen.backups.sealing import opened
from quartiersladen.backups.services.making import House, Progress, Silent
from quartiersladen.backups.storing import names_in

#: What may lie in an "empty" DATA_DIR: collected styles, and what a fresh disk brings.
HARMLESS = {"static", "lost+found"}
KEY, FALLBACKS, SETTINGS_FILE = "secret_key", "secret_key_fallbacks", "settings.env"
IN_MEMORY = 16 * 1024 * 1024  # bytes of one file; a longer one goes through the disk
HEADER = """\
# The settings of the installation that was backed up. Nothing reads this file: compare it with the
# settings of this installation, take over what should hold here, and delete it. It is a secret.
"""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was taken back. is_older: the tables have to be brought up to date first."""

    contents: Contents
    is_older: bool


def restore(
    *,
    source: Path,
    passphrase: str | None,
    house: House,
    data_dir: Path,
    progress: Progress | None = None,
) -> Restored:
    """Fill an empty house from an archive: everything, or nothing.

    data_dir: gets keys and settings, and the folder UNFINISHED_RESTORE while the work is going on;
    as long as that lies there the program does not start.
    Raises BackupRefused; up to the end of the check nothing is touched, and after a fault later on
    what was written is taken away again.
    """
    told = progress or Silent()
    contents = check(source=source, passphrase=passphrase, house=house, progress=told)
    demand_empty(house=house, data_dir=data_dir, source=source)
    try:
        with _workshop(data_dir) as folder:
            _take_back(source, passphrase, _Taker(house, folder, contents, told))
    except OSError as exc:
        raise BackupRefused(f"It could not be restored: {exc.strerror or exc}.") from exc
    return Restored(contents, is_older=bool(known_migrations() - contents.migrations))


def check(
    *, source: Path, passphrase: str | None, house: House, progress: Progress | None = None
) -> Contents:
    """Read the archive to its end; prove that it is whole and fits. Raises BackupRefused."""
    told = progress or Silent()
    seen = 0

    def count(_name: str, _content: Readable) -> None:
        nonlocal seen
        seen += 1
        told.step("Checking", seen, 0)

    contents = _read(source, passphrase, count)
    if contents.format > FORMAT or contents.migrations - known_migrations():
        version = contents.head.version
        raise DoesNotFit(
            f"This backup was made by a newer Quartiersladen ({version}); this is {__version__}. "
            "Install that version or a newer one first."
        )
    if contents.head.engine != house.engine.name:
        raise DoesNotFit(
            f"This backup is of a database on {contents.head.engine}, and this installation uses "
            f"{house.engine.name}: set DATABASE_URL accordingly."
        )
    return contents


def _read(source: Path, passphrase: str | None, receive: Receive) -> Contents:
    try:
        with source.open("rb") as file, opened(file, passphrase) as stream:
            return read_archive(stream, receive)
    except IsADirectoryError as exc:
        raise Foreign from exc
    except FileNotFoundError as exc:
        raise BackupRefused(f"There is no file {source}.") from exc


def known_migrations() -> frozenset[tuple[str, str]]:
    """Return every migration that this program has."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def demand_empty(*, house: House, data_dir: Path, source: Path) -> None:
    """Raise NotEmpty unless folder, database and file storage are empty."""
    if (data_dir / settings.UNFINISHED_RESTORE).exists():
        raise NotEmpty(
            f"An earlier restore into {data_dir} was broken off: empty the folder, the database "
            "and the file storage, and restore again."
        )
    if not house.engine.is_empty():
        raise NotEmpty("The database is not empty; a restore never overwrites anything.")
    if any(names_in(house.storage)):
        raise NotEmpty("The file storage is not empty; a restore never overwrites anything.")
    for path in data_dir.iterdir() if data_dir.is_dir() else ():
        if not (path.name in HARMLESS or _holds(path, source) or _has_no_files(path)):
            raise NotEmpty(
                f"{path} lies in DATA_DIR; a restore never overwrites anything: name an empty "
                "folder."
            )


def _holds(path: Path, source: Path) -> bool:
    nightly = [Path(settings.BACKUP_DIR)] if settings.BACKUP_DIR else []
    inside = [source.resolve(), *(folder.resolve() for folder in nightly)]
    return any(thing == path or path in thing.parents for thing in inside)


def _has_no_files(path: Path) -> bool:
    return path.is_dir() and not any(inner.is_file() for inner in path.rglob("*"))


@contextmanager
def _workshop(data_dir: Path) -> Iterator[Path]:
    """Yield the folder whose presence says that a restore is not finished."""
    is_new = not data_dir.exists()
    data_dir.mkdir(parents=True, exist_ok=True)
    if is_new:
        data_dir.chmod(0o700)
    folder = data_dir / settings.UNFINISHED_RESTORE
    folder.mkdir(mode=0o700)
    make_durable(data_dir)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
        make_durable(data_dir)
        if is_new and not any(data_dir.iterdir()):
            data_dir.rmdir()


@dataclass(slots=True)
class _Taker:
    """Puts members where they belong and remembers what it put there."""

    house: House
    folder: Path
    contents: Contents
    progress: Progress
    files: list[str] = field(default_factory=list)
    keys: list[Path] = field(default_factory=list)

    @property
    def dump(self) -> Path:
        return self.folder / "database"

    @property
    def secrets(self) -> Path:
        return self.folder / "settings"

    def receive(self, name: str, content: Readable) -> None:
        """Take one member."""
        if name == SETTINGS:
            _write_private(self.secrets, content.read(self.contents.sizes[name]))
        elif name == DATABASES[self.house.engine.name]:
            with self.dump.open("xb") as file:
                shutil.copyfileobj(content, file)
        elif name.startswith(FILES):
            self._take_file(name.removeprefix(FILES), content)

    def _take_file(self, name: str, content: Readable) -> None:
        self.progress.step("Restoring", len(self.files), len(self.contents.sizes))
        if name not in self.contents.dropped:
            self.files.append(name)
            _store(self.house.storage, name, content)

    def finish(self) -> None:
        """Write the keys, then fill the database: with that the house is whole."""
        _write_keys(self.folder.parent, json.loads(self.secrets.read_bytes()), self.keys)
        self.progress.step("Database", 0, 0)
        self.house.engine.load(self.dump)

    def undo(self) -> None:
        """Take away what was put there."""
        for name in self.files:
            with suppress(OSError):
                self.house.storage.delete(name)
        for path in self.keys:
            path.unlink(missing_ok=True)


def _take_back(source: Path, passphrase: str | None, taker: _Taker) -> None:
    """Take every member; after a fault none."""
    try:
        # Read a second time, and checked a second time: it may lie on a bad disk.
        if _read(source, passphrase, taker.receive) != taker.contents:
            _changed()
        taker.finish()
    except BaseException:
        taker.undo()
        raise


def _changed() -> None:
    raise Damaged("it changed while it was read")


def _store(storage: Storage, name: str, content: Readable) -> None:
    with SpooledTemporaryFile(max_size=IN_MEMORY) as spool:  # a bucket wants to seek
        shutil.copyfileobj(content, spool)
        spool.seek(0)
        kept = storage.save(name, File(spool, name=name))
    if kept != name:
        storage.delete(kept)
        raise NotEmpty(f"The file storage holds {name} already.")


def _write_keys(data_dir: Path, secrets: Mapping[str, Any], made: list[Path]) -> None:
    given = "".join(
        f"{name}={shlex.quote(value)}\n" for name, value in sorted(secrets["given"].items())
    )
    texts = {
        KEY: secrets["SECRET_KEY"],
        FALLBACKS: ",".join(secrets["SECRET_KEY_FALLBACKS"]),
        SETTINGS_FILE: HEADER + given,
    }
    for name, text in texts.items():
        if text:
            made.append(data_dir / name)
            _write_private(data_dir / name, text.encode())


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
