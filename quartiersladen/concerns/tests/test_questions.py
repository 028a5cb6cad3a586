"""A question back to the person: asked, reminded of once, answered once, or given up."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.concerns import gathered, timeline
from quartiersladen.concerns.models import Concern, Question, Teller
from quartiersladen.concerns.services import (
    forgetting,
    intake,
    life,
    own_data,
    questions,
    referrals,
)
from quartiersladen.concerns.services.life import Ending
from quartiersladen.concerns.states import (
    AnswerWay,
    ConcernState,
    QuestionState,
    Result,
    Witness,
)
from quartiersladen.concerns.testing import (
    body_viewer,
    make_concern,
    make_referral,
    photo,
    teller_viewer,
)
from quartiersladen.correspondence.models import Message
from quartiersladen.correspondence.states import Way
from quartiersladen.dossiers.models import Document, Dossier, Entry, FollowUp
from quartiersladen.dossiers.services.dates import DateInThePast
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.dossiers.services.looking_after import assign
from quartiersladen.files.services import store_photo
from quartiersladen.kernel.errors import NotAllowed, TransitionRefused
from quartiersladen.outbox.models import Mail
from quartiersladen.privacy.append_only import erasure_permit
from quartiersladen.quarters.testing import NOON, make_quarter

WORDS = "Vor welchem Haus steht die Laterne?"
TODAY = date(2026, 3, 2)  # a Monday
REMIND, DUE = date(2026, 3, 9), date(2026, 3, 16)


def at(day, hour=12):
    return NOON + timedelta(days=(day - TODAY).days, hours=hour - 12)


def told(quarter, *, confirmed=True, **person):
    """Tell a concern; with an e-mail address unless the person says otherwise."""
    fields = person or {"way": AnswerWay.MAIL, "email": "nour@example.org"}
    concern = make_concern(quarter, **fields)
    if confirmed and concern.teller.email:
        Teller.objects.filter(pk=concern.pk).update(email_confirmed_at=NOON)
        concern.teller.refresh_from_db()
    return concern


def ask(viewer, concern, text=WORDS, *, version=None, now=NOON):
    return questions.ask_person(
        viewer=viewer,
        concern=concern,
        text=text,
        version=version or concern.dossier.version,
        now=now,
    )


def answer(question, text="Vor Nummer 7.", *, viewer=None, way=Way.LINK, now=NOON, **more):
    return questions.answer_question(
        viewer=viewer or teller_viewer(question.concern),
        question=question,
        text=text,
        way=way,
        now=now,
        **more,
    )


def task() -> FollowUp:
    return FollowUp.objects.get(done_at=None)


def lines(concern) -> list[str]:
    rows = Entry.objects.filter(dossier=concern.dossier, deed__startswith="question")
    return list(rows.order_by("pk").values_list("deed", flat=True))


# --- Asking ---------------------------------------------------------------------------------------
def test_who_confirmed_an_address_gets_a_mail_in_their_language(quarter, mira):
    concern = told(quarter, way=AnswerWay.MAIL, email="nour@example.org", language="ar")

    question = ask(mira, concern)

    concern.refresh_from_db()
    assert (concern.state, concern.next_on) == (ConcernState.QUESTION, DUE)
    assert (question.way, question.due_on, question.remind_on) == (Way.MAIL, DUE, REMIND)
    mail = Mail.objects.get(kind="teller")
    assert (mail.language, WORDS in mail.text, "[[link:status]]" in mail.text) == (
        "ar",
        True,
        True,
    )
    assert (task().reason, task().due_on) == ("question", DUE)
    assert lines(concern) == ["question_text", "question_asked"]


@pytest.mark.parametrize(
    ("person", "reason", "way", "due_on"),
    [
        ({"way": AnswerWay.PHONE, "phone": "030 23125 100"}, "call", Way.PHONE, TODAY),
        ({"way": AnswerWay.POST, "address": "Musterweg 7"}, "write", Way.POST, TODAY),
        ({"way": AnswerWay.LINK}, "question", Way.LINK, DUE),
    ],
)
def test_who_has_no_mail_becomes_a_task(quarter, mira, person, reason, way, due_on):
    question = ask(mira, told(quarter, **person))

    assert (task().reason, task().due_on, task().note) == (reason, due_on, WORDS)
    assert question.way == way
    assert not Mail.objects.exists()


def test_an_address_that_nobody_confirmed_gets_no_mail(quarter, mira):
    concern = told(
        quarter,
        confirmed=False,
        way=AnswerWay.MAIL,
        email="nour@example.org",
        phone="030 23125 100",
    )
    ask(mira, concern)
    assert (task().reason, Mail.objects.filter(kind="teller").count()) == ("call", 0)


def test_the_mail_is_looked_at_first(quarter, mira, hao):
    concern = told(quarter)

    letter = questions.preview_question(viewer=mira, concern=concern, text=WORDS, now=NOON)

    assert letter is not None
    assert not Question.objects.exists()
    ask(mira, concern)
    mail = Mail.objects.get(kind="teller")
    assert (mail.subject, mail.text) == (letter.subject, letter.text)
    by_phone = told(quarter, way=AnswerWay.PHONE, phone="030 23125 100")
    assert questions.preview_question(viewer=mira, concern=by_phone, text="?", now=NOON) is None
    with pytest.raises(NotAllowed):
        questions.preview_question(viewer=hao, concern=concern, text=WORDS, now=NOON)
    with pytest.raises(TransitionRefused):
        questions.preview_question(viewer=mira, concern=concern, text=WORDS, now=NOON)


@pytest.mark.parametrize("text", [" ", "x" * 2001])
def test_nobody_can_answer_nothing_or_a_book(quarter, mira, text):
    with pytest.raises(questions.QuestionMissing):
        ask(mira, told(quarter), text)
    assert not Question.objects.exists()


def test_one_question_at_a_time_and_none_when_it_is_closed(quarter, mira):
    concern = told(quarter)
    ask(mira, concern)
    with pytest.raises(TransitionRefused):
        ask(mira, concern)
    close(mira, concern)
    with pytest.raises(TransitionRefused):
        ask(mira, concern)
    assert Question.objects.count() == 1


def test_a_helper_asks_only_where_they_look_after_it(quarter, mira, hao):
    concern = told(quarter)
    with pytest.raises(NotAllowed):
        ask(hao, concern)
    colleague = concern.quarter.memberships.get(user_id=hao.user_id).user
    assign(
        viewer=mira,
        dossier=concern.dossier,
        colleague=colleague,
        version=concern.dossier.version,
        now=NOON,
    )
    concern.dossier.refresh_from_db()
    assert ask(hao, concern).by_id == hao.user_id


def test_two_who_ask_at_once(quarter, mira):
    concern = told(quarter)
    stale = Concern.objects.select_related("dossier", "teller", "quarter").get()
    ask(mira, concern)
    with pytest.raises(ChangedMeanwhile):
        ask(mira, stale, version=1)


def test_a_call_that_reached_nobody_stays_a_call(quarter, mira):
    concern = told(quarter, way=AnswerWay.PHONE, phone="030 23125 100")
    ask(mira, concern)

    def plan():
        life.plan_next(
            viewer=mira,
            concern=concern,
            due_on=REMIND,
            note="Niemand da",
            version=concern.dossier.version,
            now=NOON,
        )

    plan()
    assert (task().reason, task().due_on) == ("call", REMIND)
    close(mira, concern)
    life.reopen_concern(
        viewer=mira, concern=concern, why="Doch", version=concern.dossier.version, now=NOON
    )
    plan()
    assert task().reason == "work"


# --- Answering ------------------------------------------------------------------------------------
def test_the_person_answers_by_link_with_a_photo(quarter, mira):
    key = uuid4()
    keep(quarter, key)
    concern = make_concern(
        quarter, submission_key=key, way=AnswerWay.MAIL, email="nour@example.org"
    )
    question = ask(mira, concern)
    form = uuid4()
    keep(quarter, form)

    answered = answer(question, key=form)

    concern.refresh_from_db()
    assert (answered.state, answered.answer, answered.answered_by) == (
        QuestionState.ANSWERED,
        "Vor Nummer 7.",
        Way.LINK,
    )
    assert (concern.state, concern.next_on) == (ConcernState.CHECKED, TODAY)
    assert (task().reason, task().due_on) == ("person-said", TODAY)
    photos = Document.objects.filter(dossier=concern.dossier).order_by("position")
    assert [(p.position, p.is_of_teller) for p in photos] == [(0, True), (1, True)]
    assert lines(concern)[2:] == ["question_answer", "question_answered"]
    assert Entry.objects.get(deed="question_answered").data == {"way": "link", "photos": 1}
    message = Message.objects.get(direction="in")
    assert (message.way, message.text) == ("link", "Vor Nummer 7.")


def keep(quarter, key):
    stored = store_photo(quarter=quarter, upload=photo(f"{key}.jpg"), now=NOON)
    intake.keep_photos(quarter=quarter, key=key, photos=[(stored, "foto.jpg")], now=NOON)


def test_a_double_click_gives_one_answer(quarter, mira):
    question, key = ask(mira, told(quarter)), uuid4()
    answer(question, key=key)

    again = answer(question, key=key)

    assert again.state == QuestionState.ANSWERED
    assert lines(question.concern).count("question_answered") == 1
    assert Message.objects.filter(direction="in").count() == 1
    with pytest.raises(questions.AlreadyAnswered):
        answer(question, "Etwas anderes", key=uuid4())
    with pytest.raises(questions.AlreadyAnswered):
        answer(question, "Ohne Formular")


def test_the_first_photo_may_come_with_the_answer(quarter, mira):
    question, key = ask(mira, told(quarter)), uuid4()
    keep(quarter, key)
    answer(question, key=key)
    assert Document.objects.get().position == 0


@pytest.mark.parametrize("text", ["", "  ", "x" * 4001])
def test_an_answer_needs_words(quarter, mira, text):
    question = ask(mira, told(quarter))
    with pytest.raises(questions.AnswerMissing):
        answer(question, text)
    assert Question.objects.get().state == QuestionState.OPEN


def test_only_the_person_and_who_works_on_it_answer(quarter, mira, hao):
    question = ask(mira, told(quarter, way=AnswerWay.PHONE, phone="030 23125 100"))
    for viewer in (hao, public_viewer(quarter.pk), teller_viewer(make_concern(quarter))):
        with pytest.raises(NotAllowed):
            answer(question, viewer=viewer)

    version = question.concern.dossier.version
    answer(question, viewer=mira, way=Way.PHONE, version=version)

    mine = FollowUp.objects.get(done_at=None, dossier=question.concern.dossier)
    assert (Question.objects.get().answered_by, mine.reason) == ("phone", "person-said")
    assert Entry.objects.get(deed="question_answer").by_id == mira.user_id


def test_two_who_write_the_answer_down_at_once(quarter, mira):
    question = ask(mira, told(quarter))
    with pytest.raises(ChangedMeanwhile):
        answer(question, viewer=mira, version=1)


def close(viewer, concern):
    concern.dossier.refresh_from_db()
    life.close_concern(
        viewer=viewer,
        concern=concern,
        ending=Ending(Result.FIXED, "Die Lampe brennt.", witness=Witness.OFFICE),
        version=concern.dossier.version,
        now=NOON,
    )


def test_whoever_goes_on_without_the_answer_ends_the_question(quarter, mira):
    question = ask(mira, told(quarter))
    life.take_on(
        viewer=mira,
        concern=question.concern,
        due_on=DUE,
        version=question.concern.dossier.version,
        now=NOON,
    )
    question.refresh_from_db()
    assert (question.state, question.ended_at) == (QuestionState.SETTLED, NOON)
    with pytest.raises(questions.NotNeeded):
        answer(question)


def test_a_closed_concern_takes_no_answer(quarter, mira):
    question = ask(mira, told(quarter))
    close(mira, question.concern)
    with pytest.raises(questions.NotNeeded):
        answer(question)


def test_what_a_body_has_goes_back_to_the_body(quarter, mira, body):
    concern = told(quarter)
    referral = make_referral(mira, concern, body)
    answer(ask(mira, concern))
    concern.refresh_from_db()
    assert (concern.state, concern.next_on) == (ConcernState.FORWARDED, TODAY)

    concern.dossier.refresh_from_db()
    referrals.ask_again(
        viewer=mira,
        referral=referral,
        ask=referrals.Ask(Way.PHONE, "Zentrale"),
        ask_on=DUE,
        version=referral.concern.dossier.version,
        now=NOON,
    )
    concern.refresh_from_db()
    concern.dossier.refresh_from_db()
    answer(ask(mira, concern))
    concern.refresh_from_db()
    assert concern.state == ConcernState.ASKED_AGAIN


def test_a_body_that_answers_meanwhile_leaves_the_question_open(quarter, mira, body):
    concern = told(quarter)
    referral = make_referral(mira, concern, body)
    question = ask(mira, concern)
    referrals.answer_referral(viewer=mira, referral=referral, text="Repariert", now=NOON)
    question.refresh_from_db()
    assert (question.state, task().reason) == (QuestionState.OPEN, "body-replied")
    answer(question)
    concern.refresh_from_db()
    assert concern.state == ConcernState.CHECKED


BODY_DEEDS = {
    "accept": lambda lead, referral: referrals.accept_referral(
        viewer=body_viewer(referral), referral=referral, expected_on=date(2026, 4, 30), now=NOON
    ),
    "answer": lambda lead, referral: referrals.answer_referral(
        viewer=body_viewer(referral), referral=referral, text="Repariert", now=NOON
    ),
    "ask again": lambda lead, referral: referrals.ask_again(
        viewer=lead,
        referral=referral,
        ask=referrals.Ask(Way.PHONE),
        ask_on=date(2026, 3, 20),
        version=Dossier.objects.get().version,
        now=NOON,
    ),
}


@pytest.mark.parametrize("deed", BODY_DEEDS)
@pytest.mark.parametrize(
    ("person", "reason"),
    [
        ({"way": AnswerWay.PHONE, "phone": "030 23125 100"}, "call"),
        ({"way": AnswerWay.POST, "address": "Musterweg 7"}, "write"),
    ],
)
def test_what_a_body_does_leaves_the_task_to_ask_the_person(
    quarter, mira, body, deed, person, reason
):
    concern = told(quarter, **person)
    referral = make_referral(mira, concern, body)
    ask(mira, concern)
    BODY_DEEDS[deed](mira, referral)

    concern.refresh_from_db()
    assert (task().reason, task().due_on, task().note) == (reason, TODAY, WORDS)
    assert (concern.state, concern.next_on) == (ConcernState.QUESTION, TODAY)


@pytest.mark.parametrize(
    "person",
    [
        {"way": AnswerWay.PHONE, "phone": "030 23125 100"},
        {"way": AnswerWay.POST, "address": "Musterweg 7"},
    ],
)
def test_who_deletes_the_contact_data_is_not_called_any_more(quarter, mira, person):
    concern = told(quarter, **person)
    ask(mira, concern)
    concern.dossier.refresh_from_db()
    life.plan_next(
        viewer=mira,
        concern=concern,
        due_on=REMIND,
        note="Frau Nour, nach 17 Uhr",
        version=concern.dossier.version,
        now=NOON,
    )
    later = at(date(2026, 3, 4))
    own_data.delete_contact(viewer=teller_viewer(concern), concern=concern, now=later)

    concern.refresh_from_db()
    assert (task().reason, task().due_on, task().note) == ("work", later.date(), "")
    assert (concern.state, concern.next_on) == (ConcernState.QUESTION, later.date())


def test_who_waits_for_an_answer_by_link_waits_on(quarter, mira):
    concern = told(quarter)
    ask(mira, concern)
    Mail.objects.update(state="sent")
    own_data.delete_contact(viewer=teller_viewer(concern), concern=concern, now=NOON)

    assert (task().reason, task().due_on) == ("question", DUE)


@pytest.mark.parametrize(
    ("ask_on", "refusal"),
    [(None, life.NextDateMissing), (date(2026, 3, 1), DateInThePast)],
)
def test_a_date_for_asking_the_body_is_looked_at_even_so(quarter, mira, body, ask_on, refusal):
    concern = told(quarter, way=AnswerWay.PHONE, phone="030 23125 100")
    referral = make_referral(mira, concern, body)
    ask(mira, concern)
    with pytest.raises(refusal):
        referrals.ask_again(
            viewer=mira,
            referral=referral,
            ask=referrals.Ask(Way.PHONE),
            ask_on=ask_on,
            version=Dossier.objects.get().version,
            now=NOON,
        )


# --- By itself ------------------------------------------------------------------------------------
def test_it_reminds_once_after_five_working_days_and_not_at_night(quarter, mira):
    question = ask(mira, told(quarter))

    assert questions.remind(now=at(REMIND - timedelta(days=1))) == 0
    assert questions.remind(now=at(REMIND, hour=3)) == 0
    assert questions.remind(now=at(REMIND)) == 1
    assert questions.remind(now=at(REMIND)) == 0
    assert questions._remind(question, at(REMIND)) is False  # the other worker, a moment later

    reminder = Mail.objects.filter(kind="teller").order_by("pk")[1]
    assert WORDS in reminder.text
    assert "warten noch" in reminder.subject
    assert lines(question.concern).count("question_reminded") == 1


def test_it_reminds_nobody_who_is_called_or_whose_address_is_gone(quarter, mira):
    ask(mira, told(quarter, way=AnswerWay.PHONE, phone="030 23125 100"))
    mailed = ask(mira, told(quarter))
    Teller.objects.filter(pk=mailed.concern_id).update(
        email="", email_confirmed_at=None, way=AnswerWay.LINK
    )
    assert questions.remind(now=at(REMIND)) == 0


def test_after_ten_working_days_it_comes_back_without_an_answer(quarter, mira):
    question = ask(mira, told(quarter))
    make_quarter("west")

    assert questions.give_up(now=at(DUE)) == 0
    assert questions.give_up(now=at(DUE + timedelta(days=1))) == 1
    assert questions.give_up(now=at(DUE + timedelta(days=1))) == 0
    question.concern.refresh_from_db()
    assert questions._give_up(question, at(DUE + timedelta(days=1))) is False

    question.refresh_from_db()
    assert (question.state, question.concern.state) == (
        QuestionState.UNANSWERED,
        ConcernState.CHECKED,
    )
    assert (task().note, task().due_on) == (
        "Keine Antwort auf unsere Rückfrage",
        DUE + timedelta(days=1),
    )
    assert lines(question.concern)[-1:] == ["question_unanswered"]


def test_a_late_answer_is_welcome(quarter, mira):
    question = ask(mira, told(quarter))
    late = at(DUE + timedelta(days=1))
    questions.give_up(now=late)
    question.concern.refresh_from_db()

    answer(question, now=late)

    question.refresh_from_db()
    assert (question.state, task().reason) == (QuestionState.ANSWERED, "person-said")
    assert question.concern.state == ConcernState.CHECKED


# --- What is read ---------------------------------------------------------------------------------
def test_the_person_and_the_desk_read_questions_nobody_else_does(quarter, mira, hao):
    concern = told(quarter)
    question = ask(mira, concern)
    assert gathered.questions_of(teller_viewer(concern), concern) == [question]
    assert gathered.questions_of(mira, concern) == [question]
    assert gathered.questions_of(hao, concern) == []
    assert gathered.open_question(mira, concern) == question
    with pytest.raises(Question.DoesNotExist):
        gathered.open_question(hao, concern)
    assert gathered.question_to_answer(concern, [question]) == question
    assert gathered.question_to_answer(concern, []) is None


def test_the_story_speaks_to_the_person_and_of_the_person(quarter, mira):
    concern = told(quarter)
    answer(ask(mira, concern))
    Dossier.objects.filter(pk=concern.pk).update(audience="public")
    concern = Concern.objects.select_related("dossier", "quarter").get()

    mine = [step.sentence for step in timeline.steps_for(teller_viewer(concern), concern)]
    public = [step.sentence for step in timeline.public_steps(concern)]

    assert mine[1:3] == [
        "Wir haben Ihnen eine Frage gestellt.",
        "Sie haben unsere Frage beantwortet. Danke.",
    ]
    assert public[1:3] == [
        "Wir haben der Person, die es uns gesagt hat, eine Frage gestellt.",
        "Die Person hat unsere Frage beantwortet.",
    ]
    assert WORDS not in str([*mine, *public])


def test_the_rule_of_retention_takes_question_and_answer(quarter, mira):
    question = ask(mira, told(quarter))
    answer(question)
    ask(mira, question.concern, "Noch etwas?")
    close(mira, question.concern)
    with erasure_permit(), transaction.atomic():
        gone = forgetting.let_text_go(
            quarter=quarter, before=NOON + timedelta(days=1), limit=9, now=NOON
        )
    assert gone == 1
    texts = [(q.text, q.answer) for q in Question.objects.order_by("pk")]
    assert texts == [("[entfernt]", "[entfernt]"), ("[entfernt]", "")]


@pytest.mark.parametrize(
    "wrong",
    [
        {"state": "answered"},
        {"state": "open", "ended_at": NOON},
        {"way": "taube"},
        {"state": "verloren"},
    ],
)
def test_the_database_keeps_no_half_question(quarter, mira, wrong):
    question = ask(mira, told(quarter))
    with pytest.raises(IntegrityError), transaction.atomic():
        Question.objects.filter(pk=question.pk).update(**wrong)
