"""Mira sets up her second factor and comes in with it: a passkey, an app, a code on paper."""

import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import expect

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import PASSWORD, make_member
from quartiersladen.quarters.testing import make_quarter
from tests.support.accessibility import assert_accessible

KEY = {
    "protocol": "ctap2",
    "transport": "usb",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


@pytest.fixture
def known(transactional_db, settings):
    """Return a function that makes a quarter that is reached in one of three ways, with Mira."""
    cache.clear()
    settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # the test's server speaks no TLS

    def quarter_with_mira(reached_by):
        make_quarter("ost")
        host = "localhost" if reached_by == "host" else None
        quarter = make_quarter("tor", host=host)
        return make_member(quarter, Role.MODERATOR, "Mira"), quarter.path_prefix

    return quarter_with_mira


def with_a_key(page):
    """Give the browser an authenticator of its own; return the line to it and its name."""
    line = page.context.new_cdp_session(page)
    line.send("WebAuthn.enable")
    return line, line.send("WebAuthn.addVirtualAuthenticator", {"options": KEY})["authenticatorId"]


def sign_in(page, prefix, user):
    page.goto(f"{prefix}/anmelden/")
    page.fill("[name=login]", user.email)
    page.fill("[name=password]", PASSWORD)
    page.click("main form.q-form button[type=submit]")
    page.wait_for_url(f"**{prefix}/konto/2fa/**")  # the desk asks for a second factor first


def say_the_password_again(page):
    page.wait_for_url("**/konto/reauthenticate/**")
    page.fill("[name=password]", PASSWORD)
    page.click("main form button[type=submit]")


def sign_out(page):
    page.get_by_role("button", name="Abmelden").first.click()
    page.wait_for_url(lambda url: "konto" not in url and "buero" not in url)


def code_of(secret):
    while time.time() % 30 > 24:
        time.sleep(0.2)  # the next code is near; this one shall hold until it has arrived
    [counter, *_others] = yield_hotp_counters_from_time()
    return str(format_hotp_value(hotp_value(secret, counter)))


@pytest.mark.parametrize("reached_by", ["prefix", "host"])
def test_a_passkey_alone_opens_the_desk_until_it_is_removed(known, open_page, reached_by):
    mira, prefix = known(reached_by)
    page = open_page()
    sign_in(page, prefix, mira)
    page.wait_for_url(f"**{prefix}/konto/2fa/")
    assert_accessible(page)

    page.goto(f"{prefix}/konto/2fa/webauthn/add/")
    say_the_password_again(page)
    page.wait_for_url("**/webauthn/add/")
    line, key = with_a_key(page)
    page.fill("[name=name]", "Mein Telefon")
    page.check("[name=passwordless]")
    page.click("#mfa_webauthn_add")
    page.wait_for_url(f"**{prefix}/konto/2fa/recovery-codes/")
    assert len(line.send("WebAuthn.getCredentials", {"authenticatorId": key})["credentials"]) == 1
    page.goto(f"{prefix}/buero/")
    sign_out(page)

    page.goto(f"{prefix}/buero/")
    page.wait_for_url(f"**{prefix}/anmelden/**")
    page.click("#passkey_login")
    page.wait_for_url(f"**{prefix}/buero/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    sign_out(page)

    Authenticator.objects.filter(user=mira, type="webauthn").delete()
    page.goto(f"{prefix}/anmelden/")
    page.click("#passkey_login")
    page.locator(".q-message, [role=alert], [role=status]").first.wait_for()
    page.goto(f"{prefix}/buero/")
    page.wait_for_url(f"**{prefix}/anmelden/**")


def test_a_key_that_is_only_a_second_factor_does_not_replace_the_password(known, open_page):
    mira, prefix = known("prefix")
    page = open_page()
    sign_in(page, prefix, mira)
    page.goto(f"{prefix}/konto/2fa/webauthn/add/")
    say_the_password_again(page)
    page.wait_for_url("**/webauthn/add/")
    with_a_key(page)
    page.fill("[name=name]", "Schlüsselbund")
    page.click("#mfa_webauthn_add")
    page.wait_for_url("**/recovery-codes/")
    page.goto(f"{prefix}/buero/")
    sign_out(page)

    sign_in(page, prefix, mira)
    page.wait_for_url("**/2fa/authenticate/**")
    page.goto(f"{prefix}/buero/")
    page.wait_for_url("**/2fa/authenticate/**")


def test_an_app_is_set_up_and_its_code_opens_the_desk(known, open_page):
    mira, prefix = known("prefix")
    page = open_page()
    sign_in(page, prefix, mira)
    page.goto(f"{prefix}/konto/2fa/totp/activate/")
    say_the_password_again(page)
    page.wait_for_url("**/totp/activate/")
    secret = page.locator("#authenticator_secret").input_value()
    page.fill("[name=code]", code_of(secret))
    page.click("main form button[type=submit]")
    page.wait_for_url("**/recovery-codes/")
    page.goto(f"{prefix}/buero/")
    sign_out(page)
    cache.clear()  # half a minute later: the same code would not be taken twice

    sign_in(page, prefix, mira)
    page.wait_for_url("**/2fa/authenticate/**")
    page.fill("[name=code]", "000000")
    page.locator("main form button[type=submit]").first.click()
    page.locator("[role=alert]").first.wait_for()
    page.fill("[name=code]", code_of(secret))
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"**{prefix}/buero/")


def with_password(client, user):
    return client.post("/anmelden/", {"login": user.email, "password": PASSWORD})


@pytest.fixture
def mira(db):
    """Somebody with an app and codes on paper."""
    cache.clear()
    user = make_member(make_quarter("ost"), Role.MODERATOR, "Mira")
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(user)
    return user


def codes_of(user):
    return RecoveryCodes(Authenticator.objects.get(user=user, type="recovery_codes"))


def test_a_code_on_paper_opens_the_desk_once(mira):
    code, other = codes_of(mira).get_unused_codes()[:2]
    first, again = Client(), Client()
    with_password(first, mira)
    with_password(again, mira)

    assert first.post("/konto/2fa/authenticate/", {"code": code}).headers["Location"] == "/buero/"
    assert first.get("/buero/").status_code == 200
    refused = again.post("/konto/2fa/authenticate/", {"code": code})
    assert (refused.status_code, bool(refused.context["form"].errors)) == (200, True)
    assert again.get("/buero/").status_code == 302
    assert again.post("/konto/2fa/authenticate/", {"code": other}).status_code == 302
    assert len(codes_of(mira).get_unused_codes()) == 8


def test_the_code_of_an_app_is_taken_once(mira):
    secret = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"  # noqa: S105 -- invented
    code = code_of(secret)
    first, again = Client(), Client()
    with_password(first, mira)
    with_password(again, mira)

    assert first.post("/konto/2fa/authenticate/", {"code": code}).status_code == 302
    assert again.post("/konto/2fa/authenticate/", {"code": code}).status_code == 200
    assert again.get("/buero/").status_code == 302
