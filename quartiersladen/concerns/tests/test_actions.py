"""Cards and sheets line by line, and walks note by note: each line one concern, once."""

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from quartiersladen.accounts.models import User
from quartiersladen.concerns import gathered
from quartiersladen.concerns.forms.report import new_key, signed
from quartiersladen.concerns.models import Action, Concern, DraftPhoto
from quartiersladen.concerns.services import actions, intake
from quartiersladen.concerns.states import ActionKind, AnswerWay, Channel, ConcernKind, PlaceKind
from quartiersladen.concerns.testing import make_concern, photo
from quartiersladen.dossiers.models import Document
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.outbox.models import Mail
from quartiersladen.privacy.models import Trail
from quartiersladen.quarters.testing import NOON, make_quarter, make_theme

TODAY = date(2026, 3, 2)
BATCH, WALKS = "/buero/anliegen/stapel/", "/buero/rundgang/"


def start(viewer, quarter, *, kind=ActionKind.POSTCARDS, key=None, **facts):
    values = {"kind": kind, "name": "Postkarten Spielplatz", "on": TODAY} | facts
    return actions.start_action(
        viewer=viewer,
        quarter=quarter,
        facts=actions.ActionFacts(**values),
        submission_key=key or uuid4(),
        now=NOON,
    )


def enter(viewer, action, text="Mehr Bänke", *, key=None, **fields):
    values = {
        "text": text,
        "kind": ConcernKind.IDEA,
        "theme": action.theme,
        "language": "de",
        "place_kind": PlaceKind.NONE,
        "way": AnswerWay.NONE,
    }
    return actions.enter_line(
        viewer=viewer,
        action=action,
        report=intake.Report(**(values | fields)),
        key=key or uuid4(),
        now=fields.pop("now", NOON),
    )


# --- Deeds ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "channel"),
    [
        (ActionKind.POSTCARDS, "postcard"),
        (ActionKind.OFFICE_HOUR, "walk-in"),
        (ActionKind.STALL, "event"),
        (ActionKind.WALK, "walk"),
    ],
)
def test_a_line_is_a_concern_of_its_own(quarter, mira, kind, channel):
    action = start(mira, quarter, kind=kind)

    stored = enter(mira, action)

    concern = Concern.objects.get()
    assert (stored.concern, stored.is_new) == (concern, True)
    assert (concern.channel, concern.action, concern.told_on, concern.state) == (
        channel,
        action,
        TODAY,
        "new",
    )


def test_the_same_line_twice_is_one(quarter, mira):
    action, key = start(mira, quarter), uuid4()
    enter(mira, action, key=key)
    later = actions.enter_line(
        viewer=mira,
        action=action,
        report=intake.Report(
            text="Mehr Bänke",
            kind=ConcernKind.IDEA,
            theme=None,
            language="de",
            place_kind=PlaceKind.NONE,
        ),
        key=key,
        now=NOON + timedelta(minutes=1),
    )
    assert (later.is_new, Concern.objects.count()) == (False, 1)


def test_the_same_action_twice_is_one(quarter, mira):
    key = uuid4()
    assert start(mira, quarter, key=key) == start(mira, quarter, key=key)
    assert list(Trail.objects.values_list("deed", flat=True)) == ["action begun"]


def test_refusals(quarter, mira):
    west = make_quarter("west")
    with pytest.raises(NotAllowed):
        start(mira, west)
    with pytest.raises(NotAllowed):
        start(mira, quarter, theme=make_theme(west))
    with pytest.raises(actions.ActionNameMissing):
        start(mira, quarter, name=" ")
    with pytest.raises(actions.ActionInTheFuture):
        start(mira, quarter, on=TODAY + timedelta(days=1))
    action = start(mira, quarter)
    Action.objects.update(quarter=west)
    with pytest.raises(NotAllowed):
        make_concern_in(quarter, mira, Action.objects.get(pk=action.pk))
    assert not Concern.objects.exists()


def make_concern_in(quarter, viewer, action):
    return intake.report_concern(
        quarter=quarter,
        report=intake.Report(
            text="x",
            kind=ConcernKind.HINT,
            theme=None,
            language="de",
            place_kind=PlaceKind.NONE,
        ),
        intake=intake.Intake(
            channel=Channel.WALK, told_on=TODAY, entered_by=viewer, action=action
        ),
        submission_key=uuid4(),
        now=NOON,
    )


def test_a_helper_looks_after_what_they_type_in(quarter, mira, hao, theme):
    action = start(mira, quarter)
    mine = enter(hao, action, theme=theme).concern
    other = enter(mira, action).concern

    assert (mine.dossier.assigned_to_id, other.dossier.assigned_to_id) == (hao.user_id, None)
    assert gathered.totals_of(hao, action, "de").total == 1
    assert gathered.told_on_action(hao, action) == [mine]
    totals = gathered.totals_of(mira, action, "de")
    assert (totals.total, totals.by_theme, totals.by_kind) == (
        2,
        [("", 1), (str(theme), 1)],
        [(ConcernKind.IDEA, 2)],
    )


def test_actions_are_read_in_their_quarter_by_the_desk(quarter, mira):
    action, walk = start(mira, quarter), start(mira, quarter, kind=ActionKind.WALK)
    enter(mira, action)
    there = make_quarter("west")
    outsider = type(mira)(kind=mira.kind, quarter_id=there.pk)
    assert [(row.action, row.count) for row in gathered.actions_of(mira)] == [
        (walk, 0),
        (action, 1),
    ]
    assert [row.action for row in gathered.actions_of(mira, kind=ActionKind.WALK)] == [walk]
    assert gathered.actions_of(outsider) == []
    for viewer, key in ((outsider, str(action.pk)), (mira, "x"), (mira, "99999")):
        with pytest.raises(Action.DoesNotExist):
            gathered.get_action(viewer, key)


@pytest.mark.parametrize("wrong", [{"kind": "kirmes"}, {"name": ""}])
def test_the_database_keeps_no_half_action(quarter, mira, wrong):
    start(mira, quarter)
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.update(**wrong)


# --- Cards and sheets -----------------------------------------------------------------------------
@pytest.fixture
def cards(quarter, mira, theme):
    """An action with a theme of its own."""
    return start(mira, quarter, theme=theme)


def lines(*written: dict[str, object]) -> dict[str, object]:
    """Return a page with these lines, and one that is empty."""
    form: dict[str, object] = {}
    for number, line in enumerate([*written, {}]):
        values = {"key": new_key(), "kind": "problem", "theme": ""} | line
        form |= {f"zeile-{number}-{name}": value for name, value in values.items()}
    return form


def test_an_action_is_begun_at_the_desk(desk, helper_desk, quarter, theme):
    form = {
        "submission_key": new_key(),
        "kind": "office-hour",
        "name": "Sprechstunde",
        "on": "2026-03-02",
        "place": "Bibliothek",
        "theme": theme.pk,
    }
    done = desk.post(BATCH, form)
    action = Action.objects.get()
    assert done.headers["Location"] == f"{BATCH}{action.pk}/"
    assert (action.kind, action.place, action.theme) == ("office-hour", "Bibliothek", theme)
    assert desk.post(BATCH, form).headers["Location"] == f"{BATCH}{action.pk}/"
    assert [row.action for row in helper_desk.get(BATCH).context["rows"]] == [action]
    for wrong in ({"name": ""}, {"on": "2126-01-01"}, {"kind": "walk"}):
        assert desk.post(BATCH, {**form, **wrong}).status_code == 422
    forged = desk.post(BATCH, {**form, "submission_key": "x", "name": "Zweite"})
    assert (forged.status_code, Action.objects.count()) == (302, 2)


def test_lines_are_posted_together(desk, cards, theme, quarter):
    other = make_theme(quarter, "gruen", name={"de": "Grün"})
    page = lines(
        {"text": "Rutsche kaputt", "place_text": "Rabet"},
        {"text": "Mehr Schatten", "theme": other.pk, "kind": "idea", "contact": "030 23125 100"},
        {"text": "Bitte Bänke", "name": "Nour", "contact": "nour@example.org"},
    )
    done = desk.post(f"{BATCH}{cards.pk}/", page, follow=True)

    assert "3 Anliegen gespeichert." in done.content.decode()
    first, second, third = Concern.objects.select_related("teller").order_by("pk")
    assert (first.theme, first.place_kind, first.teller.way) == (theme, "address", "none")
    assert (second.theme, second.kind, second.teller.way) == (other, "idea", "phone")
    assert (third.teller.way, third.teller.name) == ("mail", "Nour")
    assert Mail.objects.get().kind == "confirm"
    totals = done.context["totals"]
    assert (totals.total, totals.by_theme[0]) == (3, (str(theme), 2))

    again = desk.post(f"{BATCH}{cards.pk}/", page, follow=True)
    assert "Nichts Neues: Was getippt war, ist schon gespeichert." in again.content.decode()
    assert Concern.objects.count() == 3


def test_wrong_lines_come_back_and_right_ones_are_stored(desk, cards):
    page = lines(
        {"text": "Rutsche kaputt"},
        {"text": "", "place_text": "Rabet"},
        {"text": "Bitte Bänke", "contact": "irgendwer"},
        {"text": "Schaukel", "contact": "a@"},
    )
    answer = desk.post(f"{BATCH}{cards.pk}/", page)

    text = answer.content.decode()
    assert (answer.status_code, Concern.objects.get().text) == (422, "Rutsche kaputt")
    assert "1 Anliegen gespeichert." in text
    assert "3 Zeilen sind noch nicht gespeichert" in text
    assert [line["text"].value() for line in answer.context["lines"]] == [
        "",
        "Bitte Bänke",
        "Schaukel",
    ]
    assert "irgendwer" in text

    form: dict[str, object] = {}
    for line in answer.context["lines"]:
        form |= {f"{line.prefix}-{name}": line[name].value() or "" for name in line.fields}
        form |= {f"{line.prefix}-text": "Nun aber", f"{line.prefix}-contact": ""}
    assert desk.post(f"{BATCH}{cards.pk}/", form).status_code == 302
    assert Concern.objects.count() == 4


def test_an_old_or_forged_key_costs_no_line(desk, cards):
    page = lines({"text": "Rutsche kaputt", "key": "gefälscht"})
    assert desk.post(f"{BATCH}{cards.pk}/", page).status_code == 302
    assert Concern.objects.count() == 1


def test_there_are_more_lines_up_to_forty(desk, cards):
    page = lines({"text": "Rutsche kaputt", "contact": "irgendwer"})
    more = desk.post(f"{BATCH}{cards.pk}/", {**page, "schritt": "mehr"})
    assert (more.status_code, len(more.context["lines"])) == (200, 12)
    assert more.context["lines"][0]["text"].value() == "Rutsche kaputt"
    assert not Concern.objects.exists()
    full = {f"zeile-{n}-key": new_key() for n in range(39)}
    last = desk.post(f"{BATCH}{cards.pk}/", {**full, "schritt": "mehr"})
    assert (len(last.context["lines"]), last.context["may_have_more"]) == (40, False)


def test_a_line_from_elsewhere_is_explained(desk, cards):
    key = uuid4()
    make_concern(make_quarter("west"), submission_key=key)
    answer = desk.post(f"{BATCH}{cards.pk}/", lines({"text": "Bänke", "key": signed(key)}))
    assert (answer.status_code, cards.concerns.count()) == (422, 0)
    assert "gehört zu einem anderen Quartier" in answer.content.decode()


def test_a_page_of_lines_needs_the_same_number_of_statements(
    desk, cards, mira, django_assert_max_num_queries
):
    counts = []
    for number in (10, 90):
        for n in range(number):
            enter(mira, cards, f"Karte {n}")
        with django_assert_max_num_queries(9) as caught:
            desk.get(f"{BATCH}{cards.pk}/")
        with django_assert_max_num_queries(7) as listed:
            desk.get(BATCH)
        counts.append((len(caught), len(listed)))
    assert counts[0] == counts[1]


def test_nobody_enters_lines_elsewhere(desk, client, quarter, mira):
    there = make_quarter("west")
    action = Action.objects.create(
        quarter=there,
        kind="walk",
        name="Dort",
        on=TODAY,
        by=User.objects.get(name="Ida"),
        created_at=NOON,
        submission_key=uuid4(),
    )
    assert desk.get(f"{BATCH}{action.pk}/").status_code == 404
    assert desk.get(f"{WALKS}{action.pk}/").status_code == 404
    assert client.get(BATCH).status_code == 302


# --- On a walk ------------------------------------------------------------------------------------
@pytest.fixture
def walk(helper_desk, quarter):
    """A walk that a helper began on the phone."""
    form = {"submission_key": new_key(), "name": "Rundgang Rabet", "on": "2026-03-02"}
    done = helper_desk.post(WALKS, form)
    action = Action.objects.get()
    assert done.headers["Location"] == f"{WALKS}{action.pk}/"
    return action


def note(**changes) -> dict[str, object]:
    return {"submission_key": new_key(), "text": "Bank kaputt", "theme": "", **changes}


def test_each_note_is_one_screen(helper_desk, walk, theme):
    page = f"{WALKS}{walk.pk}/"
    assert "geolocation=(self)" in helper_desk.get(page)["Permissions-Policy"]
    form = note(latitude="51.346", longitude="12.4", theme=theme.pk, place_text="Am Rabet")

    done = helper_desk.post(page, {**form, "photos": [photo()]}, follow=True)

    concern = Concern.objects.select_related("dossier").get()
    text = done.content.decode()
    assert f"Gespeichert: {concern.dossier.reference}" in text
    assert done.context["form"]["text"].value() is None
    assert (concern.channel, concern.place_kind, concern.latitude, concern.theme) == (
        "walk",
        "point",
        51.346,
        theme,
    )
    assert (concern.action, Document.objects.count()) == (walk, 1)
    assert done.context["totals"].total == 1
    helper_desk.post(page, form)
    assert Concern.objects.count() == 1


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ({"place_text": "Am Rabet"}, PlaceKind.ADDRESS),
        ({}, PlaceKind.NONE),
        ({"latitude": "91", "longitude": "12"}, PlaceKind.NONE),
    ],
)
def test_a_note_has_the_place_that_was_given(helper_desk, walk, place, kind):
    helper_desk.post(f"{WALKS}{walk.pk}/", note(**place))
    concern = Concern.objects.get()
    assert (concern.place_kind, concern.latitude) == (kind, None)


def test_a_note_keeps_what_was_typed_and_its_photo(helper_desk, walk):
    page = f"{WALKS}{walk.pk}/"
    form = note(text=" ", place_text="Am Rabet")

    wrong = helper_desk.post(page, {**form, "photos": [photo("bank.jpg")]})

    assert (wrong.status_code, "Am Rabet" in wrong.content.decode()) == (422, True)
    kept = DraftPhoto.objects.get()
    without = helper_desk.post(page, {**form, "text": "Bank", "drop": str(kept.file_id)})
    assert (without.status_code, without.context["form"]["text"].value()) == (200, "Bank")
    assert helper_desk.post(page, {**form, "drop": "x"}).status_code == 422
    assert not DraftPhoto.objects.exists()
    assert (
        helper_desk.post(page, {**form, "text": "Bank", "submission_key": "x"}).status_code == 302
    )


def test_a_note_from_elsewhere_is_refused(helper_desk, walk, quarter):
    key = uuid4()
    there = make_quarter("west")
    make_concern(there, "Dort", submission_key=key)

    answer = helper_desk.post(f"{WALKS}{walk.pk}/", note(submission_key=signed(key)))

    assert (answer.status_code, walk.concerns.count()) == (422, 0)


def test_walks_and_batches_lead_to_each_other(helper_desk, walk, quarter, mira):
    cards = start(mira, quarter)
    assert helper_desk.get(f"{WALKS}{cards.pk}/").headers["Location"] == f"{BATCH}{cards.pk}/"
    assert [row.action for row in helper_desk.get(WALKS).context["rows"]] == [walk]
    wrong = helper_desk.post(WALKS, {"submission_key": new_key(), "name": "", "on": "2026-03-02"})
    assert wrong.status_code == 422
    concern = make_concern_in(quarter, mira, walk)
    assert concern.action == walk
