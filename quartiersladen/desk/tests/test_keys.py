"""The keyboard: a list of keys for everybody, and a switch for those who speak to the computer."""

import pytest

from quartiersladen.accounts.models import User
from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from tests.support.sign_in import signed_in_client

PAGE = "/buero/tastatur/"
MARK = "data-keys"


@pytest.fixture
def lea(quarter):
    return make_member(quarter, Role.LEAD, "Lea")


def test_the_keys_stand_on_a_page_of_their_own(lea):
    page = signed_in_client(lea).get(PAGE).content.decode()

    assert "<kbd>x</kbd>" in page
    assert '<body class="q-desk"' in page
    assert MARK in page


def test_single_letters_are_switched_off_and_on_for_oneself(quarter, lea):
    colleague = signed_in_client(make_member(quarter, Role.HELPER, "Tom"))
    client = signed_in_client(lea)

    assert client.post(PAGE, {"tasten": "aus"}).headers["Location"] == PAGE
    for path in (PAGE, "/buero/", "/buero/anliegen/"):
        assert MARK not in client.get(path).content.decode()
        assert MARK in colleague.get(path).content.decode()
    client.post(PAGE, {"tasten": "an"})

    assert MARK in client.get("/buero/").content.decode()
    assert User.objects.get(pk=lea.pk).uses_shortcuts is True


def test_who_does_not_work_here_has_no_keys(client, quarter):
    city = signed_in_client(make_member(quarter, Role.CLIENT, "Stadt"))
    assert client.get(PAGE).status_code == 302
    assert city.get(PAGE).status_code == 403
    assert city.post(PAGE, {"tasten": "aus"}).status_code == 403
