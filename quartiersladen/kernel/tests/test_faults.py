"""What counts as "disk or database cannot work", and what is a fault of the program."""

import errno
import sqlite3

import psycopg
import pytest
from django.db import IntegrityError, InterfaceError, OperationalError, ProgrammingError

from quartiersladen.kernel.faults import is_out_of_order


def caused(fault, driver):
    fault.__cause__ = driver
    return fault


def of_sqlite(code):
    driver = sqlite3.OperationalError("x")
    driver.sqlite_errorcode = code
    return caused(OperationalError("x"), driver)


def of_postgres(state):
    return caused(OperationalError("x"), psycopg.errors.lookup(state)("x"))


def risen_while_handling(fault):
    later = ValueError()
    later.__context__ = fault
    return later


FULL = 13
UNABLE = [
    OSError(errno.ENOSPC, "x"),
    OSError(errno.EDQUOT, "x"),
    of_sqlite(FULL),
    of_sqlite(5),
    of_sqlite(10 | (3 << 8)),
    *(of_postgres(state) for state in ("53100", "53300", "57P01", "57P03", "40P01", "55P03")),
    caused(OperationalError("connection refused"), psycopg.OperationalError("x")),
    InterfaceError("connection already closed"),
    risen_while_handling(OSError(errno.ENOSPC, "x")),
]
OURS = [
    None,
    ValueError(),
    FileNotFoundError(errno.ENOENT, "x"),
    IntegrityError("x"),
    ProgrammingError("no such column"),
    of_sqlite(1),
    of_postgres("42P01"),
    risen_while_handling(FileNotFoundError(errno.ENOENT, "x")),
]


@pytest.mark.parametrize("fault", UNABLE, ids=repr)
def test_it_may_work_later(fault):
    assert is_out_of_order(fault) is True


@pytest.mark.parametrize("fault", OURS, ids=repr)
def test_it_is_our_fault(fault):
    assert is_out_of_order(fault) is False


def test_a_ring_of_causes_ends():
    fault = ValueError()
    fault.__context__ = later = ValueError()
    later.__context__ = fault

    assert is_out_of_order(fault) is False
