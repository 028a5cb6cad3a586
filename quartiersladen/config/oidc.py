"""The operator's own sign-in service (OpenID Connect), checked at start."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from quartiersladen.config.env import env_text, env_url

LOOPBACK = {"localhost", "127.0.0.1", "::1"}
CLIENT = "allauth.socialaccount.providers.openid_connect"


def apps() -> list[str]:
    """Return the app that speaks with the service; without a service its memory is spared."""
    return [CLIENT] if env_text("OIDC_ISSUER") else []


def sign_in_services() -> list[dict[str, Any]]:
    """Return what allauth needs to know: one service, or none when OIDC_ISSUER is not set.

    Raises ImproperlyConfigured for an address without TLS and for a missing name or secret.
    """
    issuer = env_url("OIDC_ISSUER", ("https", "http"))
    if issuer is None:
        return []
    if not issuer.hostname or (issuer.scheme == "http" and issuer.hostname not in LOOPBACK):
        msg = "OIDC_ISSUER must be a full address that begins with https://"
        raise ImproperlyConfigured(msg)
    name, secret = env_text("OIDC_CLIENT_ID"), env_text("OIDC_CLIENT_SECRET")
    if not (name and secret):
        msg = "OIDC_ISSUER is set, so OIDC_CLIENT_ID and OIDC_CLIENT_SECRET must be set as well"
        raise ImproperlyConfigured(msg)
    return [service(issuer.geturl(), name=name, secret=secret)]


def service(issuer: str, *, name: str, secret: str) -> dict[str, Any]:
    """Return the service with the address `issuer`, which must name itself exactly so."""
    return {
        "provider_id": "oidc",
        "name": env_text("OIDC_NAME", "OpenID Connect"),
        "client_id": name,
        "secret": secret,
        "settings": {
            "server_url": issuer.rstrip("/"),
            # What the service says of itself is not enough: a token must come from this issuer.
            "openid_configuration_overrides": {"issuer": issuer},
        },
    }
