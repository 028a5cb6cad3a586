"""Contact data reaches a body only while the ledger says that the person agreed."""

from datetime import timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quartiersladen.concerns.models import Referral, Teller
from quartiersladen.concerns.queries.one import get_inside
from quartiersladen.concerns.services import life, own_data, referrals
from quartiersladen.concerns.services.referrals import Ask, NoConsent, PassOn
from quartiersladen.concerns.states import AnswerWay, Channel, Result
from quartiersladen.concerns.testing import body_viewer, make_concern, teller_viewer
from quartiersladen.correspondence.models import Message
from quartiersladen.correspondence.services.messages import send_again
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.testing import make_body
from quartiersladen.kernel.errors import Refusal
from quartiersladen.kernel.links import make_token
from quartiersladen.outbox.frame import build
from quartiersladen.outbox.models import Mail
from quartiersladen.outbox.states import MailState
from quartiersladen.privacy.queries import has_agreed
from quartiersladen.privacy.services import record_consent
from quartiersladen.privacy.states import ConsentPurpose, ConsentStep
from quartiersladen.quarters.testing import NOON

CONTACT = ("Nour Haddad", "nour@example.org", "030 23125 377", "Musterweg 99")
PURPOSE = ConsentPurpose.PASS_ON_CONTACT
DEEDS = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(["forward", "forward with contact"]),
            st.integers(0, 1),
            st.sampled_from(Way),
        ),
        st.tuples(st.just("ask"), st.integers(0, 1)),
        st.tuples(st.just("answer"), st.integers(0, 1)),
        st.tuples(st.just("send again"), st.integers(0, 3)),
        st.tuples(st.sampled_from(["agree", "take back"])),
        st.tuples(st.sampled_from(["close", "reopen", "withdraw"])),
    ),
    min_size=2,
    max_size=9,
)


class Story:
    """One concern through a sequence of deeds; a refusal changes nothing."""

    def __init__(self, quarter, viewer, bodies, *, consent):
        self.quarter, self.viewer, self.bodies = quarter, viewer, bodies
        self.now = NOON
        self.concern = make_concern(
            quarter,
            way=AnswerWay.PHONE,
            name=CONTACT[0],
            email=CONTACT[1],
            phone=CONTACT[2],
            address=CONTACT[3],
            consent_wording="Ja." if consent else "",
        )
        self.subject = f"concerns.teller:{self.concern.pk}"

    def do(self, deed, *facts):
        self.now += timedelta(minutes=1)
        try:
            with transaction.atomic():
                getattr(self, deed.replace(" ", "_"))(*facts)
        except Refusal:
            pass

    def fresh(self):
        self.concern = get_inside(self.viewer, self.concern.dossier.reference)
        return {
            "viewer": self.viewer,
            "concern": self.concern,
            "version": self.concern.dossier.version,
            "now": self.now,
        }

    def day(self):
        return self.quarter.local_day(self.now)

    def forward_with_contact(self, body, way):
        self.forward(body, way, with_contact=True)

    def forward(self, body, way, *, with_contact=False):
        item = PassOn(self.bodies[body], way, with_contact=with_contact)
        referrals.pass_on(items=[item], ask_on=self.day(), **self.fresh())

    def _referral(self, number):
        rows = Referral.objects.filter(concern=self.concern).order_by("pk")
        found = rows.select_related("body", "person")[number : number + 1]
        if not found:
            raise Refusal
        found[0].concern = self.fresh()["concern"]
        return found[0]

    def ask(self, number):
        referral = self._referral(number)
        referrals.ask_again(
            viewer=self.viewer,
            referral=referral,
            ask=Ask(Way.MAIL, words="Bitte"),
            ask_on=self.day(),
            version=referral.concern.dossier.version,
            now=self.now,
        )

    def answer(self, number):
        referral = self._referral(number)
        referrals.answer_referral(
            viewer=body_viewer(referral), referral=referral, text="Ja", now=self.now
        )

    def send_again(self, number):
        mails = Mail.objects.filter(kind="body").order_by("pk")[number : number + 1]
        if mails:
            send_again(viewer=self.viewer, mail=mails[0], now=self.now)

    def agree(self):
        self._line(ConsentStep.GIVEN)

    def take_back(self):
        self._line(ConsentStep.WITHDRAWN)

    def _line(self, step):
        record_consent(
            quarter=self.quarter,
            subject=self.subject,
            purpose=PURPOSE,
            step=step,
            wording="Wort",
            language="de",
            channel="phone",
            taken_by_id=self.viewer.user_id,
            now=self.now,
        )
        Teller.objects.filter(pk=self.concern.pk).update(may_pass_on=step == ConsentStep.GIVEN)

    def close(self):
        life.close_concern(ending=life.Ending(Result.NOT_POSSIBLE, "Nein", "Weil"), **self.fresh())

    def reopen(self):
        life.reopen_concern(why="Doch", **self.fresh())

    def withdraw(self):
        self.fresh()
        life.withdraw_concern(
            viewer=teller_viewer(self.concern), concern=self.concern, version=None, now=self.now
        )


@pytest.fixture
def bodies(quarter):
    """Two bodies with an address."""
    return [make_body(quarter, name, f"{name.lower()}@example.org") for name in ("Eins", "Zwei")]


def bytes_of(mail):
    text = "".join(p.get_content() for p in build(mail).walk() if not p.is_multipart())
    return f"{mail.subject} {text}"


@given(consent=st.booleans(), deeds=DEEDS)
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_mail_to_a_body_holds_contact_data_without_consent(
    quarter, mira, bodies, client, consent, deeds
):
    point = transaction.savepoint()
    try:
        story = Story(quarter, mira, bodies, consent=consent)
        newest = 0
        for deed in deeds:
            agreed = has_agreed(story.subject, PURPOSE)
            story.do(*deed)
            agreed = agreed and has_agreed(story.subject, PURPOSE)
            for mail in Mail.objects.filter(kind="body", pk__gt=newest).select_related("quarter"):
                newest = mail.pk
                told = [word for word in CONTACT if word in bytes_of(mail)]
                assert agreed or not told, (deed, deeds)
            _pages_tell_nothing(client, story)
    finally:
        transaction.savepoint_rollback(point)


def _pages_tell_nothing(client, story):
    """The body's page forgets the contact data with the consent."""
    if has_agreed(story.subject, PURPOSE):
        return
    for referral in Referral.objects.filter(concern=story.concern):
        token = make_token("referral", subject_id=referral.pk, generation=1, expires_on=None)
        page = client.get(f"/f/{token}/").content.decode()
        assert [word for word in CONTACT if word in page] == []


def test_with_consent_the_mail_and_the_page_hold_it(quarter, mira, bodies, client):
    story = Story(quarter, mira, bodies, consent=True)
    story.forward(0, Way.MAIL, with_contact=True)
    mail = Mail.objects.get(kind="body")
    referral = Referral.objects.get()
    token = make_token("referral", subject_id=referral.pk, generation=1, expires_on=None)

    assert [word for word in CONTACT if word not in bytes_of(mail)] == []
    page = client.get(f"/f/{token}/").content.decode()
    assert [word for word in CONTACT if word not in page] == []


def test_the_ledger_decides_and_not_its_copy(quarter, mira, bodies):
    story = Story(quarter, mira, bodies, consent=True)
    story.take_back()
    Teller.objects.update(may_pass_on=True)

    with pytest.raises(NoConsent):
        story.forward(0, Way.MAIL, with_contact=True)


def test_the_ledger_decides_on_the_page_of_the_body_as_well(quarter, mira, bodies, client):
    story = Story(quarter, mira, bodies, consent=True)
    story.forward(0, Way.MAIL, with_contact=True)
    story.take_back()
    Teller.objects.update(may_pass_on=True)
    referral = Referral.objects.get()
    token = make_token("referral", subject_id=referral.pk, generation=1, expires_on=None)

    page = client.get(f"/f/{token}/").content.decode()

    assert "Musterweg" not in page
    _pages_tell_nothing(client, story)


def test_a_mail_on_its_way_comes_back_without_contact_data(quarter, mira, bodies):
    story = Story(quarter, mira, bodies, consent=True)
    story.forward(0, Way.MAIL, with_contact=True)
    Mail.objects.filter(kind="body").update(state=MailState.SENDING)

    withdraw(story)

    assert [word for word in CONTACT if word in bytes_of(Mail.objects.get(kind="body"))] == []


def test_what_is_sent_again_is_kept_as_it_went(quarter, mira, bodies):
    story = Story(quarter, mira, bodies, consent=True)
    story.forward(0, Way.MAIL, with_contact=True)
    Mail.objects.filter(kind="body").update(state=MailState.SENT)
    withdraw(story)

    again = send_again(viewer=mira, mail=Mail.objects.get(kind="body"), now=NOON)

    kept = Message.objects.get(mail=again)
    assert [word for word in CONTACT if word in kept.text] == []
    assert (kept.text, kept.subject) == (again.text, again.subject)


def withdraw(story):
    concern = story.fresh()["concern"]
    own_data.take_back_consent(
        viewer=teller_viewer(concern),
        concern=concern,
        channel=Channel.WEB,
        wording="Nein",
        now=NOON,
    )
