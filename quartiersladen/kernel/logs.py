"""What a log line may hold: no key to a private page, no address of a person, no row of a table."""

import logging
import re

LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
HIDDEN = "•••"
#: The token of a signed link, alone or in an address; see kernel.links.
TOKEN = re.compile(r"(?<![A-Za-z0-9_-])[A-Za-z0-9_-]{40}(?![A-Za-z0-9_-])")
#: Keys with which allauth lets somebody set a password or confirm an address.
ACCOUNT_KEY = re.compile(r"(?<=/key/)[^/\s]+|(?<=/confirm-email/)[^/\s]+")
ADDRESS = re.compile(r"[^\s@<>\"'=:;,(\[{]+@[^\s@<>\"',;)\]}]+")
QUERY = re.compile(r"(?<=\?)[^\s\"']+")
#: PostgreSQL writes the whole row that it refuses.
ROW = re.compile(r"^DETAIL:.*$", re.MULTILINE)


def masked(line: str) -> str:
    """Return `line` without what could identify a person or open a private page."""
    for pattern in (ROW, QUERY, ACCOUNT_KEY, TOKEN, ADDRESS):
        line = pattern.sub(HIDDEN, line)
    return line


class MaskingFormatter(logging.Formatter):
    """Masks the finished line, with the traceback in it."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line as it is written."""
        return masked(super().format(record))
