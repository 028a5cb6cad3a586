"""Signing in without the form leaves what the desk asks for: a session with a second factor."""

from allauth.account.authentication import get_authentication_records
from django.test import RequestFactory

from quartiersladen.accounts.states import Role
from quartiersladen.accounts.testing import make_member
from quartiersladen.quarters.testing import make_quarter
from tests.support.sign_in import signed_in_client


def test_the_session_has_a_second_factor(db):
    user = make_member(make_quarter("ost"), Role.MODERATOR, "Mira")

    request = RequestFactory().get("/")
    request.session = signed_in_client(user).session

    assert request.session["_auth_user_id"] == str(user.pk)
    assert [record["method"] for record in get_authentication_records(request, user)] == [
        "password",
        "mfa",
    ]
