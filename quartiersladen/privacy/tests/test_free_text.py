"""Finding a person in free texts, and blackening them."""

import pytest

from quartiersladen.privacy.free_text import MARK, blackened, pattern, wanted
from quartiersladen.privacy.registry import Identity

SABINE = Identity(
    names=frozenset({"Sabine Brandt"}),
    emails=frozenset({"brandt@example.org"}),
    phones=frozenset({"+49 30 23125 847"}),
    addresses=frozenset({"Rosenweg 12\n04315 Leipzig"}),
)


def test_a_whole_name_is_certain_and_its_parts_are_possible():
    words = wanted(SABINE, ["Bine"])

    assert words.certain == (
        "+49 30 23125 847",
        "Bine",
        "Rosenweg 12\n04315 Leipzig",
        "Sabine Brandt",
        "brandt@example.org",
    )
    assert words.possible == ("04315 Leipzig", "Brandt", "Rosenweg 12", "Sabine")


def test_titles_and_short_parts_are_no_names():
    words = wanted(Identity(names=frozenset({"Frau Dr. Li von Moos"})))

    assert words.possible == ("Moos",)


@pytest.mark.parametrize(
    "typed",
    [
        "030 23125 847",
        "030/23125-847",
        "+493023125847",
        "0049 30 23125 847",
        "(030) 23125 847",
        "+49 (0)30 23125847",
    ],
)
def test_a_number_is_found_in_any_spelling(typed):
    found = pattern(["+49 30 23125 847"])

    assert found.sub(MARK, f"Ruft {typed} an") == f"Ruft {MARK} an"


@pytest.mark.parametrize("typed", ["030 23125 8471", "1030 23125 846", "30 2312 5"])
def test_another_number_stays(typed):
    assert pattern(["+49 30 23125 847"]).sub(MARK, typed) == typed


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Frau Brandt war da", f"Frau {MARK} war da"),
        ("BRANDTS Hund", f"{MARK} Hund"),
        ("Brandts' Hof", f"{MARK} Hof"),
        ("Brandschutz", "Brandschutz"),
        ("Hildebrandt", "Hildebrandt"),
        ("Sabine  Brandt", MARK),
    ],
)
def test_words_are_found_whole(text, clean):
    assert pattern(["Sabine Brandt", "Brandt"]).sub(MARK, text) == clean


def test_texts_inside_of_facts_are_blackened():
    facts = {"reason": "Brandt will nicht", "n": 3, "list": ["Brandt", None]}

    assert blackened(facts, pattern(["Brandt"])) == {
        "reason": f"{MARK} will nicht",
        "n": 3,
        "list": [MARK, None],
    }


def test_no_words_find_nothing():
    assert pattern([]).search("irgendetwas") is None
    assert pattern([" "]).search(" ") is None
