"""The tables of states, walked edge by edge."""

import pytest

from quartiersladen.kernel.errors import TransitionRefused
from quartiersladen.mediation.states import (
    ANSWERS,
    EDGES,
    MEDIATION_MACHINE,
    PARTY_MACHINE,
    STEP_MACHINE,
    MediationState,
    PartyState,
    StepState,
)

TABLES = [
    (
        MEDIATION_MACHINE,
        MediationState,
        {
            ("open", "agree"): "agreed",
            ("open", "agree_partly"): "partly",
            ("open", "end_without"): "none",
            ("open", "break_off"): "broken_off",
            ("open", "pass_on"): "passed_on",
        },
    ),
    (
        PARTY_MACHINE,
        PartyState,
        {
            ("asked", "agree"): "agreed",
            ("declined", "agree"): "agreed",
            ("asked", "decline"): "declined",
            ("agreed", "decline"): "declined",
        },
    ),
    (
        STEP_MACHINE,
        StepState,
        {("planned", "do"): "done", ("planned", "call_off"): "called_off"},
    ),
]


@pytest.mark.parametrize(("machine", "states", "edges"), TABLES)
def test_every_edge_leads_where_the_table_says_and_all_others_are_refused(machine, states, edges):
    for state in states:
        for edge in machine.transitions:
            wanted = edges.get((state.value, edge.action))
            if wanted is None:
                with pytest.raises(TransitionRefused):
                    machine.target(state, edge.action, edge.requires)
            else:
                assert machine.target(state, edge.action, edge.requires) == wanted


@pytest.mark.parametrize(("machine", "states", "edges"), TABLES)
def test_an_edge_without_its_facts_is_refused(machine, states, edges):
    for edge in machine.transitions:
        if edge.requires:
            with pytest.raises(TransitionRefused):
                machine.target(min(edge.sources), edge.action)


def test_each_end_and_each_answer_has_one_edge():
    assert set(EDGES) == set(MediationState) - {MediationState.OPEN}
    assert set(ANSWERS) == set(PartyState) - {PartyState.ASKED}
