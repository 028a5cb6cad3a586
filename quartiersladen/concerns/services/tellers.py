"""The person who told us: their address, and how they get to know what happened."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns import letters
from quartiersladen.concerns.letters import CONFIRM_HOURS, Letter
from quartiersladen.concerns.models import Concern, Teller
from quartiersladen.concerns.rules import may_work_on
from quartiersladen.concerns.services import topics
from quartiersladen.concerns.services.forgetting import drop_address
from quartiersladen.concerns.states import CLOSED, CONCERN_MACHINE, HELD, AnswerWay, ConcernState
from quartiersladen.correspondence.services.messages import keep_message, send_mail
from quartiersladen.correspondence.states import Counterpart, Direction, Way
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.services.dates import end_follow_up, plan_follow_up
from quartiersladen.dossiers.services.dossier import claim
from quartiersladen.dossiers.services.forgetting import clean_search_later
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, Audience, FollowUpReason
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.outbox.services import OnItsWay, queue_mail

CONFIRM_DAYS = 3  # 72 hours: the link is valid to the end of the third day
BY_HAND = {
    AnswerWay.PHONE: _("Call the person and tell the answer."),
    AnswerWay.POST: _("Write a letter with the answer."),
}


class AddressGone(Conflict):
    """The address was not confirmed in time and has been deleted."""

    sentence = _(
        "This address was not confirmed in time, so we have deleted it. Your concern is still"
        " with us: please use the status link."
    )


class ToldInTheFuture(Invalid):
    """Nobody can have been told tomorrow."""

    sentence = _("This day is still to come.")


def ask_to_confirm(*, concern: Concern, teller: Teller, now: datetime) -> None:
    """Write the first mail to an address, if there is one; part of the deed that takes it in.

    From the quarantine nobody is written to: the address may belong to somebody else.
    """
    if not teller.email or concern.is_held:
        return
    confirm_by = concern.quarter.local_day(now) + timedelta(days=CONFIRM_DAYS)
    letter = letters.confirmation(concern, teller, confirm_by=confirm_by)
    queue_mail(
        quarter=concern.quarter,
        kind="confirm",
        to=teller.email,
        subject=letter.subject,
        text=letter.text,
        links=letter.links,
        language=letter.language,
        now=now,
    )


@transaction.atomic
def confirm_address(*, viewer: Viewer, concern: Concern, now: datetime) -> Teller:
    """The teller says that the address is theirs; pressing the button again changes nothing.

    Raises NotAllowed unless the viewer holds the confirmation link; AddressGone.
    """
    demand(
        viewer.link_purpose == LinkPurpose.TELLER_EMAIL and viewer.link_subject_id == concern.pk
    )
    teller = concern.teller
    if not teller.email:
        raise AddressGone
    confirmed = Teller.objects.filter(pk=teller.pk, email_confirmed_at=None)
    if confirmed.update(email_confirmed_at=now):
        teller.email_confirmed_at = now
        record(
            dossier=concern.dossier,
            deed="address_confirmed",
            actor=Actor.TELLER,
            audience=Audience.OFFICE,
            now=now,
        )
    return teller


@transaction.atomic
def drop_unconfirmed(*, now: datetime) -> int:
    """Delete addresses that nobody confirmed within 72 hours; the concerns stay.

    They go from the search and from the outbox, too. The hours run from the mail: what lies in the
    quarantine got none yet. One whose mail is on its way at this moment goes with the next run.
    Returns how many went.  Who wanted a mail looks at the status page instead.
    """
    since = now - timedelta(hours=CONFIRM_HOURS)
    asked_at = Greatest(
        Coalesce("email_given_at", "concern__created_at"),
        Coalesce("concern__let_in_at", "concern__created_at"),
    )
    old = (
        Teller.objects.alias(asked_at=asked_at)
        .filter(email_confirmed_at=None, asked_at__lt=since)
        .exclude(concern__state__in=sorted(HELD))
    )
    count = 0
    for teller in old.exclude(email="").select_related("concern__dossier__quarter"):
        with suppress(OnItsWay), transaction.atomic():
            count += _drop_unconfirmed(teller, now)
    if count:
        clean_search_later()
    return count


def _drop_unconfirmed(teller: Teller, now: datetime) -> bool:
    """Drop it unless the person or another worker was faster: confirmed, corrected or dropped."""
    unchanged = Teller.objects.filter(pk=teller.pk, email=teller.email, email_confirmed_at=None)
    way = AnswerWay.LINK if teller.way == AnswerWay.MAIL else AnswerWay(teller.way)
    if not unchanged.update(email="", way=way):
        return False
    drop_address(teller=teller)
    record(dossier=teller.concern.dossier, deed="address_dropped", actor=Actor.SYSTEM, now=now)
    return True


def letter_to_teller(*, concern: Concern, build: Callable[[Teller], Letter]) -> Letter | None:
    """Return the mail to the teller; None unless they asked for mail and confirmed the address."""
    teller = concern.teller
    if teller.way != AnswerWay.MAIL or teller.email_confirmed_at is None:
        return None
    return build(teller)


def write_to_teller(
    *, concern: Concern, build: Callable[[Teller], Letter], by_id: int | None, now: datetime
) -> bool:
    """Mail the teller if they asked for mail and confirmed the address. Returns whether it went."""
    letter = letter_to_teller(concern=concern, build=build)
    if letter is None:
        return False
    send_mail(
        dossier=concern.dossier,
        counterpart=Counterpart.TELLER,
        body=None,
        to=concern.teller.email,
        subject=letter.subject,
        text=letter.text,
        links=letter.links,
        language=letter.language,
        by_id=by_id,
        now=now,
    )
    return True


def tell_the_end(*, concern: Concern, by_id: int | None, now: datetime) -> None:
    """Let the teller know how it ended: by mail at once, by phone or post as a task for today.

    An important topic is asked about again, after the task if there is one.
    """
    write_to_teller(
        concern=concern,
        build=lambda teller: letters.answered(concern, teller),
        by_id=by_id,
        now=now,
    )
    note = BY_HAND.get(AnswerWay(concern.teller.way))
    if note is not None:
        plan_follow_up(
            dossier=concern.dossier,
            due_on=concern.quarter.local_day(now),
            reason=FollowUpReason.TELL,
            note=str(note),
            now=now,
        )
    else:
        topics.go_on(concern=concern, now=now)


def demand_let_in(*, concern: Concern) -> None:
    """Raise TransitionRefused while it lies in the quarantine: nobody works on it yet."""
    if concern.is_held:
        CONCERN_MACHINE.target(ConcernState(concern.state), "check")


@transaction.atomic
def told_orally(
    *, viewer: Viewer, concern: Concern, told_on: date, text: str, version: int, now: datetime
) -> Entry:
    """Write down that the person was told, by phone or in person.

    Ends the task of telling when the concern is closed.
    Raises NotAllowed; TransitionRefused in the quarantine; ToldInTheFuture; ChangedMeanwhile.
    """
    demand(may_work_on(viewer, concern))
    demand_let_in(concern=concern)
    if told_on > concern.quarter.local_day(now):
        raise ToldInTheFuture(field="told_on")
    claim(dossier=concern.dossier, version=version)
    Teller.objects.filter(pk=concern.pk).update(told_orally_on=told_on)
    keep_message(
        dossier=concern.dossier,
        direction=Direction.OUT,
        way=Way.PHONE if concern.teller.way == AnswerWay.PHONE else Way.TALK,
        counterpart=Counterpart.TELLER,
        body=None,
        text=text,
        by_id=viewer.user_id,
        now=now,
    )
    if concern.state in CLOSED:
        end_follow_up(dossier=concern.dossier, now=now)
        topics.go_on(concern=concern, now=now)
    return record(
        dossier=concern.dossier,
        deed="told_orally",
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        audience=Audience.TELLER,
        data={"told_on": told_on.isoformat()},
        now=now,
    )
