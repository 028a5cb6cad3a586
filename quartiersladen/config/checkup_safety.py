"""What is unsafe in the settings of a running house; `doctor` asks."""

import stat
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from quartiersladen.config.env import secret_files

EVERYWHERE = {"0.0.0.0", "::", "[::]", ""}  # noqa: S104 -- looked for, not listened on
#: A random text of 32 characters has more; a word typed again and again has fewer.
FEWEST_DIFFERENT = 12


def proxy() -> Iterator[str]:
    """Look whether encryption, proxy and listening fit together."""
    is_https = settings.BASE_URL.startswith("https://")
    if is_https and not settings.BEHIND_PROXY:
        yield (
            "BASE_URL begins with https, but BEHIND_PROXY is off: the program takes every visit "
            "for unencrypted, refuses forms and sends no HSTS."
        )
    if settings.BEHIND_PROXY and settings.HOST in EVERYWHERE:
        yield (
            f"BEHIND_PROXY is on and HOST is {settings.HOST or 'empty'}: whoever reaches the port "
            "without the proxy can pretend to come from anywhere. Listen on 127.0.0.1, or see that "
            "only the proxy reaches the port."
        )
    is_http = settings.BASE_URL.startswith("http://")
    if is_http and not (settings.DEMO or _is_local(settings.BASE_URL)):
        yield "BASE_URL begins with http: passwords and messages travel in the open."


def _is_local(url: str) -> bool:
    return urlsplit(url).hostname in {"localhost", "127.0.0.1", "::1"}


def names() -> Iterator[str]:
    """Look whether the house answers to any name that is called."""
    if "*" in settings.ALLOWED_HOSTS:
        yield "ALLOWED_HOSTS contains *: name the hosts, so that nobody can call the house otherwise."


def demonstration() -> Iterator[str]:
    """Look whether a demonstration, whose password is known, stands in the open."""
    if settings.DEMO and not _is_local(settings.BASE_URL):
        yield "DEMO is on at a public address: its password is known. Never use real data."


def key() -> Iterator[str]:
    """Look whether the key can be guessed."""
    weak = len(set(settings.SECRET_KEY)) < FEWEST_DIFFERENT
    if weak or "insecure" in settings.SECRET_KEY:
        yield "SECRET_KEY is easy to guess: use a random text, and keep the old one as a fallback."


def file_modes() -> Iterator[str]:
    """Look whether other people of the machine can read what is secret."""
    database = (
        [Path(str(connection.settings_dict["NAME"]))] if connection.vendor == "sqlite" else []
    )
    for path in [settings.DATA_DIR, *database, *secret_files()]:
        if _is_open(path):
            yield f"Everybody on this machine can open {path}: run `chmod o-rwx {path}`."


def _is_open(path: Path) -> bool:
    if not path.exists() or not path.stat().st_mode & stat.S_IRWXO:
        return False
    # A file in a closed folder is closed.
    return path.is_dir() or bool(path.parent.stat().st_mode & stat.S_IXOTH)


def safety() -> list[str]:
    """Return everything that makes the house easier to break into."""
    return [*proxy(), *names(), *demonstration(), *key(), *file_modes()]
