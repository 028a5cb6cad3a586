"""What is chosen for a joint case."""

import re

from django import forms
from django.utils.translation import gettext_lazy as _

NUMBER = re.compile(r"\d{4}-\d+")


class JoinForm(forms.Form):
    """Concerns that are joined: ticked in the list, or typed as numbers."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    numbers = forms.CharField(
        label=_("Further numbers"),
        required=False,
        max_length=1000,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "ltr"}),
        help_text=_("For example 2026-0042, 2026-0043"),
    )

    def typed(self) -> list[str]:
        """Return the numbers in what was typed, after is_valid()."""
        return NUMBER.findall(self.cleaned_data["numbers"])
