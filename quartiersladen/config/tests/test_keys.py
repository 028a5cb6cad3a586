"""Where the secret key comes from, and settings that stop the start, in processes of their own."""

import pytest

from quartiersladen.config.tests.test_command import quartiersladen

KEY = "kept-by-a-restore-" + "0" * 30


def setting(name, folder, **environment):
    code = f"from django.conf import settings; print(settings.{name})"
    return quartiersladen("shell", "-v0", "-c", code, DATA_DIR=str(folder), **environment)


def test_the_key_in_the_folder_holds_when_none_is_set(tmp_path):
    (tmp_path / "secret_key").write_text(f"{KEY}\n")
    (tmp_path / "secret_key_fallbacks").write_text("former,older")

    ended = setting("SECRET_KEY + str(settings.SECRET_KEY_FALLBACKS)", tmp_path, SECRET_KEY="")

    assert (ended.stdout, ended.stderr) == (f"{KEY}['former', 'older']\n", "")


def test_the_key_that_is_set_wins(tmp_path):
    (tmp_path / "secret_key").write_text(KEY)

    assert setting("SECRET_KEY", tmp_path, SECRET_KEY="own-" * 9).stdout == "own-" * 9 + "\n"


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        (
            {"BACKUP_PASSPHRASE": "kurz"},
            "set BACKUP_PASSPHRASE or BACKUP_PASSPHRASE_FILE to a ran",
        ),
        ({"BACKUP_KEEP_DAYS": "0"}, "BACKUP_KEEP_DAYS='0' must be a whole number from 1 to 3650"),
    ],
)
def test_a_wrong_setting_of_the_backup_stops_the_start(environment, sentence):
    ended = quartiersladen("check", **environment)

    assert (ended.returncode, ended.stderr.startswith(f"quartiersladen: {sentence}")) == (2, True)
