"""Reads of the directory. Contact persons are for the office only."""

from datetime import date

from django.db.models import Q, QuerySet

from quartiersladen.accounts.rules import Viewer
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.kernel.text import fold


def bodies_for(viewer: Viewer, words: str = "") -> QuerySet[ResponsibleBody]:
    """Return the bodies whose name holds `words`, by name; nothing for outsiders."""
    if not viewer.may_work:
        return ResponsibleBody.objects.none()
    rows = ResponsibleBody.objects.filter(quarter_id=viewer.quarter_id)
    if words.strip():
        rows = rows.filter(sort_name__contains=fold(words.strip()))
    return rows.prefetch_related("themes").order_by("-is_active", "sort_name")


def get_body(viewer: Viewer, body_id: int) -> ResponsibleBody:
    """Return one body. Raises ResponsibleBody.DoesNotExist when missing or hidden."""
    return bodies_for(viewer).get(pk=body_id)


def people_of(body: ResponsibleBody, day: date) -> QuerySet[ContactPerson]:
    """Return who works there on `day`, by name."""
    present = Q(to_on__isnull=True) | Q(to_on__gte=day)
    return ContactPerson.objects.filter(present, body=body, from_on__lte=day).order_by(
        "name", "pk"
    )


def get_person(body: ResponsibleBody, person_id: int) -> ContactPerson:
    """Return one person of a body. Raises ContactPerson.DoesNotExist."""
    return ContactPerson.objects.get(body=body, pk=person_id)
