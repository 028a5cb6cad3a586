"""Measures one installation: `python -m bench.measure NUMBER OUT [--quick]`."""

import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median, quantiles
from typing import Any

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
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django_q.models import OrmQ

from bench import limits, load
from bench.bars import MAILBOX, MEMORY, MIXED, ON_POSTGRES
from bench.mailbox import is_possible, measure_mailbox
from bench.memory import family, weight
from quartiersladen.accounts import demo as accounts_demo
from quartiersladen.accounts.models import Membership, User
from quartiersladen.accounts.queries import viewer_for
from quartiersladen.accounts.states import Role
from quartiersladen.api.services.offers import OpenThemeFacts, save_open311, save_open_theme
from quartiersladen.concerns.forms.report import new_key
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.states import ConcernState
from quartiersladen.config.seeding import seed_concerns
from quartiersladen.directory import demo as directory_demo
from quartiersladen.quarters import demo as quarters_demo
from quartiersladen.quarters.models import Quarter, Theme

#: Workload -> how often of a hundred in T11.
MIXTURE = {"T2 desk list": 80, "T5 detail": 15, "T1 create": 5}
POSTGRES_MEASURES = ("T2", "T3", "T5", "S1")
#: Reads a whole year each time; it is asked more seldom, or it would take longer than all others.
LONG, SELDOM = {"S1 statistics"}, 10
MAILS, FEW = 5_000, 5_000  # mails; concerns up to which a tenth of them is enough
IDLE_SECONDS = 6  # until a worker has done what is due at its start
Page = Callable[[], HttpResponse]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
MOVES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
LIST = "/buero/anliegen/?zustand=forwarded"
#: A whole year: more than a third of the concerns.
FIGURES = "/buero/anliegen/statistik/?zeitraum="
FORM = "/anliegen/neu/"
MAP = "/anliegen.geojson"
FEED = "/anliegen.atom"
PUBLIC_LIST = "/anliegen/?q=laterne&zustand=open"
REQUESTS = "/open311/v2/requests.json"
LIMITS = {
    "T1 create": "hello",
    "T2 desk list": "rows",
    "T4 map": "json",
    "O1 Open311 list": "requests",
}
#: Limits that the database itself sets, without a server before it.
OF_DATABASE = {"json": limits.json_by_sqlite, "requests": limits.requests_by_sqlite}
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
    _open_for_partners(quarter, now)
    for _done in seed_concerns(quarter=quarter, number=number, now=now):
        pass
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("ANALYZE")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            cursor.execute("VACUUM ANALYZE")
    return quarter


def _open_for_partners(quarter: Quarter, now: datetime) -> None:
    """Let the Open311 server answer, with all themes."""
    lead = Membership.objects.get(quarter=quarter, role=Role.LEAD)
    viewer = viewer_for(lead.user, quarter.pk, quarter.local_day(now))
    save_open311(viewer=viewer, quarter=quarter, is_on=True, jurisdiction="", version=0, now=now)
    facts = OpenThemeFacts(is_on=True, description={})
    for theme in Theme.objects.filter(quarter=quarter).select_related("quarter"):
        save_open_theme(viewer=viewer, theme=theme, facts=facts, version=0, now=now)


Figures = dict[str, float]


def spread(spent: list[float]) -> Figures:
    """Return p50 and p95."""
    return {"p50": median(spent), "p95": quantiles(spent, n=20)[-1]}


def slowest_but_five(spent: list[float]) -> float:
    """Return what 95 of a hundred stay within; also of a few, where quantiles have no answer."""
    return sorted(spent)[math.ceil(len(spent) * 0.95) - 1] if spent else math.inf


def statements(page: Page) -> int:
    """Return how many SQL statements a page needs, without the marks of transactions."""
    page()  # what is kept from the first time on does not count
    with CaptureQueriesContext(connection) as caught:
        page()
    return sum(not query["sql"].startswith(MOVES) for query in caught.captured_queries)


class Workloads:
    """The pages of T1 to T5 and O1, over the network and as calls of a client in this process."""

    def __init__(self, quarter: Quarter) -> None:
        self.theme = Theme.objects.get(quarter=quarter, slug="licht")
        self.public, self.staff = Client(SERVER_NAME="localhost"), Client(SERVER_NAME="localhost")
        moderator = User.objects.get(email="moderation@leipziger-osten.example.org")
        self.staff.force_login(moderator, backend=BACKEND)
        self.cookie = (
            f"sessionid={self.staff.cookies[settings.SESSION_COOKIE_NAME].value}; lang=de"
        )
        waiting = Concern.objects.filter(quarter=quarter, state=ConcernState.ASKED_AGAIN)
        newest = waiting.select_related("dossier").latest("created_at")
        self.staff_pages = {
            "T2 desk list": LIST,
            **{name: f"{LIST}&q={word}" for name, word in WORDS.items()},
            "T5 detail": f"/buero/anliegen/{newest.dossier.reference}/",
            "S1 statistics": f"{FIGURES}{newest.created_at.year - 1}",
        }
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
            # Lamps nearby were shown before, and this is none of them.
            "is_new": "1",
        }

    def pages(self) -> dict[str, Page]:
        """Return every workload in this process, for counting statements."""

        def get(client: Client, address: str, expects: int, **headers: str) -> Page:
            return lambda: expect(expects, client.get(address, headers=headers))

        etag = self.public.get(MAP).headers["ETag"]
        listed = self.public.get(REQUESTS).headers["ETag"]
        return {
            **{name: get(self.staff, url, 200) for name, url in self.staff_pages.items()},
            "A1 Atom feed": get(self.public, FEED, 200),
            "A2 public list, word": get(self.public, PUBLIC_LIST, 200),
            "T4 map": get(self.public, MAP, 200),
            "T4 map unchanged": get(self.public, MAP, 304, if_none_match=etag),
            "O1 Open311 list": get(self.public, REQUESTS, 200),
            "O1 Open311 list unchanged": get(self.public, REQUESTS, 304, if_none_match=listed),
            "T1 create": lambda: expect(302, self.public.post(FORM, self.form())),
        }

    def calls(self, port: int) -> dict[str, load.Maker]:
        """Return every workload over the network; creating comes last, it changes the map."""

        def get(address: str, expects: int, **headers: str) -> load.Maker:
            return lambda: load.Call("GET", address, expects, headers=headers)

        etag = load.fetch(port, load.Call("GET", MAP, 200))[0]["etag"]
        listed = load.fetch(port, load.Call("GET", REQUESTS, 200))[0]["etag"]
        headers, body = load.fetch(port, load.Call("GET", FORM, 200))
        token = body.decode().split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        sent = {"Cookie": headers["set-cookie"].split(";")[0], "Content-Type": MULTIPART_CONTENT}

        def post() -> load.Call:
            data = self.form() | {"csrfmiddlewaretoken": token}
            return load.Call("POST", FORM, 302, encode_multipart(BOUNDARY, data), sent)

        return {
            **{name: get(url, 200, Cookie=self.cookie) for name, url in self.staff_pages.items()},
            "A1 Atom feed": get(FEED, 200),
            "A2 public list, word": get(PUBLIC_LIST, 200),
            "T4 map": get(MAP, 200),
            "T4 map unchanged": get(MAP, 304, **{"If-None-Match": etag}),
            "O1 Open311 list": get(REQUESTS, 200),
            "O1 Open311 list unchanged": get(REQUESTS, 304, **{"If-None-Match": listed}),
            "T1 create": post,
        }


def expect(status: int, response: Any) -> HttpResponse:  # noqa: ANN401 -- of the test client
    """Return the response; raise if it is another one: a fast error is no result."""
    if response.status_code != status:
        msg = f"{response.request['PATH_INFO']} answered {response.status_code}"
        raise RuntimeError(msg)
    return response  # type: ignore[no-any-return]  # the client adds to it


def beside_limits(
    name: str, make: load.Maker, ports: dict[str, int], quarter: Quarter, *, times: int
) -> Figures:
    """Return the spread of a workload, with the limit and the hello page of the same moments."""
    limit = LIMITS.get(name, "hello")
    with ExitStack() as stack:
        actions = {
            page: stack.enter_context(
                load.asking(ports["plain"], partial(load.Call, "GET", f"/{page}/", 200))
            )
            for page in {"hello", limit} - OF_DATABASE.keys()
        }
        if by_database := OF_DATABASE.get(limit):
            actions[limit] = partial(by_database, quarter.pk)
        actions["work"] = stack.enter_context(load.asking(ports["web"], make))
        spent = load.taking_turns(actions, times=times)
    shown = spread(spent["work"]) | {"hello": median(spent["hello"])}
    if name in LIMITS:
        best = median(spent[limit])
        shown |= {"limit": best, "ratio": shown["p50"] / best}
    return shown


@contextmanager
def both_servers() -> Iterator[tuple[dict[str, int], dict[str, int]]]:
    """Run the product and a plain Django, each with the same number of processes and threads.

    Yields their ports and their processes.
    """
    ports = {"web": load.free_port(), "plain": load.free_port()}
    arguments = [str(n) for n in (ports["plain"], settings.WEB_WORKERS, settings.WEB_THREADS)]
    with (
        load.running("bench.plain", *arguments, port=ports["plain"], ready="/hello/") as plain,
        load.running("quartiersladen", "web", port=ports["web"], ready="/") as web,
    ):
        yield ports, {"web": web, "plain": plain}


def footprint(processes: dict[str, int]) -> dict[str, float]:
    """Return what the web server weighs after all that, and a worker with nothing to do."""
    web, plain = (weight(family(processes[name])) for name in ("web", "plain"))
    OrmQ.objects.all().delete()
    with load.running("quartiersladen", "serve", port=load.free_port(), ready="/") as supervisor:
        time.sleep(IDLE_SECONDS)
        inside = family(supervisor)
        names = {pid: Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0") for pid in inside}
        worker = weight(pid for pid, words in names.items() if b"worker" in words)
        alone = weight([supervisor])
    return {
        "web_mb": web["mb"],
        "web_rss_mb": web["rss_mb"],
        "hello_mb": plain["mb"],
        "ratio": web["mb"] / plain["mb"],
        "worker_mb": worker["mb"],
        "supervisor_mb": alone["mb"],
        "all_mb": web["mb"] + worker["mb"] + alone["mb"],
    }


def mixed(port: int, calls: dict[str, load.Maker], *, seconds: float) -> dict[str, Any]:
    """Return what eight clients meet who read and write at once."""
    makers = {name: (share, calls[name]) for name, share in MIXTURE.items()}
    mixture = load.at_random(port, makers, seconds=seconds)
    p95 = {name: slowest_but_five(spent) for name, spent in mixture.spent.items()}
    return {
        "rate": sum(len(spent) for spent in mixture.spent.values()) / mixture.seconds,
        "list_p95": p95["T2 desk list"],
        "detail_p95": p95["T5 detail"],
        "write_p95": p95["T1 create"],
        "faults": mixture.faults,
    }


def measure(number: int, *, times: int, seconds: float) -> dict[str, dict[str, Any]]:
    """Return the figures of every workload that is measured on this engine."""
    quarter = fill(number)
    work = Workloads(quarter)
    on_sqlite = connection.vendor == "sqlite"
    counts = {name: statements(page) for name, page in work.pages().items()}
    figures: dict[str, dict[str, Any]] = {}
    with both_servers() as (ports, processes):
        calls = work.calls(ports["web"])
        for name, make in calls.items():
            if not on_sqlite and not name.startswith(POSTGRES_MEASURES):
                continue
            often = times // SELDOM if name in LONG else times
            shown = beside_limits(name, make, ports, quarter, times=often)
            shown["rate"] = load.requests_per_second(ports["web"], make, seconds=seconds)
            figures[name if on_sqlite else name + ON_POSTGRES] = shown | {"sql": counts[name]}
        figures = dict(sorted(figures.items()))
        if on_sqlite:
            mixture = mixed(ports["web"], calls, seconds=seconds * 4)
            figures |= {MEMORY: footprint(processes), MIXED: mixture}
    if on_sqlite and is_possible():
        figures[MAILBOX] = measure_mailbox(quarter, MAILS if number > FEW else MAILS // 10)
    return figures


def main() -> None:
    """Measure and write the figures as JSON."""
    number, out = int(sys.argv[1]), Path(sys.argv[2])
    is_quick = "--quick" in sys.argv
    figures = measure(number, times=40 if is_quick else 300, seconds=1 if is_quick else 3)
    out.write_text(json.dumps(figures), encoding="utf-8")


if __name__ == "__main__":
    main()
