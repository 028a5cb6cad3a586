"""What a responsible body says on its one-case page."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ReplyForm(forms.Form):
    """Take it on, perhaps with a date; say that somebody else is responsible; or answer."""

    ACCEPT, DECLINE, ANSWER = "accept", "decline", "answer"

    deed = forms.ChoiceField(
        label=_("What do you say?"),
        choices=[
            (ACCEPT, _("We take it on")),
            (ANSWER, _("This is our answer")),
            (DECLINE, _("We are not responsible")),
        ],
        widget=forms.RadioSelect,
    )
    expected_on = forms.DateField(
        label=_("Done by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("If you know it already."),
    )
    words = forms.CharField(
        label=_("Your answer, or who is responsible instead"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("The office reads it and tells the person."),
    )

    def clean(self) -> dict[str, Any]:
        """Leave out a wrong day where none is asked for."""
        data = super().clean() or self.cleaned_data
        if data.get("deed") != self.ACCEPT and "expected_on" in self.errors:
            del self.errors["expected_on"]
            data["expected_on"] = None
        return data
