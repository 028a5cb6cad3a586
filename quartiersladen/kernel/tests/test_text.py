"""Folded and localized text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartiersladen.kernel.text import fold, localized, with_steady_numbers


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "Mueller"),
        ("Müller", "muller"),
        ("Mu\u0308ller", "Müller"),  # decomposed, as macOS writes it
        ("Straße", "STRASSE"),
        ("Größe", "Groesse"),
        ("Äpfel", "aepfel"),
        ("İstanbul", "istanbul"),
        ("Işık", "isik"),
        ("Café", "CAFE"),
        ("Bürger:innen", "Bürgerinnen"),
        ("Bürger*innen", "BÜRGERINNEN"),
        ("Bürger_innen", "Buergerinnen"),
        ("Bürger·innen", "Bürgerinnen"),
        ("Bürger/-innen", "Bürgerinnen"),
        ("Anwohner/in", "Anwohnerin"),
        ("Leser:In", "leserin"),
        ("Schön™", "schoentm"),
        ("الشَّارِع", "الشارع"),  # with and without vowel signs
        ("ﬁnden", "finden"),
    ],
)
def test_spellings_that_people_take_for_the_same_are_found_alike(one, other):
    assert fold(one) == fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Laterne", "Laternen"), ("Haus", "Hase"), ("a:inhalt", "ainhalt")]
)
def test_other_words_stay_other_words(one, other):
    assert fold(one) != fold(other)


@given(st.text())
def test_capitals_never_matter(text):
    assert fold(text) == fold(text.casefold())


@pytest.mark.parametrize(
    ("value", "language", "expected"),
    [
        ({"de": "Licht", "en": "Light"}, "en", "Light"),
        ({"de": "Licht", "en": "Light"}, "ar", "Licht"),
        ({"de": "Licht", "en": "Light"}, "de-simple", "Licht"),
        ({"de-simple": "Lampe", "de": "Licht"}, "de-simple", "Lampe"),
        ({"de": "", "en": "Light"}, "tr", "Light"),
        ({"en": "", "de": "Licht"}, "en", "Licht"),
        ({"de": ""}, "de", ""),
        ({}, "de", ""),
    ],
)
def test_a_reader_gets_the_nearest_language(value, language, expected):
    assert localized(value, language) == expected


@pytest.mark.parametrize(
    ("text", "steady"),
    [
        ("رقم 2026-0042.", "رقم ‎2026-0042‎."),
        ("+49 30 23125 100", "‎+49 30 23125 100‎"),
        ("3 أيام", "3 أيام"),
        ("بدون", "بدون"),
    ],
)
def test_a_number_keeps_its_order_among_arabic_words(text, steady):
    assert with_steady_numbers(text) == steady
