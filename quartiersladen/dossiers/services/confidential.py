"""The confidential class: only named persons see a dossier, and what they open is written down.

Who is named must be lead or moderator. When nobody who is named works here any more, the lead is
told that it exists, and may name somebody; it is never lost, and never open to all by the way.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.models import User
from quartiersladen.accounts.queries import workers
from quartiersladen.accounts.rules import Viewer
from quartiersladen.dossiers import rules
from quartiersladen.dossiers.models import Dossier, Entry, Named
from quartiersladen.dossiers.parts import demand_no_part_closed
from quartiersladen.dossiers.queries import reading_lines, reading_subject, without_carer
from quartiersladen.dossiers.services.dossier import claim, touch
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience, ReadWhat
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.privacy.services import leave_trail
from quartiersladen.privacy.states import CONFIDENTIAL_READ

#: Who opens the same again within this time reads on; one line is enough.
SAME_READING = timedelta(minutes=10)


class NobodyNamed(Invalid):
    """A matter that nobody may see is lost."""

    sentence = _("Please choose at least one person, or nobody could look after it.")


class NotToBeNamed(Invalid):
    """Confidential matters are for lead and moderators."""

    sentence = _("Only lead and moderators who work here today can be named.")


class ConfidentialAlready(Conflict):
    """It is confidential already."""

    sentence = _("This is confidential already.")


class NotConfidential(Conflict):
    """It is not confidential, or not any more."""

    sentence = _("This is not confidential.")


class SomebodyCares(Conflict):
    """There is somebody who is named; nobody else has a say."""

    sentence = _("Somebody who works here is named already.")


def close_circle(*, dossier: Dossier, people: Collection[User]) -> None:
    """Let only these persons see a dossier; part of a module's own deed, which writes the line.

    Who looks after it and is not among them does so no more.  people: nobody only where nobody works.
    Raises ConfidentialAlready.
    """
    if dossier.is_confidential:
        raise ConfidentialAlready
    dossier.audience = Audience.CONFIDENTIAL
    dossier.save(update_fields=["audience"])
    _name(dossier, people)


def open_circle(*, dossier: Dossier, audience: Audience) -> None:
    """End it; part of a module's own deed. Who was named and what was read stays in the books.

    Raises NotConfidential; StaysConfidential where a part of it has to.
    """
    if not dossier.is_confidential:
        raise NotConfidential
    demand_no_part_closed(dossier)
    Named.objects.filter(dossier=dossier).delete()
    dossier.audience = audience
    dossier.save(update_fields=["audience"])


@transaction.atomic
def change_circle(
    *,
    viewer: Viewer,
    dossier: Dossier,
    people: Collection[User],
    version: int,
    now: datetime,
) -> Entry:
    """Say anew who may see a confidential dossier; also oneself may step out.

    Raises NotAllowed; NotConfidential; NobodyNamed; NotToBeNamed; ChangedMeanwhile.
    """
    demand(rules.may_name(viewer, dossier))
    if not dossier.is_confidential:
        raise NotConfidential
    check_people(dossier=dossier, people=people, now=now)
    claim(dossier=dossier, version=version)
    _name(dossier, people)
    return circle_line(viewer=viewer, dossier=dossier, deed="named", people=people, now=now)


@transaction.atomic
def take_care(*, viewer: Viewer, dossier: Dossier, person: User, now: datetime) -> Entry:
    """Name somebody where nobody who is named works here any more; the lead's deed.

    Raises NotAllowed; SomebodyCares, also for the second of two; NotToBeNamed.
    """
    demand(rules.may_take_care(viewer) and dossier.quarter_id == viewer.quarter_id)
    here = Dossier.objects.select_for_update(no_key=True).get(pk=dossier.pk)
    if not without_carer(viewer, dossier.quarter.local_day(now)).filter(pk=here.pk).exists():
        raise SomebodyCares
    check_people(dossier=here, people=[person], now=now)
    _name(here, [person])
    touch(dossier=here)
    return circle_line(viewer=viewer, dossier=here, deed="named", people=[person], now=now)


def circle_line(
    *, viewer: Viewer, dossier: Dossier, deed: str, people: Collection[User], now: datetime
) -> Entry:
    """Write the line that says who may see it from now on; part of a deed."""
    return record(
        dossier=dossier,
        deed=deed,
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        data={"people": ", ".join(sorted(person.name for person in people))},
        now=now,
    )


def check_people(*, dossier: Dossier, people: Collection[User], now: datetime) -> None:
    """Raise NobodyNamed or NotToBeNamed unless these persons can be named."""
    if not people:
        raise NobodyNamed(field="people")
    wanted = {person.pk for person in people}
    here = workers(dossier.quarter_id, dossier.quarter.local_day(now))
    if here.filter(pk__in=wanted).count() < len(wanted):
        raise NotToBeNamed(field="people")


def _name(dossier: Dossier, people: Collection[User]) -> None:
    wanted = {person.pk for person in people}
    Named.objects.filter(dossier=dossier).exclude(user__in=wanted).delete()
    there = set(Named.objects.filter(dossier=dossier).values_list("user_id", flat=True))
    Named.objects.bulk_create(
        Named(dossier=dossier, user_id=key) for key in sorted(wanted - there)
    )
    if dossier.assigned_to_id not in wanted:
        dossier.assigned_to = None
        dossier.save(update_fields=["assigned_to"])


def log_reading(*, viewer: Viewer, dossier: Dossier, what: ReadWhat, now: datetime) -> None:
    """Write into the trail that somebody opened a part of a confidential dossier; nothing for others.

    The same person opening the same within ten minutes reads on and makes no second line.
    """
    if not dossier.is_confidential or viewer.user_id is None:
        return
    before = reading_lines(dossier).filter(by=viewer.user_id, at__gt=now - SAME_READING)
    if what not in {line.data["what"] for line in before}:
        leave_trail(
            quarter=dossier.quarter,
            by_id=viewer.user_id,
            deed=CONFIDENTIAL_READ,
            subject=reading_subject(dossier),
            data={"what": what},
            now=now,
        )
