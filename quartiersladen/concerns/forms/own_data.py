"""The form with which a person corrects or deletes what we know of them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quartiersladen.concerns.forms.report import check_way, international
from quartiersladen.concerns.services.own_data import Contact
from quartiersladen.concerns.states import AnswerWay


class OwnDataForm(forms.Form):
    """Contact data and how the answer comes."""

    way = forms.ChoiceField(
        label=_("How do you want to get the answer?"),
        choices=AnswerWay.choices,
        widget=forms.RadioSelect,
    )
    name = forms.CharField(label=_("Your name"), max_length=120, required=False)
    email = forms.EmailField(
        label=_("Your e-mail address"),
        required=False,
        help_text=_("We send one mail first, in which you confirm the address."),
    )
    phone = forms.CharField(label=_("Your phone number"), max_length=40, required=False)
    address = forms.CharField(
        label=_("Your postal address"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean_phone(self) -> str:
        """Return the number as people write it internationally; refuse what is no number."""
        return international(self.cleaned_data["phone"])

    def clean(self) -> dict[str, Any]:
        """Check how to reach the person."""
        data = super().clean() or self.cleaned_data
        check_way(self, data)
        return data

    def contact(self) -> Contact:
        """Return what was typed, after is_valid()."""
        data = self.cleaned_data
        return Contact(
            way=AnswerWay(data["way"]),
            name=data["name"].strip(),
            email=data["email"],
            phone=data["phone"],
            address=data["address"].strip(),
        )
