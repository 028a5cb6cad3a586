"""What came by mail is found, handed out, erased and let go of like everything else of a person."""

from datetime import timedelta

import pytest

from quartiersladen.correspondence.models import InboundMail
from quartiersladen.correspondence.privacy import HOLDER
from quartiersladen.correspondence.services import inbox
from quartiersladen.correspondence.testing import arrive, make_mail
from quartiersladen.privacy.registry import Order, Person
from quartiersladen.quarters.testing import NOON, make_quarter

LATER = NOON + timedelta(days=91)


@pytest.fixture
def okafor(quarter, mira):
    """A person of whom nothing else is known than a mail."""
    mail = arrive(quarter, raw=make_mail(files=[("Brief.pdf", "application/pdf", b"%PDF")]))
    arrive(quarter, raw=make_mail(sender="andere@example.org"))
    arrive(make_quarter("west"), raw=make_mail())
    [found] = HOLDER.find(mira, "OKAFOR@example.org")
    assert found.key == f"correspondence.inboundmail:{mail.pk}"
    return Person(quarter, HOLDER.recognise(mira, frozenset({found.key})))


def test_somebody_who_only_wrote_a_mail_is_found(okafor, mira):
    assert okafor.identity.emails == {"okafor@example.org"}
    assert okafor.identity.names == {"Samuel Okafor"}
    assert HOLDER.find(mira, "niemand@example.org") == []
    assert HOLDER.find(mira, "Okafor") == []


def test_it_is_handed_out(okafor, mira):
    [section] = [one for one in HOLDER.sections(mira, okafor) if one.key == "inbox"]

    [record] = section.records
    facts = {fact.key: fact.value for fact in record.facts}
    assert facts["from"] == "okafor@example.org"
    assert facts["text"] == "Die Laterne vor Haus 7 ist aus."
    assert facts["files"] == "Brief.pdf"


def test_it_is_erased(okafor):
    assert next(line.count for line in HOLDER.plan(okafor)) == 1

    HOLDER.erase(okafor, Order(), NOON)

    senders = InboundMail.objects.order_by("pk").values_list("sender_address", flat=True)
    assert list(senders) == ["", "andere@example.org", "okafor@example.org"]


def test_what_is_dealt_with_goes_by_the_rule_and_what_waits_stays(quarter, mira):
    [rule] = HOLDER.rules
    waiting = arrive(quarter, raw=make_mail("wartet"))
    done = arrive(quarter, raw=make_mail("erledigt"))
    listed = arrive(quarter, raw=make_mail("Liste", List_Id="<a.example.org>"))
    inbox.settle(mail=done, action="take", viewer=mira, now=NOON)

    before = LATER - timedelta(days=rule.days)
    assert rule.due(quarter, NOON - timedelta(days=1), mira).count == 0
    due = rule.due(quarter, before, mira)
    assert (due.count, due.examples) == (2, ["02.03.2026"])
    assert rule.let_go(quarter, before, LATER, 1) == 1
    assert rule.let_go(quarter, before, LATER, 9) == 1
    assert rule.let_go(quarter, before, LATER, 9) == 0
    texts = dict(InboundMail.objects.values_list("pk", "text"))
    assert texts == {waiting.pk: "wartet", done.pk: "", listed.pk: ""}


def test_a_reason_that_names_somebody_goes_with_the_words(quarter, mira):
    mail = arrive(quarter, raw=make_mail())
    inbox.settle(mail=mail, action="put_aside", viewer=mira, reason="Samuels Witz", now=NOON)
    [rule] = HOLDER.rules
    rule.let_go(quarter, LATER, LATER, 9)

    mail.refresh_from_db()
    assert (mail.reason, mail.state) == ("[entfernt]", "put_aside")
