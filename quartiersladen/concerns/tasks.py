"""Jobs of the concerns module. Each may run twice: a second run finds nothing left to do."""

from datetime import timedelta

from django.utils import timezone

from quartiersladen.concerns.services import (
    following,
    intake,
    languages,
    mails,
    quarantine,
    questions,
    returned,
    tellers,
    voices,
)
from quartiersladen.quarters.queries import all_quarters

#: The queue lets a job run for five minutes.
MOST_TIME = timedelta(minutes=2)


def drop_unconfirmed() -> None:
    """Delete e-mail addresses that nobody confirmed in time."""
    tellers.drop_unconfirmed(now=timezone.now())
    voices.drop_unconfirmed_voices(now=timezone.now())


def tell_voices(concern_id: int) -> None:
    """Mail an answer to those who said "me too"."""
    voices.tell_voices(concern_id=concern_id, now=timezone.now())


def drop_old_drafts() -> None:
    """Delete photos of forms that were never sent."""
    intake.drop_old_drafts(now=timezone.now())


def read_languages() -> None:
    """Find out in which language new reports are written."""
    languages.read_languages()


def remove_spam() -> None:
    """Delete what the office called spam some time ago."""
    quarantine.remove_spam(now=timezone.now())


def tend_questions() -> None:
    """Remind of questions to people that wait, and go on without the answers that did not come."""
    now = timezone.now()
    questions.remind(now=now)
    questions.give_up(now=now)


def send_news() -> None:
    """Write to people who follow something, if there is anything new; run often."""
    now = timezone.now()
    for quarter in all_quarters():
        following.send_news(quarter=quarter, now=now)


def tidy_followings() -> None:
    """End what nobody confirmed in time, and the following of what was closed long ago."""
    following.tidy(now=timezone.now())


def take_mails() -> None:
    """Make drafts, messages and proposals of the mails that came in; heed what came back."""
    end = timezone.now() + MOST_TIME
    mails.take_mails(now=timezone.now(), has_time=lambda: timezone.now() < end)
    returned.take_returned(now=timezone.now())
