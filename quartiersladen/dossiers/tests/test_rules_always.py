"""Predicate and row filter agree for whatever dossiers and viewers there could be."""

from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quartiersladen.accounts.rules import Viewer, link_viewer, public_viewer
from quartiersladen.accounts.states import LinkPurpose, Role, ViewerKind
from quartiersladen.accounts.testing import make_member
from quartiersladen.dossiers import queries, rules
from quartiersladen.dossiers.models import Document, Dossier, Entry, Named
from quartiersladen.dossiers.services.dossier import open_dossier
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience, Kind
from quartiersladen.files.models import StoredFile
from quartiersladen.quarters.testing import NOON, make_quarter

pytestmark = pytest.mark.django_db
DOSSIERS = st.lists(
    st.fixed_dictionaries(
        {
            "here": st.booleans(),
            "kind": st.sampled_from(Kind),
            "audience": st.sampled_from(Audience),
            "assigned": st.none() | st.integers(0, 2),
            "named": st.sets(st.integers(0, 2)),
            "lines": st.sets(st.sampled_from(Audience), max_size=2),
            "photos": st.lists(st.tuples(st.booleans(), st.booleans()), max_size=2),
        }
    ),
    min_size=1,
    max_size=5,
)
VIEWERS = st.fixed_dictionaries(
    {
        "here": st.booleans(),
        "role": st.none() | st.sampled_from(Role),
        "person": st.integers(0, 2),
        "purpose": st.none() | st.sampled_from(LinkPurpose),
        "subject": st.integers(0, 5),
    }
)


@pytest.fixture
def house():
    """Two quarters and three people."""
    here, there = make_quarter("hier"), make_quarter("dort")
    return here, there, [make_member(here, Role.HELPER, name) for name in ("Ada", "Bo", "Cem")]


def store(house, facts):
    here, there, people = house
    dossier = open_dossier(
        quarter=here if facts["here"] else there,
        kind=facts["kind"],
        title="Laterne",
        audience=facts["audience"],
        language="de",
        assigned_to_id=None if facts["assigned"] is None else people[facts["assigned"]].pk,
        search_words="",
        now=NOON,
    )
    for number in facts["named"]:
        Named.objects.create(dossier=dossier, user=people[number])
    for audience in facts["lines"]:
        record(dossier=dossier, deed="note", actor=Actor.SYSTEM, audience=audience, now=NOON)
    for is_released, is_of_teller in facts["photos"]:
        name = str(uuid4())
        file = StoredFile.objects.create(
            quarter=dossier.quarter,
            media_type="image/jpeg",
            size_bytes=1,
            width=1,
            height=1,
            storage_name=name,
            thumbnail_name=name,
            created_at=NOON,
        )
        Document.objects.create(
            dossier=dossier, file=file, is_released=is_released, is_of_teller=is_of_teller
        )
    return dossier


def viewer_from(house, facts, dossiers):
    here, there, people = house
    quarter = here if facts["here"] else there
    if facts["role"] is not None:
        person = people[facts["person"]]
        return Viewer(
            kind=ViewerKind.MEMBER, quarter_id=quarter.pk, user_id=person.pk, role=facts["role"]
        )
    if facts["purpose"] is not None:
        subject = dossiers[facts["subject"] % len(dossiers)].pk
        return link_viewer(quarter.pk, facts["purpose"], subject)
    return public_viewer(quarter.pk)


@given(dossiers=DOSSIERS, viewer=VIEWERS)
@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_filters_and_predicates_agree(house, dossiers, viewer):
    point = transaction.savepoint()
    try:
        stored = [store(house, facts) for facts in dossiers]
        who = viewer_from(house, viewer, stored)
        everything = set(Dossier.objects.all())
        seen = {d for d in everything if rules.may_view(who, d)}
        inside = {d for d in everything if rules.may_look_inside(who, d)}

        assert set(queries.dossiers_for(who)) == seen
        assert set(queries.dossiers_inside(who)) == inside
        assert inside <= seen
        assert {d.quarter_id for d in seen} <= {who.quarter_id}
        for dossier in stored:
            lines = Entry.objects.filter(dossier=dossier)
            assert set(queries.journal(who, dossier)) == {
                line for line in lines if rules.may_read_entry(who, dossier, line)
            }
            photos = Document.objects.filter(dossier=dossier)
            assert set(queries.documents_of(who, dossier)) == {
                photo for photo in photos if rules.may_open_document(who, photo)
            }
    finally:
        transaction.savepoint_rollback(point)


def test_whether_photos_may_be_opened_is_asked_once_for_all(house, django_assert_num_queries):
    facts = {
        "here": True,
        "kind": Kind.CONCERN,
        "audience": Audience.CONFIDENTIAL,
        "assigned": None,
        "named": {0},
        "lines": set(),
        "photos": [(False, True)] * 3,
    }
    dossier = store(house, facts)
    named, other = (
        viewer_from(house, {"here": True, "role": Role.LEAD, "person": person}, [dossier])
        for person in (0, 1)
    )

    with django_assert_num_queries(2):
        assert len(queries.documents_of(named, dossier)) == 3
    with django_assert_num_queries(2):
        assert queries.documents_of(other, dossier) == []
