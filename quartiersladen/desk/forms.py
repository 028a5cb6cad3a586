"""What is typed into the settings."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.states import Role
from quartiersladen.concerns.models import RightAddress
from quartiersladen.desk.services import AddressFacts, ThemeFacts
from quartiersladen.quarters.models import COLOUR, Quarter, Theme

LANGUAGES = ("de", "en", "ar")
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
    backup_days = forms.IntegerField(
        label=_("After how many days without a backup we want to be warned"),
        help_text=_("0 means never."),
        min_value=0,
        max_value=365,
    )


def quarter_initial(quarter: Quarter) -> dict[str, Any]:
    """Return what the form shows first."""
    return {name: getattr(quarter, name) for name in QuarterForm.base_fields}


def _per_language(data: dict[str, Any], name: str) -> dict[str, str]:
    return {code: data[f"{name}_{code}"] for code in LANGUAGES if data[f"{name}_{code}"]}


class ThemeForm(forms.Form):
    """A theme with its names."""

    name_de = _line(_("Name (German)"), 80)
    name_en = _line(_("Name (English)"), 80)
    name_ar = _line(_("Name (Arabic)"), 80)
    slug = forms.SlugField(label=_("Short name in addresses"), max_length=60)
    working_days = forms.IntegerField(
        label=_("Working days until we ask again"), min_value=1, max_value=120, initial=10
    )
    position = forms.IntegerField(label=_("Order"), min_value=0, max_value=999, initial=0)
    needs_place = forms.BooleanField(label=_("Needs a place"), required=False)
    is_active = forms.BooleanField(label=_("Can be chosen"), required=False, initial=True)

    def facts(self) -> ThemeFacts:
        """Return what was typed, after is_valid()."""
        data = self.cleaned_data
        return ThemeFacts(
            name=_per_language(data, "name"),
            slug=data["slug"],
            working_days=data["working_days"],
            needs_place=data["needs_place"],
            is_active=data["is_active"],
            position=data["position"],
        )


def theme_initial(theme: Theme) -> dict[str, Any]:
    """Return what the form of a theme shows first."""
    names = ("slug", "working_days", "needs_place", "is_active", "position")
    shown = {name: getattr(theme, name) for name in names}
    return shown | {f"name_{code}": theme.name.get(code, "") for code in LANGUAGES}


class AddressForm(forms.Form):
    """Who helps with what we do not do."""

    name_de = _line(_("What it is about (German)"), 120)
    text_de = _line(_("Who helps (German)"), 2000, widget=forms.Textarea(attrs={"rows": 4}))
    name_en = _line(_("What it is about (English)"), 120)
    text_en = _line(_("Who helps (English)"), 2000, widget=forms.Textarea(attrs={"rows": 4}))
    name_ar = _line(_("What it is about (Arabic)"), 120)
    text_ar = _line(_("Who helps (Arabic)"), 2000, widget=forms.Textarea(attrs={"rows": 4}))
    position = forms.IntegerField(label=_("Order"), min_value=0, max_value=999, initial=0)
    is_active = forms.BooleanField(label=_("Can be chosen"), required=False, initial=True)

    def facts(self) -> AddressFacts:
        """Return what was typed, after is_valid()."""
        data = self.cleaned_data
        return AddressFacts(
            name=_per_language(data, "name"),
            text=_per_language(data, "text"),
            is_active=data["is_active"],
            position=data["position"],
        )


def address_initial(address: RightAddress) -> dict[str, Any]:
    """Return what the form of a right address shows first."""
    shown: dict[str, Any] = {"is_active": address.is_active, "position": address.position}
    for code in LANGUAGES:
        shown[f"name_{code}"] = address.name.get(code, "")
        shown[f"text_{code}"] = address.text.get(code, "")
    return shown


class MemberForm(forms.Form):
    """Somebody who shall work here."""

    email = forms.EmailField(label=_("E-mail"))
    name = _line(_("Name"), 120, required=True)
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, initial=Role.MODERATOR)
