"""What is typed for a text snippet."""

from typing import Any, cast

from django import forms
from django.utils.functional import lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from quartiersladen.correspondence.models import SNIPPET_LENGTH, TextSnippet
from quartiersladen.correspondence.services.snippets import SnippetFacts
from quartiersladen.correspondence.states import PLACEHOLDERS, Occasion
from quartiersladen.quarters.models import Quarter, Theme
from quartiersladen.quarters.queries import themes_of


def _explained() -> str:
    filled_in = gettext("Is filled in:")
    words = ", ".join(f"{{{name}}} {meaning}" for name, meaning in PLACEHOLDERS.items())
    return f"{filled_in} {words}."


class SnippetForm(forms.Form):
    """For what, in which language, and the words."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    occasion = forms.ChoiceField(label=_("For what"), choices=Occasion.choices)
    theme = forms.ModelChoiceField(
        label=_("Theme"),
        queryset=Theme.objects.none(),
        required=False,
        empty_label=_("Every theme"),
    )
    language = forms.ChoiceField(label=_("Language"))
    title = forms.CharField(
        label=_("Title"), max_length=80, help_text=_("Only the office reads it.")
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=SNIPPET_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text=lazy(_explained, str)(),
    )

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        quarter: Quarter,
        languages: list[tuple[str, str]],
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Theme]", self.fields["theme"]).queryset = themes_of(quarter)
        cast("forms.ChoiceField", self.fields["language"]).choices = languages

    def facts(self) -> SnippetFacts:
        """Return what was typed, after is_valid()."""
        data = self.cleaned_data
        return SnippetFacts(
            occasion=Occasion(data["occasion"]),
            theme=data["theme"],
            language=data["language"],
            title=data["title"],
            text=data["text"],
        )


def snippet_initial(snippet: TextSnippet) -> dict[str, Any]:
    """Return what the form of a text snippet shows first."""
    names = ("version", "occasion", "language", "title", "text")
    return {name: getattr(snippet, name) for name in names} | {"theme": snippet.theme_id}
