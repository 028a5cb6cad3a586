"""Talks that are no concern."""

from datetime import date

import pytest

from quartiersladen.accounts.rules import public_viewer
from quartiersladen.concerns.models import Talk
from quartiersladen.concerns.queries.talks import get_own_talk, talk_counts, talks_on
from quartiersladen.concerns.services.talks import take_back_talk, tally_talk
from quartiersladen.concerns.states import TalkPlace
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.privacy.models import Trail
from quartiersladen.quarters.queries import theme_by_key
from quartiersladen.quarters.testing import NOON, make_quarter

TODAY = date(2026, 3, 2)


def tally(viewer, quarter, place=TalkPlace.STREET):
    return tally_talk(viewer=viewer, quarter=quarter, place=place, theme=None, on=TODAY, now=NOON)


def test_a_talk_is_counted(quarter, mira, hao):
    tally(mira, quarter)
    tally(hao, quarter)
    tally(hao, quarter, TalkPlace.PHONE)
    assert talk_counts(mira, since=TODAY) == [
        {"place": "phone", "count": 1},
        {"place": "street", "count": 2},
    ]
    assert [t.place for t in talks_on(hao, TODAY)] == ["phone", "street"]


def test_outsiders_neither_count_nor_read(quarter, mira):
    tally(mira, quarter)
    assert talk_counts(public_viewer(quarter.pk), since=TODAY) == []
    with pytest.raises(NotAllowed):
        tally(public_viewer(quarter.pk), quarter)
    with pytest.raises(NotAllowed):
        tally(mira, make_quarter("west"))


def test_a_wrong_tap_is_taken_back_by_the_one_who_made_it(quarter, mira, hao):
    talk = tally(mira, quarter)
    with pytest.raises(NotAllowed):
        take_back_talk(viewer=hao, talk=talk, now=NOON)

    take_back_talk(viewer=mira, talk=talk, now=NOON)

    assert not Talk.objects.exists()
    assert [t.deed for t in Trail.objects.all()] == ["talk taken back"]


@pytest.mark.parametrize("key", ["9" * 19, "9" * 5000, "x", ""])
def test_a_key_that_is_none_finds_nothing(quarter, mira, key):
    assert theme_by_key(quarter, key) is None
    with pytest.raises(Talk.DoesNotExist):
        get_own_talk(mira, key)
