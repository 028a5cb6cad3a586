"""A mail server that is away: its mails wait together, one asks, and nothing is doubled."""

from datetime import timedelta

import pytest

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.outbox import outages, queries, smtp, tasks
from quartiersladen.outbox.models import Mail, Outage
from quartiersladen.outbox.services import deliver, forget_left_servers
from quartiersladen.outbox.states import LOST_AFTER, MailState
from quartiersladen.quarters.testing import NOON, make_quarter

pytestmark = pytest.mark.django_db

MANY = 37
#: Minutes after the first failure at which an unreachable server is asked again.
ASKED_AT = [0, 1, 6, 21]


def going_down(sink, _patch):
    sink.go_down()


def refusing_at_the_door(sink, _patch):
    sink.refuse(421, "4.3.2 closing")


def hanging_up(sink, _patch):
    sink.hang_up()


def talking_nonsense(sink, _patch):
    sink.talk_nonsense()


def thinking_too_long(sink, patch):
    sink.slow(0.3)
    patch.setattr(smtp, "TIMEOUT", 0.05)


FAULTS = [going_down, refusing_at_the_door, hanging_up, talking_nonsense, thinking_too_long]


def recover(sink, fault, patch):
    sink.accept()
    patch.undo()
    if fault is going_down:
        sink.come_up()


def sweep_at(now):
    """Do what the sweep does, at a minute of our choosing; return the minute's tries."""
    before = sum(Mail.objects.values_list("tries", flat=True))
    for mail_id in queries.due(now, limit=tasks.BATCH):
        deliver(mail_id=mail_id, now=now)
    return sum(Mail.objects.values_list("tries", flat=True)) - before


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_an_hour_without_a_server(queue, mira, quarter, smtp_sink, fault):
    mails = [queue(to=f"nour{n}@example.org") for n in range(MANY)]
    with pytest.MonkeyPatch.context() as patch:
        fault(smtp_sink, patch)

        tries = [sweep_at(NOON + timedelta(minutes=minute)) for minute in range(60)]

        outage, waiting = queries.outage(mira, quarter), queries.waiting(mira)
        recover(smtp_sink, fault, patch)
    assert [minute for minute, number in enumerate(tries) if number] == ASKED_AT
    assert set(tries) == {0, 1}
    assert (outage.since, outage.next_try_at) == (NOON, NOON + timedelta(minutes=81))
    assert (waiting.number, queries.failed(mira, limit=9)) == (MANY, [])
    # Whom the server answered garbage or nothing may have been heard all the same.
    smtp_sink.clear()

    assert sweep_at(NOON + timedelta(minutes=80)) == 0
    sweep_at(NOON + timedelta(minutes=81))

    assert queries.outage(mira, quarter) is None
    assert queries.waiting(mira).number == 0
    assert set(Mail.objects.values_list("state", flat=True)) == {MailState.SENT}
    taken = [message["Message-ID"] for message in smtp_sink.messages]
    assert sorted(taken) == sorted(mail.message_id for mail in mails)


def test_the_words_of_the_last_try_are_kept(queue, mira, quarter, smtp_sink):
    queue()
    smtp_sink.refuse(421, "busy")
    sweep_at(NOON)
    smtp_sink.refuse(421, "still busy")
    sweep_at(NOON + timedelta(minutes=1))

    outage = queries.outage(mira, quarter)

    assert (outage.last_error, outage.tries) == ("421 still busy", 2)
    assert str(outage).endswith("421 still busy")


def test_a_mail_on_which_the_server_chokes_holds_up_no_other(queue, smtp_sink, monkeypatch):
    send = smtp.send

    def choke(url, message, **parts):
        if parts["recipient"] == "poison@example.org":
            smtp_sink.hang_up()
        try:
            send(url, message, **parts)
        finally:
            smtp_sink.accept()

    monkeypatch.setattr(smtp, "send", choke)
    poison = queue(to="poison@example.org")
    others = [queue(to=f"nour{n}@example.org") for n in range(3)]

    for minute in range(3):
        sweep_at(NOON + timedelta(minutes=minute))

    poison.refresh_from_db()
    assert poison.state == MailState.QUEUED
    assert {mail.state for mail in Mail.objects.exclude(pk=poison.pk)} == {MailState.SENT}
    assert len(smtp_sink.messages) == len(others)


def test_a_refusal_of_one_mail_is_no_outage_and_ends_one(queue, mira, quarter, smtp_sink):
    smtp_sink.refuse(421, "busy")
    mail = queue()
    deliver(mail_id=mail.pk, now=NOON)
    smtp_sink.accept()
    smtp_sink.refuse_recipient("frau.y@example.org", 451, "grey list")

    later = NOON + timedelta(minutes=1)
    assert deliver(mail_id=mail.pk, now=later) == MailState.QUEUED

    assert queries.outage(mira, quarter) is None
    waiting = queries.waiting(mira)
    assert (waiting.number, waiting.delayed) == (1, 1)
    assert waiting.next_try_at == later + timedelta(minutes=5)


def test_other_servers_go_on(queue, smtp_sink, settings):
    west = make_quarter("west", smtp_url=smtp_sink.url)
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    first, second = queue(), queue()
    other = queue(quarter=west)

    sweep_at(NOON)

    states = {mail.pk: mail.state for mail in Mail.objects.all()}
    assert states == {first.pk: "queued", second.pk: "queued", other.pk: "sent"}
    assert queries.due(NOON, limit=9) == []
    assert queries.due(NOON + timedelta(minutes=1), limit=9) == [second.pk, first.pk]


def test_only_one_asks(queue, smtp_sink):
    smtp_sink.refuse(421, "busy")
    first, second = queue(), queue()
    deliver(mail_id=first.pk, now=NOON)
    soon = NOON + timedelta(minutes=1)
    outage = Outage.objects.get()

    assert [outages.may_ask(outage, now=soon) for _ in range(2)] == [True, False]

    assert deliver(mail_id=second.pk, now=soon) is None
    second.refresh_from_db()
    assert (second.state, second.tries) == (MailState.QUEUED, 0)


def test_who_comes_second_gives_the_mail_back(queue, smtp_sink, monkeypatch):
    smtp_sink.refuse(421, "busy")
    first, second = queue(), queue()
    deliver(mail_id=first.pk, now=NOON)
    smtp_sink.accept()
    soon = NOON + timedelta(minutes=1)
    # Another worker is faster in the moment between looking and asking.
    monkeypatch.setattr(outages, "may_ask", lambda *_args, **_named: False)

    assert deliver(mail_id=second.pk, now=soon) is None

    second.refresh_from_db()
    assert (second.state, second.tries, smtp_sink.messages) == (MailState.QUEUED, 0, [])


def test_one_who_asks_and_dies_is_followed_by_another(queue, smtp_sink):
    smtp_sink.refuse(421, "busy")
    first, second = queue(), queue()
    deliver(mail_id=first.pk, now=NOON)
    smtp_sink.accept()
    outages.may_ask(Outage.objects.get(), now=NOON + timedelta(minutes=1))

    assert deliver(mail_id=second.pk, now=NOON + timedelta(minutes=5)) is None
    assert deliver(mail_id=second.pk, now=NOON + timedelta(minutes=6)) == MailState.SENT


def test_a_lost_mail_waits_for_the_server_as_well(queue, smtp_sink):
    smtp_sink.refuse(421, "busy")
    deliver(mail_id=queue().pk, now=NOON + LOST_AFTER)
    lost = queue()
    Mail.objects.filter(pk=lost.pk).update(state=MailState.SENDING, claimed_at=NOON)

    assert deliver(mail_id=lost.pk, now=NOON + LOST_AFTER + timedelta(seconds=9)) is None
    lost.refresh_from_db()
    assert lost.times_lost == 0


def test_two_that_fail_at_once_are_one_outage(quarter, mira):
    for words in ("first", "second"):
        outages.begin("smtp://127.0.0.1:1", words=words, now=NOON)

    assert Outage.objects.get().last_error == "first"


def test_a_new_address_or_password_is_tried_at_once(queue, mira, quarter, smtp_sink, settings):
    url, settings.SMTP_URL = settings.SMTP_URL, "smtp://127.0.0.1:1"
    mail = queue()
    deliver(mail_id=mail.pk, now=NOON)
    assert Outage.objects.count() == 1

    settings.SMTP_URL = url

    assert queries.outage(mira, quarter) is None
    forget_left_servers()
    assert Outage.objects.count() == 0
    soon = NOON + timedelta(minutes=1)
    assert deliver(mail_id=mail.pk, now=soon) == MailState.SENT


def test_nothing_secret_is_kept_about_a_server():
    key = outages.server_key("smtp://anna:secret@mail.example.org")
    assert (len(key), "secret" in key) == (64, False)
    assert key != outages.server_key("smtp://anna:other@mail.example.org")


def test_only_those_who_work_see_the_outage(queue, quarter, smtp_sink, settings):
    smtp_sink.refuse(421, "busy")
    deliver(mail_id=queue().pk, now=NOON)
    seen = {
        role: queries.outage(viewer_of(make_member(quarter, role, role), quarter), quarter)
        for role in Role
    }
    assert {role for role, outage in seen.items() if outage} == {Role.LEAD, Role.MODERATOR}
    settings.SMTP_URL = ""
    moderator = viewer_of(make_member(quarter, Role.MODERATOR, "Jo"), quarter)
    assert queries.outage(moderator, quarter) is None
