"""Figures that everybody may read: none is so small that it could point to a person.

A count below the minimum is not told. It must not be calculated from the others either: a table
with a total gives away the one number that is missing. So the smallest of the others is left out,
too, wherever the total would tell. Which of the missing ones is the small one is not said.
"""

from collections.abc import Mapping, Sequence
from statistics import median
from typing import TypeVar

MINIMUM = 5
STEP = 5  # per cent, of a percentage that everybody may read

K = TypeVar("K")


def one_told(count: int, *, minimum: int = MINIMUM) -> int | None:
    """Return a count that stands alone, None if it is too small to be told. Nobody is no secret."""
    return count if count == 0 or count >= minimum else None


def told(counts: Mapping[K, int], *, minimum: int = MINIMUM) -> dict[K, int | None] | None:
    """Return what may be told of a table whose total is known; None in place of what may not.

    counts: one row of a list with at least three possible keys; absent keys are zero.
    Returns None when the whole table would give itself away.

    Whoever knows the total, all that is shown and this rule still finds more than one value for
    each number that is left out (kernel/tests/test_figures.py tries all of them).
    """
    small = {key: count for key, count in counts.items() if 0 < count < minimum}
    if not small:
        return dict(counts)
    hidden = set(small)
    if _gives_away(list(small.values()), minimum):
        rest = [count for count in counts.values() if count >= minimum]
        if not rest:
            return None
        # All that are equally large: otherwise their order would say which one was added.
        hidden |= {key for key, count in counts.items() if count == min(rest)}
    return {key: None if key in hidden else count for key, count in counts.items()}


def _gives_away(small: Sequence[int], minimum: int) -> bool:
    """Say whether the sum of the small ones, which the total tells, says too much.

    It does if there is only one, if together they are still a small number, and if they can only
    be all as small or all as large as small ones are.
    """
    total, number = sum(small), len(small)
    return number == 1 or total < minimum or total in {number, number * (minimum - 1)}


def median_of(counts: Mapping[int, int]) -> float | None:
    """Return the median of values that occur so many times each; None if there is none."""
    total = sum(counts.values())
    if not total:
        return None
    middle = ((total - 1) // 2, total // 2)
    found: list[int] = []
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        found += [value for place in middle[len(found) :] if place < seen]
    return float(median(found))


def share(part: int, whole: int) -> int | None:
    """Return the percentage, None if there is nothing to share."""
    return round(100 * part / whole) if whole else None


def share_told(part: int, whole: int, *, minimum: int = MINIMUM) -> int | None:
    """Return the percentage, rounded to five, None if somebody could count back to a small number.

    That cannot be done if neither the part nor the rest is small, or if so many are counted that
    a rounded percentage stands for at least `minimum` different parts.
    """
    if whole < minimum or not whole:
        return None
    is_small = any(0 < count < minimum for count in (part, whole - part))
    if is_small and whole * STEP < 100 * minimum:
        return None
    return round(100 * part / whole / STEP) * STEP
