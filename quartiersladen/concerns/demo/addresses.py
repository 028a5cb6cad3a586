"""Right addresses of the demo: who helps with what an office does not do."""

import tomllib
from pathlib import Path

from quartiersladen.concerns.models import RightAddress
from quartiersladen.quarters.models import Quarter

ADDRESSES = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


def store_right_addresses(quarter: Quarter) -> dict[str, RightAddress]:
    """Store them for one quarter; return them by the key that texts.toml uses."""
    return {
        key: RightAddress.objects.create(quarter=quarter, position=position, **words)
        for position, (key, words) in enumerate(ADDRESSES.items())
    }
