"""A woman is threatened in her staircase: told at the counter, known to three people in all."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns.letters import status_link
from quartiersladen.concerns.models import Concern
from quartiersladen.dossiers.models import FollowUp
from quartiersladen.dossiers.queries import named_in
from quartiersladen.kernel.links import make_token
from quartiersladen.privacy.models import Trail
from tests.support.accessibility import assert_accessible
from tests.support.sign_in import signed_in_client

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = "Herr Dornbusch droht ihr im Treppenhaus"
BADGE = "a.q-badge[href*=named]"
WORDS = ("Dornbusch", "Treppenhaus", "Efeuhain")


def test_a_threat_is_known_to_the_named_and_to_nobody_else(
    house, mira_at_desk, smtp_sink, work_off_jobs, client
):
    karla = make_member(house.quarter, Role.LEAD, "Karla")
    ida = signed_in_client(make_member(house.quarter, Role.MODERATOR, "Ida"))
    page = mira_at_desk

    number = told_at_the_counter(page)
    assert number in words_of(ida.get("/buero/anliegen/"))
    make_it_confidential(page, number)
    concern = Concern.objects.select_related("dossier", "teller").get()
    assert named_in(concern.dossier) == {house.mira.pk, karla.pk}
    assert_accessible(page)
    nobody_else_finds_it(ida, number)
    nothing_stands_on_her_page(client, concern)

    pass_it_on(page, number, house)
    work_off_jobs()
    [sent] = smtp_sink.messages
    assert str(sent["Subject"]) == f"Nachricht Nr. {number}"
    assert TOLD in sent.get_body(("plain",)).get_content()

    # The body calls back; Mira tells it by phone.
    close_it(page, number)
    assert len(smtp_sink.messages) == 1
    assert FollowUp.objects.get(done_at=None).reason == "tell"

    page.goto(f"/buero/anliegen/{number}/")
    page.locator("#gelesen summary").click()
    expect(page.locator("#gelesen tbody tr").first).to_contain_text("Mira")
    readers = Trail.objects.filter(deed="confidential read").values_list("by", flat=True)
    assert set(readers) == {house.mira.pk}

    page.goto(f"/buero/anliegen/{number}/?tat=confidential_end")
    page.locator("#confidential_end form button:visible[type=submit]").last.click()
    expect(page.locator(BADGE)).to_have_count(0)
    assert ida.get(f"/buero/anliegen/{number}/").status_code == 200
    assert client.get(f"/anliegen/{number}/").status_code == 404


def told_at_the_counter(page) -> str:
    page.goto("/buero/anliegen/neu/")
    page.fill("[name=text]", TOLD)
    page.select_option("[name=channel]", "walk-in")
    page.check("[name=way][value=phone]")
    page.fill("[name=name]", "Amal Efeuhain")
    page.fill("[name=phone]", "030 23125 118")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/buero/anliegen/*-0001/")
    return Concern.objects.get().dossier.reference


def make_it_confidential(page, number) -> None:
    page.goto(f"/buero/anliegen/{number}/?tat=confidential")
    page.get_by_label("Karla").check()
    page.locator("#confidential form button:visible[type=submit]").last.click()
    expect(page.locator(BADGE)).to_have_text("vertraulich")


def nobody_else_finds_it(ida, number) -> None:
    """Ida works beside them and finds nothing, wherever she looks."""
    for where in (f"/buero/anliegen/{number}/", f"/buero/vorgang/{number}/"):
        assert ida.get(where).status_code == 404
    for where in places_of(number):
        shown = words_of(ida.get(where)).split("<main", 1)[-1]
        assert not [word for word in WORDS if word in shown], where
        assert number not in shown.replace(f'value="{number}"', ""), where


def words_of(answer) -> str:
    found = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return found.decode()


def nothing_stands_on_her_page(client, concern) -> None:
    """Who holds her phone learns nothing."""
    link = status_link(concern, concern.teller)
    token = make_token(
        link.purpose, subject_id=concern.pk, generation=link.generation, expires_on=None
    )
    neutral = words_of(client.get(f"/s/{token}/"))
    assert "Wir behandeln sie vertraulich." in neutral
    assert not [word for word in WORDS if word in neutral]


def pass_it_on(page, number, house) -> None:
    page.goto(f"/buero/anliegen/{number}/weitergeben/?stelle={house.other_body.pk}")
    page.fill("[name=ask_on]", house.quarter.local_day(timezone.now()).isoformat())
    page.click("[name=schritt][value=ansehen]")
    page.click("[name=schritt][value=senden]")
    page.wait_for_url(f"**/buero/anliegen/{number}/")


def close_it(page, number) -> None:
    page.goto(f"/buero/anliegen/{number}/?tat=close")
    page.select_option("#close [name=result]", "fixed")
    page.fill("#close [name=answer]", "Die Beratungsstelle hat mit beiden gesprochen.")
    page.select_option("#close [name=witness]", "office")
    page.locator("#close form button:visible[type=submit]").last.click()
    expect(page.locator("#close")).to_have_count(0)


def places_of(number: str) -> list[str]:
    """Return where a colleague would look for it."""
    return [
        "/buero/",
        "/buero/anliegen/",
        "/buero/anliegen/?q=dornbusch",
        "/buero/suche/?q=dornbusch",
        f"/buero/suche/?q={number}",
        "/buero/anliegen/export.csv",
        "/buero/anliegen/statistik/",
        "/buero/anliegen/statistik.csv",
        "/buero/post/",
        "/buero/auskunft/?words=efeuhain",
        "/anliegen/",
        "/anliegen.atom",
        "/anliegen.geojson",
        "/anliegen/zahlen.csv",
        "/api/v1/concerns",
    ]
