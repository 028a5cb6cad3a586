"""Lists, quick entry, passing on, talks and sheets at the desk."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from quartiersladen.accounts.models import User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns.forms.report import new_key
from quartiersladen.concerns.models import Concern, Referral, RightAddress, Talk
from quartiersladen.concerns.services.triage import Decision, decide_scope
from quartiersladen.concerns.states import Scope
from quartiersladen.concerns.testing import make_concern, make_referral, photo
from quartiersladen.correspondence.states import Way
from quartiersladen.directory.models import ContactPerson, ResponsibleBody
from quartiersladen.directory.testing import make_body
from quartiersladen.dossiers.models import Document, Dossier
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.testing import NOON, make_quarter, make_theme

LIST = "/buero/anliegen/"
SOON = (date.today() + timedelta(days=20)).isoformat()  # noqa: DTZ011 -- any day to come


def titles(page) -> list[str]:
    return [line.title for line in page.context["lines"]]


def entry(**changes) -> dict[str, object]:
    return {
        "submission_key": new_key(),
        "kind": "problem",
        "text": "Spritzen an der Kita",
        "theme": "",
        "place_kind": "address",
        "place_text": "Sonnenweg",
        "way": "none",
        "channel": "phone",
        "told_on": "2026-03-02",
        "language": "de",
        **changes,
    }


def test_the_list_shows_what_is_wanted_and_nothing_of_others(desk, quarter, theme):
    make_concern(quarter, "Laterne aus", theme=theme)
    mine = make_concern(quarter, "Bank kaputt")
    Dossier.objects.filter(pk=mine.pk).update(assigned_to=User.objects.get(name="Ida"))
    make_concern(make_quarter("west"), "Anderswo")

    assert titles(desk.get(LIST)) == ["Bank kaputt", "Laterne aus"]
    assert titles(desk.get(LIST + "?zustand=offen&q=latern")) == ["Laterne aus"]
    assert titles(desk.get(LIST + f"?thema={theme.pk}")) == ["Laterne aus"]
    assert titles(desk.get(LIST + "?meine=1")) == ["Bank kaputt"]
    assert titles(desk.get(LIST + "?kanal=phone")) == []
    assert titles(desk.get(LIST + "?zustand=unsinn&thema=x&kanal=rauch")) == [
        "Bank kaputt",
        "Laterne aus",
    ]
    line = desk.get(LIST + "?meine=1").context["lines"][0]
    assert (line.state, line.who, line.theme) == ("Eingegangen", "Ida", "")


def test_a_helper_sees_the_list_of_what_is_assigned(helper_desk, quarter):
    make_concern(quarter, "Laterne aus")
    toms = make_concern(quarter, "Bank kaputt")
    Dossier.objects.filter(pk=toms.pk).update(assigned_to=User.objects.get(name="Tom"))
    assert titles(helper_desk.get(LIST)) == ["Bank kaputt"]


def test_what_nobody_has_looked_at_waits_on_the_page_of_today(desk, helper_desk, quarter):
    first, second = make_concern(quarter, "Laterne aus"), make_concern(quarter, "Bank kaputt")
    make_concern(make_quarter("west"), "Anderswo")
    assert desk.get("/buero/").context["new"] == [first, second]
    assert helper_desk.get("/buero/").context["new"] == []

    form = {"version": 1, "scope": "ours", "due_on": SOON}
    desk.post(f"{LIST}{first.dossier.reference}/zustaendigkeit/", form)

    assert desk.get("/buero/").context["new"] == [second]


def test_long_lists_have_pages(desk, quarter):
    for number in range(51):
        make_concern(quarter, f"Nr. {number}", now=NOON + timedelta(minutes=number))
    first = desk.get(LIST)
    assert (len(titles(first)), first.context["page"].total) == (50, 51)
    second = desk.get(LIST + first.context["older_url"])
    assert titles(second) == ["Nr. 0"]
    assert titles(desk.get(LIST + second.context["newer_url"])) == titles(first)


@pytest.mark.parametrize(
    ("query", "most"), [("", 10), ("?q=laterne", 11), ("?q=laterne+rosenweg", 11)]
)
def test_ten_and_a_hundred_rows_need_the_same_number_of_statements(
    desk, quarter, theme, django_assert_max_num_queries, query, most
):
    counts = []
    for number in (10, 100):
        for n in range(number):
            make_concern(quarter, f"Laterne {n} im Rosenweg", theme=theme)
        with django_assert_max_num_queries(most) as caught:
            page = desk.get(LIST + query)
        assert len(titles(page)) == min(50, page.context["page"].total)
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_a_page_with_a_long_journal_needs_as_many_statements_as_a_short_one(
    desk, quarter, mira, django_assert_max_num_queries
):
    concern = make_concern(quarter, now=timezone.now())
    make_referral(mira, concern, make_body(quarter), now=timezone.now())
    address = f"{LIST}{concern.dossier.reference}/"
    counts = []
    for number in (10, 100):
        for n in range(number):
            desk.post(address + "notiz/", {"text": f"Notiz {n}"})
        with django_assert_max_num_queries(12) as caught:
            assert desk.get(address).status_code == 200
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_what_is_told_by_phone_is_typed_in_with_channel_and_day(desk, quarter, theme):
    ida = User.objects.get(name="Ida")
    form = entry(theme=theme.pk, is_emergency="on", assigned_to=ida.pk, language="ar")

    done = desk.post(LIST + "neu/", form)

    concern = Concern.objects.select_related("dossier").get()
    assert done.headers["Location"] == f"{LIST}{concern.dossier.reference}/"
    assert (concern.channel, concern.told_on, concern.is_emergency) == (
        "phone",
        date(2026, 3, 2),
        True,
    )
    assert (concern.dossier.assigned_to, concern.dossier.language) == (ida, "ar")
    assert desk.post(LIST + "neu/", form).headers["Location"] == done.headers["Location"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": ""}, "text"),
        ({"told_on": "2999-01-01"}, "told_on"),
        ({"told_on": ""}, "told_on"),
        ({"channel": "web"}, "channel"),
        ({"language": "xx"}, "language"),
        ({"way": "mail"}, "email"),
        ({"way": "mail", "email": "nour@☃.example.org"}, "email"),
        ({"submission_key": "alt"}, "submission_key"),
    ],
)
def test_a_wrong_entry_is_explained_and_kept(desk, changes, field):
    page = desk.post(LIST + "neu/", entry(name="Herr Beispiel", **changes))
    assert (page.status_code, list(page.context["form"].errors)) == (422, [field])
    assert 'value="Herr Beispiel"' in page.content.decode()
    assert Concern.objects.count() == 0


def test_a_fresh_entry_form_knows_the_day_and_its_themes(desk, quarter, theme):
    form = desk.get(LIST + "neu/").context["form"]
    assert form.initial["told_on"] == quarter.local_day(timezone.now())
    assert list(form.fields["theme"].queryset) == [theme]
    assert form.fields["language"].choices[0] == ("de", "Deutsch")


def test_an_entry_older_than_a_day_is_saved_with_the_second_press(desk):
    page = desk.post(LIST + "neu/", entry(submission_key="alt", photos=[photo("a.jpg")]))
    assert (page.status_code, [p.label for p in page.context["photos"]]) == (422, ["a.jpg"])

    again = {name: page.context["form"].data[name] for name in entry()}

    assert desk.post(LIST + "neu/", again).status_code == 302
    assert Document.objects.get().dossier == Concern.objects.get().dossier


def test_what_a_helper_types_in_is_theirs(helper_desk, quarter):
    make_member(quarter, Role.MODERATOR, "Ida")
    ida = User.objects.get(name="Ida")
    helper_desk.post(LIST + "neu/", entry(assigned_to=ida.pk))
    assert Dossier.objects.get().assigned_to.name == "Tom"


def test_receipt_and_right_address_are_sheets_in_the_language_of_the_person(desk, quarter):
    concern = make_concern(quarter, language="ar")
    for sheet in ("beleg/", "zettel/"):
        page = desk.get(f"{LIST}{concern.dossier.reference}/{sheet}")
        assert (page.status_code, page.context["sheet_dir"]) == (200, "rtl")
        assert concern.dossier.reference in page.content.decode()
    simple = make_concern(quarter, language="de-simple")
    page = desk.get(f"{LIST}{simple.dossier.reference}/beleg/")
    assert (page.context["sheet_language"], page.context["sheet_dir"]) == ("de", "ltr")
    assert desk.get(f"{LIST}2026-9999/beleg/").status_code == 404


@pytest.mark.parametrize(
    ("language", "help_", "task", "questions"),
    [
        (
            "de",
            "Hier bekommen Sie Hilfe",
            "Das ist nicht unsere Aufgabe.",
            "Fragen? Wir sind hier:",
        ),
        (
            "tr",
            "Buradan yardım alırsınız",
            "Bu bizim görevimiz değil.",
            "Sorunuz mu var? Biz buradayız:",
        ),
        ("ar", "هنا تجدون المساعدة", "هذه ليست مهمتنا.", "أسئلة؟ نحن هنا:"),
        (
            "de-simple",
            "Hier bekommen Sie Hilfe",
            "Das ist nicht unsere Aufgabe.",
            "Haben Sie Fragen? Wir sind hier:",
        ),
    ],
)
def test_the_sheet_with_the_right_address_speaks_one_language(
    desk, mira, quarter, language, help_, task, questions
):
    concern = make_concern(quarter, language=language)
    address = RightAddress.objects.create(
        quarter=quarter, name={"de": "Wohnung"}, text={"de": "030 23125 301"}
    )
    decide_scope(
        viewer=mira,
        concern=concern,
        decision=Decision(Scope.NOT_OURS, right_address=address),
        version=concern.dossier.version,
        now=NOON,
    )

    page = desk.get(f"{LIST}{concern.dossier.reference}/zettel/").content.decode()

    sheet = page.split("<main")[1]
    assert [words in sheet for words in (help_, task, questions)] == [True, True, True]
    assert ">Heute<" in page.replace("\n", "").replace(" ", "")


def choose(concern: Concern, *bodies: ResponsibleBody) -> str:
    query = "&".join(f"stelle={body.pk}" for body in bodies)
    return f"{LIST}{concern.dossier.reference}/weitergeben/?{query}"


def passing_on(*bodies: ResponsibleBody, **changes) -> dict[str, object]:
    form: dict[str, object] = {
        "version": Dossier.objects.get().version,
        "stelle": [body.pk for body in bodies],
        "ask_on": SOON,
        "schritt": "ansehen",
    }
    for body in bodies:
        form |= {f"stelle-{body.pk}-way": "mail", f"stelle-{body.pk}-cover_note": "Bitte prüfen."}
    return form | changes


def test_it_is_passed_on_in_three_steps_and_exactly_as_seen(desk, quarter, body):
    concern = make_concern(quarter, now=timezone.now())
    second = make_body(quarter, "Straßensozialarbeit", "team@strasse.example.org")
    kim = ContactPerson.objects.create(
        body=body, name="Kim Weber", email="kim@example.org", from_on=date(2020, 1, 1)
    )
    address = choose(concern, body, second)
    chosen = desk.get(address + "&stelle=x&stelle=" + "9" * 30)
    assert [form.body for form in chosen.context["body_forms"]] == [body, second]
    form = passing_on(body, second) | {f"stelle-{body.pk}-person": kim.pk}

    seen = desk.post(address, form)
    assert (seen.status_code, len(seen.context["letters"]), Mail.objects.count()) == (200, 2, 0)
    changed = desk.post(
        address,
        form | {"schritt": "senden", "gesehen": seen.context["seen"], "ask_on": "2999-01-04"},
    )
    assert (changed.status_code, Mail.objects.count()) == (200, 0)

    sent = desk.post(address, form | {"schritt": "senden", "gesehen": seen.context["seen"]})

    assert sent.headers["Location"] == f"{LIST}{concern.dossier.reference}/"
    mails = {mail.to_address: mail.text for mail in Mail.objects.all()}
    shown = {letter.text for _item, letter in seen.context["letters"]}
    assert (set(mails), set(mails.values())) == (
        {"kim@example.org", "team@strasse.example.org"},
        shown,
    )
    assert Referral.objects.count() == 2


@pytest.mark.parametrize(
    ("changes", "status", "field"),
    [
        ({"ask_on": ""}, 422, "ask_on"),
        ({"ask_on": "2020-01-01"}, 422, "ask_on"),
        ({"version": "x"}, 422, "version"),
        ({"stelle": []}, 422, "__all__"),
    ],
)
def test_passing_on_without_what_it_needs_is_explained(
    desk, quarter, body, changes, status, field
):
    concern = make_concern(quarter, now=timezone.now())
    page = desk.post(choose(concern, body), passing_on(body, **changes))
    assert (page.status_code, list(page.context["ask_on"].errors)) == (status, [field])
    assert Referral.objects.count() == 0


def test_passing_on_twice_to_a_body_that_has_it_is_a_conflict(desk, quarter, mira, body):
    concern = make_concern(quarter, now=timezone.now())
    make_referral(mira, concern, body, way=Way.PHONE, now=timezone.now())
    page = desk.post(choose(concern, body), passing_on(body))
    assert page.status_code == 409
    assert "Bitte prüfen." in page.content.decode()
    assert Referral.objects.count() == 1


def test_only_the_office_passes_on_and_only_to_its_own_bodies(desk, helper_desk, quarter):
    concern = make_concern(quarter)
    foreign = make_body(make_quarter("west"))
    assert helper_desk.get(choose(concern)).status_code == 403
    assert desk.get(choose(concern, foreign)).context["body_forms"] == []
    assert desk.get(f"{LIST}2026-9999/weitergeben/").status_code == 404


def test_a_talk_is_counted_in_two_taps_and_taken_back(desk, quarter, theme):
    address = "/buero/gespraeche/"
    assert desk.get(address).context["place"] == ""
    assert desk.get(address + "?ort=street").context["place"] == "street"
    assert desk.get(address + "?ort=mond").context["place"] == ""

    desk.post(address, {"ort": "street", "thema": theme.pk})
    desk.post(address, {"ort": "street", "thema": "x"})
    desk.post(address, {"ort": "mond"})

    assert list(Talk.objects.order_by("pk").values_list("place", "theme")) == [
        ("street", theme.pk),
        ("street", None),
    ]
    page = desk.get(address)
    assert [count for _label, count in page.context["week"]] == [2]
    talk = Talk.objects.last()
    assert desk.post(address, {"zurueck": talk.pk}).status_code == 302
    assert desk.post(address, {"zurueck": talk.pk}).status_code == 404
    assert desk.post(address, {"zurueck": "x"}).status_code == 404
    assert Talk.objects.count() == 1


def test_a_talk_of_a_colleague_cannot_be_taken_back(desk, helper_desk):
    helper_desk.post("/buero/gespraeche/", {"ort": "street"})
    assert desk.post("/buero/gespraeche/", {"zurueck": Talk.objects.get().pk}).status_code == 404
    assert Talk.objects.count() == 1


@pytest.fixture(autouse=True)
def _quiet():
    cache.clear()


def test_themes_that_can_no_longer_be_chosen_still_name_old_concerns(desk, quarter):
    theme = make_theme(quarter, "alt", name={"de": "Altes Thema"})
    make_concern(quarter, "Laterne aus", theme=theme)
    theme.is_active = False
    theme.save()
    page = desk.get(LIST)
    assert (page.context["themes"], page.context["lines"][0].theme) == ([], "Altes Thema")
