"""What lies in the quarantine of the demo: an advertisement, and somebody whom the signs wrong."""

from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from quartiersladen.concerns.demo.people import Office
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.intake import Intake, Report, report_concern
from quartiersladen.concerns.services.quarantine import block_sender, call_spam
from quartiersladen.concerns.states import AnswerWay, Channel, ConcernKind, PlaceKind
from quartiersladen.kernel.spam import Sign

BLOCKED = "kredit.example.org"
ADVERTISEMENT = """Sofortkredit ohne Auskunft, heute noch auf Ihrem Konto!
https://www.kredit.example.org/jetzt https://www.kredit.example.org/bonus"""
CASINO = "Spielen und gewinnen: [url=https://casino.example.org]hier[/url]"
FALSE_ALARM = """An drei Stellen am Radweg fehlt das Licht, ich habe sie auf der Karte markiert:
https://karte.example.org/?punkt=1
https://karte.example.org/?punkt=2
https://karte.example.org/?punkt=3"""


def fill_the_quarantine(office: Office, now: datetime, random: Random) -> None:
    """Block one sender; two reports wait, one of them is real; one was called spam yesterday."""
    block_sender(
        viewer=office.lead, quarter=office.quarter, name=BLOCKED, now=now - timedelta(days=9)
    )
    yesterday = now - timedelta(days=1)
    spam = _comes_in(office, CASINO, "", yesterday, random)
    call_spam(viewer=office.moderator, concern=spam, block=False, now=yesterday)
    _comes_in(office, ADVERTISEMENT, "werbung@kredit.example.org", now, random)
    _comes_in(office, FALSE_ALARM, "", now, random)


def _comes_in(office: Office, text: str, email: str, now: datetime, random: Random) -> Concern:
    came_in = now - timedelta(hours=random.randrange(2, 8))
    report = Report(
        text=text,
        kind=ConcernKind.PROBLEM,
        theme=None,
        language="de",
        place_kind=PlaceKind.NONE,
        way=AnswerWay.MAIL if email else AnswerWay.LINK,
        email=email,
    )
    return report_concern(
        quarter=office.quarter,
        report=report,
        intake=Intake(
            channel=Channel.WEB,
            told_on=office.quarter.local_day(came_in),
            signs=frozenset({Sign.HASTY}),
        ),
        submission_key=UUID(int=random.getrandbits(128), version=4),
        now=came_in,
    )
