"""`quartiersladen serve`: web server and worker together."""

import socket
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from quartiersladen.config.processes import become_supervisor
from quartiersladen.config.web import collect_static_files


class Command(BaseCommand):
    """Runs `web` and `worker` as children; starts one again that dies."""

    help = "Run web server and worker until Ctrl-C or SIGTERM."

    def handle(self, *_args: Any, **_options: Any) -> None:  # noqa: ANN401 -- Django calls it so
        """Start both and watch them."""
        demand_free_port(settings.HOST, settings.PORT)
        collect_static_files()
        self.stdout.write(f"Quartiersladen answers at {settings.BASE_URL}/")
        self.stdout.write(f"(listening on {settings.HOST}:{settings.PORT}; Ctrl-C stops it)")
        become_supervisor()


def demand_free_port(host: str, port: int) -> None:
    """Raise CommandError if somebody else listens there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as exc:
            msg = (
                f"Port {port} on {host} cannot be used ({exc.strerror}). Set PORT to another one."
            )
            raise CommandError(msg) from exc
