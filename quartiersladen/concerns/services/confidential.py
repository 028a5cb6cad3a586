"""A concern becomes confidential: by a deed, or because its theme is.

Nothing of it stays public, who said "me too" to it or follows it is forgotten, and only the named
see it at the desk. Ending that opens it to the office, never to the public.
"""

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.models import User
from quartiersladen.accounts.queries import leads, workers
from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.letters import neutral_subject
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.rules import may_decide
from quartiersladen.concerns.services.following import forget_followers
from quartiersladen.concerns.services.release import take_off
from quartiersladen.concerns.services.voices import remove_voices
from quartiersladen.concerns.states import ConcernState
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.services.confidential import (
    ConfidentialAlready,
    change_circle,
    check_people,
    circle_line,
    close_circle,
    open_circle,
)
from quartiersladen.dossiers.services.dossier import claim, lock_dossiers, touch
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience
from quartiersladen.kernel.errors import Conflict, demand
from quartiersladen.outbox.services import rename_waiting


class InAJointCase(Conflict):
    """A joint case is answered to many; one of them cannot be kept from the others alone."""

    sentence = _("It is part of a joint case. Take it out there first.")


class NotLetIn(Conflict):
    """What waits in the quarantine is not among the work yet."""

    sentence = _("It lies in the quarantine. Please let it in first.")


@transaction.atomic
def make_confidential(
    *,
    viewer: Viewer,
    concern: Concern,
    people: Collection[User],
    version: int,
    now: datetime,
) -> Entry:
    """Let only the named see a concern from now on; what was public of it is so no more.

    Raises NotAllowed; ConfidentialAlready; NobodyNamed, NotToBeNamed; InAJointCase; NotLetIn;
    OnItsWay while a mail to a voice is being sent; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    if concern.dossier.is_confidential:
        raise ConfidentialAlready
    if concern.is_held:
        raise NotLetIn
    check_people(dossier=concern.dossier, people=people, now=now)
    lock_dossiers(keys=[concern.pk])
    claim(dossier=concern.dossier, version=version)
    close_to_others(concern=concern, people=people, now=now)
    return circle_line(
        viewer=viewer, dossier=concern.dossier, deed="confidential", people=people, now=now
    )


def close_to_others(*, concern: Concern, people: Collection[User], now: datetime) -> None:
    """Let only these persons see a concern, and nothing of it be public; part of a deed.

    Raises InAJointCase; OnItsWay while a mail to a voice is being sent.
    """
    # Read behind the lock: what was joined meanwhile is joined.
    concern.refresh_from_db(fields=["state"])
    if concern.state == ConcernState.JOINED or concern.joined.exists():
        raise InAJointCase
    if concern.is_released:
        take_off(concern=concern)
    remove_voices(rows=Q(concern=concern))
    forget_followers(concern=concern, now=now)
    close_circle(dossier=concern.dossier, people=people)
    # What was written before and has not gone yet says nothing, either.
    rename_waiting(
        mails=Q(message__dossier=concern.pk), subject=partial(neutral_subject, concern.dossier)
    )


@transaction.atomic
def name_people(
    *,
    viewer: Viewer,
    concern: Concern,
    people: Collection[User],
    version: int,
    now: datetime,
) -> Entry:
    """Say anew who sees a confidential concern, and with it those that are joined to it.

    Raises NotAllowed; NotConfidential; NobodyNamed, NotToBeNamed; InAJointCase for a joined one,
    whose leading one decides; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    if concern.state == ConcernState.JOINED:
        raise InAJointCase
    for joined in concern.joined.select_related("dossier__quarter").order_by("pk"):
        touch(dossier=joined.dossier)
        change_circle(
            viewer=viewer,
            dossier=joined.dossier,
            people=people,
            version=joined.dossier.version,
            now=now,
        )
    return change_circle(
        viewer=viewer, dossier=concern.dossier, people=people, version=version, now=now
    )


@transaction.atomic
def end_confidential(*, viewer: Viewer, concern: Concern, version: int, now: datetime) -> Entry:
    """Open a concern to the whole office again; it is not public by that.

    Raises NotAllowed; NotConfidential; StaysConfidential; InAJointCase; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    if concern.state == ConcernState.JOINED or concern.joined.exists():
        raise InAJointCase
    claim(dossier=concern.dossier, version=version)
    open_circle(dossier=concern.dossier, audience=Audience.TELLER)
    return record(
        dossier=concern.dossier,
        deed="confidential_ended",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        now=now,
    )


def close_by_theme(*, concern: Concern, viewer: Viewer | None, now: datetime) -> None:
    """Close a concern because its theme is confidential; part of the deed that gave it the theme.

    The leads are named, and who does the deed, so that they do not lose it out of their hands.
    viewer: None for the public form.  Raises InAJointCase.
    """
    people = _first_circle(concern, viewer, now)
    close_to_others(concern=concern, people=people, now=now)
    record(
        dossier=concern.dossier,
        deed="confidential",
        actor=Actor.SYSTEM,
        data={"people": ", ".join(sorted(person.name for person in people)), "by_theme": True},
        now=now,
    )


def _first_circle(concern: Concern, viewer: Viewer | None, now: datetime) -> list[User]:
    """Return the leads; where there is none, everybody who could be named, perhaps nobody yet."""
    day = concern.quarter.local_day(now)
    here = list(workers(concern.quarter_id, day))
    chiefs = set(leads(concern.quarter_id, day).values_list("pk", flat=True))
    wanted = chiefs | ({viewer.user_id} if viewer else set())
    return [one for one in here if one.pk in wanted or not chiefs]
