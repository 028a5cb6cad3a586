"""Jobs of the outbox. Each may run twice: the claim makes a second run do nothing."""

from datetime import timedelta

from django.utils import timezone

from quartiersladen.outbox import queries, services

BATCH = 200  # mails per minute that the sweep picks up
#: A slow server must not hold the sweep longer than the queue lets a job run.
MOST_TIME = timedelta(minutes=2)


def deliver_mail(mail_id: int) -> None:
    """Send one mail."""
    services.deliver(mail_id=mail_id, now=timezone.now())


def sweep() -> None:
    """Send what is due: mails that had to wait, and mails whose worker died."""
    started = timezone.now()
    services.forget_left_servers()
    for mail_id in queries.due(started, limit=BATCH):
        now = timezone.now()
        if now - started > MOST_TIME:
            return
        services.deliver(mail_id=mail_id, now=now)
