"""Tables of the backups module."""

from django.db import models
from django.db.models import Q

from quartiersladen.backups.states import BackupState


class Backup(models.Model):
    """One backup in the books. The archive itself lies where the operator wants it."""

    #: The night to which it belongs, by the clock of the installation; None: somebody asked for it.
    night = models.DateField(null=True, unique=True)
    state = models.CharField(max_length=7, choices=BackupState, default=BackupState.RUNNING)
    #: About the moment whose data it holds.
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    size_bytes = models.BigIntegerField(null=True)
    #: Why it failed, one sentence.
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=BackupState.values), name="backup_state_known"
            ),
            models.CheckConstraint(
                condition=~Q(state=BackupState.DONE)
                | Q(finished_at__isnull=False, size_bytes__isnull=False),
                name="backup_done_has_size",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d} {self.state}"
