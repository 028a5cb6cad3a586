"""The list in docs/security.md is whole, and the tests that it names exist."""

import ast
import re
from collections import Counter

from tests.architecture.house import ROOT, doc, tree

#: Section of ASVS 5.0.0 -> the points in it that belong to level 1 or 2.
POINTS = {
    "1.1": "1 2", "1.2": "1 2 3 4 5 6 7 8 9", "1.3": "1 2 3 4 5 6 7 8 9 10 11", "1.4": "1 2 3",
    "1.5": "1 2", "2.1": "1 2 3", "2.2": "1 2 3", "2.3": "1 2 3 4", "2.4": "1", "3.2": "1 2",
    "3.3": "1 2 3 4", "3.4": "1 2 3 4 5 6", "3.5": "1 2 3 4 5", "3.7": "1 2", "4.1": "1 2 3",
    "4.2": "1", "4.3": "1 2", "4.4": "1 2 3 4", "5.1": "1", "5.2": "1 2 3", "5.3": "1 2",
    "5.4": "1 2 3", "6.1": "1 2 3", "6.2": "1 2 3 4 5 6 7 8 9 10 11 12", "6.3": "1 2 3 4",
    "6.4": "1 2 3 4", "6.5": "1 2 3 4 5", "6.6": "1 2 3", "6.8": "1 2 3 4", "7.1": "1 2 3",
    "7.2": "1 2 3 4", "7.3": "1 2", "7.4": "1 2 3 4 5", "7.5": "1 2", "7.6": "1 2", "8.1": "1 2",
    "8.2": "1 2 3", "8.3": "1", "8.4": "1", "9.1": "1 2 3", "9.2": "1 2 3 4", "10.1": "1 2",
    "10.2": "1 2", "10.3": "1 2 3 4", "10.4": "1 2 3 4 5 6 7 8 9 10 11", "10.5": "1 2 3 4 5",
    "10.6": "1 2", "10.7": "1 2 3", "11.1": "1 2", "11.2": "1 2 3", "11.3": "1 2 3",
    "11.4": "1 2 3 4", "11.5": "1", "11.6": "1", "12.1": "1 2 3", "12.2": "1 2", "12.3": "1 2 3 4",
    "13.1": "1", "13.2": "1 2 3 4 5", "13.3": "1 2", "13.4": "1 2 3 4 5", "14.1": "1 2",
    "14.2": "1 2 3 4", "14.3": "1 2 3", "15.1": "1 2 3", "15.2": "1 2 3", "15.3": "1 2 3 4 5 6 7",
    "16.1": "1", "16.2": "1 2 3 4 5", "16.3": "1 2 3 4", "16.4": "1 2 3", "16.5": "1 2 3",
    "17.1": "1", "17.2": "1 2 3 4", "17.3": "1 2",
}  # fmt: skip
STATES = {"met", "met in part", "not met", "not applicable", "operator"}
ROW = re.compile(r"^\| ((?:\d+\.\d+\.\d+(?:, )?)+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def rows() -> list[tuple[str, str, str]]:
    return ROW.findall(doc("security.md"))


def exists(path: str, name: str) -> bool:
    file = ROOT / path
    return file.exists() and name in {
        node.name for node in ast.walk(tree(file)) if isinstance(node, ast.FunctionDef)
    }


def test_every_point_of_level_two_stands_in_the_list_once():
    expected = {f"{section}.{n}" for section, numbers in POINTS.items() for n in numbers.split()}
    found = Counter(point for points, *_rest in rows() for point in points.split(", "))

    assert set(found) ^ expected == set()
    assert [point for point, times in found.items() if times > 1] == []


def test_every_point_has_a_state_and_a_reason():
    assert [points for points, state, _how in rows() if state not in STATES] == []
    assert [points for points, _state, how in rows() if len(how) < 7] == []


def test_every_test_that_the_list_names_exists():
    named = NAMED.findall(doc("security.md"))

    assert [f"{path}::{name}" for path, name in named if not exists(path, name)] == []
    assert len(named) > 60


def test_a_test_that_is_not_there_is_noticed():
    here = "tests/architecture/test_security_list.py"
    assert exists(here, "test_a_test_that_is_not_there_is_noticed")
    assert not exists(here, "test_something_else")
    assert not exists("tests/nowhere.py", "test_something_else")
