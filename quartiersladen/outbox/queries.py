"""Reads of the outbox module."""

from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.html import escape, urlize
from django.utils.safestring import SafeString, mark_safe

from quartiersladen.accounts.rules import Viewer
from quartiersladen.outbox.frame import filled_text, link_url
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.states import LOST_AFTER, MailState


def mails_for_desk(viewer: Viewer) -> QuerySet[Mail]:
    """Return the quarter's mails for lead and moderator, newest first; account mails never."""
    if not viewer.may_work:
        return Mail.objects.none()
    return (
        Mail.objects.filter(quarter_id=viewer.quarter_id, is_account=False)
        .select_related("quarter")
        .order_by("-created_at", "-pk")
    )


def get_mail(viewer: Viewer, mail_id: int) -> Mail:
    """Return one mail for the desk. Raises Mail.DoesNotExist when missing or hidden."""
    return mails_for_desk(viewer).get(pk=mail_id)


def troubled(viewer: Viewer, *, limit: int) -> list[Mail]:
    """Return mails that failed or that had to wait after an error, newest first."""
    failed = Q(state=MailState.FAILED) | Q(state=MailState.QUEUED, tries__gt=0)
    return list(mails_for_desk(viewer).filter(failed)[:limit])


def waiting_count(viewer: Viewer) -> int:
    """Return how many mails have not gone yet."""
    return mails_for_desk(viewer).filter(state=MailState.QUEUED).count()


def due(now: datetime, *, limit: int) -> list[int]:
    """Return mails to be tried now: due ones, and those whose worker died."""
    lost = Q(state=MailState.SENDING, claimed_at__lt=now - LOST_AFTER)
    waiting = Q(state=MailState.QUEUED, next_try_at__lte=now)
    rows = Mail.objects.filter(lost | waiting).order_by("next_try_at", "pk")
    return list(rows.values_list("pk", flat=True)[:limit])


def readable_text(mail: Mail) -> SafeString:
    """Return the text for the desk's page, escaped.

    Links are masked: who reads the outbox must not act as the one who got the mail. In demo mode
    nobody real is behind them, and they can be followed.
    """
    if settings.DEMO:
        return mark_safe(urlize(escape(filled_text(mail, lambda name: link_url(mail, name)))))  # noqa: S308 -- escaped
    return escape(
        filled_text(mail, lambda name: mail.links[name]["path"].replace("{token}", "•••"))
    )
