import io

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tools.messages import Text, _as_python, collect, empty_catalogue, faults, merged, written

LAMP = Text(None, "The lamp", files={"a.py"})
COUNT = Text(None, "%(count)s lamp", "%(count)s lamps", files={"a.py"})
MAY = Text("month", "May", files={"b.html"})
TEXTS = {(text.context, text.msgid): text for text in (LAMP, COUNT, MAY)}


BOTH = ("%(count)s Laterne", "%(count)s Laternen")


def complete():
    catalogue = Catalog(locale="de")
    catalogue.add("The lamp", "Die Laterne")
    catalogue.add(COUNT.ids, BOTH)
    catalogue.add("May", "Mai", context="month")
    return catalogue


def test_a_complete_catalogue_has_no_faults():
    assert list(faults(TEXTS, complete(), set(TEXTS))) == []


def test_a_missing_text_counts_only_where_it_is_promised():
    empty = Catalog(locale="de")

    assert list(faults(TEXTS, empty, {(None, "The lamp")})) == ["missing: 'The lamp' (a.py)"]
    assert list(faults(TEXTS, empty, set())) == []


@pytest.mark.parametrize(
    ("forms", "is_fault"),
    [
        (BOTH, False),
        (("eine Laterne", "%(count)s Laternen"), False),
        (("eine Laterne", "viele Laternen"), True),
        (("%(number)s Laterne", "%(count)s Laternen"), True),
    ],
)
def test_plural_forms_keep_the_placeholders(forms, is_fault):
    catalogue = complete()
    catalogue.get("%(count)s lamp").string = forms

    found = list(faults(TEXTS, catalogue, set(TEXTS)))

    expected = "other placeholders than the English: '%(count)s lamp'"
    assert found == ([expected] if is_fault else [])


def test_a_fuzzy_and_an_unused_entry_are_faults():
    catalogue = complete()
    catalogue.get("The lamp").flags.add("fuzzy")
    catalogue.add("The bench", "Die Bank")

    assert list(faults(TEXTS, catalogue, set(TEXTS))) == [
        "fuzzy: 'The lamp'",
        "no longer used (`make messages` removes it): 'The bench'",
    ]


def test_an_update_keeps_what_is_translated_and_guesses_nothing():
    old = Catalog(locale="de")
    old.add("The lamp", "Die Laterne")
    old.add("Maya", "Maya")

    new = merged(TEXTS, old)

    assert [(m.id, m.string or "", m.context) for m in new if m.id] == [
        ("The lamp", "Die Laterne", None),
        (COUNT.ids, ("", ""), None),
        ("May", "", "month"),
    ]


def test_what_is_written_reads_the_same_and_is_written_the_same_again():
    text = written(complete())

    again = read_po(io.BytesIO(text), locale="de")

    assert written(again) == text
    assert b"Date" not in text


def test_arabic_has_its_plural_forms_in_the_usual_order():
    text = written(empty_catalogue("ar"))

    assert b"n%100>=11 && n%100<=99 ? 4 : 5);" in text
    assert read_po(io.BytesIO(text), locale="ar").num_plurals == 6


def test_leichte_sprache_is_a_catalogue_of_its_own():
    assert b'"Language: de_Simple\\n"' in written(Catalog(locale="de_Simple"))


def test_templates_give_their_texts(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '    {% load i18n %}\n{% if x %}\n  {% translate "The lamp" %}\n{% endif %}\n'
        '{% translate "May" context "month" %}\n'
        "{% blocktranslate trimmed count count=n %}\n  {{ count }} lamp\n"
        "{% plural %}\n  {{ count }} lamps\n{% endblocktranslate %}\n",
        encoding="utf-8",
    )

    code = _as_python(page).decode()

    assert "gettext('The lamp')" in code.replace("u'", "'").replace('"', "'")
    assert "pgettext" in code
    assert "ngettext('%(count)s lamp', '%(count)s lamps'" in code.replace("u'", "'")


def test_the_house_has_texts_in_order():
    texts = list(collect().values())

    assert len(texts) > 100
    assert texts == sorted(texts, key=lambda text: (min(text.files), text.msgid))
