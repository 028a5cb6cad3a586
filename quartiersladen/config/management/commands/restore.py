"""`quartiersladen restore FILE`: the house out of an archive, into an empty place."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.storage import storages
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from quartiersladen.backups.engines import engine_of
from quartiersladen.backups.refusals import BackupRefused
from quartiersladen.backups.services.making import House
from quartiersladen.backups.services.restoring import KEY, SETTINGS_FILE, Restored, restore
from quartiersladen.config.passphrase import read_passphrase
from quartiersladen.config.progress import Bar


class Command(BaseCommand):
    """Runs where nothing is set up yet; DATA_DIR and DATABASE_URL say whereto."""

    help = "Restore an archive into an empty DATA_DIR and an empty database."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Add where it comes from and how it is opened."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--passphrase-file", type=Path, help="if it is encrypted")

    def handle(self, *_args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django calls it so
        """Check, restore and say what comes next."""
        given = options["passphrase_file"]
        passphrase = read_passphrase(given) if given else None
        house = House(engine_of(connection.settings_dict), storages["default"])
        bar = Bar(self.stdout)
        try:
            restored = restore(
                source=options["file"].absolute(),
                passphrase=passphrase,
                house=house,
                data_dir=settings.DATA_DIR,
                progress=bar,
            )
        except BackupRefused as refusal:
            bar.close()
            raise CommandError(str(refusal)) from refusal
        bar.close()
        self._tell(restored)

    def _tell(self, restored: Restored) -> None:
        head, folder = restored.contents.head, settings.DATA_DIR
        self.stdout.write(
            f"Restored into {folder}: the house as it was on {head.made_at:%Y-%m-%d at %H:%M} UTC."
        )
        if restored.contents.missing:
            self.stdout.write(
                f"{len(restored.contents.missing)} files were missing already when the backup was "
                f"made, for example {restored.contents.missing[0]}."
            )
        steps = [self._about_the_key(folder / KEY)]
        steps.append(f"Compare {folder / SETTINGS_FILE} with your settings, then delete it.")
        if restored.is_older:
            steps.append("Bring the tables up to date: quartiersladen migrate")
        steps.append("Start the house: quartiersladen serve (mails that waited go out then)")
        steps.append("Let `quartiersladen doctor` say what is missing.")
        lines = [f"{number}. {step}" for number, step in enumerate(steps, start=1)]
        self.stdout.write("What comes next:\n" + "\n".join(lines))

    @staticmethod
    def _about_the_key(path: Path) -> str:
        if settings.SECRET_KEY_IS_OWN and path.read_text(encoding="utf-8") != settings.SECRET_KEY:
            return (
                f"SECRET_KEY is set to another key here: set SECRET_KEY_FILE={path} instead, or "
                "links in old mails do not open."
            )
        return f"Links in old mails open again: the program reads {path} when SECRET_KEY is unset."
