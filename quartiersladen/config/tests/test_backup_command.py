"""`backup` and `restore` as commands: what they say, on a terminal and elsewhere."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from quartiersladen.backups.models import Backup
from quartiersladen.config.passphrase import read_passphrase
from quartiersladen.config.progress import Bar
from quartiersladen.files.models import StoredFile
from quartiersladen.quarters.testing import NOON, make_quarter
from tests.support.places import contents_of


class Terminal(StringIO):
    def isatty(self):
        return True


@pytest.fixture
def storage(settings, tmp_path):
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "files"},
        }
    }


def backup(*arguments, out=None):
    out = out or StringIO()
    call_command("backup", *arguments, stdout=out)
    return out.getvalue()


def test_it_says_where_it_lies_and_that_it_is_a_secret(transactional_db, storage, tmp_path):
    said = backup(str(tmp_path / "a.tar")).splitlines()

    assert said[:2] == ["Database ...", "Checking ..."]
    assert said[2].startswith(f"{tmp_path}/a.tar: ")
    assert said[2].endswith(" MB, read back and found whole.")
    assert said[3].startswith("It holds keys and personal data and is not encrypted")
    assert len(said) == 4


def test_it_warns_of_what_is_gone_and_of_the_same_folder(
    transactional_db, storage, settings, tmp_path
):
    settings.DATA_DIR = tmp_path
    facts = {"media_type": "image/jpeg", "size_bytes": 1, "width": 1, "height": 1, "sha256": "0"}
    StoredFile.objects.create(
        quarter=make_quarter(), storage_name="a", thumbnail_name="b", created_at=NOON, **facts
    )

    said = backup(str(tmp_path / "a.tar"), out=Terminal())

    assert "2 files were gone already that the database still names, for example a.\n" in said
    assert "It lies in DATA_DIR: whoever loses that folder loses both." in said
    assert "Database   [##############################] 100%" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Name the file: quartiersladen backup FILE"),
        (["{0}/there"], "{0}/there exists already; a backup never overwrites anything."),
        (["{0}/a", "--passphrase-file", "{0}/no"], "The passphrase file {0}/no cannot be read."),
        (
            ["{0}/a", "--passphrase-file", "{0}/there"],
            "The first line of {0}/there must be a passphrase of at least 12 characters.",
        ),
    ],
)
def test_a_backup_that_cannot_be_made_ends_with_one_sentence(db, tmp_path, arguments, sentence):
    (tmp_path / "there").write_text("short\n")

    with pytest.raises(CommandError) as refused:
        backup(*[argument.format(tmp_path) for argument in arguments])

    assert str(refused.value) == sentence.format(tmp_path)
    assert contents_of(tmp_path) == {"there": b"short\n"}


def test_the_nightly_one_does_nothing_without_a_folder(db, settings):
    settings.BACKUP_DIR = ""

    assert backup("--nightly") == ""
    assert Backup.objects.count() == 0


def test_a_restore_over_this_house_is_refused(transactional_db, storage, tmp_path):
    backup(str(tmp_path / "a.tar"))
    out = StringIO()

    with pytest.raises(CommandError, match=r"^The database is not empty; a restore never overw"):
        call_command("restore", str(tmp_path / "a.tar"), stdout=out)

    assert out.getvalue() == "Checking ...\n"


def test_a_passphrase_is_the_first_line_of_its_file(tmp_path):
    path = Path(tmp_path / "secret")
    path.write_text("  drei Laternen \nnote\n", encoding="utf-8")
    assert read_passphrase(path) == "drei Laternen"

    for content in (b"", b"\xff\xfe"):
        path.write_bytes(content)
        with pytest.raises(CommandError):
            read_passphrase(path)


def test_a_terminal_gets_a_bar_and_others_get_lines():
    terminal, paper = Terminal(), StringIO()
    for out in (terminal, paper):
        bar = Bar(out)
        for what, done, total in (
            ("Files", 0, 4),
            ("Files", 0, 4),
            ("Files", 2, 4),
            ("Checking", 0, 0),
        ):
            bar.step(what, done, total)
        bar.close()
    Bar(terminal).close()

    assert paper.getvalue() == "Files ...\nChecking ...\n"
    assert terminal.getvalue() == (
        f"\rFiles      [{' ' * 30}]   0%\x1b[K"
        f"\rFiles      [{'#' * 15:<30}]  50%\x1b[K"
        "\n\rChecking   ...\x1b[K\n"
    )
