"""What the desk releases with its photos, and where everybody then reads it."""

import pytest
from django.core.cache import cache
from django.utils import timezone

from quartiersladen.concerns.forms.report import new_key
from quartiersladen.concerns.models import Concern
from quartiersladen.concerns.testing import make_concern, photo
from quartiersladen.dossiers.models import Document, Dossier
from quartiersladen.quarters.testing import make_quarter


@pytest.fixture
def concern(client, quarter):
    """A concern with two photos."""
    cache.clear()
    form = {
        "submission_key": new_key(),
        "kind": "problem",
        "text": "Die Laterne vor Nr. 3 bei Frau Beispiel ist aus.",
        "place_kind": "point",
        "latitude": "51.34123",
        "longitude": "12.40567",
        "way": "link",
        "photos": [photo("a.jpg"), photo("b.jpg")],
    }
    client.post("/anliegen/neu/", form)
    return Concern.objects.select_related("dossier").get()


def release(desk, concern, **changes):
    form = {
        "version": Dossier.objects.get(pk=concern.pk).version,
        "title": "Laterne aus",
        "text": "Eine Laterne ist aus.",
        "precision": "street",
        "is_checked": "on",
        **changes,
    }
    return desk.post(f"/buero/anliegen/{concern.dossier.reference}/freigeben/", form)


def test_text_place_and_each_photo_are_released_separately(desk, client, concern):
    shown, hidden = Document.objects.order_by("pk")

    assert release(desk, concern, photos=[shown.pk]).status_code == 302

    page = client.get(f"/anliegen/{concern.dossier.reference}/")
    text = page.content.decode()
    assert "Eine Laterne ist aus." in text
    assert "Frau Beispiel" not in text
    assert page.context["photos"] == [shown]
    assert page.context["point"] == "51.342,12.406"
    for document, status in ((shown, 200), (hidden, 404)):
        assert client.get(f"/datei/{document.file_id}/foto.jpg").status_code == status


def test_the_form_offers_the_photos_and_remembers_what_is_public(desk, concern):
    page = f"/buero/anliegen/{concern.dossier.reference}/"

    def deed():
        deeds = desk.get(page + "?tat=release").context["deeds"]
        return next(deed for deed in deeds if deed.name == "release")

    first, second = Document.objects.order_by("pk")
    before = deed()
    assert before.title == "Der Öffentlichkeit zeigen"
    assert [key for key, _label in before.form.fields["photos"].choices] == [first.pk, second.pk]
    assert before.form["photos"].value() == []

    release(desk, concern, photos=[second.pk])

    after = deed()
    assert after.title == "Ändern, was öffentlich ist"
    assert after.form["photos"].value() == [second.pk]
    words = [line["words"] for line in desk.get(page).context["journal"]]
    assert words[-1] == "Veröffentlicht mit 1 Foto (angesehen: 2)"


def test_a_photo_of_another_concern_cannot_be_released(desk, quarter, concern):
    other = make_concern(quarter, "Anderes", now=timezone.now())
    stranger = Document.objects.first()

    page = release(desk, concern, photos=[stranger.pk + 999])
    without = release(desk, other, photos=[stranger.pk])

    assert page.status_code == 422
    assert without.status_code == 302
    assert not Document.objects.filter(is_released=True).exists()


def test_what_was_achieved_stands_on_the_first_page(desk, client, quarter, concern):
    release(desk, concern)
    assert client.get("/").context["achieved"] == []
    form = {
        "version": Dossier.objects.get().version,
        "result": "fixed",
        "answer": "Sie brennt wieder.",
        "witness": "office",
    }

    desk.post(f"/buero/anliegen/{concern.dossier.reference}/abschliessen/", form)

    make_quarter("west")
    assert client.get("/").context["achieved"] == [concern]
    assert client.get("/q/west/").context["achieved"] == []
