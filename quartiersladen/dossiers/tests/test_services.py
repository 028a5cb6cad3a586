"""Deeds that all dossiers share."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.dossiers.models import Dossier, Entry, FollowUp
from quartiersladen.dossiers.services.dates import DateInThePast, first_follow_up, plan_follow_up
from quartiersladen.dossiers.services.dossier import (
    ChangedMeanwhile,
    close_dossier,
    open_dossier,
    reopen_dossier,
)
from quartiersladen.dossiers.services.journal import note, record
from quartiersladen.dossiers.services.looking_after import NotAColleague, assign
from quartiersladen.dossiers.states import Actor, Audience, FollowUpReason, Kind
from quartiersladen.kernel.errors import Invalid, NotAllowed
from quartiersladen.privacy.append_only import erasure_permit
from quartiersladen.quarters.testing import NOON, make_quarter

pytestmark = pytest.mark.django_db


@pytest.fixture
def quarter():
    return make_quarter()


@pytest.fixture
def mira(quarter):
    return make_member(quarter, Role.MODERATOR, "Mira")


def opened(quarter, **fields):
    values = {
        "quarter": quarter,
        "kind": Kind.CONCERN,
        "title": "Laterne",
        "audience": Audience.TELLER,
        "language": "de",
        "assigned_to_id": None,
        "search_words": "",
        "now": NOON,
    }
    return open_dossier(**(values | fields))


def test_references_count_up_per_quarter_and_year(quarter):
    other = make_quarter("west")
    a_year_later = NOON + timedelta(days=366)

    references = [
        opened(quarter).reference,
        opened(quarter).reference,
        opened(other).reference,
        opened(quarter, now=a_year_later).reference,
    ]

    assert references == ["2026-0001", "2026-0002", "2026-0001", "2027-0001"]


def test_a_long_title_is_cut(quarter):
    assert opened(quarter, title="x" * 500).title == "x" * 120


def test_a_note_stands_in_the_journal(quarter, mira):
    dossier = opened(quarter)

    note(viewer=viewer_of(mira, quarter), dossier=dossier, text=" Angerufen ", now=NOON)

    [entry] = Entry.objects.filter(dossier=dossier)
    assert (entry.deed, entry.text, entry.by, entry.audience) == (
        "note",
        "Angerufen",
        mira,
        Audience.OFFICE,
    )


def test_an_empty_note_is_refused(quarter, mira):
    with pytest.raises(Invalid):
        note(viewer=viewer_of(mira, quarter), dossier=opened(quarter), text=" ", now=NOON)


def test_the_public_writes_no_notes(quarter):
    with pytest.raises(NotAllowed):
        note(viewer=public_viewer(quarter.pk), dossier=opened(quarter), text="x", now=NOON)


def test_somebody_looks_after_it(quarter, mira):
    dossier = opened(quarter)
    helper = make_member(quarter, Role.HELPER, "Hao")

    assign(viewer=viewer_of(mira, quarter), dossier=dossier, colleague=helper, version=1, now=NOON)

    dossier.refresh_from_db()
    assert (dossier.assigned_to, dossier.version) == (helper, 2)


def test_nobody_in_particular_looks_after_it(quarter, mira):
    dossier = opened(quarter, assigned_to_id=mira.pk)

    assign(viewer=viewer_of(mira, quarter), dossier=dossier, colleague=None, version=1, now=NOON)

    dossier.refresh_from_db()
    assert dossier.assigned_to is None


def test_a_stranger_cannot_look_after_it(quarter, mira):
    stranger = make_member(make_quarter("west"), Role.LEAD, "Lea")
    with pytest.raises(NotAColleague):
        assign(
            viewer=viewer_of(mira, quarter),
            dossier=opened(quarter),
            colleague=stranger,
            version=1,
            now=NOON,
        )


def test_the_second_editor_is_told(quarter, mira):
    dossier = opened(quarter)
    viewer = viewer_of(mira, quarter)
    assign(viewer=viewer, dossier=dossier, colleague=mira, version=1, now=NOON)

    with pytest.raises(ChangedMeanwhile):
        assign(viewer=viewer, dossier=dossier, colleague=None, version=1, now=NOON)

    dossier.refresh_from_db()
    assert dossier.assigned_to == mira


def test_a_new_date_ends_the_old_one(quarter):
    dossier = opened(quarter)
    for day in (3, 9):
        plan_follow_up(
            dossier=dossier,
            due_on=date(2026, 3, day),
            reason=FollowUpReason.WORK,
            note="",
            now=NOON,
        )

    assert [f.due_on for f in FollowUp.objects.filter(done_at=None)] == [date(2026, 3, 9)]


def test_a_date_in_the_past_is_refused(quarter):
    with pytest.raises(DateInThePast):
        plan_follow_up(
            dossier=opened(quarter),
            due_on=date(2026, 3, 1),
            reason=FollowUpReason.WORK,
            note="",
            now=NOON,
        )


@pytest.mark.parametrize("deed", ["update", "delete"])
def test_the_journal_cannot_be_changed(quarter, deed):
    entry = record(dossier=opened(quarter), deed="note", actor=Actor.SYSTEM, now=NOON)
    rows = Entry.objects.filter(pk=entry.pk)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        rows.update(text="x") if deed == "update" else rows._raw_delete("default")

    assert Entry.objects.get(pk=entry.pk).text == ""


def test_the_erasure_may_change_the_journal(quarter):
    entry = record(dossier=opened(quarter), deed="note", actor=Actor.SYSTEM, now=NOON)

    with erasure_permit():
        Entry.objects.filter(pk=entry.pk).update(text="")
        Entry.objects.filter(pk=entry.pk)._raw_delete("default")

    assert not Entry.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM privacy_erasure_permit")
        assert cursor.fetchone() == (0,)


def test_closing_ends_the_follow_up_and_reopening_takes_the_mark_away(quarter):
    dossier = opened(quarter)
    first_follow_up(
        dossier=dossier, due_on=date(2026, 3, 4), reason=FollowUpReason.FIRST_LOOK, now=NOON
    )

    close_dossier(dossier=dossier, now=NOON)
    assert not FollowUp.objects.filter(done_at=None).exists()
    assert Dossier.objects.get(pk=dossier.pk).closed_at == NOON

    reopen_dossier(dossier=dossier)
    assert Dossier.objects.get(pk=dossier.pk).closed_at is None
