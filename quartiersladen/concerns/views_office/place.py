"""Where a concern is: a page with a map, because a place is seldom said in one field."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quartiersladen.accounts.access import StaffRequest, office
from quartiersladen.concerns.forms.place import PlaceForm, place_initial
from quartiersladen.concerns.services.placing import place_concern
from quartiersladen.concerns.views_office.case import fresh, open_case
from quartiersladen.ui.refused import tried

PAGE = "concerns/office/place.html"


@require_http_methods(["GET", "HEAD", "POST"])
@office
def place(request: StaffRequest, reference: str) -> HttpResponse:
    """Enter the place, or correct it."""
    case = open_case(request, reference)
    form = PlaceForm(request.POST or None, initial=place_initial(case.concern))
    status = HTTPStatus.OK
    if request.method == "POST":
        status = tried(
            form,
            lambda: place_concern(
                viewer=request.viewer,
                concern=case.concern,
                place=form.whereabouts(),
                version=form.cleaned_data["version"],
                now=case.now,
            ),
        )
        if status == HTTPStatus.OK:
            messages.success(request, _("Done."))
            return redirect("concerns:office_detail", reference)
    context = {
        "form": form,
        "concern": case.concern,
        "version": fresh(case).version,
        "nav_section": "concerns",
    }
    return render(request, PAGE, context, status=status)
