"""How a mediation ends; the concern stays open."""

import pytest

from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.confidential import end_confidential
from quartiersladen.dossiers.models import Entry, FollowUp
from quartiersladen.dossiers.parts import StaysConfidential
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.mediation.models import Mediation, Party, Step
from quartiersladen.mediation.services.life import (
    AgreementMissing,
    Ending,
    NobodyAgreed,
    PartyMissing,
    ServiceMissing,
    end_mediation,
)
from quartiersladen.mediation.services.lines import MediationEnded
from quartiersladen.mediation.states import MediationState
from quartiersladen.mediation.testing import agree, in_days, make_mediation, make_party
from quartiersladen.mediation.wording import proposal_after
from quartiersladen.quarters.testing import NOON

_M = MediationState


def end(viewer, mediation, state, **more):
    return end_mediation(
        viewer=viewer,
        mediation=mediation,
        ending=Ending(state, **more),
        version=mediation.concern.dossier.version,
        now=NOON,
    )


def due():
    task = FollowUp.objects.get(done_at=None)
    return task.due_on, task.reason


def test_it_ends_and_the_concern_lies_on_the_desk(mira, mediation):
    end(mira, mediation, _M.NONE, note=" Sie kamen nicht. ")

    stored = Mediation.objects.get()
    assert (stored.state, stored.ended_on, stored.end_note) == (
        "none",
        in_days(mediation.concern, 0),
        "Sie kamen nicht.",
    )
    assert (Step.objects.get().state, due()) == (
        "called_off",
        (in_days(mediation.concern, 0), "work"),
    )
    assert Concern.objects.get().state == "ours"
    line = Entry.objects.latest("pk")
    assert (line.deed, line.text, line.data) == ("mediation_ended", "", {"state": "none"})


@pytest.mark.parametrize("state", [_M.AGREED, _M.PARTLY])
def test_with_an_agreement_that_two_have_said_yes_to(mira, mediation, sommer, winter, state):
    agree(mira, mediation, sommer, winter)
    end(mira, mediation, state)

    assert Mediation.objects.get().state == state
    assert due() == (in_days(mediation.concern, 28), "agreement")


def test_without_an_agreement_it_does_not_end_with_one(mira, mediation):
    with pytest.raises(AgreementMissing) as refused:
        end(mira, mediation, _M.AGREED)
    assert (refused.value.field, Mediation.objects.get().state) == ("state", "open")


def test_one_yes_is_none(mira, mediation, sommer, winter):
    agree(mira, mediation, sommer)
    with pytest.raises(NobodyAgreed) as refused:
        end(mira, mediation, _M.PARTLY)
    assert refused.value.field == "state"


def test_a_party_breaks_it_off(mira, mediation, sommer):
    end(mira, mediation, _M.BROKEN_OFF, party=sommer, service="unnütz")
    stored = Mediation.objects.get()
    assert (stored.state, stored.broken_off_by, stored.service) == ("broken_off", sommer, "")


def test_who_broke_it_off_is_one_of_the_parties(mira, quarter, mediation, sommer):
    from quartiersladen.concerns.testing import make_concern  # noqa: PLC0415 -- one use

    stranger = make_party(mira, make_mediation(mira, make_concern(quarter, "Anderes.")))
    for party in (None, stranger):
        with pytest.raises(PartyMissing) as refused:
            end(mira, mediation, _M.BROKEN_OFF, party=party)
        mediation.concern.dossier.refresh_from_db()
        assert refused.value.field == "party"


def test_it_is_passed_on_to_a_service(mira, mediation, sommer):
    end(mira, mediation, _M.PASSED_ON, service=" Schlichtungsstelle ", party=sommer)
    stored = Mediation.objects.get()
    assert (stored.state, stored.service, stored.broken_off_by) == (
        "passed_on",
        "Schlichtungsstelle",
        None,
    )


def test_passing_on_says_to_whom(mira, mediation):
    with pytest.raises(ServiceMissing) as refused:
        end(mira, mediation, _M.PASSED_ON, service=" ")
    assert refused.value.field == "service"


def test_it_ends_once_and_by_the_named(mira, ida, mediation):
    with pytest.raises(NotAllowed):
        end(ida, mediation, _M.NONE)
    end(mira, mediation, _M.NONE)
    with pytest.raises(MediationEnded):
        end(mira, mediation, _M.NONE)


def test_a_concern_with_a_mediation_stays_confidential(mira, mediation):
    concern = mediation.concern
    with pytest.raises(StaysConfidential) as refused:
        end_confidential(viewer=mira, concern=concern, version=concern.dossier.version, now=NOON)
    assert "Vermittlung" in str(refused.value)
    Party.objects.all().delete()
    Mediation.objects.all().delete()
    concern.dossier.refresh_from_db()
    end_confidential(viewer=mira, concern=concern, version=concern.dossier.version, now=NOON)
    assert Concern.objects.get().dossier.is_confidential is False


PROPOSALS = [
    (_M.AGREED, "fixed", "resident", "They have found an agreement.", ""),
    (_M.PARTLY, "partly", "resident", "They have found an agreement on a part of it.", ""),
    (_M.NONE, "not_possible", "", "", "There is no agreement."),
    (_M.BROKEN_OFF, "not_possible", "", "", "There is no agreement."),
    (_M.PASSED_ON, "not_our_task", "", "", "A professional service goes on with it."),
]


@pytest.mark.parametrize(("state", "result", "witness", "more", "reason"), PROPOSALS)
def test_the_end_proposes_neutral_words(state, result, witness, more, reason):
    proposal = proposal_after(Mediation(state=state), "en")

    assert proposal is not None
    assert (proposal.result, proposal.witness, proposal.reason) == (result, witness, reason)
    talked = "We have talked with the people who are part of it."
    assert proposal.answer == f"{talked} {more}".strip()


def test_nothing_is_proposed_while_it_is_under_way():
    assert proposal_after(Mediation(), "en") is None
