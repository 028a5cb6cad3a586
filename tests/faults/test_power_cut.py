"""What was acknowledged survives a power cut: asked of the connection of a running process."""

import pytest

from tests.support.house import house_in, until

#: SQLite's number for FULL: the log is on the disk before a commit returns.
FULL = 2


def settings_of_a_worker(house):
    answer = house.folder / "answer"
    house.start("worker")
    house.run("tests.faults.enqueue", "1", "tests.faults.jobs.tell_durability", str(answer))
    assert until(answer.exists)
    until(answer.read_text)
    house.end()
    return answer.read_text(encoding="utf-8")


@pytest.mark.sqlite
def test_a_running_worker_waits_for_the_disk(tmp_path, founded):
    with house_in(tmp_path, founded) as house:
        assert settings_of_a_worker(house) == f"wal {FULL} 1"


@pytest.mark.sqlite
def test_an_operator_may_choose_otherwise(tmp_path, founded):
    with house_in(tmp_path, founded, SQLITE_SYNCHRONOUS="NORMAL") as house:
        assert settings_of_a_worker(house) == "wal 1 1"
