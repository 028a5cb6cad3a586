"""Tables of the accounts module."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts.states import Role
from quartiersladen.quarters.models import Quarter


class UserManager(BaseUserManager["User"]):
    """Makes users by e-mail address."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> "User":
        """Store a user; without password the account cannot sign in until one is set."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractUser):
    """A person who signs in. Residents have no account."""

    username = None  # type: ignore[assignment]  # people sign in with their address
    email = models.EmailField(_("E-mail address"), unique=True)
    name = models.CharField(_("Name"), max_length=120)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()  # type: ignore[misc,assignment]  # no username in this house

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """What one person may do in one quarter, and for how long."""

    user = models.ForeignKey(User, models.CASCADE, related_name="memberships")
    quarter = models.ForeignKey(Quarter, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=14, choices=Role)
    from_on = models.DateField()
    #: Last day; None while the person works here.
    to_on = models.DateField(null=True, blank=True)
    #: Shown on the contact page only if `is_shown`.
    function = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    is_shown = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(role__in=Role.values), name="membership_role_known"
            ),
            models.CheckConstraint(
                condition=Q(to_on__isnull=True) | Q(to_on__gte=models.F("from_on")),
                name="membership_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["user", "quarter"],
                condition=Q(to_on__isnull=True),
                name="membership_one_open_per_quarter",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.quarter_id}"


class NetworkCount(models.Model):
    """How often a network did something in an hour; see `kernel.throttle`. Gone after the hour."""

    #: Keyed hash of what was done and of the network; no address is kept.
    key = models.CharField(max_length=80, primary_key=True)
    number = models.PositiveIntegerField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number} until {self.expires_at}"
