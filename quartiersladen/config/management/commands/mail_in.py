"""`quartiersladen mail-in`: reads the mailboxes now, to the end, and says how far it is."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from quartiersladen.config.progress import Bar
from quartiersladen.correspondence.queries import mailboxes
from quartiersladen.correspondence.services.mailboxes import Reader, read_mailbox


class Command(BaseCommand):
    """The worker does the same every few minutes; this is for the first time and for trying."""

    help = "Read the mailboxes now. Interrupted, it goes on where it was."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add whose mailbox is read."""
        parser.add_argument("--quarter", default="", help="only the mailbox of this quarter")

    def handle(self, *_args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django calls it so
        """Read each mailbox and say what came of it."""
        found = mailboxes(options["quarter"])
        if not found:
            msg = "No mailbox is named: set IMAP_URL, or one of a quarter with `quartiersladen mailbox`."
            raise CommandError(msg)
        faults = []
        for url, quarters in found.items():
            bar = Bar(self.stdout)
            reader = Reader(tell_time=timezone.now, has_time=lambda: True, progress=bar)
            outcome = read_mailbox(url=url, quarters=quarters, reader=reader)
            bar.close()
            names = ", ".join(quarter.slug for quarter in quarters)
            if outcome.is_busy:
                faults.append(f"{names}: the mailbox is being read by somebody else")
            elif outcome.fault:
                faults.append(f"{names}: {outcome.fault}")
            else:
                self.stdout.write(
                    f"{names}: {outcome.new} new mails, {outcome.known} that were here already"
                )
        if faults:
            raise CommandError("\n".join(faults))
