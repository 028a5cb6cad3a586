"""Database triggers that refuse UPDATE and DELETE on ledgers, on SQLite and PostgreSQL.

The erasure may pass: it puts a row into the permit table and takes it out again in its own
transaction. Nobody else ever sees that row: another transaction does not read what is not
committed, on either engine, and a row that were left behind could not be committed, because it
points to a row that does not exist and the database checks that at COMMIT.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.apps.registry import Apps
from django.db import connection, transaction
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations.special import RunPython

PERMIT_TABLE = "privacy_erasure_permit"
#: Always empty: the permit points here, so that it cannot be committed.
NOWHERE_TABLE = "privacy_erasure_nowhere"
DEEDS = ("UPDATE", "DELETE")
Step = Callable[[Apps, BaseDatabaseSchemaEditor], None]
#: Every table that takes new lines only. SQLite loses triggers when a migration rebuilds a table:
#: such a migration ends with `append_only` again, and `unguarded` finds one that forgot it.
APPEND_ONLY = ("dossiers_entry", "privacy_consent", "privacy_trail", "privacy_retentionproof")


def _sqlite(table: str, deed: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "  # noqa: S608 -- our names
        f"WHEN NOT EXISTS (SELECT 1 FROM {PERMIT_TABLE}) "
        f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
    )


def _postgresql(table: str, deed: str) -> str:
    return (
        f"CREATE TRIGGER {table}_no_{deed.lower()} BEFORE {deed} ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION quartiersladen_append_only()"
    )


def _add(table: str, editor: BaseDatabaseSchemaEditor) -> None:
    build = _sqlite if editor.connection.vendor == "sqlite" else _postgresql
    for deed in DEEDS:
        editor.execute(build(table, deed))


def _drop(table: str, editor: BaseDatabaseSchemaEditor) -> None:
    on_table = "" if editor.connection.vendor == "sqlite" else f" ON {table}"
    for deed in DEEDS:
        editor.execute(f"DROP TRIGGER {table}_no_{deed.lower()}{on_table}")


def _steps(table: str) -> tuple[Step, Step]:
    def guard(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        _add(table, editor)

    def unguard(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
        _drop(table, editor)

    return guard, unguard


def append_only(table: str) -> RunPython:
    """Return the migration step that makes `table` append-only; reversible."""
    guard, unguard = _steps(table)
    return RunPython(guard, unguard)


def changeable(table: str) -> RunPython:
    """Return the migration step before a change of `table`, which ends with append_only."""
    guard, unguard = _steps(table)
    return RunPython(unguard, guard)


@contextmanager
def erasure_permit() -> Iterator[None]:
    """Let the statements inside change append-only rows; only for erasure and its tests.

    Inside another permit it changes nothing: the outer one closes the door.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT 1 FROM {PERMIT_TABLE}")  # noqa: S608 -- a constant
        if cursor.fetchone():
            yield
            return
        cursor.execute(f"INSERT INTO {PERMIT_TABLE} (id) VALUES (1)")  # noqa: S608 -- a constant
        yield
        cursor.execute(f"DELETE FROM {PERMIT_TABLE}")  # noqa: S608 -- a constant


def unguarded() -> list[str]:
    """Return the triggers that should stand on the append-only tables and do not."""
    if connection.vendor == "sqlite":
        sql = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    else:
        sql = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled <> 'D'"
    with connection.cursor() as cursor:
        cursor.execute(sql)
        there = {row[0] for row in cursor.fetchall()}
    wanted = [f"{table}_no_{deed.lower()}" for table in APPEND_ONLY for deed in DEEDS]
    return [name for name in wanted if name not in there]
