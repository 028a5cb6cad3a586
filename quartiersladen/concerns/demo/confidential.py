"""A theme that is confidential, two matters of it, and who has read them."""

from datetime import datetime, timedelta
from uuid import UUID

from quartiersladen.accounts.states import Role
from quartiersladen.concerns.demo.people import Office
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.confidential import name_people
from quartiersladen.concerns.services.intake import Intake, Report, report_concern
from quartiersladen.concerns.states import AnswerWay, Channel, ConcernKind, PlaceKind
from quartiersladen.dossiers.services.confidential import log_reading
from quartiersladen.dossiers.services.journal import note
from quartiersladen.dossiers.states import ReadWhat
from quartiersladen.quarters.models import Theme

KEYS = 11_000  # the form keys of these concerns: the same ones each time


def keep_confidential_matters(office: Office, now: datetime) -> None:
    """Take in a threat told at the counter, and a report that came by the form."""
    theme = Theme.objects.create(
        quarter=office.quarter,
        slug="gewalt",
        name={
            "de": "Gewalt und Streit (vertraulich)",
            "de-simple": "Gewalt und Streit (geheim)",
            "en": "Violence and conflict (confidential)",
            "ar": "عنف ونزاع (سرّي)",
        },
        working_days=2,
        is_confidential=True,
        position=90,
    )
    at_the_counter = _told(
        office,
        theme,
        1,
        "Ein Nachbar droht ihr im Treppenhaus, zuletzt gestern Abend. Sie hat Angst um die Kinder.",
        now - timedelta(days=3),
        is_at_the_counter=True,
    )
    note(
        viewer=office.moderator,
        dossier=at_the_counter.dossier,
        text="Beratungsstelle genannt, sie möchte bis Freitag überlegen.",
        now=now - timedelta(days=3) + timedelta(minutes=20),
    )
    for viewer, hours in ((office.moderator, 71), (office.lead, 50), (office.moderator, 5)):
        log_reading(
            viewer=viewer,
            dossier=at_the_counter.dossier,
            what=ReadWhat.PAGE,
            now=now - timedelta(hours=hours),
        )
    by_form = _told(
        office,
        theme,
        2,
        "Vor der Spätverkaufsstelle wird jeden Abend jemand angeschrien und geschubst.",
        now - timedelta(days=1),
        is_at_the_counter=False,
    )
    name_people(
        viewer=office.lead,
        concern=by_form,
        people=[office.people[Role.LEAD]],
        version=by_form.dossier.version,
        now=now - timedelta(hours=20),
    )
    log_reading(
        viewer=office.lead,
        dossier=by_form.dossier,
        what=ReadWhat.PAGE,
        now=now - timedelta(hours=20),
    )


def _told(
    office: Office, theme: Theme, number: int, text: str, at: datetime, *, is_at_the_counter: bool
) -> Concern:
    return report_concern(
        quarter=office.quarter,
        report=Report(
            text=text,
            kind=ConcernKind.PROBLEM,
            theme=theme,
            language="de",
            place_kind=PlaceKind.QUARTER,
            way=AnswerWay.PHONE if is_at_the_counter else AnswerWay.LINK,
            phone="+49 30 23125 132" if is_at_the_counter else "",
        ),
        intake=Intake(
            channel=Channel.WALK_IN if is_at_the_counter else Channel.WEB,
            told_on=office.quarter.local_day(at),
            entered_by=office.moderator if is_at_the_counter else None,
        ),
        submission_key=UUID(int=KEYS + number),
        now=at,
    )
