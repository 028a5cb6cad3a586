"""What a concern's page shows of its mediation, and the words of its journal."""

import pytest
from django.urls import reverse
from django.utils import translation

from quartiersladen.concerns.timeline import office_words
from quartiersladen.dossiers.models import Dossier, Entry
from quartiersladen.dossiers.parts import Part, links_to_parts, parts, words_of_parts
from quartiersladen.mediation.models import Mediation
from quartiersladen.mediation.part import PART, WORDS
from quartiersladen.quarters.testing import NOON

LINES = {
    "mediation_begun": (
        {"on": "2026-03-02"},
        "Mediation begun on 2 Mar 2026; from now on this is confidential",
    ),
    "mediation_party_added": ({"number": 2}, "Mediation: party 2 entered"),
    "mediation_party_changed": ({"number": 2}, "Mediation: party 2 corrected"),
    "mediation_party_agreed": (
        {"number": 1, "on": "2026-03-02"},
        "Mediation: party 1 takes part since 2 Mar 2026",
    ),
    "mediation_party_declined": (
        {"number": 1, "on": "2026-03-02"},
        "Mediation: party 1 said on 2 Mar 2026 that it does not take part",
    ),
    "mediation_party_erased": (
        {"number": 1},
        "Mediation: data of party 1 deleted, because they asked for it",
    ),
    "mediation_step_planned": (
        {"kind": "joint", "on": "2026-03-02"},
        "Mediation: Joint talk planned for 2 Mar 2026",
    ),
    "mediation_step_done": (
        {"kind": "call", "on": "2026-03-02", "minutes": 30},
        "Mediation: Phone call on 2 Mar 2026, 30 minutes",
    ),
    "mediation_step_called_off": (
        {"kind": "joint", "on": "2026-03-02"},
        "Mediation: Joint talk on 2 Mar 2026 did not take place",
    ),
    "mediation_step_corrected": (
        {"kind": "joint", "on": "2026-03-02"},
        "Mediation: Joint talk on 2 Mar 2026 corrected",
    ),
    "mediation_agreement": (
        {"check_on": "2026-03-30"},
        "Mediation: agreement written down; we ask on 30 Mar 2026 whether it holds",
    ),
    "mediation_consent": (
        {"number": 1, "consent": "signed", "on": "2026-03-02"},
        "Mediation: party 1 and the agreement: signed on 2 Mar 2026",
    ),
    "mediation_checked": (
        {"holding": "holds"},
        "Mediation: does the agreement hold? It holds",
    ),
    "mediation_ended": ({"state": "agreed"}, "Mediation: ended with an agreement"),
    "mediation_parties_gone": (
        {},
        "Mediation: data of the parties deleted by the rule of retention",
    ),
    "mediation_texts_gone": (
        {},
        "Mediation: agreement and notes deleted by the rule of retention",
    ),
}


def test_there_are_lines_for_every_deed():
    assert set(LINES) == set(WORDS)


@pytest.mark.parametrize("deed", LINES)
def test_a_line_says_what_was_done(deed):
    facts, words = LINES[deed]
    with translation.override("en"):
        assert office_words(Entry(deed=deed, data=facts)) == words


def test_an_agreement_without_a_day_to_ask():
    with translation.override("en"):
        line = Entry(deed="mediation_agreement", data={"check_on": ""})
        assert office_words(line) == "Mediation: agreement written down"


def test_a_deed_of_nobody_has_no_words():
    assert words_of_parts(Entry(deed="unknown", data={})) == ""


def test_the_mediation_is_the_part_of_the_house():
    assert parts() == (PART,)


def test_a_part_that_hangs_nothing(mira, concern):
    part = Part()
    entry = Entry(deed="mediation_begun", data={})
    assert (
        part.link(mira, concern.dossier),
        part.words_of(entry),
        part.keeps_closed(concern.dossier),
    ) == (None, "", "")


def links(viewer, concern):
    concern.dossier.refresh_from_db()
    with translation.override("en"):
        return [
            (str(link.label), str(link.said), link.path)
            for link in links_to_parts(viewer, concern.dossier)
        ]


def test_the_link_leads_to_beginning_one_and_then_to_it(mira, concern, request):
    path = reverse("mediation:page", args=[concern.dossier.reference])
    assert links(mira, concern) == [("Do people quarrel? Begin a mediation", "", path)]

    request.getfixturevalue("mediation")
    assert links(mira, concern) == [("Conflict mediation", "under way", path)]
    Mediation.objects.update(state="none", ended_on="2026-03-02")
    assert links(mira, concern) == [("Conflict mediation", "ended without an agreement", path)]


def test_no_link_for_helpers_or_where_none_can_begin(people, quarter, mira, concern):
    from quartiersladen.accounts.testing import viewer_of  # noqa: PLC0415 -- one use

    assert links(viewer_of(people["tom"], quarter), concern) == []
    Dossier.objects.update(closed_at=NOON)
    assert links(mira, concern) == []
    Dossier.objects.update(closed_at=None, held_at=NOON)
    assert links(mira, concern) == []
