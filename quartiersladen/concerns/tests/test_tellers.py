"""The person's address, and being told."""

from datetime import date, timedelta
from threading import Thread

import pytest
from django.db import connection, transaction
from django_q.models import OrmQ

from quartiersladen.accounts.rules import link_viewer
from quartiersladen.accounts.states import LinkPurpose
from quartiersladen.concerns.models import Teller
from quartiersladen.concerns.services import tellers
from quartiersladen.concerns.services.life import Ending, close_concern
from quartiersladen.concerns.services.own_data import Contact, change_contact, delete_contact
from quartiersladen.concerns.services.quarantine import let_in
from quartiersladen.concerns.states import AnswerWay, Result, Witness
from quartiersladen.concerns.testing import make_concern, teller_viewer
from quartiersladen.dossiers.models import Entry, FollowUp
from quartiersladen.dossiers.services.forgetting import CLEAN_INDEX
from quartiersladen.dossiers.states import FollowUpReason
from quartiersladen.kernel.errors import NotAllowed, TransitionRefused
from quartiersladen.kernel.spam import Sign
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.states import MailState
from quartiersladen.quarters.testing import NOON, make_quarter
from tests.support.house import until

DAY = timedelta(days=1)


def confirm(concern):
    viewer = link_viewer(concern.quarter_id, LinkPurpose.TELLER_EMAIL, concern.pk)
    return tellers.confirm_address(viewer=viewer, concern=concern, now=NOON)


def test_the_address_is_confirmed_once(quarter):
    concern = make_concern(quarter, email="a@example.org", way=AnswerWay.MAIL)
    confirm(concern)
    confirm(concern)
    assert Teller.objects.get().email_confirmed_at == NOON
    assert Entry.objects.filter(deed="address_confirmed").count() == 1


def test_the_status_link_does_not_confirm_the_address(quarter):
    concern = make_concern(quarter, email="a@example.org")
    with pytest.raises(NotAllowed):
        tellers.confirm_address(viewer=teller_viewer(concern), concern=concern, now=NOON)


def test_after_72_hours_the_address_goes_and_the_concern_stays(quarter):
    concern = make_concern(quarter, email="a@example.org", way=AnswerWay.MAIL)
    confirmed = make_concern(quarter, "b", email="b@example.org", way=AnswerWay.MAIL)
    by_phone = make_concern(quarter, "c", email="c@example.org", way=AnswerWay.PHONE)
    confirm(confirmed)

    assert tellers.drop_unconfirmed(now=NOON + timedelta(hours=71)) == 0
    assert tellers.drop_unconfirmed(now=NOON + timedelta(hours=73)) == 2

    rows = {t.pk: (t.email, t.way) for t in Teller.objects.all()}
    assert rows == {
        concern.pk: ("", AnswerWay.LINK),
        confirmed.pk: ("b@example.org", AnswerWay.MAIL),
        by_phone.pk: ("", AnswerWay.PHONE),
    }
    concern.teller.refresh_from_db()
    with pytest.raises(tellers.AddressGone):
        confirm(concern)


def test_an_address_corrected_in_the_quarantine_has_its_hours_from_the_mail(quarter, mira):
    concern = make_concern(quarter, email="a@example.org", signs=frozenset({Sign.TRAP}))
    contact = Contact(AnswerWay.MAIL, email="b@example.org")
    change_contact(viewer=teller_viewer(concern), concern=concern, contact=contact, now=NOON + DAY)
    let_in_at = NOON + 4 * DAY
    let_in(viewer=mira, concern=concern, now=let_in_at)

    assert tellers.drop_unconfirmed(now=let_in_at + timedelta(hours=71)) == 0
    assert tellers.drop_unconfirmed(now=let_in_at + timedelta(hours=73)) == 1


def test_an_address_corrected_after_the_quarantine_has_its_hours_from_then(quarter, mira):
    concern = make_concern(quarter, email="a@example.org", signs=frozenset({Sign.TRAP}))
    let_in(viewer=mira, concern=concern, now=NOON + DAY)
    contact = Contact(AnswerWay.MAIL, email="b@example.org")
    later = NOON + 3 * DAY
    change_contact(viewer=teller_viewer(concern), concern=concern, contact=contact, now=later)

    assert tellers.drop_unconfirmed(now=later + timedelta(hours=71)) == 0
    assert tellers.drop_unconfirmed(now=later + timedelta(hours=73)) == 1


def test_an_address_stays_while_its_mail_is_on_its_way(quarter):
    make_concern(quarter, email="a@example.org")
    make_concern(quarter, "b", email="b@example.org")
    Mail.objects.filter(to_address="a@example.org").update(state=MailState.SENDING)

    assert tellers.drop_unconfirmed(now=NOON + 4 * DAY) == 1
    assert set(Teller.objects.values_list("email", flat=True)) == {"a@example.org", ""}
    Mail.objects.update(state=MailState.SENT)
    assert tellers.drop_unconfirmed(now=NOON + 4 * DAY) == 1
    assert Entry.objects.filter(deed="address_dropped").count() == 2
    assert [row.task["func"] for row in OrmQ.objects.all()].count(CLEAN_INDEX) == 2


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_who_confirms_in_the_last_moment_keeps_the_address():
    concern = make_concern(make_quarter("ost"), email="a@example.org")
    with transaction.atomic():
        confirm(concern)
        dropping = Thread(target=in_own_connection, args=[NOON + 4 * DAY])
        dropping.start()
        assert until(somebody_waits)
    dropping.join()

    assert Teller.objects.get().email == "a@example.org"
    assert Mail.objects.get().to_address == "a@example.org"
    assert not Entry.objects.filter(deed="address_dropped").exists()


def in_own_connection(now):
    tellers.drop_unconfirmed(now=now)
    connection.close()


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0


def test_telling_by_phone_ends_the_task(quarter, mira):
    concern = make_concern(quarter, way=AnswerWay.PHONE, phone="030 23125 100")
    close_concern(
        viewer=mira,
        concern=concern,
        ending=Ending(Result.FIXED, "Brennt", witness=Witness.BODY),
        version=1,
        now=NOON,
    )

    tellers.told_orally(
        viewer=mira,
        concern=concern,
        told_on=date(2026, 3, 2),
        text="Freut sich",
        version=concern.dossier.version,
        now=NOON,
    )

    assert Teller.objects.get().told_orally_on == date(2026, 3, 2)
    assert not FollowUp.objects.filter(done_at=None).exists()


def test_in_the_quarantine_nobody_is_told_and_the_date_stays(quarter, mira, desk):
    concern = make_concern(quarter, signs=frozenset({Sign.TRAP}))
    with pytest.raises(TransitionRefused):
        tellers.told_orally(
            viewer=mira, concern=concern, told_on=date(2026, 3, 2), text="", version=1, now=NOON
        )

    page = f"/buero/anliegen/{concern.dossier.reference}/mitgeteilt/"
    data = {"version": 1, "told_on": "2026-03-02", "text": "", "way": "talk"}

    assert desk.post(page, data).status_code == 409
    assert Teller.objects.get().told_orally_on is None
    assert FollowUp.objects.get().done_at is None


def test_nobody_is_called_whose_number_is_gone(quarter, mira):
    concern = make_concern(quarter, way=AnswerWay.PHONE, phone="030 23125 100")
    ending = Ending(Result.FIXED, "Brennt", witness=Witness.BODY)
    close_concern(viewer=mira, concern=concern, ending=ending, version=1, now=NOON)
    assert FollowUp.objects.get(done_at=None).reason == FollowUpReason.TELL

    delete_contact(viewer=teller_viewer(concern), concern=concern, now=NOON + DAY)

    assert not FollowUp.objects.filter(done_at=None).exists()


def test_other_dates_stay_without_a_person(quarter):
    concern = make_concern(quarter, way=AnswerWay.PHONE, phone="030 23125 100")

    delete_contact(viewer=teller_viewer(concern), concern=concern, now=NOON)

    assert FollowUp.objects.get(done_at=None).reason == FollowUpReason.FIRST_LOOK


def test_telling_on_the_way_leaves_the_next_date(quarter, mira):
    concern = make_concern(quarter)
    tellers.told_orally(
        viewer=mira, concern=concern, told_on=date(2026, 3, 1), text="", version=1, now=NOON
    )
    assert FollowUp.objects.filter(done_at=None).count() == 1


def test_nobody_was_told_tomorrow(quarter, mira):
    with pytest.raises(tellers.ToldInTheFuture):
        tellers.told_orally(
            viewer=mira,
            concern=make_concern(quarter),
            told_on=date(2026, 3, 3),
            text="",
            version=1,
            now=NOON,
        )


def test_the_person_cannot_say_so_for_the_office(quarter):
    concern = make_concern(quarter)
    with pytest.raises(NotAllowed):
        tellers.told_orally(
            viewer=teller_viewer(concern),
            concern=concern,
            told_on=date(2026, 3, 2),
            text="",
            version=1,
            now=NOON,
        )
