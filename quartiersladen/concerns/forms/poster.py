"""What a poster shall show."""

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from quartiersladen.concerns.forms.report import ThemeField, point_of
from quartiersladen.concerns.poster import A4, SQUARE, Place
from quartiersladen.quarters.models import Quarter, Theme
from quartiersladen.quarters.queries import themes_of


class PosterForm(forms.Form):
    """The place that the code fills in, and the words around it."""

    place_text = forms.CharField(
        label=_("The place in words"),
        max_length=200,
        required=False,
        help_text=_(
            "Stands on the poster and in the form. Without a place it is a poster for the whole"
            " quarter."
        ),
    )
    latitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    longitude = forms.FloatField(required=False, widget=forms.HiddenInput)
    theme = ThemeField(
        label=_("Theme"),
        queryset=Theme.objects.none(),
        required=False,
        empty_label=_("The person chooses"),
    )
    title = forms.CharField(
        label=_("Title"),
        max_length=80,
        required=False,
        help_text=_("Without one it asks: What is wrong here? What could be better?"),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), widget=forms.CheckboxSelectMultiple
    )
    size = forms.ChoiceField(
        label=_("Size"),
        choices=[
            (A4, _("Poster, A4")),
            (SQUARE, _("Small square for a notice board, 10.5 cm")),
        ],
        widget=forms.RadioSelect,
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        quarter: Quarter,
        languages: list[tuple[str, str]],
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        cast("ThemeField", self.fields["theme"]).queryset = themes_of(quarter)
        cast("forms.MultipleChoiceField", self.fields["languages"]).choices = languages

    def place(self) -> Place:
        """Return what the code fills in, after is_valid()."""
        data = self.cleaned_data
        return Place(
            text=data["place_text"].strip(),
            point=point_of(data["latitude"], data["longitude"]),
            theme=data["theme"].slug if data["theme"] else "",
        )
