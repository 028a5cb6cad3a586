"""Rules of retention: announced, started, carried out in portions, proved."""

from datetime import time, timedelta

import pytest
from django.utils import timezone

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.models import Concern, Teller
from quartiersladen.concerns.services import forgetting
from quartiersladen.concerns.services.forgetting import drop_address
from quartiersladen.concerns.services.life import Ending, close_concern, reopen_concern
from quartiersladen.concerns.services.release import Release, release_concern
from quartiersladen.concerns.states import (
    AnswerWay,
    Channel,
    ConcernState,
    PlaceKind,
    PlacePrecision,
    Result,
    Witness,
)
from quartiersladen.concerns.testing import make_concern, make_referral
from quartiersladen.config.schedules import PERIODIC
from quartiersladen.correspondence.models import Message
from quartiersladen.dossiers.models import Dossier, Entry
from quartiersladen.dossiers.services.forgetting import CLEAN_INDEX
from quartiersladen.dossiers.services.journal import note
from quartiersladen.dossiers.states import Audience
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.services import Emptied, resend
from quartiersladen.outbox.states import MailState
from quartiersladen.privacy import retention, tasks
from quartiersladen.privacy.append_only import erasure_permit
from quartiersladen.privacy.models import RetentionProof, RetentionRule, Trail
from quartiersladen.privacy.queries import proofs_of
from quartiersladen.privacy.services import leave_trail
from quartiersladen.privacy.states import RetentionKind
from quartiersladen.quarters.testing import NOON, make_quarter

CONTACT, TEXT, MAIL = RetentionKind.CONTACT, RetentionKind.TEXT, RetentionKind.MAIL
LATER = NOON + timedelta(days=200)
MUCH_LATER = NOON + timedelta(days=3 * 365 + 30)


def closed(quarter, viewer, text="Es ist dunkel", **fields):
    facts = {"name": "Sabine Brandt", "email": "brandt@example.org", "way": AnswerWay.MAIL}
    concern = make_concern(quarter, text, **(facts | fields))
    Teller.objects.filter(pk=concern.pk).update(email_confirmed_at=NOON)
    concern = Concern.objects.select_related("dossier", "teller", "quarter").get(pk=concern.pk)
    close_concern(
        viewer=viewer,
        concern=concern,
        ending=Ending(Result.FIXED, "Es leuchtet, Frau Brandt", witness=Witness.OFFICE),
        version=concern.dossier.version,
        now=NOON,
    )
    return Concern.objects.select_related("dossier", "teller", "quarter").get(pk=concern.pk)


def start(quarter, *kinds):
    for kind in kinds:
        RetentionRule.objects.update_or_create(
            quarter=quarter,
            kind=kind,
            defaults={"days": retention.rule_of(quarter, kind).days, "started_at": NOON},
        )


def teller(concern):
    return Teller.objects.get(pk=concern.pk)


def counts(quarter):
    return {(p.kind, p.count) for p in proofs_of(quarter.pk, limit=50) if p.count}


def test_the_first_run_only_announces(quarter, mira):
    concern = closed(quarter, mira)

    assert retention.run_night(now=LATER) == 0

    in_use = retention.rule_of(quarter, CONTACT)
    assert in_use.starts_at == LATER + retention.NOTICE
    due = retention.due_now(quarter, in_use, LATER, viewer=mira)
    assert due.examples == [concern.dossier.reference]
    assert teller(concern).name == "Sabine Brandt"


def test_the_list_names_no_concern_that_is_closed_to_who_reads_it(quarter, mira, lead_desk):
    secret, other = closed(quarter, mira), closed(quarter, mira, "noch eins")
    Dossier.objects.filter(pk=secret.pk).update(audience=Audience.CONFIDENTIAL)
    Dossier.objects.update(closed_at=timezone.now() - timedelta(days=365))

    due = lead_desk.get("/buero/einstellungen/aufbewahrung/contact/").context["due"]

    assert (due.count, due.examples) == (2, [other.dossier.reference])


def test_a_rule_that_finds_nothing_announces_nothing(quarter, mira):
    closed(quarter, mira)

    retention.run_night(now=NOON + timedelta(days=100))

    assert not RetentionRule.objects.exists()


def test_the_lead_starts_it_and_the_night_deletes(quarter, mira, karla):
    concern = closed(quarter, mira)
    open_one = make_concern(quarter, "b", name="Ali Yilmaz", phone="+49 30 23125 101")
    retention.run_night(now=LATER)

    retention.start_rule(viewer=karla, quarter=quarter, kind=CONTACT, now=LATER)
    gone = retention.run_night(now=LATER + timedelta(days=1))

    found = teller(concern)
    assert gone == 1
    assert (found.name, found.email, found.phone, found.address) == ("", "", "", "")
    assert found.contact_gone_at == LATER + timedelta(days=1)
    assert teller(open_one).name == "Ali Yilmaz"
    assert counts(quarter) == {(CONTACT, 1)}
    # Search and outbox forget as well; the figures do not.
    concern.dossier.refresh_from_db()
    assert "brandt" not in concern.dossier.search_text.replace("frau brandt", "")
    assert not Mail.objects.filter(to_address="brandt@example.org").exists()
    concern.refresh_from_db()
    assert (concern.state, concern.result) == (ConcernState.ANSWERED, Result.FIXED)
    assert Entry.objects.filter(dossier=concern.dossier, deed="contact_gone").count() == 1
    with pytest.raises(retention.NothingToStart):
        retention.start_rule(viewer=karla, quarter=quarter, kind=CONTACT, now=LATER)


def test_nobody_but_the_lead_starts_a_rule(quarter, mira, ines):
    for viewer in (mira, ines):
        with pytest.raises(NotAllowed):
            retention.start_rule(viewer=viewer, quarter=quarter, kind=CONTACT, now=NOON)
    other = make_quarter("west")
    with pytest.raises(NotAllowed):
        retention.start_rule(viewer=ines, quarter=other, kind=CONTACT, now=NOON)


def test_after_the_notice_it_starts_by_itself(quarter, mira):
    concern = closed(quarter, mira)
    retention.run_night(now=LATER)
    retention.run_night(now=LATER + timedelta(days=13))
    assert teller(concern).name == "Sabine Brandt"

    retention.run_night(now=LATER + timedelta(days=14))

    assert teller(concern).name == ""
    assert retention.rule_of(quarter, CONTACT).is_started


def test_a_run_of_the_same_night_does_nothing_more(quarter, mira):
    start(quarter, CONTACT)
    closed(quarter, mira)
    retention.run_night(now=LATER)
    closed(quarter, mira, "noch eins")

    assert retention.run_night(now=LATER + timedelta(hours=1)) == 0
    assert RetentionProof.objects.filter(kind=CONTACT, count=0).count() == 1


def test_a_run_ends_only_when_nothing_is_due_any_more(quarter, mira, monkeypatch):
    """Another worker has the rows in hand, and may still fail."""
    start(quarter, CONTACT)
    concern = closed(quarter, mira)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(forgetting, "_portion", lambda _rows, _limit: [])
        retention.run_night(now=LATER)
    assert not RetentionProof.objects.filter(kind=CONTACT).exists()

    retention.run_night(now=LATER + timedelta(hours=1))

    assert teller(concern).name == ""
    lines = RetentionProof.objects.filter(kind=CONTACT).order_by("pk")
    assert list(lines.values_list("count", flat=True)) == [1, 0]


def test_before_one_in_the_morning_the_day_has_not_begun(quarter, mira):
    start(quarter, CONTACT)
    closed(quarter, mira)
    midnight = LATER.replace(hour=22, minute=30)  # half past midnight in the quarter

    retention.run_night(now=midnight)

    assert not RetentionProof.objects.filter(kind=CONTACT).exists()


def test_it_works_in_portions_and_goes_on_after_a_kill(quarter, mira, monkeypatch):
    start(quarter, CONTACT)
    concerns = [closed(quarter, mira, f"Text {n}", email=f"a{n}@example.org") for n in range(5)]
    monkeypatch.setattr(retention, "PORTION", 2)
    ticks = iter([True, False])

    first = retention.run_night(now=LATER, clock=lambda: next(ticks, False))
    left = [c.pk for c in concerns if teller(c).name]
    second = retention.run_night(now=LATER + timedelta(hours=1))

    assert (first, len(left), second) == (2, 3, 3)
    lines = RetentionProof.objects.filter(kind=CONTACT).order_by("pk")
    assert list(lines.values_list("count", flat=True)) == [2, 2, 1, 0]


def test_a_concern_taken_up_again_keeps_what_it_has(quarter, mira):
    start(quarter, CONTACT, TEXT)
    concern = closed(quarter, mira)
    reopen_concern(
        viewer=mira, concern=concern, why="Wieder", version=concern.dossier.version, now=NOON
    )

    retention.run_night(now=MUCH_LATER)

    assert teller(concern).name == "Sabine Brandt"
    assert Concern.objects.get(pk=concern.pk).text == "Es ist dunkel"


def test_a_concern_whose_contact_data_is_gone_can_be_taken_up_and_closed_again(
    quarter, mira, karla
):
    start(quarter, CONTACT)
    concern = closed(quarter, mira)
    retention.run_night(now=LATER)
    concern = Concern.objects.select_related("dossier", "teller", "quarter").get(pk=concern.pk)

    reopen_concern(
        viewer=mira, concern=concern, why="Wieder", version=concern.dossier.version, now=LATER
    )
    close_concern(
        viewer=mira,
        concern=concern,
        ending=Ending(Result.FIXED, "Nun aber", witness=Witness.OFFICE),
        version=concern.dossier.version,
        now=LATER,
    )

    assert concern.state == ConcernState.ANSWERED
    assert not Mail.objects.filter(created_at=LATER).exists()


def test_after_three_years_only_the_skeleton_stays(quarter, mira, body):
    start(quarter, TEXT)
    concern = make_concern(
        quarter,
        "Geheimer Text",
        name="Sabine Brandt",
        place_kind=PlaceKind.POINT,
        latitude=51.34157,
        longitude=12.40123,
    )
    note(viewer=mira, dossier=concern.dossier, text="Geheime Notiz", now=NOON)
    make_referral(mira, concern, body)
    release_concern(
        viewer=mira,
        concern=concern,
        release=Release("Titel", "Geheim", PlacePrecision.EXACT, frozenset(), is_checked=True),
        version=concern.dossier.version,
        now=NOON,
    )
    close_concern(
        viewer=mira,
        concern=concern,
        ending=Ending(Result.NOT_POSSIBLE, "Geheime Antwort", reason="Geheimer Grund"),
        version=concern.dossier.version,
        now=NOON,
    )
    steps = Entry.objects.count()

    retention.run_night(now=MUCH_LATER)

    concern.refresh_from_db()
    dossier = Dossier.objects.get(pk=concern.pk)
    assert (concern.text, concern.answer, concern.reason) == ("[entfernt]", "", "")
    assert (concern.latitude, concern.longitude) == (51.342, 12.402)
    assert (concern.is_released, concern.public_text, concern.public_latitude) == (False, "", None)
    assert (dossier.title, dossier.search_text) == ("[entfernt]", dossier.reference)
    assert dossier.audience == "office"
    # With theme, channel, result and the dates the figures stay.
    assert (concern.result, concern.channel) == (Result.NOT_POSSIBLE, Channel.WEB)
    assert Entry.objects.count() == steps + 2
    for rows in (Entry, Message, Mail):
        assert not rows.objects.filter(text__icontains="geheim").exists()
    assert not [e for e in Entry.objects.all() if "Grund" in str(e.data)]
    assert counts(quarter) == {(TEXT, 1)}
    assert retention.run_night(now=MUCH_LATER + timedelta(days=1)) == 0


@pytest.mark.parametrize("kind", [CONTACT, TEXT])
def test_while_a_mail_is_on_its_way_the_concern_waits_for_the_next_run(quarter, mira, kind):
    start(quarter, kind)
    first, second = closed(quarter, mira), closed(quarter, mira, "b", email="b@example.org")
    answer = Mail.objects.filter(message__dossier=first.dossier).order_by("-pk").first()
    Mail.objects.filter(pk=answer.pk).update(state=MailState.SENDING)

    retention.run_night(now=MUCH_LATER)

    assert (teller(first).name, teller(second).name) == ("Sabine Brandt", "")
    Mail.objects.filter(pk=answer.pk).update(state=MailState.SENT)
    retention.run_night(now=MUCH_LATER + timedelta(days=1))
    assert teller(first).name == ""
    assert not Mail.objects.exclude(to_address="").exists()
    assert counts(quarter) == {(kind, 1)}


def test_what_another_worker_did_is_not_done_again(quarter, mira, monkeypatch):
    """Between looking and locking, another worker forgets the same concern."""
    concern = closed(quarter, mira)
    facts = {"quarter": quarter, "before": MUCH_LATER, "limit": 9, "now": MUCH_LATER}
    with erasure_permit():
        done = (forgetting.let_contact_go(**facts), forgetting.let_text_go(**facts))
    monkeypatch.setattr(forgetting, "_portion", lambda *_asked: [concern.pk])

    with erasure_permit():
        again = (forgetting.let_contact_go(**facts), forgetting.let_text_go(**facts))

    assert (done, again) == ((1, 1), (0, 0))
    deeds = Entry.objects.filter(deed__in=["contact_gone", "text_gone"])
    assert deeds.count() == 2


def test_a_text_without_a_known_person_goes_as_well(quarter, mira):
    start(quarter, TEXT)
    concern = closed(quarter, mira, name="", email="", way=AnswerWay.LINK)
    drop_address(teller=concern.teller)

    retention.run_night(now=MUCH_LATER)

    assert Concern.objects.get().text == "[entfernt]"
    assert not Entry.objects.filter(deed="contact_gone").exists()


def test_a_second_worker_that_was_faster_changes_nothing(quarter, karla, monkeypatch):
    """Between looking and starting, somebody else starts the rule."""
    before = retention.rule_of(quarter, CONTACT)
    start(quarter, CONTACT)
    monkeypatch.setattr(retention, "rule_of", lambda *_asked: before)

    with pytest.raises(retention.NothingToStart):
        retention.start_rule(viewer=karla, quarter=quarter, kind=CONTACT, now=NOON)


def test_only_the_lead_is_told_of_rules_that_wait(quarter, mira, karla):
    closed(quarter, mira)
    retention.run_night(now=LATER)

    waiting = retention.announced(karla, quarter)

    assert [in_use.rule.kind for in_use in waiting] == [CONTACT]
    assert retention.announced(mira, quarter) == []


def test_sent_mails_are_emptied_and_cannot_be_sent_again(quarter, mira, body):
    start(quarter, MAIL)
    concern = make_concern(quarter)
    make_referral(mira, concern, body)
    Mail.objects.update(state=MailState.SENT)
    waiting = make_concern(quarter, "b", email="b@example.org")

    retention.run_night(now=LATER)

    mail = Mail.objects.get(message__dossier=concern.dossier)
    assert (mail.to_address, mail.text, mail.links, mail.is_emptied) == ("", "", {}, True)
    assert Mail.objects.get(to_address="b@example.org").state == MailState.QUEUED
    assert waiting.pk
    with pytest.raises(Emptied):
        resend(viewer=mira, mail=mail, now=LATER)


def test_readings_of_a_person_go_and_the_rest_of_the_trail_stays(quarter):
    start(quarter, RetentionKind.ACCESS)
    for deed in ("person read", "confidential read", "person erased", "theme saved"):
        leave_trail(quarter=quarter, by_id=None, deed=deed, subject="x:1", data={}, now=NOON)

    retention.run_night(now=NOON + timedelta(days=91))

    left = set(Trail.objects.values_list("deed", flat=True))
    assert left == {"person erased", "theme saved"}


def test_a_shorter_time_begins_with_a_notice_again(quarter, karla, ines):
    start(quarter, CONTACT)

    longer = retention.set_days(
        viewer=ines, quarter=quarter, kind=CONTACT, days=200, version=0, now=NOON
    )
    assert longer.started_at == NOON
    shorter = retention.set_days(
        viewer=karla, quarter=quarter, kind=CONTACT, days=30, version=2, now=NOON
    )

    assert (shorter.days, shorter.started_at, shorter.version) == (30, None, 3)
    assert Trail.objects.filter(deed="retention rule saved").count() == 2


@pytest.mark.parametrize("days", [0, 3651])
def test_a_rule_has_bounds(quarter, karla, days):
    with pytest.raises(retention.DaysOutOfRange):
        retention.set_days(
            viewer=karla, quarter=quarter, kind=CONTACT, days=days, version=0, now=NOON
        )


def test_rules_are_saved_by_those_who_may_and_one_after_the_other(quarter, mira, karla):
    def save(viewer, version):
        return retention.set_days(
            viewer=viewer, quarter=quarter, kind=CONTACT, days=90, version=version, now=NOON
        )

    with pytest.raises(NotAllowed):
        save(mira, 0)
    save(karla, 0)
    with pytest.raises(retention.RuleChangedMeanwhile):
        save(karla, 1)
    with pytest.raises(retention.RuleChangedMeanwhile):
        save(karla, 0)
    with pytest.raises(RetentionRule.DoesNotExist):
        retention.rule_of(quarter, "nonsense")


def test_the_end_of_a_run_is_written_once(quarter):
    facts = {"quarter": quarter, "kind": CONTACT, "days": 180, "day": NOON.date(), "at": NOON}

    retention._end_run(facts)
    retention._end_run(facts)

    assert RetentionProof.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_job_deletes_and_cleans_the_index(work_off_jobs, monkeypatch):
    monkeypatch.setattr(retention, "NIGHT_BEGINS", time(0))
    quarter = make_quarter("ost")
    mira = viewer_of(make_member(quarter, Role.MODERATOR, "Mira"), quarter)
    start(quarter, CONTACT)
    concern = closed(quarter, mira)
    long_ago = timezone.now() - timedelta(days=400)
    Dossier.objects.filter(pk=concern.pk).update(closed_at=long_ago)
    work_off_jobs()

    tasks.run_retention()
    tasks.run_retention()

    assert teller(concern).name == ""
    assert work_off_jobs() == 1


def test_what_ends_by_itself_has_no_rule_to_set(lead_desk):
    rules = "/buero/einstellungen/aufbewahrung/"

    page = lead_desk.get(rules).content.decode()

    assert "Beendete Sitzungen von Kolleginnen und Kollegen" in page
    assert lead_desk.post(f"{rules}contact/", {"days": 90, "version": 0}).status_code == 302
    for path in ("sign-in/", "sign-in/beginnen/"):
        assert lead_desk.post(f"{rules}{path}", {"days": 90, "version": 0}).status_code == 404


def test_words_whose_cleaning_was_lost_go_in_the_next_night():
    nightly = {job.handler: job.minutes for job in PERIODIC}

    assert nightly[CLEAN_INDEX] == 24 * 60
