"""Confidential matters that nobody sees any more: the lead names somebody."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quartiersladen.accounts.access import StaffRequest, office
from quartiersladen.accounts.queries import workers
from quartiersladen.desk.forms import CarerForm
from quartiersladen.dossiers.queries import get_without_carer, without_carer
from quartiersladen.dossiers.rules import may_take_care
from quartiersladen.dossiers.services.confidential import take_care
from quartiersladen.kernel.errors import Conflict, Invalid, demand


@require_http_methods(["GET", "HEAD", "POST"])
@office
def without_anybody(request: StaffRequest) -> HttpResponse:
    """Number and day of what nobody sees any more, each with the choice of a person."""
    demand(may_take_care(request.viewer))
    now = timezone.now()
    today = request.quarter.local_day(now)
    people = list(workers(request.quarter.pk, today))
    sentence, status = "", HTTPStatus.OK
    if request.method == "POST":
        form = CarerForm(request.POST, workers=people)
        try:
            dossier = get_without_carer(request.viewer, request.POST.get("number", ""), today)
            person = form.person_chosen()
            take_care(viewer=request.viewer, dossier=dossier, person=person, now=now)
        except Invalid as refusal:
            sentence, status = str(refusal), HTTPStatus.UNPROCESSABLE_ENTITY
        except (Conflict, ObjectDoesNotExist):
            sentence, status = _("Somebody is named for this already."), HTTPStatus.CONFLICT
        else:
            messages.success(
                request,
                _("%(name)s sees no. %(number)s from now on.")
                % {"name": person.name, "number": dossier.reference},
            )
            return redirect("desk:without_anybody")
    context = {
        "rows": [
            (dossier, CarerForm(workers=people, auto_id=f"wer-{dossier.pk}_%s"))
            for dossier in without_carer(request.viewer, today)
        ],
        "sentence": sentence,
        "nav_section": "concerns",
    }
    return render(request, "desk/office/without_anybody.html", context, status=status)
