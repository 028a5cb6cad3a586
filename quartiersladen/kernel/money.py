"""Money: whole cents of one currency, the euro. Floats never touch it."""

from collections.abc import Mapping

HUNDRED_PERCENT = 10_000  # in hundredths of a percent


def split_by_share(total: int, shares: Mapping[str, int]) -> dict[str, int]:
    """Divide `total` among those who pay, exact to the cent.

    total: cents, >= 0.  shares: who pays -> hundredths of a percent, together 10,000, none < 0.
    Returns who pays -> cents, in the same order. What rounding down leaves over goes to the
    largest share; of equal ones to the first named. 33,333.33 EUR at 75 and 25 percent are
    25,000.00 and 8,333.33.
    Raises ValueError for a negative amount or share, or when the shares are not 100 percent.
    """
    if (
        total < 0
        or min(shares.values(), default=-1) < 0
        or sum(shares.values()) != HUNDRED_PERCENT
    ):
        msg = f"cannot divide {total} cents by {dict(shares)}"
        raise ValueError(msg)
    parts = {name: total * share // HUNDRED_PERCENT for name, share in shares.items()}
    first_of_the_largest = max(shares, key=shares.__getitem__)
    parts[first_of_the_largest] += total - sum(parts.values())
    return parts
