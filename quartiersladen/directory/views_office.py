"""The office keeps its directory of bodies and contact persons."""

from http import HTTPStatus

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quartiersladen.accounts.access import StaffRequest, office, or_404
from quartiersladen.directory import queries, services
from quartiersladen.directory.forms import BodyForm, PersonForm, initial_of, person_initial
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.ui.refused import tried

METHODS = ["GET", "HEAD", "POST"]


@require_safe
@office
def bodies(request: StaffRequest) -> HttpResponse:
    """All bodies, by name."""
    words = request.GET.get("q", "")[:100]
    context = {
        "bodies": list(queries.bodies_for(request.viewer, words)),
        "words": words,
        "nav_section": "directory",
    }
    return render(request, "directory/office/bodies.html", context)


def _save(request: StaffRequest, form: BodyForm, body: ResponsibleBody | None) -> HTTPStatus:
    status = tried(
        form,
        lambda: services.save_body(
            viewer=request.viewer,
            quarter=request.quarter,
            body=body,
            facts=form.facts(),
            version=form.cleaned_data["version"],
            now=timezone.now(),
        ),
    )
    if status == HTTPStatus.OK:
        messages.success(request, _("Saved."))
    return status


@require_http_methods(METHODS)
@office
def body_new(request: StaffRequest) -> HttpResponse:
    """Add a body."""
    form = BodyForm(request.POST or None, quarter=request.quarter)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = _save(request, form, None)
        if status == HTTPStatus.OK:
            return redirect("directory:bodies")
    context = {"form": form, "version": 0, "nav_section": "directory"}
    return render(request, "directory/office/body.html", context, status=status)


def _body_page(
    request: StaffRequest,
    body: ResponsibleBody,
    form: BodyForm,
    person_form: Form | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    today = request.quarter.local_day(timezone.now())
    context = {
        "form": form,
        "body": body,
        "version": queries.get_body(request.viewer, body.pk).version,
        "people": list(queries.people_of(body, today)),
        "person_form": person_form or PersonForm(initial={"from_on": today}, auto_id="person_%s"),
        "nav_section": "directory",
    }
    return render(request, "directory/office/body.html", context, status=status)


@require_http_methods(METHODS)
@office
def body_edit(request: StaffRequest, body_id: int) -> HttpResponse:
    """Change a body; below it stand its contact persons."""
    body = or_404(queries.get_body, request.viewer, body_id)
    form = BodyForm(request.POST or None, quarter=request.quarter, initial=initial_of(body))
    status = HTTPStatus.OK
    if request.method == "POST":
        status = _save(request, form, body)
        if status == HTTPStatus.OK:
            return redirect("directory:bodies")
    return _body_page(request, body, form, status=status)


def _save_person(
    request: StaffRequest, form: PersonForm, body: ResponsibleBody, person: ContactPerson | None
) -> HTTPStatus:
    return tried(
        form,
        lambda: services.save_person(
            viewer=request.viewer,
            body=body,
            person=person,
            facts=form.facts(),
            now=timezone.now(),
        ),
    )


@require_POST
@office
def person_new(request: StaffRequest, body_id: int) -> HttpResponse:
    """Add a contact person."""
    body = or_404(queries.get_body, request.viewer, body_id)
    form = PersonForm(request.POST, auto_id="person_%s")
    status = _save_person(request, form, body, None)
    if status == HTTPStatus.OK:
        messages.success(request, _("Saved."))
        return redirect("directory:body_edit", body.pk)
    body_form = BodyForm(quarter=request.quarter, initial=initial_of(body))
    return _body_page(request, body, body_form, form, status)


@require_http_methods(METHODS)
@office
def person_edit(request: StaffRequest, body_id: int, person_id: int) -> HttpResponse:
    """Change a contact person, or let the function end."""
    body = or_404(queries.get_body, request.viewer, body_id)
    person = or_404(queries.get_person, body, person_id)
    form = PersonForm(request.POST or None, initial=person_initial(person))
    status = HTTPStatus.OK
    if request.method == "POST":
        status = _save_person(request, form, body, person)
        if status == HTTPStatus.OK:
            return redirect("directory:body_edit", body.pk)
    context = {"form": form, "body": body, "nav_section": "directory"}
    return render(request, "directory/office/person.html", context, status=status)
