"""Sending: what the server says, when it is tried again, and what a killed worker leaves."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from quartiersladen.outbox import queries, smtp, tasks
from quartiersladen.outbox.frame import envelope_sender
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.services import deliver
from quartiersladen.outbox.states import LOST_AFTER, MailState
from quartiersladen.quarters.testing import NOON, make_quarter

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(days=1)


def minutes_until_next_try(mail, now):
    mail.refresh_from_db()
    return (mail.next_try_at - now).total_seconds() / 60


def test_a_mail_goes_out_once(queue, smtp_sink):
    mail = queue()

    states = [deliver(mail_id=mail.pk, now=NOON) for _ in range(2)]

    mail.refresh_from_db()
    assert states == [MailState.SENT, None]
    assert (mail.state, mail.tries, mail.sent_at) == (MailState.SENT, 1, NOON)
    assert [message["Message-ID"] for message in smtp_sink.messages] == [mail.message_id]
    [envelope] = smtp_sink.envelopes
    assert (envelope.sender, envelope.recipients) == (envelope_sender(mail), (mail.to_address,))


def test_a_mail_that_is_gone_is_nothing_to_do(db, smtp_sink):
    assert deliver(mail_id=1, now=NOON) is None


def test_a_mail_that_is_not_due_waits(queue, smtp_sink):
    mail = queue(now=LATER)

    assert deliver(mail_id=mail.pk, now=NOON) is None
    assert smtp_sink.messages == []


def test_the_quarters_own_server_comes_first(queue, quarter, smtp_sink, settings):
    quarter.smtp_url, settings.SMTP_URL = settings.SMTP_URL, "smtp://127.0.0.1:1"
    quarter.save()

    assert deliver(mail_id=queue().pk, now=NOON) == MailState.SENT


def test_a_final_refusal_is_kept_with_the_servers_words(queue, smtp_sink):
    smtp_sink.refuse(554, "we do not like this")
    mail = queue()

    assert deliver(mail_id=mail.pk, now=NOON) == MailState.FAILED

    mail.refresh_from_db()
    assert (mail.last_error, mail.tries) == ("554 we do not like this", 1)
    assert deliver(mail_id=mail.pk, now=LATER) is None


def test_an_unknown_recipient_is_final(queue, smtp_sink):
    smtp_sink.refuse_recipient("frau.y@example.org", 550, "no such user")
    mail = queue()

    assert deliver(mail_id=mail.pk, now=NOON) == MailState.FAILED

    mail.refresh_from_db()
    assert mail.last_error == "550 no such user"


def test_a_refusal_for_now_is_tried_again(queue, smtp_sink):
    smtp_sink.refuse_recipient("frau.y@example.org", 451, "grey list")
    mail = queue()

    assert deliver(mail_id=mail.pk, now=NOON) == MailState.QUEUED
    assert (minutes_until_next_try(mail, NOON), mail.last_error) == (1, "451 grey list")
    assert deliver(mail_id=mail.pk, now=NOON) is None

    smtp_sink.accept()
    assert deliver(mail_id=mail.pk, now=NOON + timedelta(minutes=1)) == MailState.SENT
    mail.refresh_from_db()
    assert (mail.last_error, mail.tries) == ("", 2)
    assert [message["Message-ID"] for message in smtp_sink.messages] == [mail.message_id]


def test_the_pauses_grow_and_after_two_days_it_gives_up(queue, smtp_sink):
    smtp_sink.refuse(421, "busy")
    mail, now, pauses = queue(), NOON, []

    while deliver(mail_id=mail.pk, now=now) == MailState.QUEUED:
        pauses.append(minutes_until_next_try(mail, now))
        now = mail.next_try_at

    mail.refresh_from_db()
    assert pauses == [1, 5, 15] + [60] * 46
    assert timedelta(hours=46) < now - NOON < timedelta(hours=48)
    assert (mail.state, mail.last_error) == (MailState.FAILED, "421 busy")


def test_nobody_listens(queue, settings):
    settings.SMTP_URL = "smtp://127.0.0.1:1"
    mail = queue()

    assert deliver(mail_id=mail.pk, now=NOON) == MailState.QUEUED

    mail.refresh_from_db()
    assert mail.last_error.startswith("ConnectionRefusedError: ")


def test_a_server_that_thinks_too_long(queue, smtp_sink, monkeypatch):
    monkeypatch.setattr(smtp, "TIMEOUT", 0.2)
    smtp_sink.slow(0.6)
    mail = queue()

    assert deliver(mail_id=mail.pk, now=NOON) == MailState.QUEUED
    assert minutes_until_next_try(mail, NOON) == 1


def test_an_unreadable_server_address_is_the_operators_matter(queue, settings):
    settings.SMTP_URL = "smtp://127.0.0.1:mail"

    assert deliver(mail_id=queue().pk, now=NOON) == MailState.QUEUED


def test_without_a_server_it_waits_without_trying(queue, settings, work_off_jobs, smtp_sink):
    url, settings.SMTP_URL = settings.SMTP_URL, ""
    mail = queue()

    assert work_off_jobs() == 1
    tasks.sweep()

    mail.refresh_from_db()
    assert (mail.state, mail.tries, mail.is_waiting_for_server) == (MailState.QUEUED, 0, True)
    assert queries.due(LATER, limit=10) == []

    settings.SMTP_URL = url
    tasks.sweep()
    mail.refresh_from_db()
    assert (mail.state, mail.is_waiting_for_server) == (MailState.SENT, False)


def test_a_quarter_without_a_server_holds_up_no_other(queue, settings, smtp_sink):
    url, settings.SMTP_URL = settings.SMTP_URL, ""
    queue()
    mail = queue(quarter=make_quarter("west", smtp_url=url))

    assert queries.due(LATER, limit=1) == [mail.pk]


def test_a_worker_that_died_leaves_a_mail_that_goes_once_more(queue, smtp_sink):
    mail = queue()
    Mail.objects.update(state=MailState.SENDING, claimed_at=NOON)

    assert deliver(mail_id=mail.pk, now=NOON + LOST_AFTER) is None
    soon = NOON + LOST_AFTER + timedelta(seconds=1)
    assert queries.due(soon, limit=10) == [mail.pk]
    assert deliver(mail_id=mail.pk, now=soon) == MailState.SENT

    assert [message["Message-ID"] for message in smtp_sink.messages] == [mail.message_id]


def test_when_the_second_worker_dies_too_it_is_shown_as_unsure(queue, smtp_sink):
    mail = queue()
    Mail.objects.update(state=MailState.SENDING, claimed_at=NOON, times_lost=1)

    assert deliver(mail_id=mail.pk, now=LATER) == MailState.FAILED

    mail.refresh_from_db()
    assert (mail.last_error != "", mail.times_lost, smtp_sink.messages) == (True, 0, [])


def test_a_worker_that_was_given_up_does_not_write_over_the_other(queue, smtp_sink, monkeypatch):
    mail = queue()
    soon = NOON + LOST_AFTER + timedelta(seconds=1)
    send = smtp.send
    others: list[MailState | str | None] = []

    def slow_send(*args, **kwargs):
        if not others:
            others.append("started")
            others.append(deliver(mail_id=mail.pk, now=soon))
        send(*args, **kwargs)

    monkeypatch.setattr(smtp, "send", slow_send)

    assert deliver(mail_id=mail.pk, now=NOON) is None
    mail.refresh_from_db()
    assert (others[1], mail.state, mail.sent_at) == (MailState.SENT, MailState.SENT, soon)


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_it_once(queue, smtp_sink):
    mail = queue()
    smtp_sink.slow(0.3)
    start, states = threading.Barrier(2), []

    def work():
        start.wait()
        states.append(deliver(mail_id=mail.pk, now=NOON))
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert (len(smtp_sink.messages), set(states)) == (1, {MailState.SENT, None})


def test_a_mail_that_cannot_be_built_fails_at_once_and_loudly(queue, smtp_sink):
    mail = queue()
    Mail.objects.update(headers={"From ": "x\r\ny"})

    with pytest.raises(ValueError, match="Header"):
        deliver(mail_id=mail.pk, now=NOON)

    mail.refresh_from_db()
    assert (mail.state, mail.last_error[:11]) == (MailState.FAILED, "ValueError:")


def test_the_text_of_an_account_mail_is_blanked_once_sent(queue, smtp_sink):
    mail = queue(is_account=True, text="Ihr Kennwort setzen: https://example.org/geheim/")
    smtp_sink.refuse(421, "busy")
    deliver(mail_id=mail.pk, now=NOON)
    mail.refresh_from_db()
    assert "geheim" in mail.text

    smtp_sink.accept()
    deliver(mail_id=mail.pk, now=LATER)

    mail.refresh_from_db()
    assert (mail.state, mail.text) == (MailState.SENT, "")
    assert "geheim" in smtp_sink.messages[0].get_body(("plain",)).get_content()


def test_it_is_blanked_also_when_it_failed_for_good(queue, smtp_sink):
    smtp_sink.refuse(554)
    mail = queue(is_account=True)
    deliver(mail_id=mail.pk, now=NOON)

    mail.refresh_from_db()
    assert (mail.state, mail.text) == (MailState.FAILED, "")


def test_the_text_of_another_mail_stays(queue, smtp_sink):
    mail = queue(text="Guten Tag")
    deliver(mail_id=mail.pk, now=NOON)

    mail.refresh_from_db()
    assert mail.text == "Guten Tag"


def test_the_job_sends_it(queue, smtp_sink, work_off_jobs):
    mail = queue()

    assert work_off_jobs() == 1
    mail.refresh_from_db()
    assert mail.state == MailState.SENT


def test_the_sweep_sends_what_is_due_oldest_first(queue, smtp_sink):
    second = queue(now=NOON + timedelta(minutes=1))
    first = queue(now=NOON)
    queue(now=timezone.now() + timedelta(hours=1))

    tasks.sweep()

    ids = [message["Message-ID"] for message in smtp_sink.messages]
    assert ids == [first.message_id, second.message_id]


def test_the_sweep_stops_in_time_for_the_next(queue, smtp_sink, monkeypatch):
    monkeypatch.setattr(tasks, "MOST_TIME", timedelta(seconds=0.5))
    smtp_sink.slow(0.6)
    queue()
    queue()

    tasks.sweep()

    assert len(smtp_sink.messages) == 1


def test_the_sweep_takes_a_bounded_number(queue, smtp_sink, monkeypatch):
    monkeypatch.setattr(tasks, "BATCH", 2)
    for _ in range(3):
        queue()

    tasks.sweep()

    assert len(smtp_sink.messages) == 2
