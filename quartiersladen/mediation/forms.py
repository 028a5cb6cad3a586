"""What the desk types in on a mediation. Shape only; the deeds check the rest."""

from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from quartiersladen.mediation.models import (
    MOST_MINUTES,
    NAME_LENGTH,
    SERVICE_LENGTH,
    TEXT_LENGTH,
    Party,
)
from quartiersladen.mediation.services.life import Ending
from quartiersladen.mediation.services.lines import NextStep
from quartiersladen.mediation.services.parties import PartyFacts
from quartiersladen.mediation.services.steps import Report
from quartiersladen.mediation.states import (
    Assent,
    Holding,
    MediationState,
    PartyState,
    Side,
    StepKind,
)

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


class DayInput(forms.DateInput):
    """The browser's own date field; it wants ISO dates whatever the language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


def _day(
    label: "str | _StrPromise",
    *,
    required: bool = True,
    help_text: "str | _StrPromise" = "",
) -> forms.DateField:
    return forms.DateField(label=label, required=required, widget=DayInput(), help_text=help_text)


def _text(
    label: "str | _StrPromise", *, rows: int, help_text: "str | _StrPromise" = ""
) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": rows, "dir": "auto"}),
        help_text=help_text,
    )


def _named(party: Party) -> str:
    return f"{party.number} · {party.name}"


class DeedForm(forms.Form):
    """A deed on a concern that was read in one version. WHEN: as in the concern's forms."""

    WHEN: ClassVar[dict[str, str]] = {}
    version = forms.IntegerField(widget=forms.HiddenInput)

    def rows(self) -> list[tuple[forms.BoundField, str]]:
        """Return the visible fields, each with the answer that shows it."""
        return [(field, self.WHEN.get(field.name, "")) for field in self.visible_fields()]


class _NextStepFields(forms.Form):
    """What comes next: both or neither."""

    next_kind = forms.ChoiceField(
        label=_("What comes next?"),
        required=False,
        choices=[("", _("nothing new")), *StepKind.choices],
    )
    next_on = _day(
        _("When?"),
        required=False,
        help_text=_("The concern's next date follows it. It can stay empty if a step is planned."),
    )

    def clean(self) -> dict[str, Any]:
        """Add an error where one of the two is missing."""
        data = super().clean() or {}
        if data.get("next_kind") and not data.get("next_on") and "next_on" not in self.errors:
            self.add_error("next_on", _("Please choose a day for the next step."))
        if data.get("next_on") and not data.get("next_kind"):
            self.add_error("next_kind", _("Please choose what comes next."))
        return data


def wanted_in(data: dict[str, Any]) -> NextStep | None:
    """Return the next step of a valid form, None if there is none."""
    if not data.get("next_kind"):
        return None
    return NextStep(StepKind(data["next_kind"]), data["next_on"])


class BeginForm(DeedForm):
    """A mediation begins with a first step."""

    begun_on = _day(_("Begun on"))
    next_kind = forms.ChoiceField(label=_("What comes first?"), choices=StepKind.choices)
    next_on = _day(_("When?"), help_text=_("It becomes the next date of the concern."))

    def first(self) -> NextStep:
        """Return the first step; for a valid form."""
        return NextStep(StepKind(self.cleaned_data["next_kind"]), self.cleaned_data["next_on"])


class PartyForm(DeedForm):
    """Who takes part in the quarrel."""

    name = forms.CharField(
        label=_("Name or function"),
        max_length=NAME_LENGTH,
        help_text=_("For example “tenant, 2nd floor”. A function is enough."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    side = forms.ChoiceField(label=_("Side"), choices=Side.choices)
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "type": "tel"}),
    )
    email = forms.EmailField(
        label=_("E-mail"), required=False, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )
    contact = forms.CharField(
        label=_("Other ways to reach them"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    language = forms.CharField(
        label=_("Language"),
        required=False,
        max_length=60,
        help_text=_("In which they speak best."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    needs_interpreter = forms.BooleanField(label=_("Needs an interpreter"), required=False)

    def facts(self) -> PartyFacts:
        """Return what was typed; for a valid form."""
        data = {name: value for name, value in self.cleaned_data.items() if name != "version"}
        return PartyFacts(**data | {"side": Side(data["side"])})


class AnswerForm(DeedForm):
    """Whether a party takes part."""

    answer = forms.ChoiceField(
        label=_("What do they say?"),
        choices=[
            (PartyState.AGREED.value, _("They take part")),
            (PartyState.DECLINED.value, _("They do not want to")),
        ],
        widget=forms.RadioSelect,
    )
    on = _day(_("On which day did they say so?"))


class EraseForm(DeedForm):
    """Somebody wants their data to be deleted."""

    is_meant = forms.BooleanField(
        label=_("Yes, delete name and contact data for good"),
        help_text=_(
            "Also where they stand in the texts of this concern. That somebody took part, and what"
            " they said to the agreement, stays without the name."
        ),
    )


class PlanForm(DeedForm):
    """A step to come."""

    next_kind = forms.ChoiceField(label=_("What?"), choices=StepKind.choices)
    next_on = _day(_("When?"), help_text=_("The concern's next date follows it."))

    def step(self) -> NextStep:
        """Return the step; for a valid form."""
        return NextStep(StepKind(self.cleaned_data["next_kind"]), self.cleaned_data["next_on"])


class ReportForm(DeedForm):
    """What took place."""

    kind = forms.ChoiceField(label=_("What was it?"), choices=StepKind.choices)
    on = _day(_("On which day?"))
    minutes = forms.IntegerField(
        label=_("Minutes"),
        min_value=1,
        max_value=MOST_MINUTES,
        help_text=_("With the way there and back."),
    )
    parties = forms.TypedMultipleChoiceField(
        label=_("Who took part?"),
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )
    notes = _text(
        _("Notes"), rows=5, help_text=_("Only the named read them. No party gets to see them.")
    )

    def __init__(self, *args: Any, parties: list[Party], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        if not parties:
            del self.fields["parties"]
            return
        field = cast("forms.TypedMultipleChoiceField", self.fields["parties"])
        field.choices = [(party.pk, _named(party)) for party in parties]

    def report(self) -> Report:
        """Return what was typed; for a valid form."""
        data = self.cleaned_data
        return Report(
            kind=StepKind(data["kind"]),
            on=data["on"],
            minutes=data["minutes"],
            parties=data.get("parties", []),
            notes=data["notes"],
        )


class DoneForm(_NextStepFields, ReportForm):
    """What took place, and what comes next."""

    field_order = ("kind", "on", "minutes", "parties", "notes", "next_kind", "next_on")


class CallOffForm(_NextStepFields, DeedForm):
    """It did not take place; what comes instead."""


class AgreementForm(DeedForm):
    """What was agreed upon."""

    text = _text(
        _("What was agreed"),
        rows=8,
        help_text=_("In words that everybody understands: who does what, from when, until when."),
    )
    check_on = _day(
        _("When do we ask whether it holds?"),
        required=False,
        help_text=_("It becomes a follow-up. Three to six weeks are usual."),
    )


class ConsentForm(DeedForm):
    """How a party said yes."""

    consent = forms.ChoiceField(label=_("How?"), choices=Assent.choices, widget=forms.RadioSelect)
    on = _day(_("On which day?"))


class LookForm(_NextStepFields, DeedForm):
    """Whether the agreement holds."""

    holding = forms.ChoiceField(
        label=_("Does it hold?"), choices=Holding.choices, widget=forms.RadioSelect
    )
    note = _text(_("What did you hear?"), rows=3)
    field_order = ("holding", "note", "next_kind", "next_on")

    def __init__(self, *args: Any, is_under_way: bool, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        if not is_under_way:
            del self.fields["next_kind"]
            del self.fields["next_on"]


ENDS = [
    (MediationState.AGREED.value, _("With an agreement")),
    (MediationState.PARTLY.value, _("With an agreement on a part of it")),
    (MediationState.NONE.value, _("Without an agreement")),
    (MediationState.BROKEN_OFF.value, _("A party broke it off")),
    (MediationState.PASSED_ON.value, _("Passed on to a professional service")),
]


class EndForm(DeedForm):
    """How the mediation ends."""

    WHEN: ClassVar[dict[str, str]] = {
        "party": f"state={MediationState.BROKEN_OFF.value}",
        "service": f"state={MediationState.PASSED_ON.value}",
    }
    state = forms.ChoiceField(label=_("How does it end?"), choices=ENDS, widget=forms.RadioSelect)
    party = forms.TypedChoiceField(label=_("Who broke it off?"), required=False, empty_value=None)
    service = forms.CharField(
        label=_("To which service?"),
        required=False,
        max_length=SERVICE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    note = _text(_("Note"), rows=3, help_text=_("Only the named read it."))

    def __init__(self, *args: Any, parties: list[Party], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        by_key = {str(party.pk): party for party in parties}
        field = cast("forms.TypedChoiceField", self.fields["party"])
        field.choices = [("", "–"), *((key, _named(party)) for key, party in by_key.items())]
        field.coerce = by_key.__getitem__

    def ending(self) -> Ending:
        """Return what was typed; for a valid form."""
        data = self.cleaned_data
        return Ending(
            state=MediationState(data["state"]),
            note=data["note"],
            party=data["party"],
            service=data["service"],
        )


def in_weeks(day: date, weeks: int) -> date:
    """Return the same day of the week so many weeks later."""
    return date.fromordinal(day.toordinal() + 7 * weeks)
