"""One joint case of the demo: four people tell of the same heap, seven more say "me too"."""

from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from quartiersladen.accounts.rules import link_viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns.demo.people import Office, invented_mobile
from quartiersladen.concerns.demo.pictures import picture
from quartiersladen.concerns.demo.places import GROUNDS
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services import intake, joining, referrals, release, tellers, voices
from quartiersladen.concerns.states import (
    AnswerWay,
    Channel,
    ConcernKind,
    PlaceKind,
    PlacePrecision,
)
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.dossiers.models import Document
from quartiersladen.files.services import store_photo
from quartiersladen.quarters.models import Theme
from quartiersladen.quarters.queries import add_days_at_work

PLACE = "otto-runki-platz"
THEME = "muell"
TITLE = "Sperrmüll am Otto-Runki-Platz"
#: Text, language, and how the person wants the answer; the first one leads.
TOLD: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "Am Otto-Runki-Platz liegt seit einer Woche Sperrmüll: Matratzen, Sofa, Kühlschrank.",
        "de",
        {"way": AnswerWay.MAIL, "name": "Chiara Bachstelz", "email": "c.bachstelz@example.org"},
    ),
    (
        "Otto-Runki-Platz: Sofa, Matratzen, Kühlschrank. Es wird jeden Tag mehr Sperrmüll.",
        "de",
        {"way": AnswerWay.PHONE, "name": "Ilja Ottermann"},
    ),
    (
        "There is a big heap of bulky waste on Otto-Runki-Platz, my children play next to it.",
        "en",
        {"way": AnswerWay.MAIL, "name": "Kemal Quendel", "email": "k.quendel@example.org"},
    ),
    ("Der Sperrmüll auf dem Otto-Runki-Platz stinkt und lockt Ratten an.", "de", {}),
)
VOICES = (("de", "stimme.eins@example.org"), ("ar", "stimme.zwei@example.org"))
VOICES_WITHOUT_ADDRESS = 5
AGE = 6  # days


def join_the_heap(office: Office, now: datetime, random: Random) -> Concern:
    """Let four people tell it, join it, pass it on and hear the voices. Returns the leading one."""
    start = now - timedelta(days=AGE)
    concerns = [_told(office, number, start, random) for number in range(len(TOLD))]
    leader, *others = concerns
    _is_shown(office, leader, start + timedelta(days=1))
    joining.join(
        viewer=office.moderator,
        leader=leader,
        concerns=others,
        keep=frozenset(),
        version=leader.dossier.version,
        now=start + timedelta(days=1, hours=1),
    )
    _is_passed_on(office, leader, start + timedelta(days=1, hours=2), now)
    _others_say_so(leader, start + timedelta(days=2))
    return leader


def _told(office: Office, number: int, start: datetime, random: Random) -> Concern:
    quarter, (text, language, person) = office.quarter, TOLD[number]
    latitude, longitude = GROUNDS[quarter.slug].spots[PLACE][1]
    at, key = start + timedelta(hours=number), UUID(int=random.getrandbits(128), version=4)
    upload = picture(THEME, random) if number == 0 else None
    if upload is not None:
        stored = store_photo(quarter=quarter, upload=upload, now=at)
        photos = [(stored, upload.name or "")]
        intake.keep_photos(quarter=quarter, key=key, photos=photos, now=at)
    phone = invented_mobile(random) if person.get("way") == AnswerWay.PHONE else ""
    concern = intake.report_concern(
        quarter=quarter,
        report=intake.Report(
            text=text,
            kind=ConcernKind.PROBLEM,
            theme=Theme.objects.get(quarter=quarter, slug=THEME),
            language=language,
            place_kind=PlaceKind.POINT,
            place_text="Otto-Runki-Platz",
            latitude=latitude + number * 0.0001,
            longitude=longitude,
            phone=phone,
            **person,
        ),
        intake=intake.Intake(channel=Channel.WEB, told_on=quarter.local_day(at)),
        submission_key=key,
        now=at,
    )
    if concern.teller.email:
        viewer = link_viewer(quarter.pk, LinkPurpose.TELLER_EMAIL, concern.pk)
        tellers.confirm_address(viewer=viewer, concern=concern, now=at + timedelta(hours=1))
    return concern


def _is_shown(office: Office, concern: Concern, at: datetime) -> None:
    photos = Document.objects.filter(dossier=concern.dossier).values_list("pk", flat=True)
    release.release_concern(
        viewer=office.moderator,
        concern=concern,
        release=release.Release(
            title=TITLE,
            text=concern.text,
            precision=PlacePrecision.EXACT,
            document_ids=frozenset(photos),
            is_checked=True,
        ),
        version=concern.dossier.version,
        now=at,
    )


def _is_passed_on(office: Office, concern: Concern, at: datetime, now: datetime) -> None:
    bodies = ResponsibleBody.objects.filter(quarter=office.quarter)
    body = bodies.filter(themes=concern.theme).order_by("pk").first() or bodies.order_by("pk")[0]
    referrals.pass_on(
        viewer=office.moderator,
        concern=concern,
        items=[referrals.PassOn(body=body, way=Way.MAIL)],
        ask_on=add_days_at_work(office.quarter, office.quarter.local_day(now), 5),
        version=concern.dossier.version,
        now=at,
    )


def _others_say_so(concern: Concern, at: datetime) -> None:
    for number in range(VOICES_WITHOUT_ADDRESS):
        voices.add_voice(concern=concern, cookie=f"demo {number}", email="", language="de", now=at)
    for language, email in VOICES:
        voice = voices.add_voice(
            concern=concern, cookie=f"demo {email}", email=email, language=language, now=at
        )
        if voice is not None:
            viewer = link_viewer(concern.quarter_id, LinkPurpose.VOICE, voice.pk)
            voices.confirm_voice(viewer=viewer, voice=voice, now=at + timedelta(hours=1))
