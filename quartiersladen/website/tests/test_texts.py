"""The office's own texts: kept by the office, warned about while something is missing."""

import pytest

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.privacy.models import Trail
from quartiersladen.website.models import SitePage
from quartiersladen.website.states import FACTS, PageKey
from tests.support.sign_in import signed_in_client

TEXTS = "/buero/einstellungen/texte/"


def filled(key: PageKey, **changes) -> dict[str, object]:
    facts = {f"fact_{name}": f"Angabe {name}" for name in FACTS[key]}
    return {"version": 0, "body_de": "", "body_en": "", "body_ar": "", **facts, **changes}


@pytest.mark.parametrize("key", list(PageKey))
def test_a_text_is_written_and_published(client, desk, key):
    form = filled(key, body_de="**Guten Tag**", body_ar="أهلاً", is_published="on")
    public = {
        PageKey.IMPRINT: "/impressum/",
        PageKey.PRIVACY: "/datenschutz/",
        PageKey.ACCESSIBILITY: "/barrierefreiheit/",
        PageKey.WHAT_WE_DO: "/was-wir-tun/",
    }[key]
    assert "Guten Tag" not in client.get(public).content.decode()

    assert desk.post(f"{TEXTS}{key}/", form).headers["Location"] == TEXTS

    page = client.get(public).content.decode()
    assert "<strong>Guten Tag</strong>" in page
    assert all(f"Angabe {name}" in page for name in FACTS[key])
    assert "أهلاً" in client.get(public + "?lang=ar").content.decode()
    assert "Guten Tag" in client.get(public + "?lang=tr").content.decode()


def test_publishing_warns_while_something_is_missing_and_keeps_the_words(client, desk):
    form = filled(PageKey.IMPRINT, fact_phone=" ", body_de="Hallo", is_published="on")

    page = desk.post(TEXTS + "imprint/", form)

    assert page.status_code == 422
    assert page.context["form"].errors == {
        "publish_anyway": ["Dieser Seite fehlt etwas, was das Gesetz verlangt: Telefon"]
    }
    assert "Hallo" in page.content.decode()
    assert SitePage.objects.count() == 0
    assert desk.post(TEXTS + "imprint/", form | {"publish_anyway": "on"}).status_code == 302
    assert "Hallo" in client.get("/impressum/").content.decode()
    [row] = [row for row in desk.get(TEXTS).context["rows"] if row[0] == PageKey.IMPRINT]
    assert row[2] == ["Telefon"]


def test_a_draft_is_not_public_and_leaves_a_trail(client, desk):
    desk.post(TEXTS + "imprint/", filled(PageKey.IMPRINT, body_de="Entwurf"))
    assert "Entwurf" not in client.get("/impressum/").content.decode()
    trail = Trail.objects.get()
    assert (trail.deed, trail.data) == ("page saved", {"published": False, "missing": []})


def test_the_second_of_two_editors_keeps_the_typed_text(desk):
    desk.post(TEXTS + "imprint/", filled(PageKey.IMPRINT, body_de="Erste"))

    page = desk.post(TEXTS + "imprint/", filled(PageKey.IMPRINT, body_de="Zweite"))

    assert (page.status_code, page.context["fresh_version"]) == (409, 1)
    assert "Zweite" in page.content.decode()
    again = filled(PageKey.IMPRINT, body_de="Zweite", version=1)
    assert desk.post(TEXTS + "imprint/", again).status_code == 302
    assert SitePage.objects.get().body == {"de": "Zweite"}


def test_too_long_a_text_is_explained(desk):
    page = desk.post(TEXTS + "imprint/", filled(PageKey.IMPRINT, body_de="x" * 40_001))
    assert (page.status_code, list(page.context["form"].errors)) == (422, ["body_de"])


def test_nothing_typed_becomes_markup(client, desk):
    text = "<script>alert(1)</script> [böse](javascript:alert(1)) <img src=x onerror=alert(1)>"
    desk.post(TEXTS + "imprint/", filled(PageKey.IMPRINT, body_de=text, is_published="on"))
    page = client.get("/impressum/").content.decode()
    for bad in ("<script>alert", 'href="javascript', "<img src=x"):
        assert bad not in page


def test_only_who_keeps_texts_comes_in_and_only_to_pages_that_exist(client, quarter, desk):
    helper = signed_in_client(make_member(quarter, Role.HELPER, "Hao"))
    assert helper.get(TEXTS).status_code == 403
    assert helper.post(TEXTS + "imprint/", filled(PageKey.IMPRINT)).status_code == 403
    assert client.get(TEXTS).headers["Location"].startswith("/anmelden/")
    assert desk.get(TEXTS + "unsinn/").status_code == 404
    assert desk.get(TEXTS + "imprint/").context["form"].initial == {"version": 0}
