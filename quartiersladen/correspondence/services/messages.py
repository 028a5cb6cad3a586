"""What goes out and what was said, kept with its dossier."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from quartiersladen.accounts.rules import Viewer
from quartiersladen.correspondence.models import Message
from quartiersladen.correspondence.states import Counterpart, Direction, Way
from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.dossiers.models import Dossier
from quartiersladen.outbox.models import LinkSpec, Mail
from quartiersladen.outbox.services import queue_mail, resend


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
    subject: str = "",
) -> Message:
    """Keep what was said or written without a mail of ours: a call, a letter, a talk."""
    return Message.objects.create(
        dossier=dossier,
        direction=direction,
        way=way,
        counterpart=counterpart,
        body=body,
        subject=subject,
        text=text,
        at=now,
        by_id=by_id,
    )


@transaction.atomic
def send_again(*, viewer: Viewer, mail: Mail, now: datetime) -> Mail:
    """Send a mail once more and return what is in the queue then.

    A copy is kept on the dossier of the first one: who may not see the one does not see the other.
    It has the words that go now: what was blackened in the mail meanwhile stays so.
    Raises what outbox.services.resend raises.
    """
    queued = resend(viewer=viewer, mail=mail, now=now)
    first = Message.objects.filter(mail=mail).select_related("dossier", "body").first()
    if first is not None and queued.pk != mail.pk:
        Message.objects.create(
            dossier=first.dossier,
            direction=first.direction,
            way=first.way,
            counterpart=first.counterpart,
            body=first.body,
            subject=queued.subject,
            text=queued.text,
            at=now,
            by_id=viewer.user_id,
            mail=queued,
        )
    return queued
