"""The confidential class: only named persons see a dossier, and what they open is written down.

Who is named must be lead or moderator. When nobody who is named works here any more, the lead is
told that it exists, and may name somebody; it is never lost, and never open to all by the way.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.models import User
from quartiersladen.accounts.queries import workers
from quartiersladen.accounts.rules import Viewer
from quartiersladen.dossiers import rules
from quartiersladen.dossiers.models import Dossier, Entry, Named
from quartiersladen.dossiers.services import claim, record, touch
from quartiersladen.dossiers.states import Actor, Audience, ReadWhat
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.privacy.models import Trail
from quartiersladen.privacy.services import leave_trail
from quartiersladen.privacy.states import CONFIDENTIAL_READ

#: Who opens the same again within this time reads on; one line is enough.
SAME_READING = timedelta(minutes=10)
SHOWN = 100  # readings on the page


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


@dataclass(frozen=True, slots=True)
class Reading:
    """Who opened what of a confidential dossier, and when."""

    at: datetime
    who: str
    what: ReadWhat


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

    Raises NotConfidential.
    """
    if not dossier.is_confidential:
        raise NotConfidential
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


def without_carer(viewer: Viewer, today: date) -> QuerySet[Dossier]:
    """Return the confidential dossiers that nobody sees any more; nothing unless the lead asks.

    Of these the lead may know the number and the day, and nothing else.
    """
    rows = Dossier.objects.select_related("quarter").order_by("created_at", "pk")
    if not rules.may_take_care(viewer):
        return rows.none()
    here = rows.filter(pk__in=rules.confidential_of(viewer.quarter_id).values("pk"))
    working = Named.objects.filter(
        dossier=OuterRef("pk"), user__in=workers(viewer.quarter_id, today).values("pk")
    )
    return here.exclude(Exists(working))


def get_without_carer(viewer: Viewer, reference: str, today: date) -> Dossier:
    """Return one of them. Raises Dossier.DoesNotExist when somebody cares, or there is none."""
    return without_carer(viewer, today).get(reference=reference)


def log_reading(*, viewer: Viewer, dossier: Dossier, what: ReadWhat, now: datetime) -> None:
    """Write into the trail that somebody opened a part of a confidential dossier; nothing for others.

    The same person opening the same within ten minutes reads on and makes no second line.
    """
    if not dossier.is_confidential or viewer.user_id is None:
        return
    before = _readings(dossier).filter(by=viewer.user_id, at__gt=now - SAME_READING)
    if what not in {line.data["what"] for line in before}:
        leave_trail(
            quarter=dossier.quarter,
            by_id=viewer.user_id,
            deed=CONFIDENTIAL_READ,
            subject=_subject(dossier),
            data={"what": what},
            now=now,
        )


def readings_of(viewer: Viewer, dossier: Dossier) -> list[Reading]:
    """Return who opened a confidential dossier, the latest first; nothing for who is not named."""
    if not dossier.is_confidential or not rules.may_name(viewer, dossier):
        return []
    lines = _readings(dossier).select_related("by")[:SHOWN]
    return [
        Reading(line.at, line.by.name if line.by else "", ReadWhat(line.data["what"]))
        for line in lines
    ]


def _readings(dossier: Dossier) -> QuerySet[Trail]:
    rows = Trail.objects.filter(deed=CONFIDENTIAL_READ, subject=_subject(dossier))
    return rows.order_by("-at", "-pk")


def _subject(dossier: Dossier) -> str:
    # The key and not the number: who keeps the trail need not know which matters are confidential.
    return f"dossiers.dossier:{dossier.pk}"
