"""Every page for residents speaks each language wholly, and says which one it speaks."""

import re
from html import unescape

import pytest
from django.conf import settings
from django.template.defaultfilters import striptags
from django.utils import timezone, translation

from quartiersladen.accounts.rules import link_viewer
from quartiersladen.accounts.states import LinkPurpose, Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns import letters
from quartiersladen.concerns.letters import referral_link, status_link
from quartiersladen.concerns.models import Following, RightAddress
from quartiersladen.concerns.news import confirm_link, leave_link
from quartiersladen.concerns.services.following import Wish, ask_to_follow
from quartiersladen.concerns.services.tellers import confirm_address
from quartiersladen.concerns.states import Rhythm
from quartiersladen.concerns.testing import make_concern, make_referral
from quartiersladen.kernel.links import make_token
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.testing import make_quarter
from quartiersladen.website.models import SitePage
from tests.languages.catalogues import strings

CODES = [code for code, _name in settings.LANGUAGES]
PAGES = [
    "/",
    "/kontakt/",
    "/was-wir-tun/",
    "/anliegen/",
    "/anliegen/?zustand=open&von=2026-01-01&ort=51.34,12.4&q=xyz",
    "/anliegen/neu/",
    "/anliegen/folgen/?ort=51.34,12.4",
    "/anliegen/folgen/?gesendet=1",
    "/impressum/",
    "/datenschutz/",
    "/barrierefreiheit/",
    "/api/v1/docs",
    "/gibt-es-nicht/",
]
#: Shorter ones are words that two languages may share.
A_SENTENCE = 15


def path(link):
    token = make_token(
        link.purpose,
        subject_id=link.subject_id,
        generation=link.generation,
        expires_on=link.expires_on,
    )
    return link.path.format(token=token)


def german_left_in(html, language):
    """Return the German sentences of the house that stand on a page in another language."""
    words = " ".join(unescape(striptags(html)).split())
    ours = strings("de_Simple") if language == "de-simple" else set()
    german = {text for text in strings("de") - ours if len(text) >= A_SENTENCE and "%" not in text}
    return sorted(text for text in german if text in words)


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("page", ["password/reset/", "signup/", "inactive/"])
@pytest.mark.parametrize("prefix", ["", "/q/west"])
def test_a_page_about_accounts_declares_the_language_it_is_written_in(
    client, quarter, prefix, page, code
):
    make_quarter("west")
    answer = client.get(f"{prefix}/konto/{page}", {"lang": code})
    html = answer.content.decode()
    written = "en" if code == "en" else "de"

    assert re.search(r'<html lang="([^"]+)"\s+dir="([^"]+)"', html).groups() == (written, "ltr")
    assert answer.headers["Content-Language"] == written
    assert ("Zum Inhalt springen" in html) == (written == "de")
    # What the person has chosen stays for the other pages.
    assert client.cookies["lang"].value == code


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_wholly_in_its_language(client, quarter, page, code):
    html = client.get(page, {"lang": code}).content.decode()

    spoken = re.search(r'<html lang="([^"]+)"\s+dir="([^"]+)"', html)
    assert spoken.groups() == (
        "de" if code == "de-simple" else code,
        "rtl" if code == "ar" else "ltr",
    )
    assert (german_left_in(html, code) == []) == (code != "de")


@pytest.mark.parametrize("code", [code for code in CODES if code != "de"])
def test_the_pages_behind_links_are_wholly_in_their_language(client, concern, code):
    confirm = letters.confirmation(concern, concern.teller, confirm_by=timezone.localdate()).links[
        "confirm"
    ]
    for link in (status_link(concern, concern.teller), confirm):
        html = client.get(path(link), {"lang": code}).content.decode()
        assert german_left_in(html, code) == []


@pytest.mark.parametrize("code", [code for code in CODES if code != "de"])
def test_following_is_wholly_in_its_language(client, quarter, concern, code):
    ask_to_follow(
        quarter=quarter,
        wish=Wish(concern=concern, rhythm=Rhythm.AT_ONCE),
        email="nour@example.org",
        language=code,
        wording="Yes.",
        now=timezone.now(),
    )
    following = Following.objects.get()
    links = (
        confirm_link(following, confirm_by=quarter.local_day(timezone.now())),
        leave_link(following),
    )
    for page in (f"{path(link)}?lang={code}" for link in links):
        for answer in (client.get(page), client.post(page)):
            assert answer.status_code == 200
            assert german_left_in(answer.content.decode(), code) == []


@pytest.mark.parametrize("code", [code for code in CODES if code != "de"])
def test_the_page_of_a_body_can_be_read_in_each_language(client, quarter, concern, body, code):
    mira = viewer_of(make_member(quarter, Role.MODERATOR, "Mira"), quarter)
    referral = make_referral(mira, concern, body)

    html = client.get(path(referral_link(referral)), {"lang": code}).content.decode()

    assert german_left_in(html, code) == []


def test_every_language_is_offered_in_its_own_words(client, quarter):
    html = client.get("/").content.decode()

    assert [name for _code, name in settings.LANGUAGES if f">{name}<" not in html] == []


@pytest.mark.parametrize("code", [code for code in CODES if code != "de"])
def test_mails_speak_the_language_of_the_report(quarter, body, code):
    concern = make_concern(quarter, "0815", email="a@b.example.org", way="mail", language=code)
    confirm_address(
        viewer=link_viewer(quarter.pk, LinkPurpose.TELLER_EMAIL, concern.pk),
        concern=concern,
        now=timezone.now(),
    )
    make_referral(viewer_of(make_member(quarter, Role.MODERATOR, "Mira"), quarter), concern, body)

    mails = Mail.objects.filter(to_address="a@b.example.org").order_by("pk")

    assert [mail.language for mail in mails] == [code, code]
    assert [german_left_in(f"{mail.subject} {mail.text}", code) for mail in mails] == [[], []]


def test_a_text_that_is_missing_in_a_language_says_which_one_it_is_in(client, quarter):
    RightAddress.objects.create(
        quarter=quarter, name={"de": "Wohnung", "tr": "Ev"}, text={"de": "Amt"}
    )
    SitePage.objects.create(
        quarter=quarter,
        key="what_we_do",
        body={"de": "Guten Tag"},
        is_published=True,
        updated_at=timezone.now(),
    )

    html = client.get("/was-wir-tun/", {"lang": "tr"}).content.decode()

    assert '<h3 lang="tr" dir="auto">Ev</h3>' in html
    assert '<p class="q-text" lang="de" dir="auto">Amt</p>' in html
    assert '<div class="q-stack" lang="de" dir="auto"><p>Guten Tag</p>' in html


@pytest.mark.parametrize("code", CODES)
def test_dates_are_written_as_the_language_writes_them(code):
    with translation.override(code):
        day = letters._day(timezone.now().date().replace(year=2026, month=3, day=2))
    written = {
        "de": "2. März 2026",
        "de-simple": "2. März 2026",
        "en": "2 March 2026",
        "ar": "2 مارس، 2026",
        "ru": "2 марта 2026 г.",
        "uk": "02 березня 2026 р.",
        "tr": "02 Mart 2026",
        "vi": "2 tháng 3 năm 2026",
    }
    assert day == written[code]
