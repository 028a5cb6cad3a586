"""Measures one installation: `python -m bench.measure NUMBER OUT [--quick]`."""

import json
import os
import sys
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from typing import Any
from urllib.parse import urlencode

from quartiersladen.config.sqlite import use_modern_sqlite

use_modern_sqlite()
os.environ["DJANGO_SETTINGS_MODULE"] = "quartiersladen.config.settings"

import django

django.setup()

from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from bench import limits, load
from quartiersladen.accounts import demo as accounts_demo
from quartiersladen.accounts.models import User
from quartiersladen.concerns.forms.report import new_key
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.states import ConcernState
from quartiersladen.config.seeding import seed_concerns
from quartiersladen.directory import demo as directory_demo
from quartiersladen.quarters import demo as quarters_demo
from quartiersladen.quarters.models import Quarter, Theme

Page = Callable[[], HttpResponse]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MOVES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
LIST = "/buero/anliegen/?zustand=forwarded"
WORDS = {
    "T3a word in 1 of 7": "laterne",
    "T3b word in none": "zebrafink",
    "T3c word in all": "quartier",
    "T3d short prefix": "str",
}


def fill(number: int) -> Quarter:
    """Make the tables and fill them."""
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    now = timezone.now()
    with transaction.atomic():
        for module in (quarters_demo, accounts_demo, directory_demo):
            module.load(now)
    quarter = Quarter.objects.get(is_default=True)
    for _done in seed_concerns(quarter=quarter, number=number, now=now):
        pass
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return quarter


def timed(page: Page, *, times: int) -> dict[str, float]:
    """Call a page so often; return p50 and p95 in milliseconds."""
    for _warm in range(3):
        page()
    spent = []
    for _time in range(times):
        start = time.perf_counter()
        page()
        spent.append((time.perf_counter() - start) * 1000)
    return {"p50": median(spent), "p95": quantiles(spent, n=20)[-1]}


def statements(page: Page) -> int:
    """Return how many SQL statements a page needs, without the marks of transactions."""
    with CaptureQueriesContext(connection) as caught:
        page()
    return sum(not query["sql"].startswith(MOVES) for query in caught.captured_queries)


class Workloads:
    """The pages of T1 to T5 as calls of a client in this process, and over the network."""

    def __init__(self, quarter: Quarter) -> None:
        self.quarter = quarter
        self.theme = Theme.objects.get(quarter=quarter, slug="licht")
        self.public, self.staff = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
        moderator = User.objects.get(email="moderation@leipziger-osten.example.org")
        self.staff.force_login(moderator, backend=BACKEND)
        self.session = self.staff.cookies[settings.SESSION_COOKIE_NAME].value
        open_ones = Concern.objects.filter(quarter=quarter, state=ConcernState.ASKED_AGAIN)
        newest = open_ones.select_related("dossier").latest("created_at")
        self.detail = f"/buero/anliegen/{newest.dossier.reference}/"
        self.etag = self.public.get("/anliegen.geojson").headers["ETag"]
        self._number = count(1)

    def form(self) -> dict[str, str]:
        """Return a filled form; no two are alike."""
        number = next(self._number)
        return {
            "submission_key": new_key(),
            "kind": "problem",
            "text": f"Die Laterne vor Haus {number} in der Lindenstraße ist dunkel.\nSeit Montag.",
            "theme": str(self.theme.pk),
            "place_kind": "point",
            "place_text": f"Lindenstraße {number}",
            "latitude": "51.3455",
            "longitude": "12.4085",
            "way": "mail",
            "name": "",
            "email": f"nachbarin{number}@example.org",
            "phone": "030 23125 014",
            "address": "",
        }

    def create(self) -> HttpResponse:
        """T1."""
        return expect(302, self.public.post("/anliegen/neu/", self.form()))

    def opened(self, address: str) -> Page:
        """Return a call of a page at the desk."""
        return lambda: expect(200, self.staff.get(address))

    def map(self) -> HttpResponse:
        """T4, changed since the last time."""
        return expect(200, self.public.get("/anliegen.geojson"))

    def unchanged_map(self) -> HttpResponse:
        """T4, not changed."""
        headers = {"If-None-Match": self.etag}
        return expect(304, self.public.get("/anliegen.geojson", headers=headers))

    def pages(self) -> dict[str, Page]:
        """Return every workload; creating comes last, because it changes the map."""
        searches = {name: self.opened(f"{LIST}&q={word}") for name, word in WORDS.items()}
        return {
            "T2 desk list": self.opened(LIST),
            **searches,
            "T4 map": self.map,
            "T4 map unchanged": self.unchanged_map,
            "T5 detail": self.opened(self.detail),
            "T1 create": self.create,
        }

    def calls(self, port: int) -> dict[str, Callable[[], load.Call]]:
        """Return the same as requests over the network; creating with a real form's token."""
        cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={self.session}; lang=de"}

        def get(address: str) -> Callable[[], load.Call]:
            return lambda: load.Call("GET", address, 200, headers=cookie)

        headers, body = load.fetch(port, load.Call("GET", "/anliegen/neu/", 200))
        token = body.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        sent = {
            "Cookie": headers["set-cookie"].split(";")[0],
            "Content-Type": "application/x-www-form-urlencoded",
        }

        def post() -> load.Call:
            form = urlencode(self.form() | {"csrfmiddlewaretoken": token}).encode()
            return load.Call("POST", "/anliegen/neu/", 302, form, sent)

        return {
            "T2 desk list": get(LIST),
            **{name: get(f"{LIST}&q={word}") for name, word in WORDS.items()},
            "T4 map": get("/anliegen.geojson"),
            "T5 detail": get(self.detail),
            "T1 create": post,
        }


def expect(status: int, response: Any) -> HttpResponse:  # noqa: ANN401 -- of the test client
    """Return the response; raise if it is another one: a fast error is no result."""
    if response.status_code != status:
        msg = f"{response.request['PATH_INFO']} answered {response.status_code}"
        raise RuntimeError(msg)
    return response  # type: ignore[no-any-return]  # the client adds to it


def measure_limits(quarter: Quarter, *, times: int) -> dict[str, float]:
    """Return the limits of this machine in milliseconds."""
    with limits.plain_django() as client:
        hello = timed(lambda: expect(200, client.get("/hello/")), times=times)["p50"]
        rows = timed(lambda: expect(200, client.get("/rows/")), times=times)["p50"]
    start = time.perf_counter()
    for _time in range(5):
        limits.json_by_sqlite(quarter.pk)
    return {
        "T1 create": hello,
        "T2 desk list": rows,
        "T4 map": (time.perf_counter() - start) * 200,
        "hello": hello,
    }


def measure(number: int, *, times: int, seconds: float) -> dict[str, dict[str, Any]]:
    """Return the figures of every workload."""
    quarter = fill(number)
    best = measure_limits(quarter, times=times)
    work = Workloads(quarter)
    figures: dict[str, dict[str, Any]] = {}
    for name, page in work.pages().items():
        shown: dict[str, Any] = {**timed(page, times=times), "sql": statements(page)}
        shown["hello"] = best["hello"]
        if name in best:
            shown |= {"limit": best[name], "ratio": shown["p50"] / best[name]}
        figures[name] = shown
    connection.close()
    with load.web_server() as port:
        for name, make in work.calls(port).items():
            figures[name]["rate"] = load.requests_per_second(port, make, seconds=seconds)
    return dict(sorted(figures.items()))


def main() -> None:
    """Measure and write the figures as JSON."""
    number, out = int(sys.argv[1]), Path(sys.argv[2])
    is_quick = "--quick" in sys.argv
    figures = measure(number, times=30 if is_quick else 150, seconds=1 if is_quick else 3)
    out.write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
