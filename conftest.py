"""Fixtures that every test may ask for. What they do is in tests/support/."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest

from tests.support import browser as browsers
from tests.support import database, dovecot, jobs
from tests.support.environment import DATA_DIR, ENGINE
from tests.support.house import founded_house
from tests.support.places import Place
from tests.support.sign_in import sign_in_at
from tests.support.smtp import SmtpSink

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

#: What takes long, or shares what takes long to make, in the order in which it is begun: before
#: all the rest, so that at the end no process is left alone with it.
BEGUN_FIRST = (
    "tests/faults/",
    "tests/upgrade/",
    "quartiersladen/config/tests/test_processes.py",
    "quartiersladen/config/tests/test_demo.py",
    "tests/canary/test_canaries.py",
    "tests/canary/",
    "tests/fuzz/",
    "tests/pages/",
)
#: Whatever here asks no database is the same on every engine, and is run on SQLite alone.
SAME_ON_ANY_ENGINE = (
    "tests/architecture/",
    "tests/tools/",
    "quartiersladen/kernel/tests/",
    "quartiersladen/ui/tests/",
)
#: A test with one of these markers is left out of this run.
LEFT_OUT = {"sqlite": ("postgres",), "postgres": ("sqlite", "once")}[ENGINE]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """Keep SQLite's test database in a file: only there it has a log, locks and two writers."""
    if ENGINE == "postgres":
        request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")
        return
    from django.conf import settings  # noqa: PLC0415 -- fixtures load before Django is set up

    settings.DATABASES["default"].setdefault("TEST", {})["NAME"] = str(DATA_DIR / "test.sqlite3")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let the flush empty the append-only tables as well; at the end free the database."""
    database.let_flush_lift_triggers()
    yield
    with django_db_blocker.unblock():
        database.end_other_sessions()


@pytest.fixture
def work_off_jobs(db: None) -> Callable[[], int]:
    """Return a function that runs the queued jobs here and now and says how many."""
    return jobs.work_off_jobs


@pytest.fixture
def smtp_sink(settings: Any) -> Iterator[SmtpSink]:
    """Start a mail server that keeps what it gets, and let the house send to it."""
    with SmtpSink() as sink:
        settings.SMTP_URL = sink.url
        yield sink


@pytest.fixture(scope="session")
def mail_server() -> Iterator[dovecot.Server]:
    """Start one IMAP server for all tests of this process."""
    # Not below pytest's own folder, which every other run closes to the server's users again.
    with (
        TemporaryDirectory(prefix="quartiersladen-dovecot-") as folder,
        dovecot.running_dovecot(Path(folder) / "server") as server,
    ):
        yield server


@pytest.fixture
def mailbox(mail_server: dovecot.Server, settings: Any) -> dovecot.Mailbox:
    """Return an empty mailbox that the house reads."""
    found = mail_server.mailbox()
    settings.IMAP_URL = found.url
    return found


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Found one house for all tests of this process; those that open one open a copy."""
    with founded_house(tmp_path_factory.mktemp("founded")) as place:
        yield place


@pytest.fixture(scope="session")
def browser() -> "Iterator[Browser]":
    """Start one Chromium for all journeys of this process."""
    with browsers.running_chromium() as chromium:
        yield chromium


@pytest.fixture
def open_page(
    browser: "Browser", live_server: Any, settings: Any
) -> "Iterator[Callable[..., Page]]":
    """Return a function that opens a page in a profile of its own; links in mails lead there.

    See `Visitors.open_page` for what can be asked of it.
    """
    settings.BASE_URL = live_server.url
    with browsers.Visitors(browser, live_server.url) as visitors:
        yield visitors.open_page


@pytest.fixture
def page(open_page: "Callable[..., Page]") -> "Page":
    """Open a page as most people see it: desktop, German, with scripts."""
    return open_page()


@pytest.fixture
def sign_in(live_server: Any) -> "Callable[[Page, Any], None]":
    """Return a function that gives a page the session of a user, second factor included."""
    return partial(sign_in_at, live_server.url)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> Iterator[None]:
    """Choose what is run before others choose, and put it in order after they did."""
    _choose(config, items)
    yield
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    """Return how early a test is begun; the sorting keeps the order of equals."""
    firsts = (turn for turn, start in enumerate(BEGUN_FIRST) if item.nodeid.startswith(start))
    return next(firsts, len(BEGUN_FIRST))


def _is_left_out(item: pytest.Item) -> bool:
    """Say whether a test holds only on the other engine, or has been run there for both."""
    asks_database = (
        item.get_closest_marker("django_db") is not None
        or "db" in getattr(item, "fixturenames", ())
        or "transactional_db" in getattr(item, "fixturenames", ())
    )
    is_same = item.nodeid.startswith(SAME_ON_ANY_ENGINE) and not asks_database
    is_marked = any(item.get_closest_marker(mark) is not None for mark in LEFT_OUT)
    return is_marked or (is_same and ENGINE == "postgres")


def _choose(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark the browser journeys; leave out what this engine or this machine cannot run."""
    has_browser = browsers.chromium_path() is not None or browsers.is_demanded()
    has_mail_server = dovecot.program() is not None or dovecot.is_demanded()
    kept, dropped, not_run = [], [], set()
    for item in items:
        is_journey = "browser" in getattr(item, "fixturenames", ())
        if is_journey:
            item.add_marker("browser")
        wants_mailbox = "mail_server" in getattr(item, "fixturenames", ())
        if (is_journey and not has_browser) or (wants_mailbox and not has_mail_server):
            not_run.add(item.nodeid)
            dropped.append(item)
        elif _is_left_out(item):
            dropped.append(item)
        else:
            kept.append(item)
    config.stash[browsers.NOT_RUN] = not_run
    if dropped:
        config.hook.pytest_deselected(items=dropped)
        items[:] = kept


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the names of journeys that were not run from an xdist worker to its controller."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        names = session.config.stash.setdefault(browsers.NOT_RUN, set())
        output["not_run"] = sorted(names)


class NotRunFromWorkers:
    """Collects those names in the controller."""

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """Read what a worker that has ended handed over."""
        known = node.config.stash.setdefault(browsers.NOT_RUN, set())
        known.update(getattr(node, "workeroutput", {}).get("not_run", ()))


class FailuresAtOnce:
    """Names each failure when it happens: a run that is ended from outside prints no summary."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Print one line beside the dots."""
        if report.failed and not hasattr(self._config, "workerinput"):
            reporter = self._config.pluginmanager.get_plugin("terminalreporter")
            reporter.write_line(f" FAILED in {report.when}: {report.nodeid}")


def pytest_configure(config: pytest.Config) -> None:
    """Register what the controller does with the news of its workers."""
    config.pluginmanager.register(NotRunFromWorkers())
    config.pluginmanager.register(FailuresAtOnce(config))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Name every test that was not run."""
    names = config.stash.setdefault(browsers.NOT_RUN, set())
    if names:
        terminalreporter.section(
            "NOT RUN: no Chromium or no Dovecot found (install `chromium`, `dovecot-imapd`)"
        )
        for name in sorted(names):
            terminalreporter.line(f"NOT RUN {name}")
