"""The office keeps its texts."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quartiersladen.accounts.access import StaffRequest, texts_only
from quartiersladen.kernel.errors import Conflict
from quartiersladen.website import queries, services
from quartiersladen.website.forms import PageForm, initial_of
from quartiersladen.website.states import PageKey


@require_safe
@texts_only
def texts(request: StaffRequest) -> HttpResponse:
    """All texts with what is still missing."""
    pages = [(key, queries.page_of(request.quarter, key)) for key in PageKey]
    rows = [(key, page, queries.missing_in(page) if page else []) for key, page in pages]
    context = {"rows": rows, "nav_section": "settings"}
    return render(request, "website/office/texts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@texts_only
def text_edit(request: StaffRequest, key: str) -> HttpResponse:
    """One text. Missing facts (422) and a faster colleague (409) keep what was typed."""
    if key not in PageKey.values:
        raise Http404
    page_key = PageKey(key)
    page = queries.page_of(request.quarter, page_key)
    form = PageForm(request.POST or None, key=page_key, initial=initial_of(page))
    status = HTTPStatus.OK
    if request.method == "POST":
        status = _save(request, form, page_key)
        if status == HTTPStatus.OK:
            return redirect("website:texts")
    context = {
        "form": form,
        "key": page_key,
        "missing": queries.missing_in(page) if page else [],
        "fresh_version": page.version if page else 0,
        "nav_section": "settings",
    }
    return render(request, "website/office/text_edit.html", context, status=status)


def _save(request: StaffRequest, form: PageForm, key: PageKey) -> HTTPStatus:
    if not form.is_valid():
        return HTTPStatus.UNPROCESSABLE_ENTITY
    try:
        services.save_page(
            viewer=request.viewer,
            quarter=request.quarter,
            key=key,
            draft=form.draft(),
            version=form.cleaned_data["version"],
            now=timezone.now(),
        )
    except services.Incomplete as refusal:
        form.add_error("publish_anyway", str(refusal))
        return HTTPStatus.UNPROCESSABLE_ENTITY
    except Conflict as refusal:
        form.add_error(None, str(refusal.sentence))
        return HTTPStatus.CONFLICT
    messages.success(request, _("Saved."))
    return HTTPStatus.OK
