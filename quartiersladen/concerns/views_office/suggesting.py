"""Suggestions of to whom a concern could go, as the pages of one concern show them."""

from quartiersladen.concerns import routing
from quartiersladen.concerns.routing import Suggestion
from quartiersladen.concerns.states import ConcernState
from quartiersladen.concerns.views_office.case import Case
from quartiersladen.concerns.views_office.offers import may_forward


def suggested(case: Case) -> list[Suggestion]:
    """Return the suggestions for passing on; none where nothing can be passed on now."""
    if not may_forward(case):
        return []
    taken = {referral.body_id for referral in case.referrals}
    return routing.suggestions(case.request.viewer, case.concern, taken=taken, now=case.now)


def suggested_at_first(case: Case) -> list[Suggestion]:
    """Return the suggestions as long as it was not passed on at all; then no statement.

    Nor while we wait for what the person answers: that may change to whom it goes.
    """
    is_asked = case.concern.state == ConcernState.QUESTION
    return [] if case.referrals or is_asked else suggested(case)


def all_by_rules(suggestions: list[Suggestion]) -> str:
    """Return what chooses all bodies that rules name; "" when there are not several."""
    by_rules = [one for one in suggestions if one.is_by_rule]
    return routing.chosen(by_rules) if len(by_rules) > 1 else ""
