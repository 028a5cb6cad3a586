"""Jobs of the backups module."""

import subprocess
import sys
from threading import Thread

from django.utils import timezone

from quartiersladen.backups.services import nightly


def start_nightly() -> None:
    """Start the nightly backup if it is due; run often.

    In a process of its own: it may take longer than a job may, and mails must not wait for it.
    """
    if nightly.is_due(now=timezone.now()):
        command = [sys.executable, "-m", "quartiersladen", "backup", "--nightly"]
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603 -- our own command
        Thread(target=process.wait, name="nightly backup", daemon=True).start()
