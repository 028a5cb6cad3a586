"""Tables of the accounts module."""

from importlib import import_module
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.models import AbstractUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import Q
from django.utils.crypto import salted_hmac
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
    #: Single letters work as shortcuts at the desk; whoever speaks to the computer wants none.
    uses_shortcuts = models.BooleanField(default=True)

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


class Session(AbstractBaseSession):
    """One browser that is signed in, or on its way to be. No network address is kept."""

    #: None until somebody has signed in.
    user = models.ForeignKey(User, models.CASCADE, null=True, related_name="sessions")
    browser = models.CharField(max_length=20, blank=True)
    system = models.CharField(max_length=20, blank=True)
    started_at = models.DateTimeField()
    #: To within five minutes.
    last_seen_at = models.DateTimeField()

    def __str__(self) -> str:
        # Never the key: it opens the door.
        return f"{self.user_id} {self.browser} {self.system} {self.started_at:%Y-%m-%d}"

    @classmethod
    def get_session_store_class(cls) -> Any:  # noqa: ANN401 -- the store lies above its table
        """Return the class that reads and writes sessions."""
        return import_module(settings.SESSION_ENGINE).SessionStore

    @property
    def handle(self) -> str:
        """What a page may call this session by; the key stays in the cookie of its browser."""
        return salted_hmac("accounts.session", self.session_key).hexdigest()[:24]


class NetworkCount(models.Model):
    """How often a network did something in an hour; see `kernel.throttle`. Gone after the hour."""

    #: Keyed hash of what was done and of the network; no address is kept.
    key = models.CharField(max_length=80, primary_key=True)
    number = models.PositiveIntegerField()
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number} until {self.expires_at}"
