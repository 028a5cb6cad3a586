"""Mails that come in: stored whole, sorted, and later settled by who takes them.

Nothing here makes a case, an answer or a mail. The modules above take their classes with tasks of
their own, each mail once.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.correspondence.incoming import bounces
from quartiersladen.correspondence.incoming.mailbox import address_in
from quartiersladen.correspondence.incoming.reading import (
    MOST_BYTES,
    Attached,
    Received,
    attached_bytes,
    received,
)
from quartiersladen.correspondence.incoming.sorting import Return, Sorted, sort
from quartiersladen.correspondence.incoming.states import (
    INBOUND_MACHINE,
    NOT_ARRIVED,
    TO_BE_READ,
    InboundState,
    MailClass,
    Trouble,
)
from quartiersladen.correspondence.models import InboundMail, Mailbox, Message
from quartiersladen.correspondence.rules import may_bring_mail, may_read_mail
from quartiersladen.correspondence.states import Counterpart
from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.dossiers.models import Dossier
from quartiersladen.files.services import (
    old_originals,
    read_original,
    remove_bytes,
    remove_originals,
    write_original,
)
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.kernel.logs import HIDDEN
from quartiersladen.outbox.frame import sender_address
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.returning import Named, Returning, read
from quartiersladen.outbox.services import note_bounce
from quartiersladen.privacy.free_text import MARK
from quartiersladen.privacy.services import leave_trail
from quartiersladen.quarters.models import Quarter

#: A link of ours in what somebody quotes: who reads the inbox must not act as that person.
#: Mail servers of administrations write every link anew, with its slashes as %2F.
SECRET_LINK = re.compile(r"(/|%(?:25)*2F)[A-Za-z0-9_-]{40}(?![A-Za-z0-9_-])", re.IGNORECASE)
MASK = rf"\1{HIDDEN}"
REASON_LENGTH = 300
#: A mail may say that it was written tomorrow, or years ago; of an upload only that much is believed.
OLDEST = timedelta(days=3650)


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


@dataclass(frozen=True, slots=True)
class Arrival:
    """How a mail came in. at: when.  mailbox, uid: from where; None for an upload.

    uploaded_by: who brought it as a file.  size_bytes: of the whole mail.
    trouble: why it was not even opened.
    """

    at: datetime
    mailbox: Mailbox | None = None
    uid: int = 0
    uploaded_by: Viewer | None = None
    size_bytes: int = 0
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class _Books:
    """What the house knows of a mail. about: our mail that it answers or that came back."""

    quarter: Quarter
    named: Named | None = None
    about: Mail | None = None
    words: Message | None = None
    dossier_id: int | None = None


def own_addresses(quarters: Sequence[Quarter]) -> frozenset[str]:
    """Return from where the office itself writes, in small letters."""
    found = {address_in(quarter.mailbox_url) for quarter in quarters}
    for quarter in quarters:
        found |= {quarter.email, quarter.mail_from, sender_address(quarter)}
    return frozenset(address.lower() for address in found if address)


def store_mail(
    *, quarters: Sequence[Quarter], raw: bytes, arrival: Arrival, now: datetime
) -> tuple[InboundMail, bool]:
    """Store one mail and return it, and whether it is new; call outside a transaction.

    quarters: those for which the mailbox is read; the mail itself says which of them it is for, else
    the first.  The same mail once more gives the one that is there.  Never raises because of what
    stands in the mail.
    """
    mail = _understood(raw, arrival)
    books = _look_up(quarters, mail)
    of_bytes = f"sha256:{sha256(raw).hexdigest()}"
    key = mail.message_id or of_bytes
    twin = InboundMail.objects.filter(quarter=books.quarter, mail_key=key).first()
    if twin is not None and twin.fingerprint == mail.fingerprint:
        _put_mark(arrival)
        return twin, False
    if twin is not None:
        # A programme that gives all its mails one Message-ID: none of them may be lost.
        key = of_bytes
    sorted_as = sort(
        mail, raw, returned=_returned(books), own=own_addresses(quarters)
    ) or _of_person(books)
    # What came back of a sign-in holds a way into somebody's account.
    is_secret = books.about is not None and books.about.is_account
    name = "" if is_secret else write_original(content=raw, now=now)
    try:
        row = _row(mail, books, sorted_as, arrival, now, is_secret=is_secret)
        row.mail_key, row.raw_name = key, name
        return _store(row, books, sorted_as, mail, arrival)
    except IntegrityError:
        # Another worker had the same mail in hand.
        remove_bytes(names=[name] if name else [])
        _put_mark(arrival)
        return InboundMail.objects.get(quarter=books.quarter, mail_key=key), False
    except Exception:
        remove_bytes(names=[name] if name else [])
        raise


def _understood(raw: bytes, arrival: Arrival) -> Received:
    if arrival.trouble is not None:
        return Received(trouble=arrival.trouble)
    return received(raw, size_bytes=arrival.size_bytes)


@transaction.atomic
def _store(
    row: InboundMail, books: _Books, sorted_as: Sorted, mail: Received, arrival: Arrival
) -> tuple[InboundMail, bool]:
    row.save(force_insert=True)
    if books.about is not None and sorted_as.delivery in NOT_ARRIVED:
        note_bounce(mail=books.about, words=bounces.words_in(mail))
    _put_mark(arrival)
    return row, True


def _put_mark(arrival: Arrival) -> None:
    """Remember that this mail of the mailbox is in the house."""
    if arrival.mailbox is not None:
        behind = Mailbox.objects.filter(pk=arrival.mailbox.pk, last_uid__lt=arrival.uid)
        behind.update(last_uid=arrival.uid)


def _row(
    mail: Received,
    books: _Books,
    sorted_as: Sorted,
    arrival: Arrival,
    now: datetime,
    *,
    is_secret: bool,
) -> InboundMail:
    is_for_people = sorted_as.mail_class in TO_BE_READ
    words = books.words
    return InboundMail(
        quarter=books.quarter,
        fingerprint=mail.fingerprint,
        sender_address=mail.sender_address,
        sender_name=mail.sender_name,
        subject="" if is_secret else _masked(mail.subject),
        text="" if is_secret else _masked(mail.text),
        quoted="" if is_secret else _masked(mail.quoted),
        attachments=[] if is_secret else [_listed(one) for one in mail.attachments],
        received_at=_received_at(mail, arrival, now),
        stored_at=now,
        size_bytes=arrival.size_bytes,
        mail_class=sorted_as.mail_class,
        state=InboundState.WAITING if is_for_people else InboundState.FILED,
        trouble=mail.trouble or "",
        delivery=sorted_as.delivery or "",
        about=books.about,
        dossier_id=books.dossier_id,
        body=words.body if words else None,
        uploaded_by_id=arrival.uploaded_by.user_id if arrival.uploaded_by else None,
    )


def _masked(text: str) -> str:
    return SECRET_LINK.sub(MASK, text)


def _listed(one: Attached) -> dict[str, Any]:
    return {
        "number": one.number,
        "name": one.name,
        "media_type": one.media_type,
        "size_bytes": one.size_bytes,
    }


def _received_at(mail: Received, arrival: Arrival, now: datetime) -> datetime:
    """Return when it came in; of an uploaded one when it was written, as far as that can be."""
    if arrival.uploaded_by is None or mail.written_at is None:
        return min(arrival.at, now)
    return mail.written_at if now - OLDEST < mail.written_at <= now else now


# --- What the books know -------------------------------------------------------------------------
def _look_up(quarters: Sequence[Quarter], mail: Received) -> _Books:
    """Find the quarter, and our own mail that this one answers or that came back with it."""
    named = next((found for one in mail.recipients if (found := read(one))), None)
    about = _about(quarters, mail, named)
    if about is None:
        return _Books(_quarter_of(quarters, mail), named)
    words = Message.objects.filter(mail=about).select_related("body", "dossier").first()
    quarter = next(one for one in quarters if one.pk == about.quarter_id)
    dossier_id = words.dossier_id if words else _linked_dossier(about)
    return _Books(quarter, named, about, words, dossier_id)


def _about(quarters: Sequence[Quarter], mail: Received, named: Named | None) -> Mail | None:
    """Return our mail: by the thread, then by the proof in the address.

    A mail to a return path is about the one that the proof names, whatever its headers say.
    """
    ours = Mail.objects.filter(quarter__in=quarters)
    if named is not None and named.what == Returning.BOUNCE:
        return ours.filter(pk=named.mail_id).first() if named.is_ours else None
    ids = [*mail.returned_ids, *mail.reply_to_ids]
    if ids:
        found = {one.message_id: one for one in ours.filter(message_id__in=ids)}
        if found:
            return next(found[one] for one in ids if one in found)
    if named is not None and named.is_ours:
        return ours.filter(pk=named.mail_id).first()
    return None


def _linked_dossier(about: Mail) -> int | None:
    """Return the dossier of a mail that confirms an address: its status link says which."""
    status = about.links.get("status", {})
    if status.get("purpose") != LinkPurpose.TELLER_STATUS:
        return None
    linked = Dossier.objects.filter(pk=status["subject_id"], quarter_id=about.quarter_id)
    return linked.values_list("pk", flat=True).first()


def _quarter_of(quarters: Sequence[Quarter], mail: Received) -> Quarter:
    """Return the quarter to whose address it was written; without one the first."""
    to = {address.lower() for address in mail.recipients}
    for quarter in quarters:
        if own_addresses([quarter]) - {address_in(quarter.mailbox_url).lower()} & to:
            return quarter
    return quarters[0]


def _returned(books: _Books) -> Return:
    named = books.named
    return Return(
        is_bounce=named is not None and named.what == Returning.BOUNCE,
        is_ours=named is not None and named.is_ours,
        to=books.about.to_address if books.about else "",
    )


def _of_person(books: _Books) -> Sorted:
    """Return the class of what a person wrote: to whom had we written?"""
    if books.words is not None and books.words.counterpart == Counterpart.BODY:
        return Sorted(MailClass.BODY_REPLY)
    return Sorted(MailClass.REPLY if books.dossier_id else MailClass.NEW)


# --- Deeds at the desk ---------------------------------------------------------------------------
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


def content_of(mail: InboundMail) -> bytes:
    """Return the bytes of a mail as it came, b"" when they are gone."""
    return read_original(name=mail.raw_name) if mail.raw_name else b""


def attachment_of(mail: InboundMail, number: int) -> bytes:
    """Return the bytes of one file that came with a mail, b"" when they are gone."""
    return attached_bytes(content_of(mail), number)


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


def is_about_delivery(mail: InboundMail) -> bool:
    """Whether it says that a mail of ours did not arrive."""
    return mail.delivery in {kind.value for kind in NOT_ARRIVED}
