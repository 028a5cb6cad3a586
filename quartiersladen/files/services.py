"""Writes of the files module."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import BinaryIO, cast
from uuid import UUID, uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Exists, ForeignObjectRel, Model, OuterRef, Q, QuerySet

from quartiersladen.files import photos
from quartiersladen.files.models import StoredFile
from quartiersladen.kernel.jobs import enqueue
from quartiersladen.quarters.models import Quarter

REMOVE_BYTES = "quartiersladen.files.tasks.remove_bytes"
#: So long a file may be on its way from the storage to the row that needs it.
ON_ITS_WAY = timedelta(days=1)
#: Bytes without a row are looked for among the newest: a killed process leaves them, and older
#: ones would rather mean that this is not the database they belong to.
LOOKED_BACK = timedelta(days=14)
ORIGINALS = "mail"  # the folder for the bytes of mails
PHOTO = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:-small)?\.jpg")


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
    return keep_written(quarter=quarter, photo=photo, now=now)


def store_content(*, quarter: Quarter, content: bytes, now: datetime) -> StoredFile:
    """Keep a photo that came in another way than by a form; as `store_photo`, with its refusals."""
    photo = photos.clean(BytesIO(content), size_bytes=len(content))
    return keep_written(quarter=quarter, photo=photo, now=now)


def keep_written(*, quarter: Quarter, photo: photos.CleanPhoto, now: datetime) -> StoredFile:
    """Write a clean photo and store its row; nothing is left when one of both fails."""
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
    """Delete the row now and the bytes when the transaction has succeeded.

    A job of the same transaction deletes them once more, in case the process dies in between.
    """
    names = (file.storage_name, file.thumbnail_name)
    file.delete()
    enqueue(REMOVE_BYTES, *names)
    transaction.on_commit(partial(remove_bytes, names=names), robust=True)


def remove_bytes(*, names: Iterable[str]) -> None:
    """Delete bytes from the storage; those that are gone already do not matter."""
    for name in names:
        storages["default"].delete(name)


def write_original(*, content: bytes, now: datetime) -> str:
    """Write the bytes of a mail as they came and return their name; call outside a transaction.

    The row that is to know them comes next; without one `old_originals` finds them.
    """
    name = f"{ORIGINALS}/{now:%Y-%m}/{uuid4()}.eml"
    storages["default"].save(name, ContentFile(content))
    return name


def read_original(*, name: str) -> bytes:
    """Return the bytes of a mail; b"" when they are gone."""
    try:
        with storages["default"].open(name) as content:
            return bytes(content.read())
    except FileNotFoundError:
        return b""


def remove_originals(*, names: Sequence[str]) -> None:
    """Delete the bytes of mails when the transaction has succeeded, as `remove_file` does."""
    if names:
        enqueue(REMOVE_BYTES, *names)
        transaction.on_commit(partial(remove_bytes, names=names), robust=True)


def old_originals(*, now: datetime) -> Iterator[str]:
    """Yield the names of mails that were written some days ago: a row knows them, or nobody."""
    storage = storages["default"]
    for month in {
        f"{ORIGINALS}/{day:%Y-%m}" for day in (now, now - ON_ITS_WAY, now - LOOKED_BACK)
    }:
        for name in storage.listdir(month)[1] if storage.exists(month) else []:
            path = f"{month}/{name}"
            if now - LOOKED_BACK < storage.get_modified_time(path) < now - ON_ITS_WAY:
                yield path


def drop_unknown_files(*, now: datetime) -> int:
    """Delete files that nothing points to and bytes that no row knows; return how many went.

    A killed process or a full disk leaves such: a photo was stored, but not yet with its form.
    """
    unused = [*_unused_rows(now)]
    for file in unused:
        with transaction.atomic():
            remove_file(file=file)
    unknown = [*_unknown_photos(now)]
    for name in unknown:
        storages["default"].delete(name)
    return len(unused) + len(unknown)


def _unused_rows(now: datetime) -> Iterator[StoredFile]:
    # Asked of the tables themselves, so that a new one that keeps files needs no line here.
    used = Q()
    for relation in StoredFile._meta.get_fields(include_hidden=True):  # noqa: SLF001 -- public by its name
        if isinstance(relation, ForeignObjectRel):
            rows: QuerySet[Model] = QuerySet(relation.related_model)
            rows = rows.filter(**{relation.field.name: OuterRef("pk")})
            used |= Q(Exists(rows))
    yield from StoredFile.objects.filter(~used, created_at__lt=now - ON_ITS_WAY)


def _unknown_photos(now: datetime) -> Iterator[str]:
    if not StoredFile.objects.exists():
        return
    storage = storages["default"]
    for month in {f"{day:%Y-%m}" for day in (now, now - ON_ITS_WAY, now - LOOKED_BACK)}:
        if not storage.exists(month):
            continue
        for name in storage.listdir(month)[1]:
            path = f"{month}/{name}"
            if PHOTO.fullmatch(name) and _is_forgotten(path, now):
                yield path


def _is_forgotten(path: str, now: datetime) -> bool:
    written_at = storages["default"].get_modified_time(path)
    known = StoredFile.objects.filter(Q(storage_name=path) | Q(thumbnail_name=path))
    return now - LOOKED_BACK < written_at < now - ON_ITS_WAY and not known.exists()
