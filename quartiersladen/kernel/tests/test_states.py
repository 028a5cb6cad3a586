"""State machines as data."""

from enum import Enum

import pytest

from quartiersladen.kernel.errors import TransitionRefused
from quartiersladen.kernel.states import Machine, Transition


class Lamp(Enum):
    OFF = "off"
    ON = "on"
    BROKEN = "broken"


MACHINE = Machine(
    [
        Transition("switch_on", frozenset({Lamp.OFF}), Lamp.ON),
        Transition("switch_off", frozenset({Lamp.ON}), Lamp.OFF),
        Transition(
            "report", frozenset({Lamp.OFF, Lamp.ON}), Lamp.BROKEN, frozenset({"words", "day"})
        ),
    ]
)


def test_an_action_leads_to_its_target():
    assert MACHINE.target(Lamp.OFF, "switch_on") == Lamp.ON


def test_an_action_from_another_state_is_refused_and_says_what_is_possible():
    with pytest.raises(TransitionRefused) as refusal:
        MACHINE.target(Lamp.ON, "switch_on")

    refused = refusal.value
    assert (refused.action, refused.state) == ("switch_on", "on")
    assert (refused.allowed, refused.missing) == (["switch_off", "report"], [])


def test_required_facts_must_be_given():
    with pytest.raises(TransitionRefused) as refusal:
        MACHINE.target(Lamp.ON, "report", given={"colour"})

    assert refusal.value.missing == ["day", "words"]


def test_with_its_facts_it_goes():
    assert MACHINE.target(Lamp.ON, "report", given=["day", "words", "colour"]) == Lamp.BROKEN


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (Lamp.OFF, ["switch_on", "report"]),
        (Lamp.ON, ["switch_off", "report"]),
        (Lamp.BROKEN, []),
    ],
)
def test_the_open_actions_stand_in_the_order_of_the_table(state, expected):
    assert MACHINE.actions_from(state) == expected


def test_an_unknown_action_is_a_fault_of_the_program():
    with pytest.raises(KeyError):
        MACHINE.target(Lamp.ON, "dance")
