"""Written on a phone without a network: nothing is lost, nothing is sent by itself, nothing twice."""

import re
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from django.core.cache import cache
from PIL import Image
from playwright.sync_api import expect

from quartiersladen.concerns.models import Concern
from quartiersladen.dossiers.models import Document
from quartiersladen.quarters.testing import make_quarter
from tests.support.accessibility import assert_accessible, assert_no_sideways_scrolling

pytestmark = pytest.mark.django_db(transaction=True)
FORM = "/anliegen/neu/"
TEXT = "Die Laterne vor Haus 3 ist aus."
SEND = "form.q-form button:visible[type=submit]"
OFFLINE = "[data-draft-offline]"
#: Paths of everything that the form's helper keeps on the device.
KEPT_PATHS = """async () => {
  const names = await caches.keys();
  const requests = await Promise.all(names.map(async (n) => (await caches.open(n)).keys()));
  return requests.flat().map((request) => new URL(request.url).pathname);
}"""


def picture() -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG")
    return out.getvalue()


def open_form(page: Any, path: str = FORM) -> None:
    page.goto(path)
    page.locator("form[data-ready]").wait_for()


def wait_until(page: Any, is_so: Callable[[], bool]) -> None:
    """Ask again and again; the page's own policy forbids Playwright to wait inside it."""
    for _turn in range(150):
        if is_so():
            return
        page.wait_for_timeout(100)
    raise AssertionError("it did not happen")


def visit_until_kept(page: Any, path: str = FORM) -> None:
    """Open the form and wait until it would open again without a network."""
    cache.clear()
    open_form(page, path)
    wait_until(page, lambda: "/last-language" in {p[-14:] for p in page.evaluate(KEPT_PATHS)})


def write(page: Any, text: str = TEXT, *names: str) -> None:
    page.fill("[name=text]", text)
    page.fill("[name=place_text]", "Rosenweg 3")
    if names:
        files = [{"name": n, "mimeType": "image/jpeg", "buffer": picture()} for n in names]
        page.set_input_files("[name=photos]", files)
    page.locator("[data-draft-kept]").wait_for()
    wait_until(page, lambda: text in [draft["fields"]["text"] for draft in drafts(page)])


def drafts(page: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = page.evaluate(
        """() => new Promise((resolve) => {
          const request = indexedDB.open("quartiersladen", 1);
          request.onupgradeneeded = () => request.result.createObjectStore("drafts", { keyPath: "form" });
          request.onsuccess = () => {
            const all = request.result.transaction("drafts").objectStore("drafts").getAll();
            all.onsuccess = () => { request.result.close(); resolve(all.result); };
          };
        })"""
    )
    return found


def send(page: Any) -> None:
    page.locator(SEND).last.click()


def test_no_network_on_the_way_home(  # noqa: PLR0915 -- one story from beginning to end
    house: Any, open_page: Callable[..., Any]
) -> None:
    # 1 Nour has opened the form before; now there is no network, and the form opens all the same.
    phone = open_page(width=360)
    visit_until_kept(phone)
    phone.context.set_offline(True)
    open_form(phone)
    assert phone.locator("[data-draft-back]").is_hidden()

    # 2 She writes, adds two photos, wants a mail and presses send.
    write(phone, TEXT, "a.jpg", "b.jpg")
    phone.check("[name=way][value=mail]")
    phone.fill("[name=email]", "nour@example.org")
    send(phone)
    expect(phone.locator(OFFLINE)).to_have_text(
        "Sie sind gerade ohne Netz. Ihr Text und Ihre Fotos bleiben auf diesem Gerät."
        " Drücken Sie wieder auf Abschicken, wenn Sie Netz haben."
    )
    assert_accessible(phone)
    assert_no_sideways_scrolling(phone)

    # 3 The page is closed, still without a network. The draft comes back, the address does not.
    context = phone.context
    phone.close()
    phone = context.new_page()
    open_form(phone)
    expect(phone.locator("[data-draft-back]")).to_be_visible()
    expect(phone.locator("[name=text]")).to_have_value(TEXT)
    expect(phone.locator("[name=way][value=mail]")).to_be_checked()
    expect(phone.locator("[data-draft-photos]")).to_have_text(re.compile(r"a\.jpg, b\.jpg\s*$"))
    expect(phone.locator("[name=email]")).to_have_value("")
    [kept] = drafts(phone)
    assert "nour" not in str(kept)

    # 4 The network is back. Nothing goes out by itself.
    context.set_offline(False)
    phone.wait_for_timeout(300)
    assert Concern.objects.count() == 0
    phone.goto("/")
    expect(phone.locator("[data-draft-waits]")).to_be_visible()
    assert_accessible(phone)
    phone.locator("[data-draft-waits] a").click()
    phone.locator("form[data-ready]").wait_for()

    # 5 She presses send: text and photos arrive, once, and the draft is gone.
    phone.check("[name=way][value=link]")
    send(phone)
    phone.wait_for_url("**/s/*/")
    concern = Concern.objects.get()
    assert (concern.text, concern.place_text) == (TEXT, "Rosenweg 3")
    assert Document.objects.filter(dossier=concern.dossier).count() == 2
    wait_until(phone, lambda: drafts(phone) == [])
    phone.goto("/")
    phone.wait_for_load_state("networkidle")
    assert phone.locator("[data-draft-waits]").is_hidden()


def test_only_the_form_is_kept_and_nothing_of_other_pages(
    house: Any, mira_at_desk: Any, open_page: Callable[..., Any]
) -> None:
    desk = mira_at_desk
    visit_until_kept(desk)
    write(desk)
    send(desk)
    desk.wait_for_url("**/s/*/")
    status = desk.url
    for path in (f"{FORM}?lang=ar", "/buero/", "/buero/anliegen/", status, "/kontakt/", FORM):
        desk.goto(path)
        desk.wait_for_load_state("networkidle")

    paths = set(desk.evaluate(KEPT_PATHS))

    pages = {path for path in paths if not path.startswith("/static/")}
    assert pages == {FORM, "/farbe.css", "/last-language"}
    shells = desk.evaluate(
        """async (form) => {
          const [name] = await caches.keys();
          const cache = await caches.open(name);
          const kept = (await cache.keys()).filter((request) => new URL(request.url).pathname === form);
          return Promise.all(kept.map(async (request) => (await cache.match(request)).text()));
        }""",
        arg=FORM,
    )
    assert [("data-shell" in shell, "Mira" in shell) for shell in shells] == [(True, False)] * 2
    desk.context.set_offline(True)
    desk.goto(f"{FORM}?lang=ar")
    assert desk.locator("html").get_attribute("dir") == "rtl"
    with pytest.raises(Exception, match="ERR_INTERNET_DISCONNECTED"):
        desk.goto(status)


def test_an_answer_that_was_lost_makes_no_second_concern(
    house: Any, open_page: Callable[..., Any]
) -> None:
    phone = open_page(width=360)
    visit_until_kept(phone)
    write(phone, TEXT, "a.jpg")
    lost = []

    def lose_the_answer(route: Any) -> None:
        """The concern arrives, and the connection ends before the answer is there."""
        lost.append(route.fetch(max_redirects=0).status)
        route.abort()

    phone.route("**/anliegen/neu/", lose_the_answer)
    send(phone)
    wait_until(phone, lambda: lost == [302])
    phone.wait_for_load_state("load")
    phone.unroute("**/anliegen/neu/")
    assert Concern.objects.count() == 1

    # Back on the form it says so, and nothing is left to send.
    open_form(phone)
    expect(phone.locator("[data-draft-sent]")).to_be_visible()
    expect(phone.locator("[name=text]")).to_have_value("")
    wait_until(phone, lambda: drafts(phone) == [])
    phone.locator("[data-draft-sent] a").click()
    phone.wait_for_url("**/s/*/")
    assert Concern.objects.count() == 1


def test_a_draft_stays_in_its_quarter_and_can_be_thrown_away(
    house: Any, open_page: Callable[..., Any]
) -> None:
    make_quarter("west")
    page = open_page()
    visit_until_kept(page, f"/q/west{FORM}")
    write(page, "Nur für den Westen.")

    for path in ("/", FORM):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert "Nur für den Westen." not in page.content()
        assert page.locator("[data-draft-waits], [data-draft-back]").is_hidden()
    page.goto("/q/west/")
    expect(page.locator("[data-draft-waits]")).to_be_visible()
    page.goto(f"/q/west{FORM}")
    expect(page.locator("[data-draft-back]")).to_be_visible()
    page.context.set_offline(True)
    open_form(page, f"/q/west{FORM}")
    expect(page.locator("[name=text]")).to_have_value("Nur für den Westen.")
    page.check("[name=way][value=mail]")
    page.fill("[name=name]", "Nour")
    page.locator("[data-draft-back] [data-draft-drop]").click()

    expect(page.locator("[data-draft-back]")).to_be_hidden()
    expect(page.locator("[name=text]")).to_have_value("")
    expect(page.locator("[name=name]")).to_have_value("")
    wait_until(page, lambda: drafts(page) == [])
    page.reload()
    page.locator("form[data-ready]").wait_for()
    expect(page.locator("[name=text]")).to_have_value("")
    assert drafts(page) == []


def test_after_thirty_days_a_draft_is_gone(house: Any, open_page: Callable[..., Any]) -> None:
    page = open_page()
    cache.clear()
    open_form(page)
    write(page)
    page.evaluate(
        """() => new Promise((resolve) => {
          const request = indexedDB.open("quartiersladen", 1);
          request.onsuccess = () => {
            const turn = request.result.transaction("drafts", "readwrite");
            const all = turn.objectStore("drafts").getAll();
            all.onsuccess = () => all.result.forEach((d) => turn.objectStore("drafts").put({ ...d, at: d.at - 31 * 86400000 }));
            turn.oncomplete = () => { request.result.close(); resolve(); };
          };
        })"""
    )

    page.goto("/")
    page.wait_for_load_state("networkidle")

    wait_until(page, lambda: drafts(page) == [])
    expect(page.locator("[data-draft-waits]")).to_be_hidden()


def test_a_form_with_a_fault_is_sent_again_with_the_photos_that_are_there(
    house: Any, open_page: Callable[..., Any]
) -> None:
    page = open_page()
    visit_until_kept(page)
    write(page, TEXT, "a.jpg", "b.jpg")
    page.check("[name=way][value=phone]")
    send(page)
    page.locator("[role=alert] a").first.wait_for()
    page.locator("form[data-ready]").wait_for()

    page.locator("[name=drop]").first.click()
    page.locator("form[data-ready]").wait_for()
    page.wait_for_load_state("networkidle")
    wait_until(page, lambda: len(drafts(page)[0]["photos"]) == 1)
    page.fill("[name=phone]", "030 23125 014")
    send(page)
    page.wait_for_url("**/s/*/")

    assert Document.objects.filter(dossier=Concern.objects.get().dossier).count() == 1
    wait_until(page, lambda: drafts(page) == [])


def test_without_scripts_the_form_is_as_it_was(house: Any, open_page: Callable[..., Any]) -> None:
    page = open_page(javascript=False)
    cache.clear()
    page.goto(FORM)
    for hidden in ("back", "sent", "kept", "offline", "photos", "full"):
        assert page.locator(f"[data-draft-{hidden}]").is_hidden()
    page.fill("[name=text]", TEXT)
    page.fill("[name=place_text]", "Rosenweg 3")
    send(page)

    page.wait_for_url("**/s/*/")
    assert Concern.objects.get().text == TEXT
