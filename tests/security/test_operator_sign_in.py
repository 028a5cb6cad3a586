"""Sign-in through the operator's service: the whole way over HTTP, with a real service."""

from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from quartiersladen.accounts.models import Session, User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.config import oidc
from quartiersladen.quarters.testing import make_quarter
from tests.support.oidc import SignInService, free_port, let_house_use

BEGIN = "/konto/oidc/oidc/login/"
BACK = "/konto/oidc/oidc/login/callback/"


@pytest.fixture(scope="module")
def service(tmp_path_factory):
    with SignInService(tmp_path_factory.mktemp("oidc") / "log") as running:
        yield running


@pytest.fixture
def mira(db, service, settings) -> User:
    cache.clear()
    ask_at(settings, service.url)
    return make_member(make_quarter("ost"), Role.MODERATOR, "Mira")


def ask_at(settings, issuer: str, **more) -> None:
    """Let the house use the service at `issuer`."""
    app = oidc.service(issuer, name="laden", secret="erfunden")  # noqa: S106 -- invented
    app["settings"] |= more
    let_house_use(settings, app)


def question(client: Client) -> str:
    """Press the button; return where the browser is sent."""
    assert BEGIN in client.get("/anmelden/").content.decode()
    answer = client.post(BEGIN)
    assert answer.status_code == 302
    return answer.headers["Location"]


def come_back(client: Client, url: str):
    parts = urlsplit(url)
    assert (parts.netloc, parts.path) == ("testserver", BACK)
    return client.get(f"{parts.path}?{parts.query}")


def come_in(client: Client, service: SignInService, name: str):
    return come_back(client, service.come_back(question(client), name))


def traces() -> tuple[int, int, int, int]:
    """Return what a refused sign-in must not leave behind."""
    signed_in = Session.objects.filter(user__isnull=False)
    return (
        User.objects.count(),
        SocialAccount.objects.count(),
        EmailAddress.objects.count(),
        signed_in.count(),
    )


NOTHING = (1, 0, 0, 0)


def test_somebody_known_comes_in_and_needs_no_second_factor_here(client, mira, service):
    service.know("m1", email=mira.email.upper(), email_verified=True)

    answer = come_in(client, service, "m1")

    assert answer.headers["Location"] == "/buero/"
    page = client.get("/buero/")
    assert (page.status_code, page.context["viewer"].user_id) == (200, mira.pk)
    assert SocialAccount.objects.get().user == mira


def test_the_second_time_the_service_may_know_them_by_another_address(client, mira, service):
    service.know("m2", email=mira.email, email_verified=True)
    come_in(Client(), service, "m2")
    service.know("m2", email="heirat@example.org", email_verified=True)

    assert come_in(client, service, "m2").headers["Location"] == "/buero/"
    assert SocialAccount.objects.count() == 1
    assert User.objects.get().email == mira.email


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "fremd@example.org", "email_verified": True},
        {"email": "mira@ost.example.org", "email_verified": False},
        {"email": "mira@ost.example.org", "email_verified": "false"},
        {"email": "mira@ost.example.org"},
        {"email_verified": True},
        {"email": "mira@ost.example.org\n", "email_verified": True},
    ],
    ids=["unknown", "unconfirmed", "the word false", "silent", "no address", "line break"],
)
def test_somebody_unknown_or_unconfirmed_is_refused_and_leaves_nothing(
    client, mira, service, claims
):
    service.know("stranger", **claims)

    answer = come_in(client, service, "stranger")

    assert answer.status_code == 403
    assert "Bitten Sie die Leitung" in answer.content.decode()
    assert (traces(), client.get("/buero/").status_code) == (NOTHING, 302)


def test_an_account_that_is_switched_off_stays_out(client, mira, service):
    service.know("m3", email=mira.email, email_verified=True)
    come_in(Client(), service, "m3")
    User.objects.update(is_active=False)

    assert come_in(client, service, "m3").headers["Location"] == "/konto/inactive/"
    assert client.get("/buero/").headers["Location"].startswith("/anmelden/")

    SocialAccount.objects.all().delete()
    assert come_in(Client(), service, "m3").status_code == 403


@pytest.mark.parametrize("change", ["other browser", "tampered", "missing", "twice"])
def test_an_answer_that_this_browser_did_not_ask_for_is_refused(client, mira, service, change):
    service.know("m4", email=mira.email, email_verified=True)
    url = service.come_back(question(client), "m4")
    state = parse_qs(urlsplit(url).query)["state"][0]
    expected = NOTHING
    if change == "other browser":
        client = Client()
    elif change == "tampered":
        url = url.replace(state, state[:-1] + ("a" if state[-1] != "a" else "b"))
    elif change == "missing":
        url = url.replace("state=", "other=")
    else:
        come_back(client, url)
        client.post("/konto/logout/")
        expected = (1, 1, *traces()[2:])

    answer = come_back(client, url)

    assert answer.status_code == 401
    assert "Bitte beginnen Sie noch einmal" in answer.content.decode()
    assert traces() == expected
    assert client.get("/buero/").headers["Location"].startswith("/anmelden/")


def test_a_code_counts_once_and_only_with_the_secret_of_its_browser(client, mira, service):
    service.know("m5", email=mira.email, email_verified=True)
    used = service.come_back(question(client), "m5")
    come_back(client, used)
    other = Client()
    fresh = service.come_back(question(other), "m5")
    code_of = {name: parse_qs(urlsplit(url).query)["code"][0] for name, url in (("used", used), ("fresh", fresh))}  # fmt: skip

    answer = come_back(other, fresh.replace(code_of["fresh"], code_of["used"]))

    assert answer.status_code == 401
    assert other.get("/buero/").headers["Location"].startswith("/anmelden/")
    assert "code_challenge_method=S256" in question(Client())


def test_whoever_says_no_at_the_service_gets_a_page_that_says_so(client, mira, service):
    asked = question(client)
    state = parse_qs(urlsplit(asked).query)["state"][0]
    url = service.come_back(asked, action="deny")

    answer = come_back(client, f"{url}&state={state}")

    assert answer.headers["Location"] == "/konto/3rdparty/login/cancelled/"
    assert traces() == NOTHING


def test_a_token_of_another_issuer_is_refused(client, mira, service, settings):
    ask_at(
        settings, service.url, openid_configuration_overrides={"issuer": "https://id.example.org"}
    )
    service.know("m6", email=mira.email, email_verified=True)

    assert come_in(client, service, "m6").status_code == 401
    assert traces() == NOTHING


def test_a_service_that_is_down_is_a_page_that_helps(client, mira, settings):
    ask_at(settings, f"http://127.0.0.1:{free_port()}")

    answer = client.post(BEGIN)

    assert answer.status_code == 502
    assert "antwortet nicht" in answer.content.decode()
    assert "030 23125 014" in answer.content.decode()


def test_a_service_that_goes_away_on_the_way_is_a_page_that_helps(client, mira, service, settings):
    url = service.come_back(question(client), "m1")
    ask_at(settings, f"http://127.0.0.1:{free_port()}")

    assert come_back(client, url).status_code == 502
    assert traces() == NOTHING


def test_something_that_is_no_such_service_is_a_page_that_helps(client, mira, service, settings):
    ask_at(settings, f"{service.url}/jwks?x=/.well-known/")

    assert client.post(BEGIN).status_code == 502


def test_a_service_that_nobody_named_is_not_there(client, mira):
    assert client.post("/konto/oidc/anderer/login/").status_code == 404
    assert client.get("/konto/oidc/anderer/login/callback/").status_code == 404


def test_the_way_in_leads_nowhere_else(client, mira, service):
    service.know("m7", email=mira.email, email_verified=True)
    where = client.post(f"{BEGIN}?next=https://evil.example.org/").headers["Location"]

    answer = come_back(client, service.come_back(where, "m7"))

    assert answer.headers["Location"] == "/buero/"


GOOD = {
    "OIDC_ISSUER": "https://id.example.org/",
    "OIDC_CLIENT_ID": "laden",
    "OIDC_CLIENT_SECRET": "erfunden",
}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"OIDC_ISSUER": "http://id.example.org"}, "OIDC_ISSUER must be a full address that begins with https://"),
        ({"OIDC_ISSUER": "https://"}, "OIDC_ISSUER must be a full address that begins with https://"),
        ({"OIDC_ISSUER": "id.example.org"}, "OIDC_ISSUER begins with ''; it must begin with https or http"),
        ({"OIDC_CLIENT_ID": ""}, "OIDC_ISSUER is set, so OIDC_CLIENT_ID and OIDC_CLIENT_SECRET must be set as well"),
        ({"OIDC_CLIENT_SECRET": ""}, "OIDC_ISSUER is set, so OIDC_CLIENT_ID and OIDC_CLIENT_SECRET must be set as well"),
    ],
)  # fmt: skip
def test_a_wrong_setting_stops_the_start_with_a_sentence(monkeypatch, changes, sentence):
    for name, value in (GOOD | changes).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(ImproperlyConfigured) as refused:
        oidc.sign_in_services()
    assert str(refused.value) == sentence


def test_right_settings_name_one_service_and_none_names_none(monkeypatch):
    assert (oidc.sign_in_services(), oidc.apps()) == ([], [])
    for name, value in GOOD.items():
        monkeypatch.setenv(name, value)
    [found] = oidc.sign_in_services()
    assert (found["name"], found["client_id"], found["settings"]["server_url"]) == (
        "OpenID Connect",
        "laden",
        "https://id.example.org",
    )
    assert oidc.apps() == ["allauth.socialaccount.providers.openid_connect"]
