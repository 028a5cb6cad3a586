"""Eight clients at once against the real web server, over the loopback address."""

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

CLIENTS = 8
PATIENCE = 30  # seconds


@dataclass(frozen=True, slots=True)
class Call:
    """One request. expects: the status without which it does not count."""

    method: str
    address: str
    expects: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@contextmanager
def web_server() -> Iterator[int]:
    """Run `quartiersladen web` on a free port and return the port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "quartiersladen", "web"],
        env=os.environ | {"PORT": str(port)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE)


def _wait_for(port: int) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            fetch(port, Call("GET", "/", 200))
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


def requests_per_second(port: int, make: Callable[[], Call], *, seconds: float) -> float:
    """Let the clients call for so long; a wrong answer ends the measuring with an error."""
    done = [0] * CLIENTS
    faults: list[str] = []
    end = time.monotonic() + seconds

    def client(number: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        while time.monotonic() < end and not faults:
            call = make()
            try:
                connection.request(call.method, call.address, call.body, call.headers)
                response = connection.getresponse()
                response.read()
            except (OSError, HTTPException) as exc:
                faults.append(f"{call.address}: {exc!r}")
                return
            if response.status != call.expects:
                faults.append(f"{call.address} answered {response.status}")
            done[number] += 1
        connection.close()

    start = time.monotonic()
    threads = [threading.Thread(target=client, args=(number,)) for number in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise RuntimeError(faults[0])
    return sum(done) / (time.monotonic() - start)
