"""`quartiersladen doctor`: says what is wrong."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from quartiersladen.config.checkup import all_faults


class Command(BaseCommand):
    """One line per fault and exit code 1; one line and 0 if all is well."""

    help = "Check settings, database, worker, jobs, mail and disk."

    def handle(self, *_args: Any, **_options: Any) -> None:  # noqa: ANN401 -- Django calls it so
        """Look and tell."""
        faults = all_faults(timezone.now())
        for fault in faults:
            self.stdout.write(fault)
        if faults:
            sys.exit(1)
        self.stdout.write("All is well.")
