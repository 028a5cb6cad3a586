"""What no file of the repository may contain."""

import pytest

from tests.architecture import rules
from tests.architecture.house import PACKAGE, ROOT, kept_files, name

READABLE = {".py", ".html", ".txt", ".md", ".css", ".js", ".mjs", ".toml", ".json", ".ini", ".svg"}
NAMED = {"Makefile", "run", ".importlinter", ".gitignore", "NOTICE", "LICENSE"}
OURS = [path for path in kept_files() if path.suffix in READABLE or path.name in NAMED]
PYTHON = [path for path in OURS if path.suffix == ".py"]
TEMPLATES = [path for path in OURS if path.is_relative_to(PACKAGE) and "templates" in path.parts]
# The rules and their bad examples hold what they look for.
EXAMPLES = {ROOT / "tests/architecture/rules.py", ROOT / "tests/architecture/test_rules.py"}


def broken(pattern, paths):
    return [
        f"{name(path)}:{line}"
        for path in paths
        for line in rules.lines_with(pattern, path.read_text(encoding="utf-8"))
        if path not in EXAMPLES
    ]


def test_every_exception_to_a_rule_has_its_reason():
    assert broken(rules.BARE_EXCEPTIONS, PYTHON) == []


@pytest.mark.parametrize("pattern", [rules.UNFINISHED, rules.ELSEWHERE], ids=["later", "machine"])
def test_nothing_is_left_for_later_and_no_machine_is_named(pattern):
    assert broken(pattern, OURS) == []


@pytest.mark.parametrize("pattern", [rules.INLINE, rules.HX_ON], ids=["html", "htmx"])
def test_templates_keep_the_strict_policy(pattern):
    # A mail carries its few styles itself: mail programmes fetch no style sheet.
    pages = [
        path
        for path in TEMPLATES
        if path.suffix in {".html", ".svg"} and not path.name.startswith("mail")
    ]

    assert broken(pattern, pages) == []


def test_only_what_the_teller_reads_speaks_to_the_teller():
    # What the house holds of a person is given to that person.
    theirs = {PACKAGE / "concerns/privacy.py"}
    house = [
        path
        for path in OURS
        if path.is_relative_to(PACKAGE) and "tests" not in path.parts and path not in theirs
    ]

    assert broken(rules.SAID_TO_TELLER, house) == []


def test_nothing_built_or_third_party_is_kept():
    strangers = {"node_modules", "dist", "build", ".venv", "htmlcov"}

    assert [name(path) for path in kept_files() if strangers & set(path.parts)] == []
    assert [name(path) for path in kept_files() if path.suffix in {".mo", ".pyc"}] == []
