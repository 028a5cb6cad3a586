"""Storing, serving and removing files."""

from io import BytesIO

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from quartiersladen.files.models import StoredFile
from quartiersladen.files.photos import Area, Damaged, TooBig, WrongType
from quartiersladen.files.responses import file_response
from quartiersladen.files.services import (
    keep_photo,
    remove_file,
    store_photo,
    write_blackened,
)
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.testing import NOON, make_quarter

pytestmark = pytest.mark.django_db


class FullDisk(FileSystemStorage):
    """Writes the first bytes of the small copy and then has no room left."""

    def save(self, name, content, max_length=None):
        if name.endswith("-small.jpg"):
            super().save(name, ContentFile(b"half"))
            raise OSError(28, "No space left on device")
        return super().save(name, content, max_length)


@pytest.fixture
def folder(settings, tmp_path):
    options = {"location": tmp_path, "base_url": None}
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": options}}
    return tmp_path


@pytest.fixture
def quarter(folder):
    return make_quarter()


def upload(content=None, name="Ich vor meinem Haus.exe"):
    if content is None:
        out = BytesIO()
        Image.new("RGB", (800, 600), (200, 40, 40)).save(out, "PNG")
        content = out.getvalue()
    return SimpleUploadedFile(name, content, content_type="application/x-anything")


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_photo_is_kept_with_a_small_copy(quarter, folder):
    stored = store_photo(quarter=quarter, upload=upload(), now=NOON)

    stored.refresh_from_db()
    large, small = f"2026-03/{stored.pk}.jpg", f"2026-03/{stored.pk}-small.jpg"
    assert (stored.storage_name, stored.thumbnail_name) == (large, small)
    assert files_in(folder) == sorted([large, small])
    assert (stored.quarter, stored.created_at) == (quarter, NOON)
    assert (stored.media_type, stored.width, stored.height) == ("image/jpeg", 800, 600)
    assert stored.size_bytes == (folder / large).stat().st_size
    assert str(stored) == str(stored.pk)
    with Image.open(folder / small) as thumbnail:
        assert thumbnail.size == (480, 360)


def test_one_that_somebody_has_read_already_is_read_from_the_start(quarter):
    photo = upload()
    photo.read()

    assert store_photo(quarter=quarter, upload=photo, now=NOON).width == 800


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"no picture", WrongType),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", Damaged),
        (bytes(10 * 1024 * 1024 + 1), TooBig),
    ],
)
def test_what_is_refused_leaves_nothing(quarter, folder, content, refusal):
    with pytest.raises(refusal):
        store_photo(quarter=quarter, upload=upload(content), now=NOON)

    assert (files_in(folder), StoredFile.objects.count()) == ([], 0)


def test_a_full_disk_leaves_nothing(quarter, settings, folder):
    backend = f"{__name__}.FullDisk"
    options = {"location": folder, "base_url": None}
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": options}}

    with pytest.raises(OSError, match="No space left"):
        store_photo(quarter=quarter, upload=upload(), now=NOON)

    assert (files_in(folder), StoredFile.objects.count()) == ([], 0)


@pytest.mark.django_db(transaction=True)
def test_a_database_that_refuses_leaves_nothing(quarter, folder):
    gone = Quarter(pk=quarter.pk + 1)

    with pytest.raises(IntegrityError):
        store_photo(quarter=gone, upload=upload(), now=NOON)

    assert (files_in(folder), StoredFile.objects.count()) == ([], 0)


def test_a_quarter_with_files_cannot_vanish(quarter):
    stored = store_photo(quarter=quarter, upload=upload(), now=NOON)

    with pytest.raises(IntegrityError), transaction.atomic():
        quarter.delete()

    assert StoredFile.objects.get() == stored


def test_a_removed_file_is_gone_after_the_commit(
    quarter, folder, django_capture_on_commit_callbacks
):
    other = store_photo(quarter=quarter, upload=upload(), now=NOON)
    stored = store_photo(quarter=quarter, upload=upload(), now=NOON)

    with django_capture_on_commit_callbacks() as callbacks:
        remove_file(file=stored)

    assert (StoredFile.objects.get(), len(files_in(folder))) == (other, 4)
    [callback] = callbacks
    callback()
    assert files_in(folder) == sorted([other.storage_name, other.thumbnail_name])


def test_a_removal_that_is_rolled_back_keeps_the_bytes(quarter, folder):
    stored = store_photo(quarter=quarter, upload=upload(), now=NOON)

    with transaction.atomic():
        remove_file(file=StoredFile.objects.get())
        transaction.set_rollback(True)

    assert StoredFile.objects.get() == stored
    assert len(files_in(folder)) == 2


@pytest.mark.parametrize("thumbnail", [False, True])
def test_it_is_served_as_our_own_jpeg_and_nothing_else(quarter, thumbnail):
    stored = store_photo(quarter=quarter, upload=upload(), now=NOON)

    response = file_response(stored, thumbnail=thumbnail)

    name = stored.thumbnail_name if thumbnail else stored.storage_name
    with storages["default"].open(name) as file:
        assert response.content == file.read()
    assert response["Content-Type"] == "image/jpeg"
    assert response["Content-Disposition"] == f'inline; filename="{stored.pk}.jpg"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Cache-Control"] == "private, no-cache"


def test_a_browser_that_has_it_is_told_so_and_asks_each_time(quarter):
    stored = store_photo(quarter=quarter, upload=upload(), now=NOON)
    mark = file_response(stored)["ETag"]

    again = file_response(stored, known=mark)
    small = file_response(stored, thumbnail=True, known=mark)

    assert (again.status_code, again.content, again["Cache-Control"]) == (
        304,
        b"",
        "private, no-cache",
    )
    assert (small.status_code, small["ETag"] == mark) == (200, False)


def test_a_blackened_copy_gets_a_key_of_its_own(quarter, folder):
    stored = store_photo(quarter=quarter, upload=upload(), now=NOON)

    written = write_blackened(file=stored, areas=[Area(0, 0, 0.5, 1)], now=NOON)
    assert StoredFile.objects.get() == stored
    copy = keep_photo(quarter=quarter, written=written, now=NOON)

    assert copy.pk != stored.pk
    assert len(files_in(folder)) == 4
    with Image.open(folder / copy.thumbnail_name) as small:
        assert (small.getpixel((5, 5)), small.size) == ((0, 0, 0), (480, 360))
