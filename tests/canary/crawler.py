"""Walks every address as everybody, and follows what it finds there."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from html import unescape
from http import HTTPStatus
from itertools import groupby, product
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from quartiersladen.accounts.models import Membership
from quartiersladen.api.models import ApiKey, Attribute
from quartiersladen.concerns.models import (
    Action,
    DraftPhoto,
    Following,
    Invitation,
    Meeting,
    Referral,
    RightAddress,
    RoutingRule,
    SavedFilter,
    ScopeRule,
    Voice,
)
from quartiersladen.correspondence.models import InboundMail, TextSnippet
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.dossiers.models import Document, Dossier
from quartiersladen.files.models import StoredFile
from quartiersladen.mediation.models import Party, Step
from quartiersladen.outbox.models import Mail
from quartiersladen.privacy.states import RetentionKind
from quartiersladen.quarters.models import Quarter, Theme
from quartiersladen.website.states import PageKey
from tests.canary.circles import Facts, Visitor, inside, may_see
from tests.canary.world import CANARY, Canary, World
from tests.support.pdf import alternatives, links, page_texts, spoken_frame

ARGUMENT = re.compile(r"<(?:(?P<kind>\w+):)?(?P<name>\w+)>")
LINK = re.compile(r"""(?:href|src|action|hx-get)=["']([^"'#]+)""")
GET_FORM = re.compile(r"<form\b(?P<head>[^>]*)>(?P<inside>.*?)</form>", re.DOTALL)
ATTRIBUTE = re.compile(r"""(\w+)=["']([^"']*)["']""")
WORD_FIELD = re.compile(r"""<input[^>]*type=["']search["'][^>]*>""")
TOKENS = re.compile(r"/(?:[sfbw]|stimme)/([A-Za-z0-9_-]{40})")
SELECT = re.compile(r"""<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>""", re.DOTALL)
CHOICE = re.compile(
    r'<input(?=[^>]*type="(?:checkbox|radio)")(?=[^>]*value="\d+")[^>]*name="([^"]+)"'
)
REFERENCE = re.compile(r"\d{4}-\d{4}")
NUMBER = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d+")
STATIC = ("/static/", "data:", "mailto:", "tel:")
#: Pages that say everything of somebody in their address.
PERSON = "/buero/auskunft/"
PERSON_PAGES = [f"{PERSON}{page}?wer=" for page in ("person/", "person.json", "loeschen/")]
#: It prints what the two others say, and is read as slowly as it is printed: for a few of each kind.
PERSON_PRINTED = f"{PERSON}person.pdf?wer="
POSTERS = [
    f"/buero/anliegen/{page}?languages=de&languages=ar&size={size}&theme="
    for page, size in (("plakat/", "a4"), ("plakat.pdf", "a4"), ("plakat.pdf", "quadrat"))
]
LEAVES = "/konto/logout/"
MOST_PAGES = 3_000  # of one visitor; more means that links lead to ever new ones
ALL = 1_000  # of the things of one kind that are here
FEW = 3  # of the other quarter's things are asked for; more would answer the same


# --- Addresses -----------------------------------------------------------------------------------
def routes(resolver: Any = None, start: str = "") -> Iterator[str]:
    """Return every route of the house, for example "buero/anliegen/<str:reference>/"."""
    for entry in (resolver or get_resolver()).url_patterns:
        if not isinstance(entry.pattern, RoutePattern):
            continue  # two of the sign-in's, with random keys
        if isinstance(entry, URLResolver):
            yield from routes(entry, start + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield start + str(entry.pattern)


def values_of_arguments(quarter: Quarter, most: int, *, few: int = FEW) -> dict[str, list[Any]]:
    """Return, for each name of an argument, keys of what is here and of a few elsewhere.

    most: how many of each here.  few: how many of each elsewhere.  "reference/document_id" stands
    for both at once, as they belong together; everything with everything would be hundreds that
    are not there.  "wer" stands for the rows of the pages about a person.
    """

    def keys(model: Any, path: str = "quarter", column: str = "pk") -> list[object]:
        rows = model.objects.order_by("pk")
        here = rows.filter(**{path: quarter}).values_list(column, flat=True)
        elsewhere = rows.exclude(**{path: quarter}).values_list(column, flat=True)
        return [*list(here)[-most:], *(list(elsewhere)[-few:] if few else ())]

    return {
        "reference": [*keys(Dossier, column="reference"), "2020-0001"],
        "reference/document_id": [
            *zip(
                keys(Document, "dossier__quarter", "dossier__reference"),
                keys(Document, "dossier__quarter"),
                strict=True,
            ),
            (keys(Dossier, column="reference")[0], keys(Document, "dossier__quarter")[-1]),
        ],
        # A mail's text is its first part, what is attached comes after.
        "key/number": [(pk, 1) for pk in keys(InboundMail)],
        "key/file_id": [
            *zip(
                keys(DraftPhoto, "draft__quarter", "draft"),
                keys(DraftPhoto, "draft__quarter", "file"),
                strict=True,
            ),
            *((keys(DraftPhoto, "draft__quarter", "draft")[0], pk) for pk in keys(StoredFile)),
        ],
        "referral_id": keys(Referral, "concern__quarter"),
        "reference/meeting_id": [
            *zip(
                keys(Meeting, "concern__quarter", "concern__dossier__reference"),
                keys(Meeting, "concern__quarter"),
                strict=True,
            ),
            (keys(Dossier, column="reference")[0], keys(Meeting, "concern__quarter")[-1]),
        ],
        "reference/meeting_id/invitation_id": [
            *zip(
                keys(
                    Invitation, "meeting__concern__quarter", "meeting__concern__dossier__reference"
                ),
                keys(Invitation, "meeting__concern__quarter", "meeting"),
                keys(Invitation, "meeting__concern__quarter"),
                strict=True,
            )
        ],
        "action_id": keys(Action),
        "body_id": keys(ResponsibleBody),
        "person_id": keys(ContactPerson, "body__quarter"),
        "mail_id": keys(Mail),
        "reference/party_id": _of_mediations(Party, quarter),
        "reference/step_id": _of_mediations(Step, quarter),
        "file_id": keys(StoredFile),
        "name": ["foto.jpg"],
        "token": ["A" * 40],
        "int key": sorted(
            {
                *keys(Theme),
                *keys(RightAddress),
                *keys(ScopeRule),
                *keys(RoutingRule),
                *keys(Membership),
                *keys(TextSnippet),
                *keys(SavedFilter),
                *keys(InboundMail),
                *keys(ApiKey),
            },
            key=str,
        ),
        "theme_id": keys(Theme),
        "theme_id/key": [
            (theme, question)
            for question, theme in Attribute.objects.filter(
                open_theme__theme__quarter=quarter
            ).values_list("pk", "open_theme")
        ],
        "service_code": ["licht", "alt"],
        "service_request_id": keys(Dossier, column="reference"),
        "str key": [*PageKey.values, "unbekannt"],
        "str kind": [*RetentionKind.values, "unbekannt"],
        "wer": [
            *(f"concerns.teller:{pk}" for pk in keys(Dossier)),
            *(f"concerns.following:{pk}" for pk in keys(Following)),
            *(f"directory.contactperson:{pk}" for pk in keys(ContactPerson, "body__quarter")),
            *(f"accounts.user:{pk}" for pk in keys(Membership, column="user")),
            *(f"concerns.voice:{pk}" for pk in keys(Voice, "concern__quarter")),
            *(f"mediation.party:{pk}" for pk in keys(Party, "mediation__concern__quarter")),
        ],
        "provider_id": ["haus"],
        "pk": [1],
        "uidb36": ["1"],
        "key": ["abc"],
        "status": [404],
    }


def _of_mediations(model: Any, quarter: Quarter) -> list[tuple[str, int]]:
    rows = model.objects.filter(mediation__concern__quarter=quarter).order_by("pk")
    return list(rows.values_list("mediation__concern__dossier__reference", "pk"))


def paths_of(route: str, values: Mapping[str, list[Any]]) -> list[str]:
    """Return the paths of a route with everything that can stand in it."""
    names = [found["name"] for found in ARGUMENT.finditer(route)]
    together = values.get("/".join(names)) if len(names) > 1 else None
    combinations = together or product(*_choices(route, values))
    paths = []
    for combination in combinations:
        path = route
        for value in combination:
            path = ARGUMENT.sub(str(value), path, count=1)
        paths.append(f"/{path}")
    return paths


def _choices(route: str, values: Mapping[str, list[Any]]) -> list[list[Any]]:
    choices = []
    for found in ARGUMENT.finditer(route):
        named = f"{found['kind'] or 'str'} {found['name']}"
        choice = values.get(named, values.get(found["name"]))
        assert choice is not None, (
            f"tests/canary/crawler.py:values_of_arguments must say what stands for"
            f" <{found[0]}> in {route}"
        )
        choices.append(choice)
    return choices


@dataclass(frozen=True)
class Paths:
    """Every address with its arguments; of those that only take POST one each.

    every: with everything here.  few: with a little of each kind, which is enough for somebody whom
    the door of the desk refuses, and where only the form of a page counts.
    """

    every: list[str]
    few: list[str]

    @classmethod
    def of(cls, quarter: Quarter) -> "Paths":
        """Return the addresses of a quarter."""
        every, few = (values_of_arguments(quarter, most) for most in (ALL, FEW))
        client = Client()
        readable = {
            route: client.get(paths_of(route, few)[0]).status_code != HTTPStatus.METHOD_NOT_ALLOWED
            for route in routes()
        }
        return cls(_all_paths(readable, every), _all_paths(readable, few))


def _all_paths(readable: Mapping[str, bool], values: Mapping[str, list[Any]]) -> list[str]:
    found = []
    for route, is_readable in readable.items():
        paths = paths_of(route, values)
        found += paths if is_readable else paths[:1]
    found += [page + row for page in PERSON_PAGES for row in values["wer"]]
    kinds = groupby(values["wer"], key=lambda row: row.partition(":")[0])
    found += [PERSON_PRINTED + row for _kind, rows in kinds for row in list(rows)[-2 * FEW :]]
    return [*found, *POSTERS]


def fields_with_keys(page: str) -> set[str]:
    """Return the names of fields of a page whose choices are keys of rows."""
    found = {
        name for name, options in SELECT.findall(page) if re.search(r'value="\d+"', options)
    } | set(CHOICE.findall(page))
    return {name.rpartition("-")[2] for name in found}


# --- Looking -------------------------------------------------------------------------------------
@dataclass
class Sighting:
    """What was seen against the rule."""

    who: str
    where: str
    word: str
    field: str

    def __str__(self) -> str:
        return f"{self.who} sees {self.field} ({self.word}) at {self.where}"


@dataclass
class Record:
    """What everybody saw: leaks, and for each field who saw it rightly."""

    leaks: list[Sighting] = field(default_factory=list)
    seen: dict[str, set[str]] = field(default_factory=dict)
    visited: dict[str, set[str]] = field(default_factory=dict)
    statuses: dict[tuple[str, str], int] = field(default_factory=dict)

    def broken(self) -> list[tuple[str, str, int]]:
        """Return what failed by a fault of ours; the health page says 503 without a worker."""
        return [
            (who, path, status)
            for (who, path), status in self.statuses.items()
            if status >= HTTPStatus.INTERNAL_SERVER_ERROR and not path.endswith("/healthz")
        ]


def everything_in(response: Any) -> bytes:
    """Return body, headers, cookies and reason of an answer as bytes."""
    head = "\n".join(f"{name}: {value}" for name, value in response.items())
    cookies = response.cookies.output()
    content = b"".join(response) if response.streaming else response.content
    if response.get("Content-Type") == "application/pdf":
        content = said_in_pdf(content)
    return b"\n".join((head.encode(), cookies.encode(), response.reason_phrase.encode(), content))


def said_in_pdf(made: bytes) -> bytes:
    """Return what somebody reads or hears in a PDF: its pages, links, pictures and properties."""
    heard = (*page_texts(made), *links(made), *alternatives(made), str(spoken_frame(made)))
    return "\n".join(heard).encode()


def words_in(content: bytes) -> set[str]:
    """Return the canaries that sing in `content`."""
    return {found.decode().lower() for found in CANARY.findall(content)}


def tokens_in(text: str) -> list[str]:
    """Return the keys of private pages that stand in `text`."""
    return TOKENS.findall(text)


class Crawler:
    """One visitor on the way through the house."""

    def __init__(
        self, who: Visitor, client: Client, world: World, facts: Facts, record: Record
    ) -> None:
        self.who, self.client, self.world, self.facts, self.record = (
            who,
            client,
            world,
            facts,
            record,
        )
        self.visited = record.visited.setdefault(who.name, set())
        self.searches: set[tuple[str, str]] = set()
        self.queries: dict[tuple[str, str], set[str]] = {}

    def look(self, path: str, *, given: Iterable[str] = (), **headers: str) -> Any:
        """Open a page and note which canaries sing there. given: those the visitor brought."""
        response = self.client.get(path, headers=headers or None)
        self.record.statuses[(self.who.name, path)] = response.status_code
        content = everything_in(response)
        self.note(path, words_in(content) - set(given))
        self._look_for_key(path, response)
        return response

    def ask_for(self, words: str) -> Any:
        """Ask the page that finds a person; what is asked for is sent and stands in no address."""
        response = self.client.post(PERSON, {"words": words})
        self.record.statuses[(self.who.name, f"{PERSON} with words")] = response.status_code
        self.note(f"{PERSON} with words", words_in(everything_in(response)) - {words})
        return response

    def _look_for_key(self, path: str, response: Any) -> None:
        """The key of a session stands in its cookie and nowhere else."""
        cookie = self.client.cookies.get(settings.SESSION_COOKIE_NAME)
        content = b"" if response.streaming else response.content
        if cookie is not None and cookie.value and cookie.value.encode() in content:
            self.record.leaks.append(Sighting(self.who.name, path, "a key", "accounts.Session"))

    def note(self, where: str, words: set[str]) -> None:
        """Note rightly seen canaries and leaks."""
        for word in words:
            canary = self.world.planted.get(word)
            if canary is None:
                self.record.leaks.append(Sighting(self.who.name, where, word, "upload"))
            elif may_see(self.who, canary, self.facts):
                self.record.seen.setdefault(canary.field, set()).add(self.who.name)
            else:
                self.record.leaks.append(Sighting(self.who.name, where, word, canary.field))

    def walk(self, paths: Iterable[str], *, within: tuple[str, ...] = ("/",)) -> None:
        """Open all paths, and what they link to. within: beginnings of the links to follow."""
        waiting = list(paths)
        while waiting:
            path = waiting.pop()
            if path in self.visited or path.startswith(LEAVES):
                continue
            self.visited.add(path)
            assert len(self.visited) < MOST_PAGES, f"{self.who.name} finds ever more pages: {path}"
            response = self.look(path)
            found = dict.fromkeys(self._links(path, response))
            waiting += [x for x in found if x.startswith(within) and self._is_new(x)]

    def _is_new(self, path: str) -> bool:
        """Say whether a link leads to what was not seen before.

        A page without a query always counts, also one with a number in its address, so that each
        is opened for every dossier, and so does one whose query names a dossier. Of what else a query
        changes - the deed whose form is open, a filter, an order, a place, where to go after the
        sign-in - the page shows rows that it shows without it, or a form of the same dossier. There the
        same names with the same words are asked a few times per address, in whichever dossier
        they are met first; numbers count as one word, and so do paths.
        """
        split = urlsplit(path)
        if not split.query or path in self.visited:
            return True
        shape = [
            (
                name,
                value if REFERENCE.fullmatch(value) else NUMBER.sub("0", value.partition("/")[0]),
            )
            for name, value in parse_qsl(split.query, keep_blank_values=True)
        ]
        known = self.queries.setdefault((NUMBER.sub("0", split.path), str(sorted(shape))), set())
        if len(known) < FEW:
            known.add(path)
        return path in known

    def search_for(self, world: World) -> None:
        """Look for canaries in every form that this visitor found: hidden ones find nothing."""
        asked = [
            planted[0]
            for name in ("concerns.Teller.name", "concerns.Teller.email", "dossiers.Entry.text")
            for case in ("secret", "helped", "passed")
            for planted in [[c for c in world.of(name) if c.dossier == world.here.cases[case].pk]]
        ]
        asked.append(world.of("concerns.Teller.name", world.there)[0])
        for canary in asked:
            for place, name in sorted(self.searches):
                answer = self.look(f"{place}?{name}={canary.word}", given=[canary.word])
                self._note_number(canary, place, answer)
            if self.who.role is not None:
                self._note_number(canary, PERSON, self.ask_for(canary.word))

    def _note_number(self, canary: Canary, place: str, answer: Any) -> None:
        number = self.facts.dossiers[canary.dossier or 0].reference
        if not inside(self.who, canary, self.facts) and number in answer.content.decode():
            self.record.leaks.append(
                Sighting(self.who.name, f"search at {place}", number, canary.field)
            )

    def _note_searches(self, path: str, page: str) -> None:
        for form in GET_FORM.finditer(page):
            head = dict(ATTRIBUTE.findall(form["head"]))
            if head.get("method", "get").lower() == "get":
                place = urlsplit(urljoin(path, head.get("action", ""))).path
                for one in WORD_FIELD.findall(form["inside"]):
                    self.searches.add((place, dict(ATTRIBUTE.findall(one))["name"]))

    def _links(self, path: str, response: Any) -> list[str]:
        found = [response["Location"]] if response.has_header("Location") else []
        if response.get("Content-Type", "").startswith("text/html"):
            page = response.content.decode()
            self._note_searches(path, page)
            found += [unescape(link) for link in LINK.findall(page)]
        links = (urlsplit(urljoin(path, link)) for link in found if not link.startswith(STATIC))
        return [
            link.path + (f"?{link.query.replace('%3A', ':')}" if link.query else "")
            for link in links
            if link.netloc in {"", "testserver", "localhost:8000"}
            and not link.path.startswith("/static/")
            and "lang=" not in link.query
        ]
