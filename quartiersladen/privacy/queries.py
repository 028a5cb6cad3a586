"""Reads of the privacy module."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ObjectDoesNotExist
from django.db.models import QuerySet, Sum

from quartiersladen.privacy.models import Consent, RetentionProof, Trail
from quartiersladen.privacy.states import ConsentPurpose, ConsentStep, RetentionKind


def latest_line(subject: str, purpose: ConsentPurpose) -> Consent | None:
    """Return the line of the ledger that counts, None if there is none."""
    rows = Consent.objects.filter(subject=subject, purpose=purpose)
    return rows.order_by("-at", "-pk").first()


def has_agreed(subject: str, purpose: ConsentPurpose) -> bool:
    """Say whether the latest line of the ledger gives this consent; silence is no."""
    latest = latest_line(subject, purpose)
    return latest is not None and latest.step == ConsentStep.GIVEN


def trail_of(quarter_id: int) -> QuerySet[Trail]:
    """Return the trail of a quarter, newest first."""
    return Trail.objects.filter(quarter_id=quarter_id).select_related("by").order_by("-at", "-pk")


@dataclass(frozen=True, slots=True)
class Proof:
    """What one rule did on one day."""

    day: date
    kind: str
    days: int
    count: int

    @property
    def label(self) -> str:
        """The kind in words."""
        return str(RetentionKind(self.kind).label)


def proofs_of(quarter_id: int, *, limit: int) -> list[Proof]:
    """Return what the rules did, the latest first, one line per rule and day."""
    rows = RetentionProof.objects.filter(quarter_id=quarter_id)
    sums = rows.values_list("day", "kind", "days").annotate(total=Sum("count"))
    return [Proof(*row) for row in sums.order_by("-day", "kind", "days")[:limit]]


class Nobody(ObjectDoesNotExist):
    """No row of a request is a person that the viewer may look up."""
