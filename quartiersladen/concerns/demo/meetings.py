"""Order on the square: an important topic that three bodies have, talked about at one table.

One meeting lies behind, with promises, one was called off, and the next is planned.
"""

from datetime import datetime, time, timedelta
from uuid import UUID

from quartiersladen.accounts.rules import link_viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns.demo.people import Office
from quartiersladen.concerns.models import Concern, Invitation, Meeting
from quartiersladen.concerns.services import meetings, referrals, release, tellers, topics
from quartiersladen.concerns.services.intake import Intake, Report, report_concern
from quartiersladen.concerns.states import (
    AnswerWay,
    Attendance,
    Channel,
    ConcernKind,
    PlaceKind,
    PlacePrecision,
)
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.quarters.queries import add_days_at_work, themes_of

KEY = UUID(int=9_100)
BODIES = (
    "Musteramt für Ordnung",
    "Kehrfix Straßenreinigung GmbH",
    "Streetwork Morgenstern (Beispiel) e. V.",
)
TEXT = """Auf dem Platz vor dem Bürgerbahnhof liegen jeden Morgen Scherben, abends ist es laut. Wer \
ist dafür eigentlich zuständig?"""
PLACE = "Stadtteilladen, großer Raum"
BEGINS = time(10, 0)


def sit_together(office: Office, now: datetime) -> None:
    """Live through half a year with the topic; the next meeting is within two weeks."""
    start = now - timedelta(days=170)
    concern = _told(office, start)
    bodies = [ResponsibleBody.objects.get(quarter=office.quarter, name=name) for name in BODIES]
    _pass_on(office, concern, bodies, start + timedelta(days=3))
    first = _plan(office, concern, bodies, start + timedelta(days=20), 1)
    _write_down(office, first, start + timedelta(days=35))
    second = _plan(office, concern, bodies, now - timedelta(days=60), 2)
    _call_off(office, second, now - timedelta(days=52))
    third = _plan(office, concern, bodies, now - timedelta(days=3), 3)
    _hear(office, third, now - timedelta(days=2))


def _told(office: Office, at: datetime) -> Concern:
    quarter = office.quarter
    concern = report_concern(
        quarter=quarter,
        report=Report(
            text=TEXT,
            kind=ConcernKind.PROBLEM,
            theme=themes_of(quarter).filter(slug="sicherheit").first(),
            language="de",
            place_kind=PlaceKind.ADDRESS,
            place_text="Platz vor dem Bürgerbahnhof",
            way=AnswerWay.MAIL,
            name="Lioba Wiesenknopf",
            email="l.wiesenknopf@example.org",
        ),
        intake=Intake(channel=Channel.WEB, told_on=quarter.local_day(at)),
        submission_key=KEY,
        now=at,
    )
    viewer = link_viewer(quarter.pk, LinkPurpose.TELLER_EMAIL, concern.pk)
    tellers.confirm_address(viewer=viewer, concern=concern, now=at + timedelta(hours=1))
    topics.mark_topic(
        viewer=office.lead,
        concern=concern,
        months=6,
        next_on=quarter.local_day(at + timedelta(days=190)),
        version=concern.dossier.version,
        now=at + timedelta(days=1),
    )
    release.release_concern(
        viewer=office.lead,
        concern=concern,
        release=release.Release(
            title="Ordnung am Platz",
            text="Auf dem Platz vor dem Bürgerbahnhof liegen Scherben, abends ist es laut.",
            precision=PlacePrecision.NONE,
            document_ids=frozenset(),
            is_checked=True,
        ),
        version=concern.dossier.version,
        now=at + timedelta(days=2),
    )
    return concern


def _pass_on(
    office: Office, concern: Concern, bodies: list[ResponsibleBody], at: datetime
) -> None:
    referrals.pass_on(
        viewer=office.moderator,
        concern=concern,
        items=[referrals.PassOn(body=body, way=Way.MAIL) for body in bodies],
        ask_on=office.quarter.local_day(at + timedelta(days=14)),
        version=concern.dossier.version,
        now=at,
    )


def _plan(
    office: Office, concern: Concern, bodies: list[ResponsibleBody], at: datetime, number: int
) -> Meeting:
    """Plan a meeting ten working days ahead; the last one is called, not mailed."""
    *by_mail, by_phone = bodies
    quarter = office.quarter
    return meetings.plan_meeting(
        viewer=office.moderator,
        concern=concern,
        plan=meetings.Plan(
            on=add_days_at_work(quarter, quarter.local_day(at), 10),
            begins=BEGINS,
            place=PLACE,
            purpose="Wer macht was für Ordnung auf dem Platz, und bis wann?",
            others="Kita-Leitung, Hausmeister",
        ),
        invites=[
            *(meetings.Invite(body=body, way=Way.MAIL) for body in by_mail),
            meetings.Invite(body=by_phone, way=Way.PHONE, person=by_phone.people.first()),
        ],
        submission_key=UUID(int=KEY.int + number),
        version=concern.dossier.version,
        now=at,
    )


def _invited(meeting: Meeting) -> list[Invitation]:
    rows = Invitation.objects.filter(meeting=meeting).select_related("body", "person")
    found = list(rows.order_by("pk"))
    for one in found:
        one.meeting = meeting
    return found


def _hear(office: Office, meeting: Meeting, at: datetime) -> None:
    dossier = meeting.concern.dossier
    _order, cleaners, street = _invited(meeting)
    for one, says, words in (
        (street, Attendance.COMES, "Kommt gern, bringt die Zahlen des Sommers mit."),
        (cleaners, Attendance.STAYS_AWAY, "An dem Tag ist niemand frei."),
    ):
        meetings.note_attendance(
            viewer=office.moderator,
            invitation=one,
            attendance=says,
            words=words,
            version=dossier.version,
            now=at,
        )


def _write_down(office: Office, meeting: Meeting, at: datetime) -> None:
    order, cleaners, street = _invited(meeting)
    quarter = office.quarter
    by = {days: add_days_at_work(quarter, quarter.local_day(at), days) for days in (15, 30)}
    meetings.hold_meeting(
        viewer=office.moderator,
        meeting=meeting,
        outcome=meetings.Outcome(
            there=frozenset({order.pk, cleaners.pk, street.pk}),
            agreed="Alle drei wollen sich abstimmen. Streit gab es um die Bänke: bleiben vorerst.",
            for_person="Drei Stellen haben mit uns gesprochen. Es wird öfter gereinigt, und am"
            " Abend ist jemand ansprechbar.",
            for_public="Der Platz wird öfter gereinigt. Am Abend sind Fachleute für die Menschen"
            " auf dem Platz da.",
            promises={
                cleaners.pk: meetings.Promise("Reinigt auch am Sonntag.", by[15]),
                order.pk: meetings.Promise("Streift freitags und samstags.", by[30]),
            },
        ),
        version=meeting.concern.dossier.version,
        now=at,
    )


def _call_off(office: Office, meeting: Meeting, at: datetime) -> None:
    meetings.cancel_meeting(
        viewer=office.moderator,
        meeting=meeting,
        why="Der Raum hat einen Wasserschaden. Wir melden uns mit einem neuen Tag.",
        next_on=add_days_at_work(office.quarter, office.quarter.local_day(at), 10),
        version=meeting.concern.dossier.version,
        now=at,
    )
