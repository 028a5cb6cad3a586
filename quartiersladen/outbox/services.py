"""Writes of the outbox module: queue, deliver, send again, cancel."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.rules import Viewer
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.kernel.jobs import enqueue
from quartiersladen.outbox import smtp
from quartiersladen.outbox.frame import build, envelope_sender, mail_domain
from quartiersladen.outbox.models import LinkSpec, Mail
from quartiersladen.outbox.states import LOST_AFTER, MAIL_MACHINE, MailState
from quartiersladen.quarters.models import Quarter

HANDLER = "quartiersladen.outbox.tasks.deliver_mail"
#: Minutes until the next try after the first, second, ... failure; then hourly.
BACK_OFF = (1, 5, 15, 60)
GIVE_UP_AFTER = timedelta(hours=48)
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
SUBJECT_LENGTH = 200


class BadAddress(Invalid):
    """An address that mail cannot reach or that tries to smuggle in a header."""

    sentence = _("Mail cannot be sent to this address. Please check it.")


class NotNow(Conflict):
    """The mail is not in a state for this."""

    sentence = _("This mail is being sent or has already gone.")


def reachable_address(address: str) -> str:
    """Return `address` as it can be written on an envelope, the domain in punycode.

    Raises BadAddress for control characters, a missing part, or letters before the @ that most
    servers do not take.
    """
    local, _at, domain = address.rpartition("@")
    if not local or not domain or CONTROL.search(address) or not local.isascii():
        raise BadAddress(field="email")
    try:
        return f"{local}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError as exc:
        raise BadAddress(field="email") from exc


def queue_mail(  # noqa: PLR0913 -- a mail has that many parts; all are named
    *,
    quarter: Quarter,
    kind: str,
    to: str,
    subject: str,
    text: str,
    links: Mapping[str, LinkSpec] | None = None,
    language: str = "de",
    headers: Mapping[str, str] | None = None,
    is_account: bool = False,
    now: datetime,
) -> Mail:
    """Write a mail into the books and queue its delivery, in the caller's transaction.

    text: plain, paragraphs separated by empty lines, with [[link:NAME]] for each of `links`.
    Raises BadAddress.
    """
    mail = Mail.objects.create(
        quarter=quarter,
        kind=kind,
        is_account=is_account,
        to_address=reachable_address(to),
        subject=CONTROL.sub(" ", subject)[:SUBJECT_LENGTH],
        text=text,
        language=language,
        headers=dict(headers or {}),
        links={name: spec.as_json() for name, spec in (links or {}).items()},
        message_id=f"<{uuid4()}@{mail_domain(quarter)}>",
        next_try_at=now,
        created_at=now,
    )
    enqueue(HANDLER, mail.pk)
    return mail


def _claim(mail_id: int, now: datetime) -> Mail | None:
    """Take a mail that is due, or one whose worker died; None if somebody else has it."""
    rows = Mail.objects.filter(pk=mail_id)
    due = rows.filter(state=MailState.QUEUED, next_try_at__lte=now)
    lost = rows.filter(state=MailState.SENDING, claimed_at__lt=now - LOST_AFTER)
    taken = {"state": MailState.SENDING, "claimed_at": now}
    if due.update(**taken) or lost.update(**taken):
        return Mail.objects.select_related("quarter").get(pk=mail_id)
    return None


def deliver(*, mail_id: int, now: datetime) -> MailState | None:
    """Send one mail if it is due and nobody else has it; call outside a transaction.

    Returns the state it has then; None if there was nothing to do or no server is named.
    """
    mail = Mail.objects.select_related("quarter").filter(pk=mail_id).first()
    if mail is None or not (server := mail.quarter.smtp_url or settings.SMTP_URL):
        return None
    mail = _claim(mail_id, now)
    if mail is None:
        return None
    try:
        smtp.send(server, build(mail), sender=envelope_sender(mail), recipient=mail.to_address)
    except smtp.Refused as exc:
        return _not_taken(mail, exc, now)
    return _store(mail, "succeed", sent_at=now, last_error="")


def _not_taken(mail: Mail, refused: smtp.Refused, now: datetime) -> MailState:
    if refused.is_final or now - mail.created_at > GIVE_UP_AFTER:
        return _store(mail, "fail", last_error=str(refused), tries=mail.tries + 1)
    minutes = BACK_OFF[min(mail.tries, len(BACK_OFF) - 1)]
    return _store(
        mail,
        "wait",
        last_error=str(refused),
        tries=mail.tries + 1,
        next_try_at=now + timedelta(minutes=minutes),
    )


def _store(mail: Mail, action: str, **changes: object) -> MailState:
    state = MAIL_MACHINE.target(MailState.SENDING, action)
    if mail.is_account and state != MailState.QUEUED:
        changes["text"] = ""
    Mail.objects.filter(pk=mail.pk, state=MailState.SENDING).update(state=state, **changes)
    return state


@transaction.atomic
def resend(*, viewer: Viewer, mail: Mail, now: datetime) -> Mail:
    """Send a mail once more: a failed one as it is, a sent one as a copy of its own.

    Raises NotAllowed unless lead or moderator of the quarter; NotNow while it is on its way.
    """
    demand(viewer.may_work and viewer.quarter_id == mail.quarter_id and not mail.is_account)
    if mail.state == MailState.SENT:
        return _copy(mail, now)
    MAIL_MACHINE.target(MailState(mail.state), "retry")
    rows = Mail.objects.filter(pk=mail.pk, state=mail.state)
    if not rows.update(state=MailState.QUEUED, next_try_at=now, tries=0, created_at=now):
        raise NotNow
    enqueue(HANDLER, mail.pk)
    mail.refresh_from_db()
    return mail


def _copy(mail: Mail, now: datetime) -> Mail:
    return queue_mail(
        quarter=mail.quarter,
        kind=mail.kind,
        to=mail.to_address,
        subject=mail.subject,
        text=mail.text,
        links={name: LinkSpec.from_json(data) for name, data in mail.links.items()},
        language=mail.language,
        headers=mail.headers | {"References": mail.message_id},
        now=now,
    )


@transaction.atomic
def cancel(*, viewer: Viewer, mail: Mail) -> None:
    """Keep a mail that has not gone yet from going.

    Raises NotAllowed unless lead or moderator of the quarter; TransitionRefused; NotNow.
    """
    demand(viewer.may_work and viewer.quarter_id == mail.quarter_id and not mail.is_account)
    before = MailState(mail.state)
    after = MAIL_MACHINE.target(before, "cancel")
    if not Mail.objects.filter(pk=mail.pk, state=before).update(state=after):
        raise NotNow
    mail.state = after
