"""`quartiersladen seed N`: many concerns for measuring, straight into the tables."""

from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from quartiersladen.config.seeding import seed_concerns
from quartiersladen.quarters.queries import all_quarters


class Command(BaseCommand):
    """For an installation that is thrown away afterwards: seeded concerns send no mails."""

    help = "Add N realistic concerns to a quarter, for measuring speed. Not for real offices."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add number and quarter."""
        parser.add_argument("number", type=int)
        parser.add_argument("--quarter", help="slug; the default quarter if not given")

    def handle(self, *_args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django calls it so
        """Add them in portions and tell how far it is."""
        quarters = all_quarters()
        slug = options["quarter"]
        quarter = (
            quarters.filter(slug=slug) if slug else quarters.filter(is_default=True)
        ).first()
        if quarter is None:
            msg = "There is no such quarter. Run `quartiersladen init` or `demo` first."
            raise CommandError(msg)
        start = monotonic()
        for done in seed_concerns(quarter=quarter, number=options["number"], now=timezone.now()):
            self.stdout.write(f"{done} concerns after {monotonic() - start:.0f} s")
