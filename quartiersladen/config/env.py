"""Typed access to environment variables; each may also come from a file named in NAME_FILE.

Every variable is listed in docs/configuration.md, and a test proves it.
"""

import os
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from django.core.exceptions import ImproperlyConfigured

_given: dict[str, str] = {}


def env_text(name: str, default: str = "") -> str:
    """Return the value of `name`, or the content of the file that `name`_FILE points to.

    Raises ImproperlyConfigured when that file cannot be read.
    """
    if path := os.environ.get(f"{name}_FILE"):
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except OSError as exc:
            msg = f"{name}_FILE names a file that cannot be read: {exc.strerror}"
            raise ImproperlyConfigured(msg) from exc
    elif name in os.environ:
        value = os.environ[name]
    else:
        return default
    _given[name] = value
    return value


def given() -> dict[str, str]:
    """Return every setting that the operator has set, with its value, as far as it was read."""
    return dict(_given)


def kept_text(path: Path) -> str:
    """Return what a file in DATA_DIR keeps from one start to the next, "" if there is none."""
    return path.read_text(encoding="utf-8").strip() if path.exists() else ""


def env_secret(name: str, *, at_least: int, otherwise: str = "") -> str:
    """Return a secret of `at_least` characters. Raises ImproperlyConfigured when it is shorter.

    otherwise: holds when it is not set.
    """
    value = env_text(name) or otherwise
    if len(value) < at_least:
        msg = f"set {name} or {name}_FILE to a random text of at least {at_least} characters"
        raise ImproperlyConfigured(msg)
    return value


#: Settings whose value opens something.
SECRETS = (
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "BACKUP_PASSPHRASE",
    "CACHE_URL",
    "DATABASE_URL",
    "IMAP_URL",
    "OIDC_CLIENT_SECRET",
    "SMTP_URL",
)


def secret_files() -> list[Path]:
    """Return the files that secrets are read from."""
    named = (os.environ.get(f"{name}_FILE", "") for name in SECRETS)
    return [Path(path) for path in named if path]


def env_flag(name: str) -> bool:
    """Return True for 1/true/yes/on, False for unset/0/false/no/off; else raise."""
    raw = env_text(name).lower()
    if raw in {"", "0", "false", "no", "off"}:
        return False
    if raw in {"1", "true", "yes", "on"}:
        return True
    msg = f"{name}={raw!r} must be 1 or 0"
    raise ImproperlyConfigured(msg)


def env_choice(name: str, default: str, choices: tuple[str, ...]) -> str:
    """Return `name` in upper case if it is one of `choices`; else raise."""
    value = env_text(name, default).upper()
    if value not in choices:
        msg = f"{name}={value!r} must be one of {', '.join(choices)}"
        raise ImproperlyConfigured(msg)
    return value


def env_int(name: str, default: int, *, at_least: int, at_most: int) -> int:
    """Return the whole number in `name`; raise unless it lies within the bounds."""
    raw = env_text(name, str(default))
    if raw.isdecimal() and at_least <= int(raw) <= at_most:
        return int(raw)
    msg = f"{name}={raw!r} must be a whole number from {at_least} to {at_most}"
    raise ImproperlyConfigured(msg)


def env_list(name: str, default: str = "") -> list[str]:
    """Return the comma-separated parts of `name` without blanks."""
    return [part.strip() for part in env_text(name, default).split(",") if part.strip()]


def env_url(name: str, schemes: tuple[str, ...], default: str = "") -> SplitResult | None:
    """Return `name` split as an address, None if unset and without default.

    Raises ImproperlyConfigured when the scheme is not one of `schemes`.
    """
    raw = env_text(name, default)
    if not raw:
        return None
    url = urlsplit(raw)
    if url.scheme not in schemes:
        # The value may hold a password, so the sentence names only the scheme.
        msg = f"{name} begins with {url.scheme!r}; it must begin with {' or '.join(schemes)}"
        raise ImproperlyConfigured(msg)
    return url
