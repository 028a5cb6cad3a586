"""Tables of the files module."""

from uuid import uuid4

from django.db import models

from quartiersladen.quarters.models import Quarter


class StoredFile(models.Model):
    """One file in the storage; its address is the random key, not the uploaded name."""

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    quarter = models.ForeignKey(Quarter, models.PROTECT)
    media_type = models.CharField(max_length=40)
    size_bytes = models.PositiveIntegerField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()
    sha256 = models.CharField(max_length=64)
    storage_name = models.CharField(max_length=120, unique=True)
    thumbnail_name = models.CharField(max_length=120, unique=True)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)
