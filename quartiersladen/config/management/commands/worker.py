"""`quartiersladen worker`: the jobs alone."""

import signal
from threading import Event
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connections
from django.utils import timezone
from django_q.cluster import Cluster

from quartiersladen.config.processes import stop_with_parent
from quartiersladen.config.schedules import HEARTBEAT, ensure_schedules
from quartiersladen.kernel.jobs import enqueue

LOOK_SECONDS = 0.2
MOMENT = 0.3  # seconds


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
        run_until_stopped(Cluster())


def run_until_stopped(cluster: Cluster) -> None:
    """Run the cluster until SIGTERM or Ctrl-C.

    A service manager may send the signal to every process at once. The cluster's own process then
    dies of it, and asking it to stop would wait for ever; so it is given a moment to do so first.
    """
    stop = Event()

    def remember(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, remember)
    signal.signal(signal.SIGINT, remember)
    cluster.start()
    while cluster.sentinel.is_alive() and not stop.wait(LOOK_SECONDS):
        pass
    cluster.sentinel.join(timeout=MOMENT)
    if cluster.sentinel.is_alive():
        cluster.stop()
