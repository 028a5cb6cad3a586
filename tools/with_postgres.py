"""Runs a command with a PostgreSQL of its own, and ends that PostgreSQL afterwards.

    python tools/with_postgres.py COMMAND [ARGUMENT ...]

The cluster lives in a temporary folder, listens on the loopback address only and trusts
everybody there. The command finds it in DATABASE_URL, and TEST_ENGINE=postgres. PostgreSQL
refuses to run as root, so root starts it as the user `postgres`.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")
PATIENCE = 60  # seconds until it must answer
SPEED_OVER_SAFETY = ["fsync=off", "synchronous_commit=off", "full_page_writes=off"]


def program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs, of the newest version found."""
    versions = sorted(DEBIAN.glob("*/bin"), key=lambda path: float(path.parent.name))
    if versions:
        return str(versions[-1] / name)
    if found := shutil.which(name):
        return found
    sys.exit(f"with_postgres: {name} was not found; install PostgreSQL")


def as_somebody() -> list[str]:
    """Return what to put before a command so that it does not run as root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]


def free_port() -> int:
    """Return a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until_ready(port: int, server: "subprocess.Popen[bytes]", log: Path) -> None:
    """Return when the server answers; end the program when it does not."""
    ready = [program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    deadline = time.monotonic() + PATIENCE
    while subprocess.run(ready, check=False).returncode != 0:
        if server.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"with_postgres: it did not start\n{log.read_text(errors='replace')}")
        time.sleep(0.1)


@contextmanager
def running_postgres() -> Iterator[str]:
    """Start a fresh cluster; yield its DATABASE_URL."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="quartiersladen-pg-") as name:
        folder, log = Path(name), Path(name) / "log"
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        initdb = [program("initdb"), "-D", str(folder / "data"), "-U", "quartiersladen"]
        options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        subprocess.run(
            [*as_somebody(), *initdb, *options], check=True, stdout=subprocess.DEVNULL, cwd="/"
        )
        settings = [
            "listen_addresses=127.0.0.1",
            f"port={port}",
            f"unix_socket_directories={folder}",
        ]
        flags = [part for setting in [*settings, *SPEED_OVER_SAFETY] for part in ("-c", setting)]
        command = [*as_somebody(), program("postgres"), "-D", str(folder / "data"), *flags]
        with (
            log.open("wb") as output,
            subprocess.Popen(
                command, stdout=output, stderr=output, cwd="/", start_new_session=True
            ) as server,
        ):
            try:
                wait_until_ready(port, server, log)
                yield f"postgresql://quartiersladen@127.0.0.1:{port}/postgres"
            finally:
                server.send_signal(signal.SIGINT)  # "fast": ends open sessions
                server.wait(PATIENCE)


def main() -> int:
    """Run the command given; return its exit code."""
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("with_postgres: ended from outside"))
    with running_postgres() as url:
        environment = {**os.environ, "DATABASE_URL": url, "TEST_ENGINE": "postgres"}
        return subprocess.run(sys.argv[1:], check=False, env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
