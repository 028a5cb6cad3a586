"""Looking up one person shows and erases no more of others than their own pages would."""

from django.db.models import F, JSONField, Value
from django.db.models.functions import Concat

from quartiersladen.accounts.states import Role
from quartiersladen.concerns.models import Teller
from quartiersladen.outbox.models import Mail
from quartiersladen.privacy.append_only import erasure_permit
from quartiersladen.privacy.registry import free_texts
from tests.canary import crawler
from tests.canary.circles import Visitor
from tests.canary.crawler import PERSON, Crawler, Record
from tests.support.sign_in import signed_in_client

WORD = "Zinnober"


def rows_of(*concerns) -> list[str]:
    return [f"concerns.teller:{concern.pk}" for concern in concerns]


def handed_out(client, rows):
    return client.get(f"{PERSON}person.json", {"wer": rows}).json()


def test_a_hidden_row_beside_a_visible_one_is_not_handed_out(world):
    seen, hidden = world.here.cases["passed"], world.here.cases["secret"]
    lead, named = (signed_in_client(world.here.people[name]) for name in ("lead", "moderator"))

    alone = handed_out(lead, rows_of(seen))
    both = handed_out(lead, rows_of(seen, hidden))

    assert [section["key"] for section in alone["sections"]].count("consents") == 1
    assert both["sections"] == alone["sections"]
    assert both["rows"] == rows_of(seen)
    assert handed_out(named, rows_of(seen, hidden))["rows"] == sorted(rows_of(seen, hidden))


def test_a_hidden_row_beside_a_visible_one_is_not_erased(world):
    seen, hidden = world.here.cases["passed"], world.here.cases["secret"]
    before = Teller.objects.values().get(pk=hidden.pk)
    form = {"wer": rows_of(seen, hidden), "schritt": "loeschen", "is_meant": "on"}

    answer = signed_in_client(world.here.people["lead"]).post(f"{PERSON}loeschen/", form)

    assert answer.status_code == 302
    assert Teller.objects.get(pk=seen.pk).has_contact is False
    assert Teller.objects.values().get(pk=hidden.pk) == before


def write_everywhere(world, concerns) -> None:
    """Write one word into every text of these dossiers, and into mails that belong to none."""
    keys = [concern.pk for concern in concerns]
    with erasure_permit():
        for text in free_texts():
            column = text.table._meta.get_field(text.field)
            if text.matter and not text.is_index and not isinstance(column, JSONField):
                rows = text.table._base_manager.filter(**{f"{text.matter}__in": keys})
                rows.update(**{text.field: Concat(F(text.field), Value(f" {WORD}"))})
    mails = Mail.objects.filter(quarter=world.here.quarter)
    for loose in (mails.filter(is_account=True), mails.filter(links__status__subject_id__in=keys)):
        loose.update(text=Concat(F("text"), Value(f" {WORD}")))


def test_the_list_before_an_erasure_quotes_only_what_the_lead_may_read(world, facts):
    seen = world.here.cases["passed"]
    write_everywhere(world, (world.here.cases["by hand"], world.here.cases["secret"]))
    user = world.here.people["lead"]
    client, record = signed_in_client(user), Record()
    lead = Visitor("lead", world.here.quarter.pk, Role.LEAD, user.pk)

    page = client.post(f"{PERSON}loeschen/", {"wer": rows_of(seen), "more": WORD})
    Crawler(lead, client, world, facts, record).note("the list", crawler.words_in(page.content))

    assert page.status_code == 200
    assert sorted({str(leak) for leak in record.leaks}) == []
    assert {"concerns.Concern.text", "dossiers.Entry.text", "outbox.Mail.text"} <= set(record.seen)
