"""The page of a mediation and its deeds. Each loads, checks the form, calls one service, leads back.

Everybody but the named finds nothing here, whatever their role: 404 as for what is not there.
"""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from quartiersladen.accounts.access import StaffRequest, member, or_404
from quartiersladen.dossiers.states import ReadWhat
from quartiersladen.mediation.forms import wanted_in
from quartiersladen.mediation.paper import agreement_pdf
from quartiersladen.mediation.services import agreement as agreements
from quartiersladen.mediation.services import life, parties, steps
from quartiersladen.mediation.states import Assent, Holding, PartyState
from quartiersladen.mediation.views_office import room as rooms
from quartiersladen.mediation.views_office.page import act, show
from quartiersladen.mediation.views_office.room import open_room, open_table
from quartiersladen.quarters.queries import programme_footer


@never_cache
@require_safe
@member
def page(request: StaffRequest, reference: str) -> HttpResponse:
    """The mediation of a concern, or the form to begin one; ?tat= unfolds a deed."""
    return show(open_room(request, reference), opened=request.GET.get("tat", ""))


@require_POST
@member
def begin(request: StaffRequest, reference: str) -> HttpResponse:
    """Begin a mediation; the concern is confidential from now on."""
    room = open_room(request, reference)
    form = rooms.begin_form(room, "begin", request.POST)
    return act(
        room,
        "begin",
        form,
        lambda data: life.begin_mediation(
            viewer=request.viewer,
            concern=room.concern,
            begun_on=data["begun_on"],
            first=form.first(),
            version=data["version"],
            now=room.now,
        ),
        _("The mediation has begun. Only who is named sees this concern from now on."),
    )


@require_POST
@member
def party(request: StaffRequest, reference: str) -> HttpResponse:
    """Enter a party."""
    room = open_table(request, reference)
    form = rooms.party_form(room, "party", request.POST)
    return act(
        room,
        "party",
        form,
        lambda data: parties.add_party(
            viewer=request.viewer,
            mediation=room.mediation,
            facts=form.facts(),
            version=data["version"],
            now=room.now,
        ),
    )


@require_POST
@member
def change(request: StaffRequest, reference: str, party_id: int) -> HttpResponse:
    """Correct what is known of a party."""
    room = open_table(request, reference)
    found = or_404(room.table.party, party_id)
    name = f"change-{found.pk}"
    form = rooms.change_form(found, name, request.POST)
    return act(
        room,
        name,
        form,
        lambda data: parties.change_party(
            viewer=request.viewer,
            party=found,
            facts=form.facts(),
            version=data["version"],
            now=room.now,
        ),
    )


@require_POST
@member
def answer(request: StaffRequest, reference: str, party_id: int) -> HttpResponse:
    """Write down whether a party takes part."""
    room = open_table(request, reference)
    found = or_404(room.table.party, party_id)
    name = f"answer-{found.pk}"
    return act(
        room,
        name,
        rooms.answer_form(room, found, name, request.POST),
        lambda data: parties.take_answer(
            viewer=request.viewer,
            party=found,
            answer=PartyState(data["answer"]),
            on=data["on"],
            version=data["version"],
            now=room.now,
        ),
    )


@require_POST
@member
def erase(request: StaffRequest, reference: str, party_id: int) -> HttpResponse:
    """Delete name and contact data of a party who asked for it."""
    room = open_table(request, reference)
    found = or_404(room.table.party, party_id)
    name = f"erase-{found.pk}"
    return act(
        room,
        name,
        rooms.erase_form(name, request.POST),
        lambda data: parties.erase_party(
            viewer=request.viewer, party=found, version=data["version"], now=room.now
        ),
        _("Deleted. The journal says so, without the name."),
    )


@require_POST
@member
def consent(request: StaffRequest, reference: str, party_id: int) -> HttpResponse:
    """Write down that a party said yes to the agreement."""
    room = open_table(request, reference)
    found = or_404(room.table.party, party_id)
    name = f"consent-{found.pk}"
    return act(
        room,
        name,
        rooms.consent_form(room, name, request.POST),
        lambda data: agreements.take_consent(
            viewer=request.viewer,
            party=found,
            consent=Assent(data["consent"]),
            on=data["on"],
            version=data["version"],
            now=room.now,
        ),
    )


@require_POST
@member
def plan(request: StaffRequest, reference: str) -> HttpResponse:
    """Plan a step."""
    room = open_table(request, reference)
    form = rooms.plan_form(room, "plan", request.POST)
    return act(
        room,
        "plan",
        form,
        lambda data: steps.plan_step(
            viewer=request.viewer,
            mediation=room.mediation,
            step=form.step(),
            version=data["version"],
            now=room.now,
        ),
    )


@require_POST
@member
def talk(request: StaffRequest, reference: str) -> HttpResponse:
    """Write down a step that was not planned."""
    room = open_table(request, reference)
    form = rooms.done_form(room, None, "talk", request.POST)
    return act(
        room,
        "talk",
        form,
        lambda data: steps.note_step(
            viewer=request.viewer,
            mediation=room.mediation,
            report=form.report(),
            wanted=wanted_in(data),
            version=data["version"],
            now=room.now,
        ),
    )


@require_POST
@member
def done(request: StaffRequest, reference: str, step_id: int) -> HttpResponse:
    """Write down that a planned step took place."""
    room = open_table(request, reference)
    found = or_404(room.table.step, step_id)
    name = f"done-{found.pk}"
    form = rooms.done_form(room, found, name, request.POST)
    return act(
        room,
        name,
        form,
        lambda data: steps.do_step(
            viewer=request.viewer,
            step=found,
            report=form.report(),
            wanted=wanted_in(data),
            version=data["version"],
            now=room.now,
        ),
    )


@require_POST
@member
def off(request: StaffRequest, reference: str, step_id: int) -> HttpResponse:
    """Write down that a planned step did not take place."""
    room = open_table(request, reference)
    found = or_404(room.table.step, step_id)
    name = f"off-{found.pk}"
    return act(
        room,
        name,
        rooms.call_off_form(room, found, name, request.POST),
        lambda data: steps.call_off(
            viewer=request.viewer,
            step=found,
            wanted=wanted_in(data),
            version=data["version"],
            now=room.now,
        ),
    )


@require_POST
@member
def correct(request: StaffRequest, reference: str, step_id: int) -> HttpResponse:
    """Correct what was written down of a step."""
    room = open_table(request, reference)
    found = or_404(room.table.step, step_id)
    name = f"correct-{found.pk}"
    form = rooms.correct_form(room, found, name, request.POST)
    return act(
        room,
        name,
        form,
        lambda data: steps.correct_step(
            viewer=request.viewer,
            step=found,
            report=form.report(),
            version=data["version"],
            now=room.now,
        ),
    )


@require_POST
@member
def agreement(request: StaffRequest, reference: str) -> HttpResponse:
    """Write down the agreement."""
    room = open_table(request, reference)
    return act(
        room,
        "agreement",
        rooms.agreement_form(room, "agreement", request.POST),
        lambda data: agreements.write_agreement(
            viewer=request.viewer,
            mediation=room.mediation,
            text=data["text"],
            check_on=data["check_on"],
            version=data["version"],
            now=room.now,
        ),
        _("Written down. Now you can print it and have it signed."),
    )


@require_POST
@member
def look(request: StaffRequest, reference: str) -> HttpResponse:
    """Write down whether the agreement holds."""
    room = open_table(request, reference)
    return act(
        room,
        "look",
        rooms.look_form(room, "look", request.POST),
        lambda data: agreements.take_look(
            viewer=request.viewer,
            mediation=room.mediation,
            holding=Holding(data["holding"]),
            note=data["note"],
            wanted=wanted_in(data),
            version=data["version"],
            now=room.now,
        ),
    )


@require_POST
@member
def end(request: StaffRequest, reference: str) -> HttpResponse:
    """End the mediation; the page then proposes how to close the concern."""
    room = open_table(request, reference)
    form = rooms.end_form(room, "end", request.POST)
    return act(
        room,
        "end",
        form,
        lambda data: life.end_mediation(
            viewer=request.viewer,
            mediation=room.mediation,
            ending=form.ending(),
            version=data["version"],
            now=room.now,
        ),
        _("The mediation has ended. The concern is still open: please close it with an answer."),
    )


@never_cache
@require_safe
@member
def agreement_file(request: StaffRequest, reference: str) -> HttpResponse:
    """The agreement as PDF, with a line for each party's signature."""
    room = open_table(request, reference, ReadWhat.PAPER)
    if not room.mediation.agreement:
        raise Http404
    made = agreement_pdf(
        mediation=room.mediation,
        parties=[one for one in room.table.parties if one.takes_part],
        mediator=request.viewer.name,
        programme=programme_footer(request.quarter, room.today),
        now=room.now,
    )
    name = f"vereinbarung-{reference}.pdf"
    return HttpResponse(
        made,
        content_type="application/pdf",
        headers={"Content-Disposition": f'inline; filename="{name}"'},
    )
