"""What doctor says about settings that make a break-in easier."""

import os
from pathlib import Path

import pytest
from django.db import connection

from quartiersladen.__main__ import PRIVATE
from quartiersladen.config.checkup_safety import safety
from tests.support.environment import ENGINE

SAFE = {
    "BASE_URL": "https://quartier.example.org",
    "BEHIND_PROXY": True,
    "HOST": "127.0.0.1",
    "ALLOWED_HOSTS": ["quartier.example.org"],
    "DEMO": False,
    "SECRET_KEY": "qT7vN2xK9mB4hR8sW3yL6dF1gJ5cZ0pA",
}


@pytest.fixture
def house(settings, tmp_path):
    """Return a function that sets the house up safely, but for some changes."""
    settings.DATA_DIR = tmp_path
    tmp_path.chmod(0o700)

    def set_up(**changes):
        for name, value in (SAFE | changes).items():
            setattr(settings, name, value)

    return set_up


def test_a_safe_house_has_no_fault(house):
    house()
    assert safety() == []


@pytest.mark.parametrize("url", ["http://localhost:8000", "http://127.0.0.1:8000"])
def test_at_ones_own_desk_no_encryption_is_needed(house, url):
    house(BASE_URL=url, BEHIND_PROXY=False)
    assert safety() == []


@pytest.mark.parametrize(
    ("changes", "beginning"),
    [
        ({"BEHIND_PROXY": False}, "BASE_URL begins with https, but BEHIND_PROXY is off"),
        ({"HOST": "0.0.0.0"}, "BEHIND_PROXY is on and HOST is 0.0.0.0"),  # noqa: S104 -- the fault
        ({"HOST": "::"}, "BEHIND_PROXY is on and HOST is ::"),
        ({"BASE_URL": "http://quartier.example.org", "BEHIND_PROXY": False}, "BASE_URL begins with http: passwords"),
        ({"ALLOWED_HOSTS": ["quartier.example.org", "*"]}, "ALLOWED_HOSTS contains *"),
        ({"DEMO": True}, "DEMO is on at a public address"),
        ({"SECRET_KEY": "geheimgeheimgeheimgeheimgeheimgeheim"}, "SECRET_KEY is easy to guess"),
        ({"SECRET_KEY": "django-insecure-qT7vN2xK9mB4hR8sW3yL6dF1"}, "SECRET_KEY is easy to guess"),
    ],
)  # fmt: skip
def test_one_line_says_what_is_unsafe(house, changes, beginning):
    house(**changes)
    assert [line[: len(beginning)] for line in safety()] == [beginning]


def test_secrets_that_others_of_the_machine_can_read_are_named(house, tmp_path, monkeypatch):
    house(DATA_DIR=tmp_path / "data")
    secret = tmp_path / "key"
    secret.write_text("x")
    secret.chmod(0o644)
    monkeypatch.setenv("SECRET_KEY_FILE", str(secret))
    assert safety() == []  # the folder is closed

    tmp_path.chmod(0o755)
    assert safety() == [
        f"Everybody on this machine can open {secret}: run `chmod o-rwx {secret}`."
    ]

    secret.chmod(0o640)
    assert safety() == []


def test_an_open_folder_of_data_is_named(house, tmp_path):
    house()
    tmp_path.chmod(0o755)
    assert safety() == [
        f"Everybody on this machine can open {tmp_path}: run `chmod o-rwx {tmp_path}`."
    ]


def test_the_database_file_is_looked_at_where_there_is_one(house, monkeypatch, tmp_path):
    house(DATA_DIR=tmp_path / "data")
    file = tmp_path / "house.sqlite3"
    file.write_text("")
    file.chmod(0o666)
    tmp_path.chmod(0o755)
    monkeypatch.setitem(connection.settings_dict, "NAME", str(file))
    assert [str(file) in line for line in safety()] == ([True] if ENGINE == "sqlite" else [])


def test_what_the_program_writes_is_nobody_elses(tmp_path):
    before = os.umask(0o022)
    try:
        os.umask(PRIVATE)
        written = Path(tmp_path / "file")
        written.write_text("")
    finally:
        os.umask(before)
    assert written.stat().st_mode & 0o077 == 0
