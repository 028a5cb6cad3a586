"""Placeholders in text snippets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartiersladen.correspondence.placeholders import (
    BadPlaceholder,
    check_placeholders,
    filled,
)
from quartiersladen.correspondence.starting import starting_snippets
from quartiersladen.correspondence.states import PLACEHOLDERS, Occasion

ALLOWED = ("number", "body")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Nr. {number}: {body}.", "Nr. 2026-0042: …."),
        ("{number}{number}", "2026-00422026-0042"),
        ("ohne", "ohne"),
        ("{{number}} und }}", "{number} und }"),
        ("", ""),
    ],
)
def test_they_are_filled(text, words):
    check_placeholders(text, ALLOWED)
    assert filled(text, {"number": "2026-0042"}) == words


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{nummer}", "nummer"),
        ("{number", ""),
        ("number}", ""),
        ("{}", ""),
        ("{ number }", " number "),
        ("{number.__class__}", "number.__class__"),
        ("{number[0]}", "number[0]"),
        ("{number!r}", "number"),
        ("{number:>9}", "number"),
        ("{0}", "0"),
    ],
)
def test_what_nothing_fills_is_named(text, word):
    with pytest.raises(BadPlaceholder) as caught:
        check_placeholders(text, ALLOWED)
    assert caught.value.word == word


@given(st.text(alphabet="{}ab!:.[]", max_size=12))
def test_whatever_passes_the_check_can_be_filled(text):
    try:
        check_placeholders(text, ("a", "b"))
    except BadPlaceholder:
        return
    assert isinstance(filled(text, {"a": "1"}), str)


def test_the_starting_snippets_hold_only_what_is_filled():
    items = starting_snippets()
    for item in items:
        check_placeholders(item.text, PLACEHOLDERS)
    assert {item.occasion for item in items} == set(Occasion.values)
    assert len([item for item in items if item.language == "de"]) >= 12
    assert len({(i.occasion, i.language, i.title) for i in items}) == len(items)
