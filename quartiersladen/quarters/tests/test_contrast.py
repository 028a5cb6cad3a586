"""Colours of a quarter stay readable. Expected ratios: worked out with the formula of WCAG 2.2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quartiersladen.quarters.contrast import DARK_PAPER, LIGHT_PAPER, NEEDED, contrast, readable

COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#ffffff", "#000000", 21.0), ("#777777", "#ffffff", 4.48), ("#767676", "#ffffff", 4.54)],
)
def test_contrast(one, other, ratio):
    assert round(contrast(one, other), 2) == ratio
    assert contrast(other, one) == contrast(one, other)


@given(colour=COLOURS, paper=st.sampled_from([LIGHT_PAPER, DARK_PAPER]))
def test_every_colour_becomes_readable(colour, paper):
    assert contrast(readable(colour, paper), paper) >= NEEDED


@pytest.mark.parametrize(
    ("colour", "paper", "shown"),
    [
        ("#7a3b1d", LIGHT_PAPER, "#7a3b1d"),
        ("#f2b48c", DARK_PAPER, "#f2b48c"),
        ("#777777", "#777777", "#ffffff"),
        (LIGHT_PAPER, LIGHT_PAPER, "#916a35"),
    ],
)
def test_only_what_is_too_faint_is_changed(colour, paper, shown):
    assert readable(colour, paper) == shown
