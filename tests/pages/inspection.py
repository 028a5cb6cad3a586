"""Looks at a page as it stands and says what somebody could stumble over."""

import json
from typing import TYPE_CHECKING, Any

from tests.support.accessibility import COLOURS, violations

if TYPE_CHECKING:
    from playwright.sync_api import Page

MOST_CONTROLS = 400
STEPS = 5  # controls between two looks at whether we are round

TOOLS = """
window.inspection = (() => {
  const seen = (part) => part.checkVisibility({visibilityProperty: true}) && part.getClientRects().length;
  const name = (part) => part.outerHTML.slice(0, 100);
  const ground = () => document.querySelector('dialog:modal') ?? document;
  const controls = () => [...ground().querySelectorAll(
    'a[href], button, input, select, textarea, summary, [tabindex]')].filter((part) =>
      part.tabIndex >= 0 && !part.disabled && part.type !== 'hidden' && seen(part));
  const stands = (part) => {
    // A link inside a sentence is as high as its line (WCAG 2.5.8).
    const isInline = getComputedStyle(part).display === 'inline';
    return isInline && part.parentElement.textContent.trim() !== part.textContent.trim();
  };
  const size = (part) => {
    const box = (part.closest('label') ?? part).getBoundingClientRect();
    return Math.min(box.width, box.height);
  };
  const group = (part) => part.type === 'radio' ? `radio ${part.name}` : part;
  const reached = new Set(), dim = new Set();
  let first = null, isRound = false;
  return {
    small: () => controls().filter((part) => size(part) < 23.9 && !stands(part)).map(name),
    listen: () => document.addEventListener('focusin', ({target}) => {
      if (target === first) { isRound = true; return; }
      first ??= target;
      reached.add(group(target));
      const style = getComputedStyle(target);
      if (style.outlineStyle === 'none' || parseFloat(style.outlineWidth) < 2) dim.add(target);
    }),
    isRound: () => isRound,
    stops: () => new Set(controls().map(group)).size,
    unreached: () => controls().filter((part) => !reached.has(group(part))).map(name),
    dim: () => [...dim].map(name),
    // Below zero while a scroll bar goes; that is nothing to push aside.
    excess: () => Math.max(0,
      document.documentElement.scrollWidth - document.documentElement.clientWidth),
  };
})(); 0
"""


class Inspector:
    """Speaks to one page over the debugging line, so that the page's policy stays on."""

    def __init__(self, page: "Page") -> None:
        self._page = page
        self._line = page.context.new_cdp_session(page)
        self._ask(TOOLS)

    def _ask(self, expression: str) -> Any:
        answer = self._line.send(
            "Runtime.evaluate", {"expression": expression, "returnByValue": True}
        )
        assert "exceptionDetails" not in answer, json.dumps(answer["exceptionDetails"])
        return answer["result"].get("value")

    def colour_complaints(self) -> list[str]:
        """Return what axe finds about colours; dark and light differ in nothing else."""
        return violations(self._page, COLOURS)

    def complaints(self) -> list[str]:
        """Return what axe finds, targets under 24 px, and how much the page is too wide."""
        excess = self._ask("inspection.excess()")
        return [
            *violations(self._page),
            *(f"smaller than 24 px: {part}" for part in self._ask("inspection.small()")),
            *([f"{excess} px too wide"] if excess else []),
        ]

    def tab_complaints(self) -> list[str]:
        """Return the controls that Tab does not reach, and those that do not show it."""
        self._ask("document.activeElement.blur(); inspection.listen()")
        steps = self._ask("inspection.stops()") + 1
        # Held down it goes on and on, as under a finger; a press for each control takes twice as long.
        for _round in range(MOST_CONTROLS // STEPS):
            for _step in range(steps):
                self._page.keyboard.down("Tab")
            if self._ask("inspection.isRound()"):
                break
            steps = STEPS
        self._page.keyboard.up("Tab")
        return [
            *(f"not reached by Tab: {part}" for part in self._ask("inspection.unreached()")),
            *(f"no visible focus: {part}" for part in self._ask("inspection.dim()")),
        ]

    def close(self) -> None:
        """Hang up."""
        self._line.detach()
