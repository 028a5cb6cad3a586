"""A quarter that is open for partners: street light with questions, rubbish without, a key."""

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.core.cache import caches
from django.utils import timezone

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member, viewer_of
from quartiersladen.api.testing import QUESTIONS, give_key, offer_theme, open_up
from quartiersladen.concerns.services.release import Release, release_concern
from quartiersladen.concerns.states import PlaceKind, PlacePrecision
from quartiersladen.concerns.testing import make_concern
from quartiersladen.quarters.testing import make_quarter, make_theme
from tests.support.sign_in import signed_in_client

V2 = "/open311/v2"


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def quarter(db, settings):
    settings.BASE_URL = "http://testserver"
    caches["counts"].clear()
    return make_quarter("ost")


@pytest.fixture
def lea(quarter):
    """The lead as a viewer."""
    return viewer_of(make_member(quarter, Role.LEAD, "Lea"), quarter)


@pytest.fixture
def lead(quarter, lea):
    """The lead's browser."""
    return signed_in_client(make_member(quarter, Role.ADMINISTRATOR, "Ada"))


@pytest.fixture
def light(quarter, lea, now):
    """Street light, with questions."""
    theme = make_theme(quarter, "licht")
    offer_theme(lea, theme, questions=QUESTIONS, now=now - timedelta(days=1))
    return theme


@pytest.fixture
def rubbish(quarter, lea, now):
    """Rubbish, without questions."""
    theme = make_theme(quarter, "muell", name={"de": "Müll & Sauberkeit"}, position=1)
    offer_theme(lea, theme, now=now - timedelta(days=1))
    return theme


@pytest.fixture
def house(quarter, lea, light, rubbish, now):
    """The quarter with its switch on."""
    open_up(lea, quarter, now=now - timedelta(days=1))
    return quarter


@pytest.fixture
def key(house, lea):
    """A partner's key."""
    return give_key(lea, house)


@pytest.fixture
def shown(house, lea, light, now):
    """Return a function that makes a released concern."""

    def make(text="Die Laterne ist aus.", *, theme=light, days=1, precision="exact", **fields):
        at = now - timedelta(days=days)
        fields = {
            "latitude": 51.34,
            "longitude": 12.4,
            "place_kind": PlaceKind.POINT,
            "name": "Nour Efeuhain",
            "email": "nour@example.org",
            "phone": "030 23125 300",
            "address": "Musterweg 9",
            "place_text": "Musterweg 7, Hinterhof",
            **fields,
        }
        concern = make_concern(house, f"{text} intern", theme=theme, now=at, **fields)
        release_concern(
            viewer=lea,
            concern=concern,
            release=Release(
                title=text[:40],
                text=text,
                precision=PlacePrecision(precision),
                document_ids=frozenset(),
                is_checked=True,
            ),
            version=concern.dossier.version,
            now=at,
        )
        return concern

    return make


@pytest.fixture
def send(client, key):
    """Return a function that sends a request as a partner's program does."""

    def post(suffix="json", *, leave_out=(), **fields):
        sent = {
            "api_key": key,
            "service_code": "muell",
            "lat": "51.34",
            "long": "12.4",
            "description": "Ein Sofa steht auf dem Gehweg.",
            **fields,
        }
        for name in leave_out:
            del sent[name]
        return send_form(client, f"{V2}/requests.{suffix}", sent)

    return post


def send_form(client, path, fields):
    """Send a form as programs do."""

    kind = "application/x-www-form-urlencoded; charset=utf-8"
    return client.post(path, urlencode(fields, doseq=True), content_type=kind)
