"""A whole installation for one test: a folder or database of its own, and real processes."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import psycopg

from tests.support.environment import ROOT
from tests.support.places import Place, new_place

T = TypeVar("T")
PATIENCE = 180  # seconds, on a machine that does much else
MARK = "QUARTIERSLADEN_TEST"


def free_port() -> int:
    """Return a port of the loopback address that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(condition: Callable[[], T]) -> T:
    """Return what `condition` gives as soon as it is true, or what it gave last."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.05)
    return condition()


def _about(pid: str) -> tuple[str, int]:
    folder = Path("/proc") / pid
    command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
    parent = (folder / "stat").read_text().rpartition(")")[2].split()[1]
    return command, int(parent)


class House:
    """The installation; `start` its processes, `end` them, and read its books.

    port: where its web server listens, unless a process is started with another PORT.
    """

    def __init__(self, place: Place, **settings: str) -> None:
        self.folder, self.port = place.folder, free_port()
        self.mark = f"{MARK}={place.folder}"
        self._processes: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **place.environment,
            "PORT": str(self.port),
            "LOG_LEVEL": "ERROR",
            "REPORTS_PER_HOUR": "1000000",
            MARK: str(place.folder),
            **settings,
        }

    def run(self, module: str, *arguments: str) -> str:
        """Run a command to its end; return what it printed."""
        command = [sys.executable, "-m", module, *arguments]
        done = subprocess.run(
            command, env=self.environment, cwd=ROOT, check=True, capture_output=True, text=True
        )
        return done.stdout

    def start(self, command: str, **settings: str) -> "subprocess.Popen[bytes]":
        """Start `serve`, `web` or `worker`, with what it prints in a file of the folder."""
        with (self.folder / f"{command}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "quartiersladen", command],
                env={**self.environment, **settings},
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._processes.append(process)
        return process

    def answers(self, port: int = 0) -> bool:
        """Say whether the web server has taken a connection."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", port or self.port), 1):
            return True
        return False

    def processes(self) -> dict[int, tuple[str, int]]:
        """Return what runs of this house: process -> its command line and its parent."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if self.mark.encode() in (folder / "environ").read_bytes().split(b"\0"):
                    found[int(folder.name)] = _about(folder.name)
        return found

    def end(self) -> None:
        """Let all processes finish what they do; nothing of them may be left."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.wait(PATIENCE)
        self._processes.clear()
        until(lambda: not self.processes())
        left = self.processes()
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, 9)
        assert left == {}

    def kill(self) -> None:
        """End whatever is left, at the end of a test that has failed perhaps."""
        for process in self._processes:
            process.kill()
            process.wait()
        for pid in self.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, 9)

    @contextmanager
    def books(self) -> Iterator[Any]:
        """Open the house's database beside the house, without any of its code."""
        if url := self.environment.get("DATABASE_URL"):
            with psycopg.connect(url, autocommit=True) as server:
                yield server
            return
        line = sqlite3.connect(self.folder / "quartiersladen.sqlite3", 20, isolation_level=None)
        try:
            yield line
        finally:
            line.close()

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        """Return what a SELECT gives."""
        with self.books() as line:
            return [tuple(row) for row in line.execute(statement).fetchall()]

    def count(self, *tables: str) -> list[int]:
        """Return how many rows each of these tables has."""
        return [self.rows(f"SELECT count(*) FROM {table}")[0][0] for table in tables]  # noqa: S608 -- written in tests

    def change(self, *statements: str) -> None:
        """Run statements that give nothing back."""
        with self.books() as line:
            for statement in statements:
                line.execute(statement)


@contextmanager
def founded_house(folder: Path) -> Iterator[Place]:
    """Make the tables of a house and a quarter in it, of which `house_in` makes copies."""
    with new_place(folder) as place:
        done = place.python("tests.support.founding")
        assert done.returncode == 0, done.stderr
        yield place


@contextmanager
def house_in(folder: Path, founded: Place, **settings: str) -> Iterator[House]:
    """Open a copy of a founded house and leave nothing of it behind."""
    with new_place(folder, like=founded) as place:
        house = House(place, **settings)
        try:
            yield house
        finally:
            house.kill()
