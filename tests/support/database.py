"""Empties and drops test databases that resist.

Tables that refuse DELETE: after a test that commits (`live_server`, `transactional_db`) Django empties every table. The
journal and the ledgers refuse that by trigger, which is their purpose. Here, and only for the
flush of the test database, those triggers are lifted: on SQLite by dropping them and creating
them again from their own text, on PostgreSQL by the session's replication role.

A database in use: a browser that is closed may leave a request of its last page in work, with a
connection of its own, and PostgreSQL drops no database that somebody uses.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import psycopg
from django.db import connection, transaction
from django.db.backends.base.operations import BaseDatabaseOperations
from psycopg import sql

REFUSING = (
    "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND sql LIKE '%RAISE%' ORDER BY 1"
)


@contextmanager
def triggers_lifted() -> Iterator[None]:
    """Within one transaction, let every statement through."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
            yield
            return
        refusing = cursor.execute(REFUSING).fetchall()
        for name, _text in refusing:
            cursor.execute(f'DROP TRIGGER "{name}"')
        yield
        for _name, text in refusing:
            cursor.execute(text)


def let_flush_lift_triggers() -> None:
    """Wrap the flush of every connection, once.

    On the class, because a browser's event loop gives the same thread another connection object.
    """
    operations = type(connection.ops)
    plain_flush = operations.execute_sql_flush

    def flush(self: BaseDatabaseOperations, sql_list: Iterable[str]) -> None:
        with triggers_lifted():
            plain_flush(self, sql_list)

    operations.execute_sql_flush = flush  # type: ignore[method-assign]  # for tests alone


def end_other_sessions() -> None:
    """Close the test database for everybody: who is in it is shown out, nobody comes in again."""
    if connection.vendor != "postgresql":
        return
    name = connection.settings_dict["NAME"]
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as outside:
        outside.execute(
            sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name))
        )
        outside.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
