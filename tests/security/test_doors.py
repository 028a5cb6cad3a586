"""Guessing is slow everywhere: passwords, codes, mails to set a password, links."""

import re
from base64 import urlsafe_b64decode
from urllib.parse import urlsplit

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings as django_settings
from django.contrib.auth import hashers
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client, RequestFactory

from quartiersladen.accounts.models import Session, User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import PASSWORD, make_member
from quartiersladen.kernel.links import MAC_BYTES, make_token
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.testing import make_quarter
from quartiersladen.ui.middleware import ProxyMiddleware
from tests.support.sign_in import signed_in_client

SECOND = "/konto/2fa/authenticate/"
RESET = "/konto/password/reset/"


@pytest.fixture
def quarter(db, settings):
    cache.clear()
    settings.EMAIL_BACKEND = "quartiersladen.outbox.backend.OutboxBackend"
    return make_quarter("ost")


@pytest.fixture
def mira(quarter) -> User:
    return make_member(quarter, Role.MODERATOR, "Mira")


def with_password(user) -> Client:
    client = Client()
    client.post("/anmelden/", {"login": user.email, "password": PASSWORD})
    return client


def is_asked_to_wait(answer) -> bool:
    return (answer.status_code, answer.headers.get("Retry-After")) == (429, "900") and (
        "030 23125 014" in answer.content.decode()
    )


@pytest.mark.parametrize("guess", ["000000", "aaaaaaaa"], ids=["app", "paper"])
def test_codes_cannot_be_guessed_even_with_a_new_browser_each_time(mira, guess):
    TOTP.activate(mira, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    RecoveryCodes.activate(mira)

    tries = [with_password(mira).post(SECOND, {"code": guess}) for _n in range(9)]

    assert [answer.status_code for answer in tries] == [200] * 8 + [429]
    assert is_asked_to_wait(tries[8])


def test_somebody_elses_guesses_do_not_lock_a_colleague_out(mira, quarter):
    TOTP.activate(mira, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    hao = make_member(quarter, Role.HELPER, "Hao")
    TOTP.activate(hao, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    for _n in range(9):
        with_password(mira).post(SECOND, {"code": "000000"})

    assert with_password(hao).post(SECOND, {"code": "000000"}).status_code == 200


def test_the_password_cannot_be_guessed_in_an_open_session(mira):
    desk = signed_in_client(mira)

    tries = [desk.post("/konto/reauthenticate/", {"password": f"falsch {n}"}) for n in range(9)]

    assert [answer.status_code for answer in tries] == [200] * 7 + [429] * 2
    assert is_asked_to_wait(tries[8])


def test_a_made_up_passkey_opens_nothing_and_is_slow_to_try(quarter, client):
    made_up = '{"id": "AAAA", "type": "public-key", "response": {}}'

    tries = [
        client.post("/konto/2fa/webauthn/login/", {"credential": value}).status_code
        for value in (made_up, "{}", "[]", "null", "x", "")
    ]

    assert set(tries) == {302}
    assert not Session.objects.filter(user__isnull=False).exists()


def test_a_mail_to_set_a_password_goes_out_three_times_an_hour(mira, client):
    answers = [client.post(RESET, {"email": mira.email}) for _n in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert is_asked_to_wait(answers[3])
    assert Mail.objects.count() == 3


def test_a_stranger_gets_the_same_answer_and_no_mail(mira, client):
    known, unknown = (
        client.post(RESET, {"email": email}) for email in (mira.email, "fremd@example.org")
    )

    assert (known.status_code, known.headers["Location"]) == (
        unknown.status_code,
        unknown.headers["Location"],
    )
    assert [mail.to_address for mail in Mail.objects.all()] == [mira.email]


def test_one_network_does_not_order_mails_for_the_whole_team(quarter, client):
    people = [make_member(quarter, Role.HELPER, f"Person{n}") for n in range(21)]

    answers = [client.post(RESET, {"email": user.email}).status_code for user in people]

    assert answers == [302] * 20 + [429]


def test_an_unknown_address_costs_the_same_hash_as_a_known_one(mira, client, monkeypatch):
    made = []
    real = hashers.MD5PasswordHasher.encode

    def counted(*args, **kwargs):
        made.append(1)
        return real(*args, **kwargs)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", counted)

    counts = []
    for email in (mira.email, "fremd@example.org"):
        made.clear()
        client.post("/anmelden/", {"login": email, "password": "falsch und lang genug"})
        counts.append(len(made))

    assert counts[0] == counts[1] >= 1


def the_link_in(mail: Mail) -> str:
    found = re.search(r"https?://\S+", mail.text)
    assert found is not None
    return found[0]


@pytest.mark.parametrize("host", ["localhost", "testserver"])
def test_the_link_in_a_mail_leads_to_the_quarters_own_address(mira, settings, host):
    settings.BASE_URL = "https://quartier.example.org"
    make_quarter("tor", host="tor.example.org")
    settings.ALLOWED_HOSTS = ["*"]
    Client().post(RESET, {"email": mira.email}, headers={"Host": host, "X-Forwarded-Host": "evil.example.org"})  # fmt: skip
    Client().post(RESET, {"email": mira.email}, headers={"Host": "evil.example.org"})
    Client().post("/q/tor" + RESET, {"email": mira.email}, headers={"Host": "evil.example.org"})

    found = [the_link_in(mail) for mail in Mail.objects.order_by("pk")]

    home = "https://quartier.example.org/konto/password/reset/key/"
    assert [url.startswith(home) for url in found[:2]] == [True, True]
    assert found[2].startswith("https://tor.example.org/konto/password/reset/key/")
    assert not any("evil" in mail.text for mail in Mail.objects.all())


def test_a_link_to_set_a_password_counts_once_and_leaves_the_second_factor(mira, client):
    TOTP.activate(mira, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client.post(RESET, {"email": mira.email})
    path = urlsplit(the_link_in(Mail.objects.get())).path
    page = client.get(path, follow=True)
    new = "noch ein sicherer Satz 27"
    done = client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})

    assert done.status_code == 302
    assert client.get("/buero/").headers["Location"].startswith("/anmelden/")
    assert Client().get(path, follow=True).context["token_fail"] is True
    signed_in = Client()
    signed_in.post("/anmelden/", {"login": mira.email, "password": new})
    assert signed_in.get("/buero/").status_code == 302


@pytest.mark.parametrize(
    "password",
    [
        "kurz",
        "elf Zeichen",
        "123456789012",
        "mira@ost.example.org",
        "Quartiersladen-Ost-2026!",
        "aaaaaaaaaaaab",
        "qwertyuiop123",
    ],
)
def test_a_weak_password_is_refused(mira, client, password):
    desk = signed_in_client(mira)
    answer = desk.post(
        "/konto/password/change/",
        {"oldpassword": PASSWORD, "password1": password, "password2": password},
    )
    assert (answer.status_code, bool(answer.context["form"].errors)) == (200, True)


@pytest.mark.parametrize("password", ["ein ganz langer Satz " * 6, "päßwört mit 🌻 und Leerraum ", "n" * 11 + " "])  # fmt: skip
def test_a_password_may_hold_anything_and_is_taken_as_it_is(mira, password):
    mira.set_password(password)
    mira.save()
    assert mira.check_password(password)
    assert not mira.check_password(password.strip() + "x")


def test_passwords_are_kept_with_argon2(tmp_path):
    from tests.support.fresh_settings import settings_of  # noqa: PLC0415 -- only here

    [found] = settings_of(("PASSWORD_HASHERS",), SECRET_KEY="x" * 40, DATA_DIR=str(tmp_path))
    assert found == ["django.contrib.auth.hashers.Argon2PasswordHasher"]


def test_a_link_cannot_be_guessed_and_every_bit_of_it_counts(quarter, client):
    token = make_token("teller-status", subject_id=1, generation=1, expires_on=None)

    assert MAC_BYTES * 8 == 128
    assert len(urlsafe_b64decode(token)) == 30
    for place in range(0, 40, 3):
        other = token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        assert (place, client.get(f"/s/{other}/").status_code) == (place, 404)


@pytest.mark.parametrize(
    ("header", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("6.6.6.6, 203.0.113.7", "203.0.113.7"),
        ("2001:db8::1", "2001:db8::1"),
        ("", "127.0.0.1"),
        ("unknown", "127.0.0.1"),
        ("203.0.113.7,", "127.0.0.1"),
        ("<script>", "127.0.0.1"),
    ],
)
def test_behind_a_proxy_only_the_address_that_it_added_counts(settings, header, address):
    settings.BEHIND_PROXY = True
    request = RequestFactory().get("/", headers={"X-Forwarded-For": header})
    ProxyMiddleware(lambda _request: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == address


def test_without_a_proxy_nobody_chooses_their_address():
    assert django_settings.BEHIND_PROXY is False
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "203.0.113.7"})
    ProxyMiddleware(lambda _request: HttpResponse())(request)
    assert request.META["REMOTE_ADDR"] == "127.0.0.1"
