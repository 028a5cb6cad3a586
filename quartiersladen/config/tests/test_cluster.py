"""What a worker has started ends with it, at whatever moment it ends."""

import subprocess
import sys

import pytest

#: Starts a process whose starter goes before the process has looked after itself, or after, or waits.
SCRIPT = """
import os, sys, time
from quartiersladen.config.sqlite import use_modern_sqlite
use_modern_sqlite()
import django
django.setup()
from quartiersladen.config.cluster import Forks

forks, starter = Forks(), os.getpid()

def be_late():
    while os.getppid() == starter:
        time.sleep(0.01)

when = sys.argv[1]
if when == "goes before":
    os.register_at_fork(after_in_child=be_late)
os.register_at_fork(before=forks.before, after_in_child=forks.in_child)
if when == "goes after":
    os.register_at_fork(after_in_child=be_late)
if os.fork():
    if when == "waits":
        os.wait()
    os._exit(0)
os.write(1, b"it lives")
os._exit(0)
"""


@pytest.mark.parametrize(
    ("starter", "said"), [("goes before", ""), ("goes after", ""), ("waits", "it lives")]
)
def test_a_process_without_its_starter_ends_at_once(starter, said):
    # The end of its output is the end of all who could still write.
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, starter],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.stdout, done.stderr) == (said, "")
