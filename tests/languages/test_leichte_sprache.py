"""Leichte Sprache keeps its own rules: short sentences, one thought, no passive, digits.

Source: the rules of Netzwerk Leichte Sprache, as far as a machine can look at them.
"""

import re

import pytest

from tests.languages.catalogues import catalogue, resident_keys
from tools.messages import _known, _strings

MOST_WORDS = 13  # in a sentence; a placeholder is one word
LONGEST_WORD = 17  # letters; longer ones are divided by a middle dot
PASSIVE = re.compile(
    r"\b(?:wird|werden|wurde|wurden|worden)\b(?! (?:ich|Sie|wir))[^.:?!]*\b(?:ge\w+t|\w+en)\b"
)
NUMBER_WORDS = re.compile(
    r"\b(?:zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn)\b", re.IGNORECASE
)
#: Words that stand in files of the office as well and are read there only.
OFFICE = {"This step is not possible in the present state."}
RULES = {
    "a sentence of more than 13 words": lambda text: any(
        len(part.split()) > MOST_WORDS for part in re.split(r"[.:?!]", text)
    ),
    "a word of more than 17 letters": lambda text: any(
        len(word) > LONGEST_WORD for word in re.findall(r"[^\W\d_]+", text)
    ),
    "the passive": lambda text: bool(PASSIVE.search(text)),
    "a number as a word": lambda text: bool(NUMBER_WORDS.search(text)),
    "a semicolon": lambda text: ";" in text,
    "the genitive": lambda text: bool(re.search(r"\b(?:des|eines) \w+s\b", text)),
}


def resident_texts():
    known = _known(catalogue("de_Simple"))
    keys = resident_keys()
    return [text for key in keys for text in _strings(known.get(key)) if key[1] not in OFFICE]


@pytest.mark.parametrize("rule", RULES)
def test_no_text_for_residents_has(rule):
    broken = RULES[rule]

    assert sorted(text for text in resident_texts() if broken(text)) == []


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (
            "a sentence of more than 13 words",
            "Wir sehen uns Ihr Anliegen an und sagen Ihnen bis zum Ende der Woche, was wir wissen.",
        ),
        ("a word of more than 17 letters", "Die Öffnungszeitentafel hängt dort."),
        ("the passive", "Die Adresse wird gelöscht."),
        ("a number as a word", "Sie haben drei Fotos."),
        ("a semicolon", "Wir lesen es; wir antworten."),
        ("the genitive", "Der Name des Trägers"),
    ],
)
def test_a_rule_catches_what_breaks_it(rule, text):
    assert RULES[rule](text)
    assert not RULES[rule]("Wir lesen Ihr Anliegen. Wir antworten Ihnen.")
