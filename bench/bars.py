"""The bars, and how a line looks."""

from dataclasses import dataclass
from typing import Any

HEADINGS = (
    f"{'workload':<22} {'rows':>7} {'p50 ms':>8} {'p95 ms':>8} {'req/s':>7} {'SQL':>4}"
    f" {'limit ms':>9} {'ratio':>6} {'growth':>7}  bar"
)


@dataclass(frozen=True, slots=True)
class Bar:
    """ratio: to the limit of the same run.  growth: small to large.  None: no bar."""

    sql: int
    ratio: float | None = None
    growth: float | None = None
    guide_ms: float | None = None

    def __str__(self) -> str:
        parts = [f"SQL <= {self.sql}"]
        if self.ratio is not None:
            parts.append(f"ratio <= {self.ratio:g}")
        if self.growth is not None:
            parts.append(f"growth <= {self.growth:g}")
        if self.guide_ms is not None:
            parts.append(f"guide {self.guide_ms:g} ms")
        return ", ".join(parts)


BARS = {
    "T1 create": Bar(sql=12, ratio=12, growth=1.1, guide_ms=5),
    "T2 desk list": Bar(sql=10, ratio=8, growth=1.3, guide_ms=20),
    "T3a word in 1 of 7": Bar(sql=11, growth=1.5, guide_ms=25),
    "T3b word in none": Bar(sql=11, growth=1.5, guide_ms=15),
    "T3c word in all": Bar(sql=11, growth=1.5, guide_ms=25),
    "T3d short prefix": Bar(sql=11, growth=1.5, guide_ms=60),
    "T4 map": Bar(sql=4, ratio=4, guide_ms=25),
    "T4 map unchanged": Bar(sql=4, guide_ms=3),
    "T5 detail": Bar(sql=12, growth=1.1, guide_ms=10),
}
NOISE_MS = 1.0  # a growth by less than this says nothing


def growth_of(large: dict[str, Any], small: dict[str, Any]) -> float:
    """Return how many times longer the large size takes.

    Both are taken in units of the hello page of their own run, because a shared machine may be
    twice as fast a minute later.
    """
    return float(large["p50"] / large["hello"] / (small["p50"] / small["hello"]))


def judge(name: str, large: dict[str, Any], small: dict[str, Any]) -> list[str]:
    """Return which bars are missed; also writes the growth into `large`."""
    bar = BARS[name]
    faults = []
    large["growth"] = growth_of(large, small)
    if large["sql"] > bar.sql:
        faults.append(f"{large['sql']} statements instead of {bar.sql}")
    if bar.ratio is not None and large["ratio"] > bar.ratio:
        faults.append(f"ratio {large['ratio']:.1f} instead of {bar.ratio:g}")
    grew = large["p50"] - small["p50"] > NOISE_MS
    if bar.growth is not None and grew and large["growth"] > bar.growth:
        faults.append(f"growth {large['growth']:.2f} instead of {bar.growth:g}")
    return faults


def line(name: str, number: int, figures: dict[str, Any], faults: list[str] | None) -> str:
    """Return one line; faults: None for the small size, which has no bar of its own."""
    limit = f"{figures['limit']:.2f}" if figures.get("limit") else "-"
    ratio = f"{figures['ratio']:.1f}" if figures.get("ratio") else "-"
    growth = f"{figures['growth']:.2f}" if "growth" in figures else "-"
    rate = f"{figures['rate']:.0f}" if figures.get("rate") else "-"
    verdict = "" if faults is None else f"  {'over' if faults else 'ok'} ({BARS[name]})"
    return (
        f"{name:<22} {number:>7,} {figures['p50']:>8.2f} {figures['p95']:>8.2f} {rate:>7}"
        f" {figures['sql']:>4} {limit:>9} {ratio:>6} {growth:>7}{verdict}"
    )
