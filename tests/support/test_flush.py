"""The flush after a committing test gets past a table that refuses DELETE, and it alone does."""

import pytest
from django.db import DatabaseError, connection, transaction

REFUSE = {
    "sqlite": [
        """CREATE TRIGGER ledger_keeps BEFORE DELETE ON test_ledger
        BEGIN SELECT RAISE(ABORT, 'append only'); END"""
    ],
    "postgresql": [
        """CREATE FUNCTION ledger_keeps() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN RAISE EXCEPTION 'append only'; END$$""",
        """CREATE TRIGGER ledger_keeps BEFORE DELETE ON test_ledger
        FOR EACH ROW EXECUTE FUNCTION ledger_keeps()""",
    ],
}
FORGET = {
    "sqlite": ["DROP TABLE test_ledger"],
    "postgresql": ["DROP TABLE test_ledger", "DROP FUNCTION ledger_keeps"],
}


def run(statements):
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def rows():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM test_ledger")
        return cursor.fetchone()[0]


@pytest.fixture
def ledger(transactional_db):
    run(["CREATE TABLE test_ledger (id integer)", "INSERT INTO test_ledger VALUES (1)"])
    run(REFUSE[connection.vendor])
    yield
    run(FORGET[connection.vendor])


def test_the_flush_lifts_the_refusal_and_puts_it_back(ledger):
    connection.ops.execute_sql_flush(["DELETE FROM test_ledger"])
    assert rows() == 0

    run(["INSERT INTO test_ledger VALUES (2)"])
    with pytest.raises(DatabaseError, match="append only"), transaction.atomic():
        run(["DELETE FROM test_ledger"])
    assert rows() == 1
