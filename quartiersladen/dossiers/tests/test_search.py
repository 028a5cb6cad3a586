"""What people type finds what is meant, on both engines."""

import pytest

from quartiersladen.dossiers import search
from quartiersladen.dossiers.models import Dossier
from quartiersladen.dossiers.services.dossier import open_dossier
from quartiersladen.dossiers.services.journal import add_search_words
from quartiersladen.dossiers.states import Audience, Kind
from quartiersladen.quarters.testing import NOON, make_quarter

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier():
    return open_dossier(
        quarter=make_quarter(),
        kind=Kind.CONCERN,
        title="Sperrmüll in der Eisenbahnstraße",
        audience=Audience.OFFICE,
        language="de",
        assigned_to_id=None,
        search_words="Frau Müller, Kindertagesstätte, 100% \\ Ärger_innen",
        now=NOON,
    )


@pytest.mark.parametrize(
    "words",
    [
        "strasse",
        "STRASSE",
        "Straße",
        "muller",
        "mueller",
        "Müller",
        "tages",  # part of a compound
        "bahnstr",
        "sperrmull muller",
        "2026-0001",
    ],
)
def test_it_is_found(dossier, words):
    assert list(search.narrowed(Dossier.objects.all(), words)) == [dossier]


@pytest.mark.parametrize("words", ["Laterne", "muller laterne", "mu", "", '"', "%%%", "___"])
def test_it_is_not_found(dossier, words):
    assert list(search.narrowed(Dossier.objects.all(), words)) == []


def test_words_added_later_are_found(dossier):
    add_search_words(dossier=dossier, words="Straßenbahn")
    assert list(search.narrowed(Dossier.objects.all(), "strassenbahn")) == [dossier]


def test_a_word_that_is_everywhere_is_found_by_walking_the_list(dossier, monkeypatch):
    monkeypatch.setattr(search, "COMMON", 0)
    assert list(search.narrowed(Dossier.objects.all(), "muller")) == [dossier]
    assert list(search.narrowed(Dossier.objects.all(), "laterne")) == []
