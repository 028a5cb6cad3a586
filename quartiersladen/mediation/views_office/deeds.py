"""The page of a mediation and its deeds; each calls one service. What is around it is in `doing`.

Everybody but the named finds nothing here, whatever their role: 404 as for what is not there.
"""

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from quartiersladen.accounts.access import StaffRequest, member
from quartiersladen.dossiers.states import ReadWhat
from quartiersladen.mediation import forms
from quartiersladen.mediation.models import Party, Step
from quartiersladen.mediation.paper import agreement_pdf
from quartiersladen.mediation.queries import Table
from quartiersladen.mediation.services import agreement as agreements
from quartiersladen.mediation.services import life, parties, steps
from quartiersladen.mediation.states import Assent, Holding, PartyState
from quartiersladen.mediation.views_office import room as rooms
from quartiersladen.mediation.views_office.doing import act, deed, deed_on
from quartiersladen.mediation.views_office.page import show
from quartiersladen.mediation.views_office.room import Room, open_room, open_table
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
        lambda: life.begin_mediation(
            viewer=request.viewer,
            concern=room.concern,
            begun_on=form.cleaned_data["begun_on"],
            first=form.first(),
            version=form.cleaned_data["version"],
            now=room.now,
        ),
        _("The mediation has begun. Only who is named sees this concern from now on."),
    )


@deed("party", rooms.party_form)
def party(room: Room, form: forms.PartyForm) -> None:
    """Enter a party."""
    data = form.cleaned_data
    parties.add_party(
        viewer=room.request.viewer,
        mediation=room.mediation,
        facts=form.facts(),
        version=data["version"],
        now=room.now,
    )


@deed_on(Table.party, "change", rooms.change_form)
def change(room: Room, party: Party, form: forms.PartyForm) -> None:
    """Correct what is known of a party."""
    data = form.cleaned_data
    parties.change_party(
        viewer=room.request.viewer,
        party=party,
        facts=form.facts(),
        version=data["version"],
        now=room.now,
    )


@deed_on(Table.party, "answer", rooms.answer_form)
def answer(room: Room, party: Party, form: forms.AnswerForm) -> None:
    """Write down whether a party takes part."""
    data = form.cleaned_data
    parties.take_answer(
        viewer=room.request.viewer,
        party=party,
        answer=PartyState(data["answer"]),
        on=data["on"],
        version=data["version"],
        now=room.now,
    )


@deed_on(
    Table.party,
    "erase",
    rooms.erase_form,
    done=_("Deleted. The journal says so, without the name."),
)
def erase(room: Room, party: Party, form: forms.EraseForm) -> None:
    """Delete name and contact data of a party who asked for it."""
    data = form.cleaned_data
    parties.erase_party(
        viewer=room.request.viewer, party=party, version=data["version"], now=room.now
    )


@deed_on(Table.party, "consent", rooms.consent_form)
def consent(room: Room, party: Party, form: forms.ConsentForm) -> None:
    """Write down that a party said yes to the agreement."""
    data = form.cleaned_data
    agreements.take_consent(
        viewer=room.request.viewer,
        party=party,
        consent=Assent(data["consent"]),
        on=data["on"],
        version=data["version"],
        now=room.now,
    )


@deed("plan", rooms.plan_form)
def plan(room: Room, form: forms.PlanForm) -> None:
    """Plan a step."""
    data = form.cleaned_data
    steps.plan_step(
        viewer=room.request.viewer,
        mediation=room.mediation,
        step=form.step(),
        version=data["version"],
        now=room.now,
    )


@deed("talk", rooms.talk_form)
def talk(room: Room, form: forms.DoneForm) -> None:
    """Write down a step that was not planned."""
    data = form.cleaned_data
    steps.note_step(
        viewer=room.request.viewer,
        mediation=room.mediation,
        report=form.report(),
        wanted=forms.wanted_in(data),
        version=data["version"],
        now=room.now,
    )


@deed_on(Table.step, "done", rooms.done_form)
def done(room: Room, step: Step, form: forms.DoneForm) -> None:
    """Write down that a planned step took place."""
    data = form.cleaned_data
    steps.do_step(
        viewer=room.request.viewer,
        step=step,
        report=form.report(),
        wanted=forms.wanted_in(data),
        version=data["version"],
        now=room.now,
    )


@deed_on(Table.step, "off", rooms.call_off_form)
def off(room: Room, step: Step, form: forms.CallOffForm) -> None:
    """Write down that a planned step did not take place."""
    data = form.cleaned_data
    steps.call_off(
        viewer=room.request.viewer,
        step=step,
        wanted=forms.wanted_in(data),
        version=data["version"],
        now=room.now,
    )


@deed_on(Table.step, "correct", rooms.correct_form)
def correct(room: Room, step: Step, form: forms.ReportForm) -> None:
    """Correct what was written down of a step."""
    data = form.cleaned_data
    steps.correct_step(
        viewer=room.request.viewer,
        step=step,
        report=form.report(),
        version=data["version"],
        now=room.now,
    )


@deed(
    "agreement",
    rooms.agreement_form,
    done=_("Written down. Now you can print it and have it signed."),
)
def agreement(room: Room, form: forms.AgreementForm) -> None:
    """Write down the agreement."""
    data = form.cleaned_data
    agreements.write_agreement(
        viewer=room.request.viewer,
        mediation=room.mediation,
        text=data["text"],
        check_on=data["check_on"],
        version=data["version"],
        now=room.now,
    )


@deed("look", rooms.look_form)
def look(room: Room, form: forms.LookForm) -> None:
    """Write down whether the agreement holds."""
    data = form.cleaned_data
    agreements.take_look(
        viewer=room.request.viewer,
        mediation=room.mediation,
        holding=Holding(data["holding"]),
        note=data["note"],
        wanted=forms.wanted_in(data),
        version=data["version"],
        now=room.now,
    )


@deed(
    "end",
    rooms.end_form,
    done=_("The mediation has ended. The concern is still open: please close it with an answer."),
)
def end(room: Room, form: forms.EndForm) -> None:
    """End the mediation; the page then proposes how to close the concern."""
    data = form.cleaned_data
    life.end_mediation(
        viewer=room.request.viewer,
        mediation=room.mediation,
        ending=form.ending(),
        version=data["version"],
        now=room.now,
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
