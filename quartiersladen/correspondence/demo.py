"""Demo data: the text snippets that every new quarter starts with, and one for a theme."""

from datetime import datetime

from quartiersladen.accounts.models import Membership
from quartiersladen.accounts.queries import viewer_for
from quartiersladen.accounts.states import Role
from quartiersladen.correspondence.services.snippets import (
    SnippetFacts,
    add_starting_snippets,
    save_snippet,
)
from quartiersladen.correspondence.states import Occasion
from quartiersladen.quarters.models import Quarter, Theme

SYRINGES = (
    "Guten Tag, an dieser Stelle lagen wieder Spritzen: {place}. In der Nähe spielen Kinder."
    " Bitte räumen Sie noch heute und sagen Sie uns, wann es geschehen ist."
)


def load(now: datetime) -> None:
    """Store the text snippets of every demo quarter."""
    for quarter in Quarter.objects.order_by("-is_default"):
        add_starting_snippets(quarter=quarter)
        theme = Theme.objects.get(quarter=quarter, slug="spielplatz")
        lead = Membership.objects.get(quarter=quarter, role=Role.LEAD).user
        save_snippet(
            viewer=viewer_for(lead, quarter.pk, quarter.local_day(now)),
            quarter=quarter,
            snippet=None,
            facts=SnippetFacts(Occasion.FORWARDED, theme, "de", "Heute noch räumen", SYRINGES),
            version=0,
            now=now,
        )
