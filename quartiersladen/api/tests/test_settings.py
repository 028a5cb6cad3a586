"""The settings page: the switch, themes with questions, keys, and who may not."""

import re

import pytest
from django.urls import reverse
from django.utils import timezone

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.api.models import ApiKey, Attribute, Open311, OpenTheme
from quartiersladen.api.queries import keys as queries
from quartiersladen.api.services import keys, offers
from quartiersladen.api.services.offers import AttributeFacts, OpenThemeFacts
from quartiersladen.api.states import DataType
from quartiersladen.api.testing import give_key, offer_theme, open_up
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.privacy.models import Trail
from quartiersladen.privacy.registry import free_texts
from quartiersladen.quarters.testing import make_quarter, make_theme
from tests.support.sign_in import signed_in_client

PAGE = "/buero/einstellungen/schnittstellen/"


def deeds():
    return list(Trail.objects.order_by("pk").values_list("deed", flat=True))


def question_form(**fields):
    return {
        "description": "Wie viele?",
        "code": "count",
        "datatype": "number",
        "values": "",
        **fields,
    }


# --- The switch -----------------------------------------------------------------------------------
def test_it_is_off_at_first_and_one_press_switches_it_on(lead, client, quarter):
    page = lead.get(PAGE).content.decode()
    assert "/open311/v2" not in page

    answer = lead.post(PAGE, {"is_on": "on", "jurisdiction": "ost", "version": 0})

    assert answer.status_code == 302
    row = Open311.objects.get()
    assert (row.is_on, row.jurisdiction, row.version) == (True, "ost", 1)
    assert deeds() == ["interface saved"]
    assert "http://testserver/open311/v2" in lead.get(PAGE).content.decode()
    assert client.get("/open311/discovery.json").status_code == 200


def test_of_two_who_press_the_second_is_told(lead, quarter, lea):
    open_up(lea, quarter)
    open_up(lea, quarter)

    answer = lead.post(PAGE, {"version": 1})
    page = answer.content.decode()

    assert answer.status_code == 409
    assert 'name="version" value="2"' in page
    assert Open311.objects.get().is_on is True
    assert lead.post(PAGE, {"version": 2}).status_code == 302
    assert Open311.objects.get().is_on is False


def test_a_jurisdiction_is_a_word(lead, quarter):
    answer = lead.post(PAGE, {"is_on": "on", "jurisdiction": "a b", "version": 0})

    assert answer.status_code == 422
    assert Open311.objects.exists() is False


# --- Themes ---------------------------------------------------------------------------------------
def test_a_theme_is_offered_with_words(lead, client, house, light):
    form = {
        "is_on": "on",
        "description_de": "Alles, was leuchtet",
        "keywords": "Lampe",
        "group": "Straße",
        "version": OpenTheme.objects.get(theme=light).version,
    }

    assert lead.post(f"{PAGE}themen/{light.pk}/", form).status_code == 302
    service = client.get("/open311/v2/services.json").json()[0]
    assert (service["description"], service["keywords"], service["group"]) == (
        "Alles, was leuchtet",
        "Lampe",
        "Straße",
    )
    assert deeds()[-1] == "interface theme saved"
    assert lead.post(f"{PAGE}themen/{light.pk}/", form).status_code == 409


def test_a_theme_that_nobody_has_touched_can_be_opened(lead, quarter):
    theme = make_theme(quarter, "neu")

    assert lead.get(f"{PAGE}themen/{theme.pk}/").status_code == 200
    assert OpenTheme.objects.exists() is False
    assert lead.post(f"{PAGE}themen/{theme.pk}/", {"version": 0}).status_code == 302
    assert OpenTheme.objects.get().is_on is False


# --- Questions ------------------------------------------------------------------------------------
def test_questions_are_added_put_in_order_changed_and_deleted(lead, light, lea):
    def codes():
        rows = Attribute.objects.filter(open_theme_id=light.pk).order_by("order")
        assert [row.order for row in rows] == list(range(1, len(rows) + 1))
        return [row.code for row in rows]

    start = codes()
    new = f"{PAGE}themen/{light.pk}/fragen/neu/"
    assert lead.post(new, question_form(code="first", order=1)).status_code == 302
    assert codes() == ["first", *start]
    first = Attribute.objects.get(code="first")
    edit = f"{PAGE}themen/{light.pk}/fragen/{first.pk}/"
    assert lead.post(edit, question_form(code="first", order=3)).status_code == 302
    assert codes() == [*start[:2], "first", *start[2:]]
    assert lead.post(edit, question_form(code="last")).status_code == 302
    assert codes() == [*start, "last"]
    assert 'value="8"' in lead.get(edit).content.decode()
    assert lead.get(f"{edit}loeschen/").status_code == 200
    assert lead.post(f"{edit}loeschen/").status_code == 302
    assert codes() == start
    assert deeds()[-4:] == ["interface question saved"] * 3 + ["interface question deleted"]


def test_a_list_is_typed_line_by_line(lead, light):
    form = question_form(
        code="colour", datatype="singlevaluelist", values=" red = rot \n\nblue=blau = hell\n"
    )

    assert lead.post(f"{PAGE}themen/{light.pk}/fragen/neu/", form).status_code == 302
    row = Attribute.objects.get(code="colour")
    assert row.names == {"red": "rot", "blue": "blau = hell"}
    page = lead.get(f"{PAGE}themen/{light.pk}/fragen/{row.pk}/").content.decode()
    assert "red = rot\nblue = blau = hell" in page


@pytest.mark.parametrize(
    "fields",
    [
        {"datatype": "singlevaluelist", "values": ""},
        {"datatype": "multivaluelist", "values": "a = b\na = c"},
        {"datatype": "multivaluelist", "values": "without a sign"},
        {"datatype": "multivaluelist", "values": "x" * 61 + "= lang"},
        {"datatype": "multivaluelist", "values": "\n".join(f"{n}=n" for n in range(101))},
        {"code": "kind"},
        {"code": "a]["},
        {"is_required": "on", "is_hint": "on"},
        {"datatype": "file"},
        {"order": "0"},
        {"description": ""},
    ],
)
def test_a_question_that_cannot_be_is_refused(lead, light, fields):
    before = Attribute.objects.count()

    answer = lead.post(f"{PAGE}themen/{light.pk}/fragen/neu/", question_form(code="neu") | fields)

    assert answer.status_code == 422
    assert Attribute.objects.count() == before


def test_answers_to_choose_from_go_with_the_list(lead, light):
    row = Attribute.objects.get(code="kind")

    lead.post(
        f"{PAGE}themen/{light.pk}/fragen/{row.pk}/",
        question_form(code="kind", datatype="string", values="out = aus"),
    )

    row.refresh_from_db()
    assert (row.datatype, row.values) == ("string", [])


# --- Keys -----------------------------------------------------------------------------------------
def test_a_key_is_shown_once_and_only_its_digest_is_kept(lead, client, house):
    answer = lead.post(
        f"{PAGE}schluessel/neu/", {"partner": "Stadt", "contact": "it@stadt.example.org"}
    )
    [shown] = re.findall(r"ql_[\w-]{43}", answer.content.decode())
    row = ApiKey.objects.get()

    assert answer["Cache-Control"] == "private, no-store"
    assert (row.partner, row.beginning) == ("Stadt", shown[:10])
    assert shown not in repr(ApiKey.objects.values_list()[0])
    assert queries.key_of(house, shown) == row
    page = lead.get(PAGE).content.decode()
    assert shown not in page
    assert shown[:10] in page
    assert deeds()[-1] == "api key made"
    assert shown not in repr(list(Trail.objects.values_list()))


def test_a_key_needs_somebody_to_ask(lead, quarter, lea):
    assert lead.post(f"{PAGE}schluessel/neu/", {"partner": "Stadt"}).status_code == 422
    with pytest.raises(keys.PartnerMissing):
        keys.make_key(
            viewer=lea, quarter=quarter, partner=" ", contact="x", key="y", now=timezone.now()
        )
    assert ApiKey.objects.exists() is False


def test_a_revoked_key_stays_in_the_list_and_cannot_be_revoked_twice(lead, house, lea, key, now):
    row = ApiKey.objects.get()
    revoke = f"{PAGE}schluessel/{row.pk}/zurueckziehen/"

    assert lead.get(revoke).status_code == 200
    assert lead.post(revoke).status_code == 302
    row.refresh_from_db()
    assert (row.revoked_by.name, row.revoked_at is None) == ("Ada", False)
    assert lead.get(revoke).status_code == 404
    assert "zurückgezogen am" in lead.get(PAGE).content.decode()
    before = len(deeds())
    keys.revoke_key(viewer=lea, key=row, now=now)
    assert len(deeds()) == before


def test_the_last_use_is_noted_once_an_hour(client, key, shown):
    path = f"/open311/v2/requests/{shown().dossier.reference}.json"
    assert ApiKey.objects.get().last_used_at is None

    client.get(path, {"api_key": key})
    first = ApiKey.objects.get().last_used_at
    client.get(path, {"api_key": key})

    assert first is not None
    assert ApiKey.objects.get().last_used_at == first
    long_ago = first - keys.USED_AGAIN * 2
    ApiKey.objects.update(last_used_at=long_ago)
    client.get(path, {"api_key": key})
    assert ApiKey.objects.filter(last_used_at__gt=first).count() == 1


# --- Who may --------------------------------------------------------------------------------------
@pytest.mark.parametrize("role", [role for role in Role if role != Role.ADMINISTRATOR])
def test_only_lead_and_administrator_open_the_pages(house, light, key, role):
    somebody = signed_in_client(make_member(house, role, f"wer-{role.value}"))
    question, row = Attribute.objects.first(), ApiKey.objects.get()
    pages = [
        reverse("api:interfaces"),
        reverse("api:theme", args=[light.pk]),
        reverse("api:question_new", args=[light.pk]),
        reverse("api:question_edit", args=[light.pk, question.pk]),
        reverse("api:question_delete", args=[light.pk, question.pk]),
        reverse("api:key_new"),
        reverse("api:key_revoke", args=[row.pk]),
    ]

    allowed = 200 if role == Role.LEAD else 403
    assert {somebody.get(page).status_code for page in pages} == {allowed}


def test_a_moderator_does_nothing(quarter, light, now):
    mira = viewer_of(make_member(quarter, Role.MODERATOR, "Mira"), quarter)
    question = Attribute.objects.get(code="kind")
    facts = AttributeFacts("x", DataType.TEXT, "Was?")
    refused = [
        lambda: open_up(mira, quarter),
        lambda: offer_theme(mira, light),
        lambda: give_key(mira, quarter),
        lambda: offers.save_attribute(
            viewer=mira, theme=light, attribute=None, facts=facts, now=now
        ),
        lambda: offers.delete_attribute(viewer=mira, theme=light, attribute=question, now=now),
    ]
    for deed in refused:
        with pytest.raises(NotAllowed):
            deed()
    assert queries.keys_of(mira) == []
    with pytest.raises(ApiKey.DoesNotExist):
        queries.get_key(mira, 1)


def test_nothing_of_another_quarter_can_be_touched(lead, house, light, key):
    west = make_quarter("west")
    lea = viewer_of(make_member(west, Role.LEAD, "Wim"), west)
    theme = make_theme(west)
    offer_theme(lea, theme, questions=[AttributeFacts("x", DataType.TEXT, "Was?")])
    give_key(lea, west)
    foreign = ApiKey.objects.get(quarter=west)
    question = Attribute.objects.get(open_theme_id=theme.pk)

    for path in (
        f"{PAGE}themen/{theme.pk}/",
        f"{PAGE}themen/{theme.pk}/fragen/neu/",
        f"{PAGE}themen/{light.pk}/fragen/{question.pk}/",
        f"{PAGE}schluessel/{foreign.pk}/zurueckziehen/",
    ):
        assert lead.get(path).status_code == 404
    with pytest.raises(NotAllowed):
        keys.revoke_key(viewer=lea, key=ApiKey.objects.get(quarter=house), now=timezone.now())
    with pytest.raises(NotAllowed):
        offers.save_open_theme(
            viewer=lea,
            theme=light,
            facts=OpenThemeFacts(is_on=True, description={}),
            version=0,
            now=timezone.now(),
        )


@pytest.mark.parametrize("number", [1, 12])
def test_the_page_costs_a_fixed_number_of_statements(
    lead, house, lea, number, django_assert_max_num_queries
):
    for n in range(number):
        give_key(lea, house, f"Partner {n}")
        offer_theme(lea, make_theme(house, f"thema-{n}"))

    with django_assert_max_num_queries(11):
        lead.get(PAGE)


def test_the_settings_lead_there(lead, quarter):
    assert f'href="{PAGE}"' in lead.get("/buero/einstellungen/").content.decode()


def test_a_name_beside_a_key_is_found_and_blackened_by_the_lead_alone(quarter, lea, key):
    [text] = [text for text in free_texts() if text.key == "api.apikey.contact"]
    mira = viewer_of(make_member(quarter, Role.MODERATOR, "Mira"), quarter)

    assert ApiKey.objects.filter(text.visible(lea)).count() == 1
    assert ApiKey.objects.filter(text.visible(mira)).count() == 0
