"""Important topics: asked about again and again over years, also after an answer.

An answer does not end them: closing one plans the next asking, in the rhythm that the office chose.
"""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.models.concern import MOST_MONTHS
from quartiersladen.concerns.rules import may_decide
from quartiersladen.concerns.states import ConcernState
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.queries import next_follow_up
from quartiersladen.dossiers.services.dates import check_next_date, end_follow_up, plan_follow_up
from quartiersladen.dossiers.services.dossier import claim
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, FollowUpReason
from quartiersladen.kernel.clock import add_months
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.quarters.queries import add_days_at_work

NO_TOPICS = frozenset({ConcernState.WITHDRAWN, ConcernState.JOINED})


class NoRhythm(Invalid):
    """A topic comes back after one month at the earliest and five years at the latest."""

    sentence = _("Please choose a number of months from 1 to 60.")


class NotATopic(Conflict):
    """What was withdrawn, belongs to another concern or lies in the quarantine is asked about no more."""

    sentence = _("This concern cannot be an important topic.")


def proposed_day(*, concern: Concern, months: int, now: datetime) -> date:
    """Return the first working day so many months from today."""
    day = add_months(concern.quarter.local_day(now), months)
    return add_days_at_work(concern.quarter, day, 0)


def next_asking(*, concern: Concern, now: datetime) -> date | None:
    """Return the day of the next asking after an answer of today, None if it is no topic."""
    months = concern.topic_months
    return None if months is None else proposed_day(concern=concern, months=months, now=now)


@transaction.atomic
def mark_topic(
    *,
    viewer: Viewer,
    concern: Concern,
    months: int,
    next_on: date | None,
    version: int,
    now: datetime,
) -> Entry:
    """Call a concern an important topic, or change its rhythm or its next day.

    next_on: None for so many months from today.  A closed concern gets the day as its follow-up, an
    open one keeps its own next date until it is answered.
    Raises NotAllowed; NoRhythm; NotATopic; DateInThePast; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    if not 1 <= months <= MOST_MONTHS:
        raise NoRhythm(field="months")
    if concern.is_held or concern.state in NO_TOPICS:
        raise NotATopic
    day = next_on or proposed_day(concern=concern, months=months, now=now)
    check_next_date(dossier=concern.dossier, due_on=day, now=now)
    claim(dossier=concern.dossier, version=version)
    _store(
        concern,
        topic_months=months,
        topic_since=concern.topic_since or concern.quarter.local_day(now),
        topic_next_on=day,
    )
    task = next_follow_up(concern.dossier)
    if not concern.is_open and (task is None or task.reason == FollowUpReason.TOPIC):
        go_on(concern=concern, now=now)
    return record(
        dossier=concern.dossier,
        deed="topic_set",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        data={"months": months, "next_on": day.isoformat()},
        now=now,
    )


@transaction.atomic
def end_topic(*, viewer: Viewer, concern: Concern, version: int, now: datetime) -> Entry:
    """Let an important topic rest; what was asked and answered stays.

    Raises NotAllowed; NotATopic; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    if not concern.is_topic:
        raise NotATopic
    claim(dossier=concern.dossier, version=version)
    _store(concern, topic_months=None, topic_since=None, topic_next_on=None)
    end_follow_up(dossier=concern.dossier, reason=FollowUpReason.TOPIC, now=now)
    return record(
        dossier=concern.dossier,
        deed="topic_ended",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        now=now,
    )


def _store(concern: Concern, **columns: int | date | None) -> None:
    Concern.objects.filter(pk=concern.pk).update(**columns)
    for name, value in columns.items():
        setattr(concern, name, value)


def go_on(*, concern: Concern, now: datetime) -> None:
    """Plan the next asking about a closed topic; does nothing if it is none. Part of a deed.

    Nor if another concern leads it: that one is asked about.
    """
    if concern.topic_next_on is None or concern.state in NO_TOPICS:
        return
    plan_follow_up(
        dossier=concern.dossier,
        due_on=max(concern.topic_next_on, concern.quarter.local_day(now)),
        reason=FollowUpReason.TOPIC,
        note="",
        now=now,
    )
