"""Long lists are filled from a small file; what people typed stays text."""

from typing import NamedTuple

import pytest
from django.utils.safestring import mark_safe

from quartiersladen.ui.templatetags.ui import options, rows

ROW = "concerns/office/list_row.html"


class Line(NamedTuple):
    """What the file of the desk's list needs."""

    reference: str = "2026-0001"
    pick: str = "2026-0001~3"
    url: str = "/buero/anliegen/2026-0001/"
    title: str = "Laterne"
    badge: str = "open"
    state: str = "Eingegangen"
    theme: str = ""
    day: str = ""
    distance: str = ""
    who: str = ""


LABELS = {name: name for name in ("number_label", "theme_label", "day_label", "who_label")}


def test_each_item_becomes_one_row_in_its_order():
    made = rows([Line(title="Erste"), Line(title="Zweite")], ROW, **LABELS)
    assert made.count("<tr>") == 2
    assert made.index(">Erste</a>") < made.index(">Zweite</a>")
    assert rows([], ROW, **LABELS) == ""


def test_what_people_typed_is_escaped_and_braces_are_signs():
    made = rows([Line(title='<b>{who} & "wer"</b>', who="'Mira'")], ROW, **LABELS)
    assert ">&lt;b&gt;{who} &amp; &quot;wer&quot;&lt;/b&gt;</a>" in made
    assert "<b>" not in made
    assert "&#x27;Mira&#x27;" in made


def test_html_of_ours_stays_html():
    assert "<bdi>x</bdi></a>" in rows([Line(title=mark_safe("<bdi>x</bdi>"))], ROW, **LABELS)


def test_a_word_that_the_file_names_and_nobody_gives_is_a_fault():
    with pytest.raises(KeyError):
        rows([Line()], ROW)


def test_options_mark_the_chosen_one_and_escape():
    made = options([("a", "<Alle>", False), ("b", "Licht", True)])
    assert made == (
        '<option value="a">&lt;Alle&gt;</option><option value="b" selected>Licht</option>'
    )
    assert options([]) == ""
