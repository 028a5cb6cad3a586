"""Demo data: the office's own pages, complete in the first quarter, with gaps in the second."""

import tomllib
from datetime import datetime
from pathlib import Path

from quartiersladen.accounts.models import Membership
from quartiersladen.accounts.queries import viewer_for
from quartiersladen.accounts.states import Role
from quartiersladen.quarters.models import Quarter
from quartiersladen.website.services import Draft, save_page
from quartiersladen.website.states import PageKey

TEXTS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
COMPLETE = {
    PageKey.IMPRINT: Draft(
        body=TEXTS[PageKey.IMPRINT],
        facts={
            "provider": "Werkstatt für Nachbarschaft (Beispiel) gGmbH",
            "street_address": "Eisenbahnstraße 66, 04315 Leipzig",
            "representative": "Karla Wendisch, Geschäftsführerin",
            "email": "quartier@leipziger-osten.example.org",
            "phone": "030 23125 010",
            "responsible_person": "Karla Wendisch, Eisenbahnstraße 66, 04315 Leipzig",
            "client": "Stadt Leipzig",
        },
        is_published=True,
    ),
    PageKey.PRIVACY: Draft(
        body=TEXTS[PageKey.PRIVACY],
        facts={
            "controller": "Werkstatt für Nachbarschaft (Beispiel) gGmbH, Eisenbahnstraße 66,"
            " 04315 Leipzig",
            "officer": "datenschutz@leipziger-osten.example.org",
            "purpose": "Bearbeitung von Anliegen; Art. 6 Abs. 1 Buchst. e DSGVO; die Weitergabe von"
            " Kontaktdaten nur mit Einwilligung nach Buchst. a",
            "retention": "Kontaktdaten 180 Tage nach dem Abschluss, nicht bestätigte"
            " E-Mail-Adressen 72 Stunden",
            "rights": "Auskunft, Berichtigung, Löschung, Einschränkung, Widerspruch, Widerruf der"
            " Einwilligung",
            "authority": "Sächsische Datenschutz- und Transparenzbeauftragte",
        },
        is_published=True,
    ),
    PageKey.ACCESSIBILITY: Draft(
        body=TEXTS[PageKey.ACCESSIBILITY],
        facts={
            "conformity": "Diese Demonstration ist nicht förmlich geprüft.",
            "checked_on": "Selbstbewertung mit automatischer Prüfung vor jeder Veröffentlichung",
            "feedback": "quartier@leipziger-osten.example.org, 030 23125 010",
            "supervision": "Durchsetzungsstelle beim Land (Beispiel)",
        },
        is_published=True,
    ),
    PageKey.WHAT_WE_DO: Draft(
        body=TEXTS[PageKey.WHAT_WE_DO],
        facts={},
        is_published=True,
    ),
}
WITH_GAPS = {
    PageKey.IMPRINT: Draft(
        body={"de": "Dies ist eine Demonstration mit erfundenen Personen und Firmen."},
        facts={
            "provider": "Bildungswerk Elbe (Beispiel) gGmbH",
            "street_address": "Heidestraße 20, 06842 Dessau-Roßlau",
            "email": "quartier@leipziger-tor.example.org",
        },
        is_published=True,
        publish_anyway=True,
    ),
    PageKey.PRIVACY: Draft(
        body={"de": "Dieser Text wird gerade geschrieben."}, facts={}, is_published=False
    ),
    PageKey.WHAT_WE_DO: Draft(
        body={
            "de": "Wir sind Anlaufstelle für alle, die am Leipziger Tor leben oder arbeiten, und"
            " begleiten Sie bei eigenen Vorhaben."
        },
        facts={},
        is_published=True,
    ),
}
PAGES = {"leipziger-osten": COMPLETE, "am-leipziger-tor": WITH_GAPS}


def load(now: datetime) -> None:
    """Let the lead of each quarter save its pages."""
    for quarter in Quarter.objects.filter(slug__in=PAGES):
        lead = Membership.objects.select_related("user").get(quarter=quarter, role=Role.LEAD)
        viewer = viewer_for(lead.user, quarter.pk, quarter.local_day(now))
        for key, draft in PAGES[quarter.slug].items():
            save_page(viewer=viewer, quarter=quarter, key=key, draft=draft, version=0, now=now)
