"""Requests to real web servers over the loopback address: in turns, and eight at once."""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from random import Random

CLIENTS = 8
PATIENCE = 30  # seconds
WARM = 10  # requests, so that every process has its templates


@dataclass(frozen=True, slots=True)
class Call:
    """One request. expects: the status without which it does not count."""

    method: str
    address: str
    expects: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


Maker = Callable[[], Call]


def free_port() -> int:
    """Return a port of the loopback address that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def running(module: str, *arguments: str, port: int, ready: str) -> Iterator[int]:
    """Run a module that serves on `port`; yield its process once the page `ready` answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env=os.environ | {"PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, ready)
        yield process.pid
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _wait_for(port: int, address: str) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            fetch(port, Call("GET", address, 200))
        except OSError:
            if time.monotonic() > end:
                raise
            time.sleep(0.2)
        else:
            return


def fetch(port: int, call: Call) -> tuple[dict[str, str], bytes]:
    """Return headers (Set-Cookie joined) and body of one request on a connection of its own."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    connection.request(call.method, call.address, call.body, call.headers)
    response = connection.getresponse()
    body = response.read()
    headers = {name.lower(): value for name, value in response.getheaders()}
    cookies = [value for name, value in response.getheaders() if name.lower() == "set-cookie"]
    connection.close()
    return headers | {"set-cookie": "; ".join(cookies)}, body


def _ask(connection: HTTPConnection, call: Call) -> None:
    connection.request(call.method, call.address, call.body, call.headers)
    response = connection.getresponse()
    response.read()
    if response.status != call.expects:
        # A fast error is no result.
        raise RuntimeError(f"{call.address} answered {response.status}")


Action = Callable[[], object]


@contextmanager
def asking(port: int, make: Maker) -> Iterator[Action]:
    """Yield an action that asks once, on a connection that is kept and a server that is warm."""
    connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    for _warm in range(WARM):
        _ask(connection, make())
    yield lambda: _ask(connection, make())
    connection.close()


def taking_turns(actions: dict[str, Action], *, times: int) -> dict[str, list[float]]:
    """Return the milliseconds of each action; they take turns, so that all meet the same machine."""
    spent: dict[str, list[float]] = {name: [] for name in actions}
    for _time in range(times):
        for name, act in actions.items():
            start = time.perf_counter()
            act()
            spent[name].append((time.perf_counter() - start) * 1000)
    return spent


def requests_per_second(port: int, make: Maker, *, seconds: float) -> float:
    """Let the clients call for so long; a wrong answer ends the measuring with an error."""
    done = [0] * CLIENTS
    faults: list[Exception] = []
    end = time.monotonic() + seconds

    def client(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        try:
            while time.monotonic() < end and not faults:
                _ask(connection, make())
                done[number] += 1
        except (OSError, HTTPException, RuntimeError) as exc:
            faults.append(exc)
        connection.close()

    start = time.monotonic()
    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return sum(done) / (time.monotonic() - start)


@dataclass(slots=True)
class Mixture:
    """What clients met who did different things at once."""

    spent: dict[str, list[float]]  # milliseconds by workload
    faults: list[str]
    seconds: float


def at_random(port: int, makers: dict[str, tuple[int, Maker]], *, seconds: float) -> Mixture:
    """Let the clients do now this, now that for so long; a wrong answer is noted as a fault.

    makers: workload -> (how often of a hundred, what it asks).
    """
    mixture = Mixture({name: [] for name in makers}, [], seconds)
    names, weights = list(makers), [share for share, _make in makers.values()]
    end = time.monotonic() + seconds

    def client(number: int) -> None:
        dice = Random(number)  # noqa: S311 -- the same mixture in each run
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        while time.monotonic() < end:
            [name] = dice.choices(names, weights)
            call = makers[name][1]()
            start = time.perf_counter()
            try:
                _ask(connection, call)
            except (OSError, HTTPException, RuntimeError) as exc:
                mixture.faults.append(f"{name}: {exc}")
                connection.close()
            mixture.spent[name].append((time.perf_counter() - start) * 1000)
        connection.close()

    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return mixture
