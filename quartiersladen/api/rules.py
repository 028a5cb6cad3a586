"""Who may decide about the interfaces of a quarter."""

from quartiersladen.accounts.rules import Viewer
from quartiersladen.quarters.models import Quarter


def may_keep_interfaces(viewer: Viewer, quarter: Quarter) -> bool:
    """Lead and administrator: switches, themes and keys."""
    return viewer.may_settings and viewer.quarter_id == quarter.pk
