"""Writes of the correspondence module."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db.models import Q

from quartiersladen.correspondence.models import Message
from quartiersladen.correspondence.states import Counterpart, Direction, Way
from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.dossiers.models import Dossier
from quartiersladen.outbox.models import LinkSpec, Mail
from quartiersladen.outbox.services import empty_mails, queue_mail
from quartiersladen.outbox.states import MailState
from quartiersladen.privacy.free_text import MARK, blackened, pattern


def _thread_headers(
    dossier: Dossier, counterpart: Counterpart, body_id: int | None
) -> dict[str, str]:
    earlier = list(
        Mail.objects.filter(
            message__dossier=dossier, message__counterpart=counterpart, message__body_id=body_id
        )
        .order_by("pk")
        .values_list("message_id", flat=True)
    )
    if not earlier:
        return {}
    return {"In-Reply-To": earlier[-1], "References": " ".join(earlier)}


def send_mail(  # noqa: PLR0913 -- a mail has that many parts; all are named
    *,
    dossier: Dossier,
    counterpart: Counterpart,
    body: ResponsibleBody | None,
    to: str,
    subject: str,
    text: str,
    links: Mapping[str, LinkSpec],
    language: str,
    by_id: int | None,
    now: datetime,
) -> Message:
    """Queue a mail and keep it on the dossier; later mails to the same one join the thread.

    Raises Invalid when the address cannot be written to.
    """
    mail = queue_mail(
        quarter=dossier.quarter,
        kind=counterpart,
        to=to,
        subject=subject,
        text=text,
        links=links,
        language=language,
        headers=_thread_headers(dossier, counterpart, body.pk if body else None),
        now=now,
    )
    return Message.objects.create(
        dossier=dossier,
        direction=Direction.OUT,
        way=Way.MAIL,
        counterpart=counterpart,
        body=body,
        subject=subject,
        text=text,
        at=now,
        by_id=by_id,
        mail=mail,
    )


def keep_message(  # noqa: PLR0913 -- a message has that many parts; all are named
    *,
    dossier: Dossier,
    direction: Direction,
    way: Way,
    counterpart: Counterpart,
    body: ResponsibleBody | None,
    text: str,
    by_id: int | None,
    now: datetime,
) -> Message:
    """Keep what was said or written without a mail of ours: a call, a letter, a talk."""
    return Message.objects.create(
        dossier=dossier,
        direction=direction,
        way=way,
        counterpart=counterpart,
        body=body,
        text=text,
        at=now,
        by_id=by_id,
    )


def blacken_mails_to_bodies(*, dossier: Dossier, words: Iterable[str]) -> None:
    """Blacken words in the mails to bodies, so that none that waits or is sent again holds them.

    The message on the dossier stays as it was sent.
    """
    found = pattern(words)
    mails = Mail.objects.filter(message__dossier=dossier, message__counterpart=Counterpart.BODY)
    for mail in mails.exclude(state=MailState.SENDING):
        Mail.objects.filter(pk=mail.pk).update(text=blackened(mail.text, found))


def forget_words_with_teller(*, dossier: Dossier) -> int:
    """Delete what was written to the person and what they said; that it was, and when, stays."""
    rows = Message.objects.filter(dossier=dossier, counterpart=Counterpart.TELLER)
    return rows.exclude(text=MARK).update(text=MARK, subject="")


def forget_messages(*, dossier: Dossier) -> None:
    """Delete every text of the correspondence, also in the outbox; that it was, and when, stays."""
    Message.objects.filter(dossier=dossier).update(text=MARK, subject="")
    empty_mails(mails=Q(message__dossier=dossier))
