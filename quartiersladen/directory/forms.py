"""What is typed into the directory."""

from typing import Any, cast

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.directory.services import BodyFacts, PersonFacts
from quartiersladen.kernel.text import is_key
from quartiersladen.quarters.models import Quarter, Theme
from quartiersladen.quarters.queries import themes_of

POSTCODE = RegexValidator(r"^\d{5}$", _("A postal code has 5 digits."))


def day_field(label: Any, *, required: bool) -> forms.DateField:  # noqa: ANN401 -- lazy text
    """Return a field for a day, with the browser's own date picker."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, required=required, widget=widget)


class ThemesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Several themes; a key too long for the database is no theme."""

    def clean(self, value: Any) -> Any:  # noqa: ANN401 -- Django's signature
        """Return the themes; refuse what can be none before the database is asked."""
        for key in value or ():
            if not is_key(str(key)):
                raise forms.ValidationError(
                    self.error_messages["invalid_choice"],
                    code="invalid_choice",
                    params={"value": key},
                )
        return super().clean(value)


class BodyForm(forms.Form):
    """A responsible body."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    name = forms.CharField(label=_("Name"), max_length=160)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    street = forms.CharField(label=_("Street and number"), max_length=120, required=False)
    postcode = forms.CharField(
        label=_("Postal code"), max_length=5, required=False, validators=[POSTCODE]
    )
    city = forms.CharField(label=_("Town"), max_length=80, required=False)
    themes = ThemesField(
        label=_("Responsible for"),
        queryset=Theme.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    is_active = forms.BooleanField(
        label=_("Offered when passing on"), required=False, initial=True
    )

    def __init__(self, *args: Any, quarter: Quarter, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        field = cast("ThemesField", self.fields["themes"])
        field.queryset = themes_of(quarter)

    def facts(self) -> BodyFacts:
        """Return what was typed, after is_valid()."""
        data = dict(self.cleaned_data)
        del data["version"]
        return BodyFacts(**(data | {"themes": list(data["themes"])}))


def initial_of(body: ResponsibleBody) -> dict[str, Any]:
    """Return what the form of a body shows first."""
    names = (
        "version",
        "name",
        "email",
        "phone",
        "street",
        "postcode",
        "city",
        "note",
        "is_active",
    )
    return {name: getattr(body, name) for name in names} | {"themes": list(body.themes.all())}


class PersonForm(forms.Form):
    """A contact person at a body."""

    name = forms.CharField(label=_("Name"), max_length=120)
    function = forms.CharField(label=_("Function"), max_length=120, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False)
    from_on = day_field(_("First day"), required=True)
    to_on = day_field(_("Last day"), required=False)

    def facts(self) -> PersonFacts:
        """Return what was typed, after is_valid()."""
        return PersonFacts(**self.cleaned_data)


def person_initial(person: ContactPerson) -> dict[str, Any]:
    """Return what the form of a person shows first."""
    names = ("name", "function", "email", "phone", "from_on", "to_on")
    return {name: getattr(person, name) for name in names}
