"""Jobs of the correspondence module. Each may run twice: a second run finds nothing left to do."""

import logging
from datetime import timedelta

from django.utils import timezone

from quartiersladen.correspondence.queries import mailboxes as mailboxes_read
from quartiersladen.correspondence.services import inbox, mailboxes

#: The queue lets a job run for five minutes.
MOST_TIME = timedelta(minutes=2)


def read_mailboxes() -> None:
    """Take in what came by mail; what the time does not suffice for comes with the next run."""
    mailboxes.forget_left_mailboxes()
    end = timezone.now() + MOST_TIME
    reader = mailboxes.Reader(
        tell_time=timezone.now,
        has_time=lambda: timezone.now() < end,
        progress=mailboxes.Silent(),
    )
    for url, quarters in mailboxes_read().items():
        outcome = mailboxes.read_mailbox(url=url, quarters=quarters, reader=reader)
        if outcome.fault:
            logging.getLogger(__name__).warning("a mailbox cannot be read: %s", outcome.fault)


def drop_unknown_originals() -> None:
    """Delete the bytes of mails that a killed process has left."""
    inbox.drop_unknown_originals(now=timezone.now())
