"""What looks like spam is kept whole, waits for the office, and goes only when the office says so."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django_q.models import OrmQ

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns import timeline
from quartiersladen.concerns.models import BlockedSender, Concern, Teller
from quartiersladen.concerns.queries.blocked import blocked_senders, get_blocked_sender
from quartiersladen.concerns.queries.lists import ConcernFilter, desk_page, newest
from quartiersladen.concerns.queries.public import released
from quartiersladen.concerns.queries.quarantine import held_references, held_rows, quarantine_count
from quartiersladen.concerns.services import quarantine
from quartiersladen.concerns.services.intake import keep_photos
from quartiersladen.concerns.services.life import take_on, withdraw_concern
from quartiersladen.concerns.services.release import NotForThePublic, Release, release_concern
from quartiersladen.concerns.services.tellers import drop_unconfirmed
from quartiersladen.concerns.states import AnswerWay, ConcernState, PlacePrecision
from quartiersladen.concerns.tasks import remove_spam
from quartiersladen.concerns.testing import make_concern, photo, teller_viewer
from quartiersladen.dossiers.models import Dossier, Entry, FollowUp
from quartiersladen.dossiers.queries import held_too_long, latest_entries, open_follow_ups
from quartiersladen.dossiers.services.forgetting import CLEAN_INDEX
from quartiersladen.files.models import StoredFile
from quartiersladen.files.services import store_photo
from quartiersladen.kernel.errors import NotAllowed, TransitionRefused
from quartiersladen.kernel.spam import Sign
from quartiersladen.outbox.models import Mail
from quartiersladen.privacy.models import Consent, Trail
from quartiersladen.quarters.testing import NOON, make_quarter

TRAPPED = frozenset({Sign.TRAP, Sign.HASTY})
WEEK = NOON + timedelta(days=7)
GONE = NOON + timedelta(days=quarantine.SPAM_DAYS)


@pytest.fixture
def held(quarter):
    """A report that fell into the trap, with everything that a person may give."""
    key = uuid4()
    file = store_photo(quarter=quarter, upload=photo(), now=NOON)
    keep_photos(quarter=quarter, key=key, photos=[(file, "a.jpg")], now=NOON)
    return make_concern(
        quarter,
        "Kredit sofort",
        signs=TRAPPED,
        submission_key=key,
        email="Werbung@example.org",
        way=AnswerWay.MAIL,
        consent_wording="Ja.",
    )


def state_of(concern):
    return Concern.objects.get(pk=concern.pk).state


def due(concern):
    return list(
        FollowUp.objects.filter(dossier=concern.dossier, done_at=None).values_list(
            "due_on", flat=True
        )
    )


# --- It comes in ----------------------------------------------------------------------------------
def test_it_is_stored_whole_with_number_next_date_and_reasons_but_nobody_is_written_to(held):
    assert (held.state, held.dossier.reference) == (ConcernState.QUARANTINED, "2026-0001")
    assert held.dossier.held_at == NOON
    assert (held.next_on, due(held)) == (date(2026, 3, 4), [date(2026, 3, 4)])
    assert held.teller.email == "Werbung@example.org"
    assert held.dossier.documents.count() == 1
    entries = [(e.deed, e.actor, e.fact("signs")) for e in Entry.objects.order_by("pk")]
    assert entries == [
        ("received", "teller", None),
        ("quarantined", "system", ["trap", "hasty"]),
    ]
    assert not Mail.objects.exists()


def test_few_signs_change_nothing(quarter):
    concern = make_concern(quarter, signs=frozenset({Sign.HASTY}), email="a@example.org")
    assert (concern.state, concern.dossier.held_at) == (ConcernState.NEW, None)
    assert [mail.kind for mail in Mail.objects.all()] == ["confirm"]


def test_what_somebody_told_a_person_is_never_weighed(quarter, hao):
    words = "[url=https://spam.example.org]x[/url] " * 3
    assert make_concern(quarter, words, entered_by=hao).state == ConcernState.NEW
    assert make_concern(quarter, words, signs=frozenset()).state == ConcernState.QUARANTINED


def test_the_same_words_within_a_day_count_but_not_elsewhere_or_later(quarter):
    words = "Siehe https://karte.example.org"
    hasty = frozenset({Sign.HASTY})

    def told(where, now):
        return make_concern(where, words, signs=hasty, now=now).state

    assert told(quarter, NOON) == ConcernState.NEW
    assert told(make_quarter("west"), NOON) == ConcernState.NEW
    assert told(quarter, NOON + timedelta(hours=25)) == ConcernState.NEW
    assert told(quarter, NOON + timedelta(hours=26)) == ConcernState.QUARANTINED


@pytest.mark.parametrize(
    ("email", "text"),
    [
        ("ada@spam.example.org", "Hallo"),
        ("ADA@post.SPAM.example.org", "Hallo"),
        ("", "Hallo, siehe https://www.spam.example.org/x"),
    ],
)
def test_a_blocked_sender_waits_and_is_not_refused(quarter, mira, email, text):
    quarantine.block_sender(viewer=mira, quarter=quarter, name="spam.example.org", now=NOON)
    signs: frozenset[Sign] = frozenset()

    assert make_concern(quarter, text, signs=signs, email=email).state == "quarantined"
    assert make_concern(make_quarter("west"), text, signs=signs, email=email).state == "new"
    assert make_concern(quarter, signs=signs, email="ada@example.org").state == "new"


# --- Who sees it ----------------------------------------------------------------------------------
def test_it_is_in_no_list_of_work_but_words_find_it(quarter, mira, held):
    real = make_concern(quarter, "Die Laterne")
    all_rows = desk_page(mira, ConcernFilter()).rows

    assert [row.pk for row in all_rows] == [real.pk]
    assert newest(mira, limit=9) == [real]
    assert [
        entry.dossier_id for entry in latest_entries(mira, since=NOON - timedelta(days=1), limit=9)
    ] == [real.pk]
    assert [f.dossier_id for f in open_follow_ups(mira, until=date(2026, 4, 1))] == [real.pk]
    found = desk_page(mira, ConcernFilter(words="Kredit")).rows
    assert [(row.pk, row.state) for row in found] == [(held.pk, "quarantined")]
    assert list(released(public_viewer(quarter.pk))) == []


def test_the_list_tells_the_reasons_to_lead_and_moderator_alone(quarter, mira, hao, held):
    [row] = held_rows(mira, ConcernState.QUARANTINED, limit=9)
    assert (row.concern, row.signs, row.photos) == (held, [Sign.TRAP, Sign.HASTY], 1)
    assert quarantine_count(mira) == 1
    assert held_references(mira, ["2026-0001", "2026-0009"]) == [held]

    west = make_quarter("west")
    others = [viewer_of(make_member(west, Role.LEAD, "Uwe"), west), hao, public_viewer(quarter.pk)]
    for other in others:
        assert held_rows(other, ConcernState.QUARANTINED, limit=9) == []
        assert quarantine_count(other) == 0
        assert held_references(other, ["2026-0001"]) == []


def test_the_list_costs_the_same_for_one_and_for_thirty(
    quarter, mira, held, django_assert_num_queries
):
    for number in (1, 30):
        while Concern.objects.count() < number:
            make_concern(quarter, signs=TRAPPED)
        with django_assert_num_queries(2):
            assert len(held_rows(mira, ConcernState.QUARANTINED, limit=50)) == number


def test_somebody_is_reminded_when_nobody_looks(mira, hao, held):
    before, then = date(2026, 3, 3), date(2026, 3, 4)
    assert [held_too_long(mira, until=day) for day in (before, then)] == [0, 1]
    assert held_too_long(hao, until=then) == 0


def test_the_person_reads_honest_words(held):
    assert str(timeline.headline(held)) == "Wir haben Ihr Anliegen bekommen und schauen es uns an."
    steps = timeline.steps_for(teller_viewer(held), held)
    assert [step.sentence for step in steps] == [
        "Es ist bei uns eingegangen.",
        "Bis dahin haben wir es uns angesehen.",
    ]


def test_the_desk_reads_why(held):
    words = [timeline.office_words(entry) for entry in Entry.objects.order_by("pk")]
    assert words[1] == (
        "In die Quarantäne gelegt: Ein Feld ist ausgefüllt, das Menschen nicht sehen;"
        " Sie wurde innerhalb von 3 Sekunden abgeschickt"
    )


# --- It is real -----------------------------------------------------------------------------------
def test_a_real_one_is_new_from_now_on_and_gets_its_mail(mira, held):
    quarantine.let_in(viewer=mira, concern=held, now=WEEK)

    stored = Concern.objects.select_related("dossier").get()
    assert (stored.state, stored.let_in_at, stored.dossier.held_at) == ("new", WEEK, None)
    assert (stored.next_on, due(stored)) == (date(2026, 3, 11), [date(2026, 3, 11)])
    assert stored.promised_on == date(2026, 3, 23)  # as the person was told
    [mail] = Mail.objects.all()
    assert (mail.kind, mail.to_address) == ("confirm", "Werbung@example.org")
    assert Entry.objects.latest("pk").deed == "let_in"


def test_a_promise_that_cannot_be_kept_any_more_is_made_anew(mira, held):
    late = NOON + timedelta(days=21)  # the day of the promise
    quarantine.let_in(viewer=mira, concern=held, now=late)
    assert Concern.objects.get().promised_on == date(2026, 4, 15)


def test_the_address_waits_as_long_as_the_report_and_then_72_hours(mira, held):
    assert drop_unconfirmed(now=WEEK) == 0
    quarantine.let_in(viewer=mira, concern=held, now=WEEK)
    assert drop_unconfirmed(now=WEEK + timedelta(hours=71)) == 0
    assert drop_unconfirmed(now=WEEK + timedelta(hours=73)) == 1
    assert Teller.objects.get().email == ""


# --- It is spam -----------------------------------------------------------------------------------
def test_spam_goes_after_its_days_with_everything_that_hangs_on_it(
    mira, held, django_capture_on_commit_callbacks
):
    file = StoredFile.objects.get()
    quarantine.call_spam(viewer=mira, concern=held, block=False, now=NOON)
    assert (state_of(held), due(held)) == (ConcernState.SPAM, [])
    assert Concern.objects.get().next_on == date(2026, 3, 16)
    assert "löschen" in timeline.headline(held)
    assert timeline.steps_for(teller_viewer(held), held)[-1].sentence == "Dann löschen wir es."

    assert quarantine.remove_spam(now=GONE - timedelta(days=1)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert quarantine.remove_spam(now=GONE) == 1
    assert quarantine.remove_spam(now=GONE) == 0

    left: list[Any] = [
        Concern,
        Dossier,
        Teller,
        Entry,
        FollowUp,
        StoredFile,
        Consent,
        BlockedSender,
    ]
    assert [model.__name__ for model in left if model.objects.exists()] == []
    names = (file.storage_name, file.thumbnail_name)
    assert [storages["default"].exists(name) for name in names] == [False, False]
    [line] = Trail.objects.all()
    assert (line.deed, line.subject, line.by, line.data) == (
        "spam deleted",
        "dossiers.dossier:2026-0001",
        None,
        {"photos": 1},
    )
    assert [row.task["func"] for row in OrmQ.objects.all()].count(CLEAN_INDEX) == 1


def test_nothing_goes_that_nobody_called_spam(quarter, held):
    make_concern(quarter)
    assert quarantine.remove_spam(now=NOON + timedelta(days=4000)) == 0
    remove_spam()
    assert Concern.objects.count() == 2


def test_it_can_be_taken_back_until_then(mira, held):
    quarantine.call_spam(viewer=mira, concern=held, block=False, now=NOON)
    quarantine.hold_again(viewer=mira, concern=held, now=WEEK)

    assert (state_of(held), due(held)) == ("quarantined", [date(2026, 3, 11)])
    assert quarantine.remove_spam(now=NOON + timedelta(days=400)) == 0
    quarantine.call_spam(viewer=mira, concern=held, block=False, now=WEEK)
    quarantine.let_in(viewer=mira, concern=held, now=WEEK)
    assert state_of(held) == "new"
    assert [mail.kind for mail in Mail.objects.all()] == ["confirm"]


def test_what_is_taken_back_in_the_same_moment_stays(mira, held):
    quarantine.call_spam(viewer=mira, concern=held, block=False, now=NOON)
    stale = Concern.objects.select_related("dossier", "quarter").get()
    quarantine.hold_again(viewer=mira, concern=held, now=NOON)

    assert quarantine._remove(stale, GONE) is False
    assert Concern.objects.count() == 1


def test_the_address_can_be_blocked_in_the_same_step(quarter, mira, held):
    without = make_concern(quarter, signs=TRAPPED)
    for concern in (held, without):
        quarantine.call_spam(viewer=mira, concern=concern, block=True, now=NOON)
    assert [sender.name for sender in BlockedSender.objects.all()] == ["werbung@example.org"]


# --- Who may not, and what not --------------------------------------------------------------------
def judgements(viewer, concern):
    yield lambda: quarantine.let_in(viewer=viewer, concern=concern, now=NOON)
    yield lambda: quarantine.call_spam(viewer=viewer, concern=concern, block=True, now=NOON)
    yield lambda: quarantine.hold_again(viewer=viewer, concern=concern, now=NOON)


@pytest.mark.parametrize("role", [Role.HELPER, Role.CLIENT, Role.ADMINISTRATOR, None, "west"])
def test_only_lead_and_moderator_of_the_quarter_judge(quarter, held, role):
    if role == "west":
        west = make_quarter("west")
        viewer = viewer_of(make_member(west, Role.LEAD, "Uwe"), west)
    elif role is None:
        viewer = teller_viewer(held)
    else:
        viewer = viewer_of(make_member(quarter, role, "Kim"), quarter)

    for judge in judgements(viewer, held):
        with pytest.raises(NotAllowed):
            judge()
    with pytest.raises(NotAllowed):
        quarantine.block_sender(viewer=viewer, quarter=quarter, name="x.example.org", now=NOON)
    assert (state_of(held), BlockedSender.objects.count()) == ("quarantined", 0)


def test_what_does_not_lie_there_cannot_be_judged(quarter, mira):
    concern = make_concern(quarter)
    for judge in judgements(mira, concern):
        with pytest.raises(TransitionRefused):
            judge()


def test_the_work_of_the_desk_waits_until_it_is_let_in(mira, held):
    version = held.dossier.version
    with pytest.raises(TransitionRefused) as refused:
        take_on(viewer=mira, concern=held, due_on=date(2026, 3, 9), version=version, now=NOON)
    assert refused.value.allowed == ["withdraw", "let_in", "call_spam"]
    release = Release("a", "b", PlacePrecision.NONE, frozenset(), is_checked=True)
    held.refresh_from_db()
    with pytest.raises(NotForThePublic):
        release_concern(
            viewer=mira,
            concern=held,
            release=release,
            version=held.dossier.version,
            now=NOON,
        )


def test_the_database_shows_none_of_it_to_the_public(held):
    with pytest.raises(IntegrityError), transaction.atomic():
        Concern.objects.update(is_released=True)


def test_the_person_may_take_it_back(held):
    withdraw_concern(viewer=teller_viewer(held), concern=held, version=None, now=NOON)
    assert state_of(held) == "withdrawn"
    assert Dossier.objects.get().held_at is None


# --- Blocked senders ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Ada@Example.org ", "ada@example.org"),
        ("@example.org", "example.org"),
        ("www.example.org", "example.org"),
    ],
)
def test_a_name_is_kept_in_one_spelling_with_a_trail_that_names_nobody(quarter, mira, typed, kept):
    sender, again = (
        quarantine.block_sender(viewer=mira, quarter=quarter, name=typed, now=NOON)
        for _twice in range(2)
    )
    assert sender == again
    assert (str(sender), BlockedSender.objects.count()) == (kept, 1)
    assert blocked_senders(mira) == [sender]
    key = sender.pk
    quarantine.unblock_sender(viewer=mira, sender=sender, now=NOON)

    assert blocked_senders(mira) == []
    lines = Trail.objects.order_by("pk").values_list("deed", "subject", "data", "by_id")
    subject = f"concerns.blockedsender:{key}"
    assert list(lines) == [
        ("sender blocked", subject, {}, mira.user_id),
        ("sender unblocked", subject, {}, mira.user_id),
    ]


@pytest.mark.parametrize("name", ["", "nichts", "a b.example.org", "x" * 300 + ".org", "@", "a@b"])
def test_what_is_no_sender_is_refused(quarter, mira, name):
    with pytest.raises(quarantine.NotASender):
        quarantine.block_sender(viewer=mira, quarter=quarter, name=name, now=NOON)


def test_the_list_of_another_quarter_stays_closed(quarter, mira, hao):
    west = make_quarter("west")
    uwe = viewer_of(make_member(west, Role.LEAD, "Uwe"), west)
    sender = quarantine.block_sender(viewer=mira, quarter=quarter, name="a.example.org", now=NOON)

    assert get_blocked_sender(mira, str(sender.pk)) == sender
    assert [blocked_senders(other) for other in (uwe, hao)] == [[], []]
    for viewer, key in (
        (uwe, f"{sender.pk}"),
        (hao, f"{sender.pk}"),
        (mira, "x"),
        (mira, "9" * 40),
    ):
        with pytest.raises(BlockedSender.DoesNotExist):
            get_blocked_sender(viewer, key)
    with pytest.raises(NotAllowed):
        quarantine.unblock_sender(viewer=uwe, sender=sender, now=NOON)
