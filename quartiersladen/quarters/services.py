"""Writes of the quarters module."""

from quartiersladen.quarters.models import Quarter, Theme
from quartiersladen.quarters.themes import NEED_A_PLACE, STARTING_THEMES


def add_starting_themes(*, quarter: Quarter) -> None:
    """Give a new quarter the themes that most offices need."""
    for position, (slug, days, names) in enumerate(STARTING_THEMES):
        Theme.objects.create(
            quarter=quarter,
            slug=slug,
            name=names,
            working_days=days,
            needs_place=slug in NEED_A_PLACE,
            position=position,
        )
