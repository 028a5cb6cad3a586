"""A postcard action with twelve cards, and a walk with four notes."""

from datetime import datetime, timedelta
from uuid import UUID

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.demo.people import Office
from quartiersladen.concerns.models import Action
from quartiersladen.concerns.services.actions import ActionFacts, enter_line, start_action
from quartiersladen.concerns.services.intake import Report
from quartiersladen.concerns.states import ActionKind, AnswerWay, ConcernKind, PlaceKind
from quartiersladen.quarters.models import Theme
from quartiersladen.quarters.queries import themes_of

KEYS = 8_000  # the form keys of these lines: the same ones each time
IDEA, PROBLEM, HINT = ConcernKind.IDEA, ConcernKind.PROBLEM, ConcernKind.HINT
#: What stands on the card, kind, slug of the theme ("": that of the action).
CARDS = (
    ("Mehr Schatten auf dem Spielplatz, im Sommer ist die Rutsche zu heiß.", IDEA, ""),
    ("Eine Nestschaukel, damit auch mein kleiner Bruder mitkann.", IDEA, ""),
    ("Bitte die Hundewiese einzäunen, die Hunde laufen in den Sand.", PROBLEM, ""),
    ("Wir wünschen uns einen Trinkbrunnen.", IDEA, ""),
    ("Abends ist es am Eingang sehr dunkel.", PROBLEM, "licht"),
    ("Scherben unter der Kletterwand!", PROBLEM, "muell"),
    ("Der Mülleimer an der Bank läuft jedes Wochenende über.", PROBLEM, "muell"),
    ("Mehr Bänke für die Omas und Opas.", IDEA, ""),
    ("Das Tor lässt sich mit dem Rollstuhl nicht öffnen.", PROBLEM, ""),
    ("Danke für das Fest im Sommer, gern wieder.", HINT, ""),
    ("Ein Bücherschrank neben dem Spielplatz wäre schön.", IDEA, ""),
    ("Die Ampel an der Ecke ist für Kinder zu kurz grün.", PROBLEM, "verkehr"),
)
#: What was seen, slug of the theme, where, point.
NOTES = (
    ("Gehwegplatte steht hoch, Stolperstelle.", "verkehr", "Konradstraße 12", (51.3470, 12.4002)),
    ("Sperrmüll im Hausdurchgang.", "muell", "Ludwigstraße 30", (51.3481, 12.4031)),
    ("Laterne flackert.", "licht", "", (51.3472, 12.4046)),
    ("Leere Baumscheibe, Nachbarin würde gießen.", "", "Elisabethstraße", None),
)


def enter_cards_and_a_walk(office: Office, now: datetime) -> None:
    """Type in the cards of last week and note what a walk of yesterday has shown."""
    themes = {theme.slug: theme for theme in themes_of(office.quarter)}
    cards = _start(office, ActionKind.POSTCARDS, "Postkartenaktion Spielplatz", now, ago=7)
    for number, (text, kind, slug) in enumerate(CARDS):
        report = _report(text, kind, themes.get(slug) or cards.theme)
        _enter(office.helper, cards, report, number, now - timedelta(days=6, minutes=-number))
    walk = _start(office, ActionKind.WALK, "Rundgang Volkmarsdorf", now, ago=1)
    for number, (text, slug, place, point) in enumerate(NOTES, len(CARDS)):
        report = _report(text, PROBLEM, themes.get(slug), place=place, point=point)
        _enter(office.moderator, walk, report, number, now - timedelta(hours=22 - number / 10))


def _start(office: Office, kind: ActionKind, name: str, now: datetime, *, ago: int) -> Action:
    at = now - timedelta(days=ago)
    is_walk = kind == ActionKind.WALK
    return start_action(
        viewer=office.moderator,
        quarter=office.quarter,
        facts=ActionFacts(
            kind=kind,
            name=name,
            on=office.quarter.local_day(at),
            place="" if is_walk else "Stadtteilpark Rabet",
            theme=None if is_walk else themes_of(office.quarter).filter(slug="spielplatz").first(),
        ),
        submission_key=UUID(int=KEYS + 100 + ago),
        now=at,
    )


def _report(
    text: str,
    kind: ConcernKind,
    theme: Theme | None,
    *,
    place: str = "",
    point: tuple[float, float] | None = None,
) -> Report:
    named = PlaceKind.ADDRESS if place else PlaceKind.NONE
    return Report(
        text=text,
        kind=kind,
        theme=theme,
        language="de",
        place_kind=PlaceKind.POINT if point else named,
        place_text=place,
        latitude=point[0] if point else None,
        longitude=point[1] if point else None,
        way=AnswerWay.NONE,
    )


def _enter(viewer: Viewer, action: Action, report: Report, number: int, at: datetime) -> None:
    enter_line(viewer=viewer, action=action, report=report, key=UUID(int=KEYS + number), now=at)
