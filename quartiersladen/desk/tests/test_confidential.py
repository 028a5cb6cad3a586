"""Confidential themes in the settings, and matters that nobody sees any more."""

from datetime import timedelta

import pytest
from django.utils import timezone

from quartiersladen.accounts.models import Membership, User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.services.confidential import make_confidential
from quartiersladen.concerns.testing import make_concern
from quartiersladen.dossiers.models import Dossier, Entry
from quartiersladen.dossiers.queries import named_in
from quartiersladen.quarters.models import Theme
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client

TODAY, PAGE = "/buero/", "/buero/vertraulich/"
THEME = {"name_de": "Gewalt", "slug": "gewalt", "working_days": 5, "position": 1, "is_active": "on", "version": 0}  # fmt: skip


@pytest.fixture
def mira(quarter) -> User:
    return make_member(quarter, Role.MODERATOR, "Mira")


@pytest.fixture
def karla(lead) -> User:
    """Who sits at the lead's browser."""
    return User.objects.get(name="Lead")


@pytest.fixture
def secret(quarter, mira) -> Dossier:
    """Mira has made it confidential, for herself."""
    concern = make_concern(quarter, "Er droht mir", now=timezone.now())
    make_confidential(
        viewer=viewer_of(mira, quarter),
        concern=concern,
        people=[mira],
        version=concern.dossier.version,
        now=timezone.now(),
    )
    return concern.dossier


def leave(user) -> None:
    yesterday = timezone.now().date() - timedelta(days=1)
    Membership.objects.filter(user=user).update(to_on=yesterday)


def words_of(answer) -> str:
    text: str = answer.content.decode()
    return text


def name(browser, dossier, person):
    return browser.post(PAGE, {"number": dossier.reference, "person": person.pk})


def test_the_lead_hears_of_what_nobody_sees_any_more(lead, secret, mira):
    assert lead.get(TODAY).context["without_anybody"] == 0
    page = words_of(lead.get(PAGE))
    assert "Für jeden vertraulichen Vorgang ist jemand benannt." in page
    assert "arbeitet nicht mehr hier" not in page

    leave(mira)

    today = words_of(lead.get(TODAY))
    assert "1 vertraulichen Vorgang sieht niemand mehr." in today
    page = words_of(lead.get(PAGE))
    assert f"Nr. {secret.reference} vom" in page
    assert "arbeitet nicht mehr hier" in page
    for shown in (today, page):
        assert "droht" not in shown


def test_the_lead_names_somebody_and_does_not_see_it(lead, quarter, secret, mira):
    ida = make_member(quarter, Role.MODERATOR, "Ida")
    leave(mira)

    done = name(lead, secret, ida)

    assert done.headers["Location"] == PAGE
    assert named_in(secret) == {ida.pk}
    assert Entry.objects.latest("pk").data == {"people": "Ida"}
    assert f"Ida sieht Nr. {secret.reference} ab jetzt." in words_of(lead.get(PAGE))
    assert lead.get(secret.office_path()).status_code == 404


def test_the_lead_may_name_themselves(lead, karla, secret, mira):
    leave(mira)
    name(lead, secret, karla)
    assert lead.get(secret.office_path()).status_code == 200


def test_what_somebody_sees_is_not_given_to_anybody(lead, karla, secret, mira):
    for dossier in (secret, Dossier(reference="2020-0001")):
        answer = name(lead, dossier, karla)
        assert answer.status_code == 409
        assert "Dafür ist schon jemand benannt." in words_of(answer)
    assert named_in(secret) == {mira.pk}


def test_only_who_may_see_it_is_named(lead, quarter, secret, mira):
    hao = make_member(quarter, Role.HELPER, "Hao")
    leave(mira)
    for person in (hao, mira, User(pk=0)):
        answer = name(lead, secret, person)
        assert answer.status_code == 422
        assert "Benannt werden können nur Leitung und Moderation" in words_of(answer)
    assert named_in(secret) == {mira.pk}


def test_nobody_but_the_lead_hears_of_it(browser_of, quarter, secret, mira):
    leave(mira)
    browsers = {role: browser_of(role) for role in set(Role) - {Role.LEAD}}
    for browser in browsers.values():
        assert browser.get(PAGE).status_code == 403
        assert name(browser, secret, mira).status_code == 403
    assert browsers[Role.MODERATOR].get(TODAY).context["without_anybody"] == 0


def test_the_lead_of_another_quarter_hears_nothing_of_it(browser_of, quarter, secret, mira):
    leave(mira)
    west = make_quarter("west")
    vera = make_member(west, Role.LEAD, "Vera")
    browser = signed_in_client(vera)
    assert secret.reference not in words_of(browser.get("/q/west" + PAGE))
    assert (
        browser.post("/q/west" + PAGE, {"number": secret.reference, "person": vera.pk}).status_code
        == 409
    )


def test_ten_and_a_hundred_need_the_same_number_of_statements(
    lead, quarter, mira, django_assert_max_num_queries
):
    leave(mira)
    counts = []
    for number in (2, 20):
        for _one in range(number):
            concern = make_concern(quarter, now=timezone.now())
            Dossier.objects.filter(pk=concern.pk).update(audience="confidential")
        with django_assert_max_num_queries(12) as caught:
            lead.get(PAGE)
        counts.append(len(caught))
    assert counts[0] == counts[1]


def test_a_theme_is_confidential_by_a_tick(lead, quarter):
    lead.post("/buero/einstellungen/themen/neu/", THEME | {"is_confidential": "on"})
    theme = Theme.objects.get()
    assert theme.is_confidential
    assert ">vertraulich<" in words_of(lead.get("/buero/einstellungen/"))

    edit = f"/buero/einstellungen/themen/{theme.pk}/"
    assert lead.get(edit).context["form"].initial["is_confidential"]
    lead.post(edit, THEME | {"version": theme.version})

    assert not Theme.objects.get().is_confidential
    assert ">vertraulich<" not in words_of(lead.get("/buero/einstellungen/"))
