"""Reads of the outbox module."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, Min, Q, QuerySet
from django.utils.html import escape
from django.utils.safestring import SafeString

from quartiersladen.accounts.rules import Viewer
from quartiersladen.outbox.frame import filled_text, link_url, with_links
from quartiersladen.outbox.models import Mail, Outage
from quartiersladen.outbox.outages import outage_of, server_key
from quartiersladen.outbox.states import LOST_AFTER, MailState
from quartiersladen.quarters.models import Quarter

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


def failed(viewer: Viewer, *, limit: int, without: Q = NO_MAIL) -> list[Mail]:
    """Return mails that were given up, newest first."""
    return list(mails_for_desk(viewer, MailState.FAILED, without=without)[:limit])


@dataclass(frozen=True, slots=True)
class Waiting:
    """Mails that have not gone yet.

    delayed: how many of them were refused for now.  next_try_at: of the first of those.
    """

    number: int
    delayed: int
    next_try_at: datetime | None


def waiting(viewer: Viewer, *, without: Q = NO_MAIL) -> Waiting:
    """Return how many mails have not gone yet; one statement."""
    delayed = Q(tries__gt=0)
    row = mails_for_desk(viewer, MailState.QUEUED, without=without).aggregate(
        number=Count("pk"),
        delayed=Count("pk", filter=delayed),
        next_try_at=Min("next_try_at", filter=delayed),
    )
    return Waiting(**row)


def outage(viewer: Viewer, quarter: Quarter) -> Outage | None:
    """Return why no mail goes at all, None if the quarter's server works."""
    server = quarter.smtp_url or settings.SMTP_URL
    return outage_of(server) if viewer.may_work and server else None


def due(now: datetime, *, limit: int) -> list[int]:
    """Return mails to be tried now: due ones, and those whose worker died.

    Mails whose server is not named, or takes no mails now, are left out, so that they hold up
    nobody else's.
    """
    lost = Q(state=MailState.SENDING, claimed_at__lt=now - LOST_AFTER)
    waiting = Q(state=MailState.QUEUED, next_try_at__lte=now)
    rows = Mail.objects.filter(lost | waiting)
    if not settings.SMTP_URL:
        rows = rows.exclude(quarter__smtp_url="")
    if away := set(
        Outage.objects.filter(next_try_at__gt=now).values_list("server_key", flat=True)
    ):
        rows = rows.exclude(quarter__in=_served_by(away))
    return list(rows.order_by("next_try_at", "pk").values_list("pk", flat=True)[:limit])


def _served_by(keys: set[str]) -> list[int]:
    """Return the quarters whose mails go to one of these servers."""
    servers = Quarter.objects.values_list("pk", "smtp_url")
    return [pk for pk, url in servers if server_key(url or settings.SMTP_URL) in keys]


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
