"""The code of the house keeps the rules."""

import pytest

from tests.architecture import rules
from tests.architecture.house import PACKAGE, ROOT, code, kept_files, name, tree

VIEWS = code("*/views_*.py", "*/views.py", "*/views_*/*.py")
SERVICES = code("*/services.py", "*/services/*.py")
READS = code("*/queries.py", "*/queries/*.py")
TABLES = code("*/models.py", "*/models/*.py")
DOMAIN = [*SERVICES, *TABLES, *READS, *code("*/states.py", "*/rules.py")]
BELOW_DOSSIERS = {"kernel", "ui", "quarters", "accounts", "outbox", "files", "privacy", "backups"}
DEEDS = [path for path in SERVICES if path.relative_to(PACKAGE).parts[0] not in BELOW_DOSSIERS]
TESTS = [
    path
    for path in kept_files()
    if path.suffix == ".py" and "tests" in path.parts and "architecture" not in path.parts
]
MAY_READ_ENVIRONMENT = {"__main__.py", "env.py", "wsgi.py"}
#: Reads of modules that show dossiers; `released` and the like narrow what the rules let through.
ABOVE_DOSSIERS = [
    path
    for path in [*VIEWS, *READS, *code("*/search.py", "*/timeline.py", "*/paging.py")]
    if path.relative_to(PACKAGE).parts[0] not in BELOW_DOSSIERS | {"dossiers"}
]
READERS = [path for path in code("*.py") if path.name not in MAY_READ_ENVIRONMENT]


@pytest.mark.parametrize("path", VIEWS, ids=name)
def test_views_never_touch_the_orm(path):
    assert rules.touches_the_orm(tree(path)) == []


@pytest.mark.parametrize("path", DEEDS, ids=name)
def test_deeds_are_called_by_names(path):
    assert rules.takes_positional_arguments(tree(path)) == []


@pytest.mark.parametrize("path", DOMAIN, ids=name)
def test_time_is_handed_in(path):
    assert rules.looks_at_the_clock(tree(path)) == []


@pytest.mark.parametrize("path", ABOVE_DOSSIERS, ids=name)
def test_one_function_decides_who_sees(path):
    assert rules.decides_who_sees(tree(path)) == []


@pytest.mark.parametrize("path", code("*.py"), ids=name)
def test_nothing_listens_to_signals(path):
    assert rules.uses_signals(tree(path)) == []


@pytest.mark.parametrize("path", READERS, ids=name)
def test_settings_are_read_in_one_place(path):
    assert rules.reads_the_environment(tree(path)) == []


@pytest.mark.parametrize("path", TESTS, ids=name)
def test_tests_use_the_house_itself_and_all_run(path):
    parsed = tree(path)

    assert rules.mocks(parsed) + rules.skips(parsed) == []


def test_no_file_is_a_drawer_for_odds_and_ends():
    drawers = {"utils", "helpers", "common", "misc"}

    assert [name(path) for path in code("*.py", tests=True) if path.stem in drawers] == []


def test_migrations_have_names_that_are_phrases():
    migrations = code("*/migrations/*.py")

    assert [name(path) for path in migrations if "_auto_" in path.name] == []


def test_every_module_says_what_it_is_for():
    modules = [path for path in PACKAGE.iterdir() if (path / "__init__.py").exists()]

    silent = [path.name for path in modules if not _docstring(path)]

    assert silent == []
    assert (ROOT / "conftest.py").exists()


def _docstring(module):
    return tree(module / "__init__.py").body[:1]
