"""A report that was not sent yet."""

from uuid import uuid4

from django.db import models

from quartiersladen.files.models import StoredFile
from quartiersladen.quarters.models import Quarter


class Draft(models.Model):
    """A form that was begun; keeps its photos for 24 hours when the rest needs mending."""

    key = models.UUIDField(primary_key=True, default=uuid4)
    quarter = models.ForeignKey(Quarter, models.CASCADE)
    created_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.key)


class DraftPhoto(models.Model):
    """A photo waiting for its form to be sent."""

    draft = models.ForeignKey(Draft, models.CASCADE, related_name="photos")
    file = models.OneToOneField(StoredFile, models.PROTECT)
    #: Name of the file on the person's own device, shown back to them alone.
    label = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return f"{self.draft_id} {self.file_id}"
