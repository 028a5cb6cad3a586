"""Passing on in two steps: whom and how, then the exact mails, then they go."""

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from quartiersladen.accounts.access import StaffRequest, office, or_404
from quartiersladen.concerns import queries
from quartiersladen.concerns.forms.office import AskOnForm, PassOnForm
from quartiersladen.concerns.letters import Letter
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.life import NextDateMissing, default_next_date
from quartiersladen.concerns.services.referrals import PassOn, pass_on, preview
from quartiersladen.concerns.views_office.case import explain
from quartiersladen.correspondence.states import Way
from quartiersladen.kernel.errors import Conflict, Invalid

PAGE = "concerns/office/pass_on.html"
MOST_BODIES = 10


def _chosen(query: QueryDict) -> list[int]:
    return [int(pk) for pk in query.getlist("stelle")[:MOST_BODIES] if pk.isdecimal()]


def _body_forms(
    request: StaffRequest, concern: Concern, chosen: list[int], *, bound: bool
) -> list[PassOnForm]:
    today = request.quarter.local_day(timezone.now())
    result = []
    for body, people in queries.bodies_with_people(request.quarter.pk, chosen, today):
        result.append(
            PassOnForm(
                request.POST if bound else None,
                prefix=f"stelle-{body.pk}",
                body=body,
                people=people,
                has_consent=concern.teller.may_pass_on,
                initial={"way": Way.MAIL if body.email else Way.PHONE},
            )
        )
    return result


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
    """Choose bodies, look at the mails, send them. Errors keep what was typed (422, 409)."""
    concern = or_404(queries.get_inside, request.viewer, reference)
    is_post = request.method == "POST"
    chosen = _chosen(request.POST if is_post else request.GET)
    forms = _body_forms(request, concern, chosen, bound=is_post)
    due = default_next_date(concern=concern, now=timezone.now())
    ask_on = AskOnForm(
        request.POST if is_post else None,
        initial={"ask_on": due, "version": concern.dossier.version},
    )
    letters: list[tuple[PassOn, Letter]] = []
    status = HTTPStatus.OK
    if is_post:
        if not (all([form.is_valid() for form in forms]) and ask_on.is_valid()):  # noqa: C419 -- every form shows its errors
            status = HTTPStatus.UNPROCESSABLE_ENTITY
        else:
            try:
                letters = _look_or_send(request, concern, forms, ask_on)
            except Invalid as refusal:
                ask_on.add_error("ask_on" if refusal.field == "ask_on" else None, str(refusal))
                status = HTTPStatus.UNPROCESSABLE_ENTITY
            except Conflict as refusal:
                ask_on.add_error(None, explain(refusal))
                status = HTTPStatus.CONFLICT
            else:
                if request.POST.get("schritt") == "senden":
                    messages.success(request, _("Passed on."))
                    return redirect("concerns:office_detail", reference)
    fresh = queries.get_inside(request.viewer, reference)
    context = {
        "concern": fresh,
        "version": fresh.dossier.version,
        "body_forms": forms,
        "chosen": chosen,
        "ask_on": ask_on,
        "letters": letters,
        "bodies": queries.bodies_by_theme(request.quarter.pk, concern.theme_id),
        "nav_section": "concerns",
    }
    return render(request, PAGE, context, status=status)


def _look_or_send(
    request: StaffRequest, concern: Concern, forms: list[PassOnForm], ask_on: AskOnForm
) -> list[tuple[PassOn, Letter]]:
    day, now = ask_on.cleaned_data["ask_on"], timezone.now()
    if day is None:
        raise NextDateMissing(field="ask_on")
    items = _items(forms)
    if request.POST.get("schritt") == "senden":
        pass_on(
            viewer=request.viewer,
            concern=concern,
            items=items,
            ask_on=day,
            version=ask_on.cleaned_data["version"],
            now=now,
        )
        return []
    return preview(viewer=request.viewer, concern=concern, items=items, ask_on=day, now=now)
