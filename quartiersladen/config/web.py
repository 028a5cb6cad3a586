"""The web server in this process: gunicorn with threads, and the static files it serves."""

import gc
from collections.abc import Callable
from ctypes import CDLL
from itertools import count
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.template.loader import get_template
from django.template.utils import get_app_template_dirs
from django.urls import get_resolver
from django.utils import timezone, translation
from gunicorn.app.base import BaseApplication
from gunicorn.config import Config
from gunicorn.glogging import Logger

from quartiersladen.accounts.context import finished_languages
from quartiersladen.kernel.logs import MaskingFormatter
from quartiersladen.quarters.queries import holidays_of
from quartiersladen.quarters.states import Land

REQUEST_SECONDS = 60
STOP_SECONDS = 5
PACKAGE = Path(__file__).resolve().parent.parent
TRIM_AFTER = 25  # answers
ANSWERS = count(1)
LIBC = CDLL(None)
TRIM = getattr(LIBC, "malloc_trim", None)  # of the GNU C library
M_ARENA_MAX = -8  # from its malloc.h
GARBAGE_AFTER = 5_000  # new objects; Python's own 700 comes several times per page


class WebLog(Logger):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn's own lines, masked like all others; a log of requests is never written."""

    def setup(self, cfg: Config) -> None:
        """Let gunicorn make its handlers, then give them our formatter."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(MaskingFormatter(self.error_fmt, self.datefmt))


class WebServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn, told by the settings instead of a file or a command line."""

    def load_config(self) -> None:
        """Hand the settings to gunicorn."""
        values = {
            "bind": f"{settings.HOST}:{settings.PORT}",
            "worker_class": "gthread",
            "workers": settings.WEB_WORKERS,
            "threads": settings.WEB_THREADS,
            "preload_app": True,  # processes share the memory of what never changes
            "timeout": REQUEST_SECONDS,
            "graceful_timeout": STOP_SECONDS,
            "keepalive": 5,
            "loglevel": settings.LOG_LEVEL.lower(),
            "control_socket_disable": True,
            "logger_class": WebLog,
            "accesslog": None,
            "post_request": _give_back,
        }
        for name, value in values.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        """Return the application with all that every process needs; called before the fork."""
        from quartiersladen.config.wsgi import application  # noqa: PLC0415 -- only who serves

        _bring_in_what_pages_need()
        # A connection must not be shared with the processes that are forked now.
        connections.close_all()
        # What is loaded now stays: the collector need not look through it during requests, and
        # as it never touches it, the processes go on sharing it.
        gc.collect()
        gc.freeze()
        gc.set_threshold(GARBAGE_AFTER)
        _share_one_arena()
        return application


def _share_one_arena() -> None:
    """Let all threads take memory from one place; else each keeps what its largest page left.

    Python runs one thread at a time anyway, so they hardly ever wait for each other here.
    """
    if TRIM is not None:
        LIBC.mallopt(M_ARENA_MAX, 1)


def _give_back(worker: Any, request: Any, environ: Any, response: Any) -> None:  # noqa: ANN401, ARG001 -- gunicorn's
    """Return memory to the system from time to time; the C library keeps what a large page left."""
    if next(ANSWERS) % TRIM_AFTER == 0 and TRIM is not None:
        TRIM(0)


def _bring_in_what_pages_need() -> None:
    """Load what the first pages would otherwise load anew in every process."""
    get_resolver().url_patterns  # noqa: B018 -- brings in views, forms and their libraries
    for code in finished_languages():
        with translation.override(code):
            translation.gettext("Language")
    for folder in get_app_template_dirs("templates"):
        if Path(folder).is_relative_to(PACKAGE):
            for path in sorted(Path(folder).rglob("*.html")):
                get_template(path.relative_to(folder).as_posix())
    holidays_of(Land.SACHSEN, timezone.now().year)  # the library reads a country when asked for it


def collect_static_files() -> None:
    """Copy styles and scripts to STATIC_ROOT, unless nothing is newer than the last copy."""
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    last = manifest.stat().st_mtime if manifest.exists() else 0.0
    sources = [Path(app.path) / "static" for app in apps.get_app_configs()]
    files = (path for source in sources for path in source.rglob("*") if path.is_file())
    if not last or any(path.stat().st_mtime > last for path in files):
        call_command("collectstatic", interactive=False, verbosity=0, clear=True)
