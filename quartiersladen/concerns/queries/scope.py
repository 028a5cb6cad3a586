"""What the office does not do, and who helps instead."""

from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import RightAddress, ScopeRule
from quartiersladen.concerns.states import HitOutcome

HIT_DAYS = 365


def right_addresses(quarter_id: int) -> QuerySet[RightAddress]:
    """Return who helps with what the office does not do, in the office's order."""
    return RightAddress.objects.filter(quarter_id=quarter_id, is_active=True).order_by(
        "position", "pk"
    )


def scope_rules(viewer: Viewer, *, now: datetime) -> list[ScopeRule]:
    """Return the office's rules of scope, each with its counts of a year; one statement.

    The counts are attributes: shown, and one per HitOutcome. Nothing for who does not keep them.
    """
    if not viewer.may_work:
        return []
    lately = Q(hits__on__gte=now.date() - timedelta(days=HIT_DAYS))
    counts = {
        outcome.value: Count("hits", filter=lately & Q(hits__outcome=outcome))
        for outcome in HitOutcome
    }
    rows = ScopeRule.objects.filter(quarter_id=viewer.quarter_id)
    return list(
        rows.annotate(shown=Count("hits", filter=lately), **counts).order_by("position", "pk")
    )


def get_scope_rule(viewer: Viewer, key: int) -> ScopeRule:
    """Return one rule of scope with its themes. Raises ScopeRule.DoesNotExist."""
    if not viewer.may_work:
        raise ScopeRule.DoesNotExist
    rows = ScopeRule.objects.filter(quarter_id=viewer.quarter_id)
    return rows.prefetch_related("themes").get(pk=key)
