"""Every answer of every address carries the headers that keep it safe."""

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.management.utils import get_random_secret_key
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import PASSWORD, make_member
from quartiersladen.quarters.testing import make_quarter, make_theme
from tests.support.fresh_settings import settings_of
from tests.support.sign_in import signed_in_client

CONVERTED = {"int": "1", "slug": "ost", "str": "x", "uuid": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "path": "x"}  # fmt: skip
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
STRICT = {
    "default-src": "'none'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "worker-src": "'self'",
    "form-action": "'self'",
}


def every_path(resolver=None, before="/"):
    """Yield a path for every address of the house; what it names need not be there."""
    for entry in (resolver or get_resolver()).url_patterns:
        route = before + re.sub(r"^\^|\$$", "", str(entry.pattern))
        if isinstance(entry, URLResolver):
            yield from every_path(entry, route)
        elif isinstance(entry, URLPattern):
            filled = re.sub(r"<(?:(\w+):)?\w+>", lambda found: CONVERTED[found[1] or "str"], route)
            yield re.sub(r"\(\?P<\w+>[^)]*\)", "x", filled).replace("\\", "").replace("/?", "/")


def policy(answer) -> dict[str, str]:
    parts = (part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))  # fmt: skip
    return {part[0]: part[1] if len(part) > 1 else "" for part in parts if part[0]}


def complaints(path, answer) -> list[str]:
    found = [f"{path} {name}: {answer.headers.get(name)}" for name, value in ALWAYS.items() if answer.headers.get(name) != value]  # fmt: skip
    if "Permissions-Policy" not in answer.headers:
        found.append(f"{path} has no Permissions-Policy")
    if "Content-Security-Policy" not in answer.headers:
        return [*found, f"{path} has no policy"]
    csp = policy(answer)
    if "unsafe" in answer.headers["Content-Security-Policy"]:
        found.append(f"{path} allows what is unsafe")
    if "sandbox" not in csp:
        found += [f"{path} {name}: {csp.get(name)}" for name, value in STRICT.items() if csp.get(name) != value]  # fmt: skip
    if answer.status_code == 500:
        found.append(f"{path} broke")
    return found


@pytest.fixture
def quarter(db):
    quarter = make_quarter("ost")
    make_theme(quarter)
    return quarter


@pytest.mark.parametrize("who", ["public", "lead"])
@pytest.mark.parametrize("method", ["get", "post", "options", "put"])
def test_every_answer_of_every_address_is_safe(quarter, who, method):
    client = signed_in_client(make_member(quarter, Role.LEAD, "Karla")) if who == "lead" else Client()  # fmt: skip
    client.raise_request_exception = False
    paths = [*every_path(), "/gibt/es/nicht/", "/static/gibt-es-nicht.css", "/q/nirgends/", "/anliegen"]  # fmt: skip

    found = [line for path in paths for line in complaints(path, getattr(client, method)(path))]

    assert found == []
    assert len(paths) > 80


def test_pages_of_our_own_fault_are_safe_too(quarter, settings, client):
    settings.ROOT_URLCONF = "tests.pages.urls"
    client.raise_request_exception = False
    found = [
        line
        for status in (400, 403, 405, 409, 413, 422, 429, 500, 502, 503)
        for line in complaints(str(status), client.get(f"/abgewiesen/{status}/"))
        if "broke" not in line
    ]
    assert found == []
    assert complaints("host", client.get("/", headers={"Host": "evil.example.org"})) == []


def test_static_files_are_safe_too(quarter, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    settings.WHITENOISE_USE_FINDERS = settings.WHITENOISE_AUTOREFRESH = True

    answer = Client().get("/static/ui/app.css")

    answer.close()
    assert answer.status_code == 200
    assert complaints("static", answer) == []


@pytest.mark.parametrize(
    "path",
    ["/buero/", "/buero/einstellungen/", "/konto/2fa/", "/konto/sitzungen/", "/anmelden/", "/s/x/", "/f/x/", "/b/x/", "/", "/anliegen/"],
)  # fmt: skip
def test_no_browser_keeps_a_personal_page(quarter, path):
    lead = signed_in_client(make_member(quarter, Role.LEAD, "Karla"))
    assert lead.get(path).headers["Cache-Control"] == "private, no-store"


def test_public_pages_and_colours_may_be_kept(quarter, client):
    assert "no-store" not in client.get("/").headers.get("Cache-Control", "")
    lead = signed_in_client(make_member(quarter, Role.LEAD, "Karla"))
    assert lead.get("/farbe.css").headers["Cache-Control"] == "public, max-age=300"


def test_cookies_cannot_be_read_by_scripts_nor_sent_from_elsewhere(quarter, client):
    client.post("/anmelden/", {"login": make_member(quarter).email, "password": PASSWORD})
    client.get("/anmelden/?lang=en")
    client.get("/anliegen/neu/")
    names = {"sessionid", "csrftoken", "lang"}
    assert names <= set(client.cookies)
    for name in names:
        cookie = client.cookies[name]
        assert (name, cookie["httponly"], cookie["samesite"], cookie["path"], cookie["domain"]) == (
            name, True, "Lax", "/", "",
        )  # fmt: skip


def test_behind_https_cookies_are_secure_and_belong_to_this_host_alone(tmp_path):
    found = settings_of(
        ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "LANGUAGE_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS"),
        BASE_URL="https://quartier.example.org",
        DATA_DIR=str(tmp_path),
        SECRET_KEY=get_random_secret_key(),
    )  # fmt: skip
    assert found == ["__Host-sessionid", "__Host-csrftoken", "__Host-lang", True, True, True, 31_536_000, False]  # fmt: skip


def test_over_https_a_browser_is_told_to_stay_there(quarter, settings, client):
    settings.SECURE_HSTS_SECONDS = 31_536_000
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    over = Client(headers={"X-Forwarded-Proto": "https"})
    assert over.get("/").headers["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in client.get("/").headers


def test_nothing_of_the_repository_is_served(quarter, client):
    (Path(django_settings.DATA_DIR) / "geheim.txt").write_text("x")
    for path in ("/.git/config", "/static/../settings.py", "/static/%2e%2e/%2e%2e/settings.py", "/static/", "/data/quartiersladen.sqlite3", "/geheim.txt"):  # fmt: skip
        assert (path, client.get(path).status_code) == (path, 404)


def test_trace_is_no_method(quarter, client):
    assert client.trace("/anliegen/").status_code in {403, 405}
    assert client.trace("/").status_code in {403, 405}
