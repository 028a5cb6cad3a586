"""Reads of the outbox module."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.html import escape
from django.utils.safestring import SafeString

from quartiersladen.accounts.rules import Viewer
from quartiersladen.outbox.frame import filled_text, link_url, with_links
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.states import LOST_AFTER, MailState

#: Leaves no mail out; see correspondence.queries.hidden_mails, which knows the dossiers.
NO_MAIL = Q()


def mails_for_desk(
    viewer: Viewer, state: MailState | None = None, *, without: Q = NO_MAIL
) -> QuerySet[Mail]:
    """Return the quarter's mails for lead and moderator, newest first; account mails never.

    state: only mails in this state.  without: mails of dossiers that the viewer may not open.
    """
    if not viewer.may_work:
        return Mail.objects.none()
    mails = Mail.objects.filter(quarter_id=viewer.quarter_id, is_account=False).exclude(without)
    if state is not None:
        mails = mails.filter(state=state)
    return mails.select_related("quarter").order_by("-created_at", "-pk")


def get_mail(viewer: Viewer, mail_id: int, *, without: Q = NO_MAIL) -> Mail:
    """Return one mail for the desk. Raises Mail.DoesNotExist when missing or hidden."""
    return mails_for_desk(viewer, without=without).get(pk=mail_id)


def troubled(viewer: Viewer, *, limit: int, without: Q = NO_MAIL) -> list[Mail]:
    """Return mails that failed or that had to wait after an error, newest first."""
    failed = Q(state=MailState.FAILED) | Q(state=MailState.QUEUED, tries__gt=0)
    return list(mails_for_desk(viewer, without=without).filter(failed)[:limit])


def waiting_count(viewer: Viewer, *, without: Q = NO_MAIL) -> int:
    """Return how many mails have not gone yet."""
    return mails_for_desk(viewer, without=without).filter(state=MailState.QUEUED).count()


def due(now: datetime, *, limit: int) -> list[int]:
    """Return mails to be tried now: due ones, and those whose worker died.

    Mails of a quarter without a mail server are left out, so that they hold up nobody else's.
    """
    lost = Q(state=MailState.SENDING, claimed_at__lt=now - LOST_AFTER)
    waiting = Q(state=MailState.QUEUED, next_try_at__lte=now)
    rows = Mail.objects.filter(lost | waiting)
    if not settings.SMTP_URL:
        rows = rows.exclude(quarter__smtp_url="")
    return list(rows.order_by("next_try_at", "pk").values_list("pk", flat=True)[:limit])


def readable_text(mail: Mail) -> SafeString:
    """Return the text for the desk's page, escaped.

    Links are masked: who reads the outbox must not act as the one who got the mail. In demo mode
    nobody real is behind them, and they can be followed.
    """
    if settings.DEMO:
        return with_links(filled_text(mail, lambda name: link_url(mail, name)))
    return escape(filled_text(mail, lambda name: _masked(mail, name)))


def _masked(mail: Mail, name: str) -> str:
    path: str = mail.links[name]["path"]
    return "…" + path.replace("{token}", "•••")
