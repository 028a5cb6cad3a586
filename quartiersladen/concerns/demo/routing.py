"""To whom the demo's offices usually pass on, and a call for which both ways suggest somebody."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from quartiersladen.concerns.demo.people import Office
from quartiersladen.concerns.demo.places import GROUNDS
from quartiersladen.concerns.services.intake import Intake, Report, report_concern
from quartiersladen.concerns.services.routing_rules import RoutingFacts, add_routing_rule
from quartiersladen.concerns.states import Channel, ConcernKind, PlaceKind
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.quarters.models import District, Theme
from quartiersladen.quarters.queries import themes_of

KEY = UUID(int=9_500)
HOURS = 2  # since the call
TEXT = "Am Rabet liegen neben dem Sandkasten zwei Spritzen und ein offener Müllsack."


@dataclass(frozen=True, slots=True)
class Words:
    """A rule in words. district, body: by name.  has_person: whoever works there first."""

    name: str
    body: str
    words: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    district: str = ""
    has_person: bool = False
    note: str = ""


SYRINGES = ("Spritze", "Kanüle", "syringe", "needle", "حقنة", "шприц", "şırınga", "kim tiêm")
RULES: dict[str, tuple[Words, ...]] = {
    "leipziger-osten": (
        Words(
            "Spritzen",
            "Streetwork Morgenstern (Beispiel) e. V.",
            SYRINGES,
            has_person=True,
            note="Bei Kita, Schule und Spielplatz zuerst anrufen, dann schreiben.",
        ),
        Words(
            "Spritzen, die Stadt",
            "Musteramt für Ordnung",
            SYRINGES,
            note="Immer beide fragen: Die einen sammeln ein, die anderen führen Buch.",
        ),
        Words(
            "Sperrmüll",
            "Kehrfix Straßenreinigung GmbH",
            ("Sperrmüll", "Matratze", "Kühlschrank", "bulky waste", "نفايات"),
            themes=("muell",),
            has_person=True,
        ),
        Words(
            "Häuser in Volkmarsdorf",
            "Hausverwaltung Abendrot GmbH",
            themes=("wohnen",),
            district="Volkmarsdorf",
            has_person=True,
        ),
    ),
    "am-leipziger-tor": (
        Words("Sperrmüll", "Saubere Gasse GmbH", ("Sperrmüll", "Matratze"), themes=("muell",)),
    ),
}


def suggest_bodies(office: Office, now: datetime) -> None:
    """Keep the rules of one quarter; in the first one somebody has just called."""
    for position, words in enumerate(RULES[office.quarter.slug]):
        add_routing_rule(
            viewer=office.lead,
            quarter=office.quarter,
            facts=_facts(office, words, position),
            submission_key=UUID(int=KEY.int + 10 * office.quarter.pk + position),
            now=now - timedelta(days=200),
        )
    if office.quarter.is_default:
        _somebody_calls(office, now - timedelta(hours=HOURS))


def _facts(office: Office, words: Words, position: int) -> RoutingFacts:
    quarter = office.quarter
    body = ResponsibleBody.objects.get(quarter=quarter, name=words.body)
    people = ContactPerson.objects.filter(body=body).order_by("pk")
    return RoutingFacts(
        name=words.name,
        words=words.words,
        themes=list(Theme.objects.filter(quarter=quarter, slug__in=words.themes)),
        district=District.objects.filter(quarter=quarter, name=words.district).first(),
        body=body,
        person=people.first() if words.has_person else None,
        note=words.note,
        is_active=True,
        position=position,
    )


def _somebody_calls(office: Office, at: datetime) -> None:
    quarter = office.quarter
    place, (latitude, longitude) = GROUNDS[quarter.slug].spots["rabet"]
    report_concern(
        quarter=quarter,
        report=Report(
            text=TEXT,
            kind=ConcernKind.PROBLEM,
            theme=themes_of(quarter).filter(slug="muell").first(),
            language="de",
            place_kind=PlaceKind.POINT,
            place_text=place,
            latitude=latitude,
            longitude=longitude,
        ),
        intake=Intake(
            channel=Channel.PHONE,
            told_on=quarter.local_day(at),
            entered_by=office.moderator,
        ),
        submission_key=KEY,
        now=at,
    )
