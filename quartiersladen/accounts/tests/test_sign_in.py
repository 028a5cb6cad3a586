"""Who gets in, how, and what happens to everybody else."""

import re

import pytest
from allauth.account.models import EmailAddress
from allauth.core.context import request_context
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.socialaccount.adapter import get_adapter as get_social_adapter
from allauth.socialaccount.models import SocialAccount, SocialLogin
from django.core.cache import cache
from django.test import Client, RequestFactory

from quartiersladen.accounts.adapter import ClosedHouseAdapter
from quartiersladen.accounts.models import User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import PASSWORD, make_member
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.testing import make_quarter
from tests.support.oidc import let_house_use

LOGIN = "/anmelden/"
OPERATOR = {
    "provider_id": "oidc",
    "name": "Stadt",
    "client_id": "laden",
    "secret": "erfunden",
    "settings": {"server_url": "https://id.example.org"},
}
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 -- invented


@pytest.fixture
def mira(db) -> User:
    cache.clear()
    return make_member(make_quarter("ost"), Role.MODERATOR, "Mira")


def sign_in(client: Client, user: User, password: str = PASSWORD):
    return client.post(LOGIN, {"login": user.email, "password": password})


def code_of(secret: str) -> str:
    [counter, *_others] = yield_hotp_counters_from_time()
    return str(format_hotp_value(hotp_value(secret, counter)))


def test_a_password_alone_does_not_open_the_desk(client, mira):
    assert sign_in(client, mira).headers["Location"] == "/buero/"
    assert client.get("/buero/").headers["Location"] == "/konto/2fa/"
    assert client.get("/konto/2fa/").status_code == 200
    assert client.get("/").status_code == 200


def test_in_the_demonstration_a_password_is_enough(client, mira, settings):
    settings.DEMO = True
    sign_in(client, mira)
    assert client.get("/buero/").status_code == 200


def test_with_a_code_the_desk_opens_and_a_wrong_code_does_not(client, mira):
    TOTP.activate(mira, SECRET)
    page = sign_in(client, mira)
    assert page.headers["Location"].startswith("/konto/2fa/authenticate/")
    assert client.get("/buero/").headers["Location"].startswith(LOGIN)

    wrong = client.post("/konto/2fa/authenticate/", {"code": "000000"})
    assert (wrong.status_code, bool(wrong.context["form"].errors)) == (200, True)
    right = client.post("/konto/2fa/authenticate/", {"code": code_of(SECRET)})

    assert right.headers["Location"] == "/buero/"
    assert client.get("/buero/").status_code == 200


def test_a_second_factor_is_set_up_from_the_page_that_asks_for_it(client, mira):
    sign_in(client, mira)
    asked = client.get("/konto/2fa/totp/activate/")
    assert asked.headers["Location"].startswith("/konto/reauthenticate/")
    client.post("/konto/reauthenticate/", {"password": PASSWORD})
    setup = client.get("/konto/2fa/totp/activate/")
    secret = setup.context["form"].secret

    done = client.post("/konto/2fa/totp/activate/", {"code": code_of(secret)})

    assert done.status_code == 302
    assert Authenticator.objects.filter(user=mira, type="totp").count() == 1
    assert get_adapter().is_mfa_enabled(mira)


@pytest.mark.parametrize(("who", "password"), [("mira", "falsch"), ("niemand", PASSWORD)])
def test_a_wrong_password_and_an_unknown_address_say_the_same(client, mira, who, password):
    page = client.post(LOGIN, {"login": f"{who}@ost.example.org", "password": password})
    sentences = list(page.context["form"].non_field_errors())
    assert (page.status_code, len(sentences)) == (200, 1)
    assert re.search(r"niemand|Konto gibt es nicht", sentences[0]) is None
    assert client.get("/buero/").headers["Location"].startswith(LOGIN)


def test_too_many_wrong_passwords_are_asked_to_wait(client, mira, settings):
    pages = [sign_in(client, mira, f"falsch {n}").status_code for n in range(8)]
    assert (pages[0], pages[-1]) == (200, 429)

    locked = sign_in(client, mira)

    assert (locked.status_code, locked.headers["Retry-After"]) == (429, "900")
    assert "030 23125 014" in locked.content.decode()
    assert client.get("/buero/").status_code == 302
    other = make_member(Quarter.objects.get(), Role.HELPER, "Hao")
    assert sign_in(client, other).status_code == 302


def test_nobody_signs_up(client, mira):
    assert ClosedHouseAdapter().is_open_for_signup(RequestFactory().get("/")) is False
    assert client.get("/konto/signup/").context.get("form") is None
    client.post("/konto/signup/", {"email": "x@example.org", "password1": PASSWORD})
    assert User.objects.count() == 1


def test_somebody_of_another_quarter_is_a_visitor_here(client, mira, settings):
    settings.DEMO = True
    make_quarter("west")
    sign_in(client, mira)
    assert client.get("/q/west/buero/").status_code == 403
    assert client.get("/q/west/").status_code == 200


def social_login(email: str, *, verified: bool) -> SocialLogin:
    return SocialLogin(
        user=User(email=email),
        account=SocialAccount(provider="oidc", uid="1"),
        email_addresses=[EmailAddress(email=email, verified=verified)],
    )


def test_the_operators_own_sign_in_opens_only_to_known_and_confirmed_addresses(
    client, mira, settings
):
    let_house_use(settings, OPERATOR)
    adapter = get_social_adapter()
    request = client.get("/").wsgi_request
    assert adapter.is_open_for_signup(request, social_login(mira.email, verified=True)) is False
    for email, verified in ((mira.email, False), ("fremd@example.org", True)):
        with pytest.raises(NotAllowed):
            adapter.pre_social_login(request, social_login(email, verified=verified))
    known = social_login(mira.email.upper(), verified=True)
    with request_context(request):
        adapter.pre_social_login(request, known)
    assert SocialAccount.objects.get().user == mira
    adapter.pre_social_login(request, known)
    assert SocialAccount.objects.count() == 1
