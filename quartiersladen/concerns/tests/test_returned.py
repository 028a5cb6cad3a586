"""Mails to followers and voices that came back: nobody is written to for ever in vain."""

import pytest
from django.core.cache import caches

from quartiersladen.concerns.models import CameByMail, Following, Voice
from quartiersladen.concerns.services.returned import take_returned
from quartiersladen.concerns.tasks import take_mails
from quartiersladen.concerns.tests.test_following import asked_for, confirmed, ledger
from quartiersladen.concerns.tests.test_public_filters import show
from quartiersladen.concerns.tests.test_voices import say
from quartiersladen.correspondence.testing import arrive, make_notice
from quartiersladen.outbox.frame import envelope_sender
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.states import MailState
from quartiersladen.quarters.testing import NOON

WRONG, FULL, RULE = "5.1.1", "5.2.2", "5.7.1"
WHY = "E-Mails an diese Adresse kamen nicht an."


@pytest.fixture(autouse=True)
def _new_hour(db):
    caches["counts"].clear()


@pytest.fixture
def quarter(quarter):
    """A quarter that knows the mails that come back."""
    quarter.mail_domain = "post.example.org"
    quarter.save()
    return quarter


def come_back(mail, status, action="failed"):
    """Let a server say that a mail of ours did not arrive; by the way, look at it."""
    Mail.objects.filter(pk=mail.pk, state=MailState.QUEUED).update(state=MailState.SENT)
    notice = make_notice((mail.to_address, action, status), to=envelope_sender(mail))
    arrive(mail.quarter, raw=notice)
    return take_returned(now=NOON)


def once_more(mail):
    """Send the same once more."""
    mail.pk, mail.message_id, mail.state = None, f"<{Mail.objects.count()}@x>", MailState.SENT
    mail.save(force_insert=True)
    return mail


def test_a_wrong_address_is_followed_no_more(quarter):
    following = confirmed(quarter)
    other = confirmed(quarter, email="anders@example.org")
    mail = Mail.objects.get(to_address=following.email)

    assert come_back(mail, WRONG) == 1

    assert Following.objects.get().pk == other.pk
    assert ledger(following)[-1][:2] == ("withdrawn", WHY)
    mail.refresh_from_db()
    assert (mail.to_address, mail.text) == ("", "")
    assert take_returned(now=NOON) == 0


@pytest.mark.parametrize("status", [FULL, RULE])
def test_another_reason_ends_it_after_three_mails(quarter, status):
    following = confirmed(quarter)
    mail = Mail.objects.get()

    # Two notices about the same mail are one.
    assert [come_back(mail, status), come_back(mail, status)] == [0, 0]
    assert come_back(once_more(mail), status) == 0
    assert come_back(once_more(mail), status) == 1

    assert Following.objects.count() == 0
    assert ledger(following)[-1][:2] == ("withdrawn", WHY)


def test_what_is_late_or_forged_ends_nothing(quarter):
    mail = Mail.objects.get(to_address=confirmed(quarter).email)
    come_back(mail, "4.4.1", action="delayed")
    arrive(
        quarter, raw=make_notice((mail.to_address, "failed", WRONG), to="b-1-x@post.example.org")
    )

    assert (take_returned(now=NOON), Following.objects.count()) == (0, 1)


def test_who_has_not_confirmed_has_nothing_to_take_back(quarter):
    following = asked_for(quarter)

    assert come_back(Mail.objects.get(), WRONG) == 1

    assert [step for step, *_rest in ledger(following)] == ["asked"]


def test_a_voice_counts_on_without_its_wrong_address(quarter, mira):
    voice = say(show(mira, quarter, "Lampe"), email="falsch@example.org")
    mail = Mail.objects.get(kind="voice")

    assert come_back(mail, WRONG) == 1

    voice.refresh_from_db()
    assert (voice.email, voice.email_given_at, Voice.objects.count()) == ("", None, 1)
    assert not Mail.objects.filter(to_address="falsch@example.org").exists()


def test_a_voice_that_has_another_address_by_now_keeps_it(quarter, mira):
    voice = say(show(mira, quarter, "Lampe"), email="falsch@example.org")
    Voice.objects.update(email="richtig@example.org")

    assert come_back(Mail.objects.get(kind="voice"), WRONG) == 0

    voice.refresh_from_db()
    assert voice.email == "richtig@example.org"


def test_a_full_mailbox_keeps_the_address_of_a_voice(quarter, mira):
    say(show(mira, quarter, "Lampe"), email="voll@example.org")

    assert come_back(Mail.objects.get(kind="voice"), FULL) == 0
    assert Voice.objects.get().email == "voll@example.org"


def test_the_worker_looks_at_each_once(quarter):
    mail = Mail.objects.get(to_address=confirmed(quarter).email)
    Mail.objects.update(state=MailState.SENT)
    arrive(quarter, raw=make_notice((mail.to_address, "failed", WRONG), to=envelope_sender(mail)))

    for _run in range(2):
        take_mails()

    effect = CameByMail.objects.get()
    assert (effect.what, effect.concern) == ("bounce", None)
    assert Following.objects.count() == 0
