"""`quartiersladen init`: the first start of an empty installation."""

import sys
from collections.abc import Callable
from getpass import getpass
from secrets import token_urlsafe
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email, validate_slug
from django.utils import timezone
from django.utils.text import slugify

from quartiersladen.config.founding import Founding, found
from quartiersladen.quarters.models import Quarter
from quartiersladen.quarters.queries import all_quarters
from quartiersladen.quarters.states import Land

Check = Callable[[str], Any]


def check_filled(value: str) -> None:
    """Refuse an empty answer."""
    if not value:
        msg = "Please enter something."
        raise ValidationError(msg)


def check_land(value: str) -> None:
    """Refuse what is no Land."""
    if value not in Land.values:
        msg = f"Please enter one of {', '.join(Land.values)}."
        raise ValidationError(msg)


QUESTIONS: dict[str, tuple[str, Check]] = {
    "name": ("Name of the office, for example Quartiersmanagement Musterviertel", check_filled),
    "slug": ("Short name for addresses, for example musterviertel", validate_slug),
    "land": (f"Land, for its holidays ({', '.join(Land.values)})", check_land),
    "operator": ("Operator (Träger)", check_filled),
    "admin_name": ("Your name", check_filled),
    "admin_email": ("Your e-mail address, with which you sign in", validate_email),
}


class Command(BaseCommand):
    """Asks on a terminal for what was not given as an option."""

    help = "Set up the first quarter and its administrator in an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add one option per question."""
        for name, (question, _check) in QUESTIONS.items():
            parser.add_argument(f"--{name.replace('_', '-')}", help=question)
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from standard input"
        )

    def handle(self, *_args: Any, **options: Any) -> None:  # noqa: ANN401 -- Django calls it so
        """Ask, store, and say what comes next."""
        if all_quarters().exists():
            msg = "The database is not empty: a quarter is set up already."
            raise CommandError(msg)
        answers: dict[str, str] = {}
        for name, (question, check) in QUESTIONS.items():
            proposal = slugify(answers["name"]) if name == "slug" else ""
            answers[name] = self._answer(name, question, check, options[name], proposal)
        password, is_made_up = self._password(from_stdin=options["password_stdin"])
        founding = Founding(
            **(answers | {"land": Land(answers["land"])}),  # type: ignore[arg-type]  # all are text but the Land
            password=password,
        )
        quarter = found(founding=founding, now=timezone.now())
        self._tell(quarter, founding, show_password=is_made_up)

    def _answer(
        self, name: str, question: str, check: Check, given: str | None, proposal: str
    ) -> str:
        if given is not None or not sys.stdin.isatty():
            return self._checked(name, check, given or proposal)
        while True:
            hint = f" [{proposal}]" if proposal else ""
            value = input(f"{question}{hint}: ").strip() or proposal
            try:
                check(value)
            except ValidationError as exc:
                self.stdout.write(" ".join(exc.messages))
            else:
                return value

    @staticmethod
    def _checked(name: str, check: Check, value: str) -> str:
        option = f"--{name.replace('_', '-')}"
        if not value:
            msg = f"{option} is missing."
            raise CommandError(msg)
        try:
            check(value)
        except ValidationError as exc:
            msg = f"{option}: {' '.join(exc.messages)}"
            raise CommandError(msg) from exc
        return value

    def _password(self, *, from_stdin: bool) -> tuple[str, bool]:
        """Return the password and whether it was made up here."""
        if not from_stdin and not sys.stdin.isatty():
            return token_urlsafe(15), True
        while True:
            value = sys.stdin.readline().rstrip("\n") if from_stdin else getpass("Password: ")
            try:
                validate_password(value)
            except ValidationError as exc:
                if from_stdin:
                    msg = f"The password is not good enough: {' '.join(exc.messages)}"
                    raise CommandError(msg) from exc
                self.stdout.write(" ".join(exc.messages))
            else:
                return value, False

    def _tell(self, quarter: Quarter, founding: Founding, *, show_password: bool) -> None:
        self.stdout.write(f"{quarter.name} is set up.")
        if show_password:
            self.stdout.write(f"Password of {founding.admin_email}: {founding.password}")
        sign_in = quarter.absolute_url("/anmelden/")
        settings = quarter.absolute_url("/buero/einstellungen/")
        self.stdout.write(
            "What comes next:\n"
            "1. Start the house: quartiersladen serve\n"
            f"2. Sign in at {sign_in} and set up a second factor.\n"
            f"3. Fill in address, themes, imprint and members at {settings}\n"
            "4. Let `quartiersladen doctor` say what is missing."
        )
