"""A form that was begun: its photos, and what became of it."""

from uuid import UUID

from django.db.models import QuerySet

from quartiersladen.concerns.models import Concern, DraftPhoto
from quartiersladen.quarters.models import Quarter


def draft_photos(quarter: Quarter, key: UUID) -> QuerySet[DraftPhoto]:
    """Return the photos that wait with a form, in the order they were added."""
    return (
        DraftPhoto.objects.filter(draft=key, draft__quarter=quarter)
        .select_related("file")
        .order_by("pk")
    )


def get_draft_photo(quarter: Quarter, key: UUID, file_id: UUID) -> DraftPhoto:
    """Return one photo of a draft. Raises DraftPhoto.DoesNotExist."""
    return draft_photos(quarter, key).get(file_id=file_id)


def by_form_key(quarter: Quarter, key: UUID) -> Concern:
    """Return the concern that was sent with this form. Raises Concern.DoesNotExist."""
    return Concern.objects.select_related("teller").get(quarter=quarter, submission_key=key)
