"""What is typed into the settings."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.models import User
from quartiersladen.accounts.states import Role
from quartiersladen.concerns.models import RightAddress
from quartiersladen.correspondence.incoming.reading import MOST_BYTES
from quartiersladen.desk.services import AddressFacts, ThemeFacts
from quartiersladen.dossiers.services.confidential import NotToBeNamed
from quartiersladen.quarters.models import COLOUR, Quarter, Theme
from quartiersladen.ui.languages import TextsInEveryLanguage

POSTCODE = RegexValidator(r"^\d{5}$", _("A postal code has 5 digits."))


def _line(label: Any, length: int, *, required: bool = False, **kwargs: Any) -> forms.CharField:  # noqa: ANN401 -- lazy text
    return forms.CharField(label=label, max_length=length, required=required, **kwargs)


class QuarterForm(forms.Form):
    """Facts of the quarter that the office keeps itself."""

    name = _line(_("Name"), 120, required=True)
    short_name = _line(_("Short name"), 60, required=True)
    email = forms.EmailField(label=_("E-mail of the office"), required=False)
    phone = _line(_("Phone of the office"), 40)
    street = _line(_("Street and number"), 120)
    postcode = _line(_("Postal code"), 5, validators=[POSTCODE])
    city = _line(_("Town"), 80)
    operator = _line(_("Operator"), 160)
    client = _line(_("City that commissions the office"), 160)
    languages = forms.MultipleChoiceField(
        label=_("Languages that the public pages offer"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
    )
    accent = forms.CharField(
        label=_("Colour on light paper"),
        validators=[COLOUR],
        widget=forms.TextInput(attrs={"type": "color", "class": "q-input"}),
    )
    accent_dark = forms.CharField(
        label=_("Colour on dark paper"),
        validators=[COLOUR],
        widget=forms.TextInput(attrs={"type": "color", "class": "q-input"}),
    )
    first_look_days = forms.IntegerField(
        label=_("Working days until we look at a new concern"), min_value=1, max_value=30
    )
    answer_days = forms.IntegerField(
        label=_("Working days until the person hears from us"), min_value=1, max_value=120
    )
    asks_before_proposals = forms.IntegerField(
        label=_("After how many asks without an answer we look for other ways"),
        min_value=1,
        max_value=20,
    )
    near_metres = forms.IntegerField(
        label=_("Within how many metres two concerns of one theme may be the same"),
        min_value=10,
        max_value=2000,
    )
    backup_days = forms.IntegerField(
        label=_("After how many days without a backup we want to be warned"),
        help_text=_("0 means never."),
        min_value=0,
        max_value=365,
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def changes(self) -> dict[str, Any]:
        """Return column -> value, after is_valid()."""
        return {name: value for name, value in self.cleaned_data.items() if name != "version"}


def quarter_initial(quarter: Quarter) -> dict[str, Any]:
    """Return what the form shows first."""
    return {name: getattr(quarter, name) for name in QuarterForm.base_fields}


class ThemeForm(TextsInEveryLanguage):
    """A theme with its names."""

    texts = {"name": _("Name")}
    sizes = {"name": (80, 1)}
    needed = frozenset({"name"})

    slug = forms.SlugField(label=_("Short name in addresses"), max_length=60)
    working_days = forms.IntegerField(
        label=_("Working days until we ask again"), min_value=1, max_value=120, initial=10
    )
    position = forms.IntegerField(label=_("Order"), min_value=0, max_value=999, initial=0)
    needs_place = forms.BooleanField(label=_("Needs a place"), required=False)
    is_confidential = forms.BooleanField(
        label=_("Confidential: only the lead and who is named see what is told about it"),
        help_text=_(
            "Holds for what is told from now on. Nothing of it is ever on the map, in lists for"
            " everybody, in files or in the programming interfaces."
        ),
        required=False,
    )
    is_active = forms.BooleanField(label=_("Can be chosen"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def facts(self) -> ThemeFacts:
        """Return what was typed, after is_valid()."""
        data = self.cleaned_data
        return ThemeFacts(
            name=self.in_languages("name"),
            slug=data["slug"],
            working_days=data["working_days"],
            needs_place=data["needs_place"],
            is_confidential=data["is_confidential"],
            is_active=data["is_active"],
            position=data["position"],
        )


def theme_initial(theme: Theme) -> dict[str, Any]:
    """Return what the form of a theme shows first."""
    switches = ("needs_place", "is_confidential", "is_active")
    names = ("slug", "working_days", *switches, "position", "version")
    shown = {name: getattr(theme, name) for name in names}
    return shown | ThemeForm.initial_in_languages("name", theme.name)


class AddressForm(TextsInEveryLanguage):
    """Who helps with what we do not do."""

    texts = {"name": _("What it is about"), "text": _("Who helps")}
    sizes = {"name": (120, 1), "text": (2000, 4)}
    needed = frozenset({"name", "text"})

    position = forms.IntegerField(label=_("Order"), min_value=0, max_value=999, initial=0)
    is_active = forms.BooleanField(label=_("Can be chosen"), required=False, initial=True)
    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)

    def facts(self) -> AddressFacts:
        """Return what was typed, after is_valid()."""
        data = self.cleaned_data
        return AddressFacts(
            name=self.in_languages("name"),
            text=self.in_languages("text"),
            is_active=data["is_active"],
            position=data["position"],
        )


def address_initial(address: RightAddress) -> dict[str, Any]:
    """Return what the form of a right address shows first."""
    return {
        "is_active": address.is_active,
        "position": address.position,
        "version": address.version,
        **AddressForm.initial_in_languages("name", address.name),
        **AddressForm.initial_in_languages("text", address.text),
    }


class MemberForm(forms.Form):
    """Somebody who shall work here."""

    email = forms.EmailField(label=_("E-mail"))
    name = _line(_("Name"), 120, required=True)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.MODERATOR)


class MailFileForm(forms.Form):
    """A mail that lies somewhere as a file."""

    file = forms.FileField(
        label=_("The mail as a file"),
        help_text=_("A file that ends in .eml, at most 10 MB. Most mail programmes save one."),
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".eml,message/rfc822"}),
    )

    def content(self) -> bytes:
        """Return the bytes, after is_valid()."""
        upload: Any = self.cleaned_data["file"]
        content: bytes = upload.read(MOST_BYTES + 1)
        return content


class CarerForm(forms.Form):
    """Who sees a confidential matter that nobody sees any more."""

    person = forms.ChoiceField(label=_("Who sees it"))

    def __init__(self, *args: Any, workers: Sequence[User], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        self._people = {str(person.pk): person for person in workers}
        choices = [(key, person.name) for key, person in self._people.items()]
        cast("forms.ChoiceField", self.fields["person"]).choices = [("", "–"), *choices]

    def person_chosen(self) -> User:
        """Return who was chosen. Raises NotToBeNamed."""
        if not self.is_valid():
            raise NotToBeNamed(field="person")
        return self._people[self.cleaned_data["person"]]
