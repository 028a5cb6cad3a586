"""The way in through the operator's own sign-in (OpenID Connect)."""

import logging

from allauth.socialaccount.providers.openid_connect import views as openid_connect
from django.http import HttpResponse
from django.utils.translation import gettext as _
from requests import RequestException

from quartiersladen.accounts.access import HouseRequest, public
from quartiersladen.ui.errors import error_page

logger = logging.getLogger(__name__)
#: The service does not answer, or with something that is not OpenID Connect.
SILENT = (RequestException, KeyError, ValueError)


@public
def operator_login(request: HouseRequest, provider_id: str) -> HttpResponse:
    """Lead to the operator's service; a page that helps when it does not answer."""
    try:
        answer: HttpResponse = openid_connect.login(request, provider_id)
    except SILENT as exc:
        return _silent(request, exc)
    return answer


@public
def operator_callback(request: HouseRequest, provider_id: str) -> HttpResponse:
    """Take what the operator's service says about who comes."""
    try:
        answer: HttpResponse = openid_connect.callback(request, provider_id)
    except SILENT as exc:
        return _silent(request, exc)
    return answer


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
