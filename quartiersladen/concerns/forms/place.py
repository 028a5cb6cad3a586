"""The form with which the office says where a concern is."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quartiersladen.concerns.forms.report import PLACE_LENGTH, point_of
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services.placing import Whereabouts
from quartiersladen.concerns.states import PlaceKind


class PlaceForm(forms.Form):
    """A place, as the report form asks for it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    place_text = forms.CharField(
        label=_("Address, crossing or description"), max_length=PLACE_LENGTH, required=False
    )
    place_kind = forms.ChoiceField(
        label=_("Which place is it about?"), choices=PlaceKind.choices, widget=forms.RadioSelect
    )
    latitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput)

    def whereabouts(self) -> Whereabouts:
        """Return what was typed, after is_valid()."""
        data = self.cleaned_data
        return Whereabouts(
            kind=PlaceKind(data["place_kind"]),
            words=data["place_text"],
            point=point_of(data["latitude"], data["longitude"]),
        )


def place_initial(concern: Concern) -> dict[str, Any]:
    """Return what the form shows first; an address is the likeliest where nothing is known."""
    kind = PlaceKind.ADDRESS if concern.place_kind == PlaceKind.NONE else concern.place_kind
    return {
        "place_kind": kind,
        "place_text": concern.place_text,
        "latitude": concern.latitude,
        "longitude": concern.longitude,
    }
