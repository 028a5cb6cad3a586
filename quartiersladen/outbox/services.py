"""Writes of the outbox module: queue, deliver, send again, cancel."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quartiersladen.accounts.rules import Viewer
from quartiersladen.kernel.errors import Conflict, Invalid, demand
from quartiersladen.kernel.jobs import enqueue
from quartiersladen.outbox import outages, smtp
from quartiersladen.outbox.addresses import CONTROL, reachable_address
from quartiersladen.outbox.frame import build, envelope_sender, mail_domain
from quartiersladen.outbox.models import LinkSpec, Mail, Outage
from quartiersladen.outbox.states import LOST_AFTER, MAIL_MACHINE, MailState
from quartiersladen.quarters.models import Quarter

HANDLER = "quartiersladen.outbox.tasks.deliver_mail"
MOST_TRIES = 50  # about 48 hours
HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
SUBJECT_LENGTH = 200
#: Stands for the subject of a mail whose address and text are deleted.
EMPTY_SUBJECT = "[entfernt]"


class BadHeader(Invalid):
    """A subject or header with a line end in it: it could smuggle in another header."""

    sentence = gettext_lazy("The subject must be one line.")


class NotNow(Conflict):
    """The mail is not in a state for this."""

    sentence = gettext_lazy("This mail is being sent or has already gone.")


class Emptied(Conflict):
    """Address and text were deleted: nobody knows any more where it went."""

    sentence = gettext_lazy("Address and text of this mail have been deleted.")


class OnItsWay(Conflict):
    """A mail to the person is being sent at this moment."""

    sentence = gettext_lazy(
        "A mail to this address is being sent right now. Please try again in some minutes."
    )


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
    Raises BadAddress or BadHeader.
    """
    mail = Mail.objects.create(
        quarter=quarter,
        kind=kind,
        is_account=is_account,
        to_address=reachable_address(to),
        subject=_one_line(subject)[:SUBJECT_LENGTH],
        text=text,
        language=language,
        headers=_safe_headers(headers or {}),
        links={name: spec.as_json() for name, spec in (links or {}).items()},
        message_id=f"<{uuid4()}@{mail_domain(quarter)}>",
        next_try_at=now,
        created_at=now,
    )
    enqueue(HANDLER, mail.pk)
    return mail


def _one_line(subject: str) -> str:
    if CONTROL.search(subject):
        raise BadHeader(field="subject")
    return subject


def _safe_headers(headers: Mapping[str, str]) -> dict[str, str]:
    for name, value in headers.items():
        if not HEADER_NAME.fullmatch(name) or CONTROL.search(value):
            raise BadHeader
    return dict(headers)


def deliver(*, mail_id: int, now: datetime) -> MailState | None:
    """Send one mail if it is due and nobody else has it; call outside a transaction.

    Returns the state it has then; None if there was nothing to do, no server is named, or the
    server takes no mails at the moment and another one asks it.
    """
    mail = Mail.objects.select_related("quarter").filter(pk=mail_id).first()
    if mail is None or not mail.server:
        return None
    outage = outages.outage_of(mail.server)
    if (outage and outage.next_try_at > now) or not _claim(mail, now):
        return None
    if mail.times_lost > 1:
        words = _("Twice the sending was cut short; it is not known whether the mail arrived.")
        return _close(mail, "fail", last_error=words)
    try:
        message = build(mail)
        sender = envelope_sender(mail)
    except Exception as exc:
        # A fault of ours: waiting does not mend it, and the queue shows where it is.
        _close(mail, "fail", last_error=f"{type(exc).__name__}: {exc}"[:300])
        raise
    if outage and not outages.may_ask(outage, now=now):
        _give_back(mail)
        return None
    try:
        smtp.send(mail.server, message, sender=sender, recipient=mail.to_address)
    except smtp.Refused as exc:
        _note_server(mail, outage, exc, now)
        return _refused(mail, exc, now)
    _note_server(mail, outage, None, now)
    return _close(mail, "succeed", sent_at=now, last_error="")


def _note_server(
    mail: Mail, outage: Outage | None, refused: smtp.Refused | None, now: datetime
) -> None:
    """Remember whether the server works. outage: the one that this mail was to end, if any."""
    is_away = refused is not None and not refused.is_about_mail
    if outage and is_away:
        outages.go_on(outage, words=str(refused), now=now)
    elif outage:
        outages.end(outage)
    elif is_away:
        outages.begin(mail.server, words=str(refused), now=now)


def _claim(mail: Mail, now: datetime) -> bool:
    """Take a mail that is due, or one whose worker died; False if somebody else has it."""
    rows = Mail.objects.filter(pk=mail.pk)
    due = rows.filter(state=MailState.QUEUED, next_try_at__lte=now)
    lost = rows.filter(state=MailState.SENDING, claimed_at__lt=now - LOST_AFTER)
    taken = {"state": MailState.SENDING, "claimed_at": now}
    if due.update(**taken) or lost.update(**taken, times_lost=F("times_lost") + 1):
        mail.refresh_from_db(fields=["state", "claimed_at", "times_lost", "tries", "text"])
        return True
    return False


def _refused(mail: Mail, refused: smtp.Refused, now: datetime) -> MailState | None:
    if refused.is_final or mail.tries + 1 >= MOST_TRIES:
        return _close(mail, "fail", last_error=str(refused))
    next_try_at = now + outages.pause(mail.tries + 1)
    return _close(mail, "wait", last_error=str(refused), next_try_at=next_try_at)


def _give_back(mail: Mail) -> None:
    """End the claim of a mail that was not tried after all."""
    state = MAIL_MACHINE.target(MailState(mail.state), "wait")
    Mail.objects.filter(pk=mail.pk, state=mail.state, claimed_at=mail.claimed_at).update(
        state=state
    )


def forget_left_servers() -> None:
    """Forget the outages of servers that no quarter uses any more."""
    own = Quarter.objects.exclude(smtp_url="").values_list("smtp_url", flat=True)
    outages.forget_others({settings.SMTP_URL, *own})


def _close(mail: Mail, action: str, **changes: object) -> MailState | None:
    """End the claim; None if another worker has taken the mail meanwhile."""
    state = MAIL_MACHINE.target(MailState(mail.state), action)
    changes |= {"state": state, "tries": mail.tries + 1, "times_lost": 0}
    if mail.is_account and state != MailState.QUEUED:
        # It held a way into somebody's account.
        changes["text"] = ""
    ours = Mail.objects.filter(pk=mail.pk, state=MailState.SENDING, claimed_at=mail.claimed_at)
    return state if ours.update(**changes) else None


@transaction.atomic
def resend(*, viewer: Viewer, mail: Mail, now: datetime) -> Mail:
    """Send a mail once more: a failed one as it is, a sent one as a copy of its own.

    Returns the mail that is in the queue then.
    Raises NotAllowed unless lead or moderator of the quarter; TransitionRefused while it is on
    its way; NotNow if somebody was faster; Emptied when address and text are deleted.
    """
    demand(_may_handle(viewer, mail))
    if mail.is_emptied:
        raise Emptied
    if mail.state == MailState.SENT:
        return _copy(mail, now)
    after = MAIL_MACHINE.target(MailState(mail.state), "retry")
    rows = Mail.objects.filter(pk=mail.pk, state=mail.state)
    if not rows.update(state=after, next_try_at=now, tries=0, last_error=""):
        raise NotNow
    enqueue(HANDLER, mail.pk)
    mail.refresh_from_db()
    return mail


def _may_handle(viewer: Viewer, mail: Mail) -> bool:
    return viewer.may_work and viewer.quarter_id == mail.quarter_id and not mail.is_account


def _copy(mail: Mail, now: datetime) -> Mail:
    thread = f"{mail.headers.get('References', '')} {mail.message_id}".strip()
    return queue_mail(
        quarter=mail.quarter,
        kind=mail.kind,
        to=mail.to_address,
        subject=mail.subject,
        text=mail.text,
        links={name: LinkSpec.from_json(data) for name, data in mail.links.items()},
        language=mail.language,
        headers=mail.headers | {"References": thread},
        now=now,
    )


@transaction.atomic
def cancel(*, viewer: Viewer, mail: Mail) -> None:
    """Keep a mail that has not gone yet from going.

    Raises NotAllowed unless lead or moderator of the quarter; TransitionRefused; NotNow.
    """
    demand(_may_handle(viewer, mail))
    before = MailState(mail.state)
    after = MAIL_MACHINE.target(before, "cancel")
    if not Mail.objects.filter(pk=mail.pk, state=before).update(state=after):
        raise NotNow
    mail.state = after


def note_bounce(*, mail: Mail, words: str) -> bool:
    """Write into the books that a sent mail came back; part of the deed that reads the bounce.

    Returns whether it was new: a second bounce, or one of a mail that was never sent, changes
    nothing.
    """
    if mail.state != MailState.SENT:
        return False
    state = MAIL_MACHINE.target(MailState.SENT, "bounce")
    rows = Mail.objects.filter(pk=mail.pk, state=MailState.SENT)
    return bool(rows.update(state=state, last_error=words[:300]))


def rename_waiting(*, mails: Q, subject: Callable[[str], str]) -> None:
    """Give mails that have not gone yet another subject.  subject: by language; part of a deed."""
    waiting = Mail.objects.filter(mails, state=MailState.QUEUED)
    for key, language in list(waiting.values_list("pk", "language")):
        rows = Mail.objects.filter(pk=key, state=MailState.QUEUED)
        rows.update(subject=subject(language))


def empty_mails(*, mails: Q) -> int:
    """Delete address, text and links of mails; the row stays in the books as a skeleton.

    One that waits is cancelled.  Returns how many it were.
    Raises OnItsWay while one is being sent: its end would write the address once more, and nobody
    may say that it is gone.
    """
    found = Mail.objects.filter(mails).exclude(to_address="")
    # By key, so that the state is asked of the row itself and not of what was read before.
    rows = Mail.objects.filter(pk__in=list(found.values_list("pk", flat=True)))
    count = rows.exclude(state=MailState.SENDING).update(
        to_address="",
        subject=EMPTY_SUBJECT,
        text="",
        headers={},
        links={},
        last_error="",
        state=Case(
            When(state=MailState.QUEUED, then=Value(MailState.CANCELLED)), default=F("state")
        ),
    )
    if rows.filter(state=MailState.SENDING).exists():
        raise OnItsWay
    return count
