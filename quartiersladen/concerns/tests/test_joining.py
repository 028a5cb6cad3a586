"""Joint cases: joined, answered for all, parted again."""

from contextlib import contextmanager
from copy import copy
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quartiersladen.accounts.models import User
from quartiersladen.accounts.rules import link_viewer
from quartiersladen.accounts.states import LinkPurpose, Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.letters import referral_link, status_link
from quartiersladen.concerns.models import Concern, Joining, Question, Referral
from quartiersladen.concerns.queries.links import by_referral_link
from quartiersladen.concerns.queries.referrals import bodies_with_contact
from quartiersladen.concerns.queries.voices import voice_count
from quartiersladen.concerns.services import (
    forgetting,
    joining,
    life,
    questions,
    referrals,
    tellers,
    topics,
    voices,
)
from quartiersladen.concerns.services.confidential import make_confidential
from quartiersladen.concerns.services.joining import (
    JoinsItself,
    JointCaseEnded,
    LeaderNotOpen,
    LeadsOthers,
    NothingToJoin,
    NotJoined,
    NotTheSameCircle,
    TooLateToPart,
    TopicNotJoined,
)
from quartiersladen.concerns.states import AnswerWay, ConcernState, Result, Scope, Witness
from quartiersladen.concerns.testing import (
    body_viewer,
    make_concern,
    make_referral,
    teller_viewer,
)
from quartiersladen.concerns.tests.test_similar import show
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.testing import make_body
from quartiersladen.dossiers.models import Dossier, Entry, FollowUp, Named
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.dossiers.states import Actor, Audience
from quartiersladen.kernel.errors import NotAllowed, TransitionRefused
from quartiersladen.kernel.links import make_token
from quartiersladen.outbox.models import LinkSpec, Mail
from quartiersladen.privacy.append_only import erasure_permit
from quartiersladen.privacy.free_text import MARK
from quartiersladen.quarters.testing import NOON

LATER = NOON + timedelta(days=3)


@pytest.fixture(autouse=True)
def _at_home(quarter):
    cache.clear()


@pytest.fixture
def leader(quarter):
    return make_concern(quarter, "Sperrmüll vor Haus 3", now=NOON)


@pytest.fixture
def other(quarter):
    return make_concern(quarter, "Vor Haus 3 liegen Matratzen", now=NOON)


def fresh(concern: Concern) -> Concern:
    return Concern.objects.select_related(
        "dossier__quarter", "quarter", "teller", "leader", "theme"
    ).get(pk=concern.pk)


def join(viewer, leader, *concerns, keep=(), now=NOON):
    leader = fresh(leader)
    return joining.join(
        viewer=viewer,
        leader=leader,
        concerns=[fresh(one) for one in concerns],
        keep=frozenset(referral.pk for referral in keep),
        version=leader.dossier.version,
        now=now,
    )


def part(viewer, concern, *, now=LATER):
    return joining.undo_join(viewer=viewer, concern=fresh(concern), now=now)


def close(viewer, concern, *, now=LATER, answer="Der Müll ist weg."):
    concern = fresh(concern)
    life.close_concern(
        viewer=viewer,
        concern=concern,
        ending=life.Ending(Result.FIXED, answer, witness=Witness.OFFICE),
        version=concern.dossier.version,
        now=now,
    )


def ask(viewer, concern, *, now=NOON):
    concern = fresh(concern)
    return questions.ask_person(
        viewer=viewer,
        concern=concern,
        text="Wo genau?",
        version=concern.dossier.version,
        now=now,
    )


def confirm(concern):
    viewer = link_viewer(concern.quarter_id, LinkPurpose.TELLER_EMAIL, concern.pk)
    tellers.confirm_address(viewer=viewer, concern=concern, now=NOON)
    return concern


def path_of(link: LinkSpec) -> str:
    token = make_token(
        link.purpose,
        subject_id=link.subject_id,
        generation=link.generation,
        expires_on=link.expires_on,
    )
    return link.path.format(token=token)


def case_of(quarter, referral) -> Concern | None:
    """What the link in the body's mail opens, None for nothing."""
    token = path_of(referral_link(referral)).split("/")[2]
    try:
        return by_referral_link(quarter, token, quarter.local_day(NOON))[0].concern
    except Referral.DoesNotExist:
        return None


def status_page(concern) -> str:
    return path_of(status_link(concern, concern.teller))


def deeds(concern) -> list[tuple[str, str]]:
    rows = Entry.objects.filter(dossier=concern.pk).order_by("pk")
    return [(e.deed, e.audience) for e in rows if "join" in e.deed or "part" in e.deed]


def desk_page(concern) -> str:
    return f"/buero/anliegen/{concern.dossier.reference}/sammeln/"


# --- Joining -------------------------------------------------------------------------------------
def test_a_joined_concern_is_closed_without_a_next_date(mira, leader, other):
    join(mira, leader, other)

    joined = fresh(other)
    assert (joined.state, joined.leader, joined.next_on) == ("joined", leader, None)
    assert joined.dossier.closed_at == NOON
    assert not FollowUp.objects.filter(dossier=other.pk, done_at=None).exists()
    assert deeds(other) == [("joined", "teller")]
    assert deeds(leader) == [("joined_here", "office")]
    assert Entry.objects.get(deed="joined").data == {"leader": leader.dossier.reference}
    row = Joining.objects.get()
    assert (row.state_before, row.next_on_before, str(row)) == (
        "new",
        other.next_on,
        f"{other.pk} {leader.pk}",
    )


def test_nothing_is_joined_to_nothing_itself_or_what_is_closed(mira, leader, other):
    with pytest.raises(NothingToJoin):
        join(mira, leader)
    with pytest.raises(JoinsItself):
        join(mira, leader, leader)
    close(mira, leader)
    with pytest.raises(LeaderNotOpen):
        join(mira, leader, other)
    with pytest.raises(TransitionRefused):
        join(mira, other, leader)


def test_there_are_no_chains(quarter, mira, leader, other):
    third = make_concern(quarter, "Noch einmal", now=NOON)
    join(mira, leader, other)

    with pytest.raises(LeadsOthers):
        join(mira, third, leader)
    with pytest.raises(LeaderNotOpen):
        join(mira, other, third)
    with pytest.raises(TransitionRefused):
        join(mira, third, other)
    assert Joining.objects.count() == 1


#: How a deed begins to hold a dossier: it raises the version, or takes several at once.
HOLDS = ('UPDATE "dossiers_dossier"', 'SELECT "dossiers_dossier"."id"')


@contextmanager
def just_before_it_holds_a_dossier(deed):
    """Let a colleague's deed happen at the last moment at which it still can."""
    waiting = [deed]

    def run(execute, sql, *rest):
        if waiting and sql.startswith(HOLDS):
            waiting.pop()()
        return execute(sql, *rest)

    with connection.execute_wrapper(run):
        yield
    assert not waiting


def test_there_are_no_chains_either_when_two_join_at_once(quarter, mira, leader, other):
    third = fresh(make_concern(quarter, "Noch einmal", now=NOON))
    led, joined = fresh(leader), fresh(other)
    common = {"viewer": mira, "keep": frozenset(), "version": 1, "now": NOON}
    a_colleague = partial(join, mira, leader, other)

    with just_before_it_holds_a_dossier(a_colleague), pytest.raises(LeadsOthers):
        joining.join(leader=third, concerns=[led], **common)

    common["version"] = 2
    join(mira, leader, other)
    with pytest.raises(LeaderNotOpen):
        joining.join(leader=joined, concerns=[third], **common)
    assert [(row.leader, row.concern) for row in Joining.objects.all()] == [(leader, other)]


def test_of_opposite_joins_both_hold_the_older_one_first(mira, leader, other):
    for first, second in ((leader, other), (other, leader)):
        with CaptureQueriesContext(connection) as caught, transaction.atomic():
            join(mira, first, second)
            transaction.set_rollback(True)
        holds = next(q["sql"] for q in caught if q["sql"].startswith(HOLDS))
        assert " ORDER BY " in holds


def test_an_answer_that_was_given_at_this_moment_is_not_parted_from(mira, leader, other):
    join(mira, leader, other)
    a_colleague = partial(close, mira, leader)

    with just_before_it_holds_a_dossier(a_colleague), pytest.raises(JointCaseEnded):
        part(mira, other)


def make_topic(viewer, concern):
    concern = fresh(concern)
    topics.mark_topic(
        viewer=viewer,
        concern=concern,
        months=6,
        next_on=None,
        version=concern.dossier.version,
        now=NOON,
    )


def test_an_important_topic_leads_and_is_not_joined(mira, leader, other):
    make_topic(mira, leader)
    with pytest.raises(TopicNotJoined):
        join(mira, other, leader)

    join(mira, leader, other)
    assert (fresh(leader).state, fresh(other).state) == ("new", "joined")


def test_what_is_joined_is_not_asked_about_again(mira, leader, other):
    join(mira, leader, other)
    Concern.objects.filter(pk=other.pk).update(
        topic_months=6, topic_since=NOON.date(), topic_next_on=LATER.date()
    )
    close(mira, leader)

    assert fresh(other).answer == "Der Müll ist weg."
    assert not FollowUp.objects.filter(dossier=other.pk, done_at=None).exists()


def test_only_who_decides_both_may_join(mira, hao, leader, other):
    with pytest.raises(NotAllowed):
        join(hao, leader, other)
    Dossier.objects.filter(pk=other.pk).update(audience=Audience.CONFIDENTIAL)
    with pytest.raises(NotAllowed):
        join(mira, leader, other)


def test_confidential_ones_go_together_only_in_the_same_circle(mira, leader, other):
    Dossier.objects.filter(pk=other.pk).update(audience=Audience.CONFIDENTIAL)
    Named.objects.create(dossier=other.dossier, user_id=mira.user_id)
    with pytest.raises(NotTheSameCircle):
        join(mira, leader, other)

    Dossier.objects.filter(pk=leader.pk).update(audience=Audience.CONFIDENTIAL)
    Named.objects.create(dossier=leader.dossier, user_id=mira.user_id)
    join(mira, leader, other)
    assert fresh(other).leader == leader


def test_what_was_closed_to_others_meanwhile_is_not_joined(mira, quarter, leader, other):
    old = fresh(other)
    make_confidential(
        viewer=mira,
        concern=fresh(other),
        people=[User.objects.get(pk=mira.user_id)],
        version=old.dossier.version,
        now=NOON,
    )
    given: Any = {
        "leader": fresh(leader),
        "concerns": [old],
        "keep": frozenset(),
        "version": fresh(leader).dossier.version,
        "now": NOON,
    }
    with pytest.raises(NotTheSameCircle):
        joining.join(viewer=mira, **given)
    not_named = viewer_of(make_member(quarter, Role.MODERATOR, "Ida"), quarter)
    old.dossier.audience = Audience.TELLER
    with pytest.raises(NotAllowed):
        joining.join(viewer=not_named, **given)
    assert fresh(other).state == ConcernState.NEW


def test_somebody_elses_change_of_the_leading_one_is_noticed(mira, leader, other):
    old = fresh(leader)
    Dossier.objects.filter(pk=leader.pk).update(version=9)

    with pytest.raises(ChangedMeanwhile):
        joining.join(
            viewer=mira,
            leader=old,
            concerns=[fresh(other)],
            keep=frozenset(),
            version=1,
            now=NOON,
        )
    assert fresh(other).state == "new"


# --- Bodies --------------------------------------------------------------------------------------
def test_a_body_that_the_leader_has_not_goes_over(quarter, mira, leader, other, body):
    referral = make_referral(mira, other, body)
    join(mira, leader, other, keep=[referral])

    referral.refresh_from_db()
    led = fresh(leader)
    assert (referral.concern, referral.moved_from) == (leader, other)
    assert (led.state, led.scope, led.first_answer_at) == (
        "forwarded",
        Scope.PUBLIC_INTEREST,
        NOON,
    )
    assert led.next_on == leader.next_on
    assert case_of(quarter, referral) == leader


def test_the_earlier_day_of_asking_counts(quarter, mira, leader, other, body):
    today = quarter.local_day(NOON)
    life.plan_next(
        viewer=mira,
        concern=fresh(leader),
        due_on=today + timedelta(days=30),
        note="",
        version=1,
        now=NOON,
    )
    referral = make_referral(mira, other, body, ask_on=today + timedelta(days=5))
    join(mira, leader, other, keep=[referral])

    assert fresh(leader).next_on == today + timedelta(days=5)


@pytest.mark.parametrize("reason", ["has it already", "is not kept"])
def test_other_referrals_are_revoked(quarter, mira, leader, other, body, reason):
    referral = make_referral(mira, other, body)
    if reason == "has it already":
        make_referral(mira, leader, body)
    as_sent = copy(referral)
    join(mira, leader, other, keep=[referral] if reason == "has it already" else [])

    referral.refresh_from_db()
    assert (referral.concern, referral.link_generation) == (other, 2)
    assert case_of(quarter, as_sent) is None

    part(mira, other)
    assert case_of(quarter, as_sent) == other


def test_a_leader_that_is_with_a_body_stays_so(quarter, mira, leader, other, body):
    make_referral(mira, leader, body)
    second = make_body(quarter, "Kehrfix", "k@kehrfix.example.org")
    referral = make_referral(mira, other, second)
    join(mira, leader, other, keep=[referral])

    assert fresh(leader).state == "forwarded"
    assert Referral.objects.filter(concern=leader).count() == 2


def test_a_leader_whose_person_is_asked_goes_to_the_bodies_with_the_answer(
    quarter, mira, leader, other, body
):
    question = ask(mira, leader)
    referral = make_referral(mira, other, body, ask_on=quarter.local_day(LATER))
    join(mira, leader, other, keep=[referral])

    led = fresh(leader)
    assert (led.state, led.scope, led.first_answer_at, led.next_on) == (
        "question",
        Scope.PUBLIC_INTEREST,
        NOON,
        quarter.local_day(LATER),
    )
    task = FollowUp.objects.get(dossier=leader.pk, done_at=None)
    assert (task.reason, task.note) == ("question", "Wo genau?")

    questions.answer_question(
        viewer=teller_viewer(leader),
        question=Question.objects.select_related("concern__dossier").get(pk=question.pk),
        text="Vor Haus 3.",
        way=Way.LINK,
        now=LATER,
    )
    assert fresh(leader).state == "forwarded"


def test_parting_leaves_the_question_of_the_leader_open(mira, leader, other, body):
    ask(mira, leader)
    before = FollowUp.objects.get(dossier=leader.pk, done_at=None)
    referral = make_referral(mira, other, body)
    join(mira, leader, other, keep=[referral])
    part(mira, other)

    after = FollowUp.objects.get(dossier=leader.pk, done_at=None)
    assert (after.reason, after.due_on) == (before.reason, before.due_on)
    assert (fresh(leader).state, Question.objects.get().state) == ("question", "open")
    assert fresh(other).state == "forwarded"


def test_whose_contact_data_a_body_got_is_not_forgotten(client, quarter, mira, body):
    now = timezone.now()
    leader = make_concern(quarter, "Sperrmüll", name="Bernd", consent_wording="Ja.", now=now)
    told = make_concern(
        quarter, "x", name="Ayşe", phone="030 23125 014", consent_wording="Ja.", now=now
    )
    [referral] = referrals.pass_on(
        viewer=mira,
        concern=told,
        items=[referrals.PassOn(body, Way.MAIL, with_contact=True)],
        ask_on=quarter.local_day(now),
        version=told.dossier.version,
        now=now,
    )
    join(mira, leader, told, keep=[referral], now=now)

    referral.refresh_from_db()
    assert bodies_with_contact(told) == [referral]
    assert bodies_with_contact(leader) == []
    page = client.get(path_of(referral_link(referral)))
    words = page.content.decode()
    assert (page.status_code, "Ayşe" in words, "Bernd" in words) == (200, False, False)


# --- Parting again -------------------------------------------------------------------------------
def test_parting_restores_state_next_date_and_referrals(mira, leader, other, body):
    referral = make_referral(mira, other, body)
    before = fresh(other)
    join(mira, leader, other, keep=[referral])
    part(mira, other)

    after = fresh(other)
    assert (after.state, after.next_on, after.leader) == ("forwarded", before.next_on, None)
    assert after.dossier.closed_at is None
    referral.refresh_from_db()
    assert (referral.concern, referral.moved_from) == (other, None)
    # The leading one has no body any more: it lies on the desk.
    assert fresh(leader).state == "checked"
    assert deeds(other)[-1] == ("parted", "teller")
    assert deeds(leader)[-1] == ("parted_here", "office")


def test_what_a_body_answered_meanwhile_stays_with_the_joint_case(mira, leader, other, body):
    referral = make_referral(mira, other, body)
    join(mira, leader, other, keep=[referral])
    referral = Referral.objects.select_related("concern__dossier__quarter", "body").get()
    referrals.answer_referral(
        viewer=body_viewer(referral), referral=referral, text="Ist abgeholt.", now=LATER
    )
    part(mira, other)

    referral.refresh_from_db()
    assert (referral.concern, fresh(other).state) == (leader, "checked")


@pytest.mark.parametrize(
    ("is_with_body", "is_silent", "state"),
    [(False, False, "checked"), (True, False, "forwarded"), (True, True, "asked_again")],
)
def test_no_question_comes_back_that_was_settled(
    mira, leader, other, body, is_with_body, is_silent, state
):
    referral = make_referral(mira, other, body) if is_with_body else None
    if is_silent:
        Referral.objects.update(state="silent")
    ask(mira, other)
    join(mira, leader, other, keep=[referral] if referral else [])
    part(mira, other)

    assert fresh(other).state == state
    assert Question.objects.get().state == "settled"


def test_a_day_that_is_over_becomes_today(quarter, mira, leader, other):
    join(mira, leader, other)
    late = NOON + timedelta(days=29)
    part(mira, other, now=late)

    assert fresh(other).next_on == quarter.local_day(late)


def test_parting_is_refused_when_it_is_too_late(mira, hao, leader, other):
    with pytest.raises(NotJoined):
        part(mira, other)
    join(mira, leader, other)
    with pytest.raises(NotAllowed):
        part(hao, other)
    with pytest.raises(TooLateToPart):
        part(mira, other, now=NOON + timedelta(days=31))
    close(mira, leader)
    with pytest.raises(JointCaseEnded):
        part(mira, other)
    assert fresh(other).state == "joined"


def test_it_can_be_joined_again(mira, leader, other):
    join(mira, leader, other)
    part(mira, other)
    join(mira, leader, other, now=LATER)

    assert fresh(other).leader == leader
    assert Joining.objects.filter(undone_at=None).count() == 1


def test_a_referral_that_moved_twice_still_knows_where_it_went_out(
    quarter, mira, leader, other, body
):
    referral = make_referral(mira, other, body)
    join(mira, leader, other, keep=[referral])
    Concern.objects.filter(pk=other.pk).update(state=ConcernState.WITHDRAWN, leader=None)
    third = make_concern(quarter, "Dritte Meldung", now=NOON)
    join(mira, third, leader, keep=[referral])
    referral.refresh_from_db()
    assert (referral.concern, referral.moved_from) == (third, other)

    part(mira, leader)
    referral.refresh_from_db()
    assert (referral.concern, referral.moved_from) == (leader, other)


@pytest.mark.parametrize(
    ("by_link", "actor"), [(True, Actor.SYSTEM), (False, Actor.OFFICE)], ids=["teller", "office"]
)
def test_withdrawing_the_leader_parts_all_that_are_joined(
    quarter, mira, leader, other, body, by_link, actor
):
    plain = make_concern(quarter, "Noch einmal", now=NOON)
    referral = make_referral(mira, other, body)
    join(mira, leader, other, plain, keep=[referral])
    late = NOON + timedelta(days=40)
    led, today = fresh(leader), quarter.local_day(late)
    life.withdraw_concern(
        viewer=teller_viewer(led) if by_link else mira,
        concern=led,
        version=None if by_link else led.dossier.version,
        now=late,
    )

    assert fresh(leader).state == "withdrawn"
    for concern, state in ((other, "forwarded"), (plain, "new")):
        alone = fresh(concern)
        assert (alone.state, alone.leader, alone.next_on) == (state, None, today)
        assert alone.dossier.closed_at is None
        task = FollowUp.objects.get(dossier=concern.pk, done_at=None)
        assert (task.due_on, task.reason) == (today, "work")
        line = Entry.objects.get(dossier=concern.pk, deed="parted")
        assert (line.actor, line.by_id, line.audience) == (
            actor,
            None if by_link else mira.user_id,
            "teller",
        )
        assert line.data == {"leader": leader.dossier.reference}
    assert deeds(leader)[-2:] == [("parted_here", "office")] * 2
    referral.refresh_from_db()
    assert (referral.concern, referral.moved_from) == (other, None)
    assert not Joining.objects.filter(undone_at=None).exists()


def test_what_a_withdrawn_leader_left_behind_can_be_parted_however_late(
    quarter, mira, leader, other
):
    join(mira, leader, other)
    Concern.objects.filter(pk=leader.pk).update(
        state=ConcernState.WITHDRAWN, closed_at=NOON, next_on=None
    )
    late = NOON + timedelta(days=90)
    part(mira, other, now=late)

    alone = fresh(other)
    assert (alone.state, alone.leader, alone.next_on) == ("new", None, quarter.local_day(late))
    assert fresh(leader).state == "withdrawn"


# --- One answer for all --------------------------------------------------------------------------
def test_everybody_gets_the_answer_in_their_way(quarter, mira, leader):
    by_mail = confirm(
        make_concern(
            quarter, "a", way=AnswerWay.MAIL, email="tr@example.org", language="tr", now=NOON
        )
    )
    by_phone = make_concern(quarter, "b", way=AnswerWay.PHONE, phone="030 23125 014", now=NOON)
    by_post = make_concern(quarter, "c", way=AnswerWay.POST, address="Musterweg 7", now=NOON)
    by_link = make_concern(quarter, "d", now=NOON)
    join(mira, leader, by_mail, by_phone, by_post, by_link)
    close(mira, leader)

    mail = Mail.objects.get(kind="teller")
    assert (mail.to_address, mail.language) == ("tr@example.org", "tr")
    assert (by_mail.dossier.reference in mail.subject, "Der Müll ist weg." in mail.text) == (
        True,
        True,
    )
    tasks = FollowUp.objects.filter(done_at=None, reason="tell").order_by("dossier")
    assert [task.dossier_id for task in tasks] == [by_phone.pk, by_post.pk]
    assert fresh(by_link).answer == "Der Müll ist weg."
    assert fresh(by_link).state == "joined"
    assert Entry.objects.filter(deed="joint_answer", audience="teller").count() == 4


def test_the_letter_of_a_joined_concern_can_be_printed(desk, quarter, mira, leader):
    by_post = make_concern(quarter, "c", way=AnswerWay.POST, address="Musterweg 7", now=NOON)
    join(mira, leader, by_post)
    letter = f"/buero/anliegen/{by_post.dossier.reference}/brief/"
    assert desk.get(letter).status_code == 409

    close(mira, leader)
    page = desk.get(letter)
    assert (page.status_code, "Der Müll ist weg." in page.content.decode()) == (200, True)


def test_taking_the_leader_up_again_takes_the_answer_back(quarter, mira, leader):
    by_phone = make_concern(quarter, "b", way=AnswerWay.PHONE, phone="030 23125 014", now=NOON)
    join(mira, leader, by_phone)
    close(mira, leader)
    led = fresh(leader)
    life.reopen_concern(
        viewer=mira, concern=led, why="wieder da", version=led.dossier.version, now=LATER
    )

    assert (fresh(by_phone).answer, fresh(by_phone).state) == ("", "joined")
    assert not FollowUp.objects.filter(dossier=by_phone.pk, done_at=None).exists()
    assert Entry.objects.get(deed="joint_reopened").audience == "teller"
    close(mira, leader, answer="Jetzt wirklich.")
    assert fresh(by_phone).answer == "Jetzt wirklich."


def test_voices_count_for_the_leader_and_are_told(quarter, mira, leader, other):
    show(mira, fresh(leader))
    show(mira, fresh(other))
    for concern, cookie in ((leader, "a"), (other, "a"), (other, "b")):
        voices.add_voice(concern=fresh(concern), cookie=cookie, email="", language="de", now=NOON)
    said = voices.add_voice(
        concern=fresh(other), cookie="c", email="c@example.org", language="de", now=NOON
    )
    assert said is not None
    voices.confirm_voice(
        viewer=link_viewer(quarter.pk, LinkPurpose.VOICE, said.pk), voice=said, now=NOON
    )
    join(mira, leader, other)
    # Three browsers, and the one who told the joined concern.
    assert voice_count(fresh(leader)) == 4

    close(mira, leader)
    assert voices.tell_voices(concern_id=leader.pk, now=LATER) == 1
    mail = Mail.objects.get(to_address="c@example.org", subject__endswith="die Antwort")
    assert other.dossier.reference in mail.subject


# --- What residents see --------------------------------------------------------------------------
def test_the_public_address_leads_to_the_leader_if_both_are_shown(client, mira, leader, other):
    show(mira, fresh(other))
    join(mira, leader, other)
    address = f"/anliegen/{other.dossier.reference}/"
    assert client.get(address).status_code == 200

    show(mira, fresh(leader))
    assert client.get(address)["Location"] == f"/anliegen/{leader.dossier.reference}/"
    voice = client.post(f"{address}stimme/")
    assert voice["Location"].startswith(f"/anliegen/{leader.dossier.reference}/")


def test_the_status_page_shows_the_leader_only_as_far_as_it_is_public(
    client, quarter, mira, leader, other
):
    join(mira, leader, other)
    page = client.get(status_page(other)).content.decode()
    assert f"Gehört zu Anliegen Nr. <bdi>{leader.dossier.reference}" in page
    assert f'href="/anliegen/{leader.dossier.reference}/"' not in page

    show(mira, fresh(leader), text="Am Haus 3 liegt Sperrmüll.")
    close(mira, leader)
    page = client.get(status_page(other)).content.decode()
    assert f'href="/anliegen/{leader.dossier.reference}/"' in page
    assert "Der Müll ist weg." in page


@pytest.mark.parametrize(("language", "mark"), [("ar", "\u200e"), ("tr", "")])
def test_the_number_of_the_leader_keeps_its_order_in_every_direction(
    client, mira, leader, other, language, mark
):
    join(mira, leader, other)

    page = client.get(status_page(other), {"lang": language})

    [told] = [s.sentence for s in page.context["steps"] if leader.dossier.reference in s.sentence]
    assert told.count(f"{mark}{leader.dossier.reference}{mark}") == 1
    assert told.count("\u200e") == 2 * len(mark)


def test_the_status_page_promises_an_answer_only_until_there_is_one(
    client, quarter, mira, leader, other
):
    promise = "Sie bekommen die Antwort, wie Sie es wollten, sobald es eine gibt."
    join(mira, leader, other)
    waiting = client.get(status_page(other))

    close(mira, leader)
    answered = client.get(status_page(other))

    assert [page.context["waits"] for page in (waiting, answered)] == [True, False]
    assert [promise in page.content.decode() for page in (waiting, answered)] == [True, False]
    assert "Der Müll ist weg." in answered.content.decode()


# --- The page at the desk ------------------------------------------------------------------------
def test_the_desk_joins_what_is_ticked_and_typed(desk, quarter, leader, other):
    third = make_concern(quarter, "dritte", now=NOON)
    chosen = {
        "version": leader.dossier.version,
        "anliegen": [other.dossier.reference],
        "numbers": f"und {third.dossier.reference}.",
    }

    done = desk.post(desk_page(leader), chosen, follow=True)

    assert done.redirect_chain == [(desk_page(leader), 302)]
    assert [row.concern for row in done.context["joined"]] == [third, other]
    detail = desk.get(f"/buero/anliegen/{leader.dossier.reference}/").content.decode()
    assert "2 Anliegen gehören hierzu" in detail
    parted = desk.post(desk_page(leader), {"loesen": other.dossier.reference}, follow=True)
    assert [row.concern for row in parted.context["joined"]] == [third]


def test_the_page_of_a_case_parts_only_its_own(desk, quarter, mira, leader, other):
    stranger = make_concern(quarter, "fremd", now=NOON)
    join(mira, leader, other)

    assert desk.post(desk_page(stranger), {"loesen": other.dossier.reference}).status_code == 404
    assert fresh(other).leader == leader


def test_it_asks_which_bodies_keep_it(desk, mira, leader, other, body):
    referral = make_referral(mira, other, body)
    chosen = {"version": leader.dossier.version, "anliegen": other.dossier.reference}

    asked = desk.post(desk_page(leader), chosen)
    assert [one.pk for one in asked.context["asked"]] == [referral.pk]
    assert fresh(other).state == "forwarded"

    desk.post(
        desk_page(leader), chosen | {"gefragt": "1", "bleibt": [str(referral.pk), "x", "9" * 5000]}
    )
    referral.refresh_from_db()
    assert (fresh(other).state, referral.concern) == ("joined", leader)


def test_a_helper_reads_only_the_number_of_a_leader_that_is_not_theirs(
    helper_desk, desk, mira, leader, other
):
    Dossier.objects.filter(pk=other.pk).update(assigned_to=User.objects.get(name="Tom"))
    join(mira, leader, other)
    address = f"/buero/anliegen/{other.dossier.reference}/"

    seen = {who: client.get(address).content.decode() for who, client in (("helper", helper_desk), ("moderator", desk))}  # fmt: skip

    assert all(leader.dossier.reference in page for page in seen.values())
    assert {who: leader.dossier.title in page for who, page in seen.items()} == {
        "helper": False,
        "moderator": True,
    }


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"numbers": ""}, 422),
        ({"numbers": "2026-9999"}, 422),
        ({"version": ""}, 422),
        ({"numbers": "self"}, 422),
        ({"version": "77"}, 409),
    ],
)
def test_what_cannot_be_joined_is_explained(desk, leader, other, changes, status):
    form = {"version": leader.dossier.version, "numbers": other.dossier.reference} | changes
    if form["numbers"] == "self":
        form["numbers"] = leader.dossier.reference

    page = desk.post(desk_page(leader), form)

    assert (page.status_code, bool(page.context["form"].errors)) == (status, True)
    assert fresh(other).state == "new"


def test_parting_too_late_is_explained(desk, mira, leader, other):
    join(mira, leader, other, now=NOON - timedelta(days=40))

    page = desk.post(desk_page(leader), {"loesen": other.dossier.reference})

    assert (page.status_code, str(TooLateToPart.sentence) in page.content.decode()) == (409, True)
    assert desk.post(desk_page(leader), {"loesen": "2026-9999"}).status_code == 404


def test_whoever_closes_a_joint_case_reads_to_whom_the_answer_goes(
    desk, quarter, mira, leader, other
):
    page = f"/buero/anliegen/{leader.dossier.reference}/?tat=close"
    words = "Dieselbe Antwort geht auch an"
    assert words not in desk.get(page).content.decode()

    join(mira, leader, other)
    assert f"{words} die Person des 1 Anliegens" in desk.get(page).content.decode()

    join(mira, Concern.objects.get(pk=leader.pk), make_concern(quarter))
    assert f"{words} die Personen der 2 Anliegen" in desk.get(page).content.decode()


def test_the_page_of_a_joined_concern_says_to_what_it_belongs(
    desk, helper_desk, mira, leader, other
):
    join(mira, leader, other)

    for address in (desk_page(other), f"/buero/anliegen/{other.dossier.reference}/"):
        assert leader.dossier.reference in desk.get(address).content.decode()
    assert helper_desk.get(desk_page(leader)).status_code == 403


def test_the_page_needs_as_many_statements_with_ten_as_with_thirty(
    desk, quarter, mira, leader, django_assert_max_num_queries
):
    counts = []
    for number in (10, 20):
        join(mira, leader, *(make_concern(quarter, f"n{n}", now=NOON) for n in range(number)))
        with django_assert_max_num_queries(30) as caught:
            assert desk.get(desk_page(leader)).status_code == 200
        counts.append(len(caught.captured_queries))
    assert counts[0] == counts[1]


# --- How long ------------------------------------------------------------------------------------
def test_contact_data_waits_for_the_answer_of_the_leader(quarter, mira, leader):
    told = make_concern(quarter, "x", name="Nour", phone="030 23125 014", now=NOON)
    join(mira, leader, told)
    much_later = NOON + timedelta(days=400)
    rule = {"quarter": quarter, "before": much_later, "limit": 9, "now": much_later}

    assert forgetting.let_contact_go(**rule) == 0
    close(mira, leader)
    assert forgetting.let_contact_go(**rule) == 1


def test_words_of_a_person_go_also_from_a_referral_that_moved(quarter, mira, leader, body):
    told = make_concern(quarter, "x", name="Nour Beispiel", now=NOON)
    [referral] = referrals.pass_on(
        viewer=mira,
        concern=told,
        items=[referrals.PassOn(body, Way.MAIL, cover_note="Nour Beispiel hat angerufen.")],
        ask_on=quarter.local_day(LATER),
        version=told.dossier.version,
        now=NOON,
    )
    join(mira, leader, told, keep=[referral])
    close(mira, leader)

    forgetting.let_contact_go(
        quarter=quarter, before=LATER + timedelta(days=1), limit=9, now=LATER
    )

    referral.refresh_from_db()
    assert "Nour" not in referral.cover_note


@pytest.mark.parametrize("is_topic", [True, False])
def test_what_went_over_to_an_important_topic_keeps_its_words(
    quarter, mira, leader, other, body, is_topic
):
    if is_topic:
        make_topic(mira, leader)
    [referral] = referrals.pass_on(
        viewer=mira,
        concern=other,
        items=[referrals.PassOn(body, Way.MAIL, cover_note="Bitte abholen.")],
        ask_on=quarter.local_day(LATER),
        version=other.dossier.version,
        now=NOON,
    )
    join(mira, leader, other, keep=[referral])
    moved = Referral.objects.select_related("concern__dossier__quarter", "body").get()
    referrals.answer_referral(
        viewer=body_viewer(moved), referral=moved, text="Ist abgeholt.", now=LATER
    )
    close(mira, leader)

    much_later = LATER + timedelta(days=2000)
    with erasure_permit():
        count = forgetting.let_text_go(quarter=quarter, before=much_later, limit=9, now=much_later)

    assert count == (1 if is_topic else 2)
    assert fresh(other).text_gone_at == much_later
    referral.refresh_from_db()
    words = ("Bitte abholen.", "Ist abgeholt.") if is_topic else ("", MARK)
    assert (referral.cover_note, referral.reply) == words
    assert (referral.link_generation == moved.link_generation) is is_topic
