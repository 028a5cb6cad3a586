"""Pages about one's own sign-in, beside those of allauth."""

from allauth.account import views as account_views
from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quartiersladen.accounts import queries, services
from quartiersladen.accounts.access import StaffRequest, or_404, signed_in
from quartiersladen.kernel.errors import NotAllowed

METHODS = ["GET", "HEAD", "POST"]
ALL_OTHERS = "all-others"


@require_http_methods(METHODS)
@signed_in
@reauthentication_required(allow_get=True)  # type: ignore[untyped-decorator]  # allauth has no types
def sessions(request: StaffRequest) -> HttpResponse:
    """Where somebody is signed in; POST ends one session or all others."""
    if request.method == "POST":
        which = request.POST.get("session", "")
        if which == ALL_OTHERS:
            services.end_sessions(user_id=request.user.pk, but=request.session.session_key)
        else:
            or_404(services.end_session, user_id=request.user.pk, handle=which)
        messages.success(request, _("Signed out there."))
        return redirect("accounts:sessions")
    context = {
        "sessions": queries.sessions_of(request.user.pk, timezone.now()),
        "current": request.session.session_key,
        "all_others": ALL_OTHERS,
    }
    return render(request, "accounts/office/sessions.html", context)


@require_http_methods(METHODS)
@signed_in
def address(request: StaffRequest) -> HttpResponse:
    """Allauth's page of one's own addresses; only a confirmed one may become the main one.

    Roles are given to addresses. Whoever could take an address without having its letter box would
    get the role that somebody else is meant to have.
    """
    if "action_primary" in request.POST and not queries.is_confirmed(
        request.user, request.POST.get("email", "")
    ):
        raise NotAllowed(_("Please confirm this address first: we have sent a link to it."))
    answer: HttpResponse = account_views.email(request)
    return answer
