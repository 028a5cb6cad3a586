"""Journal and ledgers take new lines only; the erasure alone may pass, and nobody behind it."""

from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from quartiersladen.privacy.append_only import (
    APPEND_ONLY,
    PERMIT_TABLE,
    append_only,
    erasure_permit,
    unguarded,
)
from quartiersladen.privacy.models import Consent, RetentionProof, Trail
from quartiersladen.privacy.services import leave_trail
from quartiersladen.privacy.states import RetentionKind
from quartiersladen.quarters.testing import NOON, make_quarter

REFUSED = "is append-only"
COUNT = f"SELECT count(*) FROM {PERMIT_TABLE}"  # noqa: S608 -- a constant


def trail(quarter):
    return leave_trail(
        quarter=quarter, by_id=None, deed="quarter saved", subject="x:1", data={}, now=NOON
    )


def proof(quarter):
    return RetentionProof.objects.create(
        quarter=quarter,
        kind=RetentionKind.CONTACT,
        days=180,
        count=3,
        day=NOON.date(),
        at=NOON,
    )


def permits():
    with connection.cursor() as cursor:
        cursor.execute(COUNT)
        return cursor.fetchone()[0]


@pytest.mark.parametrize("make", [trail, proof])
def test_a_line_is_neither_changed_nor_deleted(quarter, make):
    line = make(quarter)
    rows = type(line).objects.filter(pk=line.pk)

    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        rows.update(at=NOON)
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        rows.delete()

    assert rows.count() == 1


def test_every_table_that_takes_new_lines_only_is_guarded(db):
    assert unguarded() == []
    assert {Consent._meta.db_table, Trail._meta.db_table, "dossiers_entry"} < set(APPEND_ONLY)


def test_with_a_permit_a_line_can_be_deleted_and_afterwards_none(quarter):
    first, second = trail(quarter), trail(quarter)

    with erasure_permit():
        Trail.objects.filter(pk=first.pk).delete()

    assert permits() == 0
    with pytest.raises(DatabaseError, match=REFUSED), transaction.atomic():
        Trail.objects.filter(pk=second.pk).delete()


def test_a_permit_inside_a_permit_leaves_the_door_to_the_outer_one(quarter):
    first, second = trail(quarter), trail(quarter)

    with erasure_permit():
        with erasure_permit():
            Trail.objects.filter(pk=first.pk).delete()
        Trail.objects.filter(pk=second.pk).delete()

    assert (Trail.objects.count(), permits()) == (0, 0)


def test_an_erasure_that_fails_leaves_no_permit_and_every_line(quarter):
    trail(quarter)

    def fails():
        with erasure_permit():
            Trail.objects.all().delete()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()

    assert (Trail.objects.count(), permits()) == (1, 0)


@pytest.mark.django_db(transaction=True)
def test_a_permit_can_never_be_committed():
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {PERMIT_TABLE} (id) VALUES (1)")  # noqa: S608 -- a constant

    assert permits() == 0


@pytest.mark.django_db(transaction=True)
def test_while_one_transaction_has_a_permit_another_one_has_none():
    quarter = make_quarter("ost")
    mine, theirs = trail(quarter), trail(quarter)
    opened, tried = Barrier(2), []

    def somebody_else():
        opened.wait()
        try:
            with connection.cursor() as cursor:
                # SQLite lets one write at a time: the other one would wait for the lock.
                if connection.vendor == "sqlite":
                    cursor.execute("PRAGMA busy_timeout = 50")
                    cursor.execute(COUNT)
                    tried.append(cursor.fetchone()[0])
            Trail.objects.filter(pk=theirs.pk).delete()
        except DatabaseError as refused:
            tried.append(str(refused))
        finally:
            connection.close()
            opened.wait()

    other = Thread(target=somebody_else)
    other.start()
    with erasure_permit():
        Trail.objects.filter(pk=mine.pk).delete()
        opened.wait()
        opened.wait()
    other.join()

    assert list(Trail.objects.values_list("pk", flat=True)) == [theirs.pk]
    refusal = tried[-1]
    assert REFUSED in refusal or "locked" in refusal
    assert tried[:-1] in ([], [0])


@pytest.mark.sqlite
@pytest.mark.django_db(transaction=True)
def test_a_rebuilt_table_loses_its_triggers_and_that_is_found():
    """SQLite makes a table anew to change a column; the triggers of the old one go with it."""
    operation: Any = append_only("privacy_trail")
    field = models.CharField(max_length=61)
    field.set_attributes_from_name("deed")

    with connection.schema_editor() as editor:
        editor.alter_field(Trail, Trail._meta.get_field("deed"), field)
    missing = unguarded()
    with connection.schema_editor() as editor:
        editor.alter_field(Trail, field, Trail._meta.get_field("deed"))
        operation.code(None, editor)

    assert missing == ["privacy_trail_no_update", "privacy_trail_no_delete"]
    assert unguarded() == []


@pytest.mark.django_db(transaction=True)
def test_the_step_of_a_migration_can_be_taken_back_and_again():
    operation: Any = append_only("privacy_trail")

    with connection.schema_editor() as editor:
        operation.reverse_code(None, editor)
        missing = unguarded()
        operation.code(None, editor)

    assert missing == ["privacy_trail_no_update", "privacy_trail_no_delete"]
    assert unguarded() == []
