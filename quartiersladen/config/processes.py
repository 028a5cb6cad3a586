"""Child processes of `serve`: started, watched, started again, and stopped without leaving any."""

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, NoReturn

from quartiersladen.kernel.logs import LINE, MaskingFormatter

logger = logging.getLogger(__name__)

STOP_SECONDS = 8
LOOK_SECONDS = 0.2
LIVED_LONG = 30  # seconds; a child that ends earlier is started again ever more slowly
SLOWEST_RESTART = 30  # seconds


@dataclass(slots=True)
class Child:
    """One command in a process group of its own, so that nothing of it can be left behind.

    Its standard input is a pipe from here that never carries a byte: when this process ends, for
    whatever reason, the child reads the end and stops, see `stop_with_parent`.
    """

    command: str
    pause: float = 1.0
    started_at: float = 0.0
    starts_at: float = 0.0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start the command."""
        arguments = [sys.executable, "-m", "quartiersladen", self.command, "--stop-with-parent"]
        self.process = subprocess.Popen(  # noqa: S603 -- our own command
            arguments, stdin=subprocess.PIPE, start_new_session=True
        )
        self.started_at = time.monotonic()

    def look_after(self) -> None:
        """Start the command again if it has ended, later each time it ends at once."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.starts_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        if now - self.started_at > LIVED_LONG:
            self.pause = 1.0
        logger.error(
            "%s has ended with %s; it starts again in %d s", self.command, code, self.pause
        )
        self.sweep_up()
        self.starts_at = now + self.pause
        self.pause = min(self.pause * 2, SLOWEST_RESTART)

    def ask_to_stop(self) -> None:
        """Let it finish what it is doing."""
        if self.process is not None:
            self.process.terminate()

    def sweep_up(self, *, seconds: float = 0.0) -> None:
        """Wait so long, then end whatever is left of the process group."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=seconds)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None


class StopSigns:
    """Remembers SIGTERM and Ctrl-C.

    A plain flag: the lock of an Event may be held by the very thread that the signal interrupts,
    which would then wait for itself for ever.
    """

    asked = False

    def remember(self, _number: int, _frame: FrameType | None) -> None:
        """Take the signal."""
        self.asked = True

    def wait(self, seconds: float) -> bool:
        """Let time pass; say whether somebody has asked to stop."""
        end = time.monotonic() + seconds
        while not self.asked and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, LOOK_SECONDS))
        return self.asked

    def listen(self) -> dict[int, Any]:
        """Begin to listen; return who has listened before."""
        signals = (signal.SIGINT, signal.SIGTERM)
        return {number: signal.signal(number, self.remember) for number in signals}


@contextmanager
def _stop_signals() -> Iterator[StopSigns]:
    stop = StopSigns()
    before = stop.listen()
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def run_together(*commands: str) -> None:
    """Run these commands until Ctrl-C or SIGTERM, then stop them within seconds."""
    children = [Child(command) for command in commands]
    with _stop_signals() as stop:
        try:
            while not stop.wait(LOOK_SECONDS):
                for child in children:
                    child.look_after()
        finally:
            for child in children:
                child.ask_to_stop()
            end = time.monotonic() + STOP_SECONDS
            for child in children:
                child.sweep_up(seconds=max(0.0, end - time.monotonic()))


def become_supervisor() -> NoReturn:
    """Go on as a process that only looks after the two; it knows no Django and weighs little."""
    sys.stdout.flush()
    # Whoever lists processes still reads which command was typed.
    os.execv(sys.executable, [sys.executable, "-m", __name__, *sys.argv[1:]])  # noqa: S606 -- ourselves


def stop_with_parent() -> None:
    """Make this process stop as soon as the one that started it is gone."""

    def wait_for_the_end() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=wait_for_the_end, name="parent watch", daemon=True).start()


def main() -> None:
    """Run web server and worker together."""
    handler = logging.StreamHandler()
    handler.setFormatter(MaskingFormatter(LINE))
    logging.basicConfig(handlers=[handler])
    run_together("web", "worker")
    sys.stdout.write("Stopped.\n")


if __name__ == "__main__":
    main()
