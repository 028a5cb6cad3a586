"""Settings of the quarter: facts, themes, right addresses, people, trail."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quartiersladen.accounts.access import StaffRequest, or_404, settings_only, texts_only
from quartiersladen.accounts.adapter import invite
from quartiersladen.accounts.queries import members_of
from quartiersladen.accounts.states import Role
from quartiersladen.backups.queries import worry_for_desk
from quartiersladen.desk import forms, queries, services
from quartiersladen.kernel.errors import Invalid
from quartiersladen.privacy.queries import trail_of

METHODS = ["GET", "HEAD", "POST"]
TRAIL_SHOWN = 100


def _done(request: StaffRequest, form: Form, deed: Callable[[], object]) -> HTTPStatus:
    """Do a deed with a checked form; wrong input is explained at its field, above it a conflict."""
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        deed()
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return HTTPStatus.UNPROCESSABLE_ENTITY
    except services.SavedMeanwhile as refusal:
        form.add_error(None, str(refusal))
        # Whoever has read that and saves again means it.
        data = request.POST.copy()
        data["version"] = str(refusal.version)
        form.data = data
        return HTTPStatus.CONFLICT
    messages.success(request, _("Saved."))
    return HTTPStatus.OK


def _form_page(request: StaffRequest, title: str, form: Form, status: HTTPStatus) -> HttpResponse:
    context = {"form": form, "title": title, "nav_section": "settings"}
    return render(request, "desk/office/settings_form.html", context, status=status)


@require_safe
@texts_only
def overview(request: StaffRequest) -> HttpResponse:
    """Everything that can be set, by right."""
    context = {
        "themes": queries.all_themes(request.viewer),
        "addresses": queries.all_addresses(request.viewer),
        "worry": worry_for_desk(request.viewer, request.quarter, timezone.now()),
        "nav_section": "settings",
    }
    return render(request, "desk/office/settings.html", context)


@require_http_methods(METHODS)
@settings_only
def quarter(request: StaffRequest) -> HttpResponse:
    """Name, address, mail, colours, rhythm."""
    form = forms.QuarterForm(request.POST or None, initial=forms.quarter_initial(request.quarter))
    status = HTTPStatus.OK
    if request.method == "POST":
        status = _done(
            request,
            form,
            lambda: services.save_quarter(
                viewer=request.viewer,
                quarter=request.quarter,
                changes=form.changes(),
                version=form.cleaned_data["version"],
                now=timezone.now(),
            ),
        )
        if status == HTTPStatus.OK:
            return redirect("desk:settings")
    return _form_page(request, _("The quarter"), form, status)


@require_http_methods(METHODS)
@settings_only
def theme(request: StaffRequest, key: int | None = None) -> HttpResponse:
    """Add or change a theme."""
    found = or_404(queries.get_theme, request.viewer, key) if key is not None else None
    initial = forms.theme_initial(found) if found else None
    form = forms.ThemeForm(request.POST or None, initial=initial)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = _done(
            request,
            form,
            lambda: services.save_theme(
                viewer=request.viewer,
                quarter=request.quarter,
                theme=found,
                facts=form.facts(),
                version=form.cleaned_data["version"],
                now=timezone.now(),
            ),
        )
        if status == HTTPStatus.OK:
            return redirect("desk:settings")
    return _form_page(request, _("Theme"), form, status)


@require_http_methods(METHODS)
@texts_only
def right_address(request: StaffRequest, key: int | None = None) -> HttpResponse:
    """Add or change who helps with what the office does not do."""
    found = or_404(queries.get_address, request.viewer, key) if key is not None else None
    initial = forms.address_initial(found) if found else None
    form = forms.AddressForm(request.POST or None, initial=initial)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = _done(
            request,
            form,
            lambda: services.save_right_address(
                viewer=request.viewer,
                quarter=request.quarter,
                address=found,
                facts=form.facts(),
                version=form.cleaned_data["version"],
                now=timezone.now(),
            ),
        )
        if status == HTTPStatus.OK:
            return redirect("desk:settings")
    return _form_page(request, _("Right address"), form, status)


@require_http_methods(METHODS)
@settings_only
def members(request: StaffRequest) -> HttpResponse:
    """Who works here; adding somebody sends them a mail to set a password."""
    form = forms.MemberForm(request.POST or None)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = _done(request, form, lambda: _add(request, form))
        if status == HTTPStatus.OK:
            return redirect("desk:members")
    context = {
        "form": form,
        "members": members_of(request.quarter.pk),
        "nav_section": "settings",
    }
    return render(request, "desk/office/members.html", context, status=status)


def _add(request: StaffRequest, form: Form) -> None:
    membership = services.add_member(
        viewer=request.viewer,
        quarter=request.quarter,
        email=form.cleaned_data["email"],
        name=form.cleaned_data["name"],
        role=Role(form.cleaned_data["role"]),
        now=timezone.now(),
    )
    if not membership.user.has_usable_password():
        invite(request, membership.user)


@require_http_methods(METHODS)
@settings_only
def member_end(request: StaffRequest, key: int) -> HttpResponse:
    """Ask once more, then let a role end."""
    found = or_404(queries.get_member, request.viewer, key)
    if request.method == "POST":
        services.end_member(
            viewer=request.viewer, quarter=request.quarter, membership=found, now=timezone.now()
        )
        messages.success(request, _("Ended."))
        return redirect("desk:members")
    context = {"member": found, "nav_section": "settings"}
    return render(request, "desk/office/member_end.html", context)


@require_http_methods(METHODS)
@settings_only
def member_sessions(request: StaffRequest, key: int) -> HttpResponse:
    """Ask once more, then sign a colleague out on all devices."""
    found = or_404(queries.get_member, request.viewer, key)
    if request.method == "POST":
        services.end_sessions_of_member(
            viewer=request.viewer, quarter=request.quarter, membership=found, now=timezone.now()
        )
        messages.success(request, _("Signed out."))
        return redirect("desk:members")
    context = {"member": found, "nav_section": "settings"}
    return render(request, "desk/office/member_sessions.html", context)


@require_safe
@settings_only
def trail(request: StaffRequest) -> HttpResponse:
    """Who changed what in the settings, newest first."""
    lines = list(trail_of(request.quarter.pk)[:TRAIL_SHOWN])
    context = {"lines": lines, "nav_section": "settings"}
    return render(request, "desk/office/trail.html", context)
