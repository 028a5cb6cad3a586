"""Builders for tests: a quarter that is open for partners, themes with questions, keys."""

from collections.abc import Sequence
from datetime import datetime

from quartiersladen.accounts.rules import Viewer
from quartiersladen.api.models import Open311
from quartiersladen.api.services.keys import make_key, new_key
from quartiersladen.api.services.offers import (
    AttributeFacts,
    OpenThemeFacts,
    save_attribute,
    save_open311,
    save_open_theme,
)
from quartiersladen.api.states import DataType
from quartiersladen.quarters.models import Quarter, Theme
from quartiersladen.quarters.testing import NOON

#: One question of each kind, and a hint.
QUESTIONS = (
    AttributeFacts("number", DataType.STRING, "Nummer am Mast", hint="Sie klebt in Augenhöhe."),
    AttributeFacts("count", DataType.NUMBER, "Wie viele sind aus?"),
    AttributeFacts("since", DataType.DATETIME, "Seit wann?"),
    AttributeFacts("more", DataType.TEXT, "Was noch?"),
    AttributeFacts(
        "kind",
        DataType.SINGLE,
        "Was ist es?",
        is_required=True,
        values=(("out", "geht nicht"), ("flicker", "flackert")),
    ),
    AttributeFacts(
        "where",
        DataType.MULTI,
        "Wo stört es?",
        values=(("path", "auf dem Weg"), ("home", "in der Wohnung"), ("yard", "im Hof & Garten")),
    ),
    AttributeFacts("danger", DataType.STRING, "Bei Gefahr: 110 oder 112", is_question=False),
)


def open_up(
    viewer: Viewer,
    quarter: Quarter,
    *,
    is_on: bool = True,
    jurisdiction: str = "",
    now: datetime = NOON,
) -> Open311:
    """Switch the GeoReport server on, whatever it was before."""
    row = Open311.objects.filter(quarter=quarter).first()
    return save_open311(
        viewer=viewer,
        quarter=quarter,
        is_on=is_on,
        jurisdiction=jurisdiction,
        version=row.version if row else 0,
        now=now,
    )


def offer_theme(
    viewer: Viewer,
    theme: Theme,
    *,
    questions: Sequence[AttributeFacts] = (),
    now: datetime = NOON,
) -> None:
    """Offer a theme to partners, with these questions."""
    save_open_theme(
        viewer=viewer,
        theme=theme,
        facts=OpenThemeFacts(
            is_on=True,
            description={"de": "Alles, was leuchten soll"},
            keywords="Lampe, Laterne",
            group="Auf der Straße",
        ),
        version=0,
        now=now,
    )
    for facts in questions:
        save_attribute(viewer=viewer, theme=theme, attribute=None, facts=facts, now=now)


def give_key(
    viewer: Viewer, quarter: Quarter, partner: str = "Stadt", *, now: datetime = NOON
) -> str:
    """Make a key for a partner and return it."""
    key = new_key()
    make_key(
        viewer=viewer,
        quarter=quarter,
        partner=partner,
        contact="it@stadt.example.org",
        key=key,
        now=now,
    )
    return key
