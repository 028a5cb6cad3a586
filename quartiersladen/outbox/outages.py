"""A mail server that takes no mails: all its mails wait together, and one of them asks again.

Without this every waiting mail would find out for itself, thirty seconds each, and each would be
an alarm of its own. The mail that asks is another one each time, because its own pause grows too:
one that the server chokes on cannot hold up the others.
"""

import hmac
from datetime import datetime, timedelta
from hashlib import sha256

from django.conf import settings
from django.db.models import F

from quartiersladen.outbox.models import Outage

#: Minutes until the next try after the first, second, ... failure; then hourly.
BACK_OFF = (1, 5, 15, 60)
#: Who asks may die over it; after so long somebody else may.
ASKING = timedelta(minutes=5)


def pause(failures: int) -> timedelta:
    """Return how long to wait after the first, second, ... failure in a row. failures: >= 1."""
    return timedelta(minutes=BACK_OFF[min(failures, len(BACK_OFF)) - 1])


def server_key(url: str) -> str:
    """Return the name of a server without its secrets; another password is another server."""
    return hmac.new(settings.SECRET_KEY.encode(), url.encode(), sha256).hexdigest()


def outage_of(url: str) -> Outage | None:
    """Return the outage of a server, None while it takes mails."""
    return Outage.objects.filter(server_key=server_key(url)).first()


def may_ask(outage: Outage, *, now: datetime) -> bool:
    """Claim the next try of a server; False if it is not due or somebody else has it."""
    due = Outage.objects.filter(pk=outage.pk, next_try_at__lte=now)
    return bool(due.update(next_try_at=now + ASKING, tries=F("tries") + 1))


def begin(url: str, *, words: str, now: datetime) -> None:
    """Write down that a server takes no mails; who comes second finds that written already."""
    Outage.objects.get_or_create(
        server_key=server_key(url),
        defaults={"since": now, "next_try_at": now + pause(1), "last_error": words},
    )


def go_on(outage: Outage, *, words: str, now: datetime) -> None:
    """Write down that the try which `may_ask` gave out has failed as well."""
    Outage.objects.filter(pk=outage.pk).update(
        next_try_at=now + pause(outage.tries + 1), last_error=words
    )


def end(outage: Outage) -> None:
    """Forget it: the server has answered."""
    Outage.objects.filter(pk=outage.pk).delete()


def forget_others(urls: set[str]) -> None:
    """Forget outages of servers that nobody uses any more."""
    Outage.objects.exclude(server_key__in=[server_key(url) for url in urls]).delete()
