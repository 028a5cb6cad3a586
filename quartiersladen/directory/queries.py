"""Reads of the directory. Contact persons are for the office only."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

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
    return _present(day).filter(body=body)


def _present(day: date) -> QuerySet[ContactPerson]:
    gone_later = Q(to_on__isnull=True) | Q(to_on__gte=day)
    return ContactPerson.objects.filter(gone_later, from_on__lte=day).order_by("name", "pk")


def get_person(body: ResponsibleBody, person_id: int) -> ContactPerson:
    """Return one person of a body. Raises ContactPerson.DoesNotExist."""
    return ContactPerson.objects.get(body=body, pk=person_id)


def people_at(body_ids: Iterable[int], day: date) -> dict[int, list[ContactPerson]]:
    """Return who works at these bodies on `day`, by body; one statement, none without bodies."""
    keys = set(body_ids)
    found: dict[int, list[ContactPerson]] = {key: [] for key in keys}
    for person in _present(day).filter(body_id__in=keys):
        found[person.body_id].append(person)
    return found


def bodies_by_theme(quarter_id: int, theme_id: int | None) -> list[tuple[ResponsibleBody, bool]]:
    """Return the active bodies with whether they are known for the theme, those first."""
    rows = ResponsibleBody.objects.filter(quarter_id=quarter_id, is_active=True)
    fitting = set(rows.filter(themes=theme_id).values_list("pk", flat=True)) if theme_id else set()
    bodies = [(body, body.pk in fitting) for body in rows.order_by("sort_name")]
    return sorted(bodies, key=lambda pair: not pair[1])


def bodies_with_people(
    quarter_id: int, keys: list[int], day: date
) -> list[tuple[ResponsibleBody, list[ContactPerson]]]:
    """Return the chosen active bodies with the people who work there on `day`."""
    bodies = (
        ResponsibleBody.objects.filter(quarter_id=quarter_id, is_active=True, pk__in=keys)
        .prefetch_related(Prefetch("people", queryset=_present(day)))
        .order_by("sort_name")
    )
    return [(body, list(body.people.all())) for body in bodies]
