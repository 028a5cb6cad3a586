"""Signs people in without walking through the form; one journey walks through it for all."""

from typing import TYPE_CHECKING, Any

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.test import Client, RequestFactory

if TYPE_CHECKING:
    from playwright.sync_api import Page

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def signed_in_client(user: Any) -> Client:
    """Return a test client of `user`, who also showed a second factor."""
    client = Client()
    client.force_login(user, backend=BACKEND)
    request = RequestFactory().get("/")
    request.session = client.session
    record_authentication(request, user, "password", email=user.email)
    record_authentication(request, user, "mfa", type="totp")
    request.session.save()
    return client


def sign_in_at(url: str, page: "Page", user: Any) -> None:
    """Give the profile of `page` the session of `user`; url: of the live server."""
    cookie = signed_in_client(user).cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": url}])
