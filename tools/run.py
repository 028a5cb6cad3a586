"""Starts the demo: what `make run` does once everything is installed.

Keeps its data in DATA_DIR, makes a secret key there on the first start, brings the database up to
date, loads the demo quarters if it is empty, and then becomes the server, so that Ctrl-C reaches
the server and its worker and nothing else.
"""

import os
import secrets
import sys
from pathlib import Path

import django
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import connections

from quartiersladen.__main__ import WRONG_SETTING
from quartiersladen.config.sqlite import use_modern_sqlite


def keep_secret(data_dir: Path) -> Path:
    """Return the file with the secret key, written once and readable by its owner alone."""
    path = data_dir / "secret_key"
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(48))
    return path


def prepare_environment() -> Path:
    """Settle the settings of a demo, those that are set already excepted; return DATA_DIR."""
    data_dir = Path(os.environ.get("DATA_DIR") or "data").resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    port = os.environ.setdefault("PORT", "8000")
    os.environ["DATA_DIR"] = str(data_dir)
    os.environ["DJANGO_SETTINGS_MODULE"] = "quartiersladen.config.settings"
    os.environ.setdefault("DEMO", "1")
    os.environ.setdefault("BASE_URL", f"http://localhost:{port}")
    if not {"SECRET_KEY", "SECRET_KEY_FILE"} & os.environ.keys():
        os.environ["SECRET_KEY_FILE"] = str(keep_secret(data_dir))
    return data_dir


def prepare_database() -> None:
    """Bring the tables up to date and load the demo into an empty database."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("demo", "--if-empty")


def main() -> None:
    """Prepare, then become the server."""
    prepare_environment()
    try:
        use_modern_sqlite()
        django.setup()
        prepare_database()
        sys.stdout.flush()
        connections.close_all()
        call_command("serve")
    except ImproperlyConfigured as fault:
        print(f"quartiersladen: {fault}", file=sys.stderr)
        sys.exit(WRONG_SETTING)
    except CommandError as fault:
        sys.exit(f"quartiersladen: {fault}")


if __name__ == "__main__":
    main()
