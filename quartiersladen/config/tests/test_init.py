"""The first start of an empty installation."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from quartiersladen.accounts.models import Membership, User
from quartiersladen.config.management.commands import init
from quartiersladen.quarters.models import Quarter, Theme
from quartiersladen.quarters.testing import make_quarter

GIVEN = {
    "name": "Quartiersbüro Süd",
    "land": "BE",
    "operator": "Nachbarn e. V.",
    "admin_name": "Ina",
    "admin_email": "ina@example.org",
}
GOOD = "vier Wörter sind genug"

pytestmark = pytest.mark.django_db


class Terminal(StringIO):
    """Somebody who types."""

    def isatty(self):
        return True


@pytest.fixture
def typed(monkeypatch):
    """Return a function that lets somebody type these lines, and then passwords."""

    def lines(*answers, passwords=()):
        left, secrets = iter(answers), iter(passwords)
        monkeypatch.setattr("sys.stdin", Terminal())
        monkeypatch.setattr("builtins.input", lambda _question: next(left))
        monkeypatch.setattr(init, "getpass", lambda _question: next(secrets))

    return lines


def run(**options):
    out = StringIO()
    call_command("init", stdout=out, **options)
    return out.getvalue()


def test_options_set_up_a_quarter_with_themes_and_its_administrator(monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO(GOOD + "\n"))

    said = run(**GIVEN, password_stdin=True)

    quarter = Quarter.objects.get()
    assert (quarter.slug, quarter.land, quarter.is_default) == ("quartiersburo-sud", "BE", True)
    assert Theme.objects.filter(quarter=quarter).count() == 10
    assert Membership.objects.get().role == "administrator"
    assert User.objects.get(email="ina@example.org").check_password(GOOD)
    assert GOOD not in said
    assert "http://localhost:8000/anmelden/" in said


def test_without_a_terminal_the_password_is_made_up_and_shown(monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO())

    said = run(**GIVEN)

    secret = said.splitlines()[1].removeprefix("Password of ina@example.org: ")
    assert User.objects.get().check_password(secret)


def test_it_asks_on_a_terminal_until_the_answer_is_right(typed):
    typed(
        "QM Mitte",
        "",
        "XX",
        "HB",
        "Nachbarn e. V.",
        "Ina",
        "ina at example",
        "ina@example.org",
        passwords=["short", GOOD],
    )

    said = run()

    quarter = Quarter.objects.get()
    assert (quarter.slug, quarter.land) == ("qm-mitte", "HB")
    assert "Please enter one of BW, BY" in said
    assert User.objects.get().check_password(GOOD)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "--name is missing."),
        ({"land": "XX"}, "--land: Please enter one of BW"),
        ({"slug": "a b"}, "--slug: "),
        ({"admin_email": "ina"}, "--admin-email: "),
    ],
)
def test_a_wrong_option_ends_it_and_stores_nothing(monkeypatch, wrong, sentence):
    monkeypatch.setattr("sys.stdin", StringIO())

    with pytest.raises(CommandError) as refused:
        run(**(GIVEN | wrong))

    assert str(refused.value).startswith(sentence)
    assert Quarter.objects.count() == 0


def test_a_weak_password_ends_it(monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO("kurz\n"))

    with pytest.raises(CommandError, match=r"^The password is not good enough: "):
        run(**GIVEN, password_stdin=True)


def test_it_refuses_a_database_that_is_not_empty():
    make_quarter()

    with pytest.raises(
        CommandError, match=r"^The database is not empty: a quarter is set up alre"
    ):
        run(**GIVEN)
