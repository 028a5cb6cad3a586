"""How far long work is: a bar on a terminal, plain lines elsewhere."""

from typing import Protocol

WIDTH = 30  # signs


class Paper(Protocol):
    """What a command writes on."""

    def write(self, text: str, /) -> object:
        """Take the text."""

    def flush(self) -> object:
        """Show it."""

    def isatty(self) -> bool:
        """Return whether somebody looks on."""


class Bar:
    """One line that fills up; elsewhere one line for each kind of work."""

    def __init__(self, paper: Paper) -> None:
        self._paper = paper
        self._is_terminal = paper.isatty()
        self._shown = ""
        self._work = ""

    def step(self, what: str, done: int, total: int) -> None:
        """Show that `done` of `total` steps of this work are done. total: 0 if nobody knows."""
        if not self._is_terminal:
            if what != self._work:
                self._paper.write(f"{what} ...\n")
            self._work = what
            return
        share = min(done, total) / total if total else 0.0
        bar = "#" * int(share * WIDTH)
        count = f"[{bar:<{WIDTH}}] {share:4.0%}" if total else "..."
        if (line := f"{what:<10} {count}") != self._shown:
            end = "\n" if self._work not in {what, ""} else ""
            self._paper.write(f"{end}\r{line}\x1b[K")
            self._paper.flush()
            self._shown, self._work = line, what

    def close(self) -> None:
        """End the line."""
        if self._is_terminal and self._shown:
            self._paper.write("\n")
