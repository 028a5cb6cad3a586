"""`quartiersladen import WHAT FILE [--dry-run]`: data from files of others, all of it or nothing."""  # noqa: N999 -- the name of the command

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from quartiersladen.concerns.services.filing import keep_districts
from quartiersladen.config.importing import WrongFile, read_districts
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.queries import all_quarters, districts_of


class Command(BaseCommand):
    """Says for each row what happens."""

    help = "Import data. WHAT is: districts (a GeoJSON file with a name and an area per district)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what, file, quarter and the dry run."""
        parser.add_argument("what", choices=["districts"])
        parser.add_argument("file", type=Path)
        parser.add_argument("--quarter", help="slug; the default quarter if not given")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would happen, and change nothing"
        )

    def handle(self, *_args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django calls it so
        """Read the whole file first; store it only if every row is right."""
        quarter = _quarter(options["quarter"])
        try:
            found = read_districts(options["file"])
        except WrongFile as fault:
            raise CommandError(str(fault)) from fault
        if found.faults:
            raise CommandError("\n".join([*found.faults, "Nothing was imported."]))
        known = {district.name: district.outline for district in districts_of(quarter)}
        for name, outline in found.outlines.items():
            before = known.get(name)
            word = "new" if before is None else "unchanged" if before == outline else "changed"
            self.stdout.write(f"{name}: {word}")
        if options["dry_run"]:
            self.stdout.write("A dry run: nothing was imported.")
            return
        filed = keep_districts(quarter=quarter, outlines=found.outlines, now=timezone.now())
        self.stdout.write(
            f"{len(found.outlines)} districts; {filed} released concerns lie in one."
        )


def _quarter(slug: str | None) -> Quarter:
    quarters = all_quarters()
    quarter = (quarters.filter(slug=slug) if slug else quarters.filter(is_default=True)).first()
    if quarter is None:
        msg = "There is no such quarter. Run `quartiersladen init` or `demo` first."
        raise CommandError(msg)
    return quarter
