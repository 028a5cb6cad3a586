"""Settings of the interfaces: the switch, themes with their questions, partners' keys."""

from collections.abc import Callable
from http import HTTPStatus

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quartiersladen.accounts.access import StaffRequest, or_404, settings_only
from quartiersladen.api import forms
from quartiersladen.api.queries import keys as queries
from quartiersladen.api.queries.offers import attributes_of
from quartiersladen.api.services import keys, offers
from quartiersladen.kernel.errors import Invalid

METHODS = ["GET", "HEAD", "POST"]
NAV = {"nav_section": "settings"}


def _done(request: StaffRequest, form: Form, deed: Callable[[], object]) -> HTTPStatus:
    """Do a deed with a checked form; wrong input is explained at its field, above it a conflict."""
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        deed()
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
        return HTTPStatus.UNPROCESSABLE_ENTITY
    except offers.SavedMeanwhile as refusal:
        form.add_error(None, str(refusal))
        # Whoever has read that and saves again means it.
        data = request.POST.copy()
        data["version"] = str(refusal.version)
        form.data = data
        return HTTPStatus.CONFLICT
    return HTTPStatus.OK


@require_http_methods(METHODS)
@settings_only
def interfaces(request: StaffRequest) -> HttpResponse:
    """The switch, and what there is."""
    row = queries.open311_of(request.quarter)
    form = forms.Open311Form(request.POST or None, initial=forms.open311_initial(row))
    status = HTTPStatus.OK
    if request.method == "POST":
        status = _done(
            request,
            form,
            lambda: offers.save_open311(
                viewer=request.viewer,
                quarter=request.quarter,
                is_on=form.cleaned_data["is_on"],
                jurisdiction=form.cleaned_data["jurisdiction"],
                version=form.cleaned_data["version"],
                now=timezone.now(),
            ),
        )
        if status == HTTPStatus.OK:
            messages.success(request, _("Saved."))
            return redirect("api:interfaces")
    context = {
        "form": form,
        "is_on": row is not None and row.is_on,
        "endpoint": request.quarter.absolute_url("/open311/v2"),
        "themes": queries.theme_lines(request.viewer),
        "keys": queries.keys_of(request.viewer),
        **NAV,
    }
    return render(request, "api/office/interfaces.html", context, status=status)


@require_http_methods(METHODS)
@settings_only
def theme(request: StaffRequest, theme_id: int) -> HttpResponse:
    """What partners see of a theme, and what they ask."""
    found = or_404(queries.get_theme, request.viewer, theme_id)
    row = queries.open_theme_of(found)
    form = forms.OpenThemeForm(request.POST or None, initial=forms.open_theme_initial(row))
    status = HTTPStatus.OK
    if request.method == "POST":
        status = _done(
            request,
            form,
            lambda: offers.save_open_theme(
                viewer=request.viewer,
                theme=found,
                facts=form.facts(),
                version=form.cleaned_data["version"],
                now=timezone.now(),
            ),
        )
        if status == HTTPStatus.OK:
            messages.success(request, _("Saved."))
            return redirect("api:interfaces")
    context = {"form": form, "theme": found, "questions": attributes_of(found.pk), **NAV}
    return render(request, "api/office/theme.html", context, status=status)


@require_http_methods(METHODS)
@settings_only
def question(request: StaffRequest, theme_id: int, key: int | None = None) -> HttpResponse:
    """Add or change a question of a theme."""
    found = or_404(queries.get_theme, request.viewer, theme_id)
    row = or_404(queries.get_attribute, request.viewer, found, key) if key is not None else None
    initial = forms.attribute_initial(row) if row else None
    form = forms.AttributeForm(request.POST or None, initial=initial)
    status = HTTPStatus.OK
    if request.method == "POST":
        status = _done(
            request,
            form,
            lambda: offers.save_attribute(
                viewer=request.viewer,
                theme=found,
                attribute=row,
                facts=form.facts(),
                now=timezone.now(),
            ),
        )
        if status == HTTPStatus.OK:
            messages.success(request, _("Saved."))
            return redirect("api:theme", found.pk)
    context = {"form": form, "theme": found, "question": row, **NAV}
    return render(request, "api/office/question.html", context, status=status)


@require_http_methods(METHODS)
@settings_only
def question_delete(request: StaffRequest, theme_id: int, key: int) -> HttpResponse:
    """Ask once more, then take a question away."""
    found = or_404(queries.get_theme, request.viewer, theme_id)
    row = or_404(queries.get_attribute, request.viewer, found, key)
    if request.method == "POST":
        offers.delete_attribute(
            viewer=request.viewer, theme=found, attribute=row, now=timezone.now()
        )
        messages.success(request, _("Deleted."))
        return redirect("api:theme", found.pk)
    context = {"theme": found, "question": row, **NAV}
    return render(request, "api/office/question_delete.html", context)


@require_http_methods(METHODS)
@settings_only
def key_new(request: StaffRequest) -> HttpResponse:
    """Make a key and show it, this once."""
    form = forms.KeyForm(request.POST or None)
    status, made, key = HTTPStatus.OK, None, keys.new_key()
    if request.method == "POST":
        status = _done(
            request,
            form,
            lambda: keys.make_key(
                viewer=request.viewer,
                quarter=request.quarter,
                partner=form.cleaned_data["partner"],
                contact=form.cleaned_data["contact"],
                key=key,
                now=timezone.now(),
            ),
        )
        made = key if status == HTTPStatus.OK else None
    context = {"form": form, "made": made, **NAV}
    return render(request, "api/office/key_new.html", context, status=status)


@require_http_methods(METHODS)
@settings_only
def key_revoke(request: StaffRequest, key: int) -> HttpResponse:
    """Ask once more, then let a key open nothing."""
    found = or_404(queries.get_key, request.viewer, key)
    if request.method == "POST":
        keys.revoke_key(viewer=request.viewer, key=found, now=timezone.now())
        messages.success(request, _("Revoked."))
        return redirect("api:interfaces")
    return render(request, "api/office/key_revoke.html", {"key": found, **NAV})
