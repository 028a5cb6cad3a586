"""Retention: what is older than its rule goes, every night, and a line proves it.

A rule that finds something for the first time deletes nothing: it announces itself, and the desk
shows what it would let go of. The lead starts it, or it starts by itself after NOTICE, because the
law does not wait for a page that nobody opens. Making a rule shorter begins with a notice again.

A run works in portions with short transactions; each portion writes its own line of proof. The
line with 0 ends the run of the day: a run that was cut off has none and is taken up by the next.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.privacy.append_only import erasure_permit
from quartiersladen.privacy.models import RetentionProof, RetentionRule
from quartiersladen.privacy.registry import Due, Rule, rules
from quartiersladen.privacy.rules import may_set_rules, may_start_rules
from quartiersladen.privacy.services import leave_trail
from quartiersladen.privacy.states import RetentionKind
from quartiersladen.quarters.models import Quarter

NOTICE = timedelta(days=14)
PORTION = 50  # rows in one transaction
NIGHT_BEGINS = time(1)
MOST_DAYS = 3650
FIRST_VERSION = 1  # a form that was opened before there was a row carries 0


class RuleChangedMeanwhile(Conflict):
    """Somebody else saved the rule since the page was read."""

    sentence = _("Somebody else has saved this meanwhile. What you typed is still here.")


class NothingToStart(Conflict):
    """The rule is at work already."""

    sentence = _("This rule is at work already.")


class DaysOutOfRange(Invalid):
    """A rule keeps for one day to ten years."""

    sentence = _("Please write a number of days from 1 to 3650.")


@dataclass(frozen=True, slots=True)
class RuleInUse:
    """A rule as it holds in one quarter. stored: None while it is the default."""

    rule: Rule
    stored: RetentionRule | None

    @property
    def days(self) -> int:
        """How many days the quarter keeps it."""
        return self.stored.days if self.stored else self.rule.days

    @property
    def version(self) -> int:
        """The version that a form carries."""
        return self.stored.version if self.stored else 0

    @property
    def is_started(self) -> bool:
        """Whether it deletes."""
        return bool(self.stored and self.stored.started_at)

    @property
    def starts_at(self) -> datetime | None:
        """When it starts by itself; None if it has started or found nothing yet."""
        if self.is_started or self.stored is None or self.stored.announced_at is None:
            return None
        return self.stored.announced_at + NOTICE


def rules_of(quarter: Quarter) -> list[RuleInUse]:
    """Return every rule as it holds in the quarter."""
    stored = {row.kind: row for row in RetentionRule.objects.filter(quarter=quarter)}
    return [RuleInUse(rule, stored.get(rule.kind)) for rule in rules()]


def rule_of(quarter: Quarter, kind: str) -> RuleInUse:
    """Return one rule. Raises RetentionRule.DoesNotExist for an unknown kind."""
    for in_use in rules_of(quarter):
        if in_use.rule.kind == kind:
            return in_use
    raise RetentionRule.DoesNotExist


def due_now(
    quarter: Quarter, in_use: RuleInUse, now: datetime, *, viewer: Viewer | None = None
) -> Due:
    """Return what the rule would let go of now: the dry list, with what the viewer may see."""
    return in_use.rule.due(quarter, now - timedelta(days=in_use.days), viewer)


@transaction.atomic
def set_days(
    *,
    viewer: Viewer,
    quarter: Quarter,
    kind: RetentionKind,
    days: int,
    version: int,
    now: datetime,
) -> RetentionRule:
    """Say how long a kind is kept in the quarter; a shorter time is announced again.

    Raises NotAllowed; DaysOutOfRange; RuleChangedMeanwhile; RetentionRule.DoesNotExist.
    """
    demand(may_set_rules(viewer, quarter))
    if not 1 <= days <= MOST_DAYS:
        raise DaysOutOfRange(field="days")
    in_use = rule_of(quarter, kind)
    row = _stored(quarter, in_use)
    changes: dict[str, object] = {"days": days, "version": F("version") + 1}
    if days < in_use.days:
        changes |= {"announced_at": None, "started_at": None}
    mine = RetentionRule.objects.filter(pk=row.pk, version=version or FIRST_VERSION)
    if not mine.update(**changes):
        raise RuleChangedMeanwhile
    leave_trail(
        quarter=quarter,
        by_id=viewer.user_id,
        deed="retention rule saved",
        subject=f"privacy.retentionrule:{row.pk}",
        data={"kind": kind, "days": days, "before": in_use.days},
        now=now,
    )
    row.refresh_from_db()
    return row


def _stored(quarter: Quarter, in_use: RuleInUse) -> RetentionRule:
    row, _made = RetentionRule.objects.get_or_create(
        quarter=quarter, kind=in_use.rule.kind, defaults={"days": in_use.days}
    )
    return row


@transaction.atomic
def start_rule(*, viewer: Viewer, quarter: Quarter, kind: RetentionKind, now: datetime) -> None:
    """The lead has seen the dry list: from the next night on the rule deletes.

    Raises NotAllowed unless lead; NothingToStart if it has started; RetentionRule.DoesNotExist.
    """
    demand(may_start_rules(viewer, quarter))
    in_use = rule_of(quarter, kind)
    if in_use.is_started:
        raise NothingToStart
    row = _stored(quarter, in_use)
    if not RetentionRule.objects.filter(pk=row.pk, started_at=None).update(started_at=now):
        raise NothingToStart
    leave_trail(
        quarter=quarter,
        by_id=viewer.user_id,
        deed="retention rule started",
        subject=f"privacy.retentionrule:{row.pk}",
        data={"kind": kind, "days": in_use.days},
        now=now,
    )


def run_night(*, now: datetime, clock: Callable[[], bool] = lambda: True) -> int:
    """Carry out every rule that has not been carried out today; call outside a transaction.

    clock: says whether there is time left for a further portion.  Returns how many rows went.
    """
    gone = 0
    for quarter in Quarter.objects.order_by("pk"):
        if now.astimezone(quarter.zone).time() >= NIGHT_BEGINS:
            gone += sum(_run(quarter, in_use, now, clock) for in_use in rules_of(quarter))
    return gone


def _run(quarter: Quarter, in_use: RuleInUse, now: datetime, clock: Callable[[], bool]) -> int:
    if not _is_at_work(quarter, in_use, now):
        return 0
    rule, day = in_use.rule, quarter.local_day(now)
    lines = RetentionProof.objects.filter(quarter=quarter, kind=rule.kind, day=day)
    if lines.filter(count=0).exists():
        return 0
    before, gone = now - timedelta(days=in_use.days), 0
    facts: dict[str, Any] = {
        "quarter": quarter,
        "kind": rule.kind,
        "days": in_use.days,
        "day": day,
        "at": now,
    }
    while clock():
        with erasure_permit():
            count = rule.let_go(quarter, before, now, PORTION)
            if count:
                RetentionProof.objects.create(count=count, **facts)
        gone += count
        if not count:
            # What another worker has in hand at this moment is still due: not the end.
            if not rule.due(quarter, before, None).count:
                _end_run(facts)
            break
    return gone


def _end_run(facts: Mapping[str, Any]) -> None:
    try:
        with transaction.atomic():
            RetentionProof.objects.create(count=0, **facts)
    except IntegrityError:
        # A second worker ended the same run.
        return


def _is_at_work(quarter: Quarter, in_use: RuleInUse, now: datetime) -> bool:
    """Say whether the rule deletes; announce it, or let the notice run out."""
    if in_use.is_started:
        return True
    if in_use.starts_at is not None:
        over = in_use.starts_at <= now
        if over and in_use.stored is not None:
            RetentionRule.objects.filter(pk=in_use.stored.pk, started_at=None).update(
                started_at=now
            )
        return over
    if due_now(quarter, in_use, now).count:
        row = _stored(quarter, in_use)
        RetentionRule.objects.filter(pk=row.pk, announced_at=None).update(announced_at=now)
    return False


def announced(viewer: Viewer, quarter: Quarter) -> Sequence[RuleInUse]:
    """Return rules that wait for the lead; nothing for others."""
    if not may_start_rules(viewer, quarter):
        return []
    return [in_use for in_use in rules_of(quarter) if in_use.starts_at is not None]
