"""Mails that come in: stored whole and sorted; services.inbox settles them later.

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

from quartiersladen.accounts.rules import Viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.correspondence.incoming import bounces
from quartiersladen.correspondence.incoming.mailbox import address_in
from quartiersladen.correspondence.incoming.reading import (
    Attached,
    Received,
    received,
)
from quartiersladen.correspondence.incoming.sorting import Return, Sorted, sort
from quartiersladen.correspondence.incoming.states import (
    NOT_ARRIVED,
    TO_BE_READ,
    InboundState,
    MailClass,
    Trouble,
)
from quartiersladen.correspondence.models import InboundMail, Mailbox, Message
from quartiersladen.correspondence.states import Counterpart
from quartiersladen.dossiers.models import Dossier
from quartiersladen.files.services import (
    remove_bytes,
    write_original,
)
from quartiersladen.kernel.logs import HIDDEN
from quartiersladen.outbox.frame import sender_address
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.returning import Named, Returning, read
from quartiersladen.outbox.services import note_bounce
from quartiersladen.quarters.models import Quarter

#: A link of ours in what somebody quotes: who reads the inbox must not act as that person.
#: Mail servers of administrations write every link anew, with its slashes as %2F.
SECRET_LINK = re.compile(r"(/|%(?:25)*2F)[A-Za-z0-9_-]{40}(?![A-Za-z0-9_-])", re.IGNORECASE)


MASK = rf"\1{HIDDEN}"


#: A mail may say that it was written tomorrow, or years ago; of an upload only that much is believed.
OLDEST = timedelta(days=3650)


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


def own_addresses(*, quarters: Sequence[Quarter]) -> frozenset[str]:
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
        mail, raw, returned=_returned(books), own=own_addresses(quarters=quarters)
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
        if own_addresses(quarters=[quarter]) - {address_in(quarter.mailbox_url).lower()} & to:
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
