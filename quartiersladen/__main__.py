"""The command `quartiersladen`: Django's command line on the house's settings."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line

from quartiersladen.config.sqlite import use_modern_sqlite

WRONG_SETTING = 2
PRIVATE = 0o077  # what the program writes is nobody else's on this machine


def spelled_for_python(arguments: list[str]) -> list[str]:
    """Return the arguments with the command as its module is called: `mail-in` is mail_in."""
    command = [word if word.startswith("-") else word.replace("-", "_") for word in arguments[1:2]]
    return [*arguments[:1], *command, *arguments[2:]]


def main() -> None:
    """Run one command. A wrong setting ends it with one sentence and exit code 2."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quartiersladen.config.settings")
    os.umask(PRIVATE)
    try:
        use_modern_sqlite()
        execute_from_command_line(spelled_for_python(sys.argv))
    except ImproperlyConfigured as fault:
        sys.stderr.write(f"quartiersladen: {fault}\n")
        sys.exit(WRONG_SETTING)


if __name__ == "__main__":
    main()
