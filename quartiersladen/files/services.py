"""Writes of the files module."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import BinaryIO, cast
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from quartiersladen.files import photos
from quartiersladen.files.models import StoredFile
from quartiersladen.kernel.jobs import enqueue
from quartiersladen.quarters.models import Quarter

REMOVE_BYTES = "quartiersladen.files.tasks.remove_bytes"


def store_photo(*, quarter: Quarter, upload: "UploadedFile[bytes]", now: datetime) -> StoredFile:
    """Clean a photo and keep it with a small copy; call outside a transaction.

    Raises files.photos.TooBig, WrongType, TooManyPixels or Damaged; nothing is kept then.
    """
    photo = photos.clean(cast("BinaryIO", upload.file), size_bytes=upload.size or 0)
    key = uuid4()
    folder = now.strftime("%Y-%m")
    names = (f"{folder}/{key}.jpg", f"{folder}/{key}-small.jpg")
    storage = storages["default"]
    written: list[str] = []
    try:
        for name, content in zip(names, (photo.content, photo.thumbnail), strict=True):
            written.append(name)
            storage.save(name, ContentFile(content))
        return StoredFile.objects.create(
            id=key,
            quarter=quarter,
            media_type="image/jpeg",
            size_bytes=len(photo.content),
            width=photo.width,
            height=photo.height,
            sha256=photo.sha256,
            storage_name=names[0],
            thumbnail_name=names[1],
            created_at=now,
        )
    except Exception:
        # A full disk or a lost database must not leave bytes that nobody knows.
        for name in written:
            storage.delete(name)
        raise


def remove_file(*, file: StoredFile) -> None:
    """Delete the row now and the bytes when the transaction has succeeded.

    A job of the same transaction deletes them once more, in case the process dies in between.
    """
    names = (file.storage_name, file.thumbnail_name)
    file.delete()
    enqueue(REMOVE_BYTES, *names)
    transaction.on_commit(partial(remove_bytes, names=names))


def remove_bytes(*, names: Iterable[str]) -> None:
    """Delete bytes from the storage; those that are gone already do not matter."""
    for name in names:
        storages["default"].delete(name)
