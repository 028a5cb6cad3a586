"""The predicate and the row filter say the same, for everybody and every mediation."""

import pytest

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.testing import make_concern, teller_viewer
from quartiersladen.dossiers.models import Dossier
from quartiersladen.mediation.models import Mediation
from quartiersladen.mediation.queries import (
    get_concern,
    get_table,
    mediations_for,
    parties_for,
    state_of,
    table_of,
)
from quartiersladen.mediation.rules import may_mediate
from quartiersladen.mediation.testing import make_mediation, make_party, make_talk
from quartiersladen.quarters.testing import make_quarter


def everybody(people, quarter, concern):
    other = make_quarter("west")
    return [
        *(viewer_of(user, quarter) for user in people.values()),
        viewer_of(make_member(other, Role.LEAD, "Wilma"), other),
        public_viewer(quarter.pk),
        teller_viewer(concern),
    ]


def test_only_the_named_see_a_mediation(people, quarter, mira, mediation):
    viewers = everybody(people, quarter, mediation.concern)

    assert [may_mediate(viewer, mediation) for viewer in viewers] == [
        viewer == mira for viewer in viewers
    ]
    for viewer in viewers:
        assert mediations_for(viewer).exists() == may_mediate(viewer, mediation)
        assert (state_of(viewer, mediation.concern.dossier) is not None) == (viewer == mira)


def test_one_on_an_open_dossier_is_seen_by_nobody(people, quarter, mira, mediation):
    """The house lets none stand there; if a row did, it would hide."""
    Dossier.objects.filter(pk=mediation.concern.pk).update(audience="office")
    mediation.concern.dossier.refresh_from_db()

    for viewer in everybody(people, quarter, mediation.concern):
        assert may_mediate(viewer, mediation) is False
        assert mediations_for(viewer).count() == 0
    assert state_of(mira, mediation.concern.dossier) is None


def test_the_concern_of_one_is_missing_for_all_others(people, quarter, mira, mediation):
    reference = mediation.concern.dossier.reference
    for viewer in everybody(people, quarter, mediation.concern):
        if viewer == mira:
            assert get_concern(viewer, reference).pk == mediation.concern.pk
        else:
            with pytest.raises(Concern.DoesNotExist):
                get_concern(viewer, reference)


def test_parties_go_with_their_mediation(mira, ida, sommer):
    assert (parties_for(mira).count(), parties_for(ida).count()) == (1, 0)


def test_the_open_one_comes_first_and_earlier_ones_are_found_by_key(mira, mediation):
    concern = mediation.concern
    day = mediation.begun_on
    Mediation.objects.update(state="none", ended_on=day)
    second = make_mediation(mira, concern)

    table = get_table(mira, concern)
    assert (table.mediation, table.earlier) == (second, [mediation])
    assert get_table(mira, concern, mediation.pk).earlier == [second]
    with pytest.raises(Mediation.DoesNotExist):
        get_table(mira, concern, second.pk + 1)


def test_no_table_without_a_mediation(mira, concern):
    assert table_of(mira, concern) is None
    with pytest.raises(Mediation.DoesNotExist):
        get_table(mira, concern)
    with pytest.raises(Mediation.DoesNotExist):
        table_of(mira, concern, 1)


@pytest.mark.parametrize("count", [1, 10])
def test_a_table_takes_four_statements_however_much_lies_on_it(
    mira, mediation, count, django_assert_num_queries
):
    for number in range(count):
        party = make_party(mira, mediation, f"Partei {number}")
        make_talk(mira, mediation, party)
    with django_assert_num_queries(4):
        table = get_table(mira, mediation.concern)
        names = [party.name for step in table.steps for party in step.parties.all()]
    assert (len(names), table.minutes) == (count, 45 * count)


def test_a_party_or_step_of_another_mediation_is_missing(mira, quarter, mediation):
    other = make_mediation(mira, make_concern(quarter, "Anderes"))
    stranger, strange_talk = make_party(mira, other), make_talk(mira, other)
    table = get_table(mira, mediation.concern)

    with pytest.raises(type(stranger).DoesNotExist):
        table.party(stranger.pk)
    with pytest.raises(type(strange_talk).DoesNotExist):
        table.step(strange_talk.pk)
