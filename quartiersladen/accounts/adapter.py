"""How allauth behaves in this house: nobody signs up, known people sign in."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ResetPasswordForm
from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailConfirmation
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.db import transaction
from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.translation import gettext_lazy as _

from quartiersladen.accounts import services
from quartiersladen.accounts.models import User
from quartiersladen.kernel.errors import NotAllowed, TooMany
from quartiersladen.quarters.models import Quarter
from quartiersladen.ui.errors import LOCKED_SECONDS


def name_at_the_door(request: HttpRequest, credentials: Mapping[str, str] | None = None) -> str:
    """Return as whom somebody tries to sign in, so that a wrong password locks only that account.

    credentials: as allauth hands them on; without them the form of the page is read.
    """
    given = (credentials or {}).get("email") or request.POST.get("login", "")
    return given.strip().lower()


def invite(request: HttpRequest, user: User) -> None:
    """Send the mail with which a new colleague sets a password."""
    form = ResetPasswordForm({"email": user.email})
    if form.is_valid():
        form.save(request)


#: Mails that go out when a code of the app, or the key itself, was shown a moment ago.
SHOWN_WHILE_ADDED = frozenset({"mfa/email/totp_activated", "mfa/email/webauthn_added"})


class ClosedHouseAdapter(DefaultAccountAdapter):
    """Accounts are made by the lead or the administrator, never by strangers."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- allauth calls it so
        """Return False: nobody signs up."""
        return False

    def is_safe_url(self, url: str | None) -> bool:
        """Say whether one may be led there; an address that nobody can read leads nowhere."""
        try:
            is_safe: bool = super().is_safe_url(url)
        except ValueError:
            return False
        return is_safe

    def pre_authenticate(self, request: HttpRequest, **credentials: object) -> None:
        """Leave wrong passwords to axes; the rate `login_failed` counts second factors only."""

    def validation_error(self, code: str, *args: Any) -> Exception:  # noqa: ANN401 -- allauth calls it so
        """Return the error of a form. Raises TooMany: that is a page with its own status."""
        if code == "too_many_login_attempts":
            raise TooMany(retry_after=LOCKED_SECONDS)
        error: Exception = super().validation_error(code, *args)
        return error

    def set_password(self, user: User, password: str) -> None:
        """Store a new password and sign the person out everywhere else, at once."""
        with transaction.atomic():
            super().set_password(user, password)
            services.end_sessions(user_id=user.pk, but=self._own_session(user))

    def _own_session(self, user: User) -> str | None:
        is_own = self.request is not None and self.request.user == user
        return self.request.session.session_key if is_own else None

    def send_notification_mail(
        self,
        template_prefix: str,
        user: User,
        *args: object,
        **kwargs: object,
    ) -> bool:
        """Tell somebody what was changed in their sign-in.

        Whoever has just set up a second factor has shown it, so this session is strong from now on.
        """
        if template_prefix in SHOWN_WHILE_ADDED:
            record_authentication(self.request, user, "mfa", type="added")
        sent: bool = super().send_notification_mail(template_prefix, user, *args, **kwargs)
        return sent

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a mail in the name of the quarter: the host name of a request is anybody's word."""
        quarter: Quarter = self.request.quarter
        house = {"name": quarter.name, "domain": quarter.absolute_url("/")}
        facts = {"request": self.request, "email": email, **context, "current_site": house}
        message = self.render_mail(template_prefix, email, facts)
        # The outbox books it there and sends it from there.
        message.quarter = quarter
        message.send()

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return where a password is set, at the quarter's own address whatever the request said."""
        return _at_home(self.request, super().get_reset_password_from_key_url(key))

    def get_email_confirmation_url(
        self, request: HttpRequest, emailconfirmation: EmailConfirmation
    ) -> str:
        """Return where an address is confirmed, at the quarter's own address."""
        return _at_home(request, super().get_email_confirmation_url(request, emailconfirmation))


def _at_home(request: HttpRequest, url: str) -> str:
    """Return `url` at the address of the quarter: the host name of a request is anybody's word."""
    path = urlsplit(url).path.removeprefix(get_script_prefix().removesuffix("/"))
    quarter: Quarter = request.quarter  # type: ignore[attr-defined]  # set by QuarterMiddleware
    return quarter.absolute_url(path)


class NotAKnownPerson(NotAllowed):
    """The operator's service knows somebody whom this office does not."""

    sentence = _(
        "There is no account here with the address that your sign-in service has confirmed. "
        "Please ask the lead of your office to add you with exactly this address."
    )


class KnownPeopleAdapter(DefaultSocialAccountAdapter):
    """OIDC opens the door only to an account that exists with the same confirmed address."""

    def is_open_for_signup(
        self,
        request: HttpRequest,  # noqa: ARG002 -- allauth calls it so
        sociallogin: SocialLogin,  # noqa: ARG002 -- allauth calls it so
    ) -> bool:
        """Return False: nobody signs up."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Connect to the account with the address; raise NotAllowed when there is none."""
        if sociallogin.is_existing:
            return
        # Some services write the word "false" where a truth value belongs.
        confirmed = [a for a in sociallogin.email_addresses if str(a.verified).lower() == "true"]
        addresses = [address.email.lower() for address in confirmed]
        user = User.objects.filter(email__in=addresses, is_active=True).first()
        if user is None:
            raise NotAKnownPerson
        sociallogin.connect(request, user)
