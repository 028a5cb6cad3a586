"""Nothing of one quarter is read, changed or pointed to from the other."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import models
from django.test import Client
from django.utils import timezone

from quartiersladen.accounts.models import Membership
from quartiersladen.accounts.states import Role
from quartiersladen.concerns.forms.report import signed
from quartiersladen.concerns.models import Draft, DraftPhoto, Invitation, Meeting, RightAddress
from quartiersladen.concerns.testing import photo
from quartiersladen.dossiers.models import Document, Dossier, FollowUp
from quartiersladen.dossiers.services.digests import send_digests
from quartiersladen.outbox.frame import build
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.models import Quarter
from tests.canary import crawler, tenancy
from tests.canary import world as planting
from tests.support.sign_in import signed_in_client

THERE = "/q/dort"
REFUSED = {302, 403, 404, 405, 409, 422}


# --- Rows ------------------------------------------------------------------------------------------
def test_every_model_belongs_to_a_quarter():
    homeless = [
        model.__name__
        for model in planting.own_models()
        if tenancy.way_to_quarter(model) is None and model not in tenancy.SHARED
    ]

    assert homeless == [], "give it a way to its quarter, or a reason in tenancy.SHARED"


def test_a_model_without_a_quarter_is_noticed():
    class Stray(models.Model):
        class Meta:
            app_label = "tests"
            managed = False

        def __str__(self):
            return ""

    assert tenancy.way_to_quarter(Stray) is None
    assert tenancy.way_to_quarter(Document) == "dossier__quarter"


def test_no_row_points_into_the_other_quarter(world):
    assert tenancy.rows_that_point_elsewhere() == []


def test_a_row_that_points_there_is_noticed(world):
    talk = world.here.quarter.talk_set.get()
    talk.theme = world.there.quarter.themes.first()
    talk.save()

    assert tenancy.rows_that_point_elsewhere() == [f"Talk {talk.pk}.theme"]

    talk.theme = None
    talk.save()


# --- Reading ---------------------------------------------------------------------------------------
def test_no_page_loads_a_row_of_the_other_quarter(world, paths):
    lead = signed_in_client(world.here.people["lead"])
    found = {}
    with tenancy.watched_rows(world) as loaded:
        for path in [*paths.few, "/buero/suche/?q=laterne", "/buero/anliegen/?q=laterne"]:
            lead.get(path)
            if loaded:
                found[path] = sorted(set(loaded))
                loaded.clear()

    assert found == {}


def test_a_row_that_is_loaded_is_noticed(world):
    with tenancy.watched_rows(world) as loaded:
        list(RightAddress.objects.all())

    assert loaded == [f"RightAddress {world.there.quarter.right_addresses.get().pk}"]


# --- Writing ---------------------------------------------------------------------------------------
def words_for(name: str) -> dict[str, object]:
    """Return what makes most forms of the desk valid."""
    tomorrow = (timezone.now() + timedelta(days=1)).date().isoformat()
    return {
        "version": 1,
        "text": "Wort",
        "title": "Wort",
        "words": "Wort",
        "name": "Wort",
        "email": "wort@example.org",
        "answer": "Wort",
        "why": "Wort",
        "result": "not_possible",
        "reason": "Wort",
        "scope": "ours",
        "due_on": tomorrow,
        "ask_on": tomorrow,
        "told_on": "2026-01-05",
        "from_on": "2026-01-05",
        "way": "phone",
        "deed": "answer",
        "kind": "hint",
        "precision": "none",
        "is_checked": "on",
        "role": "moderator",
        "name_de": "Wort",
        "text_de": "Wort",
        "slug": "wort",
        "working_days": 5,
        "position": 1,
        "months": 6,
        "on": "2026-01-05",
    }


def test_the_lead_here_changes_nothing_there(world):
    """Every address with the keys of everything there, by GET and by POST with valid words."""
    lead = signed_in_client(world.here.people["lead"])
    before = tenancy.checksum_of(world.there.quarter)
    values = crawler.values_of_arguments(world.there.quarter, 2, few=0)
    answers = {}
    for route in crawler.routes():
        if "<" not in route or not route.startswith("buero/"):
            continue
        for path in crawler.paths_of(route, values):
            here = lead.post(path, words_for(route)).status_code
            beyond = lead.post(THERE + path, words_for(route)).status_code
            answers[path] = (here, beyond)

    assert tenancy.checksum_of(world.there.quarter) == before
    assert {beyond for _here, beyond in answers.values()} <= {403, 405}
    assert tenancy.rows_that_point_elsewhere() == []


def version_of(concern) -> int:
    return Dossier.objects.get(pk=concern.pk).version


def smuggled(world):
    """Return (name of the field, path, form) for each form here that takes a key."""
    here, there = world.here.cases["passed"], world.there.quarter
    base = f"/buero/anliegen/{here.dossier.reference}/"
    theme, body = there.themes.first(), there.bodies.first()
    person, address = body.people.first(), there.right_addresses.first()
    colleague = world.there.people["moderator"]
    document = Document.objects.filter(dossier__quarter=there).first()
    referral = world.here.sent["passed"]
    foreign_referral = world.there.sent["passed"]
    our_body = world.here.quarter.bodies.first()
    tomorrow = (timezone.now() + timedelta(days=1)).date().isoformat()
    cards = world.here.quarter.actions.get(kind="postcards")
    walk = world.here.quarter.actions.get(kind="walk")
    ours, theirs = here.dossier.reference, world.there.cases["passed"].dossier.reference
    many = {"schritt": "tun", "filter": ""}
    told = {
        "text": "Wort",
        "kind": "hint",
        "place_kind": "quarter",
        "way": "none",
        "channel": "phone",
        "told_on": "2026-01-05",
        "language": "de",
    }
    routing = "/buero/einstellungen/weitergeben/neu/"
    rule = {"name": "W", "words": "Wort", "body": our_body.pk, "position": "0"}
    planned = Meeting.objects.select_related("concern__dossier").get(
        concern=world.here.cases["met, helped"]
    )
    sitting = f"/buero/anliegen/{planned.concern.dossier.reference}/treffen/{planned.pk}/"
    foreign_invitation = Invitation.objects.filter(
        meeting__concern=world.there.cases["met, helped"]
    ).first()
    meet = {
        "submission_key": str(uuid4()),
        "on": tomorrow,
        "begins": "10:00",
        "place": "W",
        "purpose": "W",
        "schritt": "senden",
    }
    return [
        ("theme", f"{base}einordnen/", {"theme": theme.pk, "kind": "hint"}),
        ("colleague", f"{base}zuweisen/", {"colleague": colleague.pk}),
        (
            "colleague",
            "/buero/anliegen/auswahl/",
            many | {"tat": "zuweisen", "anliegen": f"{ours}~1", "colleague": colleague.pk},
        ),
        (
            "anliegen",
            "/buero/anliegen/auswahl/",
            many | {"tat": "schlagwort", "anliegen": f"{theirs}~1", "add": "Wort"},
        ),
        ("right_address", f"{base}zustaendigkeit/", {"scope": "not_ours", "right_address": address.pk}),
        (
            "photos",
            f"{base}freigeben/",
            {"title": "W", "text": "W", "precision": "none", "photos": [document.pk], "is_checked": "on"},
        ),
        ("stelle", f"{base}treffen/", meet | {"stelle": body.pk}),
        (
            "person",
            f"{base}treffen/",
            meet
            | {
                "stelle": our_body.pk,
                f"stelle-{our_body.pk}-way": "phone",
                f"stelle-{our_body.pk}-person": person.pk,
            },
        ),
        ("there", f"{sitting}ergebnis/", {"there": [foreign_invitation.pk], "agreed": "W", "next_on": tomorrow}),
        ("meeting_id", f"{base}treffen/{foreign_invitation.meeting_id}/absagen/", {"next_on": tomorrow}),
        ("invitation_id", f"{sitting}zusage/{foreign_invitation.pk}/", {"attendance": "comes"}),
        ("stelle", f"{base}weitergeben/", {"stelle": body.pk, "ask_on": tomorrow, "schritt": "senden"}),
        (
            "person",
            f"{base}weitergeben/",
            {
                "stelle": our_body.pk,
                f"stelle-{our_body.pk}-way": "phone",
                f"stelle-{our_body.pk}-person": person.pk,
                "ask_on": tomorrow,
                "schritt": "senden",
            },
        ),
        (
            "person",
            f"{base}nachfragen/{referral.pk}/",
            {"way": "phone", "person": person.pk, "ask_on": tomorrow},
        ),
        ("referral", f"{base}nachfragen/{foreign_referral.pk}/", {"way": "phone", "ask_on": tomorrow}),
        ("referral", f"{base}auskunft/{foreign_referral.pk}/", {"deed": "answer", "words": "W"}),
        ("theme", "/buero/anliegen/neu/", {**told, "theme": theme.pk}),
        ("assigned_to", "/buero/anliegen/neu/", {**told, "assigned_to": colleague.pk}),
        ("theme", "/anliegen/neu/", {**told, "theme": theme.pk}),
        ("themes", "/buero/adressen/neu/", {"name": "Neu", "themes": [theme.pk]}),
        ("body", routing, rule | {"body": body.pk}),
        ("person", routing, rule | {"person": person.pk}),
        ("themes", routing, rule | {"themes": [theme.pk]}),
        ("district", routing, rule | {"district": there.districts.get().pk}),
        ("person_id", f"/buero/adressen/{our_body.pk}/personen/{person.pk}/", {"name": "W", "from_on": "2026-01-05"}),
        ("key", f"/buero/einstellungen/personen/{colleague.memberships.get().pk}/beenden/", {}),
        ("thema", "/buero/gespraeche/", {"ort": "street", "thema": theme.pk}),
        ("theme", "/buero/anliegen/stapel/", {"name": "W", "kind": "stall", "on": "2026-01-05", "theme": theme.pk}),
        (
            "theme",
            f"/buero/anliegen/stapel/{cards.pk}/",
            {"zeile-0-key": signed(uuid4()), "zeile-0-text": "W", "zeile-0-kind": "hint", "zeile-0-theme": theme.pk},
        ),
        ("theme", f"/buero/rundgang/{walk.pk}/", {"text": "W", "theme": theme.pk}),
        ("action_id", f"/buero/rundgang/{there.actions.first().pk}/", {"text": "W"}),
    ]  # fmt: skip


def test_keys_from_there_are_refused_in_forms_here(world):
    lead = signed_in_client(world.here.people["lead"])
    before = tenancy.checksum_of(world.there.quarter)
    answers = []
    for name, path, form in smuggled(world):
        full = {
            "version": version_of(world.here.cases["passed"]),
            "submission_key": signed(uuid4()),
            **form,
        }
        answers.append((name, lead.post(path, full).status_code))

    assert tenancy.checksum_of(world.there.quarter) == before
    assert tenancy.rows_that_point_elsewhere() == []
    # A talk without a known theme is counted without one, and a body that is not here is no body.
    # Of many, what is not here is named as not done.
    assert {(n, s) for n, s in answers if s not in {404, 422}} == {
        ("thema", 302),
        ("anliegen", 409),
    }


#: Fields in which the desk's forms take a key of a row; each is tried with a key from there.
KEYS = {"theme", "colleague", "right_address", "photos", "stelle", "person", "assigned_to", "themes", "thema", "anliegen", "body", "district", "there"}  # fmt: skip
SWITCHES = {"meine", "sperren", "kontakt", "alle"}  # have the value 1 and name no row
#: Narrow what is read: a year, and a tag among the rows that are shown anyway.
READS = {"zeitraum", "schlagwort"}


def test_every_field_that_takes_a_key_is_tried(world, paths):
    lead = signed_in_client(world.here.people["lead"])
    shown_in_paths = {"referral", "person_id", "key", "action_id", "meeting_id", "invitation_id"}
    asked = {name for name, _path, _form in smuggled(world)} - shown_in_paths
    found = set()
    for path in paths.few:
        if path.startswith("/buero/"):
            for suffix in (
                "",
                *(f"?tat={deed}" for deed in ("scope", "assign", "sort", "release")),
            ):
                if suffix and path.count("/") != 4:
                    continue
                page = lead.get(path + suffix)
                if page["Content-Type"].startswith("text/html"):
                    found |= crawler.fields_with_keys(page.content.decode())

    assert asked == KEYS
    assert found - KEYS - SWITCHES - READS == set(), "let test_tenancy.smuggled try these"


def test_a_form_and_its_photos_stay_in_their_quarter(world):
    """The key of a form begun there neither takes its photos along nor adds to them here."""
    draft = world.there.draft
    waiting = DraftPhoto.objects.get(draft=draft)
    form = {
        "submission_key": signed(draft),
        "text": "Wort",
        "kind": "hint",
        "place_kind": "quarter",
        "way": "none",
    }
    client = Client()

    assert client.get(f"/anliegen/neu/foto/{draft}/{waiting.file_id}.jpg").status_code == 404
    added = client.post("/anliegen/neu/", {**form, "photos": [photo()]})
    assert added.status_code == 422
    assert "gehört zu einem anderen Quartier" in added.content.decode()
    dropped = client.post("/anliegen/neu/", {**form, "drop": str(waiting.file_id)})
    assert dropped.status_code == 200
    taken = client.post("/anliegen/neu/", form)
    assert taken.status_code == 302
    assert Document.objects.filter(file=waiting.file).exists() is False
    assert list(DraftPhoto.objects.filter(draft=draft)) == [waiting]
    assert Draft.objects.filter(pk=draft, quarter=world.there.quarter).exists()
    again = client.post(f"{THERE}/anliegen/neu/", form)
    assert again.status_code == 422
    assert "gehört zu einem anderen Quartier" in again.content.decode()


# --- Host and prefix -------------------------------------------------------------------------------
@pytest.fixture(params=["prefix", "host"])
def address(request, world, settings):
    """How the other quarter is reached: a function from a path to (path, headers)."""
    settings.ALLOWED_HOSTS = ["testserver", "dort.example.org"]
    if request.param == "prefix":
        yield lambda path: ((THERE + path), {})
        return
    Quarter.objects.filter(pk=world.there.quarter.pk).update(host="dort.example.org")
    yield lambda path: (path, {"host": "dort.example.org"})
    Quarter.objects.filter(pk=world.there.quarter.pk).update(host=None)


def get_there(client, address, path, **headers):
    place, own = address(path)
    return client.get(place, headers={**own, **headers})


def test_links_open_only_under_the_address_of_their_quarter(world, address):
    status = f"/s/{planting.status_token(world.here.cases['passed'])}/"
    case = f"/f/{planting.referral_token(world.here.sent['passed'])}/"
    confirm = f"/b/{planting.confirm_token(world.here.cases['fresh'])}/"

    for path in (status, case, confirm):
        assert Client().get(path).status_code == 200
        assert get_there(Client(), address, path).status_code == 404
    theirs = f"/s/{planting.status_token(world.there.cases['passed'])}/"
    assert get_there(Client(), address, theirs).status_code == 200
    assert Client().get(theirs).status_code == 404


def test_a_session_opens_only_its_own_desk(world, address):
    lead = signed_in_client(world.here.people["lead"])
    stranger = signed_in_client(world.there.people["lead"])

    assert (lead.get("/buero/").status_code, stranger.get("/buero/").status_code) == (200, 403)
    assert get_there(lead, address, "/buero/").status_code == 403
    assert get_there(stranger, address, "/buero/").status_code == 200


def test_photos_open_only_under_the_address_of_their_quarter(world, address):
    released = Document.objects.get(dossier=world.here.cases["released"].dossier, is_released=True)
    path = f"/datei/{released.file_id}/foto.jpg"

    assert Client().get(path).status_code == 200
    assert get_there(Client(), address, path).status_code == 404


def test_small_public_files_are_each_quarters_own(world, address):
    Quarter.objects.filter(pk=world.there.quarter.pk).update(accent="#123456")
    ours = Client().get("/anliegen.geojson")
    theirs = get_there(Client(), address, "/anliegen.geojson")

    assert b"#123456" not in Client().get("/farbe.css").content
    assert b"#123456" in get_there(Client(), address, "/farbe.css").content
    assert ours["ETag"] != theirs["ETag"]
    crossed = get_there(Client(), address, "/anliegen.geojson", if_none_match=ours["ETag"])
    assert (crossed.status_code, crossed.content) == (200, theirs.content)
    same = Client().get("/anliegen.geojson", headers={"if-none-match": ours["ETag"]})
    assert same.status_code == 304


def test_the_language_changes_no_quarter(world, address):
    page = get_there(Client(), address, "/kontakt/?lang=en").content
    words = crawler.words_in(page)
    quarters = {world.planted[word].quarter for word in words}

    assert b'lang="en"' in page
    assert quarters == {world.there.quarter.pk}


def test_absolute_links_lead_to_their_quarter(world, address):
    there = Quarter.objects.get(pk=world.there.quarter.pk)
    mail = Mail.objects.filter(quarter=there, kind="confirm")[0]
    mail.text = "[[link:status]]"
    mail.quarter = there

    text = build(mail).get_body(("plain",)).get_content()

    expected = "//dort.example.org/s/" if there.host else "/q/dort/s/"
    assert expected in text
    assert world.here.quarter.absolute_url("/s/") not in text


# --- Jobs ------------------------------------------------------------------------------------------
def test_the_morning_mail_holds_only_what_is_due_in_its_quarter(world):
    FollowUp.objects.filter(done_at=None).update(due_on="2027-03-01")
    monday = datetime(2027, 3, 1, 7, tzinfo=UTC)
    newest = Mail.objects.order_by("-pk").first().pk
    for town in (world.here, world.there):
        send_digests(quarter=town.quarter, now=monday)
    mails = list(Mail.objects.filter(pk__gt=newest))
    numbers = {
        town.quarter.pk: set(
            Dossier.objects.filter(quarter=town.quarter).values_list("reference", flat=True)
        )
        for town in (world.here, world.there)
    }
    only_there = numbers[world.there.quarter.pk] - numbers[world.here.quarter.pk]

    assert {mail.quarter_id for mail in mails} == numbers.keys()
    for mail in mails:
        role = Membership.objects.get(user__email=mail.to_address, quarter=mail.quarter).role
        assert role in {Role.LEAD, Role.MODERATOR, Role.HELPER}
        is_there = mail.quarter_id == world.there.quarter.pk
        assert ("/q/dort/buero/vorgang/" in mail.text) is is_there
        if not is_there:
            assert [number for number in only_there if number in mail.text] == []
