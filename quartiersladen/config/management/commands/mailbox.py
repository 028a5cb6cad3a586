"""`quartiersladen mailbox QUARTER`: says which mailbox is read for a quarter."""

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from quartiersladen.correspondence.incoming.mailbox import NotReachable, greet
from quartiersladen.correspondence.services.mailboxes import begin_now, set_mailbox
from quartiersladen.quarters.models import Quarter


class Command(BaseCommand):
    """Only who runs the house decides to which server it speaks; no page of the desk does."""

    help = "Say which mailbox is read for a quarter, or forget it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add where the address is read from: on the command line others could see the password."""
        parser.add_argument(
            "quarter", help="short name of the quarter, for example leipziger-osten"
        )
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument(
            "--url-file", help="file with imaps://user:password@host/INBOX; - reads standard input"
        )
        what.add_argument("--remove", action="store_true", help="read the one of IMAP_URL again")
        parser.add_argument(
            "--begin-now", action="store_true", help="leave out what lies in the mailbox already"
        )

    def handle(self, *_args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django calls it so
        """Try the mailbox before it is stored."""
        quarter = Quarter.objects.filter(slug=options["quarter"]).first()
        if quarter is None:
            msg = f"There is no quarter {options['quarter']}."
            raise CommandError(msg)
        url = "" if options["remove"] else self._url(options["url_file"])
        if url:
            try:
                greet(url)
                left_out = begin_now(url=url) if options["begin_now"] else 0
            except NotReachable as exc:
                msg = f"The mailbox cannot be read, so nothing was changed: {exc}"
                raise CommandError(msg) from exc
            if options["begin_now"]:
                self.stdout.write(f"{left_out} mails in it are left out.")
        set_mailbox(quarter=quarter, url=url, now=timezone.now())
        self.stdout.write(f"Read for {quarter.name}: {urlsplit(url).hostname or 'IMAP_URL'}")

    @staticmethod
    def _url(name: str) -> str:
        try:
            text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
        except OSError as exc:
            msg = f"{name} cannot be read: {exc.strerror}"
            raise CommandError(msg) from exc
        url = text.strip()
        if urlsplit(url).scheme not in {"imap", "imaps"} or not urlsplit(url).hostname:
            # It may hold a password, so the sentence does not repeat it.
            msg = "The address must look like this: imaps://user:password@host/INBOX"
            raise CommandError(msg)
        return url
