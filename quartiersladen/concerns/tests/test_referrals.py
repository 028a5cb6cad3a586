"""Passing on, asking again, and what the bodies reply."""

from datetime import date, timedelta

import pytest
from django.utils import translation

from quartiersladen.concerns import letters
from quartiersladen.concerns.models import Concern, Referral, Teller
from quartiersladen.concerns.services import referrals
from quartiersladen.concerns.services.life import NextDateMissing, default_next_date
from quartiersladen.concerns.services.referrals import Ask, PassOn, ask_again, pass_on
from quartiersladen.concerns.states import (
    AnswerWay,
    ConcernState,
    PlaceKind,
    ReferralState,
    Scope,
)
from quartiersladen.concerns.testing import body_viewer, make_concern, make_referral
from quartiersladen.concerns.unnamed import without_person
from quartiersladen.correspondence.models import Message
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ContactPerson
from quartiersladen.directory.testing import make_body
from quartiersladen.dossiers.models import FollowUp
from quartiersladen.dossiers.services.dates import DateInThePast
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.kernel.errors import NotAllowed, TransitionRefused
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.testing import NOON

IN_TWO_WEEKS = date(2026, 3, 16)


def test_it_goes_to_two_bodies_each_with_its_own_state(quarter, mira, body):
    concern = make_concern(quarter, "Spritzen an der Kita", place_text="Kita Sonnenweg")
    phone_body = make_body(quarter, "Straßensozialarbeit", email="")

    pass_on(
        viewer=mira,
        concern=concern,
        items=[PassOn(body, Way.MAIL, cover_note="Bitte schnell."), PassOn(phone_body, Way.PHONE)],
        ask_on=IN_TWO_WEEKS,
        version=1,
        now=NOON,
    )

    concern.refresh_from_db()
    assert (concern.state, concern.scope) == (ConcernState.FORWARDED, Scope.PUBLIC_INTEREST)
    assert concern.next_on == IN_TWO_WEEKS
    assert {r.body: r.state for r in Referral.objects.all()} == {
        body: ReferralState.SENT,
        phone_body: ReferralState.SENT,
    }
    [mail] = Mail.objects.all()
    assert mail.to_address == body.email
    assert "> Spritzen an der Kita" in mail.text
    assert "Bitte schnell." in mail.text
    assert "Kita Sonnenweg" in mail.text
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "place", "told"),
    [
        (PlaceKind.NONE, "", []),
        (PlaceKind.NONE, "Hof", ["Ort: Hof"]),
        (PlaceKind.QUARTER, "", ["Ort: Das ganze Quartier"]),
    ],
)
def test_a_body_reads_a_place_only_where_one_was_told(quarter, mira, body, kind, place, told):
    make_referral(mira, make_concern(quarter, place_kind=kind, place_text=place), body)

    lines = Mail.objects.get().text.splitlines()
    assert [line for line in lines if line.startswith("Ort:")] == told


def test_contact_data_goes_only_with_consent_and_tick(quarter, mira, body):
    concern = make_concern(
        quarter, name="Ayşe Ö.", phone="030 23125 100", consent_wording="Ja, weitergeben."
    )
    pass_on(
        viewer=mira,
        concern=concern,
        items=[PassOn(body, Way.MAIL, with_contact=True)],
        ask_on=IN_TWO_WEEKS,
        version=1,
        now=NOON,
    )
    assert "Ayşe Ö., 030 23125 100" in Mail.objects.get().text


def test_with_consent_but_without_tick_no_contact_data_goes(quarter, mira, body):
    concern = make_concern(quarter, name="Ayşe Ö.", consent_wording="Ja, weitergeben.")
    make_referral(mira, concern, body)
    assert "Ayşe" not in Mail.objects.get().text


SIGNED = """An der Linde vor der Okaforstraße 5 liegt Müll.

Ich bin Linde Okafor, bitte nennen Sie Frau Okafor nicht.

Linde Okafor
Tel. 030 23125 555
linde@post.example.org"""
UNSIGNED = """> An der Linde vor der Okaforstraße 5 liegt Müll.
>{blank}
> Ich bin [Name], bitte nennen Sie Frau [Name] nicht.
>{blank}
> [Name]
> Tel. [Telefonnummer]
> [E-Mail-Adresse]""".format(blank=" ")


def test_who_signed_the_words_stays_away_from_a_body_without_consent(quarter, mira, body):
    concern = make_concern(quarter, SIGNED, name="Linde Okafor", email="linde@post.example.org")
    referral = make_referral(mira, concern, body)

    assert UNSIGNED in Mail.objects.get(kind="body").text
    assert UNSIGNED in letters.reminder(referral, words="").text


def test_with_consent_and_tick_a_body_reads_the_words_as_they_came(quarter, mira, body):
    concern = make_concern(quarter, SIGNED, name="Linde Okafor", consent_wording="Ja.")
    items = [PassOn(body, Way.MAIL, with_contact=True)]
    pass_on(viewer=mira, concern=concern, items=items, ask_on=IN_TWO_WEEKS, version=1, now=NOON)

    as_it_came = "\n".join(f"> {line}" for line in SIGNED.splitlines())
    assert as_it_came in Mail.objects.get(kind="body").text


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("Ludwigstraße 12, seit dem 03.05.2026", "Ludwigstraße 12, seit dem 03.05.2026"),
        ("Handy: +49 (0) 30 / 23125-555", "Handy: [Telefonnummer]"),
        ("030 23125 555\n+49 30 23125555", "[Telefonnummer]\n[Telefonnummer]"),
        ("2026-0042\n02.05.2026\n04315 Leipzig", "2026-0042\n02.05.2026\n04315 Leipzig"),
        ("Mo\nist da", "Mo\nist da"),
        ("mit freundlichen Grüßen\nokafor.", "mit freundlichen Grüßen\n[Name]."),
        ("die Linde ist krank", "die Linde ist krank"),
    ],
)
def test_only_what_names_the_person_is_left_out(told, shown):
    with translation.override("de"):
        assert without_person(told, Teller(name="Mo Linde Okafor")) == shown


def test_without_consent_the_tick_is_refused(quarter, mira, body):
    concern = make_concern(quarter, name="Ayşe Ö.")
    with pytest.raises(referrals.NoConsent):
        pass_on(
            viewer=mira,
            concern=concern,
            items=[PassOn(body, Way.MAIL, with_contact=True)],
            ask_on=IN_TWO_WEEKS,
            version=1,
            now=NOON,
        )
    assert list(Mail.objects.all()) == []


def test_the_preview_is_what_goes_out(quarter, mira, body):
    concern = make_concern(quarter, place_text="Ecke Rosenweg")
    items = [PassOn(body, Way.MAIL, cover_note="Gruß")]

    [(_item, letter)] = referrals.preview(
        viewer=mira, concern=concern, items=items, ask_on=IN_TWO_WEEKS, now=NOON
    )
    assert not Referral.objects.exists()

    pass_on(viewer=mira, concern=concern, items=items, ask_on=IN_TWO_WEEKS, version=1, now=NOON)
    mail = Mail.objects.get()
    assert (letter.subject, letter.text) == (mail.subject, mail.text)


def test_a_named_person_gets_the_mail(quarter, mira, body):
    person = ContactPerson.objects.create(
        body=body, name="Kim Weber", email="kim@lichtwerk.example.org", from_on=date(2020, 1, 1)
    )
    concern = make_concern(quarter)
    pass_on(
        viewer=mira,
        concern=concern,
        items=[PassOn(body, Way.MAIL, person=person)],
        ask_on=IN_TWO_WEEKS,
        version=1,
        now=NOON,
    )
    assert Mail.objects.get().to_address == "kim@lichtwerk.example.org"


@pytest.mark.parametrize(
    ("ask_on", "refusal"),
    [(None, NextDateMissing), (date(2026, 3, 1), DateInThePast)],
)
def test_a_next_date_is_mandatory(quarter, mira, body, ask_on, refusal):
    concern = make_concern(quarter)
    with pytest.raises(refusal):
        pass_on(
            viewer=mira,
            concern=concern,
            items=[PassOn(body, Way.MAIL)],
            ask_on=ask_on,
            version=1,
            now=NOON,
        )
    assert not Referral.objects.exists()


def test_it_needs_a_body_and_the_body_an_address(quarter, mira):
    concern = make_concern(quarter)
    silent = make_body(quarter, "Ohne Adresse", email="")
    for items, refusal in (
        ([], referrals.NoBody),
        ([PassOn(silent, Way.MAIL)], referrals.NoMailAddress),
    ):
        with pytest.raises(refusal):
            pass_on(
                viewer=mira,
                concern=concern,
                items=items,
                ask_on=IN_TWO_WEEKS,
                version=1,
                now=NOON,
            )
    with pytest.raises(referrals.NoBody):
        referrals.preview(viewer=mira, concern=concern, items=[], ask_on=IN_TWO_WEEKS, now=NOON)


def test_a_body_that_has_it_does_not_get_it_twice(quarter, mira, body):
    concern = make_concern(quarter)
    make_referral(mira, concern, body)
    with pytest.raises(referrals.AlreadyThere):
        make_referral(mira, concern, body)


def test_a_helper_does_not_pass_on(quarter, hao, body):
    with pytest.raises(NotAllowed):
        make_referral(hao, make_concern(quarter), body)


def test_the_person_is_told_to_whom_it_went_once_the_address_is_confirmed(quarter, mira, body):
    concern = make_concern(quarter, email="a@example.org", way=AnswerWay.MAIL)
    Teller.objects.update(email_confirmed_at=NOON)
    concern.teller.refresh_from_db()

    make_referral(mira, concern, body)

    mail = Mail.objects.get(to_address="a@example.org", kind="teller")
    assert "Lichtwerk" in mail.text
    assert "16. März 2026" in mail.text


def test_an_unconfirmed_address_gets_nothing_more(quarter, mira, body):
    concern = make_concern(quarter, email="a@example.org", way=AnswerWay.MAIL)
    make_referral(mira, concern, body)
    assert [m.kind for m in Mail.objects.filter(to_address="a@example.org")] == ["confirm"]


def test_default_next_date_knows_theme_and_holidays(quarter, theme):
    with_theme = make_concern(quarter, theme=theme)
    before_easter = NOON + timedelta(days=29)  # Tuesday, 31 March 2026
    assert default_next_date(concern=with_theme, now=NOON) == date(2026, 3, 9)
    # Good Friday and Easter Monday do not count.
    assert default_next_date(concern=make_concern(quarter, "x"), now=before_easter) == date(
        2026, 4, 16
    )


def test_asking_again_counts_reminds_and_sets_the_next_date(quarter, mira, body):
    concern = make_concern(quarter)
    referral = make_referral(mira, concern, body)

    ask_again(
        viewer=mira,
        referral=referral,
        ask=Ask(Way.MAIL, words="Wie steht es?"),
        ask_on=date(2026, 3, 30),
        version=concern.dossier.version,
        now=NOON + timedelta(days=14),
    )

    concern.refresh_from_db()
    referral.refresh_from_db()
    assert (concern.state, concern.next_on) == (ConcernState.ASKED_AGAIN, date(2026, 3, 30))
    assert (referral.state, referral.asks) == (ReferralState.SILENT, 1)
    first, reminder = Mail.objects.order_by("pk")
    assert reminder.headers["In-Reply-To"] == first.message_id
    assert "Wie steht es?" in reminder.text


def test_asking_by_phone_is_kept_without_a_mail(quarter, mira, body):
    concern = make_concern(quarter)
    referral = make_referral(mira, concern, body)
    ask_again(
        viewer=mira,
        referral=referral,
        ask=Ask(Way.PHONE, whom="Zentrale", words="Rückruf versprochen"),
        ask_on=date(2026, 3, 30),
        version=concern.dossier.version,
        now=NOON,
    )
    assert Mail.objects.count() == 1
    message = Message.objects.latest("pk")
    assert (message.way, message.text) == (Way.PHONE, "Rückruf versprochen")


def test_asking_again_needs_a_date_an_address_and_a_silent_body(quarter, mira, body):
    concern = make_concern(quarter)
    referral = make_referral(mira, concern, body)
    ask = {"viewer": mira, "referral": referral, "version": concern.dossier.version, "now": NOON}

    with pytest.raises(NextDateMissing):
        ask_again(ask=Ask(Way.PHONE), ask_on=None, **ask)
    concern.dossier.refresh_from_db()
    body.email = ""
    body.save()
    referral = Referral.objects.get()
    with pytest.raises(referrals.NoMailAddress):
        ask_again(
            ask=Ask(Way.MAIL),
            ask_on=IN_TWO_WEEKS,
            **(ask | {"referral": referral, "version": referral.concern.dossier.version}),
        )
    referrals.answer_referral(viewer=body_viewer(referral), referral=referral, text="Ja", now=NOON)
    with pytest.raises(TransitionRefused):
        ask_again(
            ask=Ask(Way.PHONE),
            ask_on=IN_TWO_WEEKS,
            **(ask | {"referral": referral, "version": referral.concern.dossier.version}),
        )


def test_only_people_of_the_body_that_has_it_are_asked(quarter, mira, body):
    referral = make_referral(mira, make_concern(quarter), body)
    stranger, kim = (
        ContactPerson.objects.create(body=at, name="Kim Weber", from_on=date(2020, 1, 1))
        for at in (make_body(quarter, "Parkwerk"), body)
    )
    with pytest.raises(referrals.NotAtThisBody):
        referrals.preview_ask(viewer=mira, referral=referral, ask=Ask(Way.MAIL, person=stranger))
    letter = referrals.preview_ask(viewer=mira, referral=referral, ask=Ask(Way.MAIL, person=kim))
    assert letter.subject == "Nachgefragt: Anliegen Nr. 2026-0001 aus dem Quartier"


def test_a_body_takes_it_on_with_a_later_date_which_moves_ours(quarter, mira, body):
    concern = make_concern(quarter)
    referral = make_referral(mira, concern, body)

    referrals.accept_referral(
        viewer=body_viewer(referral), referral=referral, expected_on=date(2026, 4, 20), now=NOON
    )

    concern.refresh_from_db()
    assert (concern.state, concern.next_on) == (ConcernState.FORWARDED, date(2026, 4, 20))
    assert Referral.objects.get().state == ReferralState.ACCEPTED


def test_a_body_takes_nothing_on_for_a_day_that_is_over(quarter, mira, body):
    referral = make_referral(mira, make_concern(quarter), body)
    holder, today = body_viewer(referral), NOON.date()
    with pytest.raises(referrals.DayGone):
        referrals.accept_referral(
            viewer=holder, referral=referral, expected_on=today - timedelta(days=1), now=NOON
        )
    assert Referral.objects.get().state == ReferralState.SENT
    referrals.accept_referral(viewer=holder, referral=referral, expected_on=today, now=NOON)
    assert Referral.objects.get().expected_on == today


def test_a_body_takes_it_on_without_a_date(quarter, mira, body):
    concern = make_concern(quarter)
    referral = make_referral(mira, concern, body)
    referrals.accept_referral(
        viewer=body_viewer(referral), referral=referral, expected_on=None, now=NOON
    )
    concern.refresh_from_db()
    assert concern.next_on == IN_TWO_WEEKS


def test_accepting_after_silence_brings_back_the_better_word(quarter, mira, body):
    concern = make_concern(quarter)
    referral = make_referral(mira, concern, body)
    ask_again(
        viewer=mira,
        referral=referral,
        ask=Ask(Way.PHONE),
        ask_on=IN_TWO_WEEKS,
        version=concern.dossier.version,
        now=NOON,
    )
    referrals.accept_referral(
        viewer=body_viewer(referral), referral=referral, expected_on=None, now=NOON
    )
    concern.refresh_from_db()
    assert concern.state == ConcernState.FORWARDED


@pytest.mark.parametrize(
    ("deed", "argument", "state"),
    [
        (referrals.decline_referral, "reason", ReferralState.DECLINED),
        (referrals.answer_referral, "text", ReferralState.ANSWERED),
    ],
)
def test_when_all_have_replied_it_lies_on_the_desk_today(
    quarter, mira, body, deed, argument, state
):
    concern = make_concern(quarter)
    referral = make_referral(mira, concern, body)

    deed(viewer=body_viewer(referral), referral=referral, now=NOON, **{argument: " Repariert. "})

    concern.refresh_from_db()
    referral.refresh_from_db()
    assert (concern.state, concern.next_on) == (ConcernState.CHECKED, date(2026, 3, 2))
    assert (referral.state, referral.reply, referral.settled_at) == (state, "Repariert.", NOON)
    assert FollowUp.objects.get(done_at=None).reason == "body-replied"


def test_one_reply_of_two_leaves_it_outside(quarter, mira, body):
    concern = make_concern(quarter)
    other = make_body(quarter, "Parkwerk")
    items = [PassOn(body, Way.MAIL), PassOn(other, Way.MAIL)]
    [first, _second] = pass_on(
        viewer=mira, concern=concern, items=items, ask_on=IN_TWO_WEEKS, version=1, now=NOON
    )
    referrals.decline_referral(
        viewer=body_viewer(first), referral=first, reason="Nicht unser Mast", now=NOON
    )
    concern.refresh_from_db()
    assert (concern.state, concern.next_on) == (ConcernState.FORWARDED, IN_TWO_WEEKS)


def test_a_reply_without_words_is_refused(quarter, mira, body):
    referral = make_referral(mira, make_concern(quarter), body)
    with pytest.raises(referrals.ReplyMissing):
        referrals.answer_referral(
            viewer=body_viewer(referral), referral=referral, text=" ", now=NOON
        )


def test_a_second_reply_is_refused(quarter, mira, body):
    referral = make_referral(mira, make_concern(quarter), body)
    stale = Referral.objects.get()
    referrals.answer_referral(viewer=body_viewer(referral), referral=referral, text="a", now=NOON)
    with pytest.raises(TransitionRefused):
        referrals.answer_referral(
            viewer=body_viewer(referral), referral=referral, text="b", now=NOON
        )
    with pytest.raises(ChangedMeanwhile):
        referrals.answer_referral(viewer=body_viewer(stale), referral=stale, text="b", now=NOON)
    assert Referral.objects.get().reply == "a"


def test_a_link_for_another_case_opens_nothing(quarter, mira, body):
    referral = make_referral(mira, make_concern(quarter), body)
    other = make_referral(mira, make_concern(quarter, "Anderes"), body)
    with pytest.raises(NotAllowed):
        referrals.answer_referral(viewer=body_viewer(other), referral=referral, text="x", now=NOON)


def test_the_office_writes_down_what_the_body_said_on_the_phone(quarter, mira, body):
    concern = make_concern(quarter)
    referral = make_referral(mira, concern, body)
    referrals.answer_referral(
        viewer=mira,
        referral=referral,
        text="Ist bestellt",
        version=concern.dossier.version,
        now=NOON,
    )
    message = Message.objects.latest("pk")
    assert (message.way, message.by_id) == (Way.PHONE, mira.user_id)


def test_the_office_is_told_when_the_body_was_faster(quarter, mira, body):
    concern = make_concern(quarter)
    referral = make_referral(mira, concern, body)
    seen = concern.dossier.version
    referrals.accept_referral(
        viewer=body_viewer(referral), referral=Referral.objects.get(), expected_on=None, now=NOON
    )
    with pytest.raises(ChangedMeanwhile):
        ask_again(
            viewer=mira,
            referral=referral,
            ask=Ask(Way.PHONE),
            ask_on=IN_TWO_WEEKS,
            version=seen,
            now=NOON,
        )


def test_a_reply_after_the_end_does_not_reopen(quarter, mira, body):
    concern = make_concern(quarter)
    referral = make_referral(mira, concern, body)
    Concern.objects.update(state=ConcernState.ANSWERED, result="fixed", next_on=None)
    referral = Referral.objects.get()
    referrals.accept_referral(
        viewer=body_viewer(referral), referral=referral, expected_on=date(2026, 5, 1), now=NOON
    )
    concern.refresh_from_db()
    assert (concern.state, concern.next_on) == (ConcernState.ANSWERED, None)
