"""A field in public forms that only programs fill in."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TrapForm(forms.Form):
    """Adds the field: what stands in it is a sign of spam, never a reason to refuse.

    The page shows it with ui/parts/trap.html, hidden by style; the label is for whoever meets it
    all the same. What is typed there is thrown away.
    """

    website = forms.CharField(
        label=_("Please leave this empty. It is there to catch programs."),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    @property
    def is_trapped(self) -> bool:
        """Whether something stands in the field; known also when the rest has errors."""
        return bool(str(self.data.get(self.add_prefix("website"), "")).strip())
