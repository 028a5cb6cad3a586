"""States of the backups module."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class BackupState(TextChoices):
    """What became of it. One that was killed stays running and is started anew hours later."""

    RUNNING = "running", _("running")
    DONE = "done", _("done")
    FAILED = "failed", _("failed")
