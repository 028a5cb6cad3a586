"""One concern at the desk: the story, the state, and the deeds that the state allows."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from quartiersladen.accounts.access import StaffRequest
from quartiersladen.accounts.queries import colleagues
from quartiersladen.concerns import queries, rules, timeline
from quartiersladen.concerns.forms import office as forms
from quartiersladen.concerns.models import Concern, Referral
from quartiersladen.concerns.services.life import default_next_date
from quartiersladen.concerns.states import CONCERN_MACHINE, WAITING, ConcernState, ReferralState
from quartiersladen.correspondence.queries import messages_of
from quartiersladen.dossiers.models import Entry
from quartiersladen.dossiers.queries import documents_of, journal, next_follow_up, photos_of
from quartiersladen.kernel.errors import Conflict, Invalid, TransitionRefused
from quartiersladen.quarters.queries import themes_of

PAGE = "concerns/office/detail.html"
Forms = Mapping[str, BaseForm]


def blank_forms(request: StaffRequest, concern: Concern) -> dict[str, BaseForm]:
    """Return the forms of all deeds with what is sensible to begin with."""
    now = timezone.now()
    today = request.quarter.local_day(now)
    version = {"version": concern.dossier.version}
    due = default_next_date(concern=concern, now=now)
    return {
        "note": forms.NoteForm(auto_id="note_%s"),
        "assign": forms.AssignForm(
            colleagues=colleagues(request.quarter.pk, today),
            initial={**version, "colleague": concern.dossier.assigned_to_id},
            auto_id="assign_%s",
        ),
        "sort": forms.SortForm(
            themes=themes_of(request.quarter),
            initial={**version, "theme": concern.theme_id, "kind": concern.kind},
            auto_id="sort_%s",
        ),
        "scope": forms.ScopeForm(
            addresses=queries.right_addresses(request.quarter.pk),
            initial={**version, "due_on": due},
            auto_id="scope_%s",
        ),
        "plan": forms.PlanForm(initial={**version, "due_on": concern.next_on}, auto_id="plan_%s"),
        "close": forms.CloseForm(initial=version, auto_id="close_%s"),
        "reopen": forms.ReopenForm(initial=version, auto_id="reopen_%s"),
        "told": forms.ToldForm(initial={**version, "told_on": today}, auto_id="told_%s"),
        "release": forms.ReleaseForm(
            photos=photos_of(concern.dossier),
            initial={
                **version,
                "title": concern.public_title or concern.dossier.title,
                "text": concern.public_text or concern.text,
                "precision": concern.place_precision,
                "photos": [d.pk for d in photos_of(concern.dossier) if d.is_released],
            },
            auto_id="release_%s",
        ),
    }


def _line(entry: Entry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "words": timeline.office_words(entry),
        "who": timeline.who(entry),
        "text": entry.text,
    }


def _referral(referral: Referral, bound: Forms) -> dict[str, Any]:
    """Return a referral with the forms to ask again and to write down what the body said."""
    due = default_next_date(concern=referral.concern, now=timezone.now())
    ask, said = f"ask-{referral.pk}", f"said-{referral.pk}"
    return {
        "referral": referral,
        "is_waiting": ReferralState(referral.state) in WAITING,
        "ask_name": ask,
        "ask": bound.get(ask) or forms.AskForm(initial={"ask_on": due}, auto_id=f"{ask}_%s"),
        "said_name": said,
        "said": bound.get(said) or forms.SaidForm(auto_id=f"{said}_%s"),
    }


def _silent(referrals: list[Referral], most: int) -> list[Referral]:
    return [r for r in referrals if r.state == ReferralState.SILENT and r.asks >= most]


def show(
    request: StaffRequest,
    concern: Concern,
    *,
    bound: Forms | None = None,
    opened: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """Render the page. bound: forms that were refused.  opened: the deed to show unfolded."""
    viewer = request.viewer
    referrals = list(queries.referrals_of(concern))
    for referral in referrals:
        referral.concern = concern
    context = {
        "concern": concern,
        "dossier": concern.dossier,
        "version": concern.dossier.version,
        "teller": concern.teller if rules.may_see_teller(viewer, concern) else None,
        "follow_up": next_follow_up(concern.dossier),
        "referrals": [_referral(r, bound or {}) for r in referrals],
        "silent": _silent(referrals, request.quarter.asks_before_proposals),
        "correspondence": messages_of(viewer, concern.dossier),
        "journal": [_line(entry) for entry in journal(viewer, concern.dossier)],
        "photos": documents_of(viewer, concern.dossier),
        "actions": CONCERN_MACHINE.actions_from(ConcernState(concern.state)),
        "may_decide": rules.may_decide(viewer, concern),
        "forms": blank_forms(request, concern) | dict(bound or {}),
        "opened": opened,
        "today": request.quarter.local_day(timezone.now()),
        "point": f"{concern.latitude},{concern.longitude}" if concern.latitude is not None else "",
        "nav_section": "concerns",
    }
    return render(request, PAGE, context, status=status)


def explain(refusal: Conflict) -> str:
    """Return the sentence of a conflict; for a state that forbids it, what is possible."""
    if not isinstance(refusal, TransitionRefused):
        return str(refusal.sentence)
    words = {
        "check": _("check"),
        "take_on": _("take on"),
        "forward": _("pass on"),
        "close": _("close"),
        "withdraw": _("withdraw"),
        "reopen": _("take up again"),
        "ask_again": _("ask again"),
    }
    possible = ", ".join(words[action] for action in refusal.allowed if action in words)
    return f"{refusal.sentence} {_('Possible now: %(steps)s') % {'steps': possible or '–'}}"


def act(
    request: StaffRequest,
    concern: Concern,
    name: str,
    form: BaseForm,
    deed: Callable[[dict[str, Any]], object],
) -> HttpResponse:
    """Do a deed with a form, or show the page again with what was typed and why not.

    Wrong input gives 422; a state or a faster colleague that stands against it 409.
    """
    status = HTTPStatus.UNPROCESSABLE_ENTITY
    if form.is_valid():
        try:
            deed(form.cleaned_data)
        except Invalid as refusal:
            field = refusal.field if refusal.field in form.fields else None
            form.add_error(field, str(refusal))
        except Conflict as refusal:
            form.add_error(None, explain(refusal))
            status = HTTPStatus.CONFLICT
        else:
            messages.success(request, _("Done."))
            return redirect("concerns:office_detail", concern.dossier.reference)
    fresh = queries.get_inside(request.viewer, concern.dossier.reference)
    return show(request, fresh, bound={name: form}, opened=name, status=status)
