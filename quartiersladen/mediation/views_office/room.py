"""One mediation as one request sees it, and the forms of its deeds."""

from datetime import date, datetime
from functools import cached_property

from django.http import QueryDict
from django.utils import timezone

from quartiersladen.accounts.access import StaffRequest, or_404
from quartiersladen.concerns.models import Concern
from quartiersladen.dossiers.services.confidential import log_reading
from quartiersladen.dossiers.states import ReadWhat
from quartiersladen.kernel.text import is_key
from quartiersladen.mediation import forms, queries
from quartiersladen.mediation.models import Mediation, Party, Step
from quartiersladen.mediation.states import PartyState, StepState
from quartiersladen.quarters.queries import add_days_at_work

WEEKS_TO_LOOK = 4
EARLIER = "von"  # an earlier mediation, in the address


class Room:
    """A concern that the viewer may open, and the mediation on it, if there is one."""

    def __init__(
        self, request: StaffRequest, concern: Concern, table: queries.Table | None
    ) -> None:
        self.request = request
        self.concern = concern
        self.found = table
        self.now: datetime = timezone.now()

    @property
    def table(self) -> queries.Table:
        """The mediation with everybody and everything at it."""
        if self.found is None:
            raise Mediation.DoesNotExist
        return self.found

    @property
    def mediation(self) -> Mediation:
        """The mediation itself."""
        return self.table.mediation

    @property
    def version(self) -> int:
        """The version that the forms carry."""
        return self.concern.dossier.version

    @cached_property
    def today(self) -> date:
        """Today in the quarter."""
        return self.request.quarter.local_day(self.now)

    @property
    def soon(self) -> date:
        """A day that is proposed for the next step: in five working days."""
        return add_days_at_work(self.request.quarter, self.today, 5)

    def needs_step(self, *, besides: Step | None = None) -> bool:
        """Whether a next step has to be planned. besides: what the form is about."""
        planned = [step for step in self.table.steps if step.state == StepState.PLANNED]
        is_under_way = self.mediation.is_open and self.concern.is_open
        return is_under_way and all(step is besides for step in planned)


def open_room(request: StaffRequest, reference: str, what: ReadWhat = ReadWhat.MEDIATION) -> Room:
    """Return the room, or answer 404 for what is missing or hidden; reading leaves a line."""
    concern = or_404(queries.get_concern, request.viewer, reference)
    asked_for = request.GET.get(EARLIER, "")
    key = int(asked_for) if is_key(asked_for) else None
    room = Room(request, concern, or_404(queries.table_of, request.viewer, concern, key))
    log_reading(viewer=request.viewer, dossier=concern.dossier, what=what, now=room.now)
    return room


def open_table(request: StaffRequest, reference: str, what: ReadWhat = ReadWhat.MEDIATION) -> Room:
    """Return the room of a mediation that has begun, else answer 404."""
    room = open_room(request, reference, what)
    or_404(lambda: room.table)
    return room


def fresh(room: Room) -> Room:
    """Return the room as it is stored now."""
    return open_room(room.request, room.concern.dossier.reference)


def begin_form(room: Room, name: str, data: QueryDict | None = None) -> forms.BeginForm:
    """Return the form with which a mediation begins."""
    initial = {"begun_on": room.today, "next_on": room.soon}
    return forms.BeginForm(data, initial=initial, auto_id=f"{name}_%s")


def party_form(room: Room, name: str, data: QueryDict | None = None) -> forms.PartyForm:
    """Return the form of a new party, on the other side than the last one."""
    sides = {party.side for party in room.table.parties}
    side = "b" if sides == {"a"} else "a"
    return forms.PartyForm(data, initial={"side": side}, auto_id=f"{name}_%s")


def change_form(
    _room: Room, party: Party, name: str, data: QueryDict | None = None
) -> forms.PartyForm:
    """Return the form that corrects a party."""
    columns = ("name", "side", "phone", "email", "contact", "language", "needs_interpreter")
    initial = {column: getattr(party, column) for column in columns}
    return forms.PartyForm(data, initial=initial, auto_id=f"{name}_%s")


def answer_form(
    room: Room, party: Party, name: str, data: QueryDict | None = None
) -> forms.AnswerForm:
    """Return the form for a party's answer; what it has not said yet comes first."""
    declines = party.state == PartyState.AGREED
    answer = PartyState.DECLINED if declines else PartyState.AGREED
    initial = {"answer": answer.value, "on": room.today}
    return forms.AnswerForm(data, initial=initial, auto_id=f"{name}_%s")


def erase_form(
    _room: Room, _party: Party, name: str, data: QueryDict | None = None
) -> forms.EraseForm:
    """Return the form that deletes a party's data."""
    return forms.EraseForm(data, auto_id=f"{name}_%s")


def consent_form(
    room: Room, _party: Party, name: str, data: QueryDict | None = None
) -> forms.ConsentForm:
    """Return the form for a party's yes to the agreement."""
    initial = {"consent": "signed", "on": room.today}
    return forms.ConsentForm(data, initial=initial, auto_id=f"{name}_%s")


def plan_form(room: Room, name: str, data: QueryDict | None = None) -> forms.PlanForm:
    """Return the form for a step to come."""
    return forms.PlanForm(data, initial={"next_on": room.soon}, auto_id=f"{name}_%s")


def talk_form(room: Room, name: str, data: QueryDict | None = None) -> forms.DoneForm:
    """Return the form for what took place without having been planned."""
    return done_form(room, None, name, data)


def done_form(
    room: Room, step: Step | None, name: str, data: QueryDict | None = None
) -> forms.DoneForm:
    """Return the form for what took place. step: the planned one, None for one that was not."""
    needs = room.needs_step(besides=step) and not room.mediation.waits_for_check
    initial = {
        "kind": step.kind if step else "",
        "on": min(step.on, room.today) if step else room.today,
        "next_kind": "joint" if needs else "",
        "next_on": room.soon if needs else None,
    }
    return forms.DoneForm(data, parties=room.table.parties, initial=initial, auto_id=f"{name}_%s")


def call_off_form(
    room: Room, step: Step, name: str, data: QueryDict | None = None
) -> forms.CallOffForm:
    """Return the form for a step that did not take place; the same once more is proposed."""
    needs = room.needs_step(besides=step) and not room.mediation.waits_for_check
    initial = {"next_kind": step.kind, "next_on": room.soon} if needs else {}
    return forms.CallOffForm(data, initial=initial, auto_id=f"{name}_%s")


def correct_form(
    room: Room, step: Step, name: str, data: QueryDict | None = None
) -> forms.ReportForm:
    """Return the form that corrects what took place."""
    initial = {
        "kind": step.kind,
        "on": step.on,
        "minutes": step.minutes,
        "parties": [party.pk for party in step.parties.all()],
        "notes": step.notes,
    }
    return forms.ReportForm(
        data, parties=room.table.parties, initial=initial, auto_id=f"{name}_%s"
    )


def agreement_form(room: Room, name: str, data: QueryDict | None = None) -> forms.AgreementForm:
    """Return the form for the agreement."""
    mediation = room.mediation
    look = mediation.check_on or forms.in_weeks(room.today, WEEKS_TO_LOOK)
    return forms.AgreementForm(
        data,
        initial={"text": mediation.agreement, "check_on": look},
        auto_id=f"{name}_%s",
    )


def look_form(room: Room, name: str, data: QueryDict | None = None) -> forms.LookForm:
    """Return the form for whether the agreement holds."""
    needs = room.needs_step()
    initial = {"next_kind": "follow_up", "next_on": room.soon} if needs else {}
    return forms.LookForm(
        data, is_under_way=room.mediation.is_open, initial=initial, auto_id=f"{name}_%s"
    )


def end_form(room: Room, name: str, data: QueryDict | None = None) -> forms.EndForm:
    """Return the form that ends the mediation."""
    return forms.EndForm(data, parties=room.table.parties, auto_id=f"{name}_%s")
