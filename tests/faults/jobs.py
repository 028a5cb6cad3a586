"""Jobs that a real worker runs for a test: it finds them by their dotted name."""

from datetime import datetime
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from quartiersladen.dossiers.services import digests
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.queries import all_quarters


def send_digests(at: str) -> None:
    """Send the morning mails of a moment of the test's choosing; they go at once."""
    for quarter in all_quarters():
        with transaction.atomic():
            digests.send_digests(quarter=quarter, now=datetime.fromisoformat(at))
            Mail.objects.filter(next_try_at__gt=timezone.now()).update(next_try_at=timezone.now())


def note(text: str) -> str:
    """Do nothing but be done."""
    return text


def tell_durability(file: str) -> None:
    """Write down what the database of this process does for a power cut."""
    with connection.cursor() as cursor:
        answers = [
            str(cursor.execute(f"PRAGMA {name}").fetchone()[0])
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    Path(file).write_text(" ".join(answers), encoding="utf-8")
