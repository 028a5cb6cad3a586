"""M1: a mailbox is read in, cut short in the middle and taken up again; beside it a plain reader."""

import time
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from django.utils import timezone
from PIL import Image

from quartiersladen.correspondence.models import InboundMail
from quartiersladen.correspondence.services.mailboxes import Reader, read_mailbox
from quartiersladen.correspondence.testing import make_mail, make_notice
from quartiersladen.quarters.models import Quarter
from tests.support.dovecot import Mailbox, program, running_dovecot

BATCH = 100
WORDS = ("Laterne", "Gehweg", "Spielplatz", "Müll", "Baum", "Bank", "seit", "Montag", "dunkel")


class Cut(Exception):  # noqa: N818 -- no error, an end
    """The reading is cut short."""


class Scissors:
    """Ends the reading after so many mails."""

    def __init__(self, after: int) -> None:
        self.after = after

    def step(self, _what: str, done: int, _total: int) -> None:
        """Cut once."""
        if done == self.after:
            raise Cut


def is_possible() -> bool:
    """Whether there is a mail server to measure with."""
    return program() is not None


def _mails(number: int) -> Iterator[bytes]:
    """Yield what a mailbox holds: mostly short words, HTML twins, some photos, lists, bounces."""
    luck, out = Random(7), BytesIO()  # noqa: S311 -- the same mails each time
    Image.effect_noise((640, 480), 80).save(out, "JPEG", quality=60)
    for index in range(number):
        text = " ".join(luck.choices(WORDS, k=150))
        subject = f"{luck.choice(WORDS)} {index}"
        kind = index % 20
        if kind == 0:
            yield make_mail(text, subject=subject, photos=[out.getvalue()])
        elif kind < 3:
            yield make_notice((f"n{index}@example.org", "failed", "5.1.1"))
        elif kind < 6:
            yield make_mail(text, subject=subject, List_Id="<liste.example.org>")
        elif kind < 12:
            yield make_mail(text, subject=subject, html=f"<p>{text}</p>" * 3)
        else:
            yield make_mail(text, subject=subject)


def _fetch(box: Mailbox) -> float:
    """Return the seconds in which a reader that does nothing else gets the same bytes."""
    begin = time.perf_counter()
    with box.opened() as client:
        uids = client.uid("SEARCH", "ALL")[1][0].split()
        for start in range(0, len(uids), BATCH):
            client.uid("FETCH", b",".join(uids[start : start + BATCH]).decode(), "(BODY.PEEK[])")
    return time.perf_counter() - begin


def measure_mailbox(quarter: Quarter, number: int) -> dict[str, Any]:
    """Return how fast so many mails come in, and how many are missing or doubled."""
    before = InboundMail.objects.count()
    with (
        TemporaryDirectory(prefix="quartiersladen-mailbox-") as name,
        running_dovecot(Path(name) / "server") as server,
    ):
        box = server.mailbox()
        box.deliver(*_mails(number))
        plain = _fetch(box)
        begin = time.perf_counter()
        for after in (number // 2, number + 1):
            reader = Reader(timezone.now, lambda: True, Scissors(after))
            with suppress(Cut):
                read_mailbox(url=box.url, quarters=[quarter], reader=reader)
        seconds = time.perf_counter() - begin
    stored = InboundMail.objects.count() - before
    return {
        "mails": number,
        "seconds": seconds,
        "rate": number / seconds,
        "plain_rate": number / plain,
        "ratio": seconds / plain,
        "astray": number - stored,
    }
