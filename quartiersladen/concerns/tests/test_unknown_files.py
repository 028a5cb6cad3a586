"""Files that nobody knows: what a killed process or a full disk has left goes at night."""

import os
from datetime import timedelta
from uuid import uuid4

import pytest

from quartiersladen.concerns.services.intake import keep_photos
from quartiersladen.concerns.testing import make_concern, photo
from quartiersladen.dossiers.services.documents import add_document
from quartiersladen.files import tasks
from quartiersladen.files.models import StoredFile
from quartiersladen.files.services import drop_unknown_files, store_photo
from quartiersladen.quarters.testing import NOON, make_quarter


@pytest.fixture
def folder(settings, tmp_path):
    options = {"location": tmp_path, "base_url": None}
    backend = "django.core.files.storage.FileSystemStorage"
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": backend, "OPTIONS": options}}
    return tmp_path


@pytest.fixture
def quarter(transactional_db, folder):
    return make_quarter()


def files_in(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def stored(quarter, *, at=NOON):
    return store_photo(quarter=quarter, upload=photo(), now=at)


def written(folder, name, *, at):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    os.utime(path, (at.timestamp(), at.timestamp()))
    return name


def test_what_nothing_points_to_and_no_row_knows_goes_after_a_day(quarter, folder):
    attached, drafted, unused = (stored(quarter) for _ in range(3))
    dossier = make_concern(quarter).dossier
    add_document(dossier=dossier, file=attached, is_of_teller=True, position=0)
    keep_photos(quarter=quarter, key=uuid4(), photos=[(drafted, "lampe.jpg")], now=NOON)
    fresh = stored(quarter, at=NOON + timedelta(hours=20))
    now = NOON + timedelta(days=1, hours=1)
    written(folder, f"2026-03/{uuid4()}.jpg", at=NOON)
    on_its_way = written(folder, f"2026-03/{uuid4()}.jpg", at=NOON + timedelta(hours=2))
    old = written(folder, f"2026-02/{uuid4()}.jpg", at=NOON - timedelta(days=14))
    foreign = written(folder, "2026-03/letterhead.jpg", at=NOON)

    assert drop_unknown_files(now=now) == 2
    assert drop_unknown_files(now=now) == 0

    kept = (attached, drafted, fresh)
    names = [name for file in kept for name in (file.storage_name, file.thumbnail_name)]
    assert files_in(folder) == sorted([*names, on_its_way, old, foreign])
    assert set(StoredFile.objects.all()) == set(kept)
    assert unused not in kept


def test_an_empty_database_is_not_the_one_that_the_files_belong_to(quarter, folder):
    name = written(folder, f"2026-03/{uuid4()}.jpg", at=NOON)

    assert drop_unknown_files(now=NOON + timedelta(days=2)) == 0
    assert files_in(folder) == [name]


def test_the_job_does_it(quarter, folder):
    stored(quarter, at=NOON - timedelta(days=99))

    tasks.drop_unknown_files()

    assert (StoredFile.objects.count(), files_in(folder)) == (0, [])


def test_a_month_without_photos_hinders_nothing(quarter, folder):
    attached = stored(quarter)
    add_document(
        dossier=make_concern(quarter).dossier, file=attached, is_of_teller=True, position=0
    )
    unknown = written(folder, f"2026-03/{uuid4()}.jpg", at=NOON)

    # The months before have no folder of their own.
    assert drop_unknown_files(now=NOON + timedelta(days=2)) == 1
    assert files_in(folder) == sorted([attached.storage_name, attached.thumbnail_name])
    assert unknown not in files_in(folder)
