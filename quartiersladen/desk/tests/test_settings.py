"""Settings of the quarter: who may change what, what is refused, and the trail of it."""

from dataclasses import replace

import pytest
from django.conf import settings
from django.utils import timezone

from quartiersladen.accounts.models import Membership, User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.models import RightAddress
from quartiersladen.desk.forms import quarter_initial
from quartiersladen.desk.services import (
    AddressFacts,
    NameMissing,
    ThemeFacts,
    save_right_address,
    save_theme,
)
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.models import Quarter, Theme
from quartiersladen.quarters.testing import make_quarter, make_theme

SETTINGS = "/buero/einstellungen/"
THEME = {"name_de": "Licht", "name_en": "", "name_ar": "ضوء", "slug": "licht", "working_days": 5, "position": 1, "needs_place": "on", "is_active": "on", "version": 0}  # fmt: skip
ADDRESS = {"name_de": "Wohnung", "text_de": "Wohnungsamt", "name_en": "", "text_en": "", "name_ar": "", "text_ar": "", "position": 2, "is_active": "on", "version": 0}  # fmt: skip


def errors_in(page) -> dict[str, str]:
    return {name: str(found[0]) for name, found in page.context["form"].errors.items()}


def facts_of(quarter: Quarter, **changes) -> dict[str, object]:
    return quarter_initial(quarter) | {"languages": ["de", "ar"]} | changes


@pytest.mark.parametrize(
    ("place", "allowed"),
    [
        ("", {Role.LEAD, Role.MODERATOR, Role.ADMINISTRATOR}),
        ("adressen/neu/", {Role.LEAD, Role.MODERATOR, Role.ADMINISTRATOR}),
        ("quartier/", {Role.LEAD, Role.ADMINISTRATOR}),
        ("themen/neu/", {Role.LEAD, Role.ADMINISTRATOR}),
        ("personen/", {Role.LEAD, Role.ADMINISTRATOR}),
        ("spur/", {Role.LEAD, Role.ADMINISTRATOR}),
    ],
)
def test_each_role_opens_what_is_its_business(browser_of, place, allowed):
    opened = {role for role in Role if browser_of(role).get(SETTINGS + place).status_code == 200}
    assert opened == allowed


def test_facts_of_the_quarter_are_saved_with_a_trail(lead, quarter):
    done = lead.post(SETTINGS + "quartier/", facts_of(quarter, name="Osten neu", postcode="04315"))
    assert done.headers["Location"] == SETTINGS
    assert Quarter.objects.get().name == "Osten neu"
    [line] = lead.get(SETTINGS + "spur/").context["lines"]
    assert (line.deed, line.data, line.by.name) == (
        "quarter saved",
        {"changed": ["name", "languages"]},
        "Lead",
    )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"postcode": "431"}, "postcode"),
        ({"email": "nicht"}, "email"),
        ({"languages": ["xx"]}, "languages"),
        ({"accent": "rot"}, "accent"),
        ({"answer_days": "0"}, "answer_days"),
    ],
)
def test_a_wrong_fact_is_explained_and_kept(lead, quarter, changes, field):
    page = lead.post(SETTINGS + "quartier/", facts_of(quarter, **{"city": "Neustadt", **changes}))
    assert (page.status_code, list(errors_in(page))) == (422, [field])
    assert 'value="Neustadt"' in page.content.decode()


@pytest.mark.parametrize(("field", "colour"), [("accent", "#ffff00"), ("accent_dark", "#220000")])
def test_a_colour_that_cannot_be_read_is_answered_with_one_that_can(lead, quarter, field, colour):
    page = lead.post(SETTINGS + "quartier/", facts_of(quarter, **{field: colour}))
    sentence = errors_in(page)[field]
    proposal = sentence.rsplit(" ", 1)[1]
    assert page.status_code == 422
    again = lead.post(SETTINGS + "quartier/", facts_of(quarter, **{field: proposal}))
    assert again.status_code == 302
    assert getattr(Quarter.objects.get(), field) == proposal


def test_a_theme_is_added_changed_and_put_to_rest_but_keeps_its_address(lead, quarter):
    assert lead.post(SETTINGS + "themen/neu/", THEME).status_code == 302
    theme = Theme.objects.get()
    assert (theme.name, theme.working_days, theme.needs_place) == (
        {"de": "Licht", "ar": "ضوء"},
        5,
        True,
    )
    change = THEME | {
        "name_de": "Straßenlicht",
        "slug": "anders",
        "is_active": "",
        "version": theme.version,
    }
    assert lead.post(f"{SETTINGS}themen/{theme.pk}/", change).status_code == 302
    theme.refresh_from_db()
    assert (theme.name["de"], theme.slug, theme.is_active) == ("Straßenlicht", "licht", False)
    shown = lead.get(f"{SETTINGS}themen/{theme.pk}/").context["form"].initial
    assert (shown["name_de"], shown["name_en"]) == ("Straßenlicht", "")


def test_a_theme_has_a_name_in_every_language_and_saving_loses_none(lead, quarter):
    names = {code: f"Licht {code}" for code, _name in settings.LANGUAGES}
    theme = make_theme(quarter, name=names)
    place = f"{SETTINGS}themen/{theme.pk}/"

    assert lead.post(place, lead.get(place).context["form"].initial).status_code == 302

    theme.refresh_from_db()
    assert theme.name == names


def test_other_languages_are_folded_until_one_of_them_needs_mending(lead, quarter):
    folded, unfolded = '<details class="q-more" >', '<details class="q-more" open>'
    page = lead.get(SETTINGS + "themen/neu/").content.decode()
    assert (folded in page, unfolded in page) == (True, False)

    refused = lead.post(SETTINGS + "themen/neu/", THEME | {"name_vi": "x" * 81})

    assert list(errors_in(refused)) == ["name_vi"]
    assert unfolded in refused.content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name_de": ""}, "name_de"), ({"slug": "müll tonne"}, "slug"), ({"slug": "da"}, "slug")],
)
def test_a_theme_needs_a_german_name_and_an_address_of_its_own(lead, quarter, changes, field):
    make_theme(quarter, "da")
    page = lead.post(SETTINGS + "themen/neu/", THEME | changes)
    assert (page.status_code, list(errors_in(page))) == (422, [field])
    assert Theme.objects.count() == 1


def test_no_way_in_leaves_a_theme_or_an_address_without_german_words(quarter):
    viewer = viewer_of(make_member(quarter, Role.LEAD), quarter)
    where = {"viewer": viewer, "quarter": quarter, "version": 0, "now": timezone.now()}
    nameless = ThemeFacts(name={"en": "Light"}, slug="licht", working_days=5)
    silent = AddressFacts(name={"de": "Wohnung"}, text={"en": "Housing office"})
    with pytest.raises(NameMissing):
        save_theme(theme=None, facts=nameless, **where)
    with pytest.raises(NameMissing):
        save_right_address(address=None, facts=silent, **where)
    assert (Theme.objects.count(), RightAddress.objects.count()) == (0, 0)

    save_theme(theme=None, facts=replace(nameless, name={"de": "Licht"}), **where)
    save_right_address(address=None, facts=replace(silent, text={"de": "Amt"}), **where)

    assert (Theme.objects.get().name, RightAddress.objects.get().text) == (
        {"de": "Licht"},
        {"de": "Amt"},
    )


def test_themes_and_addresses_of_another_quarter_are_not_there(lead):
    west = make_quarter("west")
    theme = make_theme(west)
    address = RightAddress.objects.create(quarter=west, name={"de": "x"}, text={"de": "y"})
    assert lead.get(f"{SETTINGS}themen/{theme.pk}/").status_code == 404
    assert lead.post(f"{SETTINGS}themen/{theme.pk}/", THEME).status_code == 404
    assert lead.get(f"{SETTINGS}adressen/{address.pk}/").status_code == 404
    member = Membership.objects.get(user=make_member(west, Role.LEAD, "Vera"))
    assert lead.post(f"{SETTINGS}personen/{member.pk}/beenden/").status_code == 404


def test_a_right_address_is_kept_by_the_moderator(desk):
    assert desk.post(SETTINGS + "adressen/neu/", ADDRESS).status_code == 302
    address = RightAddress.objects.get()
    assert (address.name, address.text) == ({"de": "Wohnung"}, {"de": "Wohnungsamt"})
    place = f"{SETTINGS}adressen/{address.pk}/"
    assert desk.get(place).context["form"].initial["text_de"] == "Wohnungsamt"
    desk.post(place, ADDRESS | {"text_de": "Bürgeramt", "version": address.version})
    assert RightAddress.objects.get().text == {"de": "Bürgeramt"}
    page = desk.post(place, ADDRESS | {"text_de": ""})
    assert (page.status_code, list(errors_in(page))) == (422, ["text_de"])


def test_a_right_address_that_is_sent_twice_is_one(desk):
    for _press in range(2):
        assert desk.post(SETTINGS + "adressen/neu/", ADDRESS).status_code == 302
    assert RightAddress.objects.count() == 1
    desk.post(SETTINGS + "adressen/neu/", ADDRESS | {"text_de": "Bürgeramt"})
    assert RightAddress.objects.count() == 2


def _quarter(quarter: Quarter) -> tuple[str, str, dict[str, object], str]:
    return f"{SETTINGS}quartier/", "city", facts_of(quarter), "quarter"


def _theme(quarter: Quarter) -> tuple[str, str, dict[str, object], str]:
    return f"{SETTINGS}themen/{make_theme(quarter).pk}/", "name_de", THEME, "theme"


def _address(quarter: Quarter) -> tuple[str, str, dict[str, object], str]:
    address = RightAddress.objects.create(quarter=quarter, name={"de": "x"}, text={"de": "y"})
    return f"{SETTINGS}adressen/{address.pk}/", "text_de", ADDRESS, "right address"


@pytest.mark.parametrize("thing", [_quarter, _theme, _address])
def test_the_slower_of_two_editors_overwrites_nothing_unseen(lead, browser_of, quarter, thing):
    place, field, form, deed = thing(quarter)
    shown = lead.get(place).context["form"]["version"].value()
    other = browser_of(Role.ADMINISTRATOR)
    assert other.post(place, form | {field: "Neustadt", "version": shown}).status_code == 302

    late = lead.post(place, form | {field: "Altstadt", "version": shown})

    text = late.content.decode()
    assert (late.status_code, list(errors_in(late))) == (409, ["__all__"])
    assert "Was Sie geschrieben haben, steht noch hier." in text
    assert late.context["form"][field].value() == "Altstadt"
    assert f'<input type="hidden" name="version" value="{shown + 1}"' in text
    assert lead.get(place).context["form"].initial[field] == "Neustadt"
    trail = [line.deed for line in lead.get(SETTINGS + "spur/").context["lines"]]
    assert trail == [f"{deed} saved"]

    meant = form | {field: "Altstadt", "version": late.context["form"]["version"].value()}
    assert lead.post(place, meant).status_code == 302
    assert lead.get(place).context["form"].initial[field] == "Altstadt"


@pytest.mark.parametrize("thing", [_quarter, _theme, _address])
def test_wrong_input_keeps_the_version_that_was_shown(lead, quarter, thing):
    place, _field, form, _deed = thing(quarter)
    needed = "name" if thing is _quarter else "name_de"
    page = lead.post(place, form | {needed: "", "version": 7})
    assert (page.status_code, list(errors_in(page))) == (422, [needed])
    assert page.context["form"]["version"].value() == "7"


def test_a_new_colleague_gets_a_mail_to_set_a_password(lead, settings):
    # The test runner puts Django's own list of mails in its place.
    settings.EMAIL_BACKEND = "quartiersladen.outbox.backend.OutboxBackend"
    form = {"email": "Neu@example.org", "name": "Neu", "role": "moderator"}

    assert lead.post(SETTINGS + "personen/", form).headers["Location"] == SETTINGS + "personen/"

    user = User.objects.get(name="Neu")
    assert (user.email, user.has_usable_password()) == ("neu@example.org", False)
    [mail] = Mail.objects.all()
    assert (mail.to_address, mail.is_account) == ("neu@example.org", True)
    page = lead.post(SETTINGS + "personen/", form | {"email": "nicht"})
    assert (page.status_code, list(errors_in(page))) == (422, ["email"])


def test_somebody_known_gets_the_role_without_a_mail_and_one_role_at_a_time(lead, quarter):
    mira = make_member(quarter, Role.HELPER, "Mira")
    form = {"email": mira.email, "name": "Mira", "role": "moderator"}
    lead.post(SETTINGS + "personen/", form)
    lead.post(SETTINGS + "personen/", form | {"role": "lead"})
    open_roles = Membership.objects.filter(user=mira, to_on=None).values_list("role", flat=True)
    assert (list(open_roles), Mail.objects.count()) == (["lead"], 0)


def test_a_role_ends_after_being_asked_but_never_the_own(lead, quarter, client):
    mira = Membership.objects.get(user=make_member(quarter, Role.MODERATOR, "Mira"))
    place = f"{SETTINGS}personen/{mira.pk}/beenden/"
    assert lead.get(place).context["member"] == mira
    assert Membership.objects.get(pk=mira.pk).to_on is None

    assert lead.post(place).status_code == 302

    assert Membership.objects.get(pk=mira.pk).to_on is not None
    own = Membership.objects.get(user__name="Lead")
    assert lead.post(f"{SETTINGS}personen/{own.pk}/beenden/").status_code == 403
    assert Membership.objects.get(pk=own.pk).to_on is None
    own_form = {"email": own.user.email, "name": "Lead", "role": "helper"}
    assert lead.post(SETTINGS + "personen/", own_form).status_code == 403
