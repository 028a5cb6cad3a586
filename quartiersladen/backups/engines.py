"""The two database engines: a consistent snapshot while everybody works, and the way back in."""

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from django.db.backends.postgresql.client import DatabaseClient

from quartiersladen.backups.refusals import BackupFailed, BackupRefused

DEBIAN = Path("/usr/lib/postgresql")
PAGES = 1_000  # copied between two looks at the progress
Rows = list[tuple[Any, ...]]
#: Told how many of how many steps are done.
Watch = Callable[[int, int], None]


class Snapshot(Protocol):
    """The database as it was at one moment."""

    def rows(self, sql: str) -> Rows:
        """Return what a query finds."""

    def dump(self, target: Path, watch: Watch) -> None:
        """Write it into a new file. Raises BackupFailed; OSError."""


class Engine(Protocol):
    """One database."""

    @property
    def name(self) -> str:
        """Which of the two it is: "sqlite" or "postgresql"."""

    def snapshot(self) -> Any:  # noqa: ANN401 -- a context manager of a Snapshot
        """Hold a moment fast without holding up anybody who writes."""

    def is_empty(self) -> bool:
        """Return whether nothing is in it; never creates it."""

    def load(self, dump: Path) -> None:
        """Fill it from a dump: with everything or with nothing. Raises BackupRefused."""


def engine_of(settings: Mapping[str, Any]) -> Engine:
    """Return the engine for one entry of DATABASES."""
    if str(settings["ENGINE"]).endswith("sqlite3"):
        return Sqlite(Path(settings["NAME"]))
    return Postgresql(dict(settings))


# --- SQLite -----------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SqliteSnapshot:
    """A connection that reads in one long transaction: writers append to the log meanwhile."""

    connection: sqlite3.Connection

    def rows(self, sql: str) -> Rows:
        """See Snapshot."""
        try:
            return self.connection.execute(sql).fetchall()
        except sqlite3.DatabaseError as exc:
            raise BackupFailed(f"The database cannot be read: {exc}.") from exc

    def dump(self, target: Path, watch: Watch) -> None:
        """Copy page by page with the backup API and prove that the copy is whole."""
        with closing(sqlite3.connect(target, isolation_level=None)) as copy:
            try:
                copy.execute("PRAGMA synchronous=OFF")
                self.connection.backup(
                    copy,
                    pages=PAGES,
                    progress=lambda _status, left, total: watch(total - left, total),
                )
                copy.execute("PRAGMA journal_mode=DELETE")
                found = copy.execute("PRAGMA integrity_check(1)").fetchone()[0]
            except sqlite3.DatabaseError as exc:
                raise BackupFailed(f"The database could not be copied: {exc}.") from exc
        if found != "ok":
            raise BackupFailed(f"The database is damaged, SQLite says: {found}.")


@dataclass(frozen=True, slots=True)
class Sqlite:
    """The embedded database in one file."""

    path: Path
    name: str = "sqlite"

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """See Engine. The transaction keeps the copy from starting again at each write."""
        uri = f"file:{quote(str(self.path))}?mode=rw"
        try:
            source = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=20)
        except sqlite3.OperationalError as exc:
            raise BackupFailed("There is no database in DATA_DIR yet.") from exc
        with closing(source):
            snapshot = SqliteSnapshot(source)
            source.execute("BEGIN")
            snapshot.rows("SELECT count(*) FROM sqlite_master")
            yield snapshot

    def is_empty(self) -> bool:
        """See Engine."""
        return not self.path.exists()

    def load(self, dump: Path) -> None:
        """Write it beside, then give it its name."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.path.with_name(self.path.name + ".part")
        try:
            shutil.copyfile(dump, beside)
            beside.chmod(0o600)
            make_durable(beside)
            beside.replace(self.path)
            make_durable(self.path.parent)
        finally:
            beside.unlink(missing_ok=True)


# --- PostgreSQL -------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class PostgresqlSnapshot:
    """An open transaction whose view of the data pg_dump shares."""

    connection: Any
    key: str
    settings: Mapping[str, Any]

    def rows(self, sql: str) -> Rows:
        """See Snapshot."""
        import psycopg  # noqa: PLC0415 -- optional: only an installation on PostgreSQL has it

        try:
            return list(self.connection.execute(sql).fetchall())
        except psycopg.Error as exc:
            raise BackupFailed(f"The database cannot be read: {exc}.") from exc

    def dump(self, target: Path, watch: Watch) -> None:
        """Let pg_dump write its custom format."""
        watch(0, 1)
        options = ["--format=custom", "--no-owner", "--no-privileges", "--no-comments"]
        said = run_program(
            "pg_dump", self.settings, *options, f"--snapshot={self.key}", f"--file={target}"
        )
        if said:
            raise BackupFailed(f"pg_dump could not copy the database: {said}")
        watch(1, 1)


@dataclass(frozen=True, slots=True)
class Postgresql:
    """A database on a server."""

    settings: dict[str, Any]
    name: str = "postgresql"

    def _connect(self) -> Any:  # noqa: ANN401 -- the library is optional
        import psycopg  # noqa: PLC0415 -- optional: only an installation on PostgreSQL has it

        named = {
            "dbname": self.settings["NAME"],
            "user": self.settings["USER"],
            "password": self.settings["PASSWORD"],
            "host": self.settings["HOST"],
            "port": self.settings["PORT"],
        }
        try:
            return psycopg.connect(
                **{name: value for name, value in named.items() if value},
                **self.settings.get("OPTIONS", {}),
                autocommit=True,
            )
        except psycopg.OperationalError as exc:
            raise BackupRefused("The database in DATABASE_URL does not answer.") from exc

    @contextmanager
    def snapshot(self) -> Iterator[Snapshot]:
        """See Engine."""
        with closing(self._connect()) as connection:
            connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            [[key]] = connection.execute("SELECT pg_export_snapshot()").fetchall()
            yield PostgresqlSnapshot(connection, key, self.settings)

    def is_empty(self) -> bool:
        """See Engine. What an extension brought does not count."""
        sql = (
            "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p', 'v', 'm', 'S', 'f') "
            "AND relnamespace::regnamespace::text NOT LIKE 'pg\\_%' "
            "AND relnamespace <> 'information_schema'::regnamespace"
        )
        with closing(self._connect()) as connection:
            [[found]] = connection.execute(sql).fetchall()
        return bool(found == 0)

    def load(self, dump: Path) -> None:
        """Let pg_restore do it in one transaction."""
        options = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"]
        said = run_program("pg_restore", self.settings, *options, str(dump))
        if said:
            raise BackupRefused(f"pg_restore could not fill the database: {said}")


def find_program(name: str) -> str:
    """Return the newest of PostgreSQL's programs; raise BackupRefused if there is none."""
    versions = [path for path in DEBIAN.glob(f"*/bin/{name}") if path.parts[-3].isdecimal()]
    if versions:
        return str(max(versions, key=lambda path: int(path.parts[-3])))
    if found := shutil.which(name):
        return found
    msg = f"The program {name} was not found: install PostgreSQL's client programs."
    raise BackupRefused(msg)


def run_program(name: str, settings: Mapping[str, Any], *arguments: str) -> str:
    """Run a program on the database; return "" or, if it failed, its last words.

    The password goes through the environment, where no list of processes shows it.
    """
    command, extra = DatabaseClient.settings_to_cmd_args_env(dict(settings), [])
    *place, database = command[1:]
    ended = subprocess.run(  # noqa: S603 -- PostgreSQL's own program
        [find_program(name), *place, f"--dbname={database}", "--no-password", *arguments],
        env={"LC_ALL": "C", **(extra or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )
    if ended.returncode == 0:
        return ""
    lines = [line for line in ended.stderr.splitlines() if "error" in line] or ["no reason given"]
    return lines[0].removeprefix(f"{name}: error: ")[:200]


def make_durable(path: Path) -> None:
    """Return when a file, or the names in a folder, would survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
