"""Making an archive of the house in which the test runs, and of broken ones."""

import io
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, storages

from quartiersladen.backups import engines
from quartiersladen.backups.archive import read_archive
from quartiersladen.backups.engines import Sqlite, find_program
from quartiersladen.backups.models import Backup
from quartiersladen.backups.refusals import BackupFailed, BackupRefused
from quartiersladen.backups.services.making import (
    House,
    Silent,
    make_backup,
    this_house,
    write_archive,
)
from quartiersladen.backups.tests.conftest import photo
from quartiersladen.files.services import remove_file, store_photo
from quartiersladen.quarters.testing import make_quarter
from tests.support.places import contents_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def quarter(transactional_db, settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }
    return make_quarter()


class Meanwhile(Silent):
    """Does something at the moment when a kind of work begins."""

    def __init__(self, what, deed):
        self.what, self.deed = what, deed

    def step(self, what, done, total):  # noqa: ARG002 -- the shape is given
        if what == self.what and self.deed is not None:
            deed, self.deed = self.deed, None
            deed()


def read(path: Path):
    names = []
    contents = read_archive(
        io.BytesIO(path.read_bytes()), lambda name, _member: names.append(name)
    )
    return contents, {name.removeprefix("files/") for name in names if name.startswith("files/")}


def names_of(*stored):
    return {name for file in stored for name in (file.storage_name, file.thumbnail_name)}


def test_it_holds_every_file_and_leaves_a_line_in_the_books(quarter, tmp_path):
    stored = store_photo(quarter=quarter, upload=photo(), now=NOON)

    made = make_backup(target=tmp_path / "a.tar", passphrase=None, now=NOON)

    contents, names = read(tmp_path / "a.tar")
    assert contents == made
    assert (names, contents.missing, contents.dropped) == (names_of(stored), (), ())
    assert (tmp_path / "a.tar").stat().st_mode & 0o777 == 0o600
    [line] = Backup.objects.all()
    assert (line.state, line.night, line.started_at) == ("done", None, NOON)
    assert line.size_bytes == (tmp_path / "a.tar").stat().st_size
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.tar", "files"]


def test_a_file_that_comes_before_the_snapshot_is_in_it(quarter, tmp_path):
    kept = []

    def upload():
        kept.append(store_photo(quarter=quarter, upload=photo(), now=NOON))

    early = store_photo(quarter=quarter, upload=photo(), now=NOON)
    write_archive(
        house=this_house(),
        target=tmp_path / "a.tar",
        passphrase=None,
        now=NOON,
        progress=Meanwhile("Files", upload),
    )

    contents, names = read(tmp_path / "a.tar")
    assert (names, contents.missing) == (names_of(early, *kept), ())


def test_a_file_that_goes_after_the_snapshot_is_in_it(quarter, tmp_path):
    stored = store_photo(quarter=quarter, upload=photo(), now=NOON)

    write_archive(
        house=this_house(),
        target=tmp_path / "a.tar",
        passphrase=None,
        now=NOON,
        progress=Meanwhile("Database", lambda: remove_file(file=stored)),
    )

    contents, names = read(tmp_path / "a.tar")
    assert (names, contents.missing, contents.dropped) == (names_of(stored), (), ())


def test_a_file_that_goes_before_the_snapshot_is_not_taken_back(quarter, tmp_path):
    first, second = (store_photo(quarter=quarter, upload=photo(), now=NOON) for _time in range(2))
    every = sorted(names_of(first, second))
    doomed = first if every[0] in names_of(first) else second

    write_archive(
        house=this_house(),
        target=tmp_path / "a.tar",
        passphrase=None,
        now=NOON,
        # The first two names are in the archive or open by then.
        progress=AtStep("Files", 3, lambda: remove_file(file=doomed)),
    )

    contents, names = read(tmp_path / "a.tar")
    assert (names, contents.missing) == (set(every), ())
    assert set(contents.dropped) == set(every[:2])


class AtStep(Meanwhile):
    def __init__(self, what, at, deed):
        super().__init__(what, deed)
        self.at = at

    def step(self, what, done, total):
        if done == self.at:
            super().step(what, done, total)


def test_a_file_that_is_missing_is_named_and_stops_nothing(quarter, tmp_path):
    stored = store_photo(quarter=quarter, upload=photo(), now=NOON)
    storages["default"].delete(stored.storage_name)

    contents = make_backup(target=tmp_path / "a.tar", passphrase=None, now=NOON)

    assert contents.missing == (stored.storage_name,)


def test_it_overwrites_nothing(quarter, tmp_path):
    (tmp_path / "a.tar").write_text("something")

    with pytest.raises(BackupFailed, match="exists already; a backup never overwrites anything"):
        make_backup(target=tmp_path / "a.tar", passphrase=None, now=NOON)

    assert contents_of(tmp_path) == {"a.tar": b"something"}
    assert Backup.objects.count() == 0


def test_a_folder_that_is_not_there_ends_it_with_one_sentence(quarter, tmp_path):
    with pytest.raises(BackupFailed, match=r"could not be written: No such file or directory\.$"):
        make_backup(target=tmp_path / "nowhere" / "a.tar", passphrase=None, now=NOON)


def test_a_file_that_shrinks_leaves_no_archive(quarter, tmp_path):
    class Shrinking(FileSystemStorage):
        def size(self, name):
            return super().size(name) + 1

    storage = Shrinking(tmp_path / "files")
    storage.save("a", ContentFile(b"12"))

    with pytest.raises(BackupFailed, match=r"^The file a became shorter while it was read\.$"):
        write_archive(
            house=House(this_house().engine, storage),
            target=tmp_path / "a.tar",
            passphrase=None,
            now=NOON,
            progress=Silent(),
        )

    assert contents_of(tmp_path) == {"files/a": b"12"}


def test_a_damaged_database_is_not_saved_as_if_it_were_whole(tmp_path):
    path = tmp_path / "house.sqlite3"
    with closing(sqlite3.connect(path)) as made:
        made.execute("CREATE TABLE words (word TEXT)")
        made.executemany("INSERT INTO words VALUES (?)", [(f"word {n}" * 50,) for n in range(500)])
        made.execute("CREATE INDEX word ON words (word)")
        made.commit()
    content = bytearray(path.read_bytes())
    content[20 * 4096 : 20 * 4096 + 64] = b"\xff" * 64
    path.write_bytes(content)

    with Sqlite(path).snapshot() as snapshot, pytest.raises(BackupFailed, match=r"^The database "):
        snapshot.dump(tmp_path / "copy", lambda _done, _total: None)


def test_a_file_that_is_no_database_ends_it_with_one_sentence(tmp_path):
    path = tmp_path / "house.sqlite3"
    path.write_bytes(b"no database" * 1000)

    with (
        pytest.raises(BackupRefused, match=r"^The database cannot be read: "),
        Sqlite(path).snapshot(),
    ):
        pass


def test_no_database_ends_it_with_one_sentence(tmp_path):
    with (
        pytest.raises(BackupRefused, match=r"^There is no database"),
        Sqlite(tmp_path / "x").snapshot(),
    ):
        pass

    assert list(tmp_path.iterdir()) == []


def test_a_database_without_tables_ends_it_with_one_sentence(tmp_path):
    path = tmp_path / "house.sqlite3"
    path.touch()

    with Sqlite(path).snapshot() as snapshot, pytest.raises(BackupFailed, match="cannot be read"):
        snapshot.rows("SELECT app, name FROM django_migrations")


def test_the_missing_program_of_postgresql_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(engines, "DEBIAN", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(BackupRefused, match=r"^The program pg_dump was not found: install Post"):
        find_program("pg_dump")


def test_the_newest_program_of_postgresql_is_taken(monkeypatch, tmp_path):
    for version in ("9", "15", "17", "old"):
        (tmp_path / version / "bin").mkdir(parents=True)
        (tmp_path / version / "bin" / "pg_dump").touch()
    monkeypatch.setattr(engines, "DEBIAN", tmp_path)
    assert find_program("pg_dump") == str(tmp_path / "17/bin/pg_dump")

    monkeypatch.setattr(engines, "DEBIAN", tmp_path / "17" / "bin")
    program = tmp_path / "17/bin/pg_dump"
    program.chmod(0o700)
    monkeypatch.setenv("PATH", str(program.parent))
    assert find_program("pg_dump") == str(program)


@pytest.mark.postgres
def test_a_table_that_is_missing_ends_it_with_one_sentence(db):
    with this_house().engine.snapshot() as snapshot, pytest.raises(BackupFailed, match="be read"):
        snapshot.rows("SELECT 1 FROM nothing")


@pytest.mark.postgres
def test_a_server_that_does_not_answer_ends_it_with_one_sentence(settings):
    nowhere = settings.DATABASES["default"] | {"HOST": "127.0.0.1", "PORT": "1", "OPTIONS": {}}

    with pytest.raises(BackupRefused, match=r"^The database in DATABASE_URL does not answer\.$"):
        engines.engine_of(nowhere).is_empty()


@pytest.mark.postgres
def test_what_pg_dump_says_is_handed_on(db, settings, tmp_path):
    with this_house().engine.snapshot() as snapshot, pytest.raises(BackupFailed) as failed:
        snapshot.dump(tmp_path / "no" / "where", lambda _done, _total: None)

    assert str(failed.value).startswith("pg_dump could not copy the database: could not open")


@pytest.mark.postgres
def test_what_pg_restore_says_is_handed_on(db, tmp_path):
    (tmp_path / "dump").write_bytes(b"no dump")

    with pytest.raises(BackupRefused, match=r"^pg_restore could not fill the database: "):
        this_house().engine.load(tmp_path / "dump")
