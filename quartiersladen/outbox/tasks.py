"""Jobs of the outbox. Each may run twice: the claim makes a second run do nothing."""

from django.utils import timezone

from quartiersladen.outbox import queries, services

BATCH = 200  # mails per minute that the sweep picks up


def deliver_mail(mail_id: int) -> None:
    """Send one mail."""
    services.deliver(mail_id=mail_id, now=timezone.now())


def sweep() -> None:
    """Send what is due: mails that had to wait, and mails whose worker died."""
    for mail_id in queries.due(timezone.now(), limit=BATCH):
        services.deliver(mail_id=mail_id, now=timezone.now())
