"""The command as an operator starts it, in a process of its own."""

import os
import subprocess
import sys

import pytest


def quartiersladen(*arguments, **environment):
    return subprocess.run(
        [sys.executable, "-m", "quartiersladen", *arguments],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"SECRET_KEY": ""}, "set SECRET_KEY or SECRET_KEY_FILE to a random text"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL='LOUD' must be one of DEBUG, INFO"),
        ({"DATABASE_URL": "oracle://db"}, "DATABASE_URL begins with 'oracle'"),
    ],
)
def test_a_wrong_setting_ends_it_with_one_sentence(environment, sentence):
    ended = quartiersladen("check", **environment)

    assert (ended.returncode, ended.stdout) == (2, "")
    assert ended.stderr.startswith(f"quartiersladen: {sentence}")
    assert ended.stderr.count("\n") == 1


def test_right_settings_pass_the_check():
    ended = quartiersladen("check")

    assert (ended.returncode, ended.stderr) == (0, "")
