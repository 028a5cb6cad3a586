"""Prints at the end of `make fuzz` how often each address was asked, and how it answered."""

import json
import os
from collections import Counter
from typing import Any

import pytest


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Add up what the tests wrote down, also those of other processes."""
    if "FUZZ_INPUTS" not in os.environ:
        return
    asked: Counter[str] = Counter()
    answers: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        written = dict(report.user_properties)
        asked.update(json.loads(written.get("asked", "{}")))
        answers.update(json.loads(written.get("answers", "{}")))
    terminalreporter.section(f"{asked.total()} hostile inputs")
    for name, count in sorted(asked.items()):
        terminalreporter.line(f"{count:7} {name}")
    terminalreporter.line(", ".join(f"{code}: {n}" for code, n in sorted(answers.items())))
