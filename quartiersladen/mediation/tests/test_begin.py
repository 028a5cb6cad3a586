"""A mediation begins: the concern is confidential, taken on, and has a next date."""

from datetime import timedelta

import pytest

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.confidential import InAJointCase, make_confidential
from quartiersladen.concerns.services.joining import join
from quartiersladen.concerns.services.life import Ending, close_concern, take_on
from quartiersladen.concerns.services.release import Release, release_concern
from quartiersladen.concerns.states import PlacePrecision, Result
from quartiersladen.concerns.testing import make_concern
from quartiersladen.dossiers.models import Entry, FollowUp
from quartiersladen.dossiers.queries import named_in
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.kernel.errors import Invalid, NotAllowed
from quartiersladen.mediation.models import Mediation, Step
from quartiersladen.mediation.services.life import OneIsUnderWay, begin_mediation
from quartiersladen.mediation.services.lines import ConcernClosed, NextStep, NotYet
from quartiersladen.mediation.states import StepKind
from quartiersladen.mediation.testing import in_days, make_mediation
from quartiersladen.quarters.testing import NOON


def begin(viewer, concern, *, begun=0, first=3, version=None):
    return begin_mediation(
        viewer=viewer,
        concern=concern,
        begun_on=in_days(concern, begun),
        first=NextStep(StepKind.SEPARATE, in_days(concern, first)),
        version=version or concern.dossier.version,
        now=NOON,
    )


def test_it_makes_the_concern_confidential_and_names_who_begins(mira, concern):
    mediation = begin(mira, concern)

    stored = Concern.objects.select_related("dossier").get()
    assert stored.dossier.is_confidential
    assert named_in(stored.dossier) == {mira.user_id}
    assert (stored.state, stored.scope, stored.first_answer_at) == ("ours", "ours", NOON)
    assert (mediation.state, mediation.begun_on) == ("open", in_days(concern, 0))


def test_the_first_step_is_the_next_date_of_the_concern(mira, concern):
    begin(mira, concern)

    [step] = Step.objects.all()
    task = FollowUp.objects.get(done_at=None)
    assert (step.kind, step.state, step.on) == ("separate", "planned", in_days(concern, 3))
    assert (task.reason, task.due_on, task.note) == ("mediation", step.on, "")
    assert Concern.objects.get().next_on == step.on


def test_it_writes_one_line(mira, concern):
    before = Entry.objects.count()
    begin(mira, concern)

    line = Entry.objects.latest("pk")
    assert Entry.objects.count() == before + 1
    assert (line.deed, line.text, line.data, line.by_id) == (
        "mediation_begun",
        "",
        {"on": in_days(concern, 0).isoformat()},
        mira.user_id,
    )


def test_what_was_public_is_so_no_more(mira, concern):
    release_concern(
        viewer=mira,
        concern=concern,
        release=Release("Lärm", "Lärm im Hof", PlacePrecision.NONE, frozenset(), is_checked=True),
        version=concern.dossier.version,
        now=NOON,
    )

    begin(mira, concern)

    assert Concern.objects.get().is_released is False


def test_a_confidential_one_keeps_who_is_named(people, mira, concern):
    make_confidential(
        viewer=mira,
        concern=concern,
        people=[people["mira"], people["lena"]],
        version=concern.dossier.version,
        now=NOON,
    )

    begin(mira, concern)

    assert named_in(concern.dossier) == {people["mira"].pk, people["lena"].pk}


def test_what_is_at_work_already_stays_where_it_stands(mira, concern):
    take_on(
        viewer=mira,
        concern=concern,
        due_on=in_days(concern, 1),
        version=concern.dossier.version,
        now=NOON - timedelta(hours=1),
    )
    begin(mira, concern)

    stored = Concern.objects.get()
    assert (stored.state, stored.first_answer_at) == ("ours", NOON - timedelta(hours=1))


def test_helpers_and_other_quarters_begin_none(people, quarter, concern, other_moderator):
    helper = viewer_of(people["tom"], quarter)
    for viewer in (helper, other_moderator):
        with pytest.raises(NotAllowed):
            begin(viewer, concern)
    assert Mediation.objects.count() == 0


@pytest.fixture
def other_moderator(db):
    from quartiersladen.quarters.testing import make_quarter  # noqa: PLC0415 -- one use

    other = make_quarter("west")
    return viewer_of(make_member(other, Role.MODERATOR, "Wilma"), other)


def test_who_is_not_named_begins_none(ida, mira, concern, people):
    make_confidential(
        viewer=mira,
        concern=concern,
        people=[people["mira"]],
        version=concern.dossier.version,
        now=NOON,
    )
    with pytest.raises(NotAllowed):
        begin(ida, concern)


def test_one_at_a_time(mira, concern):
    begin(mira, concern)
    with pytest.raises(OneIsUnderWay):
        begin(mira, concern)


def test_a_double_press_begins_one(mira, concern):
    version = concern.dossier.version
    begin(mira, concern)
    with pytest.raises(ChangedMeanwhile):
        begin(mira, concern, version=version)
    assert Mediation.objects.count() == 1


def test_not_on_a_closed_concern(mira, concern):
    close_concern(
        viewer=mira,
        concern=concern,
        ending=Ending(Result.NOT_POSSIBLE, "Leider nein.", reason="Niemand da."),
        version=concern.dossier.version,
        now=NOON,
    )
    with pytest.raises(ConcernClosed):
        begin(mira, concern)


def test_not_on_what_leads_a_joint_case(mira, quarter, concern):
    other = make_concern(quarter, "Auch laut.")
    join(
        viewer=mira,
        leader=concern,
        concerns=[other],
        keep=frozenset(),
        version=concern.dossier.version,
        now=NOON,
    )
    concern.dossier.refresh_from_db()
    with pytest.raises(InAJointCase):
        begin(mira, concern)


def test_days_must_make_sense(mira, concern):
    with pytest.raises(NotYet) as late:
        begin(mira, concern, begun=1)
    concern.dossier.refresh_from_db()
    with pytest.raises(Invalid) as early:
        begin(mira, concern, first=-1)
    assert (late.value.field, early.value.field) == ("begun_on", "next_on")


def test_a_second_one_after_the_first(mira, mediation):
    Mediation.objects.update(state="none", ended_on=in_days(mediation.concern, 0))

    assert make_mediation(mira, mediation.concern).pk != mediation.pk
