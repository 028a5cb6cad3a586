"""A question back to the person who told it: asked, reminded of once, answered or given up.

Who confirmed an e-mail address gets a mail, and a reminder half-way; for others it becomes a task
to call or to write. Whoever holds the status link can answer there, in whatever way it was asked.
"""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, QuerySet
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns import letters
from quartiersladen.concerns.letters import Letter
from quartiersladen.concerns.models import Concern, Question, Referral
from quartiersladen.concerns.models.concern import TEXT_LENGTH
from quartiersladen.concerns.models.question import QUESTION_LENGTH
from quartiersladen.concerns.rules import may_act_as_teller, may_see_teller, may_work_on
from quartiersladen.concerns.services.intake import attach_photos
from quartiersladen.concerns.services.life import move, set_next_date
from quartiersladen.concerns.states import (
    ANSWERABLE,
    CONCERN_MACHINE,
    ConcernState,
    QuestionState,
    ReferralState,
    action_after_question,
)
from quartiersladen.correspondence.incoming.states import InboundState, MailClass
from quartiersladen.correspondence.models import InboundMail
from quartiersladen.correspondence.services.messages import keep_message, send_mail
from quartiersladen.correspondence.states import Counterpart, Direction, Way
from quartiersladen.dossiers.models import Document, Entry
from quartiersladen.dossiers.services.dossier import claim, touch
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience, FollowUpReason
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.queries import add_days_at_work, all_quarters

WAIT_DAYS, REMIND_DAYS = 10, 5  # working days
MORNING = 8  # o'clock, local time: nobody is reminded at night
#: The task that each way makes; a mail and the status page ask by themselves.
TASKS = {Way.PHONE: FollowUpReason.CALL, Way.POST: FollowUpReason.WRITE}


class CannotBeReached(Conflict):
    """No page shows a confidential matter, so a question needs another way."""

    sentence = _(
        "We know no way to reach this person, and the status page shows nothing of a confidential"
        " concern."
    )


class QuestionMissing(Invalid):
    """Nobody can answer nothing."""

    sentence = _("Please write the question, in at most 2,000 characters. The person reads it.")


class AnswerMissing(Invalid):
    """An answer needs words; photos may come along."""

    sentence = _("Please write a few words.")


class AlreadyAnswered(Conflict):
    """There is one answer to one question."""

    sentence = _("There is an answer to this question already. Please call us to add something.")


class NotNeeded(Conflict):
    """The office went on without the answer."""

    sentence = _("The question does not need an answer any more. Thank you all the same.")


def way_to(*, concern: Concern) -> Way:
    """Return how a question reaches the person; by link: only if they open their status page."""
    teller = concern.teller
    if teller.email and teller.email_confirmed_at:
        return Way.MAIL
    if teller.phone:
        return Way.PHONE
    return Way.POST if teller.address else Way.LINK


def _way(concern: Concern) -> Way:
    way = way_to(concern=concern)
    if way == Way.LINK and concern.dossier.is_confidential:
        raise CannotBeReached
    return way


def _checked(text: str) -> str:
    words = text.strip()
    if not words or len(words) > QUESTION_LENGTH:
        raise QuestionMissing(field="text")
    return words


def _last_day(concern: Concern, now: datetime) -> date:
    return add_days_at_work(concern.quarter, concern.quarter.local_day(now), WAIT_DAYS)


def preview_question(
    *, viewer: Viewer, concern: Concern, text: str, now: datetime
) -> Letter | None:
    """Return the exact mail that the person would get; None if none would go. Nothing is stored.

    Raises what ask_person would raise.
    """
    demand(may_see_teller(viewer, concern))
    words = _checked(text)
    CONCERN_MACHINE.target(ConcernState(concern.state), "ask_person", given={"next_date"})
    if _way(concern) != Way.MAIL:
        return None
    return letters.question(concern, concern.teller, words, due_on=_last_day(concern, now))


@transaction.atomic
def ask_person(
    *, viewer: Viewer, concern: Concern, text: str, version: int, now: datetime
) -> Question:
    """Ask the person back, by mail or by a task for today, and wait ten working days.

    Raises NotAllowed; QuestionMissing; CannotBeReached; TransitionRefused when it is closed or waits
    for an answer already; ChangedMeanwhile.
    """
    demand(may_see_teller(viewer, concern))
    words = _checked(text)
    claim(dossier=concern.dossier, version=version)
    quarter, today = concern.quarter, concern.quarter.local_day(now)
    way, due_on = _way(concern), _last_day(concern, now)
    set_next_date(
        concern=concern,
        due_on=today if way in TASKS else due_on,
        reason=TASKS.get(way, FollowUpReason.QUESTION),
        note=words[:200],
        now=now,
    )
    move(concern=concern, action="ask_person", given={"next_date"}, now=now)
    question = Question.objects.create(
        concern=concern,
        text=words,
        way=way,
        asked_at=now,
        by_id=viewer.user_id or 0,
        due_on=due_on,
        remind_on=add_days_at_work(quarter, today, REMIND_DAYS),
    )
    if way == Way.MAIL:
        _mail(letters.question(concern, concern.teller, words, due_on=due_on), question, now)
    _line(question, "question_text", Actor.OFFICE, now, by_id=viewer.user_id, text=words)
    _line(
        question,
        "question_asked",
        Actor.OFFICE,
        now,
        by_id=viewer.user_id,
        audience=Audience.PUBLIC,
        data={"way": way, "due_on": due_on.isoformat()},
    )
    return question


def _mail(letter: Letter, question: Question, now: datetime) -> None:
    concern = question.concern
    send_mail(
        dossier=concern.dossier,
        counterpart=Counterpart.TELLER,
        body=None,
        to=concern.teller.email,
        subject=letter.subject,
        text=letter.text,
        links=letter.links,
        language=letter.language,
        by_id=question.by_id,
        now=now,
    )


def _line(  # noqa: PLR0913 -- one place that builds the line for all steps of a question
    question: Question,
    deed: str,
    actor: Actor,
    now: datetime,
    *,
    by_id: int | None = None,
    text: str = "",
    audience: Audience = Audience.TELLER,
    data: dict[str, str | int] | None = None,
) -> Entry:
    return record(
        dossier=question.concern.dossier,
        deed=deed,
        actor=actor,
        by_id=by_id,
        text=text,
        audience=audience,
        data=data,
        now=now,
    )


@transaction.atomic
def answer_question(  # noqa: PLR0913 -- the one way in for the link, the desk and the inbox
    *,
    viewer: Viewer,
    question: Question,
    text: str,
    way: Way,
    key: UUID | None = None,
    version: int | None = None,
    is_by_mail: bool = False,
    now: datetime,
) -> Question:
    """Take the answer: from the person by their link, or from the office that was told it.

    key: of the form; its photos come along, and the same form sent twice is one answer.  version:
    None by the link and by mail.  is_by_mail: the person wrote, and the words are kept on the dossier
    already.  An answer that comes late is taken as long as the concern is open.
    Raises NotAllowed; AnswerMissing; AlreadyAnswered; NotNeeded; ChangedMeanwhile.
    """
    concern = question.concern
    by_person = may_act_as_teller(viewer, concern)
    demand(by_person or may_work_on(viewer, concern))
    words = text.strip()
    if not words or len(words) > TEXT_LENGTH:
        raise AnswerMissing(field="text")
    if version is None:
        touch(dossier=concern.dossier)
    else:
        claim(dossier=concern.dossier, version=version)
    # Read behind the version: what another one did meanwhile is done.
    concern.refresh_from_db(fields=["state"])
    answerable = Question.objects.filter(pk=question.pk, state__in=sorted(ANSWERABLE))
    if not concern.is_open or not answerable.update(
        state=QuestionState.ANSWERED,
        ended_at=now,
        answer=words,
        answered_at=now,
        answered_by=way,
        answer_key=key,
    ):
        return _the_same(question, key)
    actor = Actor.TELLER if by_person or is_by_mail else Actor.OFFICE
    photos = _take_photos(concern, key)
    if not is_by_mail:
        keep_message(
            dossier=concern.dossier,
            direction=Direction.IN,
            way=way,
            counterpart=Counterpart.TELLER,
            body=None,
            text=words,
            by_id=viewer.user_id,
            now=now,
        )
    _comes_back(concern, FollowUpReason.PERSON_SAID, words[:200], now)
    _line(question, "question_answer", actor, now, by_id=viewer.user_id, text=words)
    _line(
        question,
        "question_answered",
        actor,
        now,
        by_id=viewer.user_id,
        audience=Audience.PUBLIC,
        data={"way": way, "photos": photos},
    )
    question.refresh_from_db()
    return question


def _the_same(question: Question, key: UUID | None) -> Question:
    """Return the question if this very form has answered it, else say why there is no answer."""
    question.refresh_from_db()
    if key is not None and question.answer_key == key:
        return question
    if question.state == QuestionState.ANSWERED:
        raise AlreadyAnswered
    raise NotNeeded


def _take_photos(concern: Concern, key: UUID | None) -> int:
    if key is None:
        return 0
    last = Document.objects.filter(dossier=concern.dossier).aggregate(last=Max("position"))["last"]
    return attach_photos(
        concern=concern, draft_key=key, first=0 if last is None else int(last) + 1
    )


def _comes_back(concern: Concern, reason: FollowUpReason, note: str, now: datetime) -> None:
    """Let the concern lie on the desk today; out of its question, if it waits in it."""
    set_next_date(
        concern=concern,
        due_on=concern.quarter.local_day(now),
        reason=reason,
        note=note,
        now=now,
    )
    if concern.state != ConcernState.QUESTION:
        return
    states = Referral.objects.filter(concern=concern).values_list("state", flat=True)
    action = action_after_question(ReferralState(state) for state in states)
    move(concern=concern, action=action, given={"next_date"}, now=now)


# --- What happens by itself ----------------------------------------------------------------------
LOADED = ("concern__dossier__quarter", "concern__quarter", "concern__teller")


def remind(*, now: datetime) -> int:
    """Remind once of questions that were asked by mail five working days ago, not at night.

    Returns how many mails were queued.
    """
    return sum(
        _remind(question, now)
        for quarter in all_quarters()
        if now.astimezone(quarter.zone).hour >= MORNING
        for question in _waiting(quarter).filter(
            way=Way.MAIL,
            reminded_at=None,
            remind_on__lte=quarter.local_day(now),
            due_on__gte=quarter.local_day(now),
            concern__teller__email_confirmed_at__isnull=False,
        )
    )


def _waiting(quarter: Quarter) -> QuerySet[Question]:
    """Return who keeps silent: of whom a mail waits to be read, nobody knows yet."""
    unread = InboundMail.objects.filter(
        dossier=OuterRef("concern"), mail_class=MailClass.REPLY, state=InboundState.WAITING
    )
    rows = Question.objects.filter(
        ~Exists(unread), state=QuestionState.OPEN, concern__quarter=quarter
    )
    return rows.select_related(*LOADED).order_by("pk")


@transaction.atomic
def _remind(question: Question, now: datetime) -> bool:
    # The mark comes first: a second worker finds it and stops.
    unreminded = Question.objects.filter(
        pk=question.pk, state=QuestionState.OPEN, reminded_at=None
    )
    if not unreminded.update(reminded_at=now):
        return False
    concern = question.concern
    letter = letters.question(
        concern, concern.teller, question.text, due_on=question.due_on, is_reminder=True
    )
    _mail(letter, question, now)
    _line(question, "question_reminded", Actor.SYSTEM, now)
    return True


def give_up(*, now: datetime) -> int:
    """Let concerns come back to the desk whose question nobody answered in ten working days.

    Returns how many there were.
    """
    return sum(
        _give_up(question, now)
        for quarter in all_quarters()
        for question in _waiting(quarter).filter(due_on__lt=quarter.local_day(now))
    )


@transaction.atomic
def _give_up(question: Question, now: datetime) -> bool:
    concern = question.concern
    touch(dossier=concern.dossier)
    still_open = Question.objects.filter(pk=question.pk, state=QuestionState.OPEN)
    if not still_open.update(state=QuestionState.UNANSWERED, ended_at=now):
        return False
    concern.refresh_from_db(fields=["state"])
    with translation.override("de"):
        note = gettext("No answer to our question")
    _comes_back(concern, FollowUpReason.WORK, note, now)
    _line(question, "question_unanswered", Actor.SYSTEM, now, audience=Audience.PUBLIC)
    return True
