"""`serve` as an operator starts it: real processes on a port of their own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest

from quartiersladen.config.processes import Child

PATIENCE = 180  # seconds, on a machine that does much else


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def until(condition):
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.1)
    return condition()


def answers(port):
    try:
        with urlopen(f"http://127.0.0.1:{port}/static/nothing", timeout=5):
            return True
    except URLError as exc:
        return getattr(exc, "code", None) == 404


def processes_with(mark):
    """Return command lines of running processes that carry our mark in their environment."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "environ").read_bytes():
                command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                found[int(folder.name)] = command
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it ended meanwhile
    return found


def of(command, mark):
    """Return the ids of processes of one command, oldest first."""
    return sorted(pid for pid, line in processes_with(mark).items() if f" {command} " in line)


def in_folder(folder, **extra):
    return {**os.environ, "DATA_DIR": str(folder), **extra}


@pytest.fixture
def served(founded, tmp_path):
    folder, port = tmp_path / "data", free_port()
    shutil.copytree(founded.folder, folder)
    mark = f"QUARTIERSLADEN_TEST={folder}"
    process = subprocess.Popen(
        [sys.executable, "-m", "quartiersladen", "serve"],
        env=in_folder(folder, PORT=str(port), QUARTIERSLADEN_TEST=str(folder)),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert until(lambda: answers(port))
        assert until(lambda: of("worker", mark))
        yield process, port, mark
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.sqlite
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["Ctrl-C", "SIGTERM"])
def test_serve_answers_and_leaves_nothing_behind(served, number):
    process, _port, mark = served

    process.send_signal(number)

    assert process.wait(timeout=PATIENCE) == 0
    assert processes_with(mark) == {}
    assert b"Quartiersladen answers at http://localhost:8000/" in process.stdout.read()


@pytest.mark.sqlite
def test_a_child_that_dies_is_started_again(served):
    process, port, mark = served
    [first, *_workers] = of("web", mark)

    os.kill(first, signal.SIGKILL)

    assert until(lambda: (pids := of("web", mark)) and first not in pids and answers(port))
    process.terminate()
    assert process.wait(timeout=PATIENCE) == 0
    assert processes_with(mark) == {}


@pytest.mark.sqlite
def test_nothing_stays_when_serve_itself_is_killed(served):
    process, _port, mark = served

    process.kill()
    process.wait()

    assert until(lambda: not processes_with(mark))


@pytest.mark.sqlite
def test_a_port_in_use_ends_it_with_one_sentence(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [sys.executable, "-m", "quartiersladen", "serve"],
            env={**os.environ, "PORT": str(port), "DATA_DIR": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    assert ended.returncode == 1
    assert ended.stderr.startswith(f"CommandError: Port {port} on 127.0.0.1 cannot be used")


def test_a_child_that_ends_at_once_is_started_ever_more_slowly(tmp_path):
    child = Child("no-such-command", starts_at=0.0)
    pauses = []
    for _round in range(2):
        child.starts_at = 0.0
        child.look_after()
        child.process.wait(timeout=PATIENCE)
        child.look_after()
        pauses.append(child.pause)
        assert child.process is None

    assert pauses == [2.0, 4.0]
