"""A sign-in service of its own process: what the house asks over HTTP, it answers over HTTP."""

import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import requests
from allauth.socialaccount.providers import registry
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider

PATIENCE = 90  # seconds until it listens


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class SignInService:
    """Starts the peer, knows people there, and plays the browser on its page."""

    def __init__(self, log: Path) -> None:
        self.url = f"http://127.0.0.1:{free_port()}"
        self._log = log

    def __enter__(self) -> Self:
        port = str(urlsplit(self.url).port)
        command = [sys.executable, "-m", "oidc_provider_mock", "-p", port]
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log)
        self._wait()
        return self

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self._process.poll() is None:
            try:
                requests.get(f"{self.url}/jwks", timeout=PATIENCE)
            except requests.ConnectionError:
                time.sleep(0.05)
            else:
                return
        self.__exit__()
        raise AssertionError(self._log.read_text())

    def __exit__(self, *_error: object) -> None:
        self._process.terminate()
        self._process.wait(PATIENCE)

    def know(self, name: str, **claims: Any) -> None:
        """Let the service say this of somebody."""
        answer = requests.put(f"{self.url}/users/{name}", json=claims, timeout=PATIENCE)
        assert answer.status_code == 204, answer.text

    def come_back(self, question: str, name: str = "", **form: str) -> str:
        """Answer the page that `question` leads to; return where the browser is sent then."""
        answer = requests.post(
            question, data={"sub": name, **form}, allow_redirects=False, timeout=PATIENCE
        )
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"]


def let_house_use(settings: Any, service: dict[str, Any]) -> None:
    """Put the house in the state of one that was started with OIDC_ISSUER for this service."""
    registry.register(OpenIDConnectProvider)  # what allauth does for an installed app
    settings.SOCIALACCOUNT_PROVIDERS = {
        "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [service]}
    }
