"""Runs axe on a page. It is handed over the debugging line, so the page's policy stays on."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playwright.sync_api import Page

AXE = Path(__file__).parent.parent.parent / "node_modules" / "axe-core" / "axe.min.js"
RUN = "axe.run(document, %s).then(result => result.violations)"
EVERYTHING = "{resultTypes: ['violations']}"
COLOURS = "{resultTypes: ['violations'], runOnly: ['color-contrast', 'link-in-text-block']}"


@lru_cache(maxsize=1)
def _axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


def violations(page: "Page", rules: str = EVERYTHING) -> list[str]:
    """Return one line per violation: rule, help and the elements, e.g. "label: ... (#title)"."""
    line = page.context.new_cdp_session(page)
    has_axe = line.send("Runtime.evaluate", {"expression": "typeof axe !== 'undefined'"})
    if not has_axe["result"]["value"]:
        line.send("Runtime.evaluate", {"expression": _axe_source()})
    answer: dict[str, Any] = line.send(
        "Runtime.evaluate",
        {"expression": RUN % rules, "awaitPromise": True, "returnByValue": True},
    )
    line.detach()
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return [
        f"{rule['id']}: {rule['help']} ({', '.join(str(node['target']) for node in rule['nodes'])})"
        for rule in answer["result"]["value"]
    ]


def assert_accessible(page: "Page") -> None:
    """Fail with all violations that axe finds on the page as it stands."""
    assert violations(page) == []


def assert_no_sideways_scrolling(page: "Page") -> None:
    """Fail if the page is wider than its window (WCAG 1.4.10 at 320 px)."""
    line = page.context.new_cdp_session(page)
    expression = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    answer = line.send("Runtime.evaluate", {"expression": expression, "returnByValue": True})
    line.detach()
    assert answer["result"]["value"] == 0
