"""Allauth's forms for keys, which here also bear answers that no browser would send."""

from collections.abc import Callable
from typing import TypeVar

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn import forms as allauth_forms
from django.core.exceptions import ValidationError

from quartiersladen.kernel.errors import Refusal

T = TypeVar("T")


def _borne(clean: Callable[[], T]) -> T:
    """Return what `clean` returns; whatever the library trips over is a wrong key."""
    try:
        return clean()
    except (ValidationError, Refusal):
        raise
    except Exception as exc:
        # Broken structure, foreign signature, numbers out of range: each raises something else.
        raise get_adapter().validation_error("incorrect_code") from exc


class AddKeyForm(allauth_forms.AddWebAuthnForm):
    """A key that is made known."""

    def clean(self) -> dict[str, object]:
        """Check the answer of the key."""
        return _borne(super().clean)


class SecondFactorKeyForm(allauth_forms.AuthenticateWebAuthnForm):
    """A key after the password."""

    def clean_credential(self) -> object:
        """Check the answer of the key."""
        return _borne(super().clean_credential)


class PasskeyForm(allauth_forms.LoginWebAuthnForm):
    """A key instead of the password."""

    def clean_credential(self) -> object:
        """Check the answer of the key."""
        return _borne(super().clean_credential)


class KeyAgainForm(allauth_forms.ReauthenticateWebAuthnForm):
    """A key once more, in an open session."""

    def clean_credential(self) -> object:
        """Check the answer of the key."""
        return _borne(super().clean_credential)
