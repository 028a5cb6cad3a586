"""Refusals that every module shares. `ui` turns them into a sentence and an HTTP answer.

Refusal
├── NotAllowed (403)
├── Conflict (409)
│   └── TransitionRefused
├── Invalid (422)
└── TooMany (429)
"""

from collections.abc import Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):  # noqa: N818 -- a refusal is no error of the program
    """Something that the house does not do, with a sentence for people."""

    sentence: str | Promise = _("This is not possible.")

    def __init__(self, sentence: str | Promise | None = None) -> None:
        if sentence is not None:
            self.sentence = sentence
        super().__init__(str(type(self).__name__))

    def __str__(self) -> str:
        return str(self.sentence)


class NotAllowed(Refusal):
    """The person may not do this."""

    sentence = _("You are not allowed to do this.")


class Conflict(Refusal):
    """The state of the thing, or somebody else's edit, stands against it."""

    sentence = _("This is not possible any more: somebody has changed it meanwhile.")


class TransitionRefused(Conflict):
    """The table of states has no such edge from here, or a fact is missing.

    allowed: action names that would be possible.  missing: facts that the edge requires.
    """

    sentence = _("This step is not possible in the present state.")

    def __init__(
        self, *, action: str, state: str, allowed: Sequence[str], missing: Sequence[str]
    ) -> None:
        super().__init__()
        self.action = action
        self.state = state
        self.allowed = list(allowed)
        self.missing = list(missing)


class Invalid(Refusal):
    """The input is wrong. field: the form field it belongs to, "" for the whole form."""

    sentence = _("Please check what you entered.")

    def __init__(self, sentence: str | Promise | None = None, *, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class TooMany(Refusal):
    """Too many requests. retry_after: seconds until it may be tried again."""

    sentence = _("That was too often in a short time. Please wait a little and try again.")

    def __init__(self, *, retry_after: int) -> None:
        super().__init__()
        self.retry_after = retry_after


def demand(allowed: bool, /) -> None:  # noqa: FBT001 -- the only argument
    """Raise NotAllowed unless `allowed`."""
    if not allowed:
        raise NotAllowed
