"""People who tell concerns by the public form, over HTTP, and press again until they get through."""

import re
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPResponse
from math import inf
from urllib.parse import urlencode

FORM = "/anliegen/neu/"
HIDDEN = re.compile(r'name="(csrfmiddlewaretoken|submission_key)"\s+value="([^"]+)"')
SECONDS = 10
#: How long somebody whom nobody answers goes on pressing, after they were told to stop.
PATIENCE = 120  # seconds


@dataclass(slots=True)
class Answer:
    """What came back."""

    status: int
    text: str
    headers: dict[str, str]


def ask(
    port: int,
    method: str,
    path: str,
    body: str | bytes | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """Return the answer of one request. Raises OSError or HTTPException when there is none."""
    line = HTTPConnection("127.0.0.1", port, timeout=SECONDS)
    try:
        line.request(method, path, body, headers or {})
        response: HTTPResponse = line.getresponse()
        text = response.read().decode()
        return Answer(response.status, text, {k.lower(): v for k, v in response.getheaders()})
    finally:
        line.close()


@dataclass(slots=True)
class Form:
    """One opened form; sending it again sends the same one."""

    fields: dict[str, str]
    cookie: str

    @classmethod
    def opened(cls, port: int) -> "Form":
        """Fetch an empty form. Raises OSError or HTTPException."""
        answer = ask(port, "GET", FORM)
        if answer.status != 200:
            raise HTTPException(answer.status)
        return cls(dict(HIDDEN.findall(answer.text)), answer.headers["set-cookie"].split(";")[0])

    def send(self, port: int, text: str, **fields: str) -> Answer:
        """Send it. Raises OSError or HTTPException."""
        typed = {"kind": "problem", "text": text, "place_kind": "none", "way": "link"}
        headers = {"Cookie": self.cookie, "Content-Type": "application/x-www-form-urlencoded"}
        return ask(port, "POST", FORM, urlencode(self.fields | typed | fields), headers)


@dataclass(slots=True)
class Neighbour:
    """Tells one concern after the other; keeps which of them were acknowledged."""

    name: str
    port: int
    stop: threading.Event
    acknowledged: list[str] = field(default_factory=list)
    given_up: list[str] = field(default_factory=list)
    cut_off: int = 0
    unexpected: list[int] = field(default_factory=list)

    def __call__(self) -> None:
        """Go on until told to stop; what was begun is brought to its end."""
        number = 0
        while not self.stop.is_set():
            number += 1
            self._tell(f"Die Laterne {self.name} {number} ist dunkel.", number)
            time.sleep(0.1)

    def _tell(self, text: str, number: int) -> None:
        form: Form | None = None
        gives_up_at = inf
        while time.monotonic() < gives_up_at:
            if self.stop.is_set():
                gives_up_at = min(gives_up_at, time.monotonic() + PATIENCE)
            try:
                form = form or Form.opened(self.port)
                mail = {"way": "mail", "email": f"{self.name}{number}@example.org"}
                answer = form.send(self.port, text, **mail)
            except (OSError, HTTPException):
                self.cut_off += 1
                time.sleep(0.1)
                continue
            if answer.status == 302:
                self.acknowledged.append(text)
                return
            self.unexpected.append(answer.status)
            time.sleep(0.1)
        self.given_up.append(text)
