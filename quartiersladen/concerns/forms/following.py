"""The form with which somebody follows what is new."""

from collections.abc import Sequence
from typing import Any, cast

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from quartiersladen.concerns.forms.public_filter import METRES, USUAL_METRES, around_of
from quartiersladen.concerns.forms.report import point_of
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.released import Around
from quartiersladen.concerns.services.following import Wish
from quartiersladen.concerns.states import Rhythm
from quartiersladen.outbox.addresses import BadAddress, reachable_address
from quartiersladen.quarters.models import District, Theme
from quartiersladen.ui.trap import TrapForm

EVERYWHERE, DISTRICT, POINT = "quarter", "district", "point"


class AddressForm(TrapForm):
    """The address, for everything that can be followed."""

    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("We send one mail first, in which you confirm the address."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )

    def clean_email(self) -> str:
        """Refuse here already what the outbox would refuse."""
        email: str = self.cleaned_data["email"]
        try:
            reachable_address(email)
        except BadAddress as refusal:
            raise forms.ValidationError(str(refusal)) from refusal
        return email


class FollowConcernForm(AddressForm):
    """One concern: only how often."""

    takt = forms.ChoiceField(
        label=gettext_lazy("How often?"),
        choices=Rhythm.choices,
        initial=Rhythm.AT_ONCE,
        widget=forms.RadioSelect,
    )
    field_order = ["takt", "email", "website"]

    def __init__(self, *args: Any, concern: Concern, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        self._concern = concern

    def wish(self) -> Wish:
        """Return what was chosen, after is_valid()."""
        return Wish(concern=self._concern, rhythm=Rhythm(self.cleaned_data["takt"]))


class FollowForm(AddressForm):
    """A theme, a place, or both; without either everything in the quarter, once a week."""

    thema = forms.ChoiceField(label=gettext_lazy("Theme"), required=False)
    wo = forms.ChoiceField(
        label=gettext_lazy("Where?"), initial=EVERYWHERE, widget=forms.RadioSelect
    )
    ortsteil = forms.ChoiceField(label=gettext_lazy("District"), required=False)
    latitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    umkreis = forms.ChoiceField(label=gettext_lazy("How far around"))

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        themes: Sequence[Theme],
        districts: Sequence[District],
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        language = get_language() or "de"
        self._themes = {theme.slug: theme for theme in themes}
        self._districts = {district.name: district for district in districts}
        named = [(theme.slug, str(theme.name_in(language))) for theme in themes]
        self._offer("thema", [("", _("All themes")), *named])
        places = [
            (EVERYWHERE, _("In the whole quarter")),
            *([(DISTRICT, _("In one district"))] if districts else []),
            (POINT, _("Around a place on the map")),
        ]
        self._offer("wo", places)
        self._offer("ortsteil", [("", "—"), *((name, name) for name in self._districts)])
        self._offer("umkreis", [(str(m), _("%(n)s m") % {"n": m}) for m in METRES])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        cast("forms.ChoiceField", self.fields[name]).choices = choices

    def clean(self) -> dict[str, Any]:
        """Check what depends on the chosen kind of place."""
        data = super().clean() or self.cleaned_data
        if data.get("wo") == DISTRICT and not data.get("ortsteil"):
            self.add_error("ortsteil", _("Please choose a district."))
        if data.get("wo") == POINT and not point_of(data.get("latitude"), data.get("longitude")):
            self.add_error(
                "wo", _("Please set the pin on the map, or choose the quarter or a district.")
            )
        return data

    def wish(self) -> Wish:
        """Return what was chosen, after is_valid()."""
        data = self.cleaned_data
        point = point_of(data["latitude"], data["longitude"]) if data["wo"] == POINT else None
        return Wish(
            theme=self._themes.get(data["thema"]),
            district=self._districts.get(data["ortsteil"]) if data["wo"] == DISTRICT else None,
            around=Around(*point, int(data["umkreis"])) if point else None,
        )


def preset(query: QueryDict) -> dict[str, Any]:
    """Return what the address of the page presets; the names are those of the public list."""
    initial: dict[str, Any] = {"thema": query.get("thema", ""), "umkreis": str(USUAL_METRES)}
    if district := query.get("ortsteil", ""):
        initial |= {"wo": DISTRICT, "ortsteil": district}
    elif around := around_of(query.get("ort", ""), query.get("umkreis", "")):
        initial |= {
            "wo": POINT,
            "latitude": around.latitude,
            "longitude": around.longitude,
            "umkreis": str(around.metres),
        }
    return initial
