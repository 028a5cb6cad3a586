"""What is typed into the settings of the interfaces."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quartiersladen.api.models import CODE, Attribute, Open311, OpenTheme
from quartiersladen.api.services.offers import AttributeFacts, OpenThemeFacts
from quartiersladen.api.states import DataType
from quartiersladen.ui.languages import TextsInEveryLanguage

KEY_LENGTH = 60  # characters of one key of a list
LONGEST_LIST = 100  # lines


class Open311Form(forms.Form):
    """The switch of the GeoReport server."""

    is_on = forms.BooleanField(
        label=_("Other city services may read what is released, and send us concerns with a key"),
        required=False,
    )
    jurisdiction = forms.CharField(
        label=_("Name of the area (jurisdiction_id)"),
        help_text=_("Only if a partner needs one. Empty: whatever partners send is accepted."),
        max_length=60,
        required=False,
        validators=[CODE],
    )
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)


def open311_initial(row: Open311 | None) -> dict[str, Any]:
    """Return what the switch shows first."""
    if row is None:
        return {"version": 0}
    return {name: getattr(row, name) for name in ("is_on", "jurisdiction", "version")}


class OpenThemeForm(TextsInEveryLanguage):
    """What partners see of a theme."""

    texts = {"description": _("What belongs to it")}
    sizes = {"description": (500, 3)}

    is_on = forms.BooleanField(label=_("Partners can use this theme"), required=False)
    keywords = forms.CharField(
        label=_("Words by which it is found"),
        help_text=_("Separated by commas"),
        max_length=200,
        required=False,
    )
    group = forms.CharField(
        label=_("Group"),
        help_text=_("Heading under which programs show it, for example “On the street”"),
        max_length=80,
        required=False,
    )
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def facts(self) -> OpenThemeFacts:
        """Return what was typed, after is_valid()."""
        data = self.cleaned_data
        return OpenThemeFacts(
            is_on=data["is_on"],
            description=self.in_languages("description"),
            keywords=data["keywords"],
            group=data["group"],
        )


def open_theme_initial(row: OpenTheme | None) -> dict[str, Any]:
    """Return what the form of a theme shows first."""
    if row is None:
        return {"version": 0}
    shown = {name: getattr(row, name) for name in ("is_on", "keywords", "group", "version")}
    return shown | OpenThemeForm.initial_in_languages("description", row.description)


class AttributeForm(forms.Form):
    """A question that partners ask."""

    description = forms.CharField(label=_("Question"), max_length=300)
    code = forms.CharField(
        label=_("Short name"),
        help_text=_("Under it the answer is sent: letters, digits, - and _"),
        max_length=40,
        validators=[CODE],
    )
    datatype = forms.ChoiceField(label=_("What is answered"), choices=DataType.choices)
    values = forms.CharField(
        label=_("Answers to choose from"),
        help_text=_("One per line: short name = what people read, for example “out = goes out”"),
        widget=forms.Textarea({"rows": 5}),
        max_length=5000,
        required=False,
    )
    hint = forms.CharField(label=_("How to answer it"), max_length=300, required=False)
    order = forms.IntegerField(
        label=_("At which place"),
        help_text=_("1 is the first; empty: the last"),
        min_value=1,
        max_value=99,
        required=False,
    )
    is_required = forms.BooleanField(label=_("Has to be answered"), required=False)
    is_hint = forms.BooleanField(label=_("Only a hint: nothing is answered"), required=False)

    def clean_values(self) -> Sequence[tuple[str, str]]:
        """Return pairs of key and name; each key once."""
        lines = [line.strip() for line in self.cleaned_data["values"].splitlines()]
        pairs = [_pair(line) for line in lines if line]
        keys = [key for key, _name in pairs]
        if len(set(keys)) < len(keys) or len(keys) > LONGEST_LIST:
            raise forms.ValidationError(_("Each short name once, 100 lines at most."))
        if any(not name or len(key) > KEY_LENGTH for key, name in pairs):
            raise forms.ValidationError(_("Each line has a short name, an equals sign, a name."))
        return pairs

    def facts(self) -> AttributeFacts:
        """Return what was typed, after is_valid()."""
        data = self.cleaned_data
        return AttributeFacts(
            code=data["code"],
            datatype=DataType(data["datatype"]),
            description=data["description"],
            is_question=not data["is_hint"],
            is_required=data["is_required"],
            order=data["order"] or 0,
            hint=data["hint"],
            values=data["values"],
        )


def _pair(line: str) -> tuple[str, str]:
    key, _equals, name = line.partition("=")
    return key.strip(), name.strip()


def attribute_initial(row: Attribute) -> dict[str, Any]:
    """Return what the form of a question shows first."""
    names = ("description", "code", "datatype", "hint", "order", "is_required")
    return {
        **{name: getattr(row, name) for name in names},
        "is_hint": not row.is_question,
        "values": "\n".join(f"{key} = {name}" for key, name in row.values),
    }


class KeyForm(forms.Form):
    """Whose key it is."""

    partner = forms.CharField(
        label=_("Partner"),
        help_text=_("City, firm or programme that gets the key"),
        max_length=120,
    )
    contact = forms.CharField(
        label=_("Whom to ask"),
        help_text=_("E-mail address or phone number"),
        max_length=254,
    )
