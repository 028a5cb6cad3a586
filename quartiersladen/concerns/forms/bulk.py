"""What is typed for many concerns at once, and for saved filters and files. Shape only."""

from typing import Any, cast

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.models import User
from quartiersladen.concerns.forms.office import DayInput, TagInput
from quartiersladen.concerns.models.filter import FILTER_NAME_LENGTH


class ColleagueForm(forms.Form):
    """Who looks after them."""

    colleague = forms.ModelChoiceField(
        label=_("Looked after by"), queryset=User.objects.none(), required=False
    )

    def __init__(self, *args: Any, colleagues: QuerySet[User], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[User]", self.fields["colleague"])
        field.queryset = colleagues
        field.empty_label = str(_("nobody in particular"))


class DateForm(forms.Form):
    """The next date and what to do then."""

    due_on = forms.DateField(label=_("Next date"), widget=DayInput())
    note = forms.CharField(label=_("What to do then"), required=False, max_length=200)


class TagForm(forms.Form):
    """Tags to put on; existing ones are offered while typing."""

    add = forms.CharField(
        label=_("Tags"),
        max_length=400,
        help_text=_("Several are separated by commas. Only the office sees them."),
    )

    def __init__(self, *args: Any, offered: list[str], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        self.fields["add"].widget = TagInput(offered)


class UntagForm(forms.Form):
    """Tags to take off."""

    remove = forms.MultipleChoiceField(label=_("Tags"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, tags: list[str], **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        field = cast("forms.MultipleChoiceField", self.fields["remove"])
        field.choices = [(name, name) for name in tags]


class FilterForm(forms.Form):
    """The name of a saved filter, and whose it is."""

    name = forms.CharField(label=_("Name of the filter"), max_length=FILTER_NAME_LENGTH)
    is_shared = forms.BooleanField(label=_("For the whole team"), required=False)

    def __init__(self, *args: Any, may_share: bool, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        if not may_share:
            self.fields["is_shared"].disabled = True
            self.fields["is_shared"].widget = forms.HiddenInput()


class ChangeFilterForm(FilterForm):
    """The same for a filter that is there, with its place among the others."""

    position = forms.IntegerField(
        label=_("Place in the list"), min_value=0, max_value=999, initial=0
    )
