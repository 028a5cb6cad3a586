"""`quartiersladen backup FILE`: the whole house in one archive."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from quartiersladen.backups.refusals import BackupRefused
from quartiersladen.backups.services.making import make_backup
from quartiersladen.backups.services.nightly import make_nightly
from quartiersladen.config.passphrase import read_passphrase
from quartiersladen.config.progress import Bar

SHORTEST = 12  # characters


class Command(BaseCommand):
    """Saves database, files, settings and keys while the house is open."""

    help = "Write database, files, settings and keys into one archive. The archive is a secret."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add where it goes and how it is locked."""
        parser.add_argument("file", nargs="?", type=Path, help="a new file, for example house.tar")
        parser.add_argument(
            "--passphrase-file", type=Path, help="encrypt it with the passphrase in this file"
        )
        parser.add_argument(
            "--nightly", action="store_true", help="what the worker does each night (BACKUP_DIR)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django calls it so
        """Save and tell."""
        bar = Bar(self.stdout)
        try:
            if options["nightly"]:
                make_nightly(now=timezone.now(), progress=bar)
            elif options["file"] is None:
                msg = "Name the file: quartiersladen backup FILE"
                raise CommandError(msg)
            else:
                self._save(options["file"].absolute(), options["passphrase_file"], bar)
        except BackupRefused as refusal:
            bar.close()
            raise CommandError(str(refusal)) from refusal

    def _save(self, target: Path, passphrase_file: Path | None, bar: Bar) -> None:
        passphrase = None
        if passphrase_file is not None:
            passphrase = read_passphrase(passphrase_file, at_least=SHORTEST)
        contents = make_backup(
            target=target, passphrase=passphrase, now=timezone.now(), progress=bar
        )
        bar.close()
        megabytes = target.stat().st_size / 1_000_000
        self.stdout.write(f"{target}: {megabytes:.1f} MB, read back and found whole.")
        if contents.missing:
            self.stdout.write(
                f"{len(contents.missing)} files were gone already that the database still names, "
                f"for example {contents.missing[0]}."
            )
        if not passphrase:
            self.stdout.write(
                "It holds keys and personal data and is not encrypted: keep it where nobody else "
                "can read it."
            )
        if settings.DATA_DIR in target.parents:
            self.stdout.write(
                "It lies in DATA_DIR: whoever loses that folder loses both. Copy it elsewhere."
            )
