"""Writes of the quarters module."""

from collections.abc import Mapping
from typing import Any

from quartiersladen.quarters.models import District, Quarter, Theme
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


def store_districts(*, quarter: Quarter, outlines: Mapping[str, dict[str, Any]]) -> None:
    """Store outlines by the name of the district; part of a deed of a module above."""
    for name, outline in outlines.items():
        District.objects.update_or_create(
            quarter=quarter, name=name, defaults={"outline": outline}
        )


def lock_quarter(*, quarter: Quarter) -> None:
    """Let one deed after the other look what a quarter has and add to it; until the deed is over."""
    Quarter.objects.select_for_update(no_key=True).only("pk").get(pk=quarter.pk)
