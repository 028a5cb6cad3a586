"""Writes of the privacy module: new lines only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from quartiersladen.privacy.models import Consent, Trail
from quartiersladen.privacy.states import ConsentPurpose, ConsentStep
from quartiersladen.quarters.models import Quarter


def record_consent(  # noqa: PLR0913 -- the proof has that many parts; all are named
    *,
    quarter: Quarter,
    subject: str,
    purpose: ConsentPurpose,
    step: ConsentStep,
    wording: str,
    language: str,
    channel: str,
    taken_by_id: int | None,
    now: datetime,
) -> Consent:
    """Write one line of the ledger. taken_by_id: the colleague, None when given on the web."""
    return Consent.objects.create(
        quarter=quarter,
        subject=subject,
        purpose=purpose,
        step=step,
        wording=wording,
        language=language,
        channel=channel,
        taken_by_id=taken_by_id,
        at=now,
    )


def forget_consents(*, subject: str) -> None:
    """Delete the lines about somebody who goes without a trace; call inside the erasure's permit."""
    Consent.objects.filter(subject=subject).delete()


def leave_trail(
    *,
    quarter: Quarter,
    by_id: int | None,
    deed: str,
    subject: str,
    data: Mapping[str, Any],
    now: datetime,
) -> Trail:
    """Write down a change below the dossiers; `data` holds no tellers' data."""
    return Trail.objects.create(
        quarter=quarter, at=now, by_id=by_id, deed=deed, subject=subject, data=dict(data)
    )
