"""kill -9 at random moments under load: nothing acknowledged is lost, nothing is done twice."""

import os
import random
import signal
import sys
import threading
import time
from collections import Counter
from functools import partial

from tests.support.house import House, house_in, until
from tests.support.neighbours import Neighbour
from tests.support.smtp import SmtpSink

#: What is killed; the order is drawn. "part": a process that another one of ours has started.
KILLS = [*["serve"] * 3, *["web"] * 2, *["web part"] * 2, "worker", *["worker part"] * 2]
NOTE = "tests.faults.jobs.note"
TOLD_BETWEEN = 3
#: Of a worker: one gives out jobs, one does them, one writes down, one watches.
PARTS = 4
WITH_WORKER = {"serve", "worker", "worker part"}


def victims(house: House, what: str) -> list[int]:
    """Return the processes of one kind: those that a supervisor started, or what those started."""
    name, _, part = what.partition(" ")
    found = {
        pid: parent for pid, (line, parent) in house.processes().items() if f" {name}" in line
    }
    inner = [pid for pid, parent in found.items() if parent in found]
    return inner if part else [pid for pid in found if pid not in inner]


def open_the_house(house: House) -> None:
    house.start("serve")
    assert until(house.answers)


def kill_one(house: House, what: str, dice: random.Random) -> None:
    pids = until(lambda: victims(house, what))
    os.kill(dice.choice(pids), signal.SIGKILL)
    if what == "serve":
        # What it had started notices by itself, and a service manager starts it again.
        until(lambda: not house.processes())
        assert house.processes() == {}
        open_the_house(house)


def under_load(house: House, dice: random.Random) -> list[Neighbour]:
    """Let three neighbours tell while everything is killed in turns; return what they know."""
    stop = threading.Event()
    neighbours = [Neighbour(name, house.port, stop) for name in ("ada", "ben", "cem")]
    threads = [threading.Thread(target=neighbour) for neighbour in neighbours]
    for thread in threads:
        thread.start()
    try:
        for what in dice.sample(KILLS, len(KILLS)):
            # A kill while nobody is served would prove nothing.
            told = sum(len(neighbour.acknowledged) for neighbour in neighbours)
            assert until(partial(is_told, neighbours, told + TOLD_BETWEEN))
            time.sleep(dice.uniform(0, 0.5))
            kill_one(house, what, dice)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    return neighbours


def is_told(neighbours: list[Neighbour], number: int) -> bool:
    return sum(len(neighbour.acknowledged) for neighbour in neighbours) >= number


def let_time_pass(house: House) -> None:
    """Do what ten minutes do: nobody holds a job or a mail any more, and every schedule is due."""
    house.change(
        "UPDATE django_q_ormq SET lock = '2020-01-01 00:00:00'",
        "UPDATE outbox_mail SET claimed_at = '2020-01-01 00:00:00' WHERE state = 'sending'",
        "UPDATE django_q_schedule SET next_run = '2020-01-01 00:00:00'",
    )


def waiting(house: House) -> int:
    mails = house.rows("SELECT id FROM outbox_mail WHERE state <> 'sent'")
    return len(mails) + sum(house.count("django_q_ormq"))


def test_ten_kills_lose_nothing_and_double_nothing(tmp_path, founded):
    seed = random.SystemRandom().randrange(1_000_000)
    sys.stdout.write(f"seed {seed}\n")
    with SmtpSink() as sink, house_in(tmp_path, founded, SMTP_URL=sink.url) as house:
        open_the_house(house)
        neighbours = under_load(house, random.Random(seed))  # noqa: S311 -- dice, no secret
        assert until(lambda: victims(house, "worker"))
        house.end()

        let_time_pass(house)
        open_the_house(house)
        until(lambda: waiting(house) == 0)
        house.end()

        told = Counter(text for (text,) in house.rows("SELECT text FROM concerns_concern"))
        acknowledged = [text for neighbour in neighbours for text in neighbour.acknowledged]
        # Whatever was begun was pressed again until it was acknowledged.
        assert told == Counter(acknowledged)
        assert [neighbour.given_up for neighbour in neighbours] == [[], [], []]
        assert [neighbour.unexpected for neighbour in neighbours] == [[], [], []]
        assert len(acknowledged) >= len(KILLS) * TOLD_BETWEEN
        assert sum(neighbour.cut_off for neighbour in neighbours) > 0
        assert_books_are_true(house, sink, len(acknowledged))


def test_a_part_of_the_worker_that_is_killed_stops_no_job(tmp_path, founded):
    # The one that waits for work holds the lock of the pipe: whoever follows it would wait for ever.
    with house_in(tmp_path, founded) as house:
        house.start("worker")
        for number in range(3):
            parts = until(partial(all_parts, house))
            os.kill(sorted(parts)[-1 - number], signal.SIGKILL)
            house.run("tests.faults.enqueue", "1", NOTE, "done")
            assert until(partial(is_noted, house, number + 1))
        house.end()


def all_parts(house: House) -> list[int]:
    """Return what a worker has started, once that is complete."""
    parts = victims(house, "worker part")
    return parts if len(parts) == PARTS else []


def is_noted(house: House, times: int) -> bool:
    return [func for (func,) in house.rows("SELECT func FROM django_q_task")].count(NOTE) == times


def assert_books_are_true(house: House, sink: SmtpSink, number: int) -> None:
    kept = house.count(
        "dossiers_dossier", "concerns_teller", "dossiers_entry", "dossiers_followup"
    )
    assert kept == [number] * 4
    references = [ref for (ref,) in house.rows("SELECT reference FROM dossiers_dossier")]
    numbers = sorted(int(reference.partition("-")[2]) for reference in references)
    assert numbers == list(range(1, number + 1))

    mails = house.rows("SELECT message_id, state FROM outbox_mail")
    taken = Counter(message["Message-ID"] for message in sink.messages)
    assert Counter(state for _id, state in mails) == {"sent": number}
    assert {name for name, _state in mails} == set(taken)
    # One worker has one mail in flight: each kill of it may send one more than once, no more.
    assert taken.total() - number <= sum(what in WITH_WORKER for what in KILLS)
    assert house.count("django_q_ormq") == [0]
