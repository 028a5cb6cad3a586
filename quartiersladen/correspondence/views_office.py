"""The desk's pages for text snippets."""

from http import HTTPStatus
from itertools import groupby

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quartiersladen.accounts.access import StaffRequest, or_404, texts_only
from quartiersladen.correspondence.forms import SnippetForm, snippet_initial
from quartiersladen.correspondence.models import TextSnippet
from quartiersladen.correspondence.queries import get_kept_snippet, kept_snippets
from quartiersladen.correspondence.services.snippets import delete_snippet, save_snippet
from quartiersladen.correspondence.states import Occasion
from quartiersladen.ui.refused import tried

METHODS = ["GET", "HEAD", "POST"]


@require_safe
@texts_only
def snippets(request: StaffRequest) -> HttpResponse:
    """All text snippets by what they are for."""
    kept = {
        occasion: list(items)
        for occasion, items in groupby(kept_snippets(request.viewer), lambda item: item.occasion)
    }
    context = {
        "groups": [(occasion.label, kept.get(occasion, [])) for occasion in Occasion],
        "nav_section": "settings",
    }
    return render(request, "correspondence/office/snippets.html", context)


def _form(request: StaffRequest, found: TextSnippet | None) -> SnippetForm:
    codes = request.quarter.languages
    return SnippetForm(
        request.POST or None,
        quarter=request.quarter,
        languages=[(code, name) for code, name in settings.LANGUAGES if code in codes],
        initial=snippet_initial(found) if found else {"language": "de"},
    )


def _save(request: StaffRequest, found: TextSnippet | None, form: SnippetForm) -> HTTPStatus:
    return tried(
        form,
        lambda: save_snippet(
            viewer=request.viewer,
            quarter=request.quarter,
            snippet=found,
            facts=form.facts(),
            version=form.cleaned_data["version"],
            now=timezone.now(),
        ),
    )


@require_http_methods(METHODS)
@texts_only
def snippet(request: StaffRequest, key: int | None = None) -> HttpResponse:
    """Add or change a text snippet."""
    found = or_404(get_kept_snippet, request.viewer, key) if key is not None else None
    form, status = _form(request, found), HTTPStatus.OK
    if request.method == "POST":
        status = _save(request, found, form)
        if status == HTTPStatus.OK:
            messages.success(request, _("Saved."))
            return redirect("correspondence:snippets")
    version = or_404(get_kept_snippet, request.viewer, found.pk).version if found else 0
    context = {"form": form, "snippet": found, "version": version, "nav_section": "settings"}
    return render(request, "correspondence/office/snippet.html", context, status=status)


@require_http_methods(METHODS)
@texts_only
def snippet_delete(request: StaffRequest, key: int) -> HttpResponse:
    """Ask once more, then delete a text snippet."""
    found = or_404(get_kept_snippet, request.viewer, key)
    if request.method == "POST":
        delete_snippet(viewer=request.viewer, snippet=found, now=timezone.now())
        messages.success(request, _("Deleted."))
        return redirect("correspondence:snippets")
    context = {"snippet": found, "nav_section": "settings"}
    return render(request, "correspondence/office/snippet_delete.html", context)
