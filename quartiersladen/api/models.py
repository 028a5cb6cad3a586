"""Tables of the interfaces. No deeds."""

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q

from quartiersladen.api.states import DataType
from quartiersladen.concerns.models import Concern
from quartiersladen.quarters.models import Quarter, Theme

CODE = RegexValidator(r"^[A-Za-z0-9_-]+$")
DIGEST_LENGTH = 64  # hexadecimal SHA-256


class Open311(models.Model):
    """Whether a quarter answers as a GeoReport v2 server. Without a row it does not."""

    quarter = models.OneToOneField(Quarter, models.CASCADE, primary_key=True)
    is_on = models.BooleanField(default=False)
    #: What a partner must send as jurisdiction_id if anything; "": whatever it sends is ignored.
    jurisdiction = models.CharField(max_length=60, blank=True)
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.quarter_id} {self.is_on}"


class OpenTheme(models.Model):
    """What partners read about a theme, and whether it is offered to them."""

    theme = models.OneToOneField(
        Theme, models.CASCADE, primary_key=True, related_name="open_theme"
    )
    is_on = models.BooleanField(default=False)
    #: Language code -> what belongs to the theme.
    description = models.JSONField(default=dict, blank=True)
    #: Words by which a program finds it, separated by commas.
    keywords = models.CharField(max_length=200, blank=True)
    group = models.CharField(max_length=80, blank=True)
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.theme_id} {self.is_on}"


class Attribute(models.Model):
    """A question that a partner asks for a theme, or a hint that it shows."""

    open_theme = models.ForeignKey(OpenTheme, models.CASCADE, related_name="attributes")
    code = models.CharField(max_length=40, validators=[CODE])
    datatype = models.CharField(max_length=15, choices=DataType)
    #: False: only a hint for the person, nothing is to be given.
    is_question = models.BooleanField(default=True)
    is_required = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField()
    #: The question itself.
    description = models.CharField(max_length=300)
    #: How to answer it.
    hint = models.CharField(max_length=300, blank=True)
    #: Of a list: pairs of key and name, in the order to show them.
    values = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(datatype__in=DataType.values), name="attribute_datatype_known"
            ),
            models.CheckConstraint(condition=Q(order__gte=1), name="attribute_order_positive"),
            models.CheckConstraint(
                condition=Q(is_question=True) | Q(is_required=False),
                name="attribute_hint_is_not_required",
            ),
            models.UniqueConstraint(
                fields=["open_theme", "code"], name="attribute_code_once_per_theme"
            ),
            models.UniqueConstraint(
                fields=["open_theme", "order"], name="attribute_order_once_per_theme"
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def names(self) -> dict[str, str]:
        """The values of a list: key -> name."""
        return dict(self.values)


class ApiKey(models.Model):
    """A partner's key. The key itself is shown once, when it is made, and not kept."""

    quarter = models.ForeignKey(Quarter, models.PROTECT, related_name="api_keys")
    partner = models.CharField(max_length=120)
    #: Whom to ask: a mail address or a phone number.
    contact = models.CharField(max_length=254)
    digest = models.CharField(max_length=DIGEST_LENGTH, unique=True)
    #: Its first letters, by which people tell keys apart.
    beginning = models.CharField(max_length=12)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="api_keys_made"
    )
    #: To within an hour when it reads; exactly when it tells a concern.
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="api_keys_revoked"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__gte=F("created_at"), revoked_by__isnull=False),
                name="api_key_revoked_by_somebody",
            )
        ]

    def __str__(self) -> str:
        return f"{self.partner} {self.beginning}"


class Creation(models.Model):
    """Which concern came in with which key. The words are the concern's."""

    concern = models.OneToOneField(Concern, models.CASCADE, primary_key=True)
    key = models.ForeignKey(ApiKey, models.PROTECT, related_name="creations")
    #: SHA-256 of what was sent: the same within a minute is the same concern.
    digest = models.CharField(max_length=DIGEST_LENGTH)
    #: The theme as the partner called it.
    service_code = models.CharField(max_length=60)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["key", "digest", "-created_at"], name="creation_of_key")]

    def __str__(self) -> str:
        return f"{self.key_id} {self.concern_id}"
