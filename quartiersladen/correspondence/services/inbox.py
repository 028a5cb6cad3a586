"""Mails in the inbox: brought by somebody, settled by who takes them, forgotten by rule."""

from datetime import datetime
from typing import Any

from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.correspondence.incoming.reading import (
    MOST_BYTES,
    received,
)
from quartiersladen.correspondence.incoming.states import (
    INBOUND_MACHINE,
    InboundState,
    MailClass,
)
from quartiersladen.correspondence.models import InboundMail, Message
from quartiersladen.correspondence.rules import may_bring_mail, may_read_mail
from quartiersladen.correspondence.services.arriving import Arrival, store_mail
from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.dossiers.models import Dossier
from quartiersladen.files.services import (
    old_originals,
    remove_bytes,
    remove_originals,
)
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.privacy.free_text import MARK
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import Quarter

REASON_LENGTH = 300


class TooLarge(Invalid):
    """An uploaded mail has at most 10 MB."""

    sentence = _("This file is larger than 10 MB.")


class NoMail(Invalid):
    """What was uploaded has neither a sender nor a subject nor a date."""

    sentence = _("This is no e-mail. Please save the mail as a file that ends in .eml.")


class ReasonMissing(Invalid):
    """A colleague wants to know why nothing was done."""

    sentence = _("Please say in a few words why.")


class SettledMeanwhile(Conflict):
    """Somebody else has decided the mail."""

    sentence = _("Somebody else has dealt with this mail meanwhile.")


def bring_mail(
    *, viewer: Viewer, quarter: Quarter, raw: bytes, now: datetime
) -> tuple[InboundMail, bool]:
    """Put a mail that somebody has as a file into the inbox; call outside a transaction.

    Raises NotAllowed; TooLarge; NoMail.
    """
    demand(may_bring_mail(viewer, quarter.pk))
    if len(raw) > MOST_BYTES:
        raise TooLarge(field="file")
    seen = received(raw)
    if not (seen.sender_address or seen.subject or seen.written_at or seen.message_id):
        raise NoMail(field="file")
    arrival = Arrival(at=now, uploaded_by=viewer, size_bytes=len(raw))
    mail, is_new = store_mail(quarters=[quarter], raw=raw, arrival=arrival, now=now)
    if is_new:
        leave_trail(
            quarter=quarter,
            by_id=viewer.user_id,
            deed="mail brought in",
            subject=f"correspondence.inboundmail:{mail.pk}",
            data={},
            now=now,
        )
    return mail, is_new


def settle(
    *,
    mail: InboundMail,
    action: str,
    viewer: Viewer | None,
    reason: str = "",
    now: datetime,
) -> None:
    """Take one edge of the table; part of the deed of the module whose mail it is.

    viewer: None when a task does it.
    Raises NotAllowed; ReasonMissing; TransitionRefused; SettledMeanwhile.
    """
    demand(viewer is None or may_read_mail(viewer, mail))
    reason = reason.strip()[:REASON_LENGTH]
    if action == "put_aside" and not reason:
        raise ReasonMissing(field="reason")
    before = InboundState(mail.state)
    after = INBOUND_MACHINE.target(before, action, given={"reason"} if reason else ())
    is_settled = after != InboundState.WAITING
    changes: dict[str, Any] = {
        "state": after,
        "reason": reason,
        "settled_at": now if is_settled else None,
        "settled_by_id": viewer.user_id if viewer and is_settled else None,
    }
    if not InboundMail.objects.filter(pk=mail.pk, state=before).update(**changes):
        raise SettledMeanwhile
    for name, value in changes.items():
        setattr(mail, name, value)


def belongs_to(
    *,
    mail: InboundMail,
    mail_class: MailClass,
    dossier: Dossier | None,
    body: ResponsibleBody | None = None,
    message: Message | None = None,
) -> None:
    """Write down to which matter a mail belongs, and what it became; part of a module's deed."""
    mail.mail_class, mail.dossier, mail.body, mail.message = mail_class, dossier, body, message
    mail.save(update_fields=["mail_class", "dossier", "body", "message"])


def forget_mails(*, mails: Q, now: datetime) -> int:
    """Delete words, sender, files and bytes of mails; that one came, and when, stays.

    So the same mail read once more is known.  Returns how many it were.
    """
    rows = InboundMail.objects.filter(mails, gone_at=None)
    found = dict(rows.values_list("pk", "raw_name"))
    gone = InboundMail.objects.filter(pk__in=list(found), gone_at=None)
    count = gone.update(
        sender_address="",
        sender_name="",
        subject="",
        text="",
        quoted="",
        attachments=[],
        raw_name="",
        reason=Case(When(reason="", then=Value("")), default=Value(MARK)),
        gone_at=now,
    )
    remove_originals(names=[name for name in found.values() if name])
    return count


def forget_senders(*, mails: Q) -> int:
    """Delete from whom mails came, and their bytes, which say it too; the words stay.

    Returns how many it were.
    """
    rows = InboundMail.objects.filter(mails)
    found = dict(rows.values_list("pk", "raw_name"))
    gone = InboundMail.objects.filter(pk__in=list(found))
    count = gone.update(sender_address="", sender_name="", raw_name="")
    remove_originals(names=[name for name in found.values() if name])
    return count


def drop_unknown_originals(*, now: datetime) -> int:
    """Delete bytes of mails that no row knows: a killed process leaves them. Returns how many."""
    names = list(old_originals(now=now))
    known = set(InboundMail.objects.filter(raw_name__in=names).values_list("raw_name", flat=True))
    unknown = [name for name in names if name not in known]
    remove_bytes(names=unknown)
    return len(unknown)
