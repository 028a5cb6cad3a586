"""The limit: a Django with the middleware of a new project and two pages, on the same web server.

    python -m bench.plain PORT WORKERS THREADS

/hello/ has one variable; /rows/ has fifty rows of six cells that are there already.
"""

import sys
from collections.abc import Callable
from datetime import date
from typing import Any

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path
from gunicorn.app.base import BaseApplication

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
APPS = ["auth", "contenttypes", "sessions", "messages"]
HELLO = "<!doctype html><title>Hello</title><h1>Hello, {{ name }}</h1>"
TABLE = (
    "<!doctype html><title>Rows</title><table>{% for row in rows %}<tr><td>{{ row.number }}</td>"
    "<td>{{ row.title }}</td><td>{{ row.theme }}</td><td>{{ row.state }}</td>"
    "<td>{{ row.day|date:'d.m.Y' }}</td><td>{{ row.who }}</td></tr>{% endfor %}</table>"
)
ROWS: list[dict[str, Any]] = [
    {
        "number": f"2026-{number:04d}",
        "title": "Die Laterne in der Lindenstraße ist dunkel",
        "theme": "Licht und Laternen",
        "state": "Weitergegeben",
        "day": date(2026, 3, 2),
        "who": "Mira",
    }
    for number in range(50)
]


def hello(_request: HttpRequest) -> HttpResponse:
    """A page with one variable."""
    return HttpResponse(engines["django"].from_string(HELLO).render({"name": "world"}))


def fifty_rows(_request: HttpRequest) -> HttpResponse:
    """A page of fifty rows."""
    return HttpResponse(engines["django"].from_string(TABLE).render({"rows": ROWS}))


urlpatterns = [path("hello/", hello), path("rows/", fifty_rows)]


class PlainServer(BaseApplication):  # type: ignore[misc]  # gunicorn has no types
    """Gunicorn as the program itself starts it."""

    def __init__(self, port: int, workers: int, threads: int) -> None:
        self.values = {
            "bind": f"127.0.0.1:{port}",
            "worker_class": "gthread",
            "workers": workers,
            "threads": threads,
            "keepalive": 5,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        super().__init__()

    def load_config(self) -> None:
        """Hand the values to gunicorn."""
        for name, value in self.values.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        """Return the application."""
        settings.configure(
            SECRET_KEY="only-for-measuring-" + "0" * 32,
            ALLOWED_HOSTS=["127.0.0.1"],
            ROOT_URLCONF=__name__,
            MIDDLEWARE=MIDDLEWARE,
            INSTALLED_APPS=[f"django.contrib.{name}" for name in APPS],
            TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
            LANGUAGE_CODE="de",
        )
        return get_wsgi_application()


if __name__ == "__main__":
    PlainServer(*(int(argument) for argument in sys.argv[1:])).run()
