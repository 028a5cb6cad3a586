"""The form for one text of the office."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from quartiersladen.ui.languages import TextsInEveryLanguage
from quartiersladen.website.models import SitePage
from quartiersladen.website.services import Draft
from quartiersladen.website.states import FACTS, PageKey


class PageForm(TextsInEveryLanguage):
    """Facts that the law asks for, free text per language, and whether it is public."""

    texts = {"body": _("Text")}
    sizes = {"body": (40_000, 10)}

    version = forms.IntegerField(widget=forms.HiddenInput)
    is_published = forms.BooleanField(label=_("Show it to everybody"), required=False)
    publish_anyway = forms.BooleanField(
        label=_("Publish anyway, although something is missing"), required=False
    )

    def __init__(self, *args: Any, key: PageKey, **kwargs: Any) -> None:  # noqa: ANN401 -- Django's
        super().__init__(*args, **kwargs)
        self.key = key
        for name, label in FACTS[key].items():
            self.fields[f"fact_{name}"] = forms.CharField(
                label=label,
                required=False,
                max_length=1000,
                widget=forms.Textarea(attrs={"rows": 2}),
            )
        facts = [name for name in self.fields if name.startswith("fact_")]
        self.order_fields([*facts, *(name for name in self.fields if name.startswith("body_"))])

    def draft(self) -> Draft:
        """Return what was written, after is_valid()."""
        data = self.cleaned_data
        return Draft(
            body=self.in_languages("body"),
            facts={name: data[f"fact_{name}"].strip() for name in FACTS[self.key]},
            is_published=data["is_published"],
            publish_anyway=data["publish_anyway"],
        )


def initial_of(page: SitePage | None) -> dict[str, Any]:
    """Return what the form shows first; version 0 for a page that nobody wrote yet."""
    if page is None:
        return {"version": 0}
    facts = {f"fact_{name}": value for name, value in page.facts.items()}
    body = PageForm.initial_in_languages("body", page.body)
    return {"version": page.version, "is_published": page.is_published, **facts, **body}
