"""Nobody is led to a foreign place, nothing is written between the lines, no form comes from afar."""

from urllib.parse import urljoin, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client

from quartiersladen.accounts.models import Membership, User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import PASSWORD, make_member
from quartiersladen.concerns.forms.report import new_key
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.testing import make_concern
from quartiersladen.desk.forms import QuarterForm, quarter_initial
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.services import BadHeader, queue_mail
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.testing import NOON, make_quarter
from tests.architecture.house import PACKAGE, code, tree
from tests.architecture.rules import _imports
from tests.security.test_headers import every_path
from tests.support.sign_in import signed_in_client

ELSEWHERE = [
    "https://evil.example.org/",
    "//evil.example.org/",
    "///evil.example.org/",
    "/\\evil.example.org/",
    "\\\\evil.example.org\\",
    "/\t/evil.example.org/",
    "https:evil.example.org",
    "https:///evil.example.org",
    "javascript:alert(1)",
    "data:text/html,x",
    "http://testserver@evil.example.org/",
    "http://testserver.evil.example.org/",
    "//evil.example.org\\@testserver/",
    "%2f%2fevil.example.org",
    " https://evil.example.org",
    "/%0d%0aLocation:%20https://evil.example.org",
    "\r\nLocation: https://evil.example.org",
    "http://[::1",
    "https://[evil.example.org/",
]


@pytest.fixture
def quarter(db, settings):
    cache.clear()
    settings.DEMO = True
    return make_quarter("ost")


@pytest.fixture
def mira(quarter) -> User:
    return make_member(quarter, Role.MODERATOR, "Mira")


def leads_home(answer) -> bool:
    """Say where a browser would go: it takes a backslash for a slash and drops tabs."""
    place = answer.headers.get("Location", "/")
    read = place.strip().replace("\\", "/").replace("\t", "")
    target = urlsplit(urljoin("http://testserver/konto/", read))
    broken = "\n" in place or "\r" in place
    return (target.scheme, target.netloc, broken) == ("http", "testserver", False)


@pytest.mark.parametrize("where", ELSEWHERE)
def test_signing_in_and_out_leads_home(mira, where):
    client = Client()
    for answer in (
        client.post("/anmelden/", {"login": mira.email, "password": PASSWORD, "next": where}),
        client.post("/konto/reauthenticate/", {"password": PASSWORD, "next": where}),
        client.get("/anmelden/", {"next": where}),
        client.post("/konto/logout/", {"next": where}),
        client.get("/konto/logout/", {"next": where}),
        client.get("/konto/login/code/confirm/", {"next": where}),
        client.get("/konto/2fa/webauthn/reauthenticate/", {"next": where}),
    ):
        assert leads_home(answer), answer.headers["Location"]


@pytest.mark.parametrize("where", ELSEWHERE)
def test_no_page_follows_an_address_in_its_question(mira, where):
    client = signed_in_client(mira)
    question = dict.fromkeys(("next", "url", "redirect", "return_to", "lang", "vor", "q"), where)
    for path in ("/", "/anliegen/", "/buero/", "/buero/suche/", "/buero/anliegen/", "/anmelden/"):
        assert leads_home(client.get(path, question)), path


@pytest.mark.parametrize("path", ["//evil.example.org/..", "//evil.example.org", "/q/ost//evil.example.org", "/q/ost/\\evil.example.org", "/anliegen", "/buero"])  # fmt: skip
def test_a_slash_that_is_put_right_leads_home(mira, path):
    assert leads_home(Client().get(path)), path


BREAKS = ["a\r\nBcc: evil@example.org", "a\nSet-Cookie: x=1", "a\rX-Evil: 1", "a\0b", "a\x0bX: 1", "a\u2028X: 1"]  # fmt: skip


@pytest.mark.parametrize("text", BREAKS)
def test_nothing_is_written_between_the_lines_of_an_answer(mira, text):
    client = signed_in_client(mira)
    client.raise_request_exception = False
    for path in ("/", "/anliegen/", "/buero/suche/", "/buero/anliegen/", "/gebiet.geojson", "/datei/x/y"):  # fmt: skip
        answer = client.get(path, {"lang": text, "q": text, "next": text}, headers={"Accept-Language": text})  # fmt: skip
        assert answer.status_code in {200, 302, 400, 404}, path
        assert {"X-Evil", "X", "Bcc"} & set(answer.headers) == set()
        assert "x" not in answer.cookies
        assert answer.cookies.get("lang") is None


@pytest.mark.parametrize("text", BREAKS[:3])
def test_nothing_is_written_between_the_lines_of_a_mail(quarter, text):
    with pytest.raises(BadHeader):
        queue_mail(quarter=quarter, kind="teller", to="a@example.org", subject=text, text="", now=NOON)  # fmt: skip
    assert Mail.objects.count() == 0


@pytest.mark.parametrize("address", ["a@example.org\r\nBcc: b@example.org", "a@example.org, b@example.org", "a@example.org\n", "<a@example.org> b", "a@exam ple.org"])  # fmt: skip
def test_an_address_with_more_than_an_address_is_refused(client, quarter, mira, address):
    form = {"submission_key": new_key(), "kind": "problem", "text": "Licht", "place_kind": "quarter", "way": "mail", "email": address}  # fmt: skip
    sent = client.post("/anliegen/neu/", form)
    stripped = address.strip() == "a@example.org"
    assert sent.status_code == (302 if stripped else 422)
    assert {mail.to_address for mail in Mail.objects.all()} <= {"a@example.org"}
    lead = signed_in_client(make_member(quarter, Role.LEAD, "Karla"))
    new = {"email": address, "name": "x\r\nBcc: y", "role": "helper"}
    lead.post("/buero/einstellungen/personen/", new)
    assert not User.objects.filter(email__contains="b@").exists()
    assert not User.objects.filter(email__contains=" ").exists()


def test_every_form_asks_where_it_came_from(mira, quarter):
    concern = make_concern(quarter)
    client = signed_in_client(mira)
    client.handler.enforce_csrf_checks = True
    reference = concern.dossier.reference
    paths = {*every_path(), f"/buero/anliegen/{reference}/notiz/", f"/buero/anliegen/{reference}/abschliessen/"}  # fmt: skip

    refused = {401, 403, 404, 405}  # 401: a program has to show its key; a cookie opens nothing
    taken = sorted(path for path in paths if client.post(path).status_code not in refused)

    # Those that take no form at all answer as to a look; and of a list mail programmes take their
    # people off by themselves (RFC 8058): the link in the address is the proof.
    named = [path for path in taken if not is_the_same_as_a_look(client, path)]
    assert [path for path in named if not path.startswith("/w/")] == []


def is_the_same_as_a_look(client, path) -> bool:
    return path in {"/healthz", "/farbe.css", "/gebiet.geojson"}


def test_a_form_from_another_house_is_refused_even_with_the_right_token(mira):
    client = Client(enforce_csrf_checks=True)
    client.get("/anmelden/")
    form = {"login": mira.email, "password": PASSWORD, "csrfmiddlewaretoken": client.cookies["csrftoken"].value}  # fmt: skip

    refused = client.post("/anmelden/", form, headers={"Origin": "https://evil.example.org"})
    taken = client.post("/anmelden/", form)

    assert (refused.status_code, taken.status_code) == (403, 302)


def test_looking_changes_nothing(mira, quarter):
    """A link in a foreign page only looks: no address of the desk acts on GET."""
    concern = make_concern(quarter)
    client = signed_in_client(mira)
    before = (concern.dossier.version, Concern.objects.get().state, Membership.objects.count())
    case = f"/buero/anliegen/{concern.dossier.reference}/"
    for deed in ("notiz/", "zuweisen/", "einordnen/", "abschliessen/", "freigeben/", "verbergen/"):
        client.get(case + deed, {"text": "x", "state": "answered"})
    concern.dossier.refresh_from_db()
    assert (concern.dossier.version, Concern.objects.get().state, Membership.objects.count()) == before  # fmt: skip


def test_of_a_value_that_comes_twice_one_counts_everywhere(quarter, mira):
    lead = signed_in_client(make_member(quarter, Role.LEAD, "Karla"))
    body = "email=eins%40example.org&email=zwei%40example.org&name=Neu&role=helper&role=lead"

    lead.post("/buero/einstellungen/personen/?role=administrator", body, content_type="application/x-www-form-urlencoded")  # fmt: skip

    new = Membership.objects.get(user__name="Neu")
    assert (new.user.email, new.role) == ("zwei@example.org", "lead")


@pytest.mark.parametrize("field", ["smtp_url", "imap_url", "mail_from", "mail_domain", "host", "slug", "is_default", "id", "created_at"])  # fmt: skip
def test_only_the_operator_says_to_which_server_the_house_speaks(quarter, field):
    lead = signed_in_client(make_member(quarter, Role.LEAD, "Karla"))
    before = getattr(Quarter.objects.get(), field)
    form = quarter_initial(quarter) | {"languages": ["de"], field: "smtp://169.254.169.254:25"}

    assert lead.post("/buero/einstellungen/quartier/", form).status_code == 302
    assert getattr(Quarter.objects.get(), field) == before
    assert field not in QuarterForm.base_fields


#: Who may open a connection or start a program, and why no visitor chooses where to or which.
MAY_CONNECT = {
    "correspondence/incoming/mailbox.py": "the mailbox, from IMAP_URL or the quarter's row, both the operator's",
    "outbox/smtp.py": "the mail server, from SMTP_URL or the quarter's row, both the operator's",
    "accounts/views_public.py": "catches what allauth's client raises about OIDC_ISSUER",
    "files/photos.py": "our own reader of HEIC, with the upload as its input",
    "config/processes.py": "the web server and the worker",
    "backups/engines.py": "pg_dump and pg_restore with the operator's DATABASE_URL",
    "backups/tasks.py": "our own command that makes the nightly backup",
    "config/management/commands/serve.py": "the web server and the worker",
}
CONNECTS = ("requests", "urllib.request", "http.client", "socket", "smtplib", "imaplib", "imap_tools", "ftplib", "subprocess", "httpx", "urllib3")  # fmt: skip


def test_the_house_speaks_only_to_servers_that_the_operator_names():
    found = {
        path.relative_to(PACKAGE).as_posix()
        for path in code("*.py")
        if any(_imports(tree(path), module) for module in CONNECTS)
    }
    assert found - set(MAY_CONNECT) == set()


def test_an_address_becomes_the_main_one_only_when_it_was_confirmed(mira, quarter):
    """Else somebody takes an address before its owner gets a role with it."""
    client = signed_in_client(mira)
    client.post("/konto/reauthenticate/", {"password": PASSWORD})
    client.get("/konto/email/")
    client.post("/konto/email/", {"action_add": "", "email": "neue.leitung@example.org"})
    taken = client.post("/konto/email/", {"action_primary": "", "email": "neue.leitung@example.org"})  # fmt: skip
    assert taken.status_code == 403
    mira.refresh_from_db()
    assert mira.email == "mira@ost.example.org"

    mira.emailaddress_set.filter(email="neue.leitung@example.org").update(verified=True)
    client.post("/konto/email/", {"action_primary": "", "email": "neue.leitung@example.org"})
    mira.refresh_from_db()
    assert mira.email == "neue.leitung@example.org"


@pytest.mark.parametrize(
    "token", ["../../etc/passwd", "%00", "A" * 40, "A" * 4000, "<script>", "' OR 1=1 --", "１２３"]
)
def test_a_made_up_link_opens_nothing_and_breaks_nothing(client, quarter, token):
    for place in ("s", "f", "b"):
        for answer in (
            client.get(f"/{place}/{token}/"),
            client.post(f"/{place}/{token}/", {"x": token}),
        ):
            assert answer.status_code == (400 if token == "%00" else 404)  # noqa: S105 -- invented


@pytest.mark.parametrize("words", ["' OR '1'='1", "%' --", "_%_", '"; DROP TABLE x; --', "a AND b NOT c", "*", "(", '"', "\\", "NEAR(a b)", "text:a", "{a b}: c"])  # fmt: skip
def test_a_search_is_only_words(mira, quarter, words):
    make_concern(quarter, "Die Laterne ist aus.")
    client = signed_in_client(mira)
    for path in ("/buero/suche/", "/buero/anliegen/", "/anliegen/"):
        answer = client.get(path, {"q": words})
        assert answer.status_code == 200
        assert "Laterne" not in answer.content.decode().split("<main")[1]


HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>{{ 7|add:7 }}{% debug %}"


def test_what_people_write_stays_text_everywhere(quarter, mira):
    quarter_name = "Ost <b>&"
    Quarter.objects.update(name=quarter_name)
    concern = make_concern(quarter, HOSTILE, place_text=HOSTILE)
    client = signed_in_client(mira)
    for path in ("/buero/", "/buero/anliegen/", f"/buero/anliegen/{concern.dossier.reference}/", "/buero/suche/?q=script", "/", "/anliegen/"):  # fmt: skip
        text = client.get(path).content.decode()
        assert "<script>alert" not in text, path
        assert "<img src=x" not in text, path
        assert "<b>&" not in text, path
        assert ">14<" not in text, path
