"""Tables as files that people open in a spreadsheet: CSV and XLSX, without a formula in them.

A cell that a spreadsheet would take for a formula gets an apostrophe in front, which spreadsheets
read as "this is text". Numbers and days stay numbers and days.
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from enum import Enum
from io import StringIO
from re import compile as pattern
from typing import IO

Cell = str | int | float | date | datetime | None
Row = Sequence[Cell]

#: What spreadsheets take for the beginning of a formula.
BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: Signs that no file of either kind can hold: control signs and halves of characters.
UNFIT = pattern(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
LONGEST_CELL = 32_767  # signs; Excel refuses to open longer ones
WIDEST, NARROWEST = 60, 8  # signs of a column
MARK = "\ufeff"  # tells Excel that a CSV is UTF-8


class Flavour(Enum):
    """PLAIN: RFC 4180. MARKED: with a byte order mark. GERMAN: semicolons and the mark, for Excel."""

    PLAIN = "komma"
    MARKED = "bom"
    GERMAN = "excel"


def neutral(text: str) -> str:
    """Return `text` so that no spreadsheet calculates with it."""
    clean = UNFIT.sub("", text)[: LONGEST_CELL - 1]
    # A space before the sign does not help: some programs cut it off before they look.
    return f"'{clean}" if clean.lstrip(" \n\xa0").startswith(BEGINS_FORMULA) else clean


def _shown(cell: Cell) -> Cell:
    if isinstance(cell, str):
        return neutral(cell)
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d %H:%M")
    return cell.isoformat() if isinstance(cell, date) else cell


def csv_lines(rows: Iterable[Row], flavour: Flavour = Flavour.PLAIN) -> Iterator[str]:
    """Yield the lines of a CSV file; rows are asked for one after the other."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";" if flavour == Flavour.GERMAN else ",")
    if flavour != Flavour.PLAIN:
        yield MARK
    for row in rows:
        writer.writerow([_shown(cell) for cell in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def write_xlsx(target: IO[bytes], head: Row, rows: Iterable[Row], *, title: str) -> int:
    """Write one sheet with a head that stays in sight; returns how many rows it has.

    Rows are asked for one after the other and leave the memory at once. Days become real days,
    times lose their zone: hand them in as people of the quarter read them.
    """
    from xlsxwriter import Workbook  # noqa: PLC0415 -- 12 MB that most processes never need

    book = Workbook(
        target,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_numbers": False,
            "strings_to_urls": False,
            "remove_timezone": True,
        },
    )
    day = book.add_format({"num_format": "dd.mm.yyyy"})
    moment = book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
    bold = book.add_format({"bold": True})
    sheet = book.add_worksheet(title[:31])
    sheet.freeze_panes(1, 0)
    for column, cell in enumerate(head):
        sheet.set_column(column, column, min(max(len(str(cell)) + 4, NARROWEST), WIDEST))
        sheet.write_string(0, column, neutral(str(cell)), bold)
    number = 0
    for number, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(number, column, neutral(cell))
            elif isinstance(cell, date):
                form = moment if isinstance(cell, datetime) else day
                sheet.write_datetime(number, column, cell, form)
            elif cell is not None:
                sheet.write_number(number, column, cell)
    sheet.autofilter(0, 0, number, len(head) - 1)
    book.close()
    return number
