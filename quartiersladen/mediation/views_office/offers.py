"""Which deeds the page of a mediation offers now: the tables of states decide."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.forms import Form
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from quartiersladen.mediation.models import Party, Step
from quartiersladen.mediation.states import (
    MEDIATION_MACHINE,
    STEP_MACHINE,
    MediationState,
    StepState,
)
from quartiersladen.mediation.views_office import room as rooms
from quartiersladen.mediation.views_office.room import Room

TITLES: dict[str, str | Promise] = {
    "party": _("Enter a party"),
    "change": _("Correct"),
    "answer": _("Do they take part?"),
    "erase": _("They want their data deleted"),
    "consent": _("They say yes to the agreement"),
    "talk": _("Write down what took place"),
    "plan": _("Plan a step"),
    "done": _("It took place"),
    "off": _("It did not take place"),
    "correct": _("Correct"),
    "agreement": _("Write down the agreement"),
    "look": _("Does the agreement hold?"),
    "end": _("End the mediation"),
}
HINTS: dict[str, str | Promise] = {
    "talk": _("What was not planned: somebody called, came by, met you on the stairs."),
    "end": _(
        "The concern stays open: you close it afterwards, with an answer in neutral words that we"
        " propose."
    ),
}
AGAIN = _("Change the agreement")
ANEW = _("Other words need the yes of all parties anew.")
DANGEROUS = frozenset({"erase", "end"})
#: Kind of the deed, whether it is possible now, and what makes its form of its name.
Offer = tuple[str, bool, Callable[[str], Form]]


@dataclass(frozen=True, slots=True)
class Deed:
    """One deed on the page. form: None until it is opened.  about: whom or what, for who listens."""

    name: str
    title: str | Promise
    url: str
    form: Form | None
    hint: str | Promise = ""
    about: str = ""
    is_open: bool = False
    is_dangerous: bool = False


@dataclass(frozen=True, slots=True)
class Attempt:
    """A deed that was tried and refused; it is shown again with what was typed."""

    name: str
    form: Form


@dataclass(frozen=True, slots=True)
class PartyCard:
    """A party with its deeds."""

    party: Party
    deeds: Sequence[Deed]


@dataclass(frozen=True, slots=True)
class StepCard:
    """A step with its deeds. is_late: planned, and the day is over."""

    step: Step
    deeds: Sequence[Deed]
    is_late: bool


class Offers:
    """The deeds of one page."""

    def __init__(self, room: Room, attempt: Attempt | None, opened: str) -> None:
        self.room, self.attempt, self.opened = room, attempt, opened
        self.state = MediationState(room.mediation.state)
        self.is_under_way = bool(MEDIATION_MACHINE.actions_from(self.state))

    def parties(self) -> list[PartyCard]:
        """Return the parties in their order."""
        return [PartyCard(one, self._of_party(one)) for one in self.room.table.parties]

    def _of_party(self, party: Party) -> list[Deed]:
        if party.gone_at is not None:
            return []
        room = self.room
        may_agree = self.is_under_way and party.takes_part and bool(room.mediation.agreement)
        offers: list[Offer] = [
            ("answer", self.is_under_way, lambda name: rooms.answer_form(room, party, name)),
            (
                "consent",
                may_agree and not party.consent,
                lambda name: rooms.consent_form(room, party, name),
            ),
            ("change", True, lambda name: rooms.change_form(room, party, name)),
            ("erase", True, lambda name: rooms.erase_form(room, party, name)),
        ]
        return list(self._made(offers, key=party.pk, about=party.name))

    def steps(self) -> list[StepCard]:
        """Return the steps in the order of their days."""
        return [
            StepCard(
                one,
                self._of_step(one),
                is_late=one.state == StepState.PLANNED and one.on < self.room.today,
            )
            for one in self.room.table.steps
        ]

    def _of_step(self, step: Step) -> list[Deed]:
        room = self.room
        is_planned = bool(STEP_MACHINE.actions_from(StepState(step.state)))
        may_move = self.is_under_way and is_planned
        is_done = step.state == StepState.DONE
        offers: list[Offer] = [
            ("done", may_move, lambda name: rooms.done_form(room, step, name)),
            ("off", may_move, lambda name: rooms.call_off_form(room, step, name)),
            ("correct", is_done, lambda name: rooms.correct_form(room, step, name)),
        ]
        return list(self._made(offers, key=step.pk, about=step.get_kind_display()))

    def new_party(self) -> list[Deed]:
        """Return the deed that enters a party."""
        room = self.room
        return list(
            self._made([("party", self.is_under_way, lambda name: rooms.party_form(room, name))])
        )

    def new_steps(self) -> list[Deed]:
        """Return the deeds that add a step."""
        room = self.room
        may_plan = self.is_under_way and room.concern.is_open
        offers: list[Offer] = [
            ("talk", self.is_under_way, lambda name: rooms.talk_form(room, name)),
            ("plan", may_plan, lambda name: rooms.plan_form(room, name)),
        ]
        return list(self._made(offers))

    def agreement(self) -> list[Deed]:
        """Return the deeds on the agreement."""
        room, mediation = self.room, self.room.mediation
        may_look = bool(mediation.agreement) and not mediation.holding
        offers: list[Offer] = [
            ("look", may_look, lambda name: rooms.look_form(room, name)),
            ("agreement", self.is_under_way, lambda name: rooms.agreement_form(room, name)),
        ]
        return list(self._made(offers))

    def end(self) -> list[Deed]:
        """Return the deed that ends the mediation."""
        room = self.room
        return list(
            self._made([("end", self.is_under_way, lambda name: rooms.end_form(room, name))])
        )

    def _made(
        self, offers: Sequence[Offer], *, key: int | None = None, about: str = ""
    ) -> Iterator[Deed]:
        """Yield the possible deeds; one that was just refused stays, whatever the state."""
        for kind, is_possible, maker in offers:
            name = kind if key is None else f"{kind}-{key}"
            tried = self.attempt if self.attempt and self.attempt.name == name else None
            form = tried.form if tried else None
            if form is None and is_possible and name == self.opened:
                form = maker(name)
            if is_possible or tried:
                yield self._deed(kind, name, key, about, form)

    def _deed(self, kind: str, name: str, key: int | None, about: str, form: Form | None) -> Deed:
        reference = self.room.concern.dossier.reference
        is_change = kind == "agreement" and bool(self.room.mediation.agreement)
        return Deed(
            name=name,
            title=AGAIN if is_change else TITLES[kind],
            url=reverse(f"mediation:{kind}", args=[reference, *([] if key is None else [key])]),
            form=form,
            hint=ANEW if is_change else HINTS.get(kind, ""),
            about=about,
            is_open=name == self.opened,
            is_dangerous=kind in DANGEROUS,
        )
