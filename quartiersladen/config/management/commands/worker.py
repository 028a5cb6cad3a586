"""`quartiersladen worker`: the jobs alone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connections
from django.utils import timezone

from quartiersladen.config.cluster import run_until_stopped
from quartiersladen.config.processes import stop_with_parent
from quartiersladen.config.schedules import HEARTBEAT, ensure_schedules
from quartiersladen.kernel.jobs import enqueue


class Command(BaseCommand):
    """Works off the queue until it is told to stop."""

    help = "Work off jobs: mails, reminders, tidying up. Start as many as wanted."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what `serve` uses."""
        parser.add_argument(
            "--stop-with-parent", action="store_true", help="end when standard input ends"
        )

    def handle(self, *_args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django calls it so
        """Bring the schedules up to date and start the cluster."""
        ensure_schedules(timezone.now())
        enqueue(HEARTBEAT)
        # A connection must not be shared with the processes that are forked now.
        connections.close_all()
        if options["stop_with_parent"]:
            stop_with_parent()
        run_until_stopped()
