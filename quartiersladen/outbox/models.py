"""Tables of the outbox module."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q

from quartiersladen.outbox.states import MailState
from quartiersladen.quarters.models import Quarter


@dataclass(frozen=True, slots=True)
class LinkSpec:
    """What [[link:NAME]] becomes. path: of the page, with "{token}" where the token goes."""

    purpose: str
    subject_id: int
    generation: int
    expires_on: date | None
    path: str

    def as_json(self) -> dict[str, Any]:
        """Return the form in which a mail keeps it."""
        return asdict(self) | {"expires_on": self.expires_on and self.expires_on.isoformat()}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "LinkSpec":
        """Read what as_json wrote."""
        last_day = data["expires_on"]
        return cls(**(data | {"expires_on": last_day and date.fromisoformat(last_day)}))


class Mail(models.Model):
    """One mail to one address."""

    quarter = models.ForeignKey(Quarter, models.PROTECT, related_name="mails")
    #: What it is for: "confirm", "teller", "body", "digest", "account", ...
    kind = models.CharField(max_length=20)
    #: Mails of the sign-in hold secrets: never shown, and blanked once sent.
    is_account = models.BooleanField(default=False)
    to_address = models.EmailField()
    subject = models.CharField(max_length=200)
    text = models.TextField()
    language = models.CharField(max_length=10, default="de")
    #: Further headers: In-Reply-To, References.
    headers = models.JSONField(default=dict, blank=True)
    #: Name of the placeholder -> LinkSpec as JSON.
    links = models.JSONField(default=dict, blank=True)
    message_id = models.CharField(max_length=200, unique=True)
    state = models.CharField(max_length=9, choices=MailState, default=MailState.QUEUED)
    tries = models.PositiveSmallIntegerField(default=0)
    #: How often a worker died while sending it: after the second time nobody knows whether it went.
    times_lost = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    claimed_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=MailState.values), name="mail_state_known"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(state__in=[MailState.QUEUED, MailState.SENDING]),
                name="mail_due",
            ),
            models.Index(fields=["quarter", "-created_at"], name="mail_by_date"),
            models.Index(
                fields=["quarter", "-created_at"],
                condition=Q(state=MailState.FAILED),
                name="mail_failed",
            ),
            models.Index(
                fields=["quarter"], condition=Q(state=MailState.QUEUED), name="mail_waiting"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.state}"

    @property
    def server(self) -> str:
        """Address of the server that takes it; '' if the operator named none."""
        return self.quarter.smtp_url or settings.SMTP_URL

    @property
    def is_waiting_for_server(self) -> bool:
        """Whether it cannot go because the operator named no mail server."""
        return self.state == MailState.QUEUED and not self.server

    @property
    def is_emptied(self) -> bool:
        """Whether address and text were deleted."""
        return self.to_address == ""


class Outage(models.Model):
    """A mail server that takes no mails at the moment; the row goes when it takes one again."""

    #: Keyed hash of its address, which holds a password.
    server_key = models.CharField(max_length=64, unique=True)
    since = models.DateTimeField()
    #: How often it was asked in vain.
    tries = models.PositiveSmallIntegerField(default=1)
    next_try_at = models.DateTimeField()
    last_error = models.CharField(max_length=300)

    def __str__(self) -> str:
        return f"{self.since} {self.last_error}"
