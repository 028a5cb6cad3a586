"""What the desk sees of the outbox, and what it may do."""

from datetime import timedelta

import pytest
from django.utils.safestring import SafeString
from django_q.models import OrmQ

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.kernel.errors import NotAllowed, TransitionRefused
from quartiersladen.outbox import queries
from quartiersladen.outbox.frame import link_url
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.services import NotNow, cancel, deliver, resend
from quartiersladen.outbox.states import MAIL_MACHINE, MailState
from quartiersladen.quarters.testing import NOON, make_quarter

pytestmark = pytest.mark.django_db

LATER = NOON + timedelta(hours=1)
NOT_WORKING = [Role.HELPER, Role.CLIENT, Role.ADMINISTRATOR]


def in_state(mail, state, **fields):
    Mail.objects.filter(pk=mail.pk).update(state=state, **fields)
    mail.refresh_from_db()
    return mail


@pytest.mark.parametrize("role", [Role.LEAD, Role.MODERATOR])
def test_those_who_work_see_the_mails_of_their_quarter_newest_first(queue, quarter, role):
    viewer = viewer_of(make_member(quarter, role, "Jo"), quarter)
    first, second = queue(), queue(now=LATER)
    queue(quarter=make_quarter("west"))
    queue(is_account=True)

    assert list(queries.mails_for_desk(viewer)) == [second, first]
    assert queries.get_mail(viewer, first.pk) == first


@pytest.mark.parametrize("role", NOT_WORKING)
def test_nobody_else_sees_any(queue, quarter, role):
    viewer = viewer_of(make_member(quarter, role, "Jo"), quarter)
    mail = queue()

    for other in (viewer, public_viewer(quarter.pk)):
        assert list(queries.mails_for_desk(other)) == []
        with pytest.raises(Mail.DoesNotExist):
            queries.get_mail(other, mail.pk)


def test_account_mails_cannot_be_opened_by_their_number(queue, mira):
    mail = queue(is_account=True)

    with pytest.raises(Mail.DoesNotExist):
        queries.get_mail(mira, mail.pk)


def test_one_state_alone_can_be_listed(queue, mira):
    queue()
    failed = in_state(queue(), MailState.FAILED)

    assert list(queries.mails_for_desk(mira, MailState.FAILED)) == [failed]


def test_what_was_given_up_is_listed_and_what_waits_is_counted(queue, mira):
    assert queries.waiting(mira) == queries.Waiting(0, 0, None)
    queue()
    in_state(queue(), MailState.SENT)
    failed, newer = (in_state(queue(now=now), MailState.FAILED) for now in (NOON, LATER))
    in_state(queue(now=LATER), MailState.QUEUED, tries=2)

    assert queries.failed(mira, limit=5) == [newer, failed]
    assert queries.failed(mira, limit=1) == [newer]
    assert queries.waiting(mira) == queries.Waiting(number=2, delayed=1, next_try_at=LATER)


def test_links_are_masked(queue, status_link):
    mail = queue(text="<b>\n[[link:status]] [[link:x]]", links={"status": status_link})

    text = queries.readable_text(mail)

    assert text == "&lt;b&gt;\n…/s/•••/ [[link:x]]"
    assert isinstance(text, SafeString)


def test_in_demo_mode_they_can_be_followed(queue, status_link, settings):
    settings.DEMO = True
    mail = queue(text="<b>\n[[link:status]]", links={"status": status_link})

    text = queries.readable_text(mail)

    url = link_url(mail, "status")
    assert text == f'&lt;b&gt;\n<a href="{url}" dir="ltr">{url}</a>'
    assert isinstance(text, SafeString)


@pytest.mark.parametrize("state", [MailState.FAILED, MailState.CANCELLED])
def test_what_did_not_go_is_sent_again_as_it_is(queue, mira, state, smtp_sink, work_off_jobs):
    mail = in_state(queue(), state, tries=50, last_error="554 no")
    OrmQ.objects.all().delete()

    again = resend(viewer=mira, mail=mail, now=LATER)

    assert (again.pk, again.message_id, again.state) == (mail.pk, mail.message_id, "queued")
    assert (again.next_try_at, again.tries, again.last_error) == (LATER, 0, "")
    assert work_off_jobs() == 1
    assert [message["Message-ID"] for message in smtp_sink.messages] == [mail.message_id]


def test_what_went_is_sent_again_as_a_copy_in_the_same_thread(queue, mira, status_link, smtp_sink):
    mail = queue(
        text="[[link:status]]", links={"status": status_link}, headers={"References": "<a@b>"}
    )
    deliver(mail_id=mail.pk, now=NOON)
    mail.refresh_from_db()

    copy = resend(viewer=mira, mail=mail, now=LATER)

    mail.refresh_from_db()
    assert mail.state == MailState.SENT
    assert copy.message_id != mail.message_id
    assert copy.headers == {"References": f"<a@b> {mail.message_id}"}
    same = ("quarter", "kind", "to_address", "subject", "text", "links", "language")
    assert [getattr(copy, name) for name in same] == [getattr(mail, name) for name in same]
    assert (copy.state, copy.created_at) == (MailState.QUEUED, LATER)


@pytest.mark.parametrize("state", [MailState.QUEUED, MailState.SENDING])
def test_what_is_on_its_way_is_not_sent_again(queue, mira, state):
    mail = in_state(queue(), state)

    with pytest.raises(TransitionRefused):
        resend(viewer=mira, mail=mail, now=LATER)


def test_resending_notices_a_faster_colleague(queue, mira):
    mail = in_state(queue(), MailState.FAILED)
    Mail.objects.update(state=MailState.QUEUED)

    with pytest.raises(NotNow):
        resend(viewer=mira, mail=mail, now=LATER)


@pytest.mark.parametrize("state", [MailState.QUEUED, MailState.FAILED])
def test_a_mail_that_has_not_gone_can_be_held_back(queue, mira, state, smtp_sink):
    mail = in_state(queue(), state)

    cancel(viewer=mira, mail=mail)

    assert mail.state == MailState.CANCELLED
    mail.refresh_from_db()
    assert mail.state == MailState.CANCELLED
    assert deliver(mail_id=mail.pk, now=LATER) is None


@pytest.mark.parametrize("state", [MailState.SENDING, MailState.SENT, MailState.CANCELLED])
def test_a_mail_that_goes_or_has_gone_cannot(queue, mira, state):
    mail = in_state(queue(), state)

    with pytest.raises(TransitionRefused):
        cancel(viewer=mira, mail=mail)


def test_holding_back_notices_a_faster_worker(queue, mira):
    mail = queue()
    Mail.objects.update(state=MailState.SENDING)

    with pytest.raises(NotNow):
        cancel(viewer=mira, mail=mail)


def deeds(viewer, mail):
    return [
        lambda: resend(viewer=viewer, mail=mail, now=LATER),
        lambda: cancel(viewer=viewer, mail=mail),
    ]


@pytest.mark.parametrize("role", NOT_WORKING)
def test_nobody_else_handles_mails(queue, quarter, role):
    viewer = viewer_of(make_member(quarter, role, "Jo"), quarter)

    for deed in deeds(viewer, in_state(queue(), MailState.FAILED)):
        with pytest.raises(NotAllowed):
            deed()


def test_nobody_handles_mails_of_another_quarter_or_account_mails(queue, mira):
    strange = in_state(queue(quarter=make_quarter("west")), MailState.FAILED)
    account = in_state(queue(is_account=True), MailState.FAILED)

    for deed in deeds(mira, strange) + deeds(mira, account):
        with pytest.raises(NotAllowed):
            deed()


def test_the_table_of_states_has_no_dead_end_but_the_right_ones():
    assert {state: MAIL_MACHINE.actions_from(state) for state in MailState} == {
        MailState.QUEUED: ["claim", "cancel"],
        MailState.SENDING: ["reclaim", "succeed", "wait", "fail"],
        MailState.SENT: ["bounce"],
        MailState.FAILED: ["retry", "cancel"],
        MailState.CANCELLED: ["retry"],
    }
