"""What a reader looks up is written down: settings and the words for states."""

import re
from enum import Enum
from importlib import import_module

import pytest

from quartiersladen.config.env import SECRETS
from tests.architecture.house import ROOT, code, doc, name
from tests.support.environment import settings_read_from_environment

STATES = code("*/states.py")


def choices(path):
    """Return the closed lists that a states.py defines itself."""
    module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return [
        thing
        for thing in vars(module).values()
        if isinstance(thing, type)
        and issubclass(thing, Enum)
        and thing.__module__ == module.__name__
    ]


def documented_settings():
    return set(re.findall(r"^\|\s*`([A-Z][A-Z0-9_]+)`", doc("configuration.md"), re.MULTILINE))


def test_every_setting_is_documented():
    assert settings_read_from_environment() - documented_settings() == set()


def test_no_setting_is_documented_that_is_not_read():
    assert documented_settings() - settings_read_from_environment() == set()


@pytest.mark.parametrize("path", STATES, ids=name)
def test_every_state_is_in_the_glossary(path):
    glossary = doc("glossary.md")
    words = {word for enum in choices(path) for word in (enum.__name__, *(m.value for m in enum))}

    assert {word for word in words if f"`{word}`" not in glossary} == set()


def test_every_secret_is_looked_after_by_doctor():
    """A file that holds one must not be readable by others of the machine."""
    read = set()
    for path in code("config/*.py"):
        read |= set(re.findall(r'env_secret\(\s*"([A-Z_]+)"', path.read_text(encoding="utf-8")))
    words = ("SECRET", "PASSPHRASE", "_URL")
    named = {name for name in settings_read_from_environment() if any(w in name for w in words)}
    harmless = {"BASE_URL", "TILE_URL", "STORAGE_URL"}

    assert (read | named) - harmless == set(SECRETS)
