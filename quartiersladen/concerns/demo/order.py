"""What the demo's office has put in order: tags on concerns, and filters of its list."""

from datetime import datetime

from quartiersladen.concerns.demo.people import Office
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.filters import save_filter
from quartiersladen.concerns.states import OPEN
from quartiersladen.dossiers.services.tags import change_tags

#: Slugs of themes -> tags; the newest open concerns of these themes get them.
TAGS = {
    "spielplatz": ["Sommer", "Kinder"],
    "gruen": ["Sommer"],
    "verkehr": ["Ortsbeirat"],
    "licht": ["Ortsbeirat", "Dunkle Ecken"],
}
EACH = 3  # concerns of each theme
FILTERS = [
    ("Überfällig", "zustand=offen&faellig=ueberfaellig", True),
    ("Diese Woche, meine", "zustand=offen&faellig=woche&meine=1", False),
]


def put_in_order(office: Office, now: datetime) -> None:
    """Tag some concerns and save two filters, one for the team and one of the lead's own."""
    for slug, names in TAGS.items():
        rows = Concern.objects.filter(quarter=office.quarter, theme__slug=slug)
        rows = rows.filter(state__in=sorted(OPEN)).select_related("dossier")
        for concern in rows.order_by("-created_at", "-pk")[:EACH]:
            change_tags(
                viewer=office.moderator,
                dossier=concern.dossier,
                add=names,
                version=concern.dossier.version,
                now=now,
            )
    for name, query, is_shared in FILTERS:
        save_filter(
            viewer=office.lead,
            quarter=office.quarter,
            name=name,
            query=query,
            is_shared=is_shared,
            now=now,
        )
