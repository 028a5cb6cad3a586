"""What came by mail becomes a draft, words on a concern, or a proposal; never more by itself."""

from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.concerns import tasks
from quartiersladen.concerns.models import CameByMail, Concern, Referral
from quartiersladen.concerns.queries.lists import ConcernFilter, desk_page, newest
from quartiersladen.concerns.queries.mails import came_by_mail
from quartiersladen.concerns.queries.quarantine import quarantine_count
from quartiersladen.concerns.services import mails, questions, tellers
from quartiersladen.concerns.services.joining import join
from quartiersladen.concerns.states import AnswerWay, ConcernState, MailEffect
from quartiersladen.concerns.testing import make_concern, make_referral
from quartiersladen.concerns.timeline import office_words
from quartiersladen.correspondence.incoming.states import InboundState, MailClass
from quartiersladen.correspondence.models import InboundMail, Message
from quartiersladen.correspondence.services.inbox import ReasonMissing, SettledMeanwhile
from quartiersladen.correspondence.testing import arrive, make_mail, make_notice
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.dossiers.models import Document, Dossier, Entry, FollowUp
from quartiersladen.kernel.errors import Conflict, NotAllowed
from quartiersladen.outbox.frame import envelope_sender
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.states import MailState
from quartiersladen.privacy.models import Trail
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.testing import NOON, make_quarter


def come_in(quarter, *raws) -> list[InboundMail]:
    """Let mails come in and be taken."""
    stored = [arrive(quarter, raw=raw) for raw in raws]
    mails.take_mails(now=NOON)
    return [InboundMail.objects.get(pk=mail.pk) for mail in stored]


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 30), "teal").save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def draft(quarter):
    [mail] = come_in(
        quarter, make_mail("Die Laterne vor Haus 7 ist seit Montag dunkel.", photos=[picture()])
    )
    return mail


@pytest.fixture
def concern(quarter):
    """One whose person wants mails and has confirmed the address."""
    made = make_concern(quarter, email="okafor@example.org", way=AnswerWay.MAIL, name="Samuel")
    made.teller.email_confirmed_at = NOON
    made.teller.save()
    return made


@pytest.fixture
def referral(quarter, mira, concern, body):
    return make_referral(mira, concern, body)


def answer_to(quarter, words="Wir tauschen sie am Freitag.", **headers):
    sent = Mail.objects.filter(kind="body").latest("pk")
    [mail] = come_in(
        quarter, make_mail(words, sender="amt@example.org", In_Reply_To=sent.message_id, **headers)
    )
    return mail


def deeds(concern):
    return list(
        Entry.objects.filter(dossier=concern.pk).order_by("pk").values_list("deed", flat=True)
    )


# --- Drafts ---------------------------------------------------------------------------------------
def test_a_new_mail_becomes_a_draft_that_is_no_work_and_writes_to_nobody(quarter, mira, draft):
    made = Concern.objects.get()

    assert made.state == ConcernState.DRAFT
    assert made.text == "Laterne\n\nDie Laterne vor Haus 7 ist seit Montag dunkel."
    assert made.dossier.title == "Laterne"
    assert (made.teller.name, made.teller.email) == ("Samuel Okafor", "okafor@example.org")
    assert (made.channel, made.told_on.isoformat()) == ("mail", "2026-03-02")
    assert Document.objects.get().dossier_id == made.pk
    assert FollowUp.objects.get(done_at=None).due_on == made.next_on
    assert (newest(mira, limit=9), quarantine_count(mira)) == ([], 0)
    assert desk_page(mira, ConcernFilter()).rows == []
    assert (made.is_open, made.is_released, Mail.objects.count()) == (False, False, 0)
    assert draft.dossier_id == made.pk


def test_a_draft_is_made_once(quarter, draft):
    assert mails.take_mails(now=NOON) == 0
    tasks.take_mails()
    mails._make_draft(draft, NOON)

    assert (Concern.objects.count(), CameByMail.objects.count()) == (1, 1)


def test_taken_in_it_is_a_new_concern_and_the_receipt_goes_out(mira, draft):
    made = mails.take_in(viewer=mira, mail=draft, now=NOON)

    assert made.state == ConcernState.NEW
    [receipt] = Mail.objects.all()
    assert (receipt.kind, receipt.to_address) == ("confirm", "okafor@example.org")
    assert newest(mira, limit=9) == [made]
    assert deeds(made)[-1] == "draft_taken"
    draft.refresh_from_db()
    assert (draft.state, draft.settled_by_id) == (InboundState.TAKEN, mira.user_id)
    with pytest.raises(Conflict):
        mails.take_in(viewer=mira, mail=draft, now=NOON)
    assert Mail.objects.count() == 1


def test_what_is_no_concern_goes_and_its_mail_stays(mira, draft):
    with pytest.raises(ReasonMissing):
        mails.put_aside(viewer=mira, mail=draft, reason="", now=NOON)
    mails.put_aside(viewer=mira, mail=draft, reason="Einladung", block=True, now=NOON)

    draft.refresh_from_db()
    assert (draft.state, draft.reason, draft.dossier) == (
        InboundState.PUT_ASIDE,
        "Einladung",
        None,
    )
    assert (Concern.objects.count(), Dossier.objects.count(), Mail.objects.count()) == (0, 0, 0)
    assert Trail.objects.filter(deed="draft deleted").count() == 1
    assert Trail.objects.filter(deed="sender blocked").count() == 1
    assert mails.take_mails(now=NOON) == 0


def test_what_was_put_aside_can_become_a_draft_again(mira, draft):
    mails.put_aside(viewer=mira, mail=draft, reason="Werbung", now=NOON)
    draft.refresh_from_db()
    made = mails.take_up(viewer=mira, mail=draft, now=NOON)

    assert (made.state, Concern.objects.count()) == (ConcernState.DRAFT, 1)
    assert Document.objects.count() == 1
    draft.refresh_from_db()
    with pytest.raises(mails.StaysWhereItIs):
        mails.take_up(viewer=mira, mail=draft, now=NOON)


@pytest.mark.parametrize(
    "headers", [{"List_Id": "<a.example.org>"}, {"Auto_Submitted": "auto-generated"}]
)
def test_what_was_sorted_wrongly_can_become_a_draft(quarter, mira, headers):
    [mail] = come_in(quarter, make_mail(**headers))
    assert Concern.objects.count() == 0

    mails.take_up(viewer=mira, mail=mail, now=NOON)
    assert Concern.objects.get().state == ConcernState.DRAFT


def test_helpers_and_strangers_decide_nothing(quarter, hao, draft):
    west = make_quarter("west")
    for deed in (
        lambda: mails.put_aside(viewer=hao, mail=draft, reason="x", now=NOON),
        lambda: mails.finish(viewer=hao, mail=draft, now=NOON),
        lambda: mails.take_up(viewer=hao, mail=draft, now=NOON),
    ):
        with pytest.raises(NotAllowed):
            deed()
    with pytest.raises(mails.NoDraft):
        mails.take_in(viewer=hao, mail=draft, now=NOON)
    assert came_by_mail(hao, draft) is None
    [foreign] = come_in(west, make_mail())
    assert came_by_mail(hao, foreign) is None


def test_a_helper_takes_no_draft_in_that_is_assigned_to_them(quarter, hao, draft):
    Dossier.objects.update(assigned_to_id=hao.user_id)
    draft.refresh_from_db()
    with pytest.raises(NotAllowed):
        mails.take_in(viewer=hao, mail=draft, now=NOON)


def test_finishing_is_no_way_around_the_decision(mira, draft):
    with pytest.raises(mails.NoDraft):
        mails.finish(viewer=mira, mail=draft, now=NOON)


@pytest.mark.parametrize(
    ("sender", "email", "way"),
    [
        ("Jürgen <jürgen@example.org>", "", AnswerWay.NONE),
        ("Nour <nour@köln.example>", "nour@xn--kln-sna.example", AnswerWay.MAIL),
        ("niemand", "", AnswerWay.NONE),
    ],
)
def test_who_cannot_be_written_to_is_not_written_to(quarter, mira, sender, email, way):
    raw = f"From: {sender}\r\nSubject: Licht\r\n\r\nDunkel".encode()
    [mail] = come_in(quarter, raw)

    teller = Concern.objects.get().teller
    assert (teller.email, teller.way) == (email, way)
    mails.take_in(viewer=mira, mail=mail, now=NOON)
    assert Mail.objects.count() == bool(email)


@pytest.mark.parametrize(
    ("subject", "text", "told"),
    [
        ("Licht", "Die Laterne ist aus.", "Licht\n\nDie Laterne ist aus."),
        ("AW: WG: Laterne", "Laterne ist aus", "Laterne ist aus"),
        ("", " ", "(Die Mail enthält keinen Text.)"),
        ("x", "lang " * 2000, None),
    ],
)
def test_subject_and_words_are_what_was_told(quarter, subject, text, told):
    come_in(quarter, make_mail(text, subject=subject))

    made = Concern.objects.get()
    assert made.text == told if told else (len(made.text) <= 4000 and made.text.endswith(" …"))


def test_a_mail_in_arabic_is_answered_in_arabic(quarter):
    come_in(
        quarter, make_mail("المصباح أمام البيت رقم سبعة مطفأ منذ يوم الاثنين.", subject="مصباح")
    )

    assert Dossier.objects.get().language == "ar"


def test_people_in_copy_do_not_become_persons(quarter):
    come_in(quarter, make_mail(Cc="Frau B <frau.b@example.org>"))

    assert Concern.objects.get().teller.email == "okafor@example.org"


def test_a_picture_that_is_none_costs_nothing_else(quarter):
    come_in(quarter, make_mail(photos=[b"kein Bild", picture()]))

    assert Document.objects.count() == 1


def test_an_address_that_nobody_confirmed_goes_from_the_inbox_as_well(
    mira, draft, django_capture_on_commit_callbacks
):
    mails.take_in(viewer=mira, mail=draft, now=NOON)
    with django_capture_on_commit_callbacks(execute=True):
        tellers.drop_unconfirmed(now=NOON + timedelta(days=4))

    draft.refresh_from_db()
    assert (draft.sender_address, draft.sender_name, draft.raw_name) == ("", "", "")
    assert draft.text != ""


# --- Answers of people ----------------------------------------------------------------------------
def test_an_answer_of_the_person_is_on_the_concern_and_waits_to_be_read(
    quarter, mira, concern, referral
):
    told = Mail.objects.filter(kind="teller").latest("pk")
    version = Dossier.objects.get(pk=concern.pk).version
    [mail] = come_in(quarter, make_mail("Danke!", In_Reply_To=told.message_id, photos=[picture()]))

    message = Message.objects.get(direction="in")
    assert (message.text, message.way, message.counterpart) == ("Danke!", "mail", "teller")
    assert (mail.message, mail.state) == (message, InboundState.WAITING)
    assert deeds(concern)[-1] == "person_wrote"
    assert Dossier.objects.get(pk=concern.pk).version == version + 1
    assert Document.objects.get().is_of_teller
    assert Mail.objects.filter(created_at__gt=NOON).count() == 0
    mails.finish(viewer=mira, mail=mail, now=NOON)
    assert (mail.state, deeds(concern)[-1]) == (InboundState.TAKEN, "mail_read")


def test_the_number_in_the_subject_counts_only_with_a_known_sender(quarter, concern, referral):
    number = concern.dossier.reference
    known, stranger, unknown_number = come_in(
        quarter,
        make_mail("Noch etwas", subject=f"Zu {number}"),
        make_mail("Ich auch", subject=f"Zu {number}", sender="fremd@example.org"),
        make_mail("Hm", subject="Zu 2019-9999"),
    )

    assert (known.mail_class, known.dossier_id) == (MailClass.REPLY, concern.pk)
    assert stranger.mail_class == unknown_number.mail_class == MailClass.NEW
    assert stranger.dossier_id != concern.pk


def test_an_address_that_was_not_confirmed_is_no_known_sender(quarter, concern):
    concern.teller.email_confirmed_at = None
    concern.teller.save()
    [mail] = come_in(quarter, make_mail(subject=f"Zu {concern.dossier.reference}"))

    assert mail.mail_class == MailClass.NEW


def test_an_answer_can_be_made_a_matter_of_its_own(quarter, mira, concern, referral):
    told = Mail.objects.filter(kind="teller").latest("pk")
    [mail] = come_in(quarter, make_mail("Übrigens fehlt eine Bank.", In_Reply_To=told.message_id))
    made = mails.take_up(viewer=mira, mail=mail, now=NOON)

    assert (made.pk != concern.pk, made.state) == (True, ConcernState.DRAFT)


@pytest.fixture
def question(mira, concern):
    return questions.ask_person(
        viewer=mira,
        concern=concern,
        text="Vor welchem Haus?",
        version=concern.dossier.version,
        now=NOON,
    )


def said_by_mail(quarter, words="Vor Nummer 7."):
    asked = Mail.objects.filter(kind="teller").latest("pk")
    [mail] = come_in(quarter, make_mail(words, In_Reply_To=asked.message_id))
    return mail


def test_who_has_answered_by_mail_is_not_reminded_or_called_silent(quarter, mira, question):
    mail = said_by_mail(quarter)
    half_way, over = NOON + timedelta(days=7), NOON + timedelta(days=15)

    assert (questions.remind(now=half_way), questions.give_up(now=over)) == (0, 0)
    mails.put_aside(viewer=mira, mail=mail, reason="Urlaubsgruß", now=half_way)
    assert (questions.remind(now=half_way), questions.give_up(now=over)) == (1, 1)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("Vor Nummer 7.", "Vor Nummer 7."),
        (" ", "(Die Mail enthält keinen Text.)"),
        ("ab " * 2000, ""),
    ],
)
def test_one_press_makes_a_mail_the_answer_to_our_question(
    quarter, mira, concern, question, words, answer
):
    mail = said_by_mail(quarter, words)
    mails.accept_answer(viewer=mira, mail=mail, now=NOON)

    question.refresh_from_db()
    assert (question.state, question.answered_by) == ("answered", "mail")
    assert question.answer == answer or question.answer.endswith(" …")
    assert Message.objects.filter(direction="in").count() == 1
    assert deeds(concern)[-2:] == ["question_answer", "question_answered"]
    assert Entry.objects.latest("pk").actor == "teller"
    assert FollowUp.objects.get(done_at=None).reason == "person-said"
    assert (Concern.objects.get().state, mail.state) == (ConcernState.CHECKED, InboundState.TAKEN)
    with pytest.raises(mails.NoProposal):
        mails.accept_answer(viewer=mira, mail=mail, now=NOON)


def test_a_mail_answers_no_question_that_nobody_asked(quarter, mira, hao, concern, referral):
    told = said_by_mail(quarter, "Danke!")
    for viewer, mail in ((mira, told), (mira, answer_to(quarter)), (hao, told)):
        with pytest.raises(mails.NoProposal):
            mails.accept_answer(viewer=viewer, mail=mail, now=NOON)


# --- Answers of bodies ----------------------------------------------------------------------------
def test_a_body_s_answer_is_a_proposal_and_changes_nothing(quarter, concern, referral):
    mail = answer_to(quarter)

    assert mail.mail_class == MailClass.BODY_REPLY
    effect = CameByMail.objects.get(mail=mail)
    assert (effect.what, effect.referral) == (MailEffect.PROPOSAL, referral)
    assert Referral.objects.get().state == "sent"
    assert Message.objects.get(direction="in").body == referral.body
    assert deeds(concern)[-1] == "body_wrote"


@pytest.mark.parametrize(("is_refusal", "state"), [(False, "answered"), (True, "declined")])
def test_one_press_makes_it_the_answer(quarter, mira, concern, referral, is_refusal, state):
    mail = answer_to(quarter)
    mails.accept_proposal(viewer=mira, mail=mail, is_refusal=is_refusal, now=NOON)

    stored = Referral.objects.get()
    assert (stored.state, stored.reply) == (state, "Wir tauschen sie am Freitag.")
    assert Message.objects.filter(direction="in").count() == 1
    assert deeds(concern)[-2:] == [f"body_{state}_text", f"body_{state}"]
    assert Entry.objects.latest("pk").actor == "body"
    assert Concern.objects.get().state == ConcernState.CHECKED
    with pytest.raises(Conflict):
        mails.accept_proposal(viewer=mira, mail=mail, now=NOON)


def test_who_is_faster_decides(quarter, mira, concern, referral):
    mail = answer_to(quarter)
    late = InboundMail.objects.get(pk=mail.pk)
    mails.accept_proposal(viewer=mira, mail=mail, now=NOON)
    with pytest.raises(SettledMeanwhile):
        mails.put_aside(viewer=mira, mail=late, reason="x", now=NOON)


def test_a_proposal_can_be_put_aside(quarter, mira, concern, referral):
    mail = answer_to(quarter, "Wir haben Ihre Mail erhalten.")
    mails.put_aside(viewer=mira, mail=mail, reason="nur eine Eingangsbestätigung", now=NOON)

    assert Referral.objects.get().state == "sent"
    assert Entry.objects.latest("pk").text == "nur eine Eingangsbestätigung"
    with pytest.raises(NotAllowed):
        mails.finish(viewer=viewer_elsewhere(), mail=mail, now=NOON)


def viewer_elsewhere():
    return public_viewer(make_quarter("west").pk)


def test_a_second_mail_of_a_body_that_has_answered_is_words(quarter, mira, concern, referral):
    mails.accept_proposal(viewer=mira, mail=answer_to(quarter), now=NOON)
    mail = answer_to(quarter, "Noch etwas")

    assert CameByMail.objects.get(mail=mail).what == MailEffect.WORDS
    with pytest.raises(mails.NoProposal):
        mails.accept_proposal(viewer=mira, mail=mail, now=NOON)


@pytest.mark.parametrize("sender", ["amt@example.org", "gesine@example.org"])
def test_a_body_is_known_by_its_addresses(quarter, concern, referral, sender):
    body = referral.body
    body.email = "amt@example.org"
    body.save()
    ContactPerson.objects.create(
        body=body, name="Gesine", email="Gesine@example.org", from_on="2020-01-01"
    )
    [mail] = come_in(
        quarter, make_mail("Erledigt", subject=f"AW {concern.dossier.reference}", sender=sender)
    )

    assert (mail.mail_class, mail.body) == (MailClass.BODY_REPLY, body)
    assert CameByMail.objects.get(mail=mail).referral == referral


def joined(mira, quarter, concern, *, keep=()):
    """Join it to another one and return that."""
    leader = make_concern(quarter, "Die ganze Reihe ist dunkel.")
    concern.dossier.refresh_from_db()
    join(
        viewer=mira,
        leader=leader,
        concerns=[concern],
        keep=frozenset(keep),
        version=leader.dossier.version,
        now=NOON,
    )
    return leader


def reply_to(quarter, concern, how):
    """Let the body answer the mail about this concern, or name its number in a new one."""
    if how == "answer":
        return answer_to(quarter)
    ResponsibleBody.objects.update(email="amt@example.org")
    number = concern.dossier.reference
    [mail] = come_in(
        quarter, make_mail("Am Freitag.", subject=f"Zu {number}", sender="amt@example.org")
    )
    return mail


@pytest.mark.parametrize("how", ["answer", "number"])
def test_a_body_replies_to_what_went_over_to_the_leading_concern(
    quarter, mira, concern, referral, how
):
    leader = joined(mira, quarter, concern, keep=[referral.pk])
    mail = reply_to(quarter, concern, how)

    effect = CameByMail.objects.get(mail=mail)
    assert (effect.what, effect.referral, effect.concern) == (
        MailEffect.PROPOSAL,
        referral,
        leader,
    )
    assert mail.dossier_id == mail.message.dossier_id == leader.pk
    mails.accept_proposal(viewer=mira, mail=mail, now=NOON)
    assert deeds(leader)[-1] == "body_answered"
    assert deeds(concern)[-1] == "joined"
    assert Concern.objects.get(pk=leader.pk).state == ConcernState.CHECKED


@pytest.mark.parametrize("how", ["answer", "number"])
def test_a_body_that_has_the_leading_concern_replies_to_that(
    quarter, mira, concern, referral, how
):
    sent = Mail.objects.filter(kind="body")
    first = sent.get().pk
    leader = joined(mira, quarter, concern)
    at_leader = make_referral(mira, Concern.objects.get(pk=leader.pk), referral.body)
    sent.exclude(pk=first).update(kind="teller")
    mail = reply_to(quarter, concern, how)

    effect = CameByMail.objects.get(mail=mail)
    assert (effect.referral, effect.concern) == (at_leader, leader)
    mails.accept_proposal(viewer=mira, mail=mail, now=NOON)
    at_leader.refresh_from_db()
    referral.refresh_from_db()
    assert (at_leader.state, referral.state) == ("answered", "sent")


def test_what_was_revoked_is_answered_with_words_only(quarter, mira, concern, referral):
    joined(mira, quarter, concern)
    mail = answer_to(quarter)

    assert CameByMail.objects.get(mail=mail).what == MailEffect.WORDS
    assert (mail.dossier_id, mail.mail_class) == (concern.pk, MailClass.BODY_REPLY)


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_proposal_follows_its_referral_or_ends_with_it(
    quarter, mira, concern, referral, is_kept
):
    mail = answer_to(quarter)
    leader = joined(mira, quarter, concern, keep=[referral.pk] if is_kept else ())
    if is_kept:
        mails.accept_proposal(viewer=mira, mail=mail, now=NOON)
        assert deeds(leader)[-1] == "body_answered"
    else:
        with pytest.raises(mails.NoProposal):
            mails.accept_proposal(viewer=mira, mail=mail, now=NOON)
        assert Referral.objects.get().state == "sent"


def test_a_programme_that_answers_for_a_body_proposes_nothing(quarter, concern, referral):
    mail = answer_to(quarter, "Ich bin im Urlaub", Auto_Submitted="auto-replied")

    assert mail.mail_class == MailClass.AUTO
    assert CameByMail.objects.count() == 0


@pytest.mark.parametrize("kind", ["body", "teller"])
def test_where_the_text_is_gone_no_words_come_back(quarter, mira, concern, referral, kind):
    Concern.objects.update(text_gone_at=NOON)
    search_text = Dossier.objects.get().search_text
    sent = Mail.objects.filter(kind=kind).latest("pk")
    raw = make_mail("Frau Sommer weiß es.", In_Reply_To=sent.message_id, photos=[picture()])
    [mail] = come_in(quarter, raw)

    assert CameByMail.objects.get(mail=mail).what == MailEffect.WORDS
    assert (mail.dossier_id, mail.message, mail.is_waiting) == (concern.pk, None, True)
    assert (Message.objects.filter(direction="in").count(), Document.objects.count()) == (0, 0)
    assert Dossier.objects.get().search_text == search_text
    mails.put_aside(viewer=mira, mail=mail, reason="Frau Sommer dankt", now=NOON)
    assert (deeds(concern)[-1], Entry.objects.latest("pk").text) == ("mail_put_aside", "")


# --- Deliveries -----------------------------------------------------------------------------------
def test_a_bounce_leaves_a_word_on_the_concern(quarter, concern, referral):
    sent = Mail.objects.filter(kind="body").latest("pk")
    Quarter.objects.update(mail_domain="post.example.org")
    sent = Mail.objects.select_related("quarter").get(pk=sent.pk)
    Mail.objects.update(state=MailState.SENT)
    come_in(quarter, make_notice((sent.to_address, "failed", "5.1.1"), to=envelope_sender(sent)))

    entry = Entry.objects.latest("pk")
    assert (entry.deed, entry.data["delivery"]) == ("mail_returned", "wrong_address")
    assert "Diese Adresse gibt es nicht" in office_words(entry)
    assert referral.body.name in office_words(entry)
    assert Mail.objects.get(pk=sent.pk).state == MailState.FAILED
    assert Concern.objects.get().state == ConcernState.FORWARDED


def test_a_hundred_answers_of_programmes_make_nothing(quarter, concern, referral):
    told = Mail.objects.filter(kind="teller").latest("pk")
    before = (Mail.objects.count(), Entry.objects.count(), Concern.objects.count())
    come_in(
        quarter,
        *(
            make_mail(f"Weg {n}", In_Reply_To=told.message_id, Auto_Submitted="auto-replied")
            for n in range(100)
        ),
    )

    assert (Mail.objects.count(), Entry.objects.count(), Concern.objects.count()) == before


# --- The task -------------------------------------------------------------------------------------
def test_one_that_cannot_be_taken_holds_up_no_other(quarter, monkeypatch, caplog):
    stored = [arrive(quarter, raw=make_mail(f"Mail {number}")) for number in range(3)]
    real = mails._report

    def failing(mail):
        if mail.pk == stored[1].pk:
            raise RuntimeError
        return real(mail)

    monkeypatch.setattr(mails, "_report", failing)
    assert mails.take_mails(now=NOON) == 2
    assert "cannot be taken" in caplog.text
    monkeypatch.setattr(mails, "_report", real)
    assert mails.take_mails(now=NOON) == 1


def test_the_task_ends_when_its_time_is_over(quarter):
    for number in range(3):
        arrive(quarter, raw=make_mail(f"Mail {number}"))
    left = iter([True, True, False, False])

    assert mails.take_mails(now=NOON, has_time=lambda: next(left)) == 1


def test_the_same_words_in_two_mails_are_one_draft(quarter, mira):
    """Whoever presses twice sends two mails; deciding one leaves the other to be ticked off."""
    first, second = come_in(quarter, make_mail("Es ist dunkel."), make_mail("Es ist dunkel."))
    assert Concern.objects.count() == 1
    mails.take_in(viewer=mira, mail=first, now=NOON)

    with pytest.raises(Conflict):
        mails.take_in(viewer=mira, mail=second, now=NOON)
    second.refresh_from_db()
    mails.finish(viewer=mira, mail=second, now=NOON)
    assert (second.state, Concern.objects.get().state) == (InboundState.TAKEN, ConcernState.NEW)


def test_putting_a_copy_aside_leaves_the_concern(quarter, mira):
    first, second = come_in(quarter, make_mail("Es ist dunkel."), make_mail("Es ist dunkel."))
    mails.take_in(viewer=mira, mail=first, now=NOON)
    mails.put_aside(viewer=mira, mail=second, reason="doppelt", now=NOON)

    assert Concern.objects.get().state == ConcernState.NEW
    assert deeds(Concern.objects.get())[-1] == "mail_put_aside"


def test_one_mail_is_taken_at_once(quarter):
    mail, _other = (arrive(quarter, raw=make_mail(text)) for text in ("eins", "zwei"))
    mails.take_mail(mail=mail, now=NOON)
    mails.take_mail(mail=mail, now=NOON)

    assert CameByMail.objects.get().mail == mail


def test_two_workers_with_one_answer_keep_it_once(quarter, concern, referral):
    mail = answer_to(quarter)
    mails._take(mail, NOON)

    assert Message.objects.filter(direction="in").count() == 1


def test_a_bounce_of_the_receipt_leaves_a_word_as_well(quarter, mira, draft):
    mails.take_in(viewer=mira, mail=draft, now=NOON)
    receipt = Mail.objects.get()
    Mail.objects.update(state=MailState.SENT)
    notice = make_notice((receipt.to_address, "failed", "5.7.1"), returned_id=receipt.message_id)
    come_in(quarter, notice)

    entry = Entry.objects.latest("pk")
    assert (entry.deed, entry.data) == ("mail_returned", {"delivery": "refused", "body": ""})
    assert office_words(entry).endswith("die Adresse kann richtig sein")
