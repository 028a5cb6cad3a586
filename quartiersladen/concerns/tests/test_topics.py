"""Important topics come back over years, with one chain of what was asked and answered."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from quartiersladen.concerns import gathered
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services import forgetting, life, paper, tellers, topics
from quartiersladen.concerns.services.life import Ending
from quartiersladen.concerns.services.referrals import answer_referral
from quartiersladen.concerns.states import AnswerWay, ConcernState, Result
from quartiersladen.concerns.testing import make_concern, make_referral, teller_viewer
from quartiersladen.correspondence.states import Way
from quartiersladen.dossiers.models import Dossier, Entry, FollowUp
from quartiersladen.dossiers.services.dates import DateInThePast
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.kernel.errors import NotAllowed, TransitionRefused
from quartiersladen.quarters.testing import NOON, make_quarter

ENDING = Ending(Result.NOT_POSSIBLE, "In diesem Jahr nicht.", reason="Kein Geld")
HALF_A_YEAR = date(2026, 9, 2)


def mark(viewer, concern, *, months=6, next_on=None, version=None):
    concern.dossier.refresh_from_db()
    return topics.mark_topic(
        viewer=viewer,
        concern=concern,
        months=months,
        next_on=next_on,
        version=version or concern.dossier.version,
        now=NOON,
    )


def close(viewer, concern):
    concern.dossier.refresh_from_db()
    life.close_concern(
        viewer=viewer,
        concern=concern,
        ending=ENDING,
        version=concern.dossier.version,
        now=NOON,
    )


def task() -> tuple[str, date] | None:
    return FollowUp.objects.filter(done_at=None).values_list("reason", "due_on").first()


def test_an_answer_does_not_end_it(quarter, mira):
    concern = make_concern(quarter)
    mark(mira, concern, next_on=date(2026, 4, 1))
    assert (concern.topic_months, concern.topic_since) == (6, date(2026, 3, 2))
    assert task() == ("first-look", concern.next_on)  # an open one keeps its own next date

    close(mira, concern)

    concern.refresh_from_db()
    assert (concern.state, concern.topic_next_on) == (ConcernState.ANSWERED, HALF_A_YEAR)
    assert task() == ("topic", HALF_A_YEAR)


def test_it_is_asked_about_again_and_again(quarter, mira, body):
    concern = make_concern(quarter)
    mark(mira, concern)
    for _year in range(2):
        concern.dossier.refresh_from_db()
        referral = make_referral(mira, concern, body)
        answer_referral(viewer=mira, referral=referral, text="Noch nicht", now=NOON)
        concern.refresh_from_db()
        close(mira, concern)
        concern.dossier.refresh_from_db()
        life.reopen_concern(
            viewer=mira,
            concern=concern,
            why="Wieder nachfragen",
            version=concern.dossier.version,
            now=NOON,
        )
    [topic] = gathered.topics_of(mira)
    assert (topic.concern, topic.asks, topic.answers) == (concern, 2, 2)
    assert (topic.asked_at, topic.answered_at) == (NOON, NOON)


@pytest.mark.parametrize("way", [AnswerWay.PHONE, AnswerWay.POST])
def test_the_person_is_told_first(quarter, mira, way):
    concern = make_concern(quarter, way=way, phone="030 23125 100", address="Nour\nWeg 1\n04315 X")
    mark(mira, concern)
    close(mira, concern)
    assert task() == ("tell", date(2026, 3, 2))
    mark(mira, concern, months=12)  # the task of telling stays
    assert task() == ("tell", date(2026, 3, 2))

    concern.dossier.refresh_from_db()
    common = {
        "viewer": mira,
        "concern": concern,
        "version": concern.dossier.version,
        "now": NOON,
    }
    if way == AnswerWay.PHONE:
        tellers.told_orally(told_on=date(2026, 3, 2), text="", **common)
    else:
        paper.letter_sent(way=Way.POST, sent_on=date(2026, 3, 2), **common)

    assert task() == ("topic", date(2027, 3, 2))


def test_a_closed_one_gets_its_day_at_once_and_can_be_moved(quarter, mira):
    concern = make_concern(quarter)
    close(mira, concern)
    mark(mira, concern)
    assert task() == ("topic", HALF_A_YEAR)
    mark(mira, concern, months=1, next_on=date(2026, 5, 4))
    assert task() == ("topic", date(2026, 5, 4))
    concern.refresh_from_db()
    assert (concern.topic_months, concern.topic_next_on) == (1, date(2026, 5, 4))


def test_it_can_rest(quarter, mira):
    concern = make_concern(quarter)
    close(mira, concern)
    mark(mira, concern)
    concern.dossier.refresh_from_db()
    end = {
        "viewer": mira,
        "concern": concern,
        "version": concern.dossier.version,
        "now": NOON,
    }
    topics.end_topic(**end)
    concern.refresh_from_db()
    assert (concern.is_topic, task()) == (False, None)
    with pytest.raises(topics.NotATopic):
        topics.end_topic(**end)
    assert list(Entry.objects.filter(deed__startswith="topic").values_list("deed", flat=True)) == [
        "topic_set",
        "topic_ended",
    ]


@pytest.mark.parametrize("months", [0, 61])
def test_the_rhythm_is_between_a_month_and_five_years(quarter, mira, months):
    with pytest.raises(topics.NoRhythm):
        mark(mira, make_concern(quarter), months=months)


def test_refusals(quarter, mira, hao):
    concern = make_concern(quarter)
    with pytest.raises(NotAllowed):
        mark(hao, concern)
    with pytest.raises(DateInThePast):
        mark(mira, concern, next_on=date(2026, 3, 1))
    with pytest.raises(ChangedMeanwhile):
        mark(mira, concern, version=7)
    mark(mira, concern)
    with pytest.raises(NotAllowed):
        topics.end_topic(viewer=hao, concern=concern, version=2, now=NOON)
    life.withdraw_concern(viewer=teller_viewer(concern), concern=concern, version=None, now=NOON)
    concern.refresh_from_db()
    assert (concern.is_topic, task()) == (False, None)
    with pytest.raises(topics.NotATopic):
        mark(mira, concern)
    with pytest.raises(TransitionRefused):
        close(mira, concern)


def test_its_text_is_kept_while_it_is_asked_about(quarter, mira):
    concern = make_concern(quarter)
    close(mira, concern)
    due = Dossier.objects.filter(
        forgetting.text_to_let_go(quarter=quarter, before=NOON + timedelta(days=1))
    )
    assert due.count() == 1
    mark(mira, concern)
    assert due.count() == 0


def test_half_a_topic_cannot_be_stored(quarter):
    make_concern(quarter)
    with pytest.raises(IntegrityError), transaction.atomic():
        Concern.objects.update(topic_months=6)


# --- Pages ----------------------------------------------------------------------------------------
def test_the_desk_marks_it_lists_it_and_lets_it_rest(desk, helper_desk, quarter):
    concern = make_concern(quarter, "Die Straßenbahn hält hier nicht.")
    address = f"/buero/anliegen/{concern.dossier.reference}/"
    wrong = desk.post(address + "dauerthema/", {"version": 1, "months": 99})
    assert wrong.status_code == 422
    assert desk.post(address + "dauerthema/", {"version": 1, "months": 6}).status_code == 302

    page = desk.get("/buero/anliegen/dauerthemen/")

    assert [topic.concern for topic in page.context["topics"]] == [concern]
    assert "alle 6 Monate" in page.content.decode()
    assert helper_desk.get("/buero/anliegen/dauerthemen/").context["topics"] == []
    detail = desk.get(address + "?journal=kette")
    assert [line["words"][:15] for line in detail.context["journal"]] == ["Wichtiges Thema"]
    assert (
        "Wichtiges Thema: Es kommt von selbst" in desk.get(address + "?tat=close").content.decode()
    )
    assert desk.get(address + "?tat=topic").context["deeds"]
    assert desk.post(address + "dauerthema/beenden/", {"version": 2}).status_code == 302
    assert desk.get("/buero/anliegen/dauerthemen/").context["topics"] == []
    assert helper_desk.post(address + "dauerthema/", {"months": 6}).status_code == 403
    assert helper_desk.post(address + "dauerthema/beenden/").status_code == 403


def test_ten_and_a_hundred_topics_need_the_same_number_of_statements(
    desk, quarter, mira, django_assert_max_num_queries
):
    counts = []
    for number in (10, 90):
        for n in range(number):
            make_concern(quarter, f"Thema {n}")
        Concern.objects.update(
            topic_months=6, topic_since=date(2026, 3, 2), topic_next_on=HALF_A_YEAR
        )
        with django_assert_max_num_queries(8) as caught:
            desk.get("/buero/anliegen/dauerthemen/")
        counts.append(len(caught))
    assert counts[0] == counts[1]
    assert gathered.topics_of(mira)[0].asks == 0
    assert make_quarter("west").slug == "west"
