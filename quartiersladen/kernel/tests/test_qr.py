"""QR codes."""

import re
from xml.etree import ElementTree as ET

import pytest
import segno

from quartiersladen.kernel.qr import qr_svg

ADDRESS = "https://quartier.example.org/s/AAAA-bbbb_1234/?lang=ar&x=1"
BORDER = 2
SVG = "{http://www.w3.org/2000/svg}"


def dark_modules(svg):
    """Read the drawn strokes back: {(column, row)} without the quiet zone."""
    paths = ET.fromstring(svg).iter(f"{SVG}path")  # noqa: S314 -- our own bytes
    [line] = [path for path in paths if "qr__line" in path.get("class", "")]
    column, row, found = 0.0, 0.0, set()
    for letter, numbers in re.findall(r"([Mmh])([^Mmh]*)", line.get("d", "")):
        values = [float(n) for n in re.findall(r"-?\d*\.?\d+", numbers)]
        if letter == "M":
            column, row = values
        elif letter == "m":
            column, row = column + values[0], row + values[1]
        else:
            found |= {(int(column) + n - BORDER, int(row) - BORDER) for n in range(int(values[0]))}
            column += values[0]
    return found


def test_the_drawing_is_the_code():
    svg = qr_svg(ADDRESS, title="Zur Seite")

    matrix = segno.make(ADDRESS, error="m").matrix
    expected = {(x, y) for y, line in enumerate(matrix) for x, dark in enumerate(line) if dark}
    assert dark_modules(svg) == expected


def test_it_scales_and_has_a_name_for_those_who_do_not_see_it():
    root = ET.fromstring(qr_svg(ADDRESS, title="Zur Seite"))  # noqa: S314 -- our own bytes

    assert (root.get("role"), root.get("aria-label")) == ("img", "Zur Seite")
    assert (root.get("class"), root.get("width")) == ("qr", None)
    assert root.get("viewBox") is not None


@pytest.mark.parametrize("title", ['"><script>x</script>', "a & b < c", "رمز"])
def test_the_title_cannot_break_out(title):
    root = ET.fromstring(qr_svg(ADDRESS, title=title))  # noqa: S314 -- our own bytes

    assert root.get("aria-label") == title
