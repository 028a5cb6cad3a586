"""What is due, by mail in the morning."""

from datetime import date, datetime, time

from django.db import transaction

from quartiersladen.accounts.models import User
from quartiersladen.accounts.queries import colleagues, viewer_for
from quartiersladen.dossiers import letters
from quartiersladen.dossiers.models import Digest
from quartiersladen.dossiers.queries import due_for, held_too_long
from quartiersladen.outbox.services import queue_mail
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.queries import is_working_day

#: The morning, local time: a worker that was down at seven still sends until noon.
MORNING_BEGINS, MORNING_ENDS = time(7), time(12)


def send_digests(*, quarter: Quarter, now: datetime) -> int:
    """Mail to each colleague what is due, on the morning of a working day; once a day.

    Returns how many mails were queued.
    """
    local = now.astimezone(quarter.zone)
    is_morning = MORNING_BEGINS <= local.time() < MORNING_ENDS
    if not is_morning or not is_working_day(quarter, local.date()):
        return 0
    people = colleagues(quarter.pk, local.date())
    return sum(_send_digest(quarter, person, local.date(), now) for person in people)


@transaction.atomic
def _send_digest(quarter: Quarter, person: User, today: date, now: datetime) -> bool:
    # The row comes first: a second worker finds it and stops. It stays also when nothing is due,
    # so that what falls due during the morning does not become a mail of its own.
    _row, is_first = Digest.objects.get_or_create(user=person, quarter=quarter, day=today)
    if not is_first:
        return False
    viewer = viewer_for(person, quarter.pk, today)
    items = list(due_for(viewer, until=today))
    held = held_too_long(viewer, until=today)
    if not items and not held:
        return False
    subject, text = letters.digest(quarter, person.name, items, held=held, today=today)
    queue_mail(
        quarter=quarter, kind="digest", to=person.email, subject=subject, text=text, now=now
    )
    return True
