"""The office's list of what it does not do, with how often each rule was shown."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quartiersladen.accounts.access import StaffRequest, office, or_404
from quartiersladen.concerns.forms.scope_rules import ScopeRuleForm, rule_initial
from quartiersladen.concerns.models import ScopeRule
from quartiersladen.concerns.queries.scope import get_scope_rule, right_addresses, scope_rules
from quartiersladen.concerns.services.scope_rules import save_rule
from quartiersladen.quarters.queries import themes_of
from quartiersladen.ui.refused import tried

LIST_PAGE = "concerns/office/scope_rules.html"
PAGE = "concerns/office/rule.html"


@require_safe
@office
def rules(request: StaffRequest) -> HttpResponse:
    """All rules in the office's order."""
    context = {
        "rows": scope_rules(request.viewer, now=timezone.now()),
        "nav_section": "settings",
    }
    return render(request, LIST_PAGE, context)


def _form(request: StaffRequest, found: ScopeRule | None) -> ScopeRuleForm:
    return ScopeRuleForm(
        request.POST or None,
        themes=themes_of(request.quarter),
        addresses=right_addresses(request.quarter.pk),
        initial=rule_initial(found) if found else {},
    )


def _store(request: StaffRequest, found: ScopeRule | None, form: ScopeRuleForm) -> None:
    save_rule(
        viewer=request.viewer,
        quarter=request.quarter,
        rule=found,
        facts=form.facts(),
        version=form.cleaned_data["version"],
        now=timezone.now(),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def rule(request: StaffRequest, key: int | None = None) -> HttpResponse:
    """Add or change a rule."""
    found = or_404(get_scope_rule, request.viewer, key) if key is not None else None
    form, status = _form(request, found), HTTPStatus.OK
    if request.method == "POST":
        status = tried(form, lambda: _store(request, found, form))
        if status == HTTPStatus.OK:
            messages.success(request, _("Saved."))
            return redirect("concerns:scope_rules")
    version = or_404(get_scope_rule, request.viewer, found.pk).version if found else 0
    context = {
        "form": form,
        "rule": found,
        "version": version,
        "list_title": _("What we are not responsible for"),
        "list_path": reverse("concerns:scope_rules"),
        "nav_section": "settings",
    }
    return render(request, PAGE, context, status=status)
