"""How a concern ends, comes back, and never loses its next date."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.concerns.models import Concern, Teller
from quartiersladen.concerns.services import life
from quartiersladen.concerns.services.life import Ending
from quartiersladen.concerns.services.release import Release, release_concern
from quartiersladen.concerns.states import (
    AnswerWay,
    ConcernState,
    PlacePrecision,
    Result,
    Witness,
)
from quartiersladen.concerns.testing import make_concern, teller_viewer
from quartiersladen.dossiers.models import Dossier, FollowUp
from quartiersladen.dossiers.services.dates import DateInThePast
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.dossiers.states import Audience
from quartiersladen.kernel.errors import Invalid, NotAllowed, TransitionRefused
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.testing import NOON

FIXED = Ending(Result.FIXED, "Die Lampe brennt wieder.", witness=Witness.OFFICE)


def close(viewer, concern, ending=FIXED, version=None):
    return life.close_concern(
        viewer=viewer,
        concern=concern,
        ending=ending,
        version=version or concern.dossier.version,
        now=NOON,
    )


def test_it_ends_with_an_answer_and_who_saw_it(quarter, mira):
    concern = make_concern(quarter)

    close(mira, concern)

    concern.refresh_from_db()
    assert (concern.state, concern.result, concern.witness) == (
        ConcernState.ANSWERED,
        Result.FIXED,
        Witness.OFFICE,
    )
    assert (concern.next_on, concern.closed_at) == (None, NOON)
    assert Dossier.objects.get().closed_at == NOON
    assert not FollowUp.objects.filter(done_at=None).exists()


@pytest.mark.parametrize(
    ("ending", "refusal"),
    [
        (Ending(Result.FIXED, " ", witness=Witness.BODY), life.AnswerMissing),
        (Ending(Result.FIXED, "Fertig"), life.WitnessMissing),
        (Ending(Result.NOT_POSSIBLE, "Leider nein"), life.ReasonMissing),
        (Ending(Result.NO_ANSWER, "Leider nein", reason="x" * 501), life.ReasonMissing),
    ],
)
def test_answered_never_pretends_fixed(quarter, mira, ending, refusal):
    concern = make_concern(quarter)
    with pytest.raises(refusal):
        close(mira, concern, ending)
    assert Concern.objects.get().state == ConcernState.NEW


def test_a_witness_is_kept_only_where_something_was_fixed(quarter, mira):
    concern = make_concern(quarter)
    close(
        mira, concern, Ending(Result.NO_ANSWER, "Nichts gehört", "Dreimal gefragt", Witness.BODY)
    )
    assert Concern.objects.get().witness == ""


def test_the_person_gets_the_answer_by_mail(quarter, mira):
    concern = make_concern(quarter, email="a@example.org", way=AnswerWay.MAIL, language="ar")
    Teller.objects.update(email_confirmed_at=NOON)
    concern.teller.refresh_from_db()
    close(mira, concern)
    mail = Mail.objects.get(kind="teller")
    assert "Die Lampe brennt wieder." in mail.text
    assert mail.language == "ar"


@pytest.mark.parametrize("way", [AnswerWay.PHONE, AnswerWay.POST])
def test_who_has_no_mail_becomes_a_task_for_today(quarter, mira, way):
    close(mira, make_concern(quarter, way=way, phone="030 23125 100", address="Weg 1"))
    task = FollowUp.objects.get(done_at=None)
    assert (task.reason, task.due_on) == ("tell", date(2026, 3, 2))


def test_it_does_not_end_twice(quarter, mira):
    concern = make_concern(quarter)
    close(mira, concern)
    with pytest.raises(TransitionRefused) as refused:
        close(mira, concern)
    assert refused.value.allowed == ["reopen"]


def test_two_who_close_at_once(quarter, mira):
    concern = make_concern(quarter)
    stale = Concern.objects.select_related("dossier", "teller", "quarter").get()
    close(mira, concern)
    with pytest.raises(ChangedMeanwhile):
        close(mira, stale, version=1)


def test_a_state_that_changed_under_the_deed_is_noticed(quarter, mira):
    concern = make_concern(quarter)
    Concern.objects.update(state=ConcernState.CHECKED)
    with pytest.raises(ChangedMeanwhile):
        close(mira, concern)


def test_a_helper_does_not_close(quarter, hao):
    with pytest.raises(NotAllowed):
        close(hao, make_concern(quarter))


def test_it_is_taken_up_again_with_a_reason_and_due_today(quarter, mira):
    concern = make_concern(quarter)
    close(mira, concern)

    life.reopen_concern(
        viewer=mira, concern=concern, why="Wieder aus", version=concern.dossier.version, now=NOON
    )

    concern.refresh_from_db()
    assert (concern.state, concern.next_on, concern.result) == (
        ConcernState.CHECKED,
        date(2026, 3, 2),
        "",
    )


def test_taking_up_again_needs_a_reason_and_an_end(quarter, mira):
    concern = make_concern(quarter)
    with pytest.raises(TransitionRefused):
        life.reopen_concern(viewer=mira, concern=concern, why="x", version=1, now=NOON)
    with pytest.raises(Invalid):
        life.reopen_concern(viewer=mira, concern=concern, why=" ", version=1, now=NOON)


def test_the_person_takes_it_back_and_nothing_stays_public(quarter, mira):
    concern = make_concern(quarter)
    release_concern(
        viewer=mira,
        concern=concern,
        release=Release("Lampe", "Lampe aus", PlacePrecision.NONE, frozenset(), is_checked=True),
        version=1,
        now=NOON,
    )

    life.withdraw_concern(viewer=teller_viewer(concern), concern=concern, version=None, now=NOON)

    concern.refresh_from_db()
    assert (concern.state, concern.is_released) == (ConcernState.WITHDRAWN, False)
    assert Dossier.objects.get().audience == Audience.TELLER


def test_the_office_takes_it_back_for_the_person(quarter, mira):
    concern = make_concern(quarter)
    life.withdraw_concern(viewer=mira, concern=concern, version=1, now=NOON)
    assert Concern.objects.get().state == ConcernState.WITHDRAWN


def test_others_cannot_take_it_back(quarter):
    concern, other = make_concern(quarter), make_concern(quarter, "Anderes")
    for viewer in (public_viewer(quarter.pk), teller_viewer(other)):
        with pytest.raises(NotAllowed):
            life.withdraw_concern(viewer=viewer, concern=concern, version=None, now=NOON)


def test_another_next_date(quarter, mira):
    concern = make_concern(quarter)
    life.plan_next(
        viewer=mira,
        concern=concern,
        due_on=date(2026, 3, 20),
        note="Amt fragen",
        version=1,
        now=NOON,
    )
    follow_up = FollowUp.objects.get(done_at=None)
    assert (follow_up.due_on, follow_up.note) == (date(2026, 3, 20), "Amt fragen")
    assert Concern.objects.get().next_on == date(2026, 3, 20)


@pytest.mark.parametrize(
    ("due_on", "refusal"), [(None, life.NextDateMissing), (date(2026, 3, 1), DateInThePast)]
)
def test_a_next_date_is_today_or_later(quarter, mira, due_on, refusal):
    concern = make_concern(quarter)
    with pytest.raises(refusal):
        life.plan_next(viewer=mira, concern=concern, due_on=due_on, note="", version=1, now=NOON)


def test_a_closed_concern_gets_no_next_date(quarter, mira):
    concern = make_concern(quarter)
    close(mira, concern)
    with pytest.raises(TransitionRefused):
        life.plan_next(
            viewer=mira,
            concern=concern,
            due_on=date(2026, 3, 20),
            note="",
            version=concern.dossier.version,
            now=NOON,
        )


@pytest.mark.parametrize(
    "columns",
    [
        {"next_on": None},
        {"state": "lost"},
        {"state": "answered", "result": ""},
        {"latitude": 91.0},
    ],
)
def test_the_database_refuses_what_must_not_be(quarter, columns):
    make_concern(quarter)
    with pytest.raises(IntegrityError), transaction.atomic():
        Concern.objects.update(**columns)
    assert Concern.objects.get().state == ConcernState.NEW
