"""`quartiersladen web`: the web server alone."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from quartiersladen.config.processes import stop_with_parent
from quartiersladen.config.web import WebServer, collect_static_files


class Command(BaseCommand):
    """Serves pages on HOST and PORT until it is told to stop."""

    help = "Run the web server on HOST and PORT. Start as many as wanted, on ports of their own."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what `serve` uses."""
        parser.add_argument(
            "--stop-with-parent", action="store_true", help="end when standard input ends"
        )

    def handle(self, *_args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django calls it so
        """Become the web server."""
        collect_static_files()
        if options["stop_with_parent"]:
            stop_with_parent()
        WebServer().run()
