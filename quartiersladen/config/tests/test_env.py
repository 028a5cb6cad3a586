"""Reading of the environment: what is taken, and the sentence for what is not."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from quartiersladen.config import env

NAME = "QUARTIERSLADEN_TRIAL"


def test_a_secret_may_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "secret").write_text("aus der Datei\n", encoding="utf-8")
    monkeypatch.setenv(NAME, "aus der Umgebung")
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "secret"))

    assert env.env_text(NAME) == "aus der Datei"


def test_a_file_that_is_missing_stops_the_start_without_naming_its_place(monkeypatch, tmp_path):
    monkeypatch.setenv(f"{NAME}_FILE", str(tmp_path / "missing"))

    with pytest.raises(ImproperlyConfigured) as caught:
        env.env_text(NAME)

    assert str(caught.value) == (
        f"{NAME}_FILE names a file that cannot be read: No such file or directory"
    )


def test_a_short_secret_is_refused_and_not_shown(monkeypatch):
    monkeypatch.setenv(NAME, "geheim")

    with pytest.raises(ImproperlyConfigured) as caught:
        env.env_secret(NAME, at_least=7)

    assert "geheim" not in str(caught.value)
    assert env.env_secret(NAME, at_least=6) == "geheim"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", False), ("0", False), ("No", False), ("off", False), ("1", True), ("TRUE", True)],
)
def test_a_flag(monkeypatch, value, expected):
    monkeypatch.setenv(NAME, value)

    assert env.env_flag(NAME) is expected


@pytest.mark.parametrize(
    ("read", "value", "sentence"),
    [
        (lambda: env.env_flag(NAME), "vielleicht", "'vielleicht' must be 1 or 0"),
        (
            lambda: env.env_choice(NAME, "INFO", ("INFO", "DEBUG")),
            "laut",
            "'LAUT' must be one of INFO, DEBUG",
        ),
        (
            lambda: env.env_int(NAME, 1, at_least=1, at_most=9),
            "10",
            "'10' must be a whole number from 1 to 9",
        ),
        (
            lambda: env.env_int(NAME, 1, at_least=1, at_most=9),
            "zwei",
            "'zwei' must be a whole number from 1 to 9",
        ),
    ],
)
def test_what_cannot_be_read_is_said_with_its_name(monkeypatch, read, value, sentence):
    monkeypatch.setenv(NAME, value)

    with pytest.raises(ImproperlyConfigured) as caught:
        read()

    assert str(caught.value) == f"{NAME}={sentence}"


def test_an_address_of_another_kind_is_refused_without_showing_its_password(monkeypatch):
    monkeypatch.setenv(NAME, "mysql://user:geheim@db/house")

    with pytest.raises(ImproperlyConfigured) as caught:
        env.env_url(NAME, ("sqlite", "postgresql"))

    assert str(caught.value) == (
        f"{NAME} begins with 'mysql'; it must begin with sqlite or postgresql"
    )


def test_what_is_not_set_has_its_default(monkeypatch):
    monkeypatch.delenv(NAME, raising=False)

    assert env.env_url(NAME, ("file",)) is None
    assert env.env_url(NAME, ("file",), "file:///srv").path == str(Path("/srv"))
    assert env.env_int(NAME, 4, at_least=1, at_most=9) == 4
    assert env.env_list(NAME, "a, b,,") == ["a", "b"]
    assert env.env_choice(NAME, "info", ("INFO",)) == "INFO"
