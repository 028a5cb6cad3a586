"""The demo quarters; loaded once for all these tests, because a year of life takes a while."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from quartiersladen.accounts.demo import KNOWN_PASSWORD, PEOPLE, password
from quartiersladen.accounts.models import User
from quartiersladen.concerns.models import Action, Concern, Question, Talk
from quartiersladen.concerns.states import ConcernState, Result
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.dossiers.models import Entry, FollowUp
from quartiersladen.files.models import StoredFile
from quartiersladen.outbox.models import Mail
from quartiersladen.privacy.models import RetentionProof, RetentionRule
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.outline import lies_inside
from quartiersladen.website.models import SitePage


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, tmp_path_factory):
    """Load the demo into the test database and take it out again."""
    with django_db_blocker.unblock(), transaction.atomic():
        out = StringIO()
        call_command("demo", stdout=out)
        yield out.getvalue()
        transaction.set_rollback(True)


@pytest.fixture
def loaded(demo, db):
    return demo


def concerns(slug):
    return Concern.objects.filter(quarter__slug=slug)


def test_it_shows_every_state_and_result(loaded):
    big = concerns("leipziger-osten")

    assert set(big.values_list("state", flat=True)) == set(ConcernState)
    assert set(big.values_list("result", flat=True)) == {"", *Result}
    assert (big.count(), concerns("am-leipziger-tor").count()) == (155, 21)


def test_everything_lies_inside_and_nothing_in_the_future(loaded):
    outside = [
        concern.place_text
        for concern in Concern.objects.select_related("quarter")
        if concern.latitude is not None
        and concern.longitude is not None
        and not lies_inside(concern.quarter.outline, concern.latitude, concern.longitude)
    ]

    assert outside == []
    assert Entry.objects.filter(at__gt=timezone.now()).count() == 0


def test_today_has_something_to_do(loaded):
    today = timezone.now().date()
    due = FollowUp.objects.filter(done_at=None, dossier__quarter__slug="leipziger-osten")

    assert due.filter(due_on__lt=today - timedelta(days=1)).exists()
    assert due.filter(due_on__gt=today).exists()


def test_questions_cards_walks_and_an_important_topic_are_there(loaded):
    big = concerns("leipziger-osten")

    assert set(Question.objects.values_list("state", "way")) == {
        ("open", "mail"),
        ("open", "phone"),
        ("answered", "mail"),
    }
    assert {action.kind: action.concerns.count() for action in Action.objects.all()} == {
        "postcards": 12,
        "walk": 4,
    }
    [topic] = big.filter(topic_months__isnull=False)
    assert topic.dossier.entries.filter(deed="body_answered").count() == 4
    assert topic.dossier.follow_ups.get(done_at=None).reason == "topic"


def test_mails_photos_and_talks_are_there(loaded):
    kinds = set(Mail.objects.values_list("kind", flat=True))

    assert kinds == {"body", "teller", "confirm", "voice", "follow-confirm"}
    assert StoredFile.objects.count() > 10
    assert Talk.objects.count() > 50


def test_nobody_real_is_written_to(loaded):
    addresses = [
        *Mail.objects.exclude(to_address="").values_list("to_address", flat=True),
        *ResponsibleBody.objects.values_list("email", flat=True),
        *ContactPerson.objects.values_list("email", flat=True),
        *User.objects.values_list("email", flat=True),
        *Quarter.objects.values_list("email", flat=True),
    ]
    phones = [
        *ResponsibleBody.objects.exclude(phone="").values_list("phone", flat=True),
        *Quarter.objects.values_list("phone", flat=True),
    ]

    assert [address for address in addresses if not address.endswith("example.org")] == []
    assert [phone for phone in phones if not phone.startswith("030 23125 ")] == []


def test_the_first_quarter_is_complete_and_the_second_has_gaps(loaded):
    def published(slug):
        pages = SitePage.objects.filter(quarter__slug=slug, is_published=True)
        return set(pages.values_list("key", flat=True))

    assert published("leipziger-osten") == {"imprint", "privacy", "accessibility", "what_we_do"}
    assert published("am-leipziger-tor") == {"imprint", "what_we_do"}


def test_a_rule_of_retention_has_left_its_proof(loaded):
    proofs = RetentionProof.objects.filter(quarter__slug="leipziger-osten")

    assert proofs.filter(kind="contact", count__gt=0).exists()
    assert set(
        RetentionRule.objects.exclude(announced_at=None).values_list("kind", flat=True)
    ) == {
        "text",
        "contact",
    }


def test_it_prints_one_password_for_all(loaded):
    secret = loaded.splitlines()[1].rpartition(" ")[2]

    assert secret == password() != KNOWN_PASSWORD
    assert all(user.check_password(secret) for user in User.objects.all())
    assert [line.split()[0] for line in loaded.splitlines()[2:]] == [p.email for p in PEOPLE]


def test_it_refuses_a_database_that_is_not_empty(loaded):
    with pytest.raises(CommandError, match=r"^The database is not empty, so the demo is not load"):
        call_command("demo")

    call_command("demo", "--if-empty")
    assert Concern.objects.count() == 176
