"""Whose business it is."""

from datetime import date

import pytest

from quartiersladen.concerns.models import RightAddress
from quartiersladen.concerns.services import triage
from quartiersladen.concerns.services.life import NextDateMissing
from quartiersladen.concerns.services.triage import Decision, decide_scope
from quartiersladen.concerns.states import ConcernKind, ConcernState, Result, Scope
from quartiersladen.concerns.testing import make_concern
from quartiersladen.dossiers.models import FollowUp
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.kernel.errors import NotAllowed, TransitionRefused
from quartiersladen.quarters.testing import NOON

FRIDAY = date(2026, 3, 6)


def decide(viewer, concern, decision, version=None):
    return decide_scope(
        viewer=viewer,
        concern=concern,
        decision=decision,
        version=version or concern.dossier.version,
        now=NOON,
    )


def test_ours_is_taken_on_with_a_next_date(quarter, mira):
    concern = make_concern(quarter)

    decide(mira, concern, Decision(Scope.OURS, due_on=FRIDAY))

    concern.refresh_from_db()
    assert (concern.state, concern.scope) == (ConcernState.OURS, Scope.OURS)
    assert (concern.next_on, concern.first_answer_at) == (FRIDAY, NOON)
    assert FollowUp.objects.get(done_at=None).due_on == FRIDAY


def test_ours_without_a_next_date_is_refused(quarter, mira):
    concern = make_concern(quarter)
    with pytest.raises(NextDateMissing):
        decide(mira, concern, Decision(Scope.OURS))
    concern.refresh_from_db()
    assert concern.state == ConcernState.NEW


def test_not_ours_gives_the_right_address_in_the_persons_language_and_closes(quarter, mira):
    concern = make_concern(quarter, "Ich suche eine Wohnung", language="ar")
    address = RightAddress.objects.create(
        quarter=quarter, name={"de": "Wohnung"}, text={"de": "Amt", "ar": "مكتب السكن"}
    )

    decide(mira, concern, Decision(Scope.NOT_OURS, right_address=address, words="مرحبا"))

    concern.refresh_from_db()
    assert (concern.state, concern.scope) == (ConcernState.ANSWERED, Scope.NOT_OURS)
    assert (concern.result, concern.answer) == (Result.NOT_OUR_TASK, "مرحبا\n\nمكتب السكن")
    assert concern.right_address == address
    assert not FollowUp.objects.filter(done_at=None).exists()


def test_not_ours_without_an_address_is_a_dead_end_and_refused(quarter, mira):
    with pytest.raises(triage.AddressMissing):
        decide(mira, make_concern(quarter), Decision(Scope.NOT_OURS, words=" "))


def test_of_public_interest_stays_open_to_be_passed_on(quarter, mira):
    concern = make_concern(quarter)
    decide(mira, concern, Decision(Scope.PUBLIC_INTEREST, due_on=FRIDAY))
    concern.refresh_from_db()
    assert (concern.state, concern.scope) == (ConcernState.CHECKED, Scope.PUBLIC_INTEREST)


def test_undecided_is_no_decision(quarter, mira):
    with pytest.raises(triage.NotDecided):
        decide(mira, make_concern(quarter), Decision(Scope.UNDECIDED))


def test_a_helper_does_not_decide(quarter, hao):
    with pytest.raises(NotAllowed):
        decide(hao, make_concern(quarter), Decision(Scope.OURS, due_on=FRIDAY))


def test_a_closed_concern_is_not_decided_again(quarter, mira):
    concern = make_concern(quarter)
    decide(mira, concern, Decision(Scope.NOT_OURS, words="Bitte beim Amt fragen."))
    with pytest.raises(TransitionRefused):
        decide(mira, concern, Decision(Scope.PUBLIC_INTEREST, due_on=FRIDAY))


def test_the_second_editor_is_told(quarter, mira):
    concern = make_concern(quarter)
    decide(mira, concern, Decision(Scope.OURS, due_on=FRIDAY))
    with pytest.raises(ChangedMeanwhile):
        decide(mira, concern, Decision(Scope.OURS, due_on=FRIDAY), version=1)


def test_theme_and_kind_are_corrected(quarter, mira, theme):
    concern = make_concern(quarter)
    triage.sort_concern(
        viewer=mira, concern=concern, theme=theme, kind=ConcernKind.IDEA, version=1, now=NOON
    )
    concern.refresh_from_db()
    assert (concern.theme, concern.kind) == (theme, ConcernKind.IDEA)


def test_a_helper_does_not_sort(quarter, hao):
    with pytest.raises(NotAllowed):
        triage.sort_concern(
            viewer=hao,
            concern=make_concern(quarter),
            theme=None,
            kind=ConcernKind.IDEA,
            version=1,
            now=NOON,
        )
