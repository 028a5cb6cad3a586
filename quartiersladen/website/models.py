"""Tables of the website module."""

from django.db import models
from django.db.models import Q

from quartiersladen.kernel.text import Localized, localized
from quartiersladen.quarters.models import Quarter
from quartiersladen.website.states import PageKey


class SitePage(models.Model):
    """One text that the office keeps: Markdown per language, and facts that the law asks for."""

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="site_pages")
    key = models.CharField(max_length=16, choices=PageKey)
    #: Language code -> Markdown.
    body = models.JSONField(default=dict, blank=True)
    #: Name of a fact -> value; which ones a page needs stands in states.FACTS.
    facts = models.JSONField(default=dict, blank=True)
    is_published = models.BooleanField(default=False)
    updated_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["quarter", "key"], name="site_page_once_per_quarter"),
            models.CheckConstraint(
                condition=Q(key__in=PageKey.values), name="site_page_key_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quarter_id} {self.key}"

    def body_in(self, language: str) -> Localized:
        """Return the text in `language` or the nearest one there is."""
        return localized(self.body, language)
