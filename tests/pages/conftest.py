"""One server with the demo's year for all tests of a module; each page is looked at, not changed."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from quartiersladen.accounts.states import Role
from quartiersladen.config.demo import load_all
from tests.pages import facts
from tests.support.browser import Visitors
from tests.support.sign_in import sign_in_at

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}
STAFF = {"lead": Role.LEAD, "moderator": Role.MODERATOR}


@pytest.fixture(scope="module")
def db(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Open the database for a whole module, and empty it afterwards."""
    with django_db_blocker.unblock():
        yield
        call_command("flush", interactive=False, verbosity=0)


@pytest.fixture(scope="module")
def town(db: None) -> Iterator[str]:
    """Serve the demo quarters; return the address of the server."""
    with pytest.MonkeyPatch.context() as patch:
        load_all(timezone.now())
        facts.add_an_app()
        facts.add_troubled_mail()
        facts.worry_about_backups()
        facts.add_an_outage()
        facts.lose_a_confidential_matter()
        patch.setattr(settings, "ROOT_URLCONF", "tests.pages.urls")
        patch.setattr(settings, "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", True)
        server = LiveServer("localhost")
        patch.setattr(settings, "BASE_URL", server.url)
        yield server.url
        server.stop()


class Doors:
    """The pages of those who look: the public, the public in Arabic, and the lead at the desk."""

    def __init__(self, visitors: Visitors, url: str) -> None:
        self._visitors, self._url = visitors, url
        self._pages: dict[str, Page] = {}
        self.faults: list[str] = []

    def open(self, who: str) -> "Page":
        """Return the page of `who`: public, arabic, lead, moderator; the same one each time."""
        if who not in self._pages:
            page = self._visitors.open_page(locale="ar" if who == "arabic" else "de-DE")
            page.on("console", self._note_error)
            page.on("pageerror", lambda error: self.faults.append(str(error)))
            page.on("request", self._note_stranger)
            if who in STAFF:
                sign_in_at(self._url, page, facts.somebody(STAFF[who]))
                self._say_the_password(page)
            if who == "moderator":
                self._add_a_key(page)
            self._pages[who] = page
        self.faults.clear()
        return self._pages[who]

    def _say_the_password(self, page: "Page") -> None:
        page.goto("/konto/reauthenticate/")
        page.fill("[name=password]", facts.password())
        page.click("main form button[type=submit]")
        page.wait_for_url("**/buero/")

    def _add_a_key(self, page: "Page") -> None:
        line = page.context.new_cdp_session(page)
        line.send("WebAuthn.enable")
        line.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})
        page.goto("/konto/2fa/webauthn/add/")
        page.fill("[name=name]", "Schlüsselbund")
        page.click("#mfa_webauthn_add")
        page.wait_for_url("**/2fa/recovery-codes/")  # with the first key come the codes

    def _note_error(self, message: Any) -> None:
        # That an error page has the status of an error is what it is for.
        if message.type == "error" and message.location["url"] != message.page.url:
            self.faults.append(message.text)

    def _note_stranger(self, request: Any) -> None:
        if not request.url.startswith((f"{self._url}/", "data:", "blob:")):
            self.faults.append(f"asks another house: {request.url}")


@pytest.fixture(scope="module")
def doors(browser: "Browser", town: str) -> Iterator[Doors]:
    """Open the doors once; what pages do wrong by themselves fails at the end of the module."""
    with Visitors(browser, town) as visitors:
        yield Doors(visitors, town)
