"""Money."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartiersladen.kernel.money import HUNDRED_PERCENT, split_by_share


@pytest.mark.parametrize(
    ("total", "shares", "expected"),
    [
        (3_333_333, {"Land": 7_500, "Stadt": 2_500}, {"Land": 2_500_000, "Stadt": 833_333}),
        (3_333_333, {"Stadt": 2_500, "Land": 7_500}, {"Stadt": 833_333, "Land": 2_500_000}),
        (1, {"a": 5_000, "b": 5_000}, {"a": 1, "b": 0}),
        (100, {"a": 3_333, "b": 3_333, "c": 3_334}, {"a": 33, "b": 33, "c": 34}),
        (0, {"a": 10_000}, {"a": 0}),
        (7, {"a": 10_000, "b": 0}, {"a": 7, "b": 0}),
    ],
)
def test_the_largest_share_carries_the_odd_cents(total, shares, expected):
    parts = split_by_share(total, shares)

    assert parts == expected
    assert list(parts) == list(shares)


@pytest.mark.parametrize(
    ("total", "shares"),
    [
        (-1, {"a": 10_000}),
        (100, {"a": 9_999}),
        (100, {"a": 10_001}),
        (100, {"a": 15_000, "b": -5_000}),
        (100, {}),
    ],
)
def test_what_cannot_be_divided_is_refused(total, shares):
    with pytest.raises(ValueError, match=f"cannot divide {total} cents"):
        split_by_share(total, shares)


@given(total=st.integers(0, 10**12), cuts=st.lists(st.integers(0, HUNDRED_PERCENT), max_size=5))
def test_the_parts_always_add_up(total, cuts):
    edges = [0, *sorted(cuts), HUNDRED_PERCENT]
    shares = {str(n): high - low for n, (low, high) in enumerate(pairwise(edges))}

    parts = split_by_share(total, shares)

    assert sum(parts.values()) == total
    assert min(parts.values()) >= 0
