"""Reads the passphrase of a backup from a file; on a command line everybody could see it."""

from pathlib import Path

from django.core.management.base import CommandError


def read_passphrase(path: Path, *, at_least: int = 1) -> str:
    """Return the first line of the file. Raises CommandError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as exc:
        msg = f"The passphrase file {path} cannot be read."
        raise CommandError(msg) from exc
    passphrase = lines[0].strip() if lines else ""
    if len(passphrase) < at_least:
        msg = f"The first line of {path} must be a passphrase of at least {at_least} characters."
        raise CommandError(msg)
    return passphrase
