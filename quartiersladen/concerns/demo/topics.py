"""An important topic: asked about for two years, each time answered, and due again soon."""

from datetime import datetime, timedelta
from uuid import UUID

from quartiersladen.accounts.rules import link_viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns.demo.people import Office
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.intake import Intake, Report, report_concern
from quartiersladen.concerns.services.life import Ending, close_concern, reopen_concern
from quartiersladen.concerns.services.referrals import PassOn, answer_referral, pass_on
from quartiersladen.concerns.services.topics import mark_topic
from quartiersladen.concerns.states import AnswerWay, Channel, ConcernKind, PlaceKind, Result
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.quarters.queries import themes_of

KEY = UUID(int=9_000)
MONTHS = 6
TEXT = """Die Kreuzung vor der Schule braucht einen Zebrastreifen. Das sagen uns Eltern seit Jahren."""
#: Days ago, and what the body answered.
YEARS = (
    (730, "Die Verkehrszählung ist für das Frühjahr vorgesehen."),
    (545, "Gezählt wurde, die Auswertung läuft."),
    (360, "Die Zahlen reichen knapp nicht. Wir prüfen Tempo 30 als ersten Schritt."),
    (175, "Tempo 30 ist angeordnet, der Zebrastreifen kommt in die Planung."),
)


def keep_an_important_topic(office: Office, now: datetime) -> None:
    """Live through four rounds of asking; the next one is due within days."""
    first, _words = YEARS[0]
    at = now - timedelta(days=first + 10)
    concern = report_concern(
        quarter=office.quarter,
        report=Report(
            text=TEXT,
            kind=ConcernKind.PROBLEM,
            theme=themes_of(office.quarter).filter(slug="verkehr").first(),
            language="de",
            place_kind=PlaceKind.ADDRESS,
            place_text="Schule am Rabet",
            way=AnswerWay.NONE,
        ),
        intake=Intake(
            channel=Channel.EVENT,
            told_on=office.quarter.local_day(at),
            entered_by=office.moderator,
        ),
        submission_key=KEY,
        now=at,
    )
    mark_topic(
        viewer=office.lead,
        concern=concern,
        months=MONTHS,
        next_on=None,
        version=concern.dossier.version,
        now=at,
    )
    body = ResponsibleBody.objects.filter(quarter=office.quarter, is_active=True).order_by("pk")[0]
    for ago, words in YEARS:
        _round(office, concern, body, words, now - timedelta(days=ago))


def _round(
    office: Office, concern: Concern, body: ResponsibleBody, words: str, at: datetime
) -> None:
    if not concern.is_open:
        reopen_concern(
            viewer=office.moderator,
            concern=concern,
            why="Wichtiges Thema: wieder nachgefragt.",
            version=concern.dossier.version,
            now=at,
        )
    [referral] = pass_on(
        viewer=office.moderator,
        concern=concern,
        items=[PassOn(body=body, way=Way.PHONE, cover_note="Wie ist der Stand?")],
        ask_on=office.quarter.local_day(at + timedelta(days=14)),
        version=concern.dossier.version,
        now=at + timedelta(hours=1),
    )
    answer_referral(
        viewer=link_viewer(office.quarter.pk, LinkPurpose.REFERRAL, referral.pk),
        referral=referral,
        text=words,
        now=at + timedelta(days=6),
    )
    close_concern(
        viewer=office.moderator,
        concern=concern,
        ending=Ending(
            result=Result.NOT_POSSIBLE,
            answer=words,
            reason="Noch nicht. Wir fragen weiter nach.",
        ),
        version=concern.dossier.version,
        now=at + timedelta(days=7),
    )
