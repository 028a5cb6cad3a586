"""Reads across many concerns or years: questions and answers, actions with totals, topics."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Action, CameByMail, Concern, Question
from quartiersladen.concerns.queries.seen import concerns_inside
from quartiersladen.concerns.rules import may_act_as_teller, may_work_on
from quartiersladen.concerns.states import (
    ANSWERABLE,
    ActionKind,
    ConcernKind,
    MailEffect,
    QuestionState,
)
from quartiersladen.correspondence.incoming.states import MailClass
from quartiersladen.correspondence.models import InboundMail
from quartiersladen.dossiers.models import Entry
from quartiersladen.kernel.text import is_key, localized

MOST_ACTIONS = 100
MOST_TOPICS = 200
SHOWN = 50  # concerns of one action; the totals count all
#: Deeds of the chain in which somebody asks, and in which somebody answers.
ASKS = frozenset({"passed_on", "asked_again"})
ANSWERS = frozenset({"body_answered", "body_declined"})


# --- Questions ------------------------------------------------------------------------------------
def questions_of(viewer: Viewer, concern: Concern) -> list[Question]:
    """Return the questions to the person with their answers, oldest first; for them and the desk."""
    if not (may_act_as_teller(viewer, concern) or may_work_on(viewer, concern)):
        return []
    found = list(Question.objects.filter(concern=concern).order_by("asked_at", "pk"))
    for question in found:
        question.concern = concern
    return found


def question_to_answer(concern: Concern, questions: Sequence[Question]) -> Question | None:
    """Return the latest question if an answer to it is still welcome."""
    latest = questions[-1] if questions else None
    is_welcome = latest is not None and latest.state in ANSWERABLE and concern.is_open
    return latest if is_welcome else None


def question_by_mail(
    viewer: Viewer, mail: InboundMail, effect: CameByMail | None
) -> Question | None:
    """Return the question that a mail of the person may answer, as long as nobody has decided."""
    if effect is None or effect.concern is None or effect.what != MailEffect.WORDS:
        return None
    if mail.mail_class != MailClass.REPLY or not mail.is_waiting:
        return None
    return question_to_answer(effect.concern, questions_of(viewer, effect.concern))


def open_question(viewer: Viewer, concern: Concern) -> Question:
    """Return the question that waits. Raises Question.DoesNotExist; missing equals hidden."""
    if not may_work_on(viewer, concern):
        raise Question.DoesNotExist
    question = Question.objects.select_related("by").get(concern=concern, state=QuestionState.OPEN)
    question.concern = concern
    return question


# --- Actions --------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ActionRow:
    """One line on the list of actions. count: concerns that the viewer may open."""

    action: Action
    count: int


def actions_of(viewer: Viewer, *, kind: ActionKind | None = None) -> list[ActionRow]:
    """Return the newest actions, the latest day first; two statements."""
    if not viewer.may_enter:
        return []
    rows = Action.objects.filter(quarter_id=viewer.quarter_id)
    if kind is not None:
        rows = rows.filter(kind=kind)
    found = list(rows.order_by("-on", "-pk")[:MOST_ACTIONS])
    counts = dict(
        concerns_inside(viewer)
        .filter(action__in=[action.pk for action in found])
        .values_list("action")
        .annotate(n=Count("pk"))
    )
    return [ActionRow(action, counts.get(action.pk, 0)) for action in found]


def get_action(viewer: Viewer, key: str) -> Action:
    """Return one action. Raises Action.DoesNotExist; missing equals hidden."""
    if not viewer.may_enter or not is_key(key):
        raise Action.DoesNotExist
    return Action.objects.select_related("quarter", "theme").get(
        pk=int(key), quarter_id=viewer.quarter_id
    )


@dataclass(frozen=True, slots=True)
class Totals:
    """What came together. by_theme: name in the asked language, the most first; "" without one."""

    total: int
    by_theme: list[tuple[str, int]]
    by_kind: list[tuple[ConcernKind, int]]


def totals_of(viewer: Viewer, action: Action, language: str) -> Totals:
    """Count the concerns of an action that the viewer may open; one statement."""
    rows = (
        concerns_inside(viewer)
        .filter(action=action)
        .values_list("theme__name", "kind")
        .annotate(n=Count("pk"))
    )
    themes: Counter[str] = Counter()
    kinds: Counter[str] = Counter()
    for name, kind, count in rows:
        themes[str(localized(name, language)) if name else ""] += count
        kinds[kind] += count
    return Totals(
        total=kinds.total(),
        by_theme=sorted(themes.items(), key=lambda pair: (-pair[1], pair[0])),
        by_kind=[(kind, kinds[kind]) for kind in ConcernKind if kinds[kind]],
    )


def told_on_action(viewer: Viewer, action: Action) -> list[Concern]:
    """Return the newest concerns of an action that the viewer may open."""
    rows = concerns_inside(viewer).filter(action=action).select_related("dossier", "theme")
    return list(rows.order_by("-created_at", "-pk")[:SHOWN])


# --- Important topics -----------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Topic:
    """One important topic with how often was asked and answered, and when last."""

    concern: Concern
    asks: int
    asked_at: datetime | None
    answers: int
    answered_at: datetime | None


def topics_of(viewer: Viewer) -> list[Topic]:
    """Return the important topics, the next to be asked about first; two statements."""
    rows = concerns_inside(viewer).filter(topic_months__isnull=False)
    found = list(
        rows.select_related("dossier", "theme").order_by("topic_next_on", "pk")[:MOST_TOPICS]
    )
    asks, answers = Q(deed__in=sorted(ASKS)), Q(deed__in=sorted(ANSWERS))
    entries = Entry.objects.filter(asks | answers, dossier__in=[c.pk for c in found])
    counted: dict[int, dict[str, Any]] = {
        row["dossier"]: {**row}
        for row in entries.values("dossier").annotate(
            asks=Count("pk", filter=asks),
            asked_at=Max("at", filter=asks),
            answers=Count("pk", filter=answers),
            answered_at=Max("at", filter=answers),
        )
    }
    return [_topic(concern, counted.get(concern.pk, {})) for concern in found]


def _topic(concern: Concern, row: Mapping[str, Any]) -> Topic:
    return Topic(
        concern=concern,
        asks=row.get("asks", 0),
        asked_at=row.get("asked_at"),
        answers=row.get("answers", 0),
        answered_at=row.get("answered_at"),
    )
