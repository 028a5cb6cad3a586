"""State machines as data: a frozen table of named transitions."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from quartiersladen.kernel.errors import TransitionRefused

S = TypeVar("S", bound=Enum)


@dataclass(frozen=True, slots=True)
class Transition(Generic[S]):
    """One named edge. requires: the facts that the caller must supply, for example a next date."""

    action: str
    sources: frozenset[S]
    target: S
    requires: frozenset[str] = frozenset()


class Machine(Generic[S]):
    """A closed set of transitions, looked up by action name."""

    def __init__(self, transitions: Iterable[Transition[S]]) -> None:
        self.transitions = tuple(transitions)
        self._by_action = {t.action: t for t in self.transitions}

    def actions_from(self, state: S) -> list[str]:
        """Return the action names open in `state`, in table order; they drive the buttons."""
        return [t.action for t in self.transitions if state in t.sources]

    def target(self, state: S, action: str, given: Iterable[str] = ()) -> S:
        """Return the state that `action` leads to.

        given: names of the facts supplied.
        Raises TransitionRefused if the edge does not exist or a required fact is missing; the
        refusal names what would be possible.
        """
        transition = self._by_action[action]
        missing = transition.requires - set(given)
        if state not in transition.sources or missing:
            raise TransitionRefused(
                action=action,
                state=str(state.value),
                allowed=self.actions_from(state),
                missing=sorted(missing),
            )
        return transition.target
