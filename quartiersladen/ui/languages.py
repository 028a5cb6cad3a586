"""Forms for texts that residents read in several languages."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.text import format_lazy


class TextsInEveryLanguage(forms.Form):
    """A form with texts that residents read: German openly, the other languages folded.

    texts: prefix of the fields -> what stands before "(language)" in their labels.
    """

    texts: Mapping[str, str | Promise] = {}
    #: Prefix -> (most characters, rows of the field; one row is a line).
    sizes: Mapping[str, tuple[int, int]] = {}
    #: Prefixes of which the German field must be filled.
    needed: frozenset[str] = frozenset()

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's signature
        super().__init__(*args, **kwargs)
        own = list(self.fields)
        for code, language in settings.LANGUAGES:
            for prefix, label in self.texts.items():
                length, rows = self.sizes[prefix]
                attrs = {"lang": code, "dir": "auto", **({"rows": rows} if rows > 1 else {})}
                self.fields[f"{prefix}_{code}"] = forms.CharField(
                    label=format_lazy("{} ({})", label, language),
                    max_length=length,
                    required=code == "de" and prefix in self.needed,
                    widget=forms.Textarea(attrs) if rows > 1 else forms.TextInput(attrs),
                )
        self.order_fields([name for name in self.fields if name not in own])

    def in_languages(self, prefix: str) -> dict[str, str]:
        """Return what was typed, language code -> text, after is_valid()."""
        typed = {code: self.cleaned_data[f"{prefix}_{code}"] for code, _n in settings.LANGUAGES}
        return {code: text for code, text in typed.items() if text}

    @staticmethod
    def initial_in_languages(prefix: str, value: Mapping[str, str]) -> dict[str, str]:
        """Return what the fields of `prefix` show first."""
        return {f"{prefix}_{code}": value.get(code, "") for code, _n in settings.LANGUAGES}
