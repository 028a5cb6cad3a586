"""Reads of the privacy module."""

from django.db.models import QuerySet

from quartiersladen.privacy.models import Consent, Trail
from quartiersladen.privacy.states import ConsentPurpose, ConsentStep


def has_agreed(subject: str, purpose: ConsentPurpose) -> bool:
    """Say whether the latest line of the ledger gives this consent; silence is no."""
    latest = (
        Consent.objects.filter(subject=subject, purpose=purpose).order_by("-at", "-pk").first()
    )
    return latest is not None and latest.step == ConsentStep.GIVEN


def trail_of(quarter_id: int) -> QuerySet[Trail]:
    """Return the trail of a quarter, newest first."""
    return Trail.objects.filter(quarter_id=quarter_id).select_related("by").order_by("-at", "-pk")
