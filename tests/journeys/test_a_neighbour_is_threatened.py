"""A woman is threatened in her staircase: told at the counter, known to three people in all."""

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns.letters import status_link
from quartiersladen.concerns.models import Concern
from quartiersladen.dossiers.queries import named_in
from quartiersladen.kernel.links import make_token
from quartiersladen.privacy.models import Trail
from tests.support.accessibility import assert_accessible
from tests.support.sign_in import signed_in_client

pytestmark = pytest.mark.django_db(transaction=True)
TOLD = "Herr Dornbusch droht ihr im Treppenhaus"
WORDS = ("Dornbusch", "Treppenhaus", "Efeuhain")


def test_a_threat_is_known_to_the_named_and_to_nobody_else(
    house, mira_at_desk, smtp_sink, work_off_jobs, client
):
    karla = make_member(house.quarter, Role.LEAD, "Karla")
    ida = signed_in_client(make_member(house.quarter, Role.MODERATOR, "Ida"))
    page = mira_at_desk

    # At the counter; then at once for Mira and the lead only.
    page.goto("/buero/anliegen/neu/")
    page.fill("[name=text]", TOLD)
    page.fill("[name=name]", "Amal Efeuhain")
    page.fill("[name=phone]", "030 23125 118")
    page.check("[name=way][value=phone]")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/buero/anliegen/*-0001/")
    number = Concern.objects.get().dossier.reference
    assert number in ida.get("/buero/anliegen/").content.decode()

    page.goto(f"/buero/anliegen/{number}/?tat=confidential")
    page.get_by_label("Karla").check()
    page.locator("#confidential form button:visible[type=submit]").last.click()
    expect(page.get_by_role("link", name="vertraulich", exact=True)).to_be_visible()
    concern = Concern.objects.select_related("dossier", "teller").get()
    assert named_in(concern.dossier) == {house.mira.pk, karla.pk}
    assert_accessible(page)

    # Ida works beside them and finds nothing, wherever she looks.
    assert ida.get(f"/buero/anliegen/{number}/").status_code == 404
    assert ida.get(f"/buero/vorgang/{number}/").status_code == 404
    for where in places_of(number):
        answer = ida.get(where)
        found = b"".join(answer.streaming_content) if answer.streaming else answer.content
        shown = found.decode(errors="replace")
        looked_for = shown.split("<main", 1)[-1]
        assert not [word for word in WORDS if word in looked_for], where
        assert number not in looked_for.replace(f'value="{number}"', ""), where

    # Mira passes it on; the subject tells nothing to who looks over a shoulder.
    page.goto(f"/buero/anliegen/{number}/weitergeben/?stelle={house.other_body.pk}")
    page.fill("[name=ask_on]", house.quarter.local_day(timezone.now()).isoformat())
    page.click("[name=schritt][value=ansehen]")
    page.click("[name=schritt][value=senden]")
    page.wait_for_url(f"**/buero/anliegen/{number}/")
    work_off_jobs()
    [sent] = smtp_sink.messages
    assert str(sent["Subject"]) == f"Nachricht Nr. {number}"
    assert TOLD in sent.get_content()

    # She has no page: who holds her phone learns nothing.
    link = status_link(concern, concern.teller)
    token = make_token(
        link.purpose, subject_id=concern.pk, generation=link.generation, expires_on=None
    )
    neutral = client.get(f"/s/{token}/").content.decode()
    assert "Wir behandeln sie vertraulich." in neutral
    assert not [word for word in WORDS if word in neutral]

    # The body calls back, Mira tells it by phone and closes it.
    page.goto(f"/buero/anliegen/{number}/?tat=close")
    page.locator("#close [name=result]").select_option("fixed")
    page.fill("#close [name=answer]", "Die Beratungsstelle hat mit beiden gesprochen.")
    page.locator("#close [name=witness]").select_option("office")
    page.locator("#close form button:visible[type=submit]").last.click()
    expect(page.locator("h1")).to_have_text(TOLD)
    assert len(smtp_sink.messages) == 1

    # What was opened stands below; then the office may see it again, the public never did.
    page.goto(f"/buero/anliegen/{number}/")
    page.locator("#gelesen summary").click()
    expect(page.locator("#gelesen tbody tr").first).to_contain_text("Mira")
    assert {line.by_id for line in Trail.objects.filter(deed="confidential read")} == {
        house.mira.pk
    }
    page.goto(f"/buero/anliegen/{number}/?tat=confidential_end")
    page.locator("#confidential_end form button:visible[type=submit]").last.click()
    expect(page.get_by_role("link", name="vertraulich", exact=True)).to_have_count(0)
    assert ida.get(f"/buero/anliegen/{number}/").status_code == 200
    assert client.get(f"/anliegen/{number}/").status_code == 404


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
