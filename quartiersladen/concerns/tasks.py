"""Jobs of the concerns module. Each may run twice: a second run finds nothing left to do."""

from datetime import timedelta

from django.utils import timezone

from quartiersladen.concerns.services import intake, languages, mails, quarantine, tellers

#: The queue lets a job run for five minutes.
MOST_TIME = timedelta(minutes=2)


def drop_unconfirmed() -> None:
    """Delete e-mail addresses that nobody confirmed in time."""
    tellers.drop_unconfirmed(now=timezone.now())


def drop_old_drafts() -> None:
    """Delete photos of forms that were never sent."""
    intake.drop_old_drafts(now=timezone.now())


def read_languages() -> None:
    """Find out in which language new reports are written."""
    languages.read_languages()


def remove_spam() -> None:
    """Delete what the office called spam some time ago."""
    quarantine.remove_spam(now=timezone.now())


def take_mails() -> None:
    """Make drafts, messages and proposals of the mails that came in."""
    end = timezone.now() + MOST_TIME
    mails.take_mails(now=timezone.now(), has_time=lambda: timezone.now() < end)
