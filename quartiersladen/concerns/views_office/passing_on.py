"""Passing on in two steps: whom and how, then the exact mails, then they go."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quartiersladen.accounts.access import StaffRequest, office
from quartiersladen.concerns.forms.office import AskOnForm, PassOnForm
from quartiersladen.concerns.letters import Letter
from quartiersladen.concerns.services.life import NextDateMissing
from quartiersladen.concerns.services.referrals import PassOn, pass_on, preview
from quartiersladen.concerns.states import WAITING, ReferralState
from quartiersladen.concerns.views_office.case import Case, fresh, open_case
from quartiersladen.concerns.views_office.doing import OTHER_NAMES, explain
from quartiersladen.concerns.views_office.offers import mark
from quartiersladen.concerns.views_office.snippets import (
    INSERT,
    Desk,
    day_typed,
    offers_for,
    typed_with_snippet,
)
from quartiersladen.concerns.views_office.suggesting import all_by_rules, suggested
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.directory.queries import bodies_by_theme, bodies_with_people
from quartiersladen.kernel.text import is_key
from quartiersladen.ui.refused import tried

PAGE = "concerns/office/pass_on.html"
MOST_BODIES = 10
Letters = list[tuple[PassOn, Letter]]


def _chosen(query: QueryDict) -> list[int]:
    return _keys(query, "stelle")


def _keys(query: QueryDict, name: str) -> list[int]:
    return [int(key) for key in query.getlist(name)[:MOST_BODIES] if is_key(key)]


def _body_forms(case: Case, chosen: list[int], data: QueryDict | None) -> list[PassOnForm]:
    quarter_id = case.request.quarter.pk
    return [
        _body_form(case, body, people, data)
        for body, people in bodies_with_people(quarter_id, chosen, case.today)
    ]


def _body_form(
    case: Case, body: ResponsibleBody, people: list[ContactPerson], data: QueryDict | None
) -> PassOnForm:
    prefix = f"stelle-{body.pk}"
    desk = Desk(case.request.viewer, case.concern, [body.name], day_typed(data, case.due_on))
    typed = typed_with_snippet(desk, data, PassOnForm.SNIPPETS, prefix=prefix)
    form = PassOnForm(
        data if typed is None else None,
        prefix=prefix,
        body=body,
        people=people,
        has_consent=case.concern.teller.may_pass_on,
        initial=_initial(case, body, people) | (typed or {}),
    )
    form.offers = offers_for(desk, PassOnForm.SNIPPETS)
    return form


def _initial(case: Case, body: ResponsibleBody, people: list[ContactPerson]) -> dict[str, object]:
    """Return how it goes at first, and to whom if a suggestion names somebody there."""
    asked_for = _keys(case.request.GET, "ansprechperson")
    person = next((someone.pk for someone in people if someone.pk in asked_for), None)
    return {"way": Way.MAIL if body.email else Way.PHONE, "person": person}


def _items(forms: list[PassOnForm]) -> list[PassOn]:
    return [
        PassOn(
            body=form.body,
            way=Way(form.cleaned_data["way"]),
            person=form.cleaned_data["person"],
            cover_note=form.cleaned_data["cover_note"],
            with_contact=form.cleaned_data["with_contact"],
        )
        for form in forms
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@office
def forward(request: StaffRequest, reference: str) -> HttpResponse:
    """Choose bodies, look at the mails, send them. Errors keep what was typed (422, 409).

    The button of a text snippet only puts it in.
    """
    case = open_case(request, reference)
    data = request.POST if request.method == "POST" else None
    chosen = _chosen(request.GET if data is None else data)
    forms = _body_forms(case, chosen, data)
    inserts = data is not None and INSERT in data
    ask_on = AskOnForm(None if inserts else data, initial={"ask_on": day_typed(data, case.due_on)})
    letters: Letters = []
    status = HTTPStatus.OK
    if data is not None and not inserts:
        letters, status = _try(case, forms, ask_on)
        if status == HTTPStatus.OK and not letters:
            messages.success(request, _("Passed on."))
            return redirect("concerns:office_detail", reference)
    version = data.get("version", "") if data is not None and inserts else ""
    return _page(case, forms, ask_on, letters, status, version=version)


def _page(
    case: Case,
    forms: list[PassOnForm],
    ask_on: AskOnForm,
    letters: Letters,
    status: HTTPStatus,
    *,
    version: str,
) -> HttpResponse:
    now = fresh(case)
    waiting = {r.body_id for r in now.referrals if ReferralState(r.state) in WAITING}
    bodies = bodies_by_theme(case.request.quarter.pk, now.concern.theme_id)
    suggestions = [] if forms else suggested(now)
    context = {
        "concern": now.concern,
        "version": version or now.version,
        "body_forms": forms,
        "ask_on": ask_on,
        "letters": letters,
        "seen": mark([letter for _item, letter in letters]),
        "suggestions": suggestions,
        "all_suggested": all_by_rules(suggestions),
        "bodies": [(body, fits, body.pk in waiting) for body, fits in bodies],
        "nav_section": "concerns",
    }
    return render(case.request, PAGE, context, status=status)


def _try(case: Case, forms: list[PassOnForm], ask_on: AskOnForm) -> tuple[Letters, HTTPStatus]:
    """Return the mails to look at first; none with status 200 when they have been sent."""
    if not all(form.is_valid() for form in forms):
        return [], HTTPStatus.UNPROCESSABLE_ENTITY
    letters: Letters = []
    status = tried(
        ask_on,
        lambda: letters.extend(_look_or_send(case, _items(forms), ask_on)),
        names=OTHER_NAMES,
        explain=explain,
    )
    return letters, status


def _look_or_send(case: Case, items: list[PassOn], ask_on: AskOnForm) -> Letters:
    day = ask_on.cleaned_data["ask_on"]
    if day is None:
        raise NextDateMissing(field="ask_on")
    viewer, concern = case.request.viewer, case.concern
    letters = preview(viewer=viewer, concern=concern, items=items, ask_on=day, now=case.now)
    post = case.request.POST
    was_seen = post.get("gesehen", "") == mark([letter for _item, letter in letters])
    if post.get("schritt") != "senden" or not was_seen:
        return letters
    pass_on(
        viewer=viewer,
        concern=concern,
        items=items,
        ask_on=day,
        version=ask_on.cleaned_data["version"],
        now=case.now,
    )
    return []
