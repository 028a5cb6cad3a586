"""Many concerns at once: an action, one line of a card or a sheet, and a note on a walk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from django import forms
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from quartiersladen.concerns.forms.office import DayInput
from quartiersladen.concerns.forms.report import (
    PLACE_LENGTH,
    PhotosField,
    international,
    point_of,
    read_old_key,
)
from quartiersladen.concerns.models.concern import TEXT_LENGTH
from quartiersladen.concerns.services.actions import ActionFacts
from quartiersladen.concerns.services.intake import Report
from quartiersladen.concerns.states import ActionKind, AnswerWay, ConcernKind, PlaceKind
from quartiersladen.outbox.addresses import BadAddress, reachable_address
from quartiersladen.quarters.models import Theme

#: Key as a form sends it -> theme; read once for all lines of a page.
Themes = Mapping[str, Theme]


class ThemeChoice(forms.TypedChoiceField):
    """One of the themes that the page has read; None: none."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(required=False, empty_value=None, **kwargs)

    def offer(self, themes: Themes, language: str, *, nothing: str) -> None:
        """Offer these themes. nothing: what an empty choice means."""
        self.choices = [
            ("", nothing),
            *((key, str(theme.name_in(language))) for key, theme in themes.items()),
        ]
        self.coerce = themes.__getitem__


class ActionForm(forms.Form):
    """What many concerns have in common."""

    submission_key = forms.CharField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        choices=[(k.value, k.label) for k in ActionKind if k != ActionKind.WALK],
        widget=forms.RadioSelect,
        initial=ActionKind.POSTCARDS,
    )
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("For example: Postcards playground, Office hour in the library"),
    )
    on = forms.DateField(label=gettext_lazy("Day"), widget=DayInput())
    place = forms.CharField(label=gettext_lazy("Where"), max_length=120, required=False)
    theme = ThemeChoice(
        label=gettext_lazy("Theme"),
        help_text=gettext_lazy("For all lines that say no other."),
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        themes: Themes,
        language: str,
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        if "theme" in self.fields:
            field = cast("ThemeChoice", self.fields["theme"])
            field.offer(themes, language, nothing=_("various"))

    def facts(self) -> ActionFacts:
        """Return what was typed, after is_valid()."""
        data = self.cleaned_data
        return ActionFacts(
            kind=ActionKind(data["kind"]),
            name=data["name"],
            on=data["on"],
            place=data["place"],
            theme=data["theme"],
        )


class StartWalkForm(ActionForm):
    """A walk begins: its name and its day."""

    kind = None  # type: ignore[assignment]  # Django's way to leave a field out
    place = None  # type: ignore[assignment]  # as above
    theme = None  # type: ignore[assignment]  # as above

    def facts(self) -> ActionFacts:
        """Return what was typed, after is_valid()."""
        data = self.cleaned_data
        return ActionFacts(kind=ActionKind.WALK, name=data["name"], on=data["on"])


@dataclass(frozen=True, slots=True)
class Contact:
    """How to reach somebody, as one field says it."""

    way: AnswerWay = AnswerWay.NONE
    email: str = ""
    phone: str = ""


def contact_of(typed: str) -> Contact:
    """Return the e-mail address or the phone number that was typed.

    Raises ValidationError for what is neither.
    """
    words = typed.strip()
    if not words:
        return Contact()
    if "@" not in words:
        return Contact(way=AnswerWay.PHONE, phone=international(words))
    validate_email(words)
    try:
        reachable_address(words)
    except BadAddress as refusal:
        raise forms.ValidationError(str(refusal)) from None
    return Contact(way=AnswerWay.MAIL, email=words)


class LineForm(forms.Form):
    """One card or one line of a sheet. Only the text is needed."""

    key = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("What stands on it"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Please write a few words.")},
    )
    theme = ThemeChoice(label=gettext_lazy("Theme"))
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"), choices=ConcernKind.choices, initial=ConcernKind.PROBLEM
    )
    place_text = forms.CharField(
        label=gettext_lazy("Place"), max_length=PLACE_LENGTH, required=False
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    contact = forms.CharField(
        label=gettext_lazy("E-mail or phone"), max_length=254, required=False
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        themes: Themes,
        language: str,
        default: Theme | None,
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        self.default = default
        nothing = str(default.name_in(language)) if default else _("not sure")
        cast("ThemeChoice", self.fields["theme"]).offer(themes, language, nothing=nothing)

    @property
    def shown(self) -> Sequence[forms.BoundField]:
        """The fields of the line in the order of the keyboard."""
        return self.visible_fields()

    def clean_key(self) -> UUID | None:
        """Return the key of the line; the page has put a good one in."""
        return read_old_key(self.cleaned_data["key"])

    def clean_contact(self) -> Contact:
        """Return how to reach the person."""
        return contact_of(self.cleaned_data["contact"])

    def report(self) -> Report:
        """Return what was typed, after is_valid()."""
        data = self.cleaned_data
        contact: Contact = data["contact"]
        place = data["place_text"].strip()
        return Report(
            text=data["text"],
            kind=ConcernKind(data["kind"]),
            theme=data["theme"] or self.default,
            language="de",
            place_kind=PlaceKind.ADDRESS if place else PlaceKind.NONE,
            place_text=place,
            way=contact.way,
            name=data["name"].strip(),
            email=contact.email,
            phone=contact.phone,
        )


class WalkNoteForm(forms.Form):
    """One thing seen on a walk."""

    submission_key = forms.CharField(widget=forms.HiddenInput)
    latitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    photos = PhotosField(label=gettext_lazy("Photo"), required=False)
    text = forms.CharField(
        label=gettext_lazy("What is it?"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Please write a few words.")},
    )
    theme = ThemeChoice(label=gettext_lazy("Theme"))
    place_text = forms.CharField(
        label=gettext_lazy("Address or crossing"), max_length=PLACE_LENGTH, required=False
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        themes: Themes,
        language: str,
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        field = cast("ThemeChoice", self.fields["theme"])
        field.offer(themes, language, nothing=_("not sure"))

    def report(self) -> Report:
        """Return what was typed, after is_valid(); a point on the map wins over the address."""
        data = self.cleaned_data
        point = point_of(data["latitude"], data["longitude"])
        place = data["place_text"].strip()
        kind = PlaceKind.ADDRESS if place else PlaceKind.NONE
        return Report(
            text=data["text"],
            kind=ConcernKind.PROBLEM,
            theme=data["theme"],
            language="de",
            place_kind=PlaceKind.POINT if point else kind,
            place_text=place,
            latitude=point[0] if point else None,
            longitude=point[1] if point else None,
            way=AnswerWay.NONE,
        )
