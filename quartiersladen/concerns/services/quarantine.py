"""What looks like spam waits until somebody in the office has looked at it.

Nothing is deleted by itself: only what the office called spam goes, after SPAM_DAYS, and until then
it can be taken back.
"""

import re
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.concerns.models import BlockedSender, Concern
from quartiersladen.concerns.models.mail import SENDER_LENGTH
from quartiersladen.concerns.rules import may_block, may_decide
from quartiersladen.concerns.services.life import move
from quartiersladen.concerns.services.tellers import ask_to_confirm
from quartiersladen.concerns.states import ConcernState
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.services.dates import end_follow_up, plan_follow_up
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile, hold_dossier, touch
from quartiersladen.dossiers.services.forgetting import clean_search_later, delete_dossier
from quartiersladen.dossiers.services.journal import record
from quartiersladen.dossiers.states import Actor, FollowUpReason
from quartiersladen.kernel.errors import Invalid, demand
from quartiersladen.privacy.append_only import erasure_permit
from quartiersladen.privacy.services import forget_consents, leave_trail
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.queries import add_days_at_work, all_quarters

SPAM_DAYS = 14
DOMAIN = re.compile(r"(?:[^\s@.,:/]+\.)+[^\s@.,:/]{2,}")


class NotASender(Invalid):
    """The list holds e-mail addresses and domains."""

    sentence = _("Please write an e-mail address or a domain, for example spam.example.org.")


def _first_look(quarter: Quarter, now: datetime) -> date:
    return add_days_at_work(quarter, quarter.local_day(now), quarter.first_look_days)


def _note(viewer: Viewer, concern: Concern, deed: str, now: datetime, **data: str) -> Entry:
    return record(
        dossier=concern.dossier,
        deed=deed,
        actor=Actor.OFFICE,
        by_id=viewer.user_id,
        data=data,
        now=now,
    )


@transaction.atomic
def let_in(*, viewer: Viewer, concern: Concern, deed: str = "let_in", now: datetime) -> Entry:
    """It is real: it becomes a new concern as if it had come in now, and its mail goes out.

    The day by which the person was promised an answer stays, unless it comes before the first look.
    deed: the journal line that says from where.
    Raises NotAllowed; TransitionRefused when it does not lie in the quarantine; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    quarter = concern.quarter
    first_look = _first_look(quarter, now)
    promised_on = concern.promised_on
    if promised_on <= first_look:
        promised_on = add_days_at_work(quarter, quarter.local_day(now), quarter.answer_days)
    move(
        concern=concern,
        action="let_in",
        given={"next_date"},
        now=now,
        next_on=first_look,
        promised_on=promised_on,
        let_in_at=now,
    )
    touch(dossier=concern.dossier)
    plan_follow_up(
        dossier=concern.dossier,
        due_on=first_look,
        reason=FollowUpReason.FIRST_LOOK,
        note="",
        now=now,
    )
    ask_to_confirm(concern=concern, teller=concern.teller, now=now)
    return _note(viewer, concern, deed, now)


@transaction.atomic
def call_spam(*, viewer: Viewer, concern: Concern, block: bool, now: datetime) -> Entry:
    """It is spam: it is deleted after SPAM_DAYS.  block: the address as well, if it has one.

    Raises NotAllowed; TransitionRefused unless it waits in the quarantine; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    gone_on = concern.quarter.local_day(now) + timedelta(days=SPAM_DAYS)
    move(concern=concern, action="call_spam", given={"next_date"}, now=now, next_on=gone_on)
    touch(dossier=concern.dossier)
    end_follow_up(dossier=concern.dossier, now=now)
    if block and concern.teller.email:
        _block(viewer, concern.quarter, concern.teller.email.lower(), now)
    return _note(viewer, concern, "called_spam", now, gone_on=gone_on.isoformat())


@transaction.atomic
def hold_again(*, viewer: Viewer, concern: Concern, now: datetime) -> Entry:
    """Not spam after all, or not sure: it waits in the quarantine once more.

    Raises NotAllowed; TransitionRefused unless it was called spam; ChangedMeanwhile.
    """
    demand(may_decide(viewer, concern))
    first_look = _first_look(concern.quarter, now)
    move(concern=concern, action="hold_again", given={"next_date"}, now=now, next_on=first_look)
    touch(dossier=concern.dossier)
    hold_dossier(dossier=concern.dossier, now=now)
    plan_follow_up(
        dossier=concern.dossier,
        due_on=first_look,
        reason=FollowUpReason.FIRST_LOOK,
        note="",
        now=now,
    )
    return _note(viewer, concern, "held_again", now)


def remove_spam(*, now: datetime) -> int:
    """Delete what was called spam SPAM_DAYS ago, with its photos. Returns how many went."""
    count = 0
    for quarter in all_quarters():
        spam = Concern.objects.filter(
            quarter=quarter, state=ConcernState.SPAM, next_on__lte=quarter.local_day(now)
        )
        for concern in spam.select_related("dossier", "quarter", "teller"):
            count += _remove(concern, now)
    if count:
        clean_search_later()
    return count


def _remove(concern: Concern, now: datetime) -> bool:
    dossier = concern.dossier
    with erasure_permit():
        # Only spam goes, also when somebody takes it back in this moment.
        still = Concern.objects.filter(pk=concern.pk, state=ConcernState.SPAM)
        if not still.update(submission_key=None):
            return False
        forget_consents(subject=concern.teller.subject)
        concern.delete()
        photos = delete_dossier(dossier=dossier)
        leave_trail(
            quarter=concern.quarter,
            by_id=None,
            deed="spam deleted",
            subject=f"dossiers.dossier:{dossier.reference}",
            data={"photos": photos},
            now=now,
        )
    return True


@transaction.atomic
def block_sender(*, viewer: Viewer, quarter: Quarter, name: str, now: datetime) -> BlockedSender:
    """Let reports of an address or a domain wait in the quarantine from now on.

    name: "somebody@example.org", or "example.org" for all its addresses and links to it.
    Raises NotAllowed; NotASender.
    """
    demand(may_block(viewer, quarter))
    name = name.strip().lower().removeprefix("@").removeprefix("www.")
    if len(name) > SENDER_LENGTH or not DOMAIN.fullmatch(name.rpartition("@")[2]):
        raise NotASender(field="name")
    return _block(viewer, quarter, name, now)


def delete_draft(*, concern: Concern) -> None:
    """Delete what came by mail and is no concern, as if it had never been; part of a deed.

    The mail itself stays in the inbox.  Raises ChangedMeanwhile when it was taken in meanwhile.
    """
    with erasure_permit():
        still = Concern.objects.filter(pk=concern.pk, state=ConcernState.DRAFT)
        if not still.update(submission_key=None):
            raise ChangedMeanwhile
        dossier = concern.dossier
        forget_consents(subject=concern.teller.subject)
        concern.delete()
        delete_dossier(dossier=dossier)
    clean_search_later()


def _block(viewer: Viewer, quarter: Quarter, name: str, now: datetime) -> BlockedSender:
    sender, is_new = BlockedSender.objects.get_or_create(
        quarter=quarter, name=name, defaults={"by_id": viewer.user_id or 0, "created_at": now}
    )
    if is_new:
        _trail(viewer, quarter, "sender blocked", sender.pk, now)
    return sender


@transaction.atomic
def unblock_sender(*, viewer: Viewer, sender: BlockedSender, now: datetime) -> None:
    """Take a name off the list; what lies in the quarantine stays there. Raises NotAllowed."""
    demand(may_block(viewer, sender.quarter))
    _trail(viewer, sender.quarter, "sender unblocked", sender.pk, now)
    sender.delete()


def _trail(viewer: Viewer, quarter: Quarter, deed: str, key: int, now: datetime) -> None:
    """Leave a trail that names nobody: it is never deleted, and the address must be."""
    leave_trail(
        quarter=quarter,
        by_id=viewer.user_id,
        deed=deed,
        subject=f"concerns.blockedsender:{key}",
        data={},
        now=now,
    )
