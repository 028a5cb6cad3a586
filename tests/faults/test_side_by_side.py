"""Two web servers and two workers on one PostgreSQL: each deed happens once."""

import threading
from collections import Counter

import pytest

from tests.support.house import free_port, house_in, until
from tests.support.neighbours import Form, Neighbour
from tests.support.smtp import SmtpSink

COPIES = 12
#: The morning of a working day that is long enough ahead for everything to be due.
MORNING = "2028-03-01T07:30:00+00:00"
DIGEST, SWEEP = "tests.faults.jobs.send_digests", "quartiersladen.outbox.tasks.sweep"


def open_two_of_each(house):
    """Start them; return the ports of the web servers."""
    other = free_port()
    house.start("web")
    house.start("web", PORT=str(other))
    house.start("worker")
    house.start("worker")
    assert until(lambda: house.answers() and house.answers(other))
    return house.port, other


def tell_concerns(ports, number):
    """Let a neighbour at each web server tell until so many concerns are there."""
    stop = threading.Event()
    neighbours = [Neighbour(name, port, stop) for name, port in zip("ab", ports, strict=True)]
    threads = [threading.Thread(target=neighbour) for neighbour in neighbours]
    for thread in threads:
        thread.start()
    until(lambda: all(len(neighbour.acknowledged) >= number for neighbour in neighbours))
    stop.set()
    for thread in threads:
        thread.join()
    return [text for neighbour in neighbours for text in neighbour.acknowledged]


def states(house):
    return Counter(state for (state,) in house.rows("SELECT state FROM outbox_mail"))


def is_done(house):
    return house.count("django_q_ormq") == [0] and set(states(house)) == {"sent"}


def unfinished(house):
    """Say what is left: mails by state, jobs in the queue, jobs that failed."""
    failed = house.rows("SELECT func, attempt_count FROM django_q_task WHERE NOT success")
    return states(house), house.rows("SELECT id, lock FROM django_q_ormq"), failed


@pytest.mark.postgres
def test_two_of_each_double_nothing_and_lose_nothing(tmp_path, founded):
    with SmtpSink() as sink, house_in(tmp_path, founded, SMTP_URL=sink.url) as house:
        told = tell_concerns(open_two_of_each(house), 10)
        for job in ([DIGEST, MORNING], [SWEEP]):
            house.run("tests.faults.enqueue", str(COPIES), *job)
        assert until(lambda: is_done(house)), unfinished(house)
        done = Counter(name for (name,) in house.rows("SELECT func FROM django_q_task"))
        house.end()

        numbers = sorted(ref for (ref,) in house.rows("SELECT reference FROM dossiers_dossier"))
        assert Counter(text for (text,) in house.rows("SELECT text FROM concerns_concern")) == (
            Counter(told)
        )
        assert len(set(numbers)) == len(told)
        kinds = Counter(kind for (kind,) in house.rows("SELECT kind FROM outbox_mail"))
        assert kinds == {"confirm": len(told), "digest": 2}
        taken = Counter(message["Message-ID"] for message in sink.messages)
        books = house.rows("SELECT message_id FROM outbox_mail")
        assert taken == Counter(name for (name,) in books)
        assert done[DIGEST] == COPIES
        assert done["quartiersladen.outbox.tasks.deliver_mail"] == len(told) + 2
        assert house.rows("SELECT count(*) FROM django_q_task WHERE NOT success") == [(0,)]


@pytest.mark.postgres
def test_they_count_the_messages_of_a_network_together(tmp_path, founded):
    with house_in(tmp_path, founded, REPORTS_PER_HOUR="5") as house:
        ports = open_two_of_each(house)
        turns = [ports[number % 2] for number in range(8)]

        answers = [Form.opened(port).send(port, f"Laterne am {port}") for port in turns]

        house.end()
    assert [answer.status for answer in answers] == [302] * 5 + [429] * 3
    assert 3500 < int(answers[-1].headers["retry-after"]) <= 3600
    assert "030 23125 014" in answers[-1].text
