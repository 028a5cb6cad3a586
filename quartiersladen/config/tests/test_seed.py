from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.models import Concern, Referral, Teller
from quartiersladen.concerns.queries.lists import ConcernFilter, desk_page
from quartiersladen.concerns.testing import make_concern
from quartiersladen.directory.testing import make_body
from quartiersladen.dossiers.models import Dossier, Entry, FollowUp
from quartiersladen.quarters.services import add_starting_themes
from quartiersladen.quarters.testing import make_quarter

pytestmark = pytest.mark.django_db


def seed(number, **options):
    call_command("seed", number, stdout=StringIO(), **options)


def share(state):
    return Concern.objects.filter(state=state).count() / Concern.objects.count()


def test_seeded_concerns_have_all_that_belongs_to_them():
    quarter = make_quarter()
    add_starting_themes(quarter=quarter)
    make_body(quarter)
    mira = make_member(quarter)

    seed(300)

    assert {table.objects.count() for table in (Concern, Dossier, Teller, FollowUp)} == {300}
    assert Entry.objects.filter(deed="received").count() == 300
    assert Referral.objects.count() > 180
    assert share("answered") == pytest.approx(0.5, abs=0.1)
    assert share("forwarded") == pytest.approx(0.2, abs=0.1)
    found = desk_page(viewer_of(mira, quarter), ConcernFilter(words="laterne"))
    assert found.total == pytest.approx(300 / 7, abs=1)


def test_it_goes_on_where_the_numbers_stand():
    quarter = make_quarter()
    seed(20)
    seed(20)

    assert Dossier.objects.values("reference").distinct().count() == 40
    make_concern(quarter)


def test_it_needs_a_quarter():
    with pytest.raises(CommandError, match=r"^There is no such quarter"):
        seed(1)

    make_quarter()
    with pytest.raises(CommandError, match=r"^There is no such quarter"):
        seed(1, quarter="anderswo")
