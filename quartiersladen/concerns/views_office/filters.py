"""Saved filters of the desk's list."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quartiersladen.accounts.access import StaffRequest, desk, or_404
from quartiersladen.concerns.filtering import kept_query
from quartiersladen.concerns.forms.bulk import ChangeFilterForm, FilterForm
from quartiersladen.concerns.queries.filters import get_saved_filter
from quartiersladen.concerns.rules import may_change_filter, may_share_filter
from quartiersladen.concerns.services import filters
from quartiersladen.kernel.errors import Invalid, demand

METHODS = ["GET", "HEAD", "POST"]
NEW_PAGE = "concerns/office/filter_new.html"
PAGE = "concerns/office/filter.html"


def _list(query: str) -> str:
    return f"{reverse('concerns:office_list')}?{query}"


@require_http_methods(METHODS)
@desk
def new(request: StaffRequest) -> HttpResponse:
    """Give what the list shows a name. What it was asked for stands in the address."""
    kept = kept_query(request.GET)
    data = request.POST if request.method == "POST" else None
    form = FilterForm(data, may_share=may_share_filter(request.viewer))
    status = HTTPStatus.OK
    if data is not None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                filters.save_filter(
                    viewer=request.viewer,
                    quarter=request.quarter,
                    name=form.cleaned_data["name"],
                    query=kept,
                    is_shared=form.cleaned_data["is_shared"],
                    now=timezone.now(),
                )
            except Invalid as refusal:
                form.add_error(refusal.field or None, str(refusal))
            else:
                messages.success(request, _("The filter is saved."))
                return redirect(_list(kept))
    context = {"form": form, "kept": kept, "back": _list(kept), "nav_section": "concerns"}
    return render(request, NEW_PAGE, context, status=status)


@require_http_methods(METHODS)
@desk
def one(request: StaffRequest, key: int) -> HttpResponse:
    """Rename a filter, put it elsewhere, share or delete it."""
    kept = or_404(get_saved_filter, request.viewer, key)
    demand(may_change_filter(request.viewer, kept))
    if request.method == "POST" and request.POST.get("loeschen"):
        filters.delete_filter(viewer=request.viewer, kept=kept, now=timezone.now())
        messages.success(request, _("The filter is deleted. The concerns are all still there."))
        return redirect("concerns:office_list")
    data = request.POST if request.method == "POST" else None
    form = ChangeFilterForm(
        data,
        may_share=may_share_filter(request.viewer),
        initial={"name": kept.name, "is_shared": kept.is_shared, "position": kept.position},
    )
    status = HTTPStatus.OK
    if data is not None:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                filters.change_filter(
                    viewer=request.viewer, kept=kept, now=timezone.now(), **form.cleaned_data
                )
            except Invalid as refusal:
                form.add_error(refusal.field or None, str(refusal))
            else:
                messages.success(request, _("Saved."))
                return redirect(_list(kept.query))
    context = {
        "form": form,
        "name": form.initial["name"],
        "back": _list(kept.query),
        "nav_section": "concerns",
    }
    return render(request, PAGE, context, status=status)
