"""Files that spreadsheets open: every cell is what it was, and none calculates."""

import csv
from datetime import UTC, date, datetime
from io import BytesIO, StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from quartiersladen.kernel.tables import Flavour, csv_lines, neutral, write_xlsx

FORMULAS = ["=1+1", "+49 30 23125 014", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "\n@x", "\xa0=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_text_that_looks_like_a_formula_stays_a_text(text):
    assert neutral(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Müll", "1+1=2", "a@example.org", "2026-0042", "'=1"])
def test_other_texts_stay_as_they_are(text):
    assert neutral(text) == text


def test_what_no_file_can_hold_is_left_out():
    assert neutral("a\x00b\ud800c\x1b") == "abc"
    assert neutral("\x00=1") == "'=1"
    assert len(neutral("x" * 40_000)) == 32_766


def written(rows, flavour=Flavour.PLAIN) -> str:
    return "".join(csv_lines(rows, flavour))


def test_csv_is_written_as_the_standard_says():
    rows = [["a", 'sagt "nein"', "x,y"], [1, None, 2.5], [date(2026, 3, 2), "", "=1"]]

    assert written(rows) == ('a,"sagt ""nein""","x,y"\r\n1,,2.5\r\n2026-03-02,,\'=1\r\n')


def test_excel_gets_its_mark_and_semicolons():
    assert written([["a", "b;c"]], Flavour.MARKED) == "\ufeffa,b;c\r\n"
    assert written([["a", "b;c"]], Flavour.GERMAN) == '\ufeffa;"b;c"\r\n'


def test_rows_are_asked_for_while_they_are_written():
    asked = []

    def rows():
        for number in range(3):
            asked.append(number)
            yield [number]

    lines = csv_lines(rows())

    assert (next(lines), asked) == ("0\r\n", [0])


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
@settings(deadline=None)
def test_every_text_comes_back_from_csv_and_none_begins_a_formula(rows):
    back = list(csv.reader(StringIO(written(rows), newline="")))

    assert back == [[neutral(cell) for cell in row] for row in rows]
    assert not [cell for row in back for cell in row if cell.startswith(("=", "+", "-", "@"))]


def opened(rows) -> list[tuple[object, ...]]:
    out = BytesIO()
    assert write_xlsx(out, ["Nummer", "=Kopf"], rows, title="Anliegen") == len(rows)
    sheet = load_workbook(out)["Anliegen"]
    assert sheet.freeze_panes == "A2"
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} & {"f"} == set()
    return list(sheet.iter_rows(values_only=True))


def test_a_workbook_has_texts_numbers_and_real_days():
    rows = [
        ["2026-0042", date(2026, 3, 2)],
        ["=cmd|' /C calc'!A1", datetime(2026, 3, 2, 12, 30)],  # noqa: DTZ001 -- as people read it
        [7, None],
        ["0123", datetime(2026, 3, 2, 12, tzinfo=UTC)],
        ["https://example.org", "12"],
    ]

    assert opened(rows) == [
        ("Nummer", "'=Kopf"),
        ("2026-0042", datetime(2026, 3, 2)),  # noqa: DTZ001 -- a workbook knows no zones
        ("'=cmd|' /C calc'!A1", datetime(2026, 3, 2, 12, 30)),  # noqa: DTZ001 -- as above
        (7, None),
        ("0123", datetime(2026, 3, 2, 12)),  # noqa: DTZ001 -- as above
        ("https://example.org", "12"),
    ]


def test_an_empty_workbook_can_be_opened():
    assert opened([]) == [("Nummer", "'=Kopf")]
