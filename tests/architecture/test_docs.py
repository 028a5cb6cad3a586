"""What a reader looks up is written down: settings and the words for states."""

import re
from enum import Enum
from importlib import import_module

import pytest

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
