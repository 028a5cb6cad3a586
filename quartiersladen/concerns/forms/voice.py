"""What somebody leaves who says "me too": an address, if they want the answer."""

from django import forms
from django.utils.translation import gettext_lazy as _

from quartiersladen.outbox.addresses import BadAddress, reachable_address
from quartiersladen.ui.trap import TrapForm


class VoiceForm(TrapForm):
    """One press is enough; the address is for who wants to know how it ends."""

    email = forms.EmailField(
        label=_("Your e-mail address"),
        required=False,
        help_text=_(
            "Only if you want the answer. We send one mail first, in which you confirm it."
        ),
    )

    def clean_email(self) -> str:
        """Refuse here what the outbox would refuse."""
        typed: str = self.cleaned_data["email"]
        if typed:
            try:
                reachable_address(typed)
            except BadAddress as refusal:
                raise forms.ValidationError(str(refusal)) from refusal
        return typed.lower()
