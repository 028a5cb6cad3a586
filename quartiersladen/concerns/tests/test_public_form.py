"""The form of residents, as a browser without scripts sends it."""

import re
from datetime import timedelta
from time import time
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from quartiersladen.accounts.models import NetworkCount
from quartiersladen.concerns.forms.report import new_key
from quartiersladen.concerns.models import Concern, Draft, DraftPhoto
from quartiersladen.concerns.testing import make_concern, photo
from quartiersladen.dossiers.models import Document
from quartiersladen.outbox.models import Mail
from quartiersladen.quarters.testing import make_quarter, make_theme

FORM = "/anliegen/neu/"
MOVES = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


def filled(**changes) -> dict[str, object]:
    return {
        "submission_key": new_key(),
        "kind": "problem",
        "text": "Die Laterne ist aus.",
        "theme": "",
        "place_kind": "address",
        "place_text": "Rosenweg 3",
        "way": "link",
        **changes,
    }


def errors_in(page) -> dict[str, str]:
    """Field -> sentence, as the form shows them."""
    return {name: str(found[0]) for name, found in page.context["form"].errors.items()}


def shown_photos(page) -> list[str]:
    return [photo.label for photo in page.context["photos"]]


@pytest.fixture(autouse=True)
def _at_home(quarter):
    """Every page needs the quarter, and nobody has sent anything yet in this hour."""
    cache.clear()


def test_it_leads_to_a_page_with_number_qr_code_and_what_comes_next(client):
    sent = client.post(FORM, filled(), follow=True)

    concern = Concern.objects.get()
    assert [status for _url, status in sent.redirect_chain] == [302]
    assert re.fullmatch(r"/s/\S+/", sent.redirect_chain[0][0])
    assert (concern.text, concern.place_text, concern.state) == (
        "Die Laterne ist aus.",
        "Rosenweg 3",
        "new",
    )
    page = sent.content.decode()
    assert concern.dossier.reference in page
    assert page.count("<svg") >= 1
    assert sent.headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in sent.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        ({"text": "   "}, "text", "Bitte schreiben Sie ein paar Worte."),
        (
            {"kind": "rant"},
            "kind",
            "Bitte eine gültige Auswahl treffen. rant ist keine gültige Auswahl.",
        ),
        (
            {"way": "mail"},
            "email",
            "Bitte schreiben Sie Ihre E-Mail-Adresse oder wählen Sie einen anderen Weg.",
        ),
        ({"way": "mail", "email": "nicht"}, "email", "Bitte gültige E-Mail-Adresse eingeben."),
        (
            {"way": "phone"},
            "phone",
            "Bitte schreiben Sie Ihre Telefonnummer oder wählen Sie einen anderen Weg.",
        ),
        ({"way": "phone", "phone": "keine Nummer"}, "phone", "Das ist keine Telefonnummer."),
        (
            {"way": "phone", "phone": "030 23125 014123456"},
            "phone",
            "Diese Telefonnummer ist zu kurz oder zu lang.",
        ),
        (
            {"way": "post"},
            "address",
            "Bitte schreiben Sie Ihre Adresse oder wählen Sie einen anderen Weg.",
        ),
        (
            {"place_kind": "point"},
            "place_kind",
            "Bitte setzen Sie die Nadel auf die Karte oder beschreiben Sie den Ort.",
        ),
        (
            {"place_kind": "point", "latitude": "nan", "longitude": "12.4"},
            "place_kind",
            "Bitte setzen Sie die Nadel auf die Karte oder beschreiben Sie den Ort.",
        ),
        (
            {"place_kind": "point", "latitude": "91", "longitude": "12.4"},
            "place_kind",
            "Bitte setzen Sie die Nadel auf die Karte oder beschreiben Sie den Ort.",
        ),
    ],
)
def test_a_wrong_field_is_explained_and_nothing_typed_is_lost(client, changes, field, sentence):
    sent = filled(name="Ayşe", **changes)

    page = client.post(FORM, sent)

    assert page.status_code == 422
    assert errors_in(page)[field] == sentence
    text = page.content.decode()
    assert text.count('role="alert"') == 1
    assert f'<a href="#id_{field}">' in text
    assert f'id="id_{field}_error"' in text
    assert 'value="Ayşe"' in text
    assert f'value="{sent["submission_key"]}"' in text
    assert Concern.objects.count() == 0


@pytest.mark.parametrize(
    ("kind", "place", "way", "contact"),
    [
        ("problem", "address", "none", {}),
        ("hint", "none", "link", {}),
        ("idea", "quarter", "mail", {"email": "nour@example.org"}),
        ("problem", "point", "phone", {"phone": "+49 30 23125014"}),
        ("hint", "address", "post", {"address": "Musterplatz 2, 04315 Leipzig"}),
    ],
)
def test_every_kind_place_and_way_of_answer_comes_in(client, kind, place, way, contact):
    point = {"latitude": "51.34", "longitude": "12.41"}

    sent = client.post(FORM, filled(kind=kind, place_kind=place, way=way, **point, **contact))

    assert sent.status_code == 302
    concern = Concern.objects.select_related("teller").get()
    teller = concern.teller
    assert (concern.kind, concern.place_kind, teller.way) == (kind, place, way)
    assert {name: getattr(teller, name) for name in contact} == contact
    assert (concern.latitude is not None) == (place == "point")


def test_the_empty_form_presets_no_theme_and_has_a_key_of_its_own(client):
    first, second = (client.get(FORM).context["form"].initial for _ in range(2))
    assert list(first) == ["submission_key"]
    assert first != second


def test_an_address_that_is_not_given_is_no_place(client):
    client.post(FORM, filled(place_text=" "))
    assert Concern.objects.get().place_kind == "none"


@pytest.mark.parametrize(
    ("place", "field"),
    [("address", "place_text"), ("none", "place_kind"), ("quarter", "place_kind")],
)
def test_a_theme_may_need_a_place(client, quarter, place, field):
    theme = make_theme(quarter, needs_place=True)

    page = client.post(FORM, filled(theme=str(theme.pk), place_kind=place, place_text=""))

    assert page.status_code == 422
    assert errors_in(page) == {field: "Für dieses Thema brauchen wir den Ort."}


def test_a_point_and_a_phone_number_are_kept_as_they_are_meant(client):
    client.post(
        FORM,
        filled(
            place_kind="point",
            latitude="51.34",
            longitude="12.41",
            way="phone",
            phone="030 23125014",
        ),
    )

    concern = Concern.objects.select_related("teller").get()
    assert (concern.latitude, concern.longitude) == (51.34, 12.41)
    assert concern.teller.phone == "+49 30 23125014"


def preset(page, *names):
    return tuple(page.context["form"].initial.get(name) for name in names)


def test_a_poster_presets_place_and_theme(client, theme):
    page = client.get(f"{FORM}?ort=51.34,12.41&thema={theme.slug}&wo=Spielplatz++am%0ARabet")

    wanted = ("latitude", "longitude", "theme", "place_kind", "place_text")
    assert preset(page, *wanted) == (51.34, 12.41, theme.pk, "point", "Spielplatz am Rabet")
    body = page.content.decode()
    assert '<input type="hidden" name="latitude" value="51.34" id="id_latitude">' in body
    assert "Der Ort ist schon eingetragen:" in body
    assert "<strong><bdi>Spielplatz am Rabet</bdi></strong>" in body


def test_a_point_without_words_is_shown_in_figures(client):
    body = client.get(f"{FORM}?ort=51.34,12.41").content.decode()
    assert '<strong class="q-ltr">51.34, 12.41</strong>' in body


def test_words_without_a_point_are_an_address(client):
    page = client.get(f"{FORM}?wo={'x' * 300}<b>")
    assert preset(page, "place_kind", "place_text", "latitude") == ("address", "x" * 200, None)


@pytest.mark.parametrize(
    "query",
    [
        "ort=x",
        "ort=51.34",
        "ort=51.34,",
        "ort=91,12",
        "ort=nan,12",
        "ort=inf,1e400",
        "ort=51,12,13",
        f"ort=51.{'3' * 5000},12",
        "wo=%07%20%E2%80%8B",
        "thema=y",
        "",
    ],
)
def test_what_is_no_place_presets_nothing(client, query):
    page = client.get(f"{FORM}?{query}")
    assert preset(page, "latitude", "place_text", "place_kind", "theme") == (None,) * 4
    assert "Der Ort ist schon eingetragen" not in page.content.decode()


def test_the_same_form_sent_twice_is_one_concern(client):
    form = filled()
    first, second = client.post(FORM, form), client.post(FORM, form)
    assert first.headers["Location"] == second.headers["Location"]
    assert Concern.objects.count() == 1


def test_a_form_older_than_a_day_is_shown_again_with_a_new_key(client):
    page = client.post(FORM, filled(submission_key="alt", photos=[photo("a.jpg")]))

    assert (page.status_code, shown_photos(page)) == (422, ["a.jpg"])
    assert errors_in(page)["submission_key"].startswith("Das Formular war länger")
    assert "Submission key" not in page.content.decode()
    again = page.context["form"].data
    assert again["text"] == "Die Laterne ist aus."
    assert client.post(FORM, again.dict()).status_code == 302
    assert Document.objects.count() == 1


def test_photos_survive_an_error_elsewhere_and_come_along(client):
    form = filled(text="")
    page = client.post(FORM, form | {"photos": [photo("a.jpg"), photo("b.jpg")]})
    assert (page.status_code, shown_photos(page)) == (422, ["a.jpg", "b.jpg"])
    waiting = DraftPhoto.objects.first()
    address = f"/anliegen/neu/foto/{waiting.draft_id}/{waiting.file_id}.jpg"
    assert client.get(address).headers["Content-Type"] == "image/jpeg"
    assert client.get(f"/anliegen/neu/foto/{uuid4()}/{waiting.file_id}.jpg").status_code == 404

    sent = client.post(FORM, form | {"text": "Jetzt mit Text."}, follow=True)

    assert Document.objects.count() == 2
    assert Draft.objects.count() == 0
    file_id = Document.objects.first().file_id
    token = sent.redirect_chain[0][0]
    assert client.get(f"{token}foto/{file_id}.jpg").status_code == 200
    assert client.get(f"{token}foto/{uuid4()}.jpg").status_code == 404


def test_a_photo_can_be_taken_out_again(client):
    form = filled(text="")
    client.post(FORM, form | {"photos": [photo("a.jpg"), photo("b.jpg")]})
    first = DraftPhoto.objects.get(label="a.jpg")

    page = client.post(FORM, form | {"drop": str(first.file_id)})
    assert (page.status_code, shown_photos(page)) == (200, ["b.jpg"])
    assert "Rosenweg 3" in page.content.decode()

    broken = client.post(FORM, form | {"drop": "kein-uuid"})
    assert (broken.status_code, shown_photos(broken)) == (422, ["b.jpg"])


@pytest.mark.parametrize(
    ("uploads", "sentence"),
    [
        (
            [SimpleUploadedFile("x.jpg", b"kein Bild")],
            "x.jpg: Dieses Bild können wir nicht lesen.",
        ),
        ([SimpleUploadedFile("x.pdf", b"%PDF-1.7")], "x.pdf: Dieses Bild können wir nicht lesen."),
        ([photo(f"{n}.jpg") for n in range(6)], "Sie können höchstens 5 Fotos hinzufügen."),
    ],
    ids=["broken", "pdf", "six"],
)
def test_a_bad_photo_is_refused_with_a_sentence(client, uploads, sentence):
    for upload in uploads:
        upload.seek(0)
    page = client.post(FORM, filled(photos=uploads))

    assert page.status_code == 422
    assert errors_in(page)["photos"].startswith(sentence)
    assert (Concern.objects.count(), DraftPhoto.objects.count()) == (0, 0)


def test_a_photo_of_more_than_ten_megabytes_is_refused_with_a_sentence(client):
    big = photo("big.jpg").read().ljust(10 * 1024 * 1024, b"x")
    just = client.post(FORM, filled(text="", photos=[SimpleUploadedFile("just.jpg", big)]))
    over = client.post(FORM, filled(photos=[SimpleUploadedFile("over.jpg", big + b"x")]))

    assert shown_photos(just) == ["just.jpg"]
    assert (over.status_code, shown_photos(over)) == (422, [])
    assert errors_in(over)["photos"].startswith("over.jpg: Dieses Bild ist größer als 10 MB.")
    assert Concern.objects.count() == 0


def test_a_sixth_photo_does_not_cost_the_five_that_wait(client):
    form = filled()
    five = [photo(f"{n}.jpg") for n in range(5)]
    client.post(FORM, form | {"text": "", "photos": five})

    refused = client.post(FORM, form | {"photos": [photo("6.jpg")]})
    sent = client.post(FORM, form)

    assert (refused.status_code, len(shown_photos(refused)), sent.status_code) == (422, 5, 302)
    assert Document.objects.count() == 5


def test_a_good_photo_stays_beside_a_bad_one(client):
    bad = SimpleUploadedFile("bad.jpg", b"kein Bild")
    page = client.post(FORM, filled(photos=[photo("good.jpg"), bad]))
    assert (page.status_code, shown_photos(page)) == (422, ["good.jpg"])


@pytest.mark.parametrize(
    "typed", [{"email": "nour@"}, {"phone": "keine"}, {"email": "nour@", "phone": "keine"}]
)
def test_nobody_fails_at_a_field_of_a_way_they_did_not_choose(client, typed):
    sent = client.post(FORM, filled(way="link", **typed))
    assert sent.status_code == 302
    teller = Concern.objects.get().teller
    assert (teller.email, teller.phone) == ("", "")


@pytest.mark.parametrize("email", ["jürgen@example.org", "nour@☃.example.org"])
def test_an_address_that_no_mail_can_reach_is_explained_at_the_field(client, email):
    page = client.post(FORM, filled(way="mail", email=email))

    assert page.status_code == 422
    assert list(errors_in(page)) == ["email"]
    assert (Concern.objects.count(), Mail.objects.count()) == (0, 0)


def test_too_many_from_one_network_are_asked_to_wait(client, settings):
    settings.REPORTS_PER_HOUR = 1
    assert client.post(FORM, filled()).status_code == 302
    NetworkCount.objects.update(expires_at=timezone.now() + timedelta(minutes=24))

    page = client.post(FORM, filled())

    text = page.content.decode()
    assert page.status_code == 429
    assert 23 * 60 < int(page.headers["Retry-After"]) <= 24 * 60
    assert "In etwa 24 Minuten geht es wieder." in " ".join(text.split())
    assert "030 23125 014" in text
    assert client.post(FORM, filled(), REMOTE_ADDR="198.51.100.9").status_code == 302


WRONG = [{"text": ""}, {"way": "mail", "email": "jürgen@example.org"}, {"submission_key": "alt"}]


def test_mistakes_are_no_reports(client, settings):
    settings.REPORTS_PER_HOUR = 1

    wrong = [client.post(FORM, filled(**changes)).status_code for changes in WRONG]
    bad = SimpleUploadedFile("bad.jpg", b"kein Bild")
    wrong.append(client.post(FORM, filled(photos=[bad])).status_code)

    assert wrong == [422, 422, 422, 422]
    assert client.post(FORM, filled()).status_code == 302
    assert client.post(FORM, filled()).status_code == 429


@pytest.mark.parametrize("changes", [*WRONG, {}])
def test_a_flood_of_mistakes_or_photos_ends(client, settings, changes):
    settings.REPORTS_PER_HOUR = 1
    for _ in range(10):
        client.post(FORM, filled(text=""))

    page = client.post(FORM, filled(photos=[photo("a.jpg")], **changes))

    assert (page.status_code, DraftPhoto.objects.count()) == (429, 0)
    assert client.post(FORM, filled()).status_code == 302


def test_creating_needs_twelve_statements_with_ten_and_with_a_hundred_rows(
    client, quarter, theme, django_assert_max_num_queries
):
    counts = []
    for number in (10, 100):
        for n in range(number):
            make_concern(quarter, f"Anliegen {number} {n}", now=timezone.now() - timedelta(days=1))
        form = filled(theme=str(theme.pk), way="mail", email=f"a{number}@example.org")
        with django_assert_max_num_queries(40) as caught:
            assert client.post(FORM, form).status_code == 302
        counts.append(_statements(caught))
    assert counts == [12, 12]


def _statements(caught: CaptureQueriesContext) -> int:
    return sum(not query["sql"].startswith(MOVES) for query in caught.captured_queries)


def test_a_report_belongs_to_the_quarter_of_its_page(client):
    west = make_quarter("west")
    client.post("/q/west/anliegen/neu/", filled())
    assert Concern.objects.get().quarter == west


FRESH = "/anliegen/neu/frisch.json"


def fresh(client, key="", path=FRESH):
    answer = client.get(path, headers={"X-Form-Key": key})
    assert "no-store" in answer.headers["Cache-Control"]
    return answer.json()


def test_a_draft_asks_for_what_it_needs_to_be_sent(client):
    key = new_key()
    answer = fresh(client, key)

    assert (answer["key"], answer["sent"], len(answer["csrf"])) == (key, "", 64)
    assert client.cookies["csrftoken"].value
    for other in ("", "gefälscht", key + "x"):
        answer = fresh(client, other.encode().decode("latin-1"))
        assert (answer["key"] != other, answer["sent"]) == (True, "")


def test_a_draft_that_was_sent_learns_where_it_is(client):
    form = filled()
    sent = client.post(FORM, form)
    answer = fresh(client, form["submission_key"])

    assert answer["sent"] == sent.headers["Location"]
    assert answer["key"] != form["submission_key"]
    make_quarter("west")
    assert fresh(client, form["submission_key"], "/q/west" + FRESH)["sent"] == ""


def test_a_draft_whose_answer_was_lost_is_found_for_thirty_days(client, monkeypatch):
    form = filled()
    sent = client.post(FORM, form)
    clock = time()

    for days, status in ((2, 302), (29, 302), (31, 422)):
        monkeypatch.setattr("time.time", lambda days=days: clock + days * 24 * 60 * 60)
        again = client.post(FORM, form | {"text": "Ein anderer Text."})
        assert again.status_code == status
        assert again.headers.get("Location") == (
            sent.headers["Location"] if status == 302 else None
        )
    assert Concern.objects.count() == 1


def test_the_form_that_a_browser_keeps_carries_no_key(client):
    kept = client.get(FORM + "?huelle=1&ort=51.3,12.4").content.decode()
    usual = client.get(FORM).content.decode()

    field = re.compile(r'name="submission_key"(?: value="([^"]*)")?')
    assert field.findall(kept) == [""]
    assert [len(key) > 40 for key in field.findall(usual)] == [True]
    assert ("data-shell" in kept, "data-shell" in usual) == (True, False)
