"""Meetings of several bodies: whom to invite, the exact mails, and what came of it."""

from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from quartiersladen.accounts.access import StaffRequest, desk, office, or_404
from quartiersladen.concerns import rules
from quartiersladen.concerns.forms import meetings as forms
from quartiersladen.concerns.invitations import Appointment
from quartiersladen.concerns.letters import Letter
from quartiersladen.concerns.meetings import get_meeting, planned_with
from quartiersladen.concerns.models import Invitation, Meeting
from quartiersladen.concerns.services import meetings as services
from quartiersladen.concerns.services.meetings import Invite, Outcome, Plan, Promise
from quartiersladen.concerns.states import Attendance, ReferralState
from quartiersladen.concerns.views_office.case import Case, open_case
from quartiersladen.concerns.views_office.doing import OTHER_NAMES, explain
from quartiersladen.concerns.views_office.offers import Attempt, Deed, mark
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.directory.queries import bodies_by_theme, bodies_with_people
from quartiersladen.kernel.text import is_key
from quartiersladen.ui.refused import tried

PLAN_PAGE = "concerns/office/meeting_plan.html"
PAGE = "concerns/office/meeting.html"
MOST_BODIES = 20
Letters = list[tuple[Invitation, Letter]]
Data = dict[str, Any]


# --- Planning -------------------------------------------------------------------------------------
def _chosen(query: QueryDict) -> list[int]:
    keys = query.getlist("stelle")[:MOST_BODIES]
    return [int(key) for key in keys if is_key(key)]


def _invite_forms(case: Case, chosen: list[int], data: QueryDict | None) -> list[forms.InviteForm]:
    bodies = bodies_with_people(case.request.quarter.pk, chosen, case.today)
    known = {r.body_id: r.person_id for r in case.referrals}
    return [_invite_form(body, people, data, known.get(body.pk)) for body, people in bodies]


def _invite_form(
    body: ResponsibleBody,
    people: list[ContactPerson],
    data: QueryDict | None,
    person_id: int | None,
) -> forms.InviteForm:
    return forms.InviteForm(
        data,
        prefix=f"stelle-{body.pk}",
        body=body,
        people=people,
        initial={"way": Way.MAIL if body.email else Way.PHONE, "person": person_id},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@office
def plan(request: StaffRequest, reference: str) -> HttpResponse:
    """Choose bodies, look at the mails, plan the meeting. Errors keep what was typed (422, 409)."""
    case = open_case(request, reference)
    data = request.POST if request.method == "POST" else None
    asked = _invite_forms(case, _chosen(request.GET if data is None else data), data)
    form = forms.PlanForm(data, initial={"submission_key": uuid4()})
    letters: Letters = []
    status = HTTPStatus.OK
    if data is not None:
        letters, status, made = _try(case, asked, form)
        if made is not None:
            messages.success(request, _("The meeting is planned."))
            return redirect("concerns:meeting", reference, made.pk)
    return _plan_page(case, asked, form, letters, status)


def _plan_page(
    case: Case,
    asked: list[forms.InviteForm],
    form: forms.PlanForm,
    letters: Letters,
    status: HTTPStatus,
) -> HttpResponse:
    now = open_case(case.request, case.concern.dossier.reference)
    has_it = {r.body_id for r in now.referrals if r.state != ReferralState.DECLINED}
    bodies = bodies_by_theme(case.request.quarter.pk, now.concern.theme_id)
    context = {
        "concern": now.concern,
        "version": now.version,
        "invite_forms": asked,
        "form": form,
        "letters": letters,
        "seen": mark([letter for _invitation, letter in letters]),
        "bodies": sorted(
            ((body, body.pk in has_it) for body, _fits in bodies), key=lambda pair: not pair[1]
        ),
        "is_open": now.concern.is_open,
        "meeting_ahead": now.meeting_ahead,
        "nav_section": "concerns",
    }
    return render(case.request, PLAN_PAGE, context, status=status)


def _try(
    case: Case, asked: list[forms.InviteForm], form: forms.PlanForm
) -> tuple[Letters, HTTPStatus, Meeting | None]:
    """Return the mails to look at first, or the meeting when it is planned."""
    if not all(one.is_valid() for one in asked):
        return [], HTTPStatus.UNPROCESSABLE_ENTITY, None
    found: list[tuple[Letters, Meeting | None]] = []
    status = tried(
        form,
        lambda: found.append(_look_or_plan(case, asked, form)),
        names=OTHER_NAMES,
        explain=explain,
    )
    letters, made = found[0] if found else ([], None)
    return letters, status, made


def _look_or_plan(
    case: Case, asked: list[forms.InviteForm], form: forms.PlanForm
) -> tuple[Letters, Meeting | None]:
    typed, viewer, concern = form.cleaned_data, case.request.viewer, case.concern
    post, key = case.request.POST, typed["submission_key"]
    if known := planned_with(concern, key):
        return [], known  # the second press of one button
    wanted = Plan(
        on=typed["on"],
        begins=typed["begins"],
        place=typed["place"],
        purpose=typed["purpose"],
        others=typed["others"],
    )
    invites = [
        Invite(one.body, Way(one.cleaned_data["way"]), one.cleaned_data["person"]) for one in asked
    ]
    letters = services.preview_plan(
        viewer=viewer, concern=concern, plan=wanted, invites=invites, now=case.now
    )
    was_seen = post.get("gesehen", "") == mark([letter for _invitation, letter in letters])
    if post.get("schritt") != "senden" or not was_seen:
        return letters, None
    made = services.plan_meeting(
        viewer=viewer,
        concern=concern,
        plan=wanted,
        invites=invites,
        submission_key=key,
        version=typed["version"],
        now=case.now,
    )
    return [], made


# --- The page of one meeting ----------------------------------------------------------------------
class Sitting:
    """One meeting as one request at the desk sees it."""

    def __init__(self, case: Case, meeting: Meeting) -> None:
        self.case = case
        self.meeting = meeting
        self.invited: list[Invitation] = list(meeting.invitations.all())

    def url(self, deed: str, *more: int) -> str:
        """Return the address of a deed."""
        reference = self.case.concern.dossier.reference
        return reverse(f"concerns:{deed}", args=[reference, self.meeting.pk, *more])


def _open(request: StaffRequest, reference: str, meeting_id: int) -> Sitting:
    case = open_case(request, reference)
    return Sitting(case, or_404(get_meeting, request.viewer, case.concern, meeting_id))


def _fresh(sitting: Sitting) -> Sitting:
    case = sitting.case
    return _open(case.request, case.concern.dossier.reference, sitting.meeting.pk)


@require_safe
@desk
def meeting(request: StaffRequest, reference: str, meeting_id: int) -> HttpResponse:
    """The page of one meeting; ?tat= unfolds a deed."""
    return _show(_open(request, reference, meeting_id), opened=request.GET.get("tat", ""))


def _show(
    sitting: Sitting,
    *,
    attempt: Attempt | None = None,
    opened: str = "",
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    case = sitting.case
    decides = rules.may_decide(case.request.viewer, case.concern)
    is_over = case.is_meeting_over and sitting.meeting.is_ahead
    unfolded = opened or ("hold" if is_over and case.concern.is_open else "")
    context = {
        "concern": case.concern,
        "dossier": case.concern.dossier,
        "version": case.version,
        "meeting": sitting.meeting,
        "rows": [
            (one, _attendance_deed(sitting, one, attempt, opened) if decides else None)
            for one in sitting.invited
        ],
        "deeds": _deeds(sitting, attempt, unfolded) if decides else [],
        "is_over": is_over,
        "asked_for": opened,
        "nav_section": "concerns",
    }
    return render(case.request, PAGE, context, status=status)


def _deeds(sitting: Sitting, attempt: Attempt | None, opened: str) -> list[Deed]:
    """Return the deeds that the meeting allows; one that was just refused stays."""
    is_ahead, is_open = sitting.meeting.is_ahead, sitting.case.concern.is_open
    has_come = sitting.meeting.on <= sitting.case.today
    possible = {
        "hold": is_ahead and is_open and has_come,
        "move": is_ahead and is_open,
        "cancel": is_ahead,
    }
    titles = {
        "hold": _("Write down what came of it"),
        "move": _("Move it"),
        "cancel": _("Call it off"),
    }
    hints = {"move": _goes_to(sitting), "cancel": _goes_to(sitting)}
    return [
        _deed(sitting, name, titles[name], attempt, opened, hint=hints.get(name, ""))
        for name, is_possible in possible.items()
        if is_possible or (attempt and attempt.name == name)
    ]


def _goes_to(sitting: Sitting) -> str:
    mailed = ", ".join(one.body.name for one in sitting.invited if not one.is_by_hand)
    called = ", ".join(one.body.name for one in sitting.invited if one.is_by_hand)
    parts = [
        _("A mail goes to: %(bodies)s") % {"bodies": mailed} if mailed else "",
        _("You call or write to: %(bodies)s") % {"bodies": called} if called else "",
    ]
    return " · ".join(part for part in parts if part)


def _deed(
    sitting: Sitting,
    name: str,
    title: str,
    attempt: Attempt | None,
    opened: str,
    *,
    hint: str = "",
) -> Deed:
    tried = attempt if attempt and attempt.name == name else None
    form = tried.form if tried else None
    if form is None and name == opened:
        form = _form(sitting, name)
    return Deed(
        name=name,
        title=title,
        url=sitting.url(f"meeting_{name}"),
        form=form,
        hint=hint,
        is_open=name == opened,
        is_dangerous=name == "cancel",
        letters=tried.letters if tried else (),
    )


def _attendance_deed(
    sitting: Sitting, invitation: Invitation, attempt: Attempt | None, opened: str
) -> Deed | None:
    name = f"attendance-{invitation.pk}"
    tried = attempt if attempt and attempt.name == name else None
    if not (sitting.meeting.is_ahead or tried):
        return None
    form = tried.form if tried else None
    if form is None and name == opened:
        form = _attendance_form(invitation)
    return Deed(
        name=name,
        title=_("Write down whether it comes"),
        url=sitting.url("meeting_attendance", invitation.pk),
        form=form,
        is_open=name == opened,
    )


def _attendance_form(
    invitation: Invitation, data: QueryDict | None = None
) -> forms.AttendanceForm:
    return forms.AttendanceForm(
        data,
        auto_id=f"attendance-{invitation.pk}_%s",
        initial={"words": invitation.words},
    )


def _form(sitting: Sitting, name: str, data: QueryDict | None = None) -> Form:
    meeting, case = sitting.meeting, sitting.case
    if name == "hold":
        return forms.OutcomeForm(data, auto_id="hold_%s", invitations=sitting.invited)
    if name == "move":
        initial: Data = {"on": meeting.on, "begins": meeting.begins, "place": meeting.place}
        return forms.MoveForm(data, auto_id="move_%s", initial=initial)
    by_hand = services.to_call_off(meeting=meeting)
    return forms.CancelForm(
        data,
        auto_id="cancel_%s",
        is_open=case.concern.is_open,
        initial={"next_on": case.today if by_hand else case.due_on},
    )


def _act(
    sitting: Sitting,
    name: str,
    form: Form,
    deed: Callable[[Data], object],
    preview: Callable[[Data], Sequence[Letter]] | None = None,
) -> HttpResponse:
    """Do a deed, or show the page again with what was typed and why not.

    preview: the mails that the deed would send; only what was seen is sent.
    """
    letters: list[Letter] = []
    request = sitting.case.request

    def look_or_do() -> None:
        found = preview(form.cleaned_data) if preview else ()
        if mark(found) != request.POST.get("gesehen", ""):
            letters.extend(found)
        if not letters:
            deed(form.cleaned_data)

    status = tried(form, look_or_do, names=OTHER_NAMES, explain=explain)
    if status == HTTPStatus.OK and not letters:
        messages.success(request, _("Done."))
        reference = sitting.case.concern.dossier.reference
        return redirect("concerns:meeting", reference, sitting.meeting.pk)
    attempt = Attempt(name, form, letters)
    return _show(_fresh(sitting), attempt=attempt, opened=name, status=status)


def _place(data: Data) -> Appointment:
    return Appointment(data["on"], data["begins"], data["place"])


@require_POST
@office
def move(request: StaffRequest, reference: str, meeting_id: int) -> HttpResponse:
    """Another day, time or place; everybody hears what changed."""
    sitting = _open(request, reference, meeting_id)
    common: Data = {
        "viewer": request.viewer,
        "meeting": sitting.meeting,
        "now": sitting.case.now,
    }
    return _act(
        sitting,
        "move",
        _form(sitting, "move", request.POST),
        lambda data: services.move_meeting(
            to=_place(data), why=data["why"], version=data["version"], **common
        ),
        lambda data: services.preview_move(to=_place(data), why=data["why"], **common),
    )


@require_POST
@office
def cancel(request: StaffRequest, reference: str, meeting_id: int) -> HttpResponse:
    """Call it off; everybody hears of it."""
    sitting = _open(request, reference, meeting_id)
    common: Data = {"viewer": request.viewer, "meeting": sitting.meeting}
    return _act(
        sitting,
        "cancel",
        _form(sitting, "cancel", request.POST),
        lambda data: services.cancel_meeting(
            why=data["why"],
            next_on=data.get("next_on"),
            version=data["version"],
            now=sitting.case.now,
            **common,
        ),
        lambda data: services.preview_cancel(why=data["why"], **common),
    )


@require_POST
@office
def attendance(
    request: StaffRequest, reference: str, meeting_id: int, invitation_id: int
) -> HttpResponse:
    """Write down that a body knows of it, and whether it comes."""
    sitting = _open(request, reference, meeting_id)
    found = [one for one in sitting.invited if one.pk == invitation_id]
    if not found:
        raise Http404
    [invitation] = found
    return _act(
        sitting,
        f"attendance-{invitation.pk}",
        _attendance_form(invitation, request.POST),
        lambda data: services.note_attendance(
            viewer=request.viewer,
            invitation=invitation,
            attendance=Attendance(data["attendance"]),
            words=data["words"],
            version=data["version"],
            now=sitting.case.now,
        ),
    )


@require_POST
@office
def hold(request: StaffRequest, reference: str, meeting_id: int) -> HttpResponse:
    """Write down what came of it."""
    sitting = _open(request, reference, meeting_id)
    return _act(
        sitting,
        "hold",
        _form(sitting, "hold", request.POST),
        lambda data: services.hold_meeting(
            viewer=request.viewer,
            meeting=sitting.meeting,
            outcome=_outcome(sitting.invited, data),
            version=data["version"],
            now=sitting.case.now,
        ),
    )


def _outcome(invited: list[Invitation], data: Data) -> Outcome:
    said = {
        one.pk: Promise(data[f"promise_{one.pk}"], data[f"promised_on_{one.pk}"])
        for one in invited
    }
    return Outcome(
        there=frozenset(data["there"]),
        agreed=data["agreed"],
        for_person=data["for_person"],
        for_public=data["for_public"],
        promises={key: promise for key, promise in said.items() if promise.words or promise.on},
        next_on=data["next_on"],
    )
