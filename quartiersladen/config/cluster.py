"""The processes that work off the queue, as one: they live together and they end together.

The queue's library starts four processes: one gives out jobs, one does them, one writes down what
became of them, and one watches the three. If one of them is killed, the library starts it again,
but the one killed may have held the lock of the pipe between them, and then all wait for ever
without a word. So here the end of one is the end of all, and all are started anew; jobs that were
given out come back by themselves.
"""

import ctypes
import logging
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.process import BaseProcess
from types import FrameType
from uuid import uuid4

from django_q.cluster import Sentinel, get_mp_context
from django_q.conf import Conf

from quartiersladen.config.processes import StopSigns

logger = logging.getLogger(__name__)

LOOK_SECONDS = 0.2
MOMENT = 0.3  # seconds
PAUSE = 1.0  # seconds until they start again
SET_PARENT_DEATH_SIGNAL = 1  # of Linux's prctl
BROKEN = 70  # exit code: a part was killed


class Forks:
    """Sees to it that a process ends with the one that has started it, where the system can do that."""

    parent = 0

    def before(self) -> None:
        """Write down who starts one."""
        self.parent = os.getpid()

    def in_child(self) -> None:
        """Let the system kill this process when its parent ends.

        A parent that was killed between the start and now sends no signal any more: without a look
        at who the parent is, this one would stay for ever, and take jobs that it never does.
        """
        with suppress(AttributeError, OSError):
            ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        if os.getppid() != self.parent:
            os._exit(BROKEN)


class StrictSentinel(Sentinel):  # type: ignore[misc]  # django-q has no types
    """Watches the three; goes down with the first that is killed, and takes the others along."""

    def start(self) -> None:
        """Start them and watch."""
        signal.signal(signal.SIGCHLD, self.look)
        super().start()

    def look(self, _number: int, _frame: FrameType | None) -> None:
        """End everything if one was killed; one that ended by itself is started again as usual."""
        parts = [*self.pool, self.monitor, self.pusher]
        if any(part is not None and (part.exitcode or 0) < 0 for part in parts):
            os._exit(BROKEN)


def _begin() -> tuple[BaseProcess, Callable[[], None]]:
    """Start the four; return the watching one, and what asks it to finish."""
    context = get_mp_context()
    stop, started = context.Event(), context.Event()
    sentinel = context.Process(
        target=StrictSentinel, args=(stop, started, uuid4(), None, Conf.TIMEOUT)
    )
    sentinel.start()
    return sentinel, stop.set


def run_until_stopped() -> None:
    """Work off the queue until SIGTERM or Ctrl-C; start again whatever ends before.

    A service manager may send the signal to every process at once. The watching process then dies
    of it, and asking it to stop would wait for ever; so it is given a moment to do so first.
    """
    stop = StopSigns()
    stop.listen()
    forks = Forks()
    os.register_at_fork(before=forks.before, after_in_child=forks.in_child)
    while not stop.asked:
        sentinel, ask_to_finish = _begin()
        while sentinel.is_alive() and not stop.wait(LOOK_SECONDS):
            pass
        sentinel.join(timeout=MOMENT)
        if sentinel.is_alive():
            _finish(sentinel, ask_to_finish)
        elif not stop.asked:
            logger.error("the worker's processes have ended; they start again in %d s", PAUSE)
            stop.wait(PAUSE)


def _finish(sentinel: BaseProcess, ask_to_finish: Callable[[], None]) -> None:
    # In a thread, because a process killed at this very moment leaves its end of the bell locked.
    threading.Thread(target=ask_to_finish, daemon=True).start()
    sentinel.join(timeout=Conf.TIMEOUT)
    sentinel.kill()
    sentinel.join()
