"""A crawler walks all addresses as everybody: no canary sings where it may not."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from logging.config import DictConfigurator
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone
from django_q.models import OrmQ

from quartiersladen.accounts.access import public
from quartiersladen.accounts.models import Session, User
from quartiersladen.accounts.states import Role
from quartiersladen.concerns.models import Following, Teller
from quartiersladen.concerns.queries.one import get_inside
from quartiersladen.concerns.services import life, referrals
from quartiersladen.concerns.services.following import send_news
from quartiersladen.concerns.states import Result
from quartiersladen.config.urls import handler404 as handler404
from quartiersladen.config.urls import handler500 as handler500
from quartiersladen.config.urls import urlpatterns as house
from quartiersladen.correspondence.states import Way
from quartiersladen.dossiers.letters import NAMES_A_BODY
from quartiersladen.dossiers.models import FollowUp
from quartiersladen.dossiers.services.digests import send_digests
from quartiersladen.outbox.frame import build
from quartiersladen.outbox.models import Mail
from tests.canary import crawler
from tests.canary import world as planting
from tests.canary.circles import FIELDS, STRUCTURE, Facts, Visitor, may_see, nobody, quoted
from tests.canary.crawler import Crawler, Record
from tests.support.sign_in import signed_in_client

THERE = "/q/dort"
#: Where links of private pages lead to what is private; the rest is what the public walks.
PRIVATE = ("/s/", "/f/", "/b/", "/datei/")
#: Where the other quarter's lead follows links: our pages; at home all is as it is here.
OURS = ("/buero/", "/anliegen", "/datei/", "/konto/", "/s/", "/f/", "/b/")
#: Who opens everything there is; the others meet a closed door at a few as at all.
WALK_FAR = {"lead", "moderator", "helper"}
FORGED = "A" * 40
CASE_PAGES = ("/buero/anliegen/{}/", "/buero/anliegen/{}/beleg/", "/buero/vorgang/{}/")


# --- An address that leaks, so that the crawler can be seen to catch it -----------------------------
@public
def leaky(request):
    return HttpResponse(Teller.objects.exclude(email="")[0].email)


@public
def broken(request):
    raise RuntimeError(Teller.objects.exclude(email="")[0].email)


urlpatterns = [*house, path("undicht/", leaky), path("kaputt/", broken)]


# --- What is known ---------------------------------------------------------------------------------
def test_every_field_of_every_model_is_known():
    known = FIELDS.keys() | STRUCTURE.keys()
    fields = {
        planting.label(model, one.name)
        for model in planting.own_models()
        for one in planting.text_fields(model)
    }

    assert sorted(fields - known) == [], "say in tests/canary/circles.py who may see these"
    assert sorted(known - fields) == [], "these fields are gone from the models"


def test_every_field_has_a_canary(world):
    planted = {canary.field for canary in world.planted.values()}

    assert sorted(FIELDS.keys() - planted) == [], "let tests/canary/world.py make a row of these"


# --- The walk --------------------------------------------------------------------------------------
@contextmanager
def log_of_the_house() -> Iterator[StringIO]:
    """Write down what the server's log would hold, in the form in which it would.

    Nobody else listens meanwhile: pytest would keep every line with its whole request, and
    thousands of refused pages would fill the memory.
    """
    lines = StringIO()
    handler = logging.StreamHandler(lines)
    formatters: Any = settings.LOGGING["formatters"]
    configured = DictConfigurator(settings.LOGGING)
    handler.setFormatter(configured.configure_formatter(dict(formatters["plain"])))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(logging.getLogger(), "handlers", [handler])
        yield lines


def colleague(world, name) -> Visitor:
    user = world.here.people[name]
    role = None if name == "former" else planting.ROLES[name]
    return Visitor(name, world.here.quarter.pk, role, user.pk)


class Walk(NamedTuple):
    """Somebody's way through the house. within: beginnings of the links that are followed."""

    who: Visitor
    client: Client
    starts: list[str]
    within: tuple[str, ...] = ("/",)


def of_a_colleague(world, paths, name) -> list[Walk]:
    starts = paths.every if name in WALK_FAR else paths.few
    return [Walk(colleague(world, name), signed_in_client(world.here.people[name]), starts)]


def of_the_other_lead(world, paths) -> list[Walk]:
    user, quarter = world.there.people["lead"], world.there.quarter
    starts = [*paths.few, *(THERE + path for path in paths.few)]
    who = Visitor("lead there", quarter.pk, Role.LEAD, user.pk)
    return [Walk(who, signed_in_client(user), starts, OURS)]


def behind_links(world, _paths) -> list[Walk]:
    """Everybody who has a private link opens it at both quarters."""
    found = {Visitor("confirming"): [f"/b/{planting.confirm_token(world.here.cases['fresh'])}/"]}
    for case, concern in world.here.cases.items():
        who = Visitor(f"teller of {case}", teller_of=concern.pk)
        found[who] = [f"/s/{planting.status_token(concern)}/"]
    for case, referral in world.here.sent.items():
        who = Visitor(f"body of {case}", referral=referral.pk)
        found[who] = [f"/f/{planting.referral_token(referral)}/"]
    for name, follows in world.here.follows.items():
        confirm, leave = planting.follow_tokens(follows)
        found[Visitor(f"follower, {name}")] = [f"/b/{confirm}/", f"/w/{leave}/"]
    return [
        Walk(who, Client(), [*pages, *(THERE + page for page in pages)], PRIVATE)
        for who, pages in found.items()
    ]


#: Who walks; each in a test of its own, so that several processes share the work.
WALKS: dict[str, Callable[..., list[Walk]]] = {
    **{name: partial(of_a_colleague, name=name) for name in planting.ROLES},
    "public": lambda world, paths: [Walk(Visitor("public"), Client(), paths.every)],
    "lead there": of_the_other_lead,
    "links": behind_links,
}
#: What the lead, who may read almost everything, does not see on the way; somebody else must.
NOT_OF_THE_LEAD = {
    "links": {"concerns.Referral.cover_note"},
    # The moderator has begun the only quarrel, and has named nobody else.
    "moderator": {name for name in FIELDS if name.startswith("mediation.")},
}


def must_sing(walk) -> set[str]:
    """Return the fields that have to be seen on a walk: each that anybody may see, once."""
    elsewhere = {name for fields in NOT_OF_THE_LEAD.values() for name in fields}
    may_sing = {name for name, circle in FIELDS.items() if circle not in {nobody, quoted}}
    return may_sing - elsewhere if walk == "lead" else NOT_OF_THE_LEAD.get(walk, set())


@pytest.mark.parametrize("walk", WALKS)
def test_no_canary_sings_where_it_may_not(walk, world, facts, paths, settings):
    settings.BASE_URL = "http://testserver"
    record = Record()

    with log_of_the_house() as log:
        for one in WALKS[walk](world, paths):
            crawling = Crawler(one.who, one.client, world, facts, record)
            crawling.walk(one.starts, within=one.within)
            crawling.search_for(world)

    assert sorted({str(leak) for leak in record.leaks})[:40] == []
    # The other half: what may be seen is seen, so that a silent canary fails as well.
    assert sorted(must_sing(walk) - record.seen.keys()) == []
    assert record.broken() == []
    assert crawler.words_in(log.getvalue().encode()) == set()
    assert walk != "links" or "Not Found: /q/dort/s/•••/" in log.getvalue()
    assert crawler.tokens_in(log.getvalue()) == []
    kept = " ".join(str(session.get_decoded()) for session in Session.objects.all())
    cases = {c.word for c in world.planted.values() if c.dossier}
    assert crawler.words_in(kept.encode()) & cases == set()


def test_a_leak_is_caught(world, facts, settings):
    settings.ROOT_URLCONF = __name__
    record = Record()

    Crawler(Visitor("public"), Client(), world, facts, record).walk(["/undicht/"])

    assert [(leak.who, leak.where, leak.field) for leak in record.leaks] == [
        ("public", "/undicht/", "concerns.Teller.email")
    ]


def test_our_own_fault_tells_nothing(world, settings):
    settings.ROOT_URLCONF = __name__
    client = Client(raise_request_exception=False)

    with log_of_the_house() as log:
        answer = client.get("/kaputt/")

    assert answer.status_code == 500
    assert crawler.words_in(crawler.everything_in(answer)) == set()
    assert "RuntimeError: •••" in log.getvalue()
    assert crawler.words_in(log.getvalue().encode()) == set()


@pytest.mark.parametrize("status", [403, 405, 409, 413, 422, 429, 503])
def test_error_pages_tell_nothing_of_anybody(world, facts, settings, status):
    settings.ROOT_URLCONF = "tests.pages.urls"
    record = Record()
    for who in (Visitor("public"), *(colleague(world, name) for name in planting.ROLES)):
        client = Client() if who.role is None else signed_in_client(world.here.people[who.name])
        Crawler(who, client, world, facts, record).look(f"/abgewiesen/{status}/")

    assert [str(leak) for leak in record.leaks] == []


# --- Missing and hidden look the same --------------------------------------------------------------
def answer_to(client: Client, path: str) -> tuple[int, list[tuple[str, str]], bytes]:
    """Return an answer without its own address, so that two can be compared."""
    response = client.get(path)
    return (
        response.status_code,
        sorted(response.headers.items()),
        response.content.replace(path.encode(), b"<path>"),
    )


def hidden_and_missing(world) -> list[tuple[str, str, str]]:
    """Return who, a path to something hidden, and the same path to nothing."""
    here, there = world.here.cases, world.there.cases
    photo = here["secret"].dossier.documents.get().file_id
    pairs = [
        ("public", f"/anliegen/{here['fresh'].dossier.reference}/", "/anliegen/2020-0001/"),
        ("public", f"/anliegen/{here['secret'].dossier.reference}/", "/anliegen/2020-0001/"),
        ("public", f"/anliegen/{here['withdrawn'].dossier.reference}/", "/anliegen/2020-0001/"),
        ("public", f"/datei/{photo}/foto.jpg", f"/datei/{uuid4()}/foto.jpg"),
        ("public", f"/s/{planting.referral_token(world.here.sent['passed'])}/", f"/s/{FORGED}/"),
        ("public", f"/f/{planting.status_token(here['passed'])}/", f"/f/{FORGED}/"),
        ("public", f"/s/{planting.status_token(there['passed'])}/", f"/s/{FORGED}/"),
        ("public", f"/f/{planting.referral_token(world.there.sent['passed'])}/", f"/f/{FORGED}/"),
    ]
    secret = Mail.objects.filter(message__dossier=here["secret"].dossier)[0]
    pairs.append(("lead", f"/buero/post/{secret.pk}/", "/buero/post/99999/"))
    for name, concern in (
        ("lead", here["secret"]),
        ("lead", there["passed"]),
        ("intern", here["helped"]),
        ("intern", here["secret"]),
        ("intern", there["helped"]),
    ):
        number = concern.dossier.reference
        pairs += [(name, page.format(number), page.format("2020-0001")) for page in CASE_PAGES]
    return pairs


def test_missing_and_hidden_get_the_same_answer(world):
    told_apart = []
    clients = {name: signed_in_client(world.here.people[name]) for name in ("lead", "intern")}
    clients["public"] = Client()
    for who, hidden, missing in hidden_and_missing(world):
        answer = answer_to(clients[who], hidden)
        assert answer[0] == 404, (who, hidden)
        if answer != answer_to(clients[who], missing):
            told_apart.append((who, hidden))

    assert told_apart == []


# --- Mails and jobs --------------------------------------------------------------------------------
#: What a mail may hold besides what its reader may see: both ends' addresses, the reader's name.
OWN = {
    "accounts.User.email",
    "accounts.User.name",
    "concerns.Teller.email",
    "concerns.Following.email",
    "directory.ResponsibleBody.email",
    "quarters.Quarter.mail_from",
}


def written_now(world) -> list[tuple[Mail, Visitor]]:
    """Let the house write each kind of mail from planted rows; return each with its reader."""
    lead, here, now = world.here.viewer("lead"), world.here.quarter, timezone.now()
    newest = Mail.objects.order_by("-pk").first().pk
    to_body = {}
    for name, with_contact in (("helped", False), ("concealed", False), ("by hand", True)):
        case = get_inside(lead, world.here.cases[name].dossier.reference)
        [referral] = referrals.pass_on(
            viewer=lead,
            concern=case,
            items=[
                referrals.PassOn(here.bodies.last(), Way.MAIL, with_contact=with_contact),
            ],
            ask_on=here.local_day(now),
            version=case.dossier.version,
            now=now,
        )
        to_body[case.pk] = referral
        referrals.ask_again(
            viewer=lead,
            referral=referral,
            ask=referrals.Ask(Way.MAIL),
            ask_on=here.local_day(now),
            version=case.dossier.version,
            now=now,
        )
    ended = get_inside(lead, world.here.cases["helped"].dossier.reference)
    life.close_concern(
        viewer=lead,
        concern=ended,
        ending=life.Ending(Result.NOT_POSSIBLE, "Nein.", "Leider."),
        version=ended.dossier.version,
        now=now,
    )
    FollowUp.objects.filter(done_at=None).update(due_on="2027-03-01")
    send_digests(quarter=here, now=datetime(2027, 3, 1, 7, tzinfo=UTC))
    Following.objects.update(told_until=now - timedelta(days=9))
    send_news(quarter=here, now=datetime(2027, 3, 1, 7, tzinfo=UTC))
    found = []
    for mail in Mail.objects.filter(pk__gt=newest).select_related("quarter"):
        if mail.kind == "body":
            reader = Visitor("body", referral=to_body[mail.message.dossier_id].pk)
        elif mail.kind == "follow":
            reader = Visitor("follower")
        elif mail.kind == "teller":
            reader = Visitor("teller", teller_of=mail.message.dossier_id)
        else:
            user = User.objects.get(email=mail.to_address)
            reader = Visitor("colleague", here.pk, Role(user.memberships.get().role), user.pk)
        found.append((mail, reader))
    return found


def test_a_mail_holds_only_what_its_reader_may_see(world):
    mails = written_now(world)
    facts = Facts(world)
    leaks, sung = [], set()
    # What is noted for asking a body is its name; see dossiers.letters.
    asked = FollowUp.objects.filter(reason__in=[reason.value for reason in NAMES_A_BODY])
    names_of_bodies = set(asked.values_list("pk", flat=True))
    for mail, reader in mails:
        built = build(mail)
        parts = "".join(part.get_content() for part in built.walk() if not part.is_multipart())
        subject = {world.planted[w] for w in crawler.words_in(str(built["Subject"]).encode())}
        leaks += [f"subject of {mail.kind}: {c.field}" for c in subject if c.dossier]
        for word in crawler.words_in(f"{built.items()}{parts}".encode()):
            canary = world.planted[word]
            own = (
                canary.field in OWN and canary.word in f"{built['From']}{built['To']}{parts[:200]}"
            )
            sung.add((mail.kind, canary.field))
            if not own and not may_see(reader, canary, facts):
                leaks.append(f"{mail.kind} to {mail.to_address}: {canary.field}")
            if mail.kind == "digest" and canary.dossier and canary.pk not in names_of_bodies:
                leaks.append(f"a morning mail travels open: {canary.field}")

    assert sorted(set(leaks)) == []
    assert {kind for kind, _field in sung} == {"body", "teller", "digest", "follow"}
    assert {("body", "concerns.Concern.text"), ("body", "concerns.Teller.phone")} <= sung


def test_jobs_carry_keys_and_no_words(world):
    jobs = [row.task for row in OrmQ.objects.all()]

    assert {type(value) for job in jobs for value in job["args"]} == {int}
    assert {str(job["kwargs"]) for job in jobs} == {"{}"}
    assert crawler.words_in(repr(jobs).encode()) == set()
