"""Writes of the files module."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO, cast
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from quartiersladen.files import photos
from quartiersladen.files.models import StoredFile
from quartiersladen.quarters.models import Quarter

#: What this module writes; whatever else lies in the storage belongs to others.
OUR_FOLDER = re.compile(r"\d{4}-\d{2}")
OUR_NAME = re.compile(r"(?P<key>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-small)?\.jpg")
MANY = 500  # keys asked for at once
UNKNOWN_AFTER = timedelta(days=1)  # a photo is written before its row is


@dataclass(frozen=True, slots=True)
class Written:
    """A photo whose bytes lie in the storage under a new key, and which no row knows yet."""

    key: UUID
    photo: photos.CleanPhoto
    storage_name: str
    thumbnail_name: str


def write_photo(*, photo: photos.CleanPhoto, now: datetime) -> Written:
    """Write the bytes, large and small; call outside a transaction, then `keep_photo`."""
    key = uuid4()
    folder = now.strftime("%Y-%m")
    written = Written(key, photo, f"{folder}/{key}.jpg", f"{folder}/{key}-small.jpg")
    storage = storages["default"]
    try:
        storage.save(written.storage_name, ContentFile(photo.content))
        storage.save(written.thumbnail_name, ContentFile(photo.thumbnail))
    except Exception:
        # A full disk must not leave half a photo behind.
        forget_photo(written=written)
        raise
    return written


def forget_photo(*, written: Written) -> None:
    """Delete the bytes of a photo that got no row."""
    for name in (written.storage_name, written.thumbnail_name):
        storages["default"].delete(name)


def keep_photo(*, quarter: Quarter, written: Written, now: datetime) -> StoredFile:
    """Store the row of a written photo; from now on it can be reached."""
    return StoredFile.objects.create(
        id=written.key,
        quarter=quarter,
        media_type="image/jpeg",
        size_bytes=len(written.photo.content),
        width=written.photo.width,
        height=written.photo.height,
        sha256=written.photo.sha256,
        storage_name=written.storage_name,
        thumbnail_name=written.thumbnail_name,
        created_at=now,
    )


def store_photo(*, quarter: Quarter, upload: "UploadedFile[bytes]", now: datetime) -> StoredFile:
    """Clean a photo and keep it with a small copy; call outside a transaction.

    Raises files.photos.TooBig, WrongType, TooManyPixels or Damaged; nothing is kept then.
    """
    photo = photos.clean(cast("BinaryIO", upload.file), size_bytes=upload.size or 0)
    written = write_photo(photo=photo, now=now)
    try:
        return keep_photo(quarter=quarter, written=written, now=now)
    except Exception:
        # A lost database must not leave bytes that nobody knows.
        forget_photo(written=written)
        raise


def write_blackened(*, file: StoredFile, areas: Sequence[photos.Area], now: datetime) -> Written:
    """Write a copy of a photo in which these areas are black; call outside a transaction."""
    with storages["default"].open(file.storage_name) as content:
        photo = photos.blackened(content, areas)
    return write_photo(photo=photo, now=now)


def remove_file(*, file: StoredFile) -> None:
    """Delete the row now and the bytes when the transaction has succeeded."""
    names = (file.storage_name, file.thumbnail_name)
    file.delete()

    def remove_bytes() -> None:
        for name in names:
            storages["default"].delete(name)

    # The deed is done; a storage that is away now is swept by remove_unknown later.
    transaction.on_commit(remove_bytes, robust=True)


def remove_unknown(*, now: datetime) -> int:
    """Delete photos in the storage that no row knows: what a crash left behind.

    Only what lies there for a day, so that no photo is taken that is just coming in. Returns how
    many went.
    """
    storage, count = storages["default"], 0
    for name in _unknown_names():
        if storage.get_modified_time(name) < now - UNKNOWN_AFTER:
            storage.delete(name)
            count += 1
    return count


def _unknown_names() -> Iterator[str]:
    storage = storages["default"]
    try:
        folders, _files = storage.listdir("")
    except FileNotFoundError:
        return  # nothing was ever stored
    for folder in filter(OUR_FOLDER.fullmatch, folders):
        keys = {
            name: match["key"]
            for name in storage.listdir(folder)[1]
            if (match := OUR_NAME.fullmatch(name))
        }
        known = set(_known_keys(sorted(set(keys.values()))))
        yield from (f"{folder}/{name}" for name, key in keys.items() if key not in known)


def _known_keys(keys: list[str]) -> Iterator[str]:
    for start in range(0, len(keys), MANY):
        rows = StoredFile.objects.filter(pk__in=keys[start : start + MANY])
        yield from map(str, rows.values_list("pk", flat=True))
