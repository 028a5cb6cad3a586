"""Where the files of the house are."""

import ast
import subprocess
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGE = ROOT / "quartiersladen"
LISTING = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]


@lru_cache(maxsize=1)
def kept_files() -> tuple[Path, ...]:
    """Return every file that git keeps or would keep."""
    listing = subprocess.run(LISTING, cwd=ROOT, check=True, capture_output=True, text=True)
    paths = (ROOT / name for name in listing.stdout.split("\0") if name)
    return tuple(sorted(path for path in paths if path.is_file()))


def code(*patterns: str, tests: bool = False) -> list[Path]:
    """Return the kept Python files of the package that match, e.g. "*/views_*.py"."""
    return [
        path
        for path in kept_files()
        if path.suffix == ".py"
        and path.is_relative_to(PACKAGE)
        and any(path.match(pattern) for pattern in patterns)
        and (tests or "tests" not in path.parts)
    ]


def tree(path: Path) -> ast.Module:
    """Return the parsed file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name(path: Path) -> str:
    """Return the path as a test's name shows it."""
    return path.relative_to(ROOT).as_posix()


def doc(file: str) -> str:
    """Return the text of a file in docs/."""
    return (ROOT / "docs" / file).read_text(encoding="utf-8")
