"""What is refused before anything is touched, and what is taken away after a late fault."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

from quartiersladen.backups.engines import Sqlite
from quartiersladen.backups.refusals import BackupRefused, Damaged, DoesNotFit, Foreign, NotEmpty
from quartiersladen.backups.services.making import House, Silent
from quartiersladen.backups.services.restoring import known_migrations, restore
from quartiersladen.backups.tests.conftest import FILES, SECRETS, make_archive
from tests.support.places import contents_of


class Target:
    """An empty place; its database is a plain file."""

    def __init__(self, folder: Path):
        self.folder, self.data = folder, folder / "data"
        self.source = folder / "house.tar"
        self.house = House(
            Sqlite(self.data / "house.sqlite3"), FileSystemStorage(self.data / "files")
        )

    def restore(self, content=None, **options):
        if content is not None:
            self.source.write_bytes(content)
        values: dict[str, Any] = {
            "house": self.house,
            "data_dir": self.data,
            "passphrase": None,
        }
        return restore(source=self.source, **(values | options))


@pytest.fixture
def target(tmp_path):
    return Target(tmp_path)


def test_files_database_and_keys_come_back(target):
    restored = target.restore(make_archive(dropped=["c"]))

    found = contents_of(target.data)
    assert found.pop("house.sqlite3") == b"tables" * 500
    assert found.pop("secret_key").decode() == SECRETS["SECRET_KEY"]
    assert found.pop("secret_key_fallbacks").decode() == SECRETS["SECRET_KEY_FALLBACKS"][0]
    assert found.pop("settings.env").decode().splitlines()[2:] == [
        """BASE_URL='https://laden.example.org/it'"'"'s'""",
        "MAIL_FROM=buero@example.org",
    ]
    assert found == {f"files/{name}": FILES[name] for name in ("2026-03/a.jpg", "2026-03/b.jpg")}
    assert restored.is_older is False
    private = [target.data / name for name in ("secret_key", "settings.env", "house.sqlite3")]
    assert [path.stat().st_mode & 0o777 for path in private] == [0o600] * 3


def test_tables_of_an_older_version_are_named(target):
    older = sorted(known_migrations())[:-1]

    assert target.restore(make_archive(migrations=older)).is_older is True


@pytest.mark.parametrize(
    ("content", "refusal", "words"),
    [
        (lambda: make_archive()[:-600], Damaged, "This backup is damaged: "),
        (lambda: b"PK\3\4 a zip", Foreign, "This file is no backup made by Quartiersladen."),
        (
            lambda: make_archive(engine="postgresql"),
            DoesNotFit,
            "This backup is of a database on postgresql, and this installation uses sqlite",
        ),
        (
            lambda: make_archive(
                version="9.9.9", migrations=[*known_migrations(), ("flying", "0001_start")]
            ),
            DoesNotFit,
            "This backup was made by a newer Quartiersladen (9.9.9); this is ",
        ),
    ],
    ids=["damaged", "foreign", "other engine", "newer"],
)
def test_it_is_refused_before_anything_is_touched(target, content, refusal, words):
    with pytest.raises(refusal) as refused:
        target.restore(content())

    assert str(refused.value).startswith(words)
    assert not target.data.exists()


def test_a_file_that_is_not_there_and_a_folder_are_refused(target):
    with pytest.raises(BackupRefused, match=r"^There is no file "):
        target.restore()
    with pytest.raises(Foreign):
        restore(source=target.folder, passphrase=None, house=target.house, data_dir=target.data)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("house.sqlite3", "The database is not empty"),
        ("files/2026-03/a.jpg", "The file storage is not empty"),
        ("notes.txt", "lies in DATA_DIR; a restore never overwrites anything"),
        ("restore.part/database", "was broken off: empty the folder"),
    ],
)
def test_a_place_that_is_not_empty_is_refused_and_stays_as_it_is(target, name, words):
    (target.data / name).parent.mkdir(parents=True)
    (target.data / name).write_text("mine")

    with pytest.raises(NotEmpty, match=words):
        target.restore(make_archive())

    assert contents_of(target.data) == {name: b"mine"}


def test_what_is_harmless_may_lie_there(target, settings):
    settings.BACKUP_DIR = str(target.data / "backups")
    for folder in ("static/css", "lost+found", "files/2026-01", "backups", "incoming"):
        (target.data / folder).mkdir(parents=True)
    (target.data / "static" / "app.css").touch()
    (target.data / "backups" / "old.tar").touch()
    target.source = target.data / "incoming" / "house.tar"

    target.restore(make_archive())

    assert (target.data / "secret_key").exists()


class Interrupted(Silent):
    def step(self, what, done, total):  # noqa: ARG002 -- the shape is given
        if what == "Database":
            raise KeyboardInterrupt


class Late(Silent):
    """Damages the archive after it was checked."""

    def __init__(self, source):
        self.source = source

    def step(self, what, done, total):  # noqa: ARG002 -- the shape is given
        if what == "Restoring":
            content = bytearray(self.source.read_bytes())
            content[content.index(b"tablestables") + 600] ^= 1
            self.source.write_bytes(content)


def test_after_a_late_fault_nothing_stays(target):
    target.source.write_bytes(make_archive(files={"a": b"x" * 2_000_000}))

    with pytest.raises(KeyboardInterrupt):
        target.restore(progress=Interrupted())
    assert not contents_of(target.data)
    assert not (target.data / "restore.part").exists()

    with pytest.raises(Damaged):
        target.restore(progress=Late(target.source))
    assert not contents_of(target.data)

    target.restore(make_archive())
    assert (target.data / "house.sqlite3").exists()


def test_another_archive_in_its_place_is_noticed(target):
    class SwappedBefore(Silent):
        def step(self, what, done, total):  # noqa: ARG002 -- the shape is given
            if what == "Checking" and done == 1:
                other = target.folder / "other"
                other.write_bytes(make_archive(files={"x": b"x"}))
                other.rename(target.source)

    with pytest.raises(Damaged, match="it changed while it was read"):
        target.restore(make_archive(), progress=SwappedBefore())


def test_a_storage_that_gives_other_names_is_refused(target):
    class Renaming(FileSystemStorage):
        def get_available_name(self, name, max_length=None):  # noqa: ARG002 -- the shape is given
            return f"{name}-2"

    house = replace(target.house, storage=Renaming(target.data / "files"))

    with pytest.raises(NotEmpty, match=r"^The file storage holds 2026-03/a.jpg already\.$"):
        target.restore(make_archive(), house=house)
    assert not contents_of(target.data)


def test_a_disk_that_takes_no_more_is_named(target):
    class Full(FileSystemStorage):
        def _save(self, name, content):  # noqa: ARG002 -- the shape is given
            raise OSError(28, "No space left on device")

    house = replace(target.house, storage=Full(target.data / "files"))

    with pytest.raises(BackupRefused, match=r"^It could not be restored: No space left on device"):
        target.restore(make_archive(), house=house)
    assert not target.data.exists()


def test_a_full_storage_is_seen(target):
    target.house.storage.save("x", ContentFile(b""))

    with pytest.raises(NotEmpty):
        target.restore(make_archive())
