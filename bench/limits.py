"""What the same machine can do at best, measured in the same run."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.test import Client, override_settings
from django.urls import path

PLAIN_MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
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
MOST_POINTS = 4_000
JSON_ROWS = """
SELECT json_group_array(json_object('type', 'Feature',
    'geometry', json_object('type', 'Point',
        'coordinates', json_array(public_longitude, public_latitude)),
    'properties', json_object('number', reference, 'title', public_title, 'state', state)))
FROM (SELECT c.public_longitude, c.public_latitude, d.reference, c.public_title, c.state
      FROM concerns_concern c JOIN dossiers_dossier d ON d.id = c.dossier_id
      WHERE c.quarter_id = %s AND c.is_released AND c.public_latitude IS NOT NULL
        AND c.state <> 'withdrawn'
      ORDER BY c.created_at DESC LIMIT %s)
"""


def hello(_request: HttpRequest) -> HttpResponse:
    """A page with one variable."""
    return HttpResponse(engines["django"].from_string(HELLO).render({"name": "world"}))


def fifty_rows(_request: HttpRequest) -> HttpResponse:
    """A page of fifty rows with six cells that are there already."""
    return HttpResponse(engines["django"].from_string(TABLE).render({"rows": ROWS}))


urlpatterns = [path("hello/", hello), path("rows/", fifty_rows)]


@contextmanager
def plain_django() -> Iterator[Client]:
    """Return a client of a Django with the middleware of a new project and two pages."""
    with override_settings(MIDDLEWARE=PLAIN_MIDDLEWARE, ROOT_URLCONF="bench.limits"):
        yield Client(SERVER_NAME="localhost")


def json_by_sqlite(quarter_id: int) -> int:
    """Let SQLite itself put the map together; returns how long the text is."""
    with connection.cursor() as cursor:
        cursor.execute(JSON_ROWS, [quarter_id, MOST_POINTS])
        return len(cursor.fetchone()[0])
