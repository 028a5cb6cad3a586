"""`python -m bench`: measures both sizes on both engines, each in a process and folder of its own."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bench.bars import HEADINGS, judge, line
from tools.with_postgres import running_postgres

SMALL, LARGE = 1_000, 100_000


@contextmanager
def installation(folder: Path, *, on_postgres: bool) -> Iterator[dict[str, str]]:
    """Yield the environment of an installation in `folder`."""
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    settings = kept | {
        "DATA_DIR": str(folder),
        "SECRET_KEY": "only-for-measuring-" + "0" * 32,
        "DEMO": "1",
        "LOG_LEVEL": "WARNING",
        "REPORTS_PER_HOUR": "1000000",
        "WEB_WORKERS": "2",
    }
    if not on_postgres:
        yield settings
        return
    with running_postgres() as url:
        yield settings | {"DATABASE_URL": url}


def measure(number: int, *, quick: bool, on_postgres: bool = False) -> dict[str, Any]:
    """Return the figures of one size: workload -> figures."""
    with tempfile.TemporaryDirectory(prefix="quartiersladen-bench-") as name:
        folder = Path(name)
        engine = "PostgreSQL" if on_postgres else "SQLite"
        print(f"measuring {number:,} concerns on {engine}", file=sys.stderr, flush=True)
        with installation(folder, on_postgres=on_postgres) as environment:
            command = [
                sys.executable,
                "-m",
                "bench.measure",
                str(number),
                str(folder / "out.json"),
            ]
            subprocess.run(
                [*command, *(["--quick"] if quick else [])], env=environment, check=True
            )
        figures: dict[str, Any] = json.loads((folder / "out.json").read_text(encoding="utf-8"))
        return figures


def main() -> int:
    """Measure, print one line per workload; with --strict a missed bar is exit code 1."""
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("--strict", action="store_true", help="exit code 1 if a bar is missed")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions and rows")
    options = parser.parse_args()
    start = time.monotonic()
    large = SMALL * 5 if options.quick else LARGE
    small_figures, large_figures = (
        measure(number, quick=options.quick)
        | measure(number, quick=options.quick, on_postgres=True)
        for number in (SMALL, large)
    )
    print(HEADINGS)
    missed = []
    for name, figures in large_figures.items():
        faults = judge(name, figures, small_figures[name])
        missed += [f"{name}: {fault}" for fault in faults]
        for number, shown in ((SMALL, small_figures[name]), (large, figures)):
            print(line(name, number, shown, faults if number == large else None))
    for fault in missed:
        print(f"over: {fault}")
    print(f"{time.monotonic() - start:.0f} s in total")
    return int(options.strict and bool(missed))


if __name__ == "__main__":
    sys.exit(main())
