"""Refusals."""

import pytest
from django.utils.translation import gettext_lazy

from quartiersladen.kernel.errors import (
    Conflict,
    Invalid,
    NotAllowed,
    Refusal,
    TooMany,
    TransitionRefused,
    demand,
)


class TooLate(Conflict):
    sentence = gettext_lazy("It is too late.")


def test_a_refusal_speaks_its_class_sentence():
    assert str(TooLate()) == str(TooLate.sentence)


def test_or_a_sentence_of_its_own():
    assert str(Refusal("Not today.")) == "Not today."
    assert Refusal.sentence != "Not today."


def test_the_wrong_input_names_its_field():
    assert (Invalid("Too short.", field="text").field, Invalid().field) == ("text", "")


def test_too_many_says_when_to_come_back():
    assert TooMany(retry_after=60).retry_after == 60


def test_a_refused_transition_is_a_conflict():
    refused = TransitionRefused(action="close", state="open", allowed=("ask",), missing=("day",))

    assert isinstance(refused, Conflict)
    assert (refused.allowed, refused.missing) == (["ask"], ["day"])


def test_demand_lets_pass_what_is_allowed():
    demand(3 > 2)


def test_demand_refuses_the_rest():
    with pytest.raises(NotAllowed):
        demand(2 > 3)
