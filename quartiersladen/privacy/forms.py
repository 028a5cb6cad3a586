"""What the office types in about one person's data, and about rules."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quartiersladen.privacy.free_text import Place
from quartiersladen.privacy.registry import Order


class SearchForm(forms.Form):
    """Whom to look for. Sent by POST: a name does not belong into an address."""

    words = forms.CharField(
        label=_("E-mail address, phone number or name"),
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )


class ErasureForm(forms.Form):
    """What goes along, and that it is meant."""

    more = forms.CharField(
        label=_("Further words that point to the person"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_("One per line, for example a nickname or an earlier name."),
    )
    with_photos = forms.BooleanField(
        label=_("Delete the photos, too"), required=False, initial=True
    )
    places = forms.MultipleChoiceField(
        label=_("Blacken the words in these texts"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    is_meant = forms.BooleanField(
        label=_("I have looked through the list. This cannot be undone."), required=False
    )

    def offer(self, places: list[Place]) -> None:
        """Let the office choose among these texts; without any the question is left out."""
        if not places:
            del self.fields["places"]
            return
        field = self.fields["places"]
        field.choices = [(place.key, place.key) for place in places]  # type: ignore[attr-defined]  # a choice field
        field.initial = [place.key for place in places if place.is_certain or place.is_own]

    def more_words(self) -> list[str]:
        """Return the further words, after is_valid()."""
        return [line.strip() for line in self.cleaned_data["more"].splitlines() if line.strip()]

    def clean(self) -> dict[str, Any]:
        """Nobody erases by a slip of the finger."""
        data: dict[str, Any] = super().clean() or self.cleaned_data
        if self.data.get("schritt") == "loeschen" and not data.get("is_meant"):
            self.add_error("is_meant", _("Please confirm that you have looked through the list."))
        return data

    def order(self) -> Order:
        """Return what was chosen, after is_valid()."""
        data = self.cleaned_data
        return Order(
            with_photos=data["with_photos"],
            places=frozenset(data.get("places", [])),
            more=self.more_words(),
        )


class RuleForm(forms.Form):
    """How long a kind of record is kept."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    days = forms.IntegerField(
        label=_("Days"),
        help_text=_("A shorter time is shown as a list first, before anything is deleted."),
    )
