"""Predicate and row filter agree, for every viewer and every audience."""

import pytest

from quartiersladen.accounts.rules import link_viewer, public_viewer
from quartiersladen.accounts.states import LinkPurpose, Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.dossiers import queries, rules
from quartiersladen.dossiers.models import Document, Dossier, Entry, Named
from quartiersladen.dossiers.services.dossier import open_dossier
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience, Kind
from quartiersladen.quarters.testing import NOON, make_quarter

pytestmark = pytest.mark.django_db


@pytest.fixture
def house():
    """Two quarters; in each one dossier per audience, free and assigned to the helper Hao."""
    here, there = make_quarter("hier"), make_quarter("dort")
    people = {role: make_member(here, role, f"{role.value}h") for role in Role}
    stranger = make_member(there, Role.LEAD, "Lea")
    for quarter in (here, there):
        for audience in Audience:
            for helper in (None, people[Role.HELPER]):
                dossier = open_dossier(
                    quarter=quarter,
                    kind=Kind.CONCERN,
                    title="Laterne",
                    audience=audience,
                    language="de",
                    assigned_to_id=helper.pk if helper else None,
                    search_words="",
                    now=NOON,
                )
                # Whoever is named: only lead and moderator see it. The lead is not.
                for role in set(Role) - {Role.LEAD}:
                    Named.objects.create(dossier=dossier, user=people[role])
                for reader in Audience:
                    record(
                        dossier=dossier,
                        deed="note",
                        actor=Actor.SYSTEM,
                        text=reader,
                        audience=reader,
                        now=NOON,
                    )
    viewers = [viewer_of(user, here) for user in people.values()]
    viewers += [viewer_of(stranger, here), public_viewer(here.pk)]
    for audience in (Audience.TELLER, Audience.PUBLIC, Audience.OFFICE):
        dossier = Dossier.objects.filter(quarter=here, audience=audience)[0]
        viewers.append(link_viewer(here.pk, LinkPurpose.TELLER_STATUS, dossier.pk))
        viewers.append(link_viewer(here.pk, LinkPurpose.REFERRAL, dossier.pk))
    return viewers


def test_row_filter_agrees_with_predicate(house):
    for viewer in house:
        shown = set(queries.dossiers_for(viewer))
        assert shown == {d for d in Dossier.objects.all() if rules.may_view(viewer, d)}, viewer


def test_desk_filter_agrees_with_predicate(house):
    for viewer in house:
        shown = set(queries.dossiers_inside(viewer))
        allowed = {d for d in Dossier.objects.all() if rules.may_look_inside(viewer, d)}
        assert shown == allowed, viewer


def test_journal_filter_agrees_with_predicate(house):
    for viewer in house:
        for dossier in Dossier.objects.all():
            shown = set(queries.journal(viewer, dossier))
            lines = Entry.objects.filter(dossier=dossier)
            allowed = {e for e in lines if rules.may_read_entry(viewer, dossier, e)}
            assert shown == allowed, viewer


def test_nobody_but_the_named_sees_a_confidential_dossier(house):
    sees = [
        viewer.role
        for viewer in house
        if queries.dossiers_for(viewer).filter(audience=Audience.CONFIDENTIAL).exists()
    ]
    assert sees == [Role.MODERATOR]


def test_the_holder_of_the_persons_link_learns_that_it_is_confidential_and_sees_nothing(house):
    here = house[0].quarter_id
    for secret in Dossier.objects.filter(audience=Audience.CONFIDENTIAL):
        teller = link_viewer(here, LinkPurpose.TELLER_STATUS, secret.pk)
        body = link_viewer(here, LinkPurpose.REFERRAL, secret.pk)
        assert rules.may_learn_confidential(teller, secret) == (secret.quarter_id == here)
        assert not rules.may_view(teller, secret)
        for other in (*house, body):
            assert not rules.may_learn_confidential(other, secret)
    open_one = Dossier.objects.filter(quarter=here, audience=Audience.TELLER)[0]
    teller = link_viewer(here, LinkPurpose.TELLER_STATUS, open_one.pk)
    assert not rules.may_learn_confidential(teller, open_one)


def test_only_who_is_named_names_others_and_only_the_lead_takes_care(house):
    secret = Dossier.objects.filter(audience=Audience.CONFIDENTIAL)[0]
    assert [v.role for v in house if rules.may_name(v, secret)] == [Role.MODERATOR]
    assert {v.role for v in house if rules.may_take_care(v)} == {Role.LEAD}


def test_the_other_quarter_is_never_seen(house):
    for viewer in house:
        foreign = queries.dossiers_for(viewer).exclude(quarter_id=viewer.quarter_id)
        assert list(foreign) == []


def test_a_photo_is_open_to_the_teller_before_release_and_to_all_after(house):
    public = next(v for v in house if not v.is_member and v.link_purpose is None)
    dossier = Dossier.objects.filter(
        quarter_id=public.quarter_id, audience=Audience.TELLER
    ).first()
    teller = link_viewer(public.quarter_id, LinkPurpose.TELLER_STATUS, dossier.pk)
    photo = Document(dossier=dossier, is_of_teller=True)

    assert rules.may_open_document(teller, photo)
    assert not rules.may_open_document(public, photo)

    dossier.audience, photo.is_released = Audience.PUBLIC, True
    assert rules.may_open_document(public, photo)
    photo.is_released = False
    assert not rules.may_open_document(public, photo)
