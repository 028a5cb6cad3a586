"""What stands in the log."""

from logging import LogRecord


def without_traceback_of_refusals(record: LogRecord) -> bool:
    """Keep one line of what was refused; only a fault of the program deserves its traceback.

    Otherwise anybody could fill the disk with broken requests.
    """
    if getattr(record, "status_code", 500) < 500:
        record.exc_info = None
    return True
