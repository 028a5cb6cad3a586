"""A concern becomes confidential, by a deed or by its theme."""

from datetime import date
from typing import Any

import pytest

from quartiersladen.accounts.models import Membership, User
from quartiersladen.accounts.rules import public_viewer
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns import letters
from quartiersladen.concerns.models import Concern, Voice
from quartiersladen.concerns.queries.links import by_status_link, confidential_by_link
from quartiersladen.concerns.queries.one import get_inside
from quartiersladen.concerns.queries.public import get_released
from quartiersladen.concerns.services import confidential, triage
from quartiersladen.concerns.services.confidential import InAJointCase, NotLetIn
from quartiersladen.concerns.services.joining import join
from quartiersladen.concerns.services.questions import (
    CannotBeReached,
    ask_person,
    preview_question,
)
from quartiersladen.concerns.services.voices import add_voice
from quartiersladen.concerns.states import Channel, ConcernKind, ConcernState
from quartiersladen.concerns.testing import make_concern, make_referral, teller_viewer
from quartiersladen.concerns.tests.test_release import release_it
from quartiersladen.dossiers.models import Dossier, Entry
from quartiersladen.dossiers.queries import named_in
from quartiersladen.dossiers.services.confidential import (
    ConfidentialAlready,
    NobodyNamed,
    NotConfidential,
    NotToBeNamed,
)
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.dossiers.states import Audience
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.kernel.links import make_token
from quartiersladen.kernel.spam import Sign
from quartiersladen.quarters.testing import NOON, make_theme


@pytest.fixture
def karla(quarter):
    """The lead as a viewer."""
    return viewer_of(make_member(quarter, Role.LEAD, "Karla"), quarter)


@pytest.fixture
def violence(quarter):
    """A theme whose matters are confidential from the first moment on."""
    return make_theme(quarter, "gewalt", name={"de": "Gewalt"}, is_confidential=True)


def person(viewer) -> User:
    return User.objects.get(pk=viewer.user_id)


def now_of(concern) -> Concern:
    return Concern.objects.select_related("dossier", "quarter", "teller").get(pk=concern.pk)


def make(viewer, concern, *people, **more: Any) -> Entry:
    concern = now_of(concern)
    given = {"version": concern.dossier.version, "now": NOON} | more
    return confidential.make_confidential(
        viewer=viewer, concern=concern, people=[person(one) for one in people], **given
    )


def name(viewer, concern, *people, **more: Any) -> Entry:
    concern = now_of(concern)
    given = {"version": concern.dossier.version, "now": NOON} | more
    return confidential.name_people(
        viewer=viewer, concern=concern, people=[person(one) for one in people], **given
    )


def end(viewer, concern, **more: Any) -> Entry:
    concern = now_of(concern)
    given = {"version": concern.dossier.version, "now": NOON} | more
    return confidential.end_confidential(viewer=viewer, concern=concern, **given)


def sort(viewer, concern, theme) -> Entry:
    concern = now_of(concern)
    return triage.sort_concern(
        viewer=viewer,
        concern=concern,
        theme=theme,
        kind=ConcernKind.PROBLEM,
        version=concern.dossier.version,
        now=NOON,
    )


def put_together(viewer, leader, *others) -> None:
    leader = now_of(leader)
    join(
        viewer=viewer,
        leader=leader,
        concerns=[now_of(one) for one in others],
        keep=frozenset(),
        version=leader.dossier.version,
        now=NOON,
    )


def circle(concern) -> set[int]:
    return set(named_in(concern.dossier))


def is_closed(concern) -> bool:
    return now_of(concern).dossier.is_confidential


# --- By a deed -----------------------------------------------------------------------------------
def test_only_the_named_see_it_from_now_on(quarter, mira, karla):
    concern = make_concern(quarter)
    assert get_inside(karla, concern.dossier.reference) == concern

    line = make(mira, concern, mira)

    assert (line.deed, line.data, line.by_id) == (
        "confidential",
        {"people": "Mira"},
        mira.user_id,
    )
    assert get_inside(mira, concern.dossier.reference) == concern
    with pytest.raises(Concern.DoesNotExist):
        get_inside(karla, concern.dossier.reference)


def test_a_released_one_is_public_no_more_and_its_voices_are_forgotten(quarter, mira):
    concern = release_it_with_a_voice(quarter, mira)
    other = release_it_with_a_voice(quarter, mira)

    make(mira, concern, mira)

    with pytest.raises(Concern.DoesNotExist):
        get_released(public_viewer(quarter.pk), concern.dossier.reference)
    kept = now_of(concern)
    assert (kept.is_released, kept.public_words) == (False, "")
    assert list(Voice.objects.values_list("concern", flat=True)) == [other.pk]


def release_it_with_a_voice(quarter, mira) -> Concern:
    concern = make_concern(quarter)
    release_it(mira, concern)
    concern.refresh_from_db()
    assert add_voice(concern=concern, cookie="a", email="", language="de", now=NOON)
    return concern


def test_a_helper_makes_nothing_confidential(quarter, hao, mira):
    concern = make_concern(quarter)
    Dossier.objects.update(assigned_to=hao.user_id)
    with pytest.raises(NotAllowed):
        make(hao, concern, mira)
    assert not is_closed(concern)


def test_twice_is_refused(quarter, mira):
    concern = make_concern(quarter)
    make(mira, concern, mira)
    with pytest.raises(ConfidentialAlready):
        make(mira, concern, mira)


def test_somebody_who_may_is_named(quarter, mira, hao):
    concern = make_concern(quarter)
    with pytest.raises(NobodyNamed):
        make(mira, concern)
    with pytest.raises(NotToBeNamed):
        make(mira, concern, mira, hao)
    assert not is_closed(concern)


def test_the_second_of_two_editors_is_refused(quarter, mira):
    concern = make_concern(quarter)
    with pytest.raises(ChangedMeanwhile):
        make(mira, concern, mira, version=concern.dossier.version + 1)
    assert not is_closed(concern)


def test_what_waits_in_the_quarantine_is_let_in_first(quarter, mira):
    concern = make_concern(quarter, signs=frozenset({Sign.TRAP}))
    with pytest.raises(NotLetIn):
        make(mira, concern, mira)
    assert not is_closed(concern)


def test_a_joint_case_is_parted_first(quarter, mira):
    leader, joined, alone = (make_concern(quarter) for _one in range(3))
    put_together(mira, leader, joined)
    for concern in (leader, joined):
        with pytest.raises(InAJointCase):
            make(mira, concern, mira)
        assert not is_closed(concern)
    make(mira, alone, mira)


# --- Who sees it ---------------------------------------------------------------------------------
def test_the_named_change_who_sees_it(quarter, mira, karla):
    concern = make_concern(quarter)
    make(mira, concern, mira)
    with pytest.raises(NotAllowed):
        name(karla, concern, karla)

    line = name(mira, concern, karla)

    assert (line.deed, line.data) == ("named", {"people": "Karla"})
    assert circle(concern) == {karla.user_id}


def test_the_circle_of_a_leading_one_is_that_of_the_joined_ones(quarter, mira, karla):
    leader, joined = make_concern(quarter), make_concern(quarter)
    for concern in (leader, joined):
        make(mira, concern, mira)
    put_together(mira, leader, joined)
    before = now_of(joined).dossier.version
    with pytest.raises(InAJointCase):
        name(mira, joined, karla)

    name(mira, leader, mira, karla)

    assert circle(leader) == circle(joined) == {mira.user_id, karla.user_id}
    assert now_of(joined).dossier.version > before
    assert Entry.objects.filter(deed="named").count() == 2


def test_the_circle_of_an_open_one_is_not_changed(quarter, mira):
    with pytest.raises(NotConfidential):
        name(mira, make_concern(quarter), mira)


# --- The end of it -------------------------------------------------------------------------------
def test_ended_the_office_sees_it_and_nobody_else(quarter, mira, karla):
    concern = make_concern(quarter)
    release_it(mira, concern)
    make(mira, concern, mira)
    with pytest.raises(NotAllowed):
        end(karla, concern)

    line = end(mira, concern)

    assert (line.deed, line.by_id) == ("confidential_ended", mira.user_id)
    assert get_inside(karla, concern.dossier.reference) == concern
    kept = now_of(concern)
    assert (kept.dossier.audience, kept.is_released) == (Audience.TELLER, False)
    with pytest.raises(NotConfidential):
        end(mira, concern)


def test_no_single_one_of_a_joint_case_is_opened(quarter, mira):
    leader, joined = make_concern(quarter), make_concern(quarter)
    for concern in (leader, joined):
        make(mira, concern, mira)
    put_together(mira, leader, joined)
    for concern in (leader, joined):
        with pytest.raises(InAJointCase):
            end(mira, concern)
        assert is_closed(concern)


def test_ending_asks_for_what_was_seen(quarter, mira):
    concern = make_concern(quarter)
    make(mira, concern, mira)
    with pytest.raises(ChangedMeanwhile):
        end(mira, concern, version=1)
    assert is_closed(concern)


# --- By its theme --------------------------------------------------------------------------------
def test_what_is_told_about_such_a_theme_is_the_leads_from_the_first_moment(
    quarter, violence, mira, karla
):
    concern = make_concern(quarter, theme=violence)

    line = Entry.objects.get(deed="confidential")
    assert (line.actor, line.data) == ("system", {"people": "Karla", "by_theme": True})
    assert circle(concern) == {karla.user_id}
    assert is_closed(concern)
    assert not is_closed(make_concern(quarter))


def test_who_writes_it_down_at_the_desk_keeps_it_in_hand(quarter, violence, mira, karla):
    concern = make_concern(quarter, theme=violence, entered_by=mira, channel=Channel.PHONE)
    assert circle(concern) == {mira.user_id, karla.user_id}


def test_a_helper_writes_it_down_and_does_not_see_it(quarter, violence, hao, karla):
    concern = make_concern(quarter, theme=violence, entered_by=hao, channel=Channel.PHONE)
    assert circle(concern) == {karla.user_id}
    with pytest.raises(Concern.DoesNotExist):
        get_inside(hao, concern.dossier.reference)


def test_without_a_lead_everybody_who_may_is_named(quarter, violence, mira, hao):
    other = make_member(quarter, Role.MODERATOR, "Ida")
    assert circle(make_concern(quarter, theme=violence)) == {mira.user_id, other.pk}


def test_where_nobody_works_nobody_is_named_and_nothing_is_lost(quarter, violence, karla):
    Membership.objects.update(to_on=date(2026, 3, 1))
    concern = make_concern(quarter, theme=violence)
    assert (is_closed(concern), circle(concern)) == (True, set())


def test_sorting_under_such_a_theme_closes_it(quarter, violence, theme, mira, karla):
    concern, other = make_concern(quarter), make_concern(quarter)

    sort(mira, concern, violence)
    sort(mira, other, theme)

    assert (is_closed(concern), is_closed(other)) == (True, False)
    assert circle(concern) == {mira.user_id, karla.user_id}
    assert [e.deed for e in Entry.objects.filter(dossier=concern.dossier).order_by("pk")] == [
        "received",
        "confidential",
        "sorted",
    ]


def test_sorting_what_is_closed_leaves_its_circle(quarter, violence, mira, karla):
    concern = make_concern(quarter)
    make(mira, concern, mira)
    sort(mira, concern, violence)
    assert circle(concern) == {mira.user_id}


def test_another_theme_does_not_open_it(quarter, violence, theme, mira, karla):
    concern = make_concern(quarter, theme=violence, entered_by=mira, channel=Channel.PHONE)
    sort(mira, concern, theme)
    assert is_closed(concern)


def test_one_of_a_joint_case_is_not_sorted_under_such_a_theme(quarter, violence, mira):
    leader, joined = make_concern(quarter), make_concern(quarter)
    put_together(mira, leader, joined)
    with pytest.raises(InAJointCase):
        sort(mira, leader, violence)
    assert now_of(leader).theme is None


# --- Mails ---------------------------------------------------------------------------------------
#: The neutral subject in every language; bodies are written to in German.
SUBJECTS = {
    "de": "Nachricht Nr. #",
    "de-simple": "Nachricht Nr. #",
    "en": "Message no. #",
    "ar": "رسالة رقم #",
    "ru": "Сообщение № #",
    "uk": "Повідомлення № #",
    "tr": "# numaralı mesaj",
    "vi": "Tin nhắn số #",
}


def reachable(quarter, **fields: Any) -> Concern:
    concern = make_concern(quarter, email="amal@example.org", **fields)
    teller = concern.teller
    teller.email_confirmed_at = NOON
    teller.save()
    return concern


@pytest.mark.parametrize("language", SUBJECTS)
def test_the_subject_says_the_number_and_nothing_else(quarter, mira, body, language):
    concern = reachable(quarter, language=language)
    concern.answer = "Wir haben geholfen."
    referral = make_referral(mira, concern, body)
    assert len(set(subjects_about(concern, referral))) == 7  # each says what it is about

    make(mira, concern, mira)
    concern = referral.concern = now_of(concern)
    concern.answer = "Wir haben geholfen."

    to_person, to_body = SUBJECTS[language], SUBJECTS["de"]
    assert subjects_about(concern, referral) == [to_person] * 5 + [to_body] * 2


def subjects_about(concern, referral) -> list[str]:
    number = concern.dossier.reference
    return [one.subject.replace(number, "#") for one in letters_about(concern, referral)]


def letters_about(concern, referral) -> list[letters.Letter]:
    day, teller = date(2026, 3, 16), concern.teller
    return [
        letters.confirmation(concern, teller, confirm_by=day),
        letters.passed_on(concern, teller, bodies=["Stadt"], ask_on=day),
        letters.answered(concern, teller),
        letters.question(concern, teller, "Wann?", due_on=day),
        letters.question(concern, teller, "Wann?", due_on=day, is_reminder=True),
        letters.referral(referral, teller, ask_on=day),
        letters.reminder(referral, words="Bitte."),
    ]


def test_a_question_goes_by_mail_without_a_link(quarter, mira):
    concern = reachable(quarter)
    open_letter = preview_question(viewer=mira, concern=concern, text="Wann?", now=NOON)
    assert open_letter
    assert "[[link:status]]" in open_letter.text

    make(mira, concern, mira)

    letter = preview_question(viewer=mira, concern=now_of(concern), text="Wann?", now=NOON)
    assert letter
    assert "[[link" not in letter.text
    assert "Bitte antworten Sie auf diese E-Mail." in letter.text


def ask(viewer, concern) -> None:
    concern = now_of(concern)
    ask_person(
        viewer=viewer,
        concern=concern,
        text="Wann?",
        version=concern.dossier.version,
        now=NOON,
    )


def test_a_question_without_a_way_is_refused(quarter, mira):
    concern, by_phone = make_concern(quarter), make_concern(quarter, phone="030 23125 001")
    for one in (concern, by_phone):
        make(mira, one, mira)
    with pytest.raises(CannotBeReached):
        preview_question(viewer=mira, concern=now_of(concern), text="Wann?", now=NOON)
    with pytest.raises(CannotBeReached):
        ask(mira, concern)
    assert now_of(concern).state == ConcernState.NEW

    ask(mira, by_phone)

    assert now_of(by_phone).state == ConcernState.QUESTION


# --- The person's link ---------------------------------------------------------------------------
def test_the_persons_link_opens_it_only_while_it_is_not_confidential(quarter, mira):
    concern = make_concern(quarter)
    token = token_of(concern)
    found, viewer = by_status_link(quarter, token, NOON.date())
    assert (found, viewer) == (concern, teller_viewer(concern))
    with pytest.raises(Concern.DoesNotExist):
        confidential_by_link(quarter, token, NOON.date())

    make(mira, concern, mira)

    with pytest.raises(Concern.DoesNotExist):
        by_status_link(quarter, token, NOON.date())
    assert confidential_by_link(quarter, token, NOON.date()) == concern


def token_of(concern) -> str:
    link = letters.status_link(concern, concern.teller)
    return make_token(
        link.purpose, subject_id=link.subject_id, generation=link.generation, expires_on=None
    )
