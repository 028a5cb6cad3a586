"""What is typed for a rule that suggests to whom a concern could go."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from quartiersladen.concerns.forms.scope_rules import MOST_WORDS, ThemesField, beginnings
from quartiersladen.concerns.models import RoutingRule
from quartiersladen.concerns.models.routing import RULE_NAME_LENGTH, RULE_NOTE_LENGTH
from quartiersladen.concerns.services.routing_rules import RoutingFacts
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.quarters.models import District, Theme


class PersonField(forms.ModelChoiceField):  # type: ignore[type-arg]  # generic only in the stubs
    """People at bodies, each with their body."""

    def label_from_instance(self, obj: ContactPerson) -> str:
        """Return where they work and who they are."""
        return f"{obj.body.name}: {obj}"


class RoutingRuleForm(forms.Form):
    """When the rule fits, and whom it suggests."""

    version = forms.IntegerField(widget=forms.HiddenInput, initial=0, required=False)
    submission_key = forms.CharField(widget=forms.HiddenInput, required=False)
    name = forms.CharField(
        label=_("Name"),
        max_length=RULE_NAME_LENGTH,
        help_text=_("Stands in the reason of the suggestion, for example: Syringes"),
    )
    words = forms.CharField(
        label=_("Words"),
        required=False,
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
        help_text=_(
            "Beginnings of words, with commas between them: syringe, needle. One of them in the"
            " text or the place is enough. Umlauts and capitals make no difference."
        ),
    )
    themes = ThemesField(
        label=_("Themes"),
        queryset=Theme.objects.none(),
        required=False,
        help_text=_("Only for these themes. None ticked: for every theme."),
    )
    district = forms.ModelChoiceField(
        label=_("District"),
        queryset=District.objects.none(),
        required=False,
        empty_label=_("everywhere"),
        help_text=_(
            "Only for what lies there: by the point on the map, without one by the name of the"
            " district among the words for the place."
        ),
    )
    body = forms.ModelChoiceField(
        label=_("The responsible body"), queryset=ResponsibleBody.objects.none()
    )
    person = PersonField(
        label=_("Contact person"),
        queryset=ContactPerson.objects.none(),
        required=False,
        empty_label=_("nobody in particular"),
        help_text=_("Somebody at this body. Suggested only as long as they work there."),
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=RULE_NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
        help_text=_("Only the office reads it, together with the suggestion."),
    )
    position = forms.IntegerField(
        label=_("Place in the list"), min_value=0, max_value=999, initial=0
    )
    is_active = forms.BooleanField(label=_("Suggests something"), required=False, initial=True)

    def __init__(
        self,
        *args: Any,  # noqa: ANN401 -- Django's
        themes: QuerySet[Theme],
        districts: QuerySet[District],
        bodies: QuerySet[ResponsibleBody],
        people: QuerySet[ContactPerson],
        **kwargs: Any,  # noqa: ANN401 -- Django's
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = {"themes": themes, "district": districts, "body": bodies, "person": people}
        for name, rows in choices.items():
            cast("forms.ModelChoiceField[Any]", self.fields[name]).queryset = rows

    def clean_words(self) -> list[str]:
        """Return the beginnings, each once."""
        return beginnings(self.cleaned_data["words"])

    def facts(self) -> RoutingFacts:
        """Return what was typed, after is_valid()."""
        data = self.cleaned_data
        return RoutingFacts(
            name=data["name"],
            words=data["words"],
            themes=list(data["themes"]),
            district=data["district"],
            body=data["body"],
            person=data["person"],
            note=data["note"],
            is_active=data["is_active"],
            position=data["position"],
        )


def routing_rule_initial(rule: RoutingRule) -> dict[str, Any]:
    """Return what the form of a rule shows first."""
    names = ("version", "name", "note", "position", "is_active")
    return {
        **{name: getattr(rule, name) for name in names},
        "words": ", ".join(rule.words),
        "themes": [theme.pk for theme in rule.themes.all()],
        "district": rule.district_id,
        "body": rule.body_id,
        "person": rule.person_id,
    }
