"""A disk that becomes full, for real processes: a small file system, or a limit of the system."""

import os
import resource
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

MEGABYTE = 1024 * 1024
SIZE = 48 * MEGABYTE
EVERYTHING = resource.RLIM_INFINITY


@contextmanager
def small_file_system(folder: Path) -> Iterator[None]:
    """Mount one in memory; needs to be allowed to."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    subprocess.run(mount, check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607 -- the system's


def may_mount(folder: Path) -> bool:
    """Say whether a file system can be mounted here."""
    try:
        with small_file_system(folder):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


@contextmanager
def filled(folder: Path) -> Iterator[None]:
    """Leave not a byte free on the file system of `folder`."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (MEGABYTE, 4096, 1):
            _fill(partial(file.write, bytes(size)))
        os.fsync(file.fileno())
    try:
        yield
    finally:
        ballast.unlink()


def _fill(write: Callable[[], Any]) -> None:
    with suppress(OSError):
        while write():
            pass


@contextmanager
def forbidden_to_write(processes: list[int]) -> Iterator[None]:
    """Let these running processes make no file any longer, as a quota does."""
    for pid in processes:
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (0, EVERYTHING))
    try:
        yield
    finally:
        for pid in processes:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (EVERYTHING, EVERYTHING))
