"""What the desk types in about a meeting of several bodies. Shape only; the deeds check the rest."""

from typing import Any, ClassVar, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from quartiersladen.concerns.forms.office import (
    DayInput,
    DeedForm,
    VersionedForm,
    words_field,
)
from quartiersladen.concerns.models import Invitation
from quartiersladen.concerns.models.meeting import LINE_LENGTH
from quartiersladen.concerns.states import Attendance
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ContactPerson, ResponsibleBody

WAYS_TO_INVITE = [
    (Way.MAIL.value, _("We write a mail")),
    (Way.PHONE.value, _("We call them")),
    (Way.POST.value, _("We write a letter")),
]


class TimeInput(forms.TimeInput):
    """The browser's own field for a time of day."""

    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


def _line(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:  # noqa: ANN401 -- lazy words
    return forms.CharField(
        label=label,
        required=required,
        max_length=LINE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text=help_text,
    )


class AppointmentForm(VersionedForm):
    """When and where."""

    on = forms.DateField(label=_("Day"), widget=DayInput())
    begins = forms.TimeField(label=_("Time"), widget=TimeInput())
    place = _line(_("Place"))


class PlanForm(AppointmentForm):
    """A meeting that is planned."""

    purpose = _line(
        _("What it is about, in one sentence"), help_text=_("The bodies read it. No names please.")
    )
    others = _line(
        _("Who else takes part"),
        required=False,
        help_text=_("By function, no names: Kita-Leitung, Hausmeister."),
    )
    submission_key = forms.UUIDField(widget=forms.HiddenInput)


class InviteForm(DeedForm):
    """How one body is asked to come; the page shows one of these per body."""

    way = forms.ChoiceField(label=_("How"), choices=WAYS_TO_INVITE)
    person = forms.ModelChoiceField(
        label=_("Whom"), queryset=ContactPerson.objects.none(), required=False
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        body: ResponsibleBody,
        people: list[ContactPerson],
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        self.body = body
        field = cast("forms.ModelChoiceField[ContactPerson]", self.fields["person"])
        field.queryset = ContactPerson.objects.filter(pk__in=[p.pk for p in people])
        field.empty_label = body.name


class MoveForm(AppointmentForm):
    """Another day, time or place."""

    why = words_field(_("Why"), rows=2, help_text=_("The bodies read it."))


class CancelForm(VersionedForm):
    """It does not take place."""

    why = words_field(_("Why"), rows=2, help_text=_("The bodies read it."))
    next_on = forms.DateField(label=_("Next date"), required=False, widget=DayInput())

    def __init__(self, *args: Any, is_open: bool, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        """Ask for the next date only where one is needed. is_open: the concern."""
        super().__init__(*args, **kwargs)
        if not is_open:
            del self.fields["next_on"]


class AttendanceForm(VersionedForm):
    """What a body said about coming."""

    attendance = forms.ChoiceField(
        label=_("What does the body say?"),
        choices=[
            (Attendance.COMES.value, _("comes")),
            (Attendance.STAYS_AWAY.value, _("does not come")),
            (Attendance.OPEN.value, _("knows of it, has not said yet")),
        ],
    )
    words = words_field(_("In its words"), rows=2, help_text=_("Only the office reads it."))


class OutcomeForm(VersionedForm):
    """Who was there, what was agreed, what each body promised, and when we ask."""

    FIRST: ClassVar[tuple[str, ...]] = ("version", "there", "agreed")
    there = forms.TypedMultipleChoiceField(
        label=_("Who was there?"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    agreed = words_field(
        _("What was agreed"), required=True, help_text=_("Only the office reads it.")
    )
    for_person = words_field(
        _("Words for the person"),
        rows=2,
        help_text=_("In the person's language. Empty: the person reads the words for everybody."),
    )
    for_public = words_field(
        _("Words for everybody"),
        rows=2,
        help_text=_("Only if the concern is public. Empty: nobody else reads of the meeting."),
    )
    next_on = forms.DateField(
        label=_("Next date"),
        required=False,
        widget=DayInput(),
        help_text=_("Empty: the first day that a body has promised."),
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        invitations: list[Invitation],
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        """Ask each invited body's promise. invitations: of the meeting, in the order of the page."""
        super().__init__(*args, **kwargs)
        field = cast("forms.TypedMultipleChoiceField", self.fields["there"])
        field.choices = [(one.pk, one.body.name) for one in invitations]
        for one in invitations:
            body = {"body": one.body.name}
            self.fields[f"promise_{one.pk}"] = words_field(_("%(body)s promises") % body, rows=1)
            self.fields[f"promised_on_{one.pk}"] = forms.DateField(
                label=_("%(body)s does it by") % body, required=False, widget=DayInput()
            )
        promises = [name for name in self.fields if name.startswith("promise")]
        self.order_fields([*self.FIRST, *promises])
