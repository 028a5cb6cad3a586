"""Black areas in photos: what was there is gone, under every address and from the storage."""

from io import BytesIO
from itertools import product

import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.db import IntegrityError
from django.utils import timezone
from PIL import Image

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.concerns.forms.blackening import BlackenForm, Grid, grid_of
from quartiersladen.concerns.forms.report import new_key
from quartiersladen.concerns.letters import referral_link, status_link
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.services import blackening
from quartiersladen.concerns.services.blackening import NothingChosen, blacken_photo
from quartiersladen.concerns.testing import make_referral, photo
from quartiersladen.dossiers.models import Document, Dossier, Entry
from quartiersladen.dossiers.services.dossier import ChangedMeanwhile
from quartiersladen.files.models import StoredFile
from quartiersladen.files.photos import Area
from quartiersladen.kernel.errors import NotAllowed
from quartiersladen.kernel.links import make_token
from quartiersladen.quarters.testing import NOON, make_quarter
from tests.support.sign_in import signed_in_client

LEFT_HALF = Area(0, 0, 0.5, 1)
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def concern(client, quarter):
    """A concern with two photos that came in on the web."""
    cache.clear()
    form = {
        "submission_key": new_key(),
        "kind": "problem",
        "text": "Vor unserem Haus steht ein Auto ohne Kennzeichen.",
        "place_kind": "quarter",
        "way": "link",
        "photos": [photo("a.jpg", (160, 120)), photo("b.jpg", (160, 120))],
    }
    client.post("/anliegen/neu/", form)
    return Concern.objects.select_related("dossier", "quarter", "teller").get()


@pytest.fixture
def document(concern):
    """Its first photo."""
    return concern.dossier.documents.select_related("file").order_by("position").first()


def blacken(viewer, concern, document, **changes):
    values = {"areas": [LEFT_HALF], "version": concern.dossier.version, "now": NOON}
    return blacken_photo(viewer=viewer, concern=concern, document=document, **(values | changes))


def page_of(concern, document):
    return f"/buero/anliegen/{concern.dossier.reference}/foto/{document.pk}/schwaerzen/"


def _path(link):
    token = make_token(
        link.purpose,
        subject_id=link.subject_id,
        generation=link.generation,
        expires_on=link.expires_on,
    )
    return link.path.format(token=token)


def status_page(concern):
    return _path(status_link(concern, concern.teller))


def body_path(concern):
    return _path(referral_link(concern.referrals.get()))


def names_in_storage():
    storage = storages["default"]
    folders, _files = storage.listdir("")
    return {f"{folder}/{name}" for folder in folders for name in storage.listdir(folder)[1]}


def colours(content, *points):
    with Image.open(BytesIO(content)) as picture:
        grey, (width, height) = picture.convert("L").tobytes(), picture.size
    spots = [int(y * height) * width + int(x * width) for x, y in points]
    return ["black" if grey[spot] < 9 else "other" for spot in spots]


def test_every_earlier_address_is_gone_and_the_new_ones_show_black(
    desk, client, mira, body, concern, document
):
    make_referral(mira, concern, body, now=timezone.now())
    concern.dossier.refresh_from_db()
    release = {
        "version": concern.dossier.version,
        "title": "Auto",
        "text": "Ein Auto.",
        "precision": "none",
        "photos": [document.pk],
        "is_checked": "on",
    }
    case = f"/buero/anliegen/{concern.dossier.reference}/"
    assert desk.post(case + "freigeben/", release).status_code == 302
    old, before = document.file, names_in_storage()
    status = status_page(concern)
    earlier = [
        f"/datei/{old.pk}/foto.jpg",
        f"/datei/{old.pk}/klein.jpg",
        f"{status}foto/{old.pk}.jpg",
    ]
    marks = {path: client.get(path).headers["ETag"] for path in earlier}
    pages = [status, body_path(concern), f"/anliegen/{concern.dossier.reference}/", case]
    assert [str(old.pk) in desk.get(page).content.decode() for page in pages] == [True] * 4
    concern.dossier.refresh_from_db()

    form = {
        "version": concern.dossier.version,
        "fields_named": "A1-H12",
        "drawn": "",
        "schritt": "schwaerzen",
    }
    done = desk.post(page_of(concern, document), form)

    assert (done.status_code, done.url) == (302, f"{case}#fotos")
    for browser, path in product((client, desk), earlier):
        assert browser.get(path).status_code == 404
        assert browser.get(path, headers={"If-None-Match": marks[path]}).status_code == 404
    assert not StoredFile.objects.filter(pk=old.pk).exists()
    names = names_in_storage()
    assert before - names == {old.storage_name, old.thumbnail_name}
    assert len(names) == len(before)
    document.refresh_from_db()
    new = document.file_id
    assert (document.is_released, document.is_of_teller) == (True, True)
    for path in (f"/datei/{new}/foto.jpg", f"/datei/{new}/klein.jpg", f"{status}foto/{new}.jpg"):
        shown = client.get(path)
        assert colours(shown.content, (0.1, 0.1), (0.4, 0.9), (0.7, 0.5)) == [
            "black",
            "black",
            "other",
        ]
        with Image.open(BytesIO(shown.content)) as picture:
            assert dict(picture.getexif()) == {}
    for page in pages:
        text = desk.get(page).content.decode()
        assert (str(old.pk) in text, str(new) in text) == (False, True)


def test_the_journal_says_so_without_the_picture(desk, mira, concern, document):
    entry = blacken(mira, concern, document, areas=[LEFT_HALF, Area(0.9, 0.9, 1, 1)])

    assert (entry.deed, entry.audience, entry.by_id) == ("photo_blackened", "office", mira.user_id)
    assert (entry.data, entry.text) == ({"photo": 1, "areas": 2}, "")
    page = desk.get(f"/buero/anliegen/{concern.dossier.reference}/")
    words = [line["words"] for line in page.context["journal"]]
    assert "Foto 1 geschwärzt; das frühere ist gelöscht" in words
    assert "geschwärzt" in page.content.decode()
    document.refresh_from_db()
    assert document.blackened_at == NOON


def test_a_photo_can_be_blackened_again(mira, concern, document):
    blacken(mira, concern, document)
    document = Document.objects.select_related("file").get(pk=document.pk)

    blacken(mira, concern, document, areas=[Area(0.5, 0, 1, 1)])

    document = Document.objects.select_related("file").get(pk=document.pk)
    with storages["default"].open(document.file.storage_name) as file:
        assert colours(file.read(), (0.2, 0.5), (0.8, 0.5)) == ["black", "black"]
    assert StoredFile.objects.count() == 2


def test_who_may_not_decide_may_not_blacken(mira, hao, concern, document):
    Dossier.objects.update(assigned_to=hao.user_id)
    concern.dossier.refresh_from_db()
    west = make_quarter("west")
    stranger = viewer_of(make_member(west, Role.LEAD, "Fremd"), west)
    for viewer in (hao, stranger):
        with pytest.raises(NotAllowed):
            blacken(viewer, concern, document)

    assert not Entry.objects.filter(deed="photo_blackened").exists()


def test_nothing_chosen_and_a_faster_colleague_leave_the_photo_as_it_is(mira, concern, document):
    before = names_in_storage()
    with pytest.raises(NothingChosen):
        blacken(mira, concern, document, areas=[])
    with pytest.raises(ChangedMeanwhile):
        blacken(mira, concern, document, version=concern.dossier.version - 1)
    # Somebody claims it while the picture is written.
    Dossier.objects.filter(pk=concern.pk).update(version=concern.dossier.version + 1)
    with pytest.raises(ChangedMeanwhile):
        blacken(mira, concern, document)
    # Somebody exchanged it after the page was read.
    StoredFile.objects.filter(pk=document.file_id).update(storage_name="2026-03/gone.jpg")
    document = Document.objects.select_related("file").get(pk=document.pk)
    with pytest.raises(ChangedMeanwhile):
        blacken(mira, concern, document)

    assert names_in_storage() == before
    assert document.blackened_at is None


def test_a_crash_before_the_commit_loses_nothing(mira, concern, document, monkeypatch, client):
    def crash(**_facts):
        raise IntegrityError

    old, before = document.file_id, names_in_storage()
    monkeypatch.setattr(blackening, "record", crash)
    with pytest.raises(IntegrityError):
        blacken(mira, concern, document)

    document.refresh_from_db()
    assert document.file_id == old
    assert client.get(f"{status_page(concern)}foto/{old}.jpg").status_code == 200
    # The copy lies there under a key that no row and no address knows.
    [left] = {name for name in names_in_storage() - before if not name.endswith("-small.jpg")}
    key = left.rpartition("/")[2].removesuffix(".jpg")
    assert not StoredFile.objects.filter(pk=key).exists()
    for path in (f"/datei/{key}/foto.jpg", f"{status_page(concern)}foto/{key}.jpg"):
        assert client.get(path).status_code == 404


def test_the_page_shows_first_and_burns_in_when_asked(desk, concern, document):
    page = page_of(concern, document)
    first = desk.get(page)
    assert (first.status_code, first.context["form"].grid) == (200, Grid(16, 12))
    form = {
        "version": concern.dossier.version,
        "fields_named": "b3-d5, H2",
        "drawn": "0,0,500,1000",
    }

    shown = desk.post(page, form | {"schritt": "ansehen"})

    assert shown.status_code == 200
    boxes = [
        (box.x, box.y, box.width, box.height)
        for box in shown.context["named"] + shown.context["drawn"]
    ]
    assert boxes == [(100, 200, 300, 300), (700, 100, 100, 100), (0, 0, 800, 1200)]
    assert 'value="b3-d5, H2"' in shown.content.decode()
    assert StoredFile.objects.filter(pk=document.file_id).exists()

    assert desk.post(page, form | {"schritt": "schwaerzen"}).status_code == 302
    assert not StoredFile.objects.filter(pk=document.file_id).exists()


@pytest.mark.parametrize(
    ("changes", "status", "field", "sentence"),
    [
        ({}, 422, "fields_named", "Bitte sagen Sie zuerst, was schwarz werden soll."),
        (
            {"fields_named": "A1, Z9"},
            422,
            "fields_named",
            "„Z9“ ist kein Feld. Bitte schreiben Sie zum Beispiel B3-D5.",
        ),
        ({"drawn": "1,2,3"}, 422, "drawn", "Bitte zeichnen Sie die Rechtecke noch einmal."),
        (
            {"drawn": ";".join(["0,0,9,9"] * 51)},
            422,
            "drawn",
            "Bitte höchstens 50 Rechtecke auf einmal.",
        ),
        (
            {"fields_named": "A1", "version": 0},
            409,
            "__all__",
            ChangedMeanwhile.sentence,
        ),
    ],
)
def test_a_refusal_keeps_what_was_chosen(
    desk, concern, document, changes, status, field, sentence
):
    form = {
        "version": concern.dossier.version,
        "fields_named": "",
        "drawn": "",
        "schritt": "schwaerzen",
        **changes,
    }

    page = desk.post(page_of(concern, document), form)

    assert page.status_code == status
    assert [str(error) for error in page.context["form"].errors[field]] == [str(sentence)]
    assert page.context["version"] == concern.dossier.version
    assert StoredFile.objects.filter(pk=document.file_id).exists()


def test_a_photo_that_a_colleague_has_just_blackened_is_shown_as_it_is_now(
    desk, mira, concern, document
):
    form = {"version": concern.dossier.version, "fields_named": "A1", "schritt": "schwaerzen"}
    old = document.file_id
    blacken(mira, concern, document)

    page = desk.post(page_of(concern, document), form)

    new = Document.objects.get(pk=document.pk).file_id
    assert page.status_code == 409
    text = page.content.decode()
    assert (str(new) in text, str(old) in text) == (True, False)


def test_others_do_not_find_the_page(client, desk, helper_desk, concern, document):
    page = page_of(concern, document)
    west = make_quarter("west")
    stranger = signed_in_client(make_member(west, Role.LEAD, "Fremd"))

    assert stranger.get(f"/q/west{page}").status_code == 404
    assert stranger.get(page).status_code == 403
    assert helper_desk.get(page).status_code == 403
    assert client.get(page).status_code == 302  # to the sign-in
    assert desk.get(page.replace(f"/{document.pk}/", f"/{document.pk + 999}/")).status_code == 404


def test_a_photo_of_another_concern_is_not_found(desk, mira, concern, document, quarter):
    other = desk.post(
        "/anliegen/neu/",
        {
            "submission_key": new_key(),
            "kind": "problem",
            "text": "Anderes",
            "place_kind": "quarter",
            "way": "link",
        },
    )
    assert other.status_code == 302
    second = Concern.objects.exclude(pk=concern.pk).get()

    assert desk.get(page_of(second, document)).status_code == 404


def test_the_release_form_leads_to_blackening(desk, concern, document):
    page = desk.get(f"/buero/anliegen/{concern.dossier.reference}/?tat=release").content.decode()

    assert page.count(f'href="{page_of(concern, document)}"') == 2
    assert page.count(f"/datei/{document.file_id}/klein.jpg") == 2


@pytest.mark.parametrize(
    ("written", "area"),
    [
        ("A1", Area(0, 0, 1 / 16, 1 / 12)),
        ("p12", Area(15 / 16, 11 / 12, 1, 1)),
        ("D5-B3", Area(1 / 16, 2 / 12, 4 / 16, 5 / 12)),
        ("a1-p12", Area(0, 0, 1, 1)),
        ("A0", None),
        ("A13", None),
        ("Q1", None),
        ("A", None),
        ("A1-", None),
        ("A1-P13", None),
        ("3B", None),
        ("A١", None),
    ],
)
def test_fields_are_named_as_in_chess(written, area):
    assert Grid(16, 12).area(written) == area


def test_an_upright_photo_has_an_upright_grid():
    assert (grid_of(600, 800), grid_of(800, 800)) == (Grid(12, 16), Grid(16, 12))
    assert Grid(12, 16).area("P1") is None
    assert Grid(12, 16).last == "L16"


@pytest.mark.parametrize(
    "drawn", ["0,0,0,9", "0,9,9,0", "0,0,1001,9", "-1,0,9,9", "a,b,c,d", "0,0,9", "٠,٠,٩,٩", ";x"]
)
def test_a_drawing_that_is_none_is_refused(drawn):
    form = BlackenForm({"version": "1", "drawn": drawn}, grid=Grid(16, 12))

    assert list(form.errors) == ["drawn"]


def test_names_may_stand_in_any_order_and_with_any_stop():
    form = BlackenForm(
        {"version": "1", "fields_named": "A1 B2-C3;  d4 – e5,,f6:g7", "drawn": "0,0,9,9;1,1,5,5;"},
        grid=Grid(16, 12),
    )

    assert form.is_valid()
    assert len(form.areas()) == 6


def test_what_is_no_photo_is_not_found(desk, concern, document):
    StoredFile.objects.filter(pk=document.file_id).update(media_type="application/pdf")

    assert desk.get(page_of(concern, document)).status_code == 404
