"""What the office does not do: kept as rules, shown before sending, counted."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.utils import timezone

from quartiersladen.concerns.models import Concern, RightAddress, ScopeHit, ScopeRule
from quartiersladen.concerns.services.intake import drop_old_drafts
from quartiersladen.concerns.services.scope_rules import (
    RuleChangedMeanwhile,
    RuleFacts,
    RuleFitsEverything,
    RuleLeadsNowhere,
    RuleWithoutTitle,
    WordTooShort,
    note_hits,
    save_rule,
)
from quartiersladen.concerns.similar import fits, spaced
from quartiersladen.concerns.states import HitOutcome, RuleMode
from quartiersladen.concerns.tests.test_public_form import FORM, filled
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.privacy.models import Trail
from quartiersladen.quarters.testing import NOON, make_quarter, make_theme

LIST = "/buero/einstellungen/zustaendigkeit/"
HINTS = "/anliegen/neu/hinweise/"
FLAT = "Ich suche eine Wohnung für fünf Personen."


@pytest.fixture(autouse=True)
def _at_home(quarter):
    cache.clear()


@pytest.fixture
def address(quarter):
    return RightAddress.objects.create(
        quarter=quarter,
        name={"de": "Wohnung gesucht"},
        text={"de": "Wohnungsamt, Musterplatz 2\nhttps://wohnen.example.org", "ar": "مكتب السكن"},
    )


def facts(**changes) -> RuleFacts:
    values = {
        "title": {"de": "Wohnung gesucht"},
        "words": ["Wohnung", "شقة"],
        "themes": [],
        "text": {"de": "Wir vermitteln keine Wohnungen."},
        "right_address": None,
        "mode": RuleMode.STOP,
        "is_active": True,
        "position": 0,
    }
    return RuleFacts(**(values | changes))


def make_rule(viewer, quarter, **changes) -> ScopeRule:
    return save_rule(
        viewer=viewer, quarter=quarter, rule=None, facts=facts(**changes), version=0, now=NOON
    )


def outcomes() -> list[str]:
    return sorted(ScopeHit.objects.values_list("outcome", flat=True))


# --- Keeping the list ----------------------------------------------------------------------------
def test_a_rule_is_kept_with_a_trail(quarter, mira, theme, address):
    rule = make_rule(mira, quarter, themes=[theme], right_address=address)

    assert (rule.words, list(rule.themes.all()), rule.right_address, rule.is_stop) == (
        ["Wohnung", "شقة"],
        [theme],
        address,
        True,
    )
    line = Trail.objects.get(deed="scope rule saved")
    assert line.data == {"title": "Wohnung gesucht", "mode": "stop", "is_active": True}


def test_the_same_rule_twice_is_one(quarter, mira, theme):
    def add(**changes):
        return save_rule(
            viewer=mira, quarter=quarter, rule=None, facts=facts(**changes), version=0, now=NOON
        )

    first, again = add(themes=[theme]), add(themes=[theme])
    others = [add(), add(themes=[theme], position=1), add(themes=[theme], words=["Miete"])]

    assert again == first
    assert ScopeRule.objects.filter(quarter=quarter).count() == 4
    assert len({first, *others}) == 4
    assert Trail.objects.filter(deed="scope rule saved").count() == 4


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"title": {"ar": "شقة"}}, RuleWithoutTitle),
        ({"words": []}, RuleFitsEverything),
        ({"words": ["Wohnung", "Ä-ß"]}, None),
        ({"words": ["ab"]}, WordTooShort),
        ({"words": ["?!…"]}, WordTooShort),
        ({"text": {}}, RuleLeadsNowhere),
    ],
)
def test_a_rule_that_says_nothing_is_refused(quarter, mira, changes, refusal):
    if refusal is None:
        assert make_rule(mira, quarter, **changes).words == changes["words"]
        return
    with pytest.raises(refusal):
        make_rule(mira, quarter, **changes)
    assert ScopeRule.objects.count() == 0


def test_only_who_decides_the_scope_keeps_rules(quarter, mira, hao):
    with pytest.raises(NotAllowed):
        make_rule(hao, quarter)
    with pytest.raises(NotAllowed):
        make_rule(mira, make_quarter("west"))


def test_of_two_colleagues_the_second_is_told(quarter, mira):
    rule = make_rule(mira, quarter)
    change = {"viewer": mira, "quarter": quarter, "rule": rule, "version": 1, "now": NOON}
    save_rule(facts=facts(mode=RuleMode.HINT), **change)

    with pytest.raises(RuleChangedMeanwhile):
        save_rule(facts=facts(position=3), **change)
    rule.refresh_from_db()
    assert (rule.mode, rule.position, rule.version) == ("hint", 0, 2)


def typed(**changes) -> dict[str, object]:
    return {
        "version": "0",
        "title_de": "Schlagloch",
        "words": "Schlagloch, asphalt\nasphalt",
        "text_de": "Das macht das Tiefbauamt.",
        "mode": "hint",
        "position": "1",
        "is_active": "on",
        **changes,
    }


def test_the_desk_adds_and_changes_a_rule(desk, quarter, theme):
    added = desk.post(f"{LIST}neu/", typed(themes=[theme.pk]), follow=True)

    rule = ScopeRule.objects.get()
    assert added.redirect_chain == [(LIST, 302)]
    assert (rule.words, rule.mode, rule.title) == (
        ["Schlagloch", "asphalt"],
        "hint",
        {"de": "Schlagloch"},
    )
    page = desk.get(f"{LIST}{rule.pk}/")
    assert page.context["form"]["words"].value() == "Schlagloch, asphalt"
    assert page.context["form"]["themes"].value() == [theme.pk]
    desk.post(f"{LIST}{rule.pk}/", typed(version="1", mode="stop"))
    rule.refresh_from_db()
    assert (rule.mode, list(rule.themes.all())) == ("stop", [])


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"title_de": ""}, 422),
        ({"position": "viel"}, 422),
        ({"themes": ["9" * 30]}, 422),
        ({"version": "7"}, 409),
    ],
)
def test_what_was_typed_for_a_rule_stays(desk, quarter, mira, changes, status):
    rule = make_rule(mira, quarter)

    page = desk.post(f"{LIST}{rule.pk}/", typed(version="1") | changes)

    assert page.status_code == status
    assert page.context["form"]["text_de"].value() == "Das macht das Tiefbauamt."
    assert page.context["version"] == 1
    assert ScopeRule.objects.get().words == ["Wohnung", "شقة"]


def test_rules_are_not_for_helpers_and_not_for_other_quarters(helper_desk, desk, mira):
    west = make_quarter("west")
    other = ScopeRule.objects.create(quarter=west, title={"de": "fremd"}, words=["fremd"])

    assert helper_desk.get(LIST).status_code == 403
    assert desk.get(f"{LIST}{other.pk}/").status_code == 404
    assert "fremd" not in desk.get(LIST).content.decode()


def test_ten_and_a_hundred_rules_need_the_same_number_of_statements(
    desk, quarter, django_assert_max_num_queries
):
    counts = []
    for number in (10, 100):
        for n in range(number):
            ScopeRule.objects.create(quarter=quarter, title={"de": f"R{n}"}, words=["wort"])
        with django_assert_max_num_queries(30) as caught:
            assert desk.get(LIST).status_code == 200
        counts.append(len(caught.captured_queries))
    assert counts[0] == counts[1]


# --- Which rule fits -----------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("words", "text", "is_fitting"),
    [
        (["Wohnung"], "Suche dringend WOHNUNGEN", True),
        (["wohnung"], "Die Ferienwohnung ist laut", False),
        (["Straße"], "Die STRASSE ist kaputt", True),
        (["Loch in der Straße"], "Da ist ein Loch in der Strasse.", True),
        (["شقة"], "أبحث عن شقة", True),
        ([], "Irgendwas", True),
        (["Loch"], "", False),
    ],
)
def test_beginnings_of_words_are_found_as_people_write_them(words, text, is_fitting):
    assert fits(words, spaced(text)) is is_fitting


@pytest.mark.parametrize(
    ("rule_themes", "theme_told", "words", "is_shown"),
    [
        ([], "licht", ["Laterne"], True),
        (["licht"], "licht", ["Laterne"], True),
        (["licht"], "muell", ["Laterne"], False),
        (["licht"], "", ["Laterne"], True),
        (["licht"], "licht", [], True),
        (["licht"], "", [], False),
    ],
)
def test_themes_narrow_a_rule(client, quarter, mira, rule_themes, theme_told, words, is_shown):
    themes = {slug: make_theme(quarter, slug) for slug in ("licht", "muell")}
    make_rule(mira, quarter, words=words, themes=[themes[slug] for slug in rule_themes])
    told = str(themes[theme_told].pk) if theme_told else ""

    page = client.post(FORM, filled(theme=told))

    assert page.status_code == (422 if is_shown else 302)


# --- The form ------------------------------------------------------------------------------------
def test_a_hint_is_shown_once_and_the_next_press_sends(client, quarter, mira, address):
    rule = make_rule(mira, quarter, mode=RuleMode.HINT, right_address=address)
    form = filled(text=FLAT)

    shown = client.post(FORM, form)
    page = shown.content.decode()
    assert shown.status_code == 422
    assert ("Wohnungsamt" in page, 'href="https://wohnen.example.org"' in page) == (True, True)
    assert 'name="overrides"' not in page
    assert (Concern.objects.count(), outcomes()) == (0, ["left"])

    sent = client.post(FORM, form | {"seen_rules": str(rule.pk)})
    assert sent.status_code == 302
    assert Concern.objects.get().scope_rule == rule
    assert outcomes() == ["sent_anyway"]


def test_a_stop_sends_only_as_a_hint_of_public_interest(client, quarter, mira, desk):
    rule = make_rule(mira, quarter)
    form = filled(text=FLAT, seen_rules=str(rule.pk))

    stopped = client.post(FORM, form)
    assert (stopped.status_code, Concern.objects.count()) == (422, 0)
    assert 'name="overrides"' in stopped.content.decode()

    client.post(FORM, form | {"overrides": "on"})
    concern = Concern.objects.select_related("dossier").get()
    assert (concern.scope_rule, concern.scope, outcomes()) == (rule, "undecided", ["overridden"])
    page = desk.get(f"/buero/anliegen/{concern.dossier.reference}/")
    [scope] = [deed for deed in page.context["deeds"] if deed.name == "scope"]
    assert scope.form.initial["scope"] == "public_interest"
    assert "als Hinweis von öffentlichem Interesse gesendet" in page.content.decode()


def test_who_leaves_is_counted_and_a_form_counts_once(client, quarter, mira):
    make_rule(mira, quarter)
    form = filled(text=FLAT)
    for _press in range(2):
        client.post(FORM, form)

    assert outcomes() == ["left"]


def test_what_is_counted_knows_no_form_after_a_day(quarter, mira):
    rule, day = make_rule(mira, quarter), quarter.local_day(timezone.now())
    for age in (0, 3):
        note_hits(
            rules=[rule],
            form_key=uuid4(),
            outcome=HitOutcome.LEFT,
            day=day - timedelta(days=age),
        )

    drop_old_drafts(now=timezone.now())

    assert [hit.form_key is None for hit in ScopeHit.objects.order_by("-on")] == [False, True]


def test_the_desk_reads_how_often_a_rule_was_shown(client, desk, quarter, mira):
    rule = make_rule(mira, quarter, mode=RuleMode.HINT)
    client.post(FORM, filled(text=FLAT))
    form = filled(text=f"{FLAT} Bitte.")
    client.post(FORM, form)
    client.post(FORM, form | {"seen_rules": str(rule.pk)})
    old = quarter.local_day(timezone.now()) - timedelta(days=400)
    ScopeHit.objects.create(rule=rule, on=old)

    [row] = desk.get(LIST).context["rows"]

    assert (row.shown, row.left, row.sent_anyway, row.overridden) == (2, 1, 1, 0)


def test_danger_comes_first_and_is_never_stopped(client, quarter, mira):
    rule = make_rule(mira, quarter)
    form = filled(text=FLAT, is_emergency="on")

    first = client.post(FORM, form)
    page = first.content.decode()
    assert (first.status_code, Concern.objects.count()) == (422, 0)
    assert ('href="tel:112"' in page, 'name="overrides"' in page) == (True, False)

    assert client.post(FORM, form | {"has_seen_danger": "1"}).status_code == 302
    concern = Concern.objects.get()
    assert (concern.is_emergency, concern.scope_rule, outcomes()) == (True, rule, ["sent_anyway"])


def test_danger_is_shown_also_when_no_rule_fits(client):
    assert client.post(FORM, filled(is_emergency="on")).status_code == 422


def test_words_that_were_added_meanwhile_are_shown_too(client, quarter, mira):
    seen = make_rule(mira, quarter, words=["Laterne"], mode=RuleMode.HINT)
    make_rule(mira, quarter, mode=RuleMode.HINT)

    page = client.post(FORM, filled(text=f"Laterne. {FLAT}", seen_rules=str(seen.pk)))

    assert page.status_code == 422


def test_a_program_is_shown_nothing_and_waits_in_the_quarantine(client, quarter, mira):
    make_rule(mira, quarter)

    sent = client.post(FORM, filled(text=FLAT, website="https://example.org"))

    assert (sent.status_code, Concern.objects.get().state) == (302, "quarantined")


def test_a_rule_that_is_switched_off_or_of_another_quarter_stops_nobody(client, quarter, mira):
    make_rule(mira, quarter, is_active=False)
    ScopeRule.objects.create(
        quarter=make_quarter("west"), title={"de": "x"}, words=["Wohnung"], mode="stop"
    )

    assert client.post(FORM, filled(text=FLAT)).status_code == 302


def test_what_is_told_to_a_colleague_is_never_stopped(desk, quarter, mira):
    make_rule(mira, quarter)
    form = filled(text=FLAT, channel="phone", told_on=str(NOON.date()), language="de")

    assert desk.post("/buero/anliegen/neu/", form).status_code == 302


# --- While typing --------------------------------------------------------------------------------
def test_hints_come_while_somebody_types_and_store_nothing(client, quarter, mira, address):
    rule = make_rule(mira, quarter, right_address=address)

    page = client.post(f"{HINTS}?lang=ar", {"text": FLAT, "kind": "problem"})

    words = page.content.decode()
    assert (page.status_code, "مكتب السكن" in words) == (200, True)
    assert f'name="seen_rules" value="{rule.pk}"' in words
    assert (ScopeHit.objects.count(), Concern.objects.count()) == (0, 0)


def test_what_stands_there_already_is_not_read_out_again(client, quarter, mira):
    rule = make_rule(mira, quarter)
    typed_text = {"text": FLAT, "seen_rules": str(rule.pk)}

    assert client.post(HINTS, typed_text).status_code == 204
    assert client.post(HINTS, typed_text | {"text": "Laterne"}).status_code == 200
    assert client.post(HINTS, {}).status_code == 204


def test_a_flood_of_looks_ends(client, monkeypatch):
    monkeypatch.setattr("quartiersladen.concerns.views_public.report.LOOKS_PER_HOUR", 1)

    assert [client.post(HINTS, {}).status_code for _ in range(2)] == [204, 429]
    assert client.get(HINTS).status_code == 405


def test_nonsense_among_the_keys_is_left_out(client, quarter, mira):
    rule = make_rule(mira, quarter, mode=RuleMode.HINT)
    form = filled(text=FLAT)

    assert client.post(FORM, form | {"seen_rules": ["x", "9" * 30]}).status_code == 422
    assert client.post(FORM, form | {"seen_rules": ["x", str(rule.pk)]}).status_code == 302


def test_it_reads_as_a_sentence(quarter, mira):
    rule = make_rule(mira, quarter)
    note_hits(rules=[rule], form_key=uuid4(), outcome=HitOutcome.LEFT, day=NOON.date())

    assert str(rule) == "Wohnung gesucht"
    assert str(ScopeHit.objects.get()) == f"{rule.pk} {NOON.date()} left"
