"""The answer of a person to the office's question."""

from django import forms
from django.utils.translation import gettext_lazy

from quartiersladen.concerns.forms.report import PhotosField
from quartiersladen.concerns.models.concern import TEXT_LENGTH


class AnswerForm(forms.Form):
    """A few words and photos. Checks the shape; photos are checked when they are stored."""

    submission_key = forms.CharField(widget=forms.HiddenInput)
    text = forms.CharField(
        label=gettext_lazy("Your answer"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"}),
        error_messages={"required": gettext_lazy("Please write a few words.")},
        help_text=gettext_lazy("In your own words and in any language. At most 4,000 letters."),
    )
    photos = PhotosField(
        label=gettext_lazy("Photos"),
        required=False,
        help_text=gettext_lazy(
            "Up to 5 photos, each at most 10 MB. We remove the place and time stored in them. Please"
            " show no faces and no number plates."
        ),
    )
