"""Who keeps the directory."""

from quartiersladen.accounts.rules import Viewer
from quartiersladen.quarters.models import Quarter


def may_keep_directory(viewer: Viewer, quarter: Quarter) -> bool:
    """Lead and moderator of this quarter."""
    return viewer.may_work and viewer.quarter_id == quarter.pk
