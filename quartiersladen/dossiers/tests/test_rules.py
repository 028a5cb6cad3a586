"""Predicate and row filter agree, for every viewer and every audience."""

from uuid import uuid4

import pytest

from quartiersladen.accounts.rules import link_viewer, public_viewer
from quartiersladen.accounts.states import LinkPurpose, Role, ViewerKind
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.dossiers import queries, rules
from quartiersladen.dossiers.models import Document, Dossier, Entry, Named
from quartiersladen.dossiers.services.documents import add_document
from quartiersladen.dossiers.services.dossier import open_dossier
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience, Kind
from quartiersladen.files.models import StoredFile
from quartiersladen.privacy.services import leave_trail
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


RULES = [(rules.visible_rows, rules.may_view), (rules.rows_inside, rules.may_look_inside)]


@pytest.mark.parametrize(("rows", "predicate"), RULES)
def test_filters_agree_along_a_path_and_when_they_are_turned_round(house, rows, predicate):
    lines = list(Entry.objects.select_related("dossier"))
    for viewer in house:
        allowed = {line for line in lines if predicate(viewer, line.dossier)}
        found = Entry.objects.filter(rows(viewer, "dossier__"))
        assert set(found) == allowed, viewer
        assert found.count() == len(allowed), viewer
        others = set(lines) - allowed
        assert set(Entry.objects.exclude(rows(viewer, "dossier__"))) == others, viewer
        assert set(Entry.objects.filter(~rows(viewer, "dossier__"))) == others, viewer
        hidden = Dossier.objects.exclude(rows(viewer))
        assert set(hidden) == {line.dossier for line in others}, viewer
        twice = Dossier.objects.filter(rows(viewer) | rows(house[0]))
        assert {d.pk for d in twice} == {
            d.pk for d in Dossier.objects.all() if predicate(viewer, d) or predicate(house[0], d)
        }


def test_who_is_named_sees_no_other_confidential_one(house):
    mira = next(viewer for viewer in house if viewer.role == Role.MODERATOR)
    first, second = Dossier.objects.filter(
        quarter_id=mira.quarter_id, audience=Audience.CONFIDENTIAL
    )
    Named.objects.filter(dossier=second, user_id=mira.user_id).delete()
    secret = queries.dossiers_for(mira).filter(audience=Audience.CONFIDENTIAL)
    assert list(secret) == [first]


def test_what_anybody_may_count_is_neither_confidential_nor_waits(house):
    here = house[0].quarter_id
    waits = Dossier.objects.filter(quarter_id=here, audience=Audience.OFFICE)[0]
    Dossier.objects.filter(pk=waits.pk).update(held_at=NOON)
    allowed = {
        dossier
        for dossier in Dossier.objects.filter(quarter_id=here)
        if dossier.audience != Audience.CONFIDENTIAL and dossier != waits
    }
    assert len(allowed) == 5
    assert set(Dossier.objects.filter(rules.countable_rows(here))) == allowed
    lines = Entry.objects.filter(rules.countable_rows(here, "dossier__"))
    assert {line.dossier for line in lines} == allowed


def test_the_confidential_ones_of_a_quarter_are_its_own(house):
    here = house[0].quarter_id
    found = rules.confidential_of(here)
    assert {(one.quarter_id, one.audience) for one in found} == {(here, Audience.CONFIDENTIAL)}


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
    of_helper = Dossier.objects.get(
        quarter_id=house[0].quarter_id, audience=Audience.OFFICE, assigned_to__isnull=False
    )
    works = {Role.LEAD, Role.MODERATOR}
    assert {v.role for v in house if rules.may_look_inside(v, of_helper)} == works | {Role.HELPER}
    assert {v.role for v in house if rules.may_name(v, of_helper)} == works


def test_the_other_quarter_is_never_seen(house):
    for viewer in house:
        foreign = queries.dossiers_for(viewer).exclude(quarter_id=viewer.quarter_id)
        assert list(foreign) == []


def test_file_filter_agrees_with_predicate(house):
    for dossier in Dossier.objects.select_related("quarter"):
        for of_teller in (False, True):
            for is_released in (False, True):
                document = add_document(
                    dossier=dossier,
                    file=a_file(dossier.quarter),
                    is_of_teller=of_teller,
                    position=0,
                )
                document.is_released = is_released
                document.save()
    opened: set[tuple[ViewerKind, str, int]] = set()
    secret = [d for d in Dossier.objects.all() if d.audience == Audience.CONFIDENTIAL]
    links = [link_viewer(d.quarter_id, LinkPurpose.TELLER_STATUS, d.pk) for d in secret]
    for viewer in [*house, *links]:
        for dossier in Dossier.objects.all():
            shown = set(Document.objects.filter(rules.openable_documents(viewer, dossier)))
            files = Document.objects.filter(dossier=dossier).select_related("dossier")
            allowed = {one for one in files if rules.may_open_document(viewer, one)}
            assert shown == allowed, viewer
            if dossier.quarter_id == viewer.quarter_id:
                opened.add((viewer.kind, dossier.audience, len(shown)))
    secretly = {kind for kind, audience, n in opened if n and audience == Audience.CONFIDENTIAL}
    assert secretly == {ViewerKind.MEMBER}
    by_link = {(audience, n) for kind, audience, n in opened if kind == ViewerKind.LINK}
    assert by_link == {
        (Audience.PUBLIC, 2),  # what is released
        (Audience.PUBLIC, 3),  # and what they sent themselves
        (Audience.TELLER, 0),
        (Audience.TELLER, 2),
        (Audience.OFFICE, 0),
        (Audience.CONFIDENTIAL, 0),
    }


def a_file(quarter) -> StoredFile:
    name = str(uuid4())
    return StoredFile.objects.create(
        quarter=quarter,
        media_type="image/jpeg",
        size_bytes=1,
        width=1,
        height=1,
        sha256="",
        storage_name=name,
        thumbnail_name=f"klein-{name}",
        created_at=NOON,
    )


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


# --- What everybody gets -------------------------------------------------------------------------
def test_the_mark_for_caches_changes_with_every_line_and_counts_none(house, settings):
    dossier = Dossier.objects.filter(audience=Audience.CONFIDENTIAL)[0]
    before = queries.journal_mark()
    assert queries.journal_mark() == before

    record(dossier=dossier, deed="note", actor=Actor.SYSTEM, text="Nachts", now=NOON)
    after = queries.journal_mark()
    leave_trail(quarter=dossier.quarter, by_id=None, deed="x", subject="x", data={}, now=NOON)

    marks = {before, after, queries.journal_mark()}
    assert (len(marks), {len(mark) for mark in marks}) == (3, {queries.MARK_LENGTH})
    settings.SECRET_KEY = settings.SECRET_KEY[::-1]  # where the same numbers make another mark
    assert queries.journal_mark() not in marks
