"""Opens pages in the Chromium of the machine."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Self

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",  # as root, which CI is, Chromium starts only without
    "--disable-gpu",
    "--no-first-run",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NOT_RUN = pytest.StashKey[set[str]]()
PATIENCE = 40_000  # milliseconds a journey waits for something, on a machine that does much else


def chromium_path() -> str | None:
    """Return where Chromium is; None without one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def is_demanded() -> bool:
    """Return whether a missing browser is an error, as in CI."""
    return os.environ.get("REQUIRE_BROWSER", "") not in {"", "0"}


@contextmanager
def running_chromium() -> "Iterator[Browser]":
    """Start Chromium and end it.

    Playwright runs an event loop in this thread, which Django takes for asynchronous code
    although nothing here is, so that check is off while the browser runs.
    """
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- only journeys need it

    path = chromium_path()
    assert path is not None, "REQUIRE_BROWSER is set, but no Chromium was found"
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as home:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=path,
                args=FLAGS,
                env={**os.environ, "HOME": home, "XDG_CONFIG_HOME": home, "XDG_CACHE_HOME": home},
            )
            yield browser
            browser.close()


class Visitors:
    """The people of one test; each page has a profile of its own."""

    def __init__(self, browser: "Browser", base_url: str) -> None:
        self._browser, self._base_url = browser, base_url
        self._contexts: list[BrowserContext] = []
        self._faults: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, exc_type: type[BaseException] | None, *rest: object) -> None:
        for context in self._contexts:
            context.close()
        if exc_type is None:
            assert self._faults == [], "a page raised an error or broke its own policy"

    def open_page(
        self,
        *,
        width: int = 1280,
        dark: bool = False,
        javascript: bool = True,
        locale: str = "de-DE",
        **options: Any,
    ) -> "Page":
        """Open an empty page; `goto("/anliegen/")` is relative to the live server.

        width: CSS pixels, height follows (phone below 600).  options: of Playwright's new_context.
        """
        context = self._browser.new_context(
            base_url=self._base_url,
            viewport={"width": width, "height": 800},
            color_scheme="dark" if dark else "light",
            java_script_enabled=javascript,
            locale=locale,
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self._faults.append(f"{page.url}: {error}"))
        page.on("console", self._note_broken_policy)
        return page

    def _note_broken_policy(self, message: "ConsoleMessage") -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self._faults.append(message.text)
