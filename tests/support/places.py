"""Places for houses of their own: a folder and a database, and commands as real processes.

What is tested there is what an administrator does: the command, its exit code, what it prints, and
what lies there afterwards. On PostgreSQL each place has a database of its own on the test server.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psycopg
from psycopg import sql

from tests.support.environment import ENGINE, ROOT

Rows = dict[str, list[str]]
TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1",
    "postgres": "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1",
}
SCHEMA = {
    "sqlite": "SELECT type, name, sql FROM sqlite_master ORDER BY 1, 2",
    "postgres": (
        "SELECT table_name, column_name, data_type || is_nullable FROM information_schema.columns "
        "WHERE table_schema = 'public' "
        "UNION SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' "
        "UNION SELECT relname, conname, pg_get_constraintdef(c.oid) FROM pg_constraint c "
        "JOIN pg_class r ON r.oid = conrelid "
        "UNION SELECT relname, tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t "
        "JOIN pg_class r ON r.oid = tgrelid WHERE NOT tgisinternal ORDER BY 1, 2, 3"
    ),
}


@dataclass(frozen=True)
class Place:
    """One installation. database: name on the server, or the file's path."""

    folder: Path
    database: str

    @property
    def environment(self) -> dict[str, str]:
        """Return the settings of a process that works here."""
        known = dict(os.environ) | {"DATA_DIR": str(self.folder)}
        if ENGINE == "postgres":
            known["DATABASE_URL"] = self.url
        return known

    @property
    def url(self) -> str:
        """Return the DATABASE_URL of this place on PostgreSQL."""
        return urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{self.database}").geturl()

    def run(self, *arguments: str, **settings: str | None) -> "subprocess.CompletedProcess[str]":
        """Run `quartiersladen ...` here to its end. settings: on top; None takes one away."""
        return self.python("quartiersladen", *arguments, **settings)

    def python(
        self, module: str, *arguments: str, **settings: str | None
    ) -> "subprocess.CompletedProcess[str]":
        """Run `python -m module ...` here to its end."""
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            env=self.with_settings(**settings),
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )

    def with_settings(self, **settings: str | None) -> dict[str, str]:
        """Return the environment with these settings. None takes one away."""
        wanted = self.environment | settings
        return {name: value for name, value in wanted.items() if value is not None}

    def told(self, module: str, *arguments: str, **settings: str | None) -> Any:
        """Return what a module prints as JSON; it has to succeed."""
        ended = self.python(module, *arguments, **settings)
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """Yield a plain connection to the database."""
        if ENGINE == "postgres":
            with closing(psycopg.connect(self.url)) as connection:
                yield connection
        else:
            with closing(sqlite3.connect(self.database)) as connection:
                yield connection

    def schema(self) -> list[Any]:
        """Return every table, column, index, constraint and trigger."""
        with self.connection() as connection:
            return list(connection.execute(SCHEMA[ENGINE]).fetchall())

    def rows(self) -> Rows:
        """Return every row of every table, in an order of their own."""
        with self.connection() as connection:
            tables = [name for (name,) in connection.execute(TABLES[ENGINE]).fetchall()]
            return {
                name: sorted(map(repr, connection.execute(_everything(name)).fetchall()))
                for name in tables
            }

    def files(self) -> dict[str, bytes]:
        """Return every uploaded file."""
        return contents_of(self.folder / "files")


def _everything(table: str) -> Any:
    name = sql.Identifier(table)
    query = sql.SQL("SELECT * FROM {}").format(name)
    return query if ENGINE == "postgres" else query.as_string(None)


def contents_of(folder: Path) -> dict[str, bytes]:
    """Return name and content of every file below `folder`."""
    found = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


@contextmanager
def new_place(folder: Path, *, like: Place | None = None) -> Iterator[Place]:
    """Yield an empty place in `folder`, or a copy of another; its database goes afterwards."""
    if like is not None:
        shutil.copytree(like.folder, folder, dirs_exist_ok=True)
    if ENGINE == "sqlite":
        yield Place(folder, str(folder / "quartiersladen.sqlite3"))
        return
    name = f"place_{uuid4().hex}"
    template = sql.Identifier(like.database if like else "template1")
    with closing(psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)) as server:
        server.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), template)
        )
        try:
            yield Place(folder, name)
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
