"""Tables of the correspondence module."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from quartiersladen.correspondence.incoming.states import (
    Delivery,
    InboundState,
    MailClass,
    Trouble,
)
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


class Mailbox(models.Model):
    """How far a mailbox has been read. The mark and each mail are stored together."""

    #: Keyed hash of its address, which holds a password.
    key = models.CharField(max_length=64, unique=True)
    #: Another validity means that the server has numbered its mails anew.
    uid_validity = models.BigIntegerField(default=0)
    #: The number of the last mail that is in the house.
    last_uid = models.BigIntegerField(default=0)
    #: The first mail of the batch in hand, and how often it was taken in hand: one that ends the
    #: program comes first the next time, and is kept without being read.
    tried_uid = models.BigIntegerField(default=0)
    times_tried = models.PositiveSmallIntegerField(default=0)
    #: Until then somebody is reading it.
    claimed_until = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    #: Why it could not be read the last time, "" if it could.
    last_error = models.CharField(max_length=300, blank=True)

    def __str__(self) -> str:
        return f"{self.pk} up to {self.last_uid}"


class InboundMail(models.Model):
    """A mail that came in, as it was understood; its bytes lie in the storage."""

    quarter = models.ForeignKey(Quarter, models.PROTECT, related_name="inbound_mails")
    #: Message-ID, or a checksum of the bytes where there is none to rely on.
    mail_key = models.CharField(max_length=200)
    #: Checksum of what people read of it.
    fingerprint = models.CharField(max_length=64)
    sender_address = models.CharField(max_length=254, blank=True)
    sender_name = models.CharField(max_length=120, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    #: What was written now, and what it quotes of earlier mails.
    text = models.TextField(blank=True)
    quoted = models.TextField(blank=True)
    #: Files that came with it: number, name, media type and size of each.
    attachments = models.JSONField(default=list, blank=True)
    received_at = models.DateTimeField()
    stored_at = models.DateTimeField()
    size_bytes = models.PositiveBigIntegerField(default=0)
    #: Where its bytes lie; "" when they are deleted.
    raw_name = models.CharField(max_length=120, blank=True)
    mail_class = models.CharField(max_length=10, choices=MailClass)
    state = models.CharField(max_length=9, choices=InboundState)
    trouble = models.CharField(max_length=11, choices=Trouble, blank=True)
    #: Only of a bounce: what it says of the delivery; "" if it is a forged one.
    delivery = models.CharField(max_length=13, choices=Delivery, blank=True)
    #: The mail of ours that it answers or that came back.
    about = models.ForeignKey(Mail, models.SET_NULL, null=True, related_name="returns")
    #: The matter that it belongs to; decides who may read it.
    dossier = models.ForeignKey(Dossier, models.SET_NULL, null=True, related_name="inbound_mails")
    #: Of whom it is, when a body wrote it.
    body = models.ForeignKey(ResponsibleBody, models.SET_NULL, null=True)
    #: What it became on the dossier.
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, related_name="inbound_mail"
    )
    #: Who brought it as a file; None: it came through the mailbox.
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    #: Why it was put aside.
    reason = models.CharField(max_length=300, blank=True)
    #: When its words were deleted by the rule of retention or for a person.
    gone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["quarter", "mail_key"], name="inbound_mail_once_per_quarter"
            ),
            models.CheckConstraint(
                condition=Q(mail_class__in=MailClass.values), name="inbound_class_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=InboundState.values), name="inbound_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=InboundState.PUT_ASIDE) | ~Q(reason=""),
                name="inbound_put_aside_has_reason",
            ),
        ]
        indexes = [
            models.Index(
                fields=["quarter", "mail_class", "-received_at"], name="inbound_by_class"
            ),
            models.Index(
                fields=["quarter", "mail_class"],
                condition=Q(state=InboundState.WAITING),
                name="inbound_waiting",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.mail_class} {self.state}"

    @property
    def is_forged(self) -> bool:
        """Whether it claims to be one of our mails that came back, without its proof."""
        return self.mail_class == MailClass.BOUNCE and self.delivery == ""

    @property
    def is_waiting(self) -> bool:
        """Whether the office has to look at it."""
        return self.state == InboundState.WAITING
