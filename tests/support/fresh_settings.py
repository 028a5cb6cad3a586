"""Reads the settings in a process of its own, as another environment would make them."""

import json
import os
import subprocess
import sys
from typing import Any

SCRIPT = """
import json, sys
from quartiersladen.config import settings
print(json.dumps([getattr(settings, name) for name in sys.argv[1:]]))
"""


def settings_of(names: tuple[str, ...], **environment: str) -> list[Any]:
    """Return the values of these settings, where nothing but `environment` is set."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG"}}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *names],
        env=kept | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    values: list[Any] = json.loads(done.stdout)
    return values
