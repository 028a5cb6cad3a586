"""Knows the session, says who is looking, and asks staff for a second factor."""

import logging
from collections.abc import Callable
from typing import cast

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.contrib.sessions.middleware import SessionMiddleware as DjangoSessionMiddleware
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from quartiersladen.accounts import queries
from quartiersladen.accounts.devices import device_of
from quartiersladen.accounts.models import User
from quartiersladen.accounts.rules import Viewer, public_viewer
from quartiersladen.accounts.sessions import SessionStore
from quartiersladen.kernel.faults import is_out_of_order
from quartiersladen.quarters.models import Quarter

logger = logging.getLogger(__name__)

GetResponse = Callable[[HttpRequest], HttpResponse]
DESK = "/buero/"
#: Opened by keys and by everybody, never by a session: what a browser has does not matter there.
WITHOUT_SESSION = ("/open311/", "/api/")


class SessionMiddleware(DjangoSessionMiddleware):
    """Django's, which also tells the session its device and that it is in use."""

    def process_request(self, request: HttpRequest) -> None:
        """Open the session."""
        super().process_request(request)
        session = cast("SessionStore", request.session)
        session.device = device_of(request.headers.get("User-Agent", ""))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Close the session; what was changed in it is saved, else only the time."""
        session = cast("SessionStore", request.session)
        if session.accessed and not session.modified:
            _touch(session)
        answer: HttpResponse = super().process_response(request, response)
        return answer


def _touch(session: SessionStore) -> None:
    """Write down that the person was here; a full disk must not keep anybody from reading."""
    try:
        session.touch(timezone.now())
    except DatabaseError as fault:
        if not is_out_of_order(fault):
            raise
        logger.warning("When somebody was seen last could not be written down.")


class ViewerMiddleware:
    """Set `request.viewer`; one statement for signed-in people, none for the public."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        quarter = getattr(request, "quarter", None)
        if quarter is not None:
            request.viewer = self._viewer(request, quarter)  # type: ignore[attr-defined]  # set here for every request
        return self.get_response(request)

    @staticmethod
    def _viewer(request: HttpRequest, quarter: Quarter) -> Viewer:
        if request.path_info.startswith(WITHOUT_SESSION):
            return public_viewer(quarter.pk)
        return queries.viewer_for(request.user, quarter.pk, quarter.local_day(timezone.now()))


class SecondFactorMiddleware:
    """Let nobody to the desk who signed in with a password alone, except in demo mode.

    People who come through the operator's own sign-in (OIDC) have their second factor there.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        if (
            not settings.DEMO
            and request.path_info.startswith(DESK)
            and isinstance(request.user, User)
            and not self._is_strong(request, request.user)
        ):
            return redirect("mfa_index")
        return self.get_response(request)

    @staticmethod
    def _is_strong(request: HttpRequest, user: User) -> bool:
        methods = {record.get("method") for record in get_authentication_records(request, user)}
        return bool(methods & {"mfa", "socialaccount"})
