"""What is typed for a rule of scope."""

import re
from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from quartiersladen.concerns.forms.report import ThemeField
from quartiersladen.concerns.models import RightAddress, ScopeRule
from quartiersladen.concerns.services.scope_rules import RuleFacts
from quartiersladen.concerns.states import RuleMode
from quartiersladen.kernel.text import is_key
from quartiersladen.quarters.models import Theme
from quartiersladen.ui.languages import TextsInEveryLanguage

BETWEEN_WORDS = re.compile(r"[,;\n]")
MOST_WORDS = 2000  # characters


def beginnings(typed: str) -> list[str]:
    """Return the beginnings of words that were typed between commas, each once."""
    words = (word.strip() for word in BETWEEN_WORDS.split(typed))
    return list(dict.fromkeys(word for word in words if word))


class ThemesField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Themes to tick, by their name in the language of the page."""

    label_from_instance = ThemeField.label_from_instance
    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:  # noqa: ANN401 -- Django's signature
        """Return the themes; a key too long for the database is no theme."""
        if not all(is_key(str(key)) for key in value or ()):
            raise forms.ValidationError(self.error_messages["invalid_list"], code="invalid_list")
        return super().clean(value)


class AddressField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """Right addresses by what they are about."""

    def label_from_instance(self, obj: RightAddress) -> str:
        """Return what the address is about."""
        return obj.name_in(get_language() or "de")


class ScopeRuleForm(TextsInEveryLanguage):
    """When the rule is shown, what it says, and whether it stops."""

    texts = {"title": _("Title"), "text": _("Text")}
    sizes = {"title": (120, 1), "text": (1000, 3)}
    needed = frozenset({"title"})

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0)
    words = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_(
            "Beginnings of words, with commas between them, in every language: flat, Wohnung, شقة."
            " Umlauts and capitals make no difference."
        ),
    )
    themes = ThemesField(
        label=_("Themes"),
        queryset=Theme.objects.none(),
        required=False,
        help_text=_("Only for these themes. None ticked: for every theme."),
    )
    right_address = AddressField(
        label=_("The right address"), queryset=RightAddress.objects.none(), required=False
    )
    mode = forms.ChoiceField(
        label=_("What happens?"),
        choices=RuleMode.choices,
        initial=RuleMode.HINT,
        widget=forms.RadioSelect,
    )
    position = forms.IntegerField(
        label=_("Place in the list"), min_value=0, max_value=999, initial=0
    )
    is_active = forms.BooleanField(label=_("Is shown"), required=False, initial=True)

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        themes: QuerySet[Theme],
        addresses: QuerySet[RightAddress],
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        cast("ThemesField", self.fields["themes"]).queryset = themes
        cast("AddressField", self.fields["right_address"]).queryset = addresses

    def clean_words(self) -> list[str]:
        """Return the beginnings, each once."""
        return beginnings(self.cleaned_data["words"])

    def facts(self) -> RuleFacts:
        """Return what was typed, after is_valid()."""
        data = self.cleaned_data
        return RuleFacts(
            title=self.in_languages("title"),
            words=data["words"],
            themes=list(data["themes"]),
            text=self.in_languages("text"),
            right_address=data["right_address"],
            mode=RuleMode(data["mode"]),
            is_active=data["is_active"],
            position=data["position"],
        )


def rule_initial(rule: ScopeRule) -> dict[str, Any]:
    """Return what the form of a rule shows first."""
    names = ("version", "mode", "position", "is_active")
    return {
        **{name: getattr(rule, name) for name in names},
        **ScopeRuleForm.initial_in_languages("title", rule.title),
        **ScopeRuleForm.initial_in_languages("text", rule.text),
        "words": ", ".join(rule.words),
        "right_address": rule.right_address_id,
        "themes": [theme.pk for theme in rule.themes.all()],
    }
