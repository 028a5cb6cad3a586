"""The rules. Each takes parsed code or text and returns the numbers of the lines that break it."""

import ast
import re
from collections.abc import Iterator

ORM = {
    "objects",
    "_default_manager",
    "_base_manager",
    "save",
    "delete",
    "bulk_create",
    "bulk_update",
    "refresh_from_db",
}
CLOCKS = {"now", "today", "utcnow", "localdate", "localtime"}
CLOCK_OWNERS = {"timezone", "datetime", "date"}
SKIPS = {"skip", "skipif", "xfail", "importorskip"}


def touches_the_orm(code: ast.Module) -> list[int]:
    """A view loads through queries and writes through services; it knows no table."""
    attributes = (node for node in ast.walk(code) if isinstance(node, ast.Attribute))
    used = {node.lineno for node in attributes if node.attr in ORM}
    return sorted(used | set(_imports(code, "django.db")))


def takes_positional_arguments(code: ast.Module) -> list[int]:
    """A deed is called by names: `answer_concern(concern=..., note=..., by=..., now=...)`."""
    return [
        node.lineno
        for node in code.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and (node.args.args or node.args.posonlyargs or node.args.vararg)
    ]


def looks_at_the_clock(code: ast.Module) -> list[int]:
    """Time is handed in as `now`, so that a test can be at any hour."""
    calls = (node.func for node in ast.walk(code) if isinstance(node, ast.Call))
    return sorted(
        func.lineno
        for func in calls
        if isinstance(func, ast.Attribute)
        and func.attr in CLOCKS
        and isinstance(func.value, ast.Name)
        and func.value.id in CLOCK_OWNERS
    )


def uses_signals(code: ast.Module) -> list[int]:
    """What follows from a deed is called by the deed, not by a listener somewhere."""
    return _imports(code, "django.dispatch") + _imports(code, "django.db.models.signals")


def reads_the_environment(code: ast.Module) -> list[int]:
    """Settings are read in one place."""
    return sorted(
        node.lineno
        for node in ast.walk(code)
        if isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv"}
    )


#: Fields that say who may see something, and whom to ask instead of reading them.
WHO_SEES = {"audience", "is_released"}
ASKED = {
    "visible_rows",
    "rows_inside",
    "readable_entries",
    "dossiers_for",
    "dossiers_inside",
    "concerns_for",
    "concerns_inside",
    "documents_of",
}


def decides_who_sees(code: ast.Module) -> list[int]:
    """Who may see a dossier is decided in `dossiers.rules`; others narrow what that lets through.

    A function that filters by audience or release, or compares an audience, must ask the rules.
    """
    found = set()
    for function in (node for node in ast.walk(code) if isinstance(node, ast.FunctionDef)):
        names = {n.id for n in ast.walk(function) if isinstance(n, ast.Name)}
        names |= {n.attr for n in ast.walk(function) if isinstance(n, ast.Attribute)}
        if not names & ASKED:
            found |= set(_reads_who_sees(function))
    return sorted(found)


def _reads_who_sees(function: ast.FunctionDef) -> Iterator[int]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            words = {part for key in node.keywords for part in (key.arg or "").split("__")}
            if words & WHO_SEES:
                yield node.lineno
        elif isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            if any(isinstance(s, ast.Attribute) and s.attr == "audience" for s in sides):
                yield node.lineno


def mocks(code: ast.Module) -> list[int]:
    """Tests use the house itself."""
    return _imports(code, "unittest.mock") + _imports(code, "mock")


def skips(code: ast.Module) -> list[int]:
    """A test that does not run says nothing."""
    return sorted(
        node.lineno
        for node in ast.walk(code)
        if isinstance(node, ast.Attribute)
        and node.attr in SKIPS
        and ast.unparse(node.value) in {"pytest", "pytest.mark"}
    )


def _imports(code: ast.Module, module: str) -> list[int]:
    found = []
    for node in ast.walk(code):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            start = node.module or ""
            names = [start, *(f"{start}.{alias.name}" for alias in node.names)]
        else:
            continue
        if any(name == module or name.startswith(f"{module}.") for name in names):
            found.append(node.lineno)
    return found


# --- Rules on text ---------------------------------------------------------------------------------
BARE_EXCEPTIONS = re.compile(
    r"# noqa(?!: [A-Z]+[0-9]+(?:, ?[A-Z]+[0-9]+)* -- \w)"
    r"|# type: ignore(?!\[[a-z0-9, -]+\]  # \w)"
    r"|pragma: no (?:cover|branch)(?! -- \w)"
)
# Put together from parts, so that this file does not contain what it looks for.
UNFINISHED = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|XX" + r"X)\b")
ELSEWHERE = re.compile(
    r"py" + r"pi\.org|python" + r"hosted|registry\.npm" + r"js|deb\.debian" + r"\.org|"
    r"/wo" + r"rk/|/fa" + r"rm/|\.lib" + r"rary/|/ho" + r"me/|/ro" + r"ot/|/Us" + r"ers/"
)
INLINE = re.compile(
    r"""\sstyle\s*=|\son[a-z]+\s*=\s*["']|<script(?![^>]*\ssrc=)|<style\b|javascript:""",
    re.IGNORECASE,
)
HX_ON = re.compile(r"\shx-on|\sdata-hx-on", re.IGNORECASE)
#: The word of a concern's state as it is said to the person who told it.
SAID_TO_TELLER = re.compile(
    r"(?<!\bmail)(?<!\breferral)(?<!\bmeeting)(?<!mediation)(?<!\bparty)(?<!\bstep)"
    r"\.get_state_display\b"
    r"|ConcernState\([^)]*\)\.label\b"
    r"|told_steps\(.*to_person=True"
)


def lines_with(pattern: re.Pattern[str], text: str) -> list[int]:
    """Return the numbers of the lines that match."""
    return list(_matching(pattern, text))


def _matching(pattern: re.Pattern[str], text: str) -> Iterator[int]:
    for number, line in enumerate(text.splitlines(), start=1):
        if pattern.search(line):
            yield number
