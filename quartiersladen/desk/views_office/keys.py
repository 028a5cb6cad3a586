"""The keyboard at the desk: which keys there are, and whether single letters are shortcuts."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quartiersladen.accounts.access import StaffRequest, desk
from quartiersladen.accounts.services import use_shortcuts


@require_http_methods(["GET", "HEAD", "POST"])
@desk
def keys(request: StaffRequest) -> HttpResponse:
    """All shortcuts, also without scripts; POST switches them on or off for oneself."""
    if request.method == "POST":
        use_shortcuts(user=request.user, is_on=request.POST.get("tasten") == "an")
        messages.success(request, _("Saved."))
        return redirect("desk:keys")
    return render(request, "desk/office/keys.html", {"nav_section": ""})
