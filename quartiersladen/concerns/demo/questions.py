"""Questions back to people: one waits for a mail, one for a call, one was answered by link."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from quartiersladen.accounts.rules import Viewer, link_viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns.demo.people import Office
from quartiersladen.concerns.models import Concern, Question
from quartiersladen.concerns.services.intake import Intake, Report, report_concern
from quartiersladen.concerns.services.questions import answer_question, ask_person
from quartiersladen.concerns.services.tellers import confirm_address
from quartiersladen.concerns.states import AnswerWay, Channel, ConcernKind, PlaceKind
from quartiersladen.correspondence.states import Way
from quartiersladen.quarters.queries import themes_of

KEYS = 7_000  # the form keys of these concerns: the same ones each time


def ask_people_back(office: Office, now: datetime) -> None:
    """Ask three people what the office needs to know before it can go on."""
    by_mail = _told(
        office,
        1,
        "In der Mariannenstraße steht seit Tagen ein Auto auf dem Gehweg, man kommt mit dem"
        " Kinderwagen nicht vorbei.",
        now - timedelta(days=4),
        way=AnswerWay.MAIL,
        name="Thea Quendel",
        email="thea.quendel@example.org",
    )
    _ask(office.moderator, by_mail, "Vor welchem Haus? Hat es ein Kennzeichen?", now, ago=2)
    by_phone = _told(
        office,
        2,
        "Im Hof pfeifen nachts Lüfter so laut, dass keiner schlafen kann.",
        now - timedelta(days=3),
        way=AnswerWay.PHONE,
        name="Bernd Lerchenfeld",
        phone="+49 30 23125 118",
    )
    _ask(office.moderator, by_phone, "In welchem Hof ist das, und wann?", now, ago=1)
    answered = _told(
        office,
        3,
        "Am Spielplatz fehlt ein Brett an der Bank.",
        now - timedelta(days=6),
        way=AnswerWay.MAIL,
        name="Rana Efeuhain",
        email="rana.efeuhain@example.org",
    )
    question = _ask(
        office.lead, answered, "Welche Bank meinen Sie? Es gibt dort vier.", now, ago=5
    )
    answer_question(
        viewer=link_viewer(office.quarter.pk, LinkPurpose.TELLER_STATUS, answered.pk),
        question=question,
        text="Die an der Tischtennisplatte, das zweite Brett von vorn.",
        way=Way.LINK,
        now=now - timedelta(hours=20),
    )


def _ask(viewer: Viewer, concern: Concern, text: str, now: datetime, *, ago: int) -> Question:
    return ask_person(
        viewer=viewer,
        concern=concern,
        text=text,
        version=concern.dossier.version,
        now=now - timedelta(days=ago),
    )


def _told(
    office: Office,
    number: int,
    text: str,
    at: datetime,
    **person: Any,  # noqa: ANN401 -- fields of Report
) -> Concern:
    concern = report_concern(
        quarter=office.quarter,
        report=Report(
            text=text,
            kind=ConcernKind.PROBLEM,
            theme=themes_of(office.quarter).filter(slug="verkehr").first(),
            language="de",
            place_kind=PlaceKind.NONE,
            **person,
        ),
        intake=Intake(channel=Channel.WEB, told_on=office.quarter.local_day(at)),
        submission_key=UUID(int=KEYS + number),
        now=at,
    )
    if concern.teller.email:
        concern.teller = confirm_address(
            viewer=link_viewer(office.quarter.pk, LinkPurpose.TELLER_EMAIL, concern.pk),
            concern=concern,
            now=at + timedelta(hours=1),
        )
    return concern
