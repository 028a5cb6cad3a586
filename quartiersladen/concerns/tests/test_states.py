"""The tables, walked whole: every edge that is there, and every one that is not."""

import pytest

from quartiersladen.concerns.states import (
    AHEAD,
    CLOSED,
    CONCERN_MACHINE,
    HELD,
    MEETING_MACHINE,
    OPEN,
    OUTSIDE,
    REFERRAL_MACHINE,
    WAITING,
    ConcernState,
    MeetingState,
    ReferralState,
    action_after_question,
    action_for,
    parting,
)
from quartiersladen.kernel.errors import TransitionRefused

FACTS = {
    *("next_date", "body", "result", "reason", "text", "leader"),
    *("day", "bodies", "agreed"),
}
C, M, R = ConcernState, MeetingState, ReferralState
CONCERN_EDGES = {
    "check": (OPEN, C.CHECKED),
    "take_on": (OPEN, C.OURS),
    "forward": (OPEN, C.FORWARDED),
    "ask_again": (OUTSIDE, C.ASKED_AGAIN),
    "wait_on": (OUTSIDE, C.FORWARDED),
    "come_back": (OUTSIDE, C.CHECKED),
    "ask_person": (OPEN - {C.QUESTION}, C.QUESTION),
    "question_over": ({C.QUESTION}, C.CHECKED),
    "back_outside": ({C.QUESTION}, C.FORWARDED),
    "back_to_silence": ({C.QUESTION}, C.ASKED_AGAIN),
    "close": (OPEN, C.ANSWERED),
    "withdraw": (OPEN | {C.QUARANTINED}, C.WITHDRAWN),
    "reopen": (CLOSED - {C.JOINED}, C.CHECKED),
    "join": (OPEN, C.JOINED),
    **{parting(state): ({C.JOINED}, state) for state in sorted(OPEN - {C.QUESTION})},
    "let_in": (HELD, C.NEW),
    "call_spam": ({C.QUARANTINED}, C.SPAM),
    "hold_again": ({C.SPAM}, C.QUARANTINED),
}
REFERRAL_EDGES = {
    "accept": ({R.SENT, R.SILENT}, R.ACCEPTED),
    "decline": (WAITING, R.DECLINED),
    "answer": (WAITING, R.ANSWERED),
    "ask_again": (WAITING, R.SILENT),
}
MEETING_EDGES = {
    "move": (AHEAD, M.MOVED),
    "hold": (AHEAD, M.HELD),
    "cancel": (AHEAD, M.CANCELLED),
}


@pytest.mark.parametrize("state", ConcernState)
@pytest.mark.parametrize("action", CONCERN_EDGES)
def test_concern_table(state, action):
    sources, target = CONCERN_EDGES[action]
    if state in sources:
        assert CONCERN_MACHINE.target(state, action, given=FACTS) == target
    else:
        with pytest.raises(TransitionRefused) as refused:
            CONCERN_MACHINE.target(state, action, given=FACTS)
        assert refused.value.allowed == CONCERN_MACHINE.actions_from(state)


@pytest.mark.parametrize("state", ReferralState)
@pytest.mark.parametrize("action", REFERRAL_EDGES)
def test_referral_table(state, action):
    sources, target = REFERRAL_EDGES[action]
    if state in sources:
        assert REFERRAL_MACHINE.target(state, action, given=FACTS) == target
    else:
        with pytest.raises(TransitionRefused):
            REFERRAL_MACHINE.target(state, action, given=FACTS)


@pytest.mark.parametrize("state", MeetingState)
@pytest.mark.parametrize("action", MEETING_EDGES)
def test_meeting_table(state, action):
    sources, target = MEETING_EDGES[action]
    if state in sources:
        assert MEETING_MACHINE.target(state, action, given=FACTS) == target
    else:
        with pytest.raises(TransitionRefused):
            MEETING_MACHINE.target(state, action, given=FACTS)


def test_a_state_is_open_closed_or_held():
    assert sorted([*OPEN, *CLOSED, *HELD]) == sorted(C)


@pytest.mark.parametrize("action", ["take_on", "forward", "close"])
def test_an_edge_names_the_fact_that_is_missing(action):
    with pytest.raises(TransitionRefused) as refused:
        CONCERN_MACHINE.target(C.CHECKED, action)
    assert refused.value.missing != []


@pytest.mark.parametrize(
    ("referrals", "action"),
    [
        ([], "come_back"),
        ([R.SENT], "wait_on"),
        ([R.ACCEPTED, R.DECLINED], "wait_on"),
        ([R.SILENT, R.SENT], "ask_again"),
        ([R.ANSWERED, R.DECLINED], "come_back"),
    ],
)
def test_the_state_follows_from_the_referrals(referrals, action):
    assert action_for(referrals) == action


@pytest.mark.parametrize(
    ("referrals", "action"),
    [
        ([], "question_over"),
        ([R.ANSWERED], "question_over"),
        ([R.SENT], "back_outside"),
        ([R.SILENT, R.SENT], "back_to_silence"),
    ],
)
def test_after_a_question_it_goes_back_to_who_has_it(referrals, action):
    assert action_after_question(referrals) == action


def test_the_table_of_the_tests_is_whole():
    assert {t.action for t in CONCERN_MACHINE.transitions} == set(CONCERN_EDGES)
    assert {t.action for t in REFERRAL_MACHINE.transitions} == set(REFERRAL_EDGES)
    assert {t.action for t in MEETING_MACHINE.transitions} == set(MEETING_EDGES)
