"""The way in through the operator's own sign-in (OpenID Connect)."""

import logging
from collections.abc import Callable
from importlib import import_module
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _

from quartiersladen.accounts.access import HouseRequest, public
from quartiersladen.ui.errors import error_page

logger = logging.getLogger(__name__)
#: Of allauth; loaded when somebody comes this way, because few houses have such a service.
CLIENT = "allauth.socialaccount.providers.openid_connect.views"


@public
def operator_login(request: HouseRequest, provider_id: str) -> HttpResponse:
    """Lead to the operator's service; a page that helps when it does not answer."""
    return _asked(request, lambda client: client.login(request, provider_id))


@public
def operator_callback(request: HouseRequest, provider_id: str) -> HttpResponse:
    """Take what the operator's service says about who comes."""
    return _asked(request, lambda client: client.callback(request, provider_id))


def _asked(request: HouseRequest, ask: Callable[[Any], HttpResponse]) -> HttpResponse:
    """Return what the service leads to; it may be silent, or not speak OpenID Connect."""
    if not settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]:
        raise Http404
    from requests import RequestException  # noqa: PLC0415 -- as CLIENT

    try:
        return ask(import_module(CLIENT))
    except (RequestException, KeyError, ValueError) as exc:
        return _silent(request, exc)


def _silent(request: HouseRequest, exc: Exception) -> HttpResponse:
    # The text of the exception may hold tokens.
    logger.warning(
        "The service in OIDC_ISSUER does not answer as it should: %s", type(exc).__name__
    )
    sentence = _(
        "The sign-in service of your operator does not answer. "
        "Please sign in with your password, or try again in a few minutes."
    )
    return error_page(request, 502, sentence)
