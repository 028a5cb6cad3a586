"""PDF documents."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from quartiersladen.kernel.pdf import PdfFailed, drawable, make_pdf
from tests.support.pdf import complaints, links, page_texts, spoken_frame, tags

PAGE = Path(__file__).parent / "page.typ"
NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)


def page(**changes):
    facts: dict[str, Any] = {
        "title": "Brief",
        "language": "de",
        "data": {"head": "Guten Tag", "lines": ["Straße"]},
        "now": NOON,
    }
    return make_pdf(PAGE, **(facts | changes))


def test_it_can_be_kept_and_read_aloud(tmp_path):
    made = page()

    assert complaints(made, tmp_path) == []
    assert spoken_frame(made) == {
        "language": "de",
        "title": "Brief",
        "shows_title": True,
        "is_marked": True,
        "standards": ("2", "1"),
    }
    assert tags(made) == ["Document", "H1", "P", "P"]
    assert page_texts(made) == ["Guten Tag\nStraße\n→"]


def test_the_same_data_at_the_same_moment_is_the_same_file():
    assert page() == page()
    assert page(now=NOON + timedelta(days=1)) != page()
    assert page(title="Anderer Brief") != page()


def test_several_at_once_do_not_mix():
    wanted = [page(title=f"Brief {n}") for n in range(8)]

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda n: page(title=f"Brief {n}"), range(8)))

    assert made == wanted


@pytest.mark.parametrize(
    "typed", ["#strong[x] $a$ *b* _c_ `d` @e <f> \\n // g", '"); #panic("x"); ("', "= kein Titel"]
)
def test_what_is_typed_is_never_markup(typed):
    made = page(title=typed, data={"head": typed, "lines": [typed]})

    assert page_texts(made) == [f"{typed}\n{typed}\n→"]
    assert spoken_frame(made)["title"] == typed


@pytest.mark.parametrize(
    ("language", "spoken", "arrow"),
    [("de-simple", "de", "→"), ("ar", "ar", "←"), ("vi", "vi", "→"), ("uk", "uk", "→")],
)
def test_each_language_has_its_direction_and_pronunciation(language, spoken, arrow):
    made = page(language=language)

    assert spoken_frame(made)["language"] == spoken
    assert page_texts(made) == [f"Guten Tag\nStraße\n{arrow}"]


@pytest.mark.parametrize(
    "words",
    ["Привіт, їжаче, ґанок", "Ứng dụng ở Việt Nam", "Iğdır'da gülüş", "„Größe“ – 5 € …", "“é”"],
)
def test_every_offered_script_is_drawn(words, tmp_path):
    made = page(data={"head": words})

    assert page_texts(made) == [f"{words}\n→"]
    assert complaints(made, tmp_path) == []


def test_arabic_is_joined_and_runs_from_right_to_left(tmp_path):
    made = page(language="ar", title="رسالة", data={"head": "سلام", "lines": ["رقم 2026-0042"]})

    assert complaints(made, tmp_path) == []
    [text] = page_texts(made)
    # The text layer holds a line as it is seen: the word backwards, the number not.
    assert text.splitlines()[0] == "سلام"[::-1]
    assert "2026-0042" in text


def test_an_address_gets_no_marks_that_would_break_it(tmp_path):
    url = "https://quartier.example.org/anliegen/neu/?ort=51.34,12.40"

    made = page(language="ar", exact={"address": url})

    assert links(made) == [url]
    assert url in page_texts(made)[0]


def test_data_is_whatever_json_can_say():
    facts = {"head": "Zahlen", "lines": ["eins"], "count": 1, "is_so": True, "none": None}
    assert page_texts(page(data=facts)) == ["Zahlen\neins\n→"]


def test_signs_that_no_font_has_do_not_stop_a_letter():
    made = page(title="Für 李", data={"head": "Blume 🌸!", "lines": ["李\x00 a\u0301\r\nb\tc"]})

    assert page_texts(made) == ["Blume !\n▯ á\nb c\n→"]
    assert spoken_frame(made)["title"] == "Für ▯"


def test_what_can_be_drawn_stays():
    plain = "Ärger & Größe\nneue Zeile – „so“ می\u200cخواهم"

    assert drawable(plain) == plain
    assert drawable("a\u20ddb\ufe0f\u00ad\u2028c\u3000") == "ab c "


@pytest.mark.parametrize("missing", [{"title": " "}, {"language": ""}])
def test_title_and_language_are_needed(missing):
    with pytest.raises(ValueError, match="a title and a language"):
        page(**missing)


def test_a_picture_without_words_is_refused():
    silent = PAGE.with_name("silent_picture.typ")

    with pytest.raises(PdfFailed, match="missing alt text"):
        make_pdf(silent, title="Bild", language="de", data={}, now=NOON)


def test_a_template_that_is_not_there_is_named():
    with pytest.raises(PdfFailed, match=r"nowhere\.typ"):
        make_pdf(PAGE.with_name("nowhere.typ"), title="x", language="de", data={}, now=NOON)
