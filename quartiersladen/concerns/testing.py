"""Builders for tests: concerns as residents and the desk make them, through the real services."""

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from quartiersladen.accounts.rules import Viewer, link_viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns.models import Concern, Referral
from quartiersladen.concerns.services.intake import Intake, Report, report_concern
from quartiersladen.concerns.services.referrals import PassOn, pass_on
from quartiersladen.concerns.states import Channel, ConcernKind, PlaceKind
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.kernel.spam import Sign
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.testing import NOON


def make_concern(
    quarter: Quarter,
    text: str = "Die Laterne ist aus.",
    *,
    channel: Channel = Channel.WEB,
    entered_by: Viewer | None = None,
    submission_key: UUID | None = None,
    signs: frozenset[Sign] | None = None,
    now: datetime = NOON,
    **fields: Any,  # noqa: ANN401 -- fields of Report
) -> Concern:
    """Report a concern; signs as the public form noticed them, fields as in intake.Report."""
    values: dict[str, Any] = {
        "text": text,
        "kind": ConcernKind.PROBLEM,
        "theme": None,
        "language": "de",
        "place_kind": PlaceKind.QUARTER,
    }
    return report_concern(
        quarter=quarter,
        report=Report(**(values | fields)),
        intake=Intake(
            channel=channel, told_on=quarter.local_day(now), entered_by=entered_by, signs=signs
        ),
        submission_key=submission_key or uuid4(),
        now=now,
    )


def make_referral(
    viewer: Viewer,
    concern: Concern,
    body: ResponsibleBody,
    *,
    way: Way = Way.MAIL,
    ask_on: date | None = None,
    now: datetime = NOON,
) -> Referral:
    """Pass a concern on to one body."""
    [referral] = pass_on(
        viewer=viewer,
        concern=concern,
        items=[PassOn(body=body, way=way)],
        ask_on=ask_on or concern.quarter.local_day(now) + timedelta(days=14),
        version=concern.dossier.version,
        now=now,
    )
    return referral


def body_viewer(referral: Referral) -> Viewer:
    """Return the holder of the referral's one-case link."""
    return link_viewer(referral.concern.quarter_id, LinkPurpose.REFERRAL, referral.pk)


def teller_viewer(concern: Concern) -> Viewer:
    """Return the holder of the concern's status link."""
    return link_viewer(concern.quarter_id, LinkPurpose.TELLER_STATUS, concern.pk)


def photo(name: str = "lampe.jpg", size: tuple[int, int] = (40, 30)) -> SimpleUploadedFile:
    """Return a photo as a browser uploads it."""
    out = BytesIO()
    Image.new("RGB", size, "teal").save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")
