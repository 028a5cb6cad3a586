"""The office's list of to whom concerns usually go."""

from http import HTTPStatus
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from quartiersladen.accounts.access import StaffRequest, office, or_404
from quartiersladen.concerns import routing
from quartiersladen.concerns.forms.report import new_key, read_old_key
from quartiersladen.concerns.forms.routing_rules import RoutingRuleForm, routing_rule_initial
from quartiersladen.concerns.models import RoutingRule
from quartiersladen.concerns.services.routing_rules import add_routing_rule, change_routing_rule
from quartiersladen.quarters.queries import districts_of, themes_of
from quartiersladen.ui.refused import tried

LIST_PAGE = "concerns/office/routing_rules.html"
PAGE = "concerns/office/rule.html"


@require_safe
@office
def rules(request: StaffRequest) -> HttpResponse:
    """All rules in the office's order."""
    context = {"rows": routing.routing_rules(request.viewer), "nav_section": "settings"}
    return render(request, LIST_PAGE, context)


def _form(request: StaffRequest, found: RoutingRule | None) -> RoutingRuleForm:
    quarter = request.quarter
    initial = routing_rule_initial(found) if found else {"submission_key": new_key()}
    return RoutingRuleForm(
        request.POST or None,
        themes=themes_of(quarter),
        districts=districts_of(quarter),
        bodies=routing.bodies_to_choose(quarter, found),
        people=routing.people_to_choose(quarter, quarter.local_day(timezone.now())),
        initial=initial,
    )


def _store(request: StaffRequest, found: RoutingRule | None, form: RoutingRuleForm) -> None:
    now = timezone.now()
    if found is not None:
        version = form.cleaned_data["version"] or 0
        change_routing_rule(
            viewer=request.viewer, rule=found, facts=form.facts(), version=version, now=now
        )
        return
    # A page may have been open for days; a forged key is as good as none.
    key = read_old_key(form.cleaned_data["submission_key"]) or uuid4()
    add_routing_rule(
        viewer=request.viewer,
        quarter=request.quarter,
        facts=form.facts(),
        submission_key=key,
        now=now,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def rule(request: StaffRequest, key: int | None = None) -> HttpResponse:
    """Add or change a rule."""
    found = or_404(routing.get_routing_rule, request.viewer, key) if key is not None else None
    form, status = _form(request, found), HTTPStatus.OK
    if request.method == "POST":
        status = tried(form, lambda: _store(request, found, form))
        if status == HTTPStatus.OK:
            messages.success(request, _("Saved."))
            return redirect("concerns:routing_rules")
    version = or_404(routing.get_routing_rule, request.viewer, found.pk).version if found else 0
    context = {
        "form": form,
        "rule": found,
        "version": version,
        "list_title": _("To whom we pass on"),
        "list_path": reverse("concerns:routing_rules"),
        "nav_section": "settings",
    }
    return render(request, PAGE, context, status=status)
