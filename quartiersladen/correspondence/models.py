"""Tables of the correspondence module."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from quartiersladen.correspondence.states import Counterpart, Direction, Occasion, Way
from quartiersladen.directory.models import ResponsibleBody
from quartiersladen.dossiers.models import Dossier
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.models import Quarter, Theme

SNIPPET_LENGTH = 3000  # characters


class Message(models.Model):
    """One piece of correspondence, as it was sent or received."""

    dossier = models.ForeignKey(Dossier, models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction)
    way = models.CharField(max_length=5, choices=Way)
    counterpart = models.CharField(max_length=6, choices=Counterpart)
    body = models.ForeignKey(ResponsibleBody, models.PROTECT, null=True)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    mail = models.OneToOneField(Mail, models.SET_NULL, null=True, related_name="message")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(way__in=Way.values), name="message_way_known"),
            models.CheckConstraint(
                condition=Q(direction__in=Direction.values), name="message_direction_known"
            ),
            models.CheckConstraint(
                condition=Q(counterpart=Counterpart.TELLER, body=None)
                | Q(counterpart=Counterpart.BODY, body__isnull=False),
                name="message_body_named",
            ),
        ]
        indexes = [models.Index(fields=["dossier", "at"], name="message_of_dossier")]

    def __str__(self) -> str:
        return f"{self.dossier_id} {self.direction} {self.way}"


class TextSnippet(models.Model):
    """Words that the office writes often, with placeholders; for one occasion and one language."""

    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="text_snippets")
    occasion = models.CharField(max_length=12, choices=Occasion)
    #: None: fits every theme.
    theme = models.ForeignKey(Theme, models.CASCADE, null=True)
    language = models.CharField(max_length=10, choices=settings.LANGUAGES)
    title = models.CharField(max_length=80)
    text = models.TextField(max_length=SNIPPET_LENGTH)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(occasion__in=Occasion.values), name="snippet_occasion_known"
            ),
            models.CheckConstraint(
                condition=~Q(title="") & ~Q(text=""), name="snippet_has_title_and_text"
            ),
            models.UniqueConstraint(
                fields=["quarter", "occasion", "language", "theme", "title"],
                name="snippet_title_once_per_theme",
            ),
            models.UniqueConstraint(
                fields=["quarter", "occasion", "language", "title"],
                condition=Q(theme=None),
                name="snippet_title_once_for_all",
            ),
        ]

    def __str__(self) -> str:
        return self.title
