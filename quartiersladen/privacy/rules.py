"""Who may look up, hand out and erase what the house holds of a person.

The table of roles gives tellers' data to lead and moderator, so both may look and hand out; what
cannot be undone is the lead's. The administrator sets the rules, but sees no person.
"""

from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import Role
from quartiersladen.quarters.models import Quarter


def may_look_up(viewer: Viewer, quarter: Quarter) -> bool:
    """Lead and moderator; each look leaves a line in the trail."""
    return viewer.may_work and viewer.quarter_id == quarter.pk


def may_erase(viewer: Viewer, quarter: Quarter) -> bool:
    """The lead."""
    return viewer.role == Role.LEAD and viewer.quarter_id == quarter.pk


def may_start_rules(viewer: Viewer, quarter: Quarter) -> bool:
    """The lead: a rule that starts deletes for good."""
    return may_erase(viewer, quarter)


def may_set_rules(viewer: Viewer, quarter: Quarter) -> bool:
    """Lead and administrator, as all settings."""
    return viewer.may_settings and viewer.quarter_id == quarter.pk
