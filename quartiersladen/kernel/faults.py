"""Says whether an exception means that disk or database cannot work at the moment.

Nothing is wrong with what was asked then: it may be asked again later. Everything else that rises
is a fault of the program.
"""

import errno
from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError, OperationalError

#: No space, quota reached, file too large for the process, read-only, disk broken, no more files.
OF_THE_DISK = frozenset(
    {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EROFS,
        errno.EIO,
        errno.EMFILE,
        errno.ENFILE,
    }
)
#: Primary result codes of SQLite: busy, locked, out of memory, read-only, disk error, full, cannot
#: open, locking protocol.
OF_SQLITE = frozenset({5, 6, 7, 8, 10, 13, 14, 15})
#: Classes of SQLSTATE: connection, transaction rolled back, resources (53100 is a full disk),
#: operator's intervention, error of the system; a lock not available; a server that only reads.
OF_POSTGRES = ("08", "40", "53", "57", "58", "55P03", "25006")


def is_out_of_order(fault: BaseException | None) -> bool:
    """Say whether `fault`, or what lies behind it, is a disk or database that cannot work."""
    return any(_says_so(part) for part in _chain(fault))


def _chain(fault: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while fault is not None and id(fault) not in seen:
        seen.add(id(fault))
        yield fault
        fault = fault.__cause__ or fault.__context__


def _says_so(fault: BaseException) -> bool:
    if isinstance(fault, OSError):
        return fault.errno in OF_THE_DISK
    if isinstance(fault, DatabaseError | InterfaceError):
        return _of_database(fault, fault.__cause__)
    return False


def _of_database(fault: Exception, driver: BaseException | None) -> bool:
    code = getattr(driver, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF in OF_SQLITE
    state = getattr(driver, "sqlstate", None)
    if state is not None:
        return bool(state.startswith(OF_POSTGRES))
    # No answer of the server at all: it does not run, or the line to it is cut.
    return isinstance(fault, OperationalError | InterfaceError)
