"""Sends an input as somebody and says what broke."""

import json
import logging
import traceback
from collections import Counter
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import quote_from_bytes, urlencode

from django.core.signals import got_request_exception
from django.db import transaction
from django.test import Client
from django.test.client import ClientHandler

from quartiersladen.config.logs import without_traceback_of_refusals
from quartiersladen.config.wsgi import in_utf8
from tests.fuzz.addresses import Address, all_addresses
from tests.fuzz.house import House
from tests.fuzz.inputs import Input

BOUNDARY = "fuzz"
#: Some are no charsets at all, and some of those that Python knows turn no bytes into text.
CHARSETS = ("utf-16", "hex", "zlib", "idna", "punycode", "undefined", "latin-1", "\xff", "x" * 999)
MORE = ("vor", "nach", "ort", "anliegen", "lang", "next", "tat")
#: What is done there stays, so that the records can be looked at; all else is taken back at once,
#: or the attacker would sign out, or end the own role, and see nothing any more.
KEPT = "concerns:"
#: It says so itself when the worker does not run.
MAY_BE_UNWELL = {"healthz"}


class Forms(HTMLParser):
    """Collects the fields of all forms of a page with what stands in them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take one field; of radio buttons and options the last one that is named."""
        known = {name: value or "" for name, value in attrs}
        if tag == "option" and self.fields:
            last = next(reversed(self.fields))
            self.fields[last] = self.fields[last] or known.get("value", "")
        elif name := known.get("name"):
            self.fields[name] = known.get("value", "")


class Complaints(logging.Handler):
    """Keeps every traceback that is logged."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.addFilter(without_traceback_of_refusals)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it when it has one."""
        if record.exc_info and record.exc_info[1]:
            self.found.append("".join(traceback.format_exception(record.exc_info[1])))


class Door(ClientHandler):
    """The test client's way in, through the door for web servers."""

    def __call__(self, environ: dict[str, Any]) -> Any:
        """Answer one request."""
        return super().__call__(in_utf8(environ))


class Attacker:
    """Somebody with a browser of their own.

    prefix: "" or "/q/west".  host: the name under which the house is called.
    """

    def __init__(self, house: House, client: Client, *, prefix: str, host: str) -> None:
        self.house, self.client, self.prefix, self.host = house, client, prefix, host
        self.client.raise_request_exception = False
        self.client.handler = Door(enforce_csrf_checks=False)
        self.cookies = SimpleCookie(client.cookies.output(header="", sep=";"))
        self.counts: Counter[str] = Counter()
        self.answers: Counter[int] = Counter()
        self._forms: dict[str, dict[str, str]] = {}
        self.broken: dict[str, str] = {}
        self.last = ""
        self._log = Complaints()

    # --- Building a request ---------------------------------------------------------------------
    def _thing(self, given: Input, shift: int) -> str:
        things = self.house.things
        thing = things[(given.chosen + shift) % len(things)]
        changed = {
            "cut": thing[: given.chosen % (len(thing) + 1)],
            "flipped": thing[:-1] + chr(ord(thing[-1]) ^ 1),
            "foreign": things[(given.chosen * 7 + shift) % len(things)],
            "nasty": given.words,
        }
        return changed.get(given.purpose, thing)

    def _path(self, address: Address, given: Input) -> str:
        fitting = {name: self._fitting(name, given) for name in address.names}
        return self.prefix + address.path(fitting)

    def _fitting(self, name: str, given: Input) -> str:
        """Return a thing that looks like what a part of the path is called, if there is one."""
        shapes = {"reference": _is_reference, "token": _is_token, "key": str.isdecimal}
        shape = shapes.get(name) or (_is_uuid if "file" in name else str.isdecimal)
        for shift in range(len(self.house.things)):
            thing = self._thing(given, shift)
            if given.purpose != "as it is" or shape(thing):
                return thing
        return given.words

    def _known_fields(self, address: Address, path: str) -> dict[str, str]:
        if address.name not in self._forms:
            page = self.client.get(path, HTTP_HOST=self.host)
            forms = Forms()
            if not page.streaming and "html" in page.headers.get("Content-Type", ""):
                forms.feed(page.content.decode())
            self._forms[address.name] = forms.fields
        return self._forms[address.name]

    def _fields(self, known: dict[str, str], given: Input) -> dict[str, str]:
        fields = dict(known)
        names = [*fields, "unknown"]
        for number, value in given.fields:
            fields[names[number % len(names)]] = value
        return fields

    # --- Sending it -----------------------------------------------------------------------------
    def send(self, given: Input) -> None:
        """Send one input; put into `broken` what is wrong with the answer, once per kind."""
        addresses = all_addresses()
        address = addresses[self.counts.total() % len(addresses)]
        self.counts[address.name] += 1
        broken: list[str] = []

        def note(**_kwargs: Any) -> None:
            broken.append(traceback.format_exc())

        root = logging.getLogger()
        root.addHandler(self._log)
        got_request_exception.connect(note)
        self._log.found.clear()
        try:
            with transaction.atomic():
                status = self._send(address, given)
                if broken or not address.name.startswith(KEPT):
                    transaction.set_rollback(True)
        finally:
            got_request_exception.disconnect(note)
            root.removeHandler(self._log)
        self.answers[status] += 1
        if status >= 500 and address.name not in MAY_BE_UNWELL:
            broken.append(f"answered {status}")
        found = broken + self._log.found
        if found:
            kind = f"{address.name}: {found[0].strip().splitlines()[-1][:120]}"
            self.broken.setdefault(kind, "\n".join([self.last, *found]))

    def _send(self, address: Address, given: Input) -> int:
        self.client.cookies = SimpleCookie(self.cookies)
        path = self._path(address, given)
        raw = path.encode("utf-8", "surrogatepass")
        known = self._known_fields(address, path) if "\ud800" not in path else {}
        body, kind = body_of(given, self._fields(known, given))
        # A page without a form takes no POST; it is tried, but not as often.
        method = (
            "GET" if given.method == "POST" and not known and given.chosen % 3 else given.method
        )
        extra: dict[str, Any] = {
            "HTTP_HOST": self.host,
            "PATH_INFO": raw.decode("latin-1"),
            "QUERY_STRING": self._query(known, given),
            **given.headers,
        }
        if cookie := extra.get("HTTP_COOKIE"):
            extra["HTTP_COOKIE"] = f"{self.cookies.output(header='', sep=';')};{cookie}"
        self.last = f"{method} {path[:200]!a}?{extra['QUERY_STRING'][:200]} {given}"[:3000]
        self.client.cookies = SimpleCookie(self.cookies)
        is_read = method in {"GET", "HEAD", "OPTIONS"}
        response: Any = self.client.generic(
            method, "/", b"" if is_read else body, content_type=kind, **extra
        )
        if response.streaming:
            b"".join(response.streaming_content)
        return int(response.status_code)

    def _query(self, known: dict[str, str], given: Input) -> str:
        names = ["q", "zustand", "thema", "ortsteil", "von", "bis", "umkreis", *MORE, *known]
        pairs = {
            names[number % len(names)]: value.encode("utf-8", "surrogatepass")
            for number, value in given.fields
        }
        asked = urlencode(pairs)[:8000] if given.chosen % 2 else ""
        noise = given.query if given.chosen % 3 else quote_from_bytes(given.query).encode()
        return f"{asked}&{noise.decode('latin-1')}" if noise else asked


def _is_reference(thing: str) -> bool:
    return thing[4:5] == "-" and thing[5:].isdecimal()


def _is_token(thing: str) -> bool:
    return len(thing) == 40


def _is_uuid(thing: str) -> bool:
    return len(thing) == 36


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _part(name: str, content: bytes, filename: str | None = None) -> bytes:
    file = f'; filename="{filename}"' if filename is not None else ""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'
    return _bytes(head) + content + b"\r\n"


def multipart(fields: dict[str, str], uploads: list[tuple[str, bytes]]) -> bytes:
    """Return a body with these fields and files."""
    parts = [_part(name, _bytes(value)) for name, value in fields.items()]
    parts += [_part("photos", content, name) for name, content in uploads]
    return b"".join(parts) + f"--{BOUNDARY}--\r\n".encode()


def body_of(given: Input, fields: dict[str, str]) -> tuple[bytes, str]:
    """Return body and content type of an input."""
    form_kind, files_kind = "application/x-www-form-urlencoded", "multipart/form-data"
    with_boundary = f"{files_kind}; boundary={BOUNDARY}"
    uploads = given.uploads
    whole = multipart(fields, uploads)
    charset = CHARSETS[given.chosen % len(CHARSETS)]
    many = [("x.jpg", b"x")] * 13
    form = urlencode({name: _bytes(value) for name, value in fields.items()}).encode()
    bodies = {
        "form": (form + (b"&" + given.noise if given.noise else b""), form_kind),
        "multipart": (whole, with_boundary),
        "truncated": (whole[: given.chosen % (len(whole) + 1)], with_boundary),
        "wrong boundary": (whole, f"{files_kind}; boundary=other"),
        "no boundary": (whole, files_kind),
        "many fields": (b"&".join(b"f%d=1" % n for n in range(301)), form_kind),
        "many files": (multipart(fields, many), with_boundary),
        "too big": (
            form + b"&x=" + b"y" * (1_000_001 if given.chosen % 4 == 0 else 10),
            form_kind,
        ),
        "json": (json.dumps({"a": fields}).encode() + b"[" * 2000, "application/json"),
        "raw": (given.noise, "application/octet-stream"),
        "charset": (
            (form, f"{form_kind}; charset={charset}")
            if given.chosen % 2
            else (whole, f"{with_boundary}; charset={charset}")
        ),
    }
    return bodies[given.body]
