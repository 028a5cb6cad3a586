"""How allauth behaves in this house: nobody signs up, known people sign in."""

from collections.abc import Mapping

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import ResetPasswordForm
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest

from quartiersladen.accounts.models import User
from quartiersladen.kernel.errors import NotAllowed


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


class ClosedHouseAdapter(DefaultAccountAdapter):
    """Accounts are made by the lead or the administrator, never by strangers."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 -- allauth calls it so
        """Return False: nobody signs up."""
        return False


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
        addresses = [a.email.lower() for a in sociallogin.email_addresses if a.verified]
        user = User.objects.filter(email__in=addresses, is_active=True).first()
        if user is None:
            raise NotAllowed
        sociallogin.connect(request, user)
