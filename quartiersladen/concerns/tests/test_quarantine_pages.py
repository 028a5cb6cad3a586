"""The quarantine as the desk and the person see it, without scripts."""

import pytest
from django.core.cache import cache

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.concerns.forms import report as report_form
from quartiersladen.concerns.letters import status_link
from quartiersladen.concerns.models import BlockedSender, Concern
from quartiersladen.concerns.testing import make_concern
from quartiersladen.concerns.tests.test_public_form import FORM, filled
from quartiersladen.kernel.links import make_token
from quartiersladen.kernel.spam import Sign
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client

LIST, BLOCKED = "/buero/quarantaene/", "/buero/einstellungen/gesperrt/"
TRAPPED = frozenset({Sign.TRAP})


@pytest.fixture(autouse=True)
def _at_home(quarter):
    cache.clear()


@pytest.fixture
def held(quarter):
    return make_concern(quarter, "Kredit sofort", signs=TRAPPED, email="a@spam.example.org")


def states():
    return list(Concern.objects.order_by("pk").values_list("state", flat=True))


# --- The form -------------------------------------------------------------------------------------
def test_the_trap_is_hidden_by_style_and_says_what_it_is(client):
    page = client.get(FORM).content.decode()
    assert '<div class="q-trap">' in page
    assert "Bitte leer lassen. Dieses Feld fängt nur Programme ab." in page
    assert 'name="website" autocomplete="off" tabindex="-1"' in page


def test_who_falls_into_the_trap_gets_the_normal_answer(client):
    mail = {"way": "mail", "email": "a@example.org"}
    sent = client.post(FORM, filled(website="https://spam.example.org", **mail), follow=True)

    page = sent.content.decode()
    assert sent.redirect_chain[0][1] == 302
    assert Concern.objects.get().dossier.reference in page
    assert "Wir haben Ihr Anliegen bekommen und schauen es uns an." in page
    assert "Sobald wir es angesehen haben, bekommen Sie eine Mail von uns." in page
    assert (states(), Mail.objects.count()) == (["quarantined"], 0)


def test_who_is_fast_but_real_is_among_the_new(client):
    client.post(FORM, filled())
    client.post(FORM, filled(text="Siehe https://karte.example.org/?q=1"))
    assert states() == ["new", "new"]


def test_haste_counts_only_with_the_key_of_this_form(client, monkeypatch):
    links = "https://a.example.org https://b.example.org https://c.example.org"
    client.post(FORM, filled(text=links))
    monkeypatch.setattr(report_form, "is_hasty", lambda *_args, **_kwargs: False)
    client.post(FORM, filled(text=f"Drei Karten: {links}"))
    assert states() == ["quarantined", "new"]


def test_the_trap_does_not_hide_a_wrong_field(client):
    page = client.post(FORM, filled(website="x", text=""))
    assert (page.status_code, states()) == (422, [])


# --- The list -------------------------------------------------------------------------------------
def test_today_leads_there_only_when_something_waits(desk, quarter):
    assert LIST not in desk.get("/buero/").content.decode()
    make_concern(quarter, "Kredit sofort", signs=TRAPPED)

    page = desk.get("/buero/").content.decode()
    assert f'<a href="{LIST}">1 Meldung wartet in der Quarantäne</a>' in page
    assert "Kredit sofort" not in page


def test_it_shows_text_reasons_and_address(desk, held):
    page = desk.get(LIST).content.decode()
    for words in (
        "Kredit sofort",
        "Ein Feld ist ausgefüllt, das Menschen nicht sehen",
        "a@spam.example.org",
        "1 Meldung wartet",
    ):
        assert words in page


@pytest.mark.parametrize(
    ("judgement", "state", "mails"), [("echt", "new", 1), ("spam", "spam", 0)]
)
def test_several_are_judged_at_once(desk, quarter, held, judgement, state, mails):
    other = make_concern(quarter, "Die Laterne", signs=TRAPPED)
    left = make_concern(quarter, "Die Bank", signs=TRAPPED)
    chosen = [held.dossier.reference, other.dossier.reference]

    done = desk.post(LIST, {"urteil": judgement, "anliegen": chosen}, follow=True)

    assert "Über 2 Meldungen entschieden." in done.content.decode()
    assert (states(), Mail.objects.count()) == ([state, state, "quarantined"], mails)
    assert left.dossier.reference in done.content.decode()


def test_spam_is_shown_until_it_goes_and_can_be_taken_back(desk, held):
    reference = held.dossier.reference
    desk.post(LIST, {"urteil": "spam", "anliegen": reference, "sperren": "1"})
    page = desk.get(LIST).content.decode()
    assert "Als Spam eingestuft" in page
    assert "wird am" in page
    assert BlockedSender.objects.get().name == "a@spam.example.org"
    assert "wird am" in desk.get(f"/buero/anliegen/{reference}/").content.decode()

    desk.post(LIST, {"urteil": "zurueck", "anliegen": reference})
    assert states() == ["quarantined"]


@pytest.mark.parametrize(
    "form", [{}, {"urteil": "echt"}, {"urteil": "x", "anliegen": "2026-0001"}]
)
def test_without_a_tick_or_a_button_it_says_what_is_missing(desk, held, form):
    page = desk.post(LIST, form)
    assert page.status_code == 422
    assert "Bitte kreuzen Sie mindestens eine Meldung an" in page.content.decode()
    assert states() == ["quarantined"]


def test_what_a_colleague_decided_costs_not_the_others(desk, quarter, held):
    other = make_concern(quarter, "Die Laterne", signs=TRAPPED)
    desk.post(LIST, {"urteil": "spam", "anliegen": held.dossier.reference})
    both = [held.dossier.reference, other.dossier.reference]

    page = desk.post(LIST, {"urteil": "spam", "anliegen": both})

    assert page.status_code == 409
    assert "Bei manchen war jemand anderes schneller." in page.content.decode()
    assert states() == ["spam", "spam"]


def test_another_quarter_judges_nothing_here(quarter, held):
    west = make_quarter("west")
    lead = signed_in_client(make_member(west, Role.LEAD, "Uwe"))
    sent = {"urteil": "echt", "anliegen": held.dossier.reference}
    assert lead.post(f"/q/west{LIST}", sent).status_code == 409
    assert lead.post(LIST, sent).status_code == 403
    assert states() == ["quarantined"]


@pytest.mark.parametrize("role", [Role.HELPER, Role.CLIENT, Role.ADMINISTRATOR])
@pytest.mark.parametrize("address", [LIST, BLOCKED])
def test_only_the_office_comes_in(client, quarter, role, address):
    browser = signed_in_client(make_member(quarter, role, "Kim"))
    assert [browser.get(address).status_code, browser.post(address).status_code] == [403, 403]
    assert client.get(address).status_code == 302


# --- Elsewhere ------------------------------------------------------------------------------------
def test_search_finds_it_and_marks_it(desk, held):
    page = desk.get("/buero/suche/?q=Kredit").content.decode()
    assert '<span class="q-badge q-badge--late">in Quarantäne</span>' in page
    listed = desk.get("/buero/anliegen/?q=Kredit").content.decode()
    assert "In Quarantäne" in listed
    assert "Kredit" not in desk.get("/buero/anliegen/?zustand=quarantined").content.decode()


def test_its_page_leads_to_the_quarantine_and_offers_no_work(desk, held):
    reference = held.dossier.reference
    page = desk.get(f"/buero/anliegen/{reference}/")
    assert f'<a href="{LIST}">' in page.content.decode()
    names = {deed.name for deed in page.context["deeds"]}
    assert names == {"note", "assign", "sort", "withdraw"}
    version = {"version": page.context["version"]}
    refused = desk.post(
        f"/buero/anliegen/{reference}/abschliessen/",
        version | {"result": "fixed", "answer": "x", "witness": "office"},
    )
    assert refused.status_code == 409
    assert "aus der Quarantäne holen" in refused.content.decode()


def test_the_public_sees_nothing_and_the_person_reads_the_truth(client, desk, held):
    reference = held.dossier.reference
    link = status_link(held, held.teller)
    token = make_token(link.purpose, subject_id=held.pk, generation=1, expires_on=None)
    assert client.get(f"/anliegen/{reference}/").status_code == 404
    assert "Kredit" not in client.get("/anliegen/?zustand=quarantined").content.decode()

    desk.post(LIST, {"urteil": "spam", "anliegen": reference})

    page = client.get(f"/s/{token}/").content.decode()
    assert "Irren wir uns? Dann rufen Sie uns bitte an." in page
    assert "030 23125 014" in page
    assert client.post(f"/s/{token}/").status_code == 409


# --- Blocked senders ------------------------------------------------------------------------------
def test_the_list_of_blocked_senders_is_kept_at_the_settings(desk, quarter):
    assert BLOCKED in desk.get("/buero/einstellungen/").content.decode()
    assert "Niemand ist gesperrt." in desk.get(BLOCKED).content.decode()

    desk.post(BLOCKED, {"name": "spam.example.org"})
    assert "spam.example.org" in desk.get(BLOCKED).content.decode()
    key = BlockedSender.objects.get().pk
    desk.post(BLOCKED, {"freigeben": str(key)})
    assert BlockedSender.objects.count() == 0
    assert desk.post(BLOCKED, {"freigeben": str(key)}).status_code == 404


@pytest.mark.parametrize("name", ["", "nichts", "x" * 255])
def test_a_name_that_is_none_is_explained(desk, name):
    page = desk.post(BLOCKED, {"name": name})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == ["name"]


def test_an_administrator_is_not_led_to_addresses_of_senders(quarter):
    browser = signed_in_client(make_member(quarter, Role.ADMINISTRATOR, "Kim"))
    assert BLOCKED not in browser.get("/buero/einstellungen/").content.decode()
