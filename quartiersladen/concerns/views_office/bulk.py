"""One deed on many concerns: ticked in the list, looked at once more, then done one by one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from quartiersladen.accounts.access import StaffRequest, desk
from quartiersladen.accounts.queries import colleagues
from quartiersladen.concerns.filtering import kept_query, wanted_from
from quartiersladen.concerns.forms import bulk as forms
from quartiersladen.concerns.models.filter import QUERY_LENGTH
from quartiersladen.concerns.queries.lists import DeskRow, all_rows, chosen_rows
from quartiersladen.concerns.services import bulk as service
from quartiersladen.concerns.services.bulk import MOST, Assign, Chosen, Deed, Plan, Tags
from quartiersladen.dossiers.queries import tags_here, tags_of
from quartiersladen.dossiers.services.dates import DateInThePast
from quartiersladen.dossiers.services.tags import TagMissing, check_names
from quartiersladen.dossiers.tags import names_in
from quartiersladen.kernel.errors import Invalid, demand

PAGE = "concerns/office/bulk.html"
DONE = "concerns/office/bulk_done.html"
METHODS = ["GET", "HEAD", "POST"]
DO_IT = "tun"


@dataclass(frozen=True, slots=True)
class Press:
    """What was pressed: on which concerns, seen in which version, and where it came from."""

    request: StaffRequest
    now: datetime
    rows: list[DeskRow]
    versions: dict[str, int]
    kept: str

    @property
    def today(self) -> date:
        """Today in the quarter."""
        return self.request.quarter.local_day(self.now)

    @property
    def back(self) -> str:
        """The list as it was."""
        return f"{reverse('concerns:office_list')}?{self.kept}"


def _assign_form(press: Press, data: QueryDict | None) -> Form:
    return forms.ColleagueForm(data, colleagues=colleagues(press.request.quarter.pk, press.today))


def _plan_form(press: Press, data: QueryDict | None) -> Form:
    return forms.DateForm(data, initial={"due_on": press.today})


def _tag_form(press: Press, data: QueryDict | None) -> Form:
    return forms.TagForm(data, offered=[tag.name for tag in tags_here(press.request.viewer)])


def _untag_form(press: Press, data: QueryDict | None) -> Form:
    there = tags_of(row.pk for row in press.rows)
    names = {name: None for row in press.rows for name in there.get(row.pk, [])}
    return forms.UntagForm(data, tags=sorted(names))


def _assign(_press: Press, data: dict[str, Any]) -> Deed:
    return Assign(data["colleague"])


def _plan(press: Press, data: dict[str, Any]) -> Deed:
    if data["due_on"] < press.today:
        raise DateInThePast(field="due_on")
    return Plan(data["due_on"], data["note"].strip())


def _tag(_press: Press, data: dict[str, Any]) -> Deed:
    names = names_in(data["add"])
    if not names:
        raise TagMissing(field="add")
    check_names(names=names)
    return Tags(add=names)


def _untag(_press: Press, data: dict[str, Any]) -> Deed:
    return Tags(remove=data["remove"])


@dataclass(frozen=True, slots=True)
class Kind:
    """One deed that can be done with many."""

    title: str | Promise
    form: Callable[[Press, QueryDict | None], Form]
    deed: Callable[[Press, dict[str, Any]], Deed]
    office_only: bool = False


KINDS = {
    "zuweisen": Kind(
        gettext_lazy("Say who looks after them"), _assign_form, _assign, office_only=True
    ),
    "termin": Kind(gettext_lazy("Set the next date"), _plan_form, _plan),
    "schlagwort": Kind(gettext_lazy("Put tags on"), _tag_form, _tag),
    "ohne": Kind(gettext_lazy("Take tags off"), _untag_form, _untag),
}


def _chosen(request: StaffRequest) -> dict[str, int]:
    """Return the ticked numbers with the version in which they were seen."""
    found = {}
    for pick in request.POST.getlist("anliegen"):
        reference, _tilde, version = pick.partition("~")
        known = version.isdecimal() and len(version) < 10
        found[reference] = int(version) if known else 0
    return found


def _press(request: StaffRequest) -> Press:
    """Read what was ticked; or, if wanted, everything that the list shows on all its pages.

    Raises TooManyChosen; NothingChosen.
    """
    now = timezone.now()
    query = QueryDict(request.POST.get("filter", "")[: 2 * QUERY_LENGTH])
    if request.POST.get("alle"):
        today = request.quarter.local_day(now)
        wanted = wanted_from(query, user_id=request.user.pk, today=today)
        rows = all_rows(request.viewer, wanted, limit=MOST)
        versions = {row.reference: row.version for row in rows}
    else:
        versions = _chosen(request)
        rows = chosen_rows(request.viewer, list(versions)[: MOST + 1])
    if len(versions) > MOST:
        raise service.TooManyChosen
    if not versions:
        raise service.NothingChosen
    return Press(request, now, rows, versions, kept_query(query))


@require_http_methods(METHODS)
@desk
def bulk(request: StaffRequest) -> HttpResponse:
    """Show what will happen to which concerns; with `schritt=tun` do it and say what became of each."""
    kind = KINDS.get(request.POST.get("tat", ""))
    if kind is None:
        return redirect("concerns:office_list")
    demand(request.viewer.may_work or not kind.office_only)
    try:
        press = _press(request)
    except Invalid as refusal:
        messages.error(request, str(refusal))
        kept = kept_query(QueryDict(request.POST.get("filter", "")[: 2 * QUERY_LENGTH]))
        return redirect(f"{reverse('concerns:office_list')}{kept and '?'}{kept}")
    data = request.POST if request.POST.get("schritt") == DO_IT else None
    form = kind.form(press, data)
    if data is None:
        return _page(press, kind, form, HTTPStatus.OK)
    if form.is_valid():
        try:
            return _do(press, kind, kind.deed(press, form.cleaned_data))
        except Invalid as refusal:
            form.add_error(refusal.field or None, str(refusal))
    return _page(press, kind, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _page(press: Press, kind: Kind, form: Form, status: HTTPStatus) -> HttpResponse:
    context = {
        "title": kind.title,
        "name": press.request.POST["tat"],
        "form": form,
        "lines": [(row, f"{row.reference}~{press.versions[row.reference]}") for row in press.rows],
        "kept": press.kept,
        "back": press.back,
        "nav_section": "concerns",
    }
    return render(press.request, PAGE, context, status=status)


def _do(press: Press, kind: Kind, deed: Deed) -> HttpResponse:
    outcomes = service.do_with_each(
        viewer=press.request.viewer,
        chosen=[Chosen(*pair) for pair in press.versions.items()],
        deed=deed,
        now=press.now,
    )
    refused = [one for one in outcomes if not one.is_done]
    context = {
        "title": kind.title,
        "done": [one for one in outcomes if one.is_done and not one.was_so],
        "was_so": [one for one in outcomes if one.was_so],
        "refused": refused,
        "back": press.back,
        "nav_section": "concerns",
    }
    status = HTTPStatus.CONFLICT if refused else HTTPStatus.OK
    return render(press.request, DONE, context, status=status)
