"""Whoever can do something about it reads that the backup is old."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quartiersladen.accounts.states import Role
from quartiersladen.backups.models import Backup
from quartiersladen.desk.forms import quarter_initial
from quartiersladen.quarters.models import Quarter

TODAY, SETTINGS = "/buero/", "/buero/einstellungen/"
WORRY = "Um die Sicherung muss sich jemand kümmern"


@pytest.fixture
def old_backup(quarter):
    Quarter.objects.update(backup_days=7)
    at = timezone.now() - timedelta(days=8)
    return Backup.objects.create(state="done", started_at=at, finished_at=at, size_bytes=1)


@pytest.mark.parametrize("place", [TODAY, SETTINGS])
def test_lead_and_administrator_see_it_and_nobody_else(browser_of, old_backup, place):
    seen = {
        role for role in Role if WORRY in browser_of(role).get(place, follow=True).content.decode()
    }

    assert seen == {Role.LEAD, Role.ADMINISTRATOR}


def test_it_says_when_what_was_agreed_and_why(lead, old_backup):
    Backup.objects.create(state="failed", started_at=timezone.now(), error="No space left.")

    page = lead.get(TODAY).content.decode()

    assert "Vereinbart ist eine alle 7 Tage." in page
    assert '<span lang="en">No space left.</span>' in page


def test_without_any_backup_it_says_so(lead, quarter):
    Quarter.objects.update(backup_days=1)

    page = lead.get(TODAY).content.decode()

    assert "Es gibt noch keine Sicherung." in page
    assert "Vereinbart ist eine an jedem Tag." in page


def test_a_young_backup_worries_nobody(lead, old_backup):
    Backup.objects.update(started_at=timezone.now())

    assert WORRY not in lead.get(TODAY).content.decode()


@pytest.mark.parametrize(("days", "status"), [("30", 302), ("0", 302), ("366", 422), ("", 422)])
def test_the_office_says_how_old_a_backup_may_be(lead, quarter, days, status):
    facts = quarter_initial(quarter) | {"languages": ["de"], "backup_days": days}

    answer = lead.post(SETTINGS + "quartier/", facts)

    assert answer.status_code == status
    assert Quarter.objects.get().backup_days == (int(days) if status == 302 else 0)
