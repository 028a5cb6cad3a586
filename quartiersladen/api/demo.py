"""Demo data: the first quarter is open for partners; one of them has a key and has used it."""

from datetime import datetime, timedelta

from django.conf import settings

from quartiersladen.accounts.demo import EAST
from quartiersladen.accounts.models import Membership
from quartiersladen.accounts.queries import viewer_for
from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import Role
from quartiersladen.api.models import ApiKey
from quartiersladen.api.queries.keys import digest_of
from quartiersladen.api.services.creations import Wish, tell_by_program
from quartiersladen.api.services.keys import make_key, new_key, revoke_key
from quartiersladen.api.services.offers import (
    AttributeFacts,
    OpenThemeFacts,
    save_attribute,
    save_open311,
    save_open_theme,
)
from quartiersladen.api.states import DataType
from quartiersladen.concerns.states import Channel
from quartiersladen.quarters.models import Quarter, Theme

#: Opens invented data only; in demo mode it is printed beside the logins.
KNOWN_KEY = "ql_nachbarschaft-zum-probieren"
PARTNER = "Stadtwerk-App (Beispiel)"
THEMES = {
    "licht": (
        OpenThemeFacts(
            is_on=True,
            description={
                "de": "Laternen und andere Leuchten auf Straßen, Wegen und Plätzen",
                "en": "Street lamps and other lights on streets, paths and squares",
            },
            keywords="Laterne, Lampe, Licht, Beleuchtung",
            group="Auf der Straße",
        ),
        (
            AttributeFacts(
                "zustand",
                DataType.SINGLE,
                "Was ist mit der Leuchte?",
                is_required=True,
                values=(
                    ("aus", "geht nicht"),
                    ("flackert", "flackert"),
                    ("schief", "steht schief"),
                ),
            ),
            AttributeFacts(
                "mast",
                DataType.STRING,
                "Nummer am Mast",
                hint="Sie klebt in Augenhöhe am Mast; wenn sie fehlt, lassen Sie das Feld leer.",
            ),
        ),
    ),
    "muell": (
        OpenThemeFacts(
            is_on=True,
            description={
                "de": "Wilder Müll, volle Papierkörbe, Sperrmüll auf Gehwegen",
                "en": "Litter, full bins, bulky waste on pavements",
            },
            keywords="Müll, Sperrmüll, Papierkorb",
            group="Auf der Straße",
        ),
        (
            AttributeFacts(
                "was",
                DataType.MULTI,
                "Was liegt dort?",
                values=(
                    ("sperrmuell", "Sperrmüll"),
                    ("saecke", "Müllsäcke"),
                    ("scherben", "Scherben"),
                ),
            ),
        ),
    ),
}


def load(now: datetime) -> None:
    """Open the first quarter for partners."""
    quarter = Quarter.objects.get(slug=EAST)
    lead = Membership.objects.select_related("user").get(quarter=quarter, role=Role.LEAD)
    viewer = viewer_for(lead.user, quarter.pk, quarter.local_day(now))
    then = now - timedelta(days=40)
    save_open311(viewer=viewer, quarter=quarter, is_on=True, jurisdiction="", version=0, now=then)
    themes = {theme.slug: theme for theme in Theme.objects.filter(quarter=quarter)}
    for theme in themes.values():
        theme.quarter = quarter
    for slug, (facts, questions) in THEMES.items():
        save_open_theme(viewer=viewer, theme=themes[slug], facts=facts, version=0, now=then)
        for question in questions:
            save_attribute(
                viewer=viewer, theme=themes[slug], attribute=None, facts=question, now=then
            )
    _keys(viewer, quarter, themes["licht"], now)


def _keys(viewer: Viewer, quarter: Quarter, light: Theme, now: datetime) -> None:
    """Give out two keys, one of them revoked, and let the other tell a concern."""
    keys = {PARTNER: KNOWN_KEY if settings.DEMO else new_key(), "Alte Melde-App": new_key()}
    for partner, secret in keys.items():
        make_key(
            viewer=viewer,
            quarter=quarter,
            partner=partner,
            contact="technik@stadtwerk.example.org",
            key=secret,
            now=now - timedelta(days=39),
        )
    old = ApiKey.objects.select_related("quarter").get(partner="Alte Melde-App")
    revoke_key(viewer=viewer, key=old, now=now - timedelta(days=12))
    key = ApiKey.objects.select_related("quarter").get(partner=PARTNER)
    text = "Die Leuchte am Durchgang flackert seit dem Wochenende, abends ist es dort dunkel."
    tell_by_program(
        key=key,
        wish=Wish(
            theme=light,
            channel=Channel.OPEN311,
            text=text,
            point=(51.3452, 12.4079),
            address="Durchgang an der Eisenbahnstraße",
            answers={"zustand": ["flackert"], "mast": ["4711"]},
        ),
        digest=digest_of(text),
        now=now - timedelta(hours=3),
    )
