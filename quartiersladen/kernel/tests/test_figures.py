"""No small number is told, and none can be worked out from what is told."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quartiersladen.kernel.figures import median_of, one_told, share, share_told, told

SMALL = 4  # the minimum of these tests; small, so that all possibilities can be tried
COUNTS = st.lists(st.integers(0, 8), min_size=3, max_size=4)


def table(*counts: int) -> dict[int, int]:
    return dict(enumerate(counts))


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ((12, 7, 5, 0), (12, 7, 5, 0)),
        ((12, 7, 3, 0), (12, None, None, 0)),  # one alone would be what is missing in the total
        ((12, 7, 7, 3), (12, None, None, None)),  # which 7 was added would be told by the order
        ((12, 7, 3, 3), (12, 7, None, None)),
        ((12, 7, 1, 1), (12, None, None, None)),  # together they are still two persons
        ((12, 7, 4, 4), (12, None, None, None)),  # eight in two can only be four and four
        ((12, 7, 4, 3), (12, 7, None, None)),
    ],
)
def test_what_is_too_small_is_left_out_with_what_would_tell_it(counts, shown):
    assert told(table(*counts)) == dict(enumerate(shown))


def test_a_table_of_nothing_but_ones_is_not_told_at_all():
    assert told(table(1, 1, 1, 1, 1)) is None
    assert told(table(4, 4, 0)) is None


def test_who_may_know_everything_is_told_everything():
    assert told(table(1, 2, 0), minimum=0) == table(1, 2, 0)
    assert told({}) == {}


@given(COUNTS)
@settings(max_examples=150, deadline=None)
def test_nobody_can_work_out_a_number_that_is_left_out(counts):
    """Somebody knows the rule, the total and all that is shown, and tries all tables there are."""
    total, shown = sum(counts), told(table(*counts), minimum=SMALL)
    if total < SMALL or shown is None:
        return
    hidden = [key for key, count in shown.items() if count is None]
    possible = [
        guess
        for guess in product(range(total + 1), repeat=len(hidden))
        if sum(guess) == sum(counts[key] for key in hidden)
        and told(table(*_with(counts, hidden, guess)), minimum=SMALL) == shown
    ]

    for place, key in enumerate(hidden):
        if counts[key] < SMALL:
            assert len({guess[place] for guess in possible}) > 1


def _with(counts: list[int], hidden: list[int], guess: tuple[int, ...]) -> list[int]:
    changed = dict(zip(hidden, guess, strict=True))
    return [changed.get(key, count) for key, count in enumerate(counts)]


@given(COUNTS)
@settings(max_examples=150, deadline=None)
def test_nothing_small_is_shown_and_nothing_is_shown_wrong(counts):
    shown = told(table(*counts), minimum=SMALL)

    for key, count in (shown or {}).items():
        assert count is None or (count == counts[key] and (count == 0 or count >= SMALL))


@given(COUNTS, st.permutations(range(4)))
@settings(max_examples=100, deadline=None)
def test_the_order_of_a_table_says_nothing(counts, order):
    padded = [*counts, 0][:4]
    moved = {key: padded[key] for key in order}

    assert told(moved, minimum=SMALL) == told(table(*padded), minimum=SMALL)


def test_a_count_that_stands_alone():
    assert [one_told(count) for count in (0, 1, 4, 5)] == [0, None, None, 5]


@pytest.mark.parametrize(
    ("values", "middle"),
    [([3], 3), ([1, 3], 2), ([0, 1, 10], 1), ([1, 2, 2, 9], 2), ([1, 2, 3, 9], 2.5)],
)
def test_the_median_of_values_that_occur_so_often(values, middle):
    counts: dict[int, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1

    assert median_of(counts) == middle


@given(st.lists(st.integers(0, 20), min_size=1, max_size=30))
def test_the_median_has_as_many_below_as_above(values):
    middle = median_of({value: values.count(value) for value in values})

    assert middle is not None
    assert 2 * sum(value < middle for value in values) <= len(values)
    assert 2 * sum(value > middle for value in values) <= len(values)


def test_without_anything_there_is_no_median_and_no_share():
    assert (median_of({}), share(0, 0), share_told(0, 0)) == (None, None, None)


def test_a_share_is_rounded_for_everybody_and_exact_for_the_office():
    assert share(47, 60) == 78
    assert share_told(47, 60) == 80
    assert share_told(60, 60) == 100


@pytest.mark.parametrize(("part", "whole"), [(1, 20), (19, 20), (2, 4), (58, 60)])
def test_a_share_that_tells_a_small_number_is_not_told(part, whole):
    assert share_told(part, whole) is None


def test_of_many_a_rounded_share_tells_nothing_small():
    assert share_told(98, 100) == 100
    assert share_told(3, 200) == 0
