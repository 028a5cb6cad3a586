"""Who may edit the texts of the office."""

from quartiersladen.accounts.rules import Viewer
from quartiersladen.quarters.models import Quarter


def may_edit_texts(viewer: Viewer, quarter: Quarter) -> bool:
    """Lead, moderator and administrator of this quarter."""
    return viewer.may_release_texts and viewer.quarter_id == quarter.pk
