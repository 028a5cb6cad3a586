"""Who sends something in does not wait for those who only read."""

from threading import Event, Thread

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from quartiersladen.ui import middleware
from quartiersladen.ui.middleware import WritesFirstMiddleware

PATIENCE = 20  # seconds until a thread that hangs fails the test


class House:
    """Answers a page only when it is let; everything else at once."""

    def __init__(self) -> None:
        self.begun, self.finish = Event(), Event()
        self.answered: list[str] = []

    def __call__(self, request):
        """Answer, the slow page when the test says so."""
        if request.path == "/langsam/":
            self.begun.set()
            assert self.finish.wait(PATIENCE)
        self.answered.append(request.path)
        return HttpResponse()


@pytest.fixture
def house():
    """A house in which one page takes long."""
    return House()


@pytest.fixture
def slow(house):
    """The guard of the house, while the slow page is being made."""
    guard = WritesFirstMiddleware(house)
    thread = Thread(target=guard, args=(RequestFactory().get("/langsam/"),))
    thread.start()
    assert house.begun.wait(PATIENCE)
    yield guard
    house.finish.set()
    thread.join(PATIENCE)


def test_a_report_goes_past_a_page_that_is_being_made(house, slow):
    slow(RequestFactory().post("/anliegen/neu/"))
    assert house.answered == ["/anliegen/neu/"]


def test_a_reader_waits_for_their_turn(house, slow, monkeypatch):
    monkeypatch.setattr(middleware, "MOMENT", PATIENCE)
    reader = Thread(target=slow, args=(RequestFactory().get("/"),))
    reader.start()
    house.finish.set()
    reader.join(PATIENCE)
    assert house.answered == ["/langsam/", "/"]


def test_nobody_waits_longer_than_a_moment(house, slow):
    slow(RequestFactory().get("/"))
    assert house.answered == ["/"]


def test_a_page_that_fails_gives_its_turn_back(house):
    def fail(request):
        raise RuntimeError(request.path)

    guard = WritesFirstMiddleware(fail)
    for _twice in range(2):
        with pytest.raises(RuntimeError):
            guard(RequestFactory().get("/"))
    assert not guard.turn.locked()
