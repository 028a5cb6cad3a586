"""Writes of the directory; each leaves a trail row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.directory.rules import may_keep_directory
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.kernel.text import fold
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import Quarter, Theme


class NameTaken(Invalid):
    """Two bodies of one quarter never have the same name."""

    sentence = _("A body with this name is already in the directory.")


class BodyChangedMeanwhile(Conflict):
    """Somebody else saved the body since the page was read."""

    sentence = _("Somebody else has saved this meanwhile. What you typed is still here.")


class LeavesBeforeStart(Invalid):
    """The last day lies before the first."""

    sentence = _("The last day lies before the first day.")


@dataclass(frozen=True, slots=True)
class BodyFacts:
    """What is known of a body."""

    name: str
    email: str = ""
    phone: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    note: str = ""
    is_active: bool = True
    themes: Sequence[Theme] = ()


def save_body(
    *,
    viewer: Viewer,
    quarter: Quarter,
    body: ResponsibleBody | None,
    facts: BodyFacts,
    version: int,
    now: datetime,
) -> ResponsibleBody:
    """Add a body (None) or change it.

    Raises NotAllowed; NameTaken; BodyChangedMeanwhile when `version` is not the stored one.
    """
    demand(may_keep_directory(viewer, quarter))
    try:
        return _save(
            viewer, quarter, body or ResponsibleBody(quarter=quarter), facts, version, now
        )
    except IntegrityError as exc:
        raise NameTaken(field="name") from exc


@transaction.atomic
def _save(
    viewer: Viewer,
    quarter: Quarter,
    body: ResponsibleBody,
    facts: BodyFacts,
    version: int,
    now: datetime,
) -> ResponsibleBody:
    if body.pk is not None:
        mine = ResponsibleBody.objects.filter(pk=body.pk, version=version)
        if not mine.update(version=version + 1):
            raise BodyChangedMeanwhile
        body.version = version + 1
    body.name, body.sort_name = facts.name.strip(), fold(facts.name.strip())
    body.email, body.phone, body.note = facts.email, facts.phone, facts.note
    body.street, body.postcode, body.city = facts.street, facts.postcode, facts.city
    body.is_active = facts.is_active
    body.save()
    body.themes.set(facts.themes)
    leave_trail(
        quarter=quarter,
        by_id=viewer.user_id,
        deed="body saved",
        subject=f"directory.body:{body.pk}",
        data={"name": body.name, "active": body.is_active},
        now=now,
    )
    return body


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """Somebody at a body: the function apart from the name."""

    name: str
    function: str
    email: str
    phone: str
    from_on: date
    to_on: date | None = None


@transaction.atomic
def save_person(
    *,
    viewer: Viewer,
    body: ResponsibleBody,
    person: ContactPerson | None,
    facts: PersonFacts,
    now: datetime,
) -> ContactPerson:
    """Add a contact person (None) or change one. Raises NotAllowed; LeavesBeforeStart."""
    demand(may_keep_directory(viewer, body.quarter))
    if facts.to_on and facts.to_on < facts.from_on:
        raise LeavesBeforeStart(field="to_on")
    person = person or ContactPerson(body=body)
    person.name, person.function = facts.name.strip(), facts.function.strip()
    person.email, person.phone = facts.email, facts.phone
    person.from_on, person.to_on = facts.from_on, facts.to_on
    person.save()
    leave_trail(
        quarter=body.quarter,
        by_id=viewer.user_id,
        deed="contact person saved",
        subject=f"directory.body:{body.pk}",
        data={"person": person.pk},
        now=now,
    )
    return person
