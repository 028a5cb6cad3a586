"""`quartiersladen demo`: loads the demo quarters into an empty database."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from quartiersladen.accounts.demo import PEOPLE, password
from quartiersladen.api.demo import KNOWN_KEY
from quartiersladen.config.demo import load_all
from quartiersladen.quarters.queries import all_quarters


class Command(BaseCommand):
    """Two quarters with a year of life; the same each time, relative to today."""

    help = "Load the demo quarters into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what `make run` uses."""
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing if the database is not empty"
        )

    def handle(self, *_args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django calls it so
        """Load and tell how to sign in."""
        is_empty = not all_quarters().exists()
        if not is_empty and not options["if_empty"]:
            msg = "The database is not empty, so the demo is not loaded into it."
            raise CommandError(msg)
        if is_empty:
            self.stdout.write("Loading the demo quarters ...")
            load_all(timezone.now())
        if is_empty or settings.DEMO:
            self._tell_logins()

    def _tell_logins(self) -> None:
        self.stdout.write(f"Demo logins at /anmelden/, password of all: {password()}")
        for person in PEOPLE:
            self.stdout.write(f"  {person.email}  ({person.role})")
        if settings.DEMO:
            self.stdout.write(f"Demo key for /open311/v2 and /api/v1: {KNOWN_KEY}")
