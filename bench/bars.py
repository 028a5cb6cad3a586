"""The bars, and how a line looks.

Four kinds of line: a page (T1 to T5, S1, O1), memory (T10), everything at once (T11), a mailbox (M1). `figures` of a
kind hold what its judge and its line need.
"""

from dataclasses import dataclass
from typing import Any

HEADINGS = (
    f"{'workload':<26} {'rows':>7} {'p50 ms':>8} {'p95 ms':>8} {'req/s':>7} {'SQL':>4}"
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
    "A1 Atom feed": Bar(sql=4),
    "A2 public list, word": Bar(sql=10),
    "T5 detail": Bar(sql=12, growth=1.1, guide_ms=10),
    "S1 statistics": Bar(sql=14, guide_ms=300),
    "O1 Open311 list": Bar(sql=4, ratio=4, guide_ms=300),
    "O1 Open311 list unchanged": Bar(sql=4, guide_ms=3),
}
ON_POSTGRES = " on PostgreSQL"
MEMORY, MIXED, MAILBOX = "T10 footprint", "T11 mixed", "M1 mailbox"
#: 5,000 mails within a minute.
LEAST_MAILS = 84  # a second
MOST_TIMES_HELLO, MOST_WEB_MB, MOST_ALL_MB, MOST_GROWTH = 2.5, 200, 350, 1.3
MOST_WRITE_MS = 60
NOISE_MS = 1.0  # a growth by less than this says nothing


def growth_of(large: dict[str, Any], small: dict[str, Any]) -> float:
    """Return how many times longer the large size takes.

    Both are taken in units of the hello page of their own run, because a shared machine may be
    twice as fast a minute later.
    """
    return float(large["p50"] / large["hello"] / (small["p50"] / small["hello"]))


def bar_of(name: str) -> Bar:
    """Return the bar of a page, which is the same on both engines."""
    return BARS[name.removesuffix(ON_POSTGRES)]


def judge(name: str, large: dict[str, Any], small: dict[str, Any]) -> list[str]:
    """Return which bars are missed; also writes the growth into `large`."""
    if name == MEMORY:
        return _judge_memory(large, small)
    if name == MAILBOX:
        return _judge_mailbox(large)
    return _judge_mixed(large) if name == MIXED else _judge_page(name, large, small)


def _judge_mailbox(large: dict[str, Any]) -> list[str]:
    faults = []
    if large["rate"] < LEAST_MAILS:
        faults.append(f"{large['rate']:.0f} mails a second instead of {LEAST_MAILS}")
    if large["astray"]:
        faults.append(f"{large['astray']} mails missing or doubled")
    return faults


def _judge_memory(large: dict[str, Any], small: dict[str, Any]) -> list[str]:
    large["growth"] = large["web_mb"] / small["web_mb"]
    found = (
        ("times hello", large["ratio"], MOST_TIMES_HELLO),
        ("MB of the web server", large["web_mb"], MOST_WEB_MB),
        ("MB in all", large["all_mb"], MOST_ALL_MB),
        ("growth", large["growth"], MOST_GROWTH),
    )
    return [
        f"{value:.1f} {what} instead of {most:g}" for what, value, most in found if value > most
    ]


def _judge_mixed(large: dict[str, Any]) -> list[str]:
    faults = [
        f"{len(large['faults'])} wrong answers, the first: {fault}"
        for fault in large["faults"][:1]
    ]
    if large["write_p95"] > MOST_WRITE_MS:
        faults.append(f"writes p95 {large['write_p95']:.0f} ms instead of {MOST_WRITE_MS}")
    return faults


def _judge_page(name: str, large: dict[str, Any], small: dict[str, Any]) -> list[str]:
    bar = bar_of(name)
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
    if name in {MEMORY, MIXED, MAILBOX}:
        verdict = "" if faults is None else f"  {'over' if faults else 'ok'} "
        words = {MEMORY: _memory, MIXED: _mixed, MAILBOX: _mailbox}[name](figures)
        return f"{name:<26} {number:>7,} {words}{verdict}"
    limit = f"{figures['limit']:.2f}" if figures.get("limit") else "-"
    ratio = f"{figures['ratio']:.1f}" if figures.get("ratio") else "-"
    growth = f"{figures['growth']:.2f}" if "growth" in figures else "-"
    rate = f"{figures['rate']:.0f}" if figures.get("rate") else "-"
    verdict = "" if faults is None else f"  {'over' if faults else 'ok'} ({bar_of(name)})"
    return (
        f"{name:<26} {number:>7,} {figures['p50']:>8.2f} {figures['p95']:>8.2f} {rate:>7}"
        f" {figures['sql']:>4} {limit:>9} {ratio:>6} {growth:>7}{verdict}"
    )


def _memory(figures: dict[str, Any]) -> str:
    growth = f", growth {figures['growth']:.2f} <= {MOST_GROWTH}" if "growth" in figures else ""
    return (
        f"web {figures['web_mb']:.0f} MB <= {MOST_WEB_MB} (RSS {figures['web_rss_mb']:.0f}),"
        f" hello {figures['hello_mb']:.0f} MB, ratio {figures['ratio']:.2f} <= {MOST_TIMES_HELLO},"
        f" worker {figures['worker_mb']:.0f} MB, supervisor {figures['supervisor_mb']:.0f} MB,"
        f" all {figures['all_mb']:.0f} MB <= {MOST_ALL_MB}{growth}"
    )


def _mailbox(figures: dict[str, Any]) -> str:
    return (
        f"{figures['mails']:,} mails in {figures['seconds']:.1f} s, cut short once,"
        f" {figures['rate']:.0f} mails/s >= {LEAST_MAILS},"
        f" a plain reader {figures['plain_rate']:.0f}, ratio {figures['ratio']:.1f},"
        f" {figures['astray']} missing or doubled <= 0"
    )


def _mixed(figures: dict[str, Any]) -> str:
    return (
        f"{figures['rate']:.0f} req/s, list p95 {figures['list_p95']:.0f} ms,"
        f" detail p95 {figures['detail_p95']:.0f} ms,"
        f" writes p95 {figures['write_p95']:.0f} ms <= {MOST_WRITE_MS},"
        f" {len(figures['faults'])} wrong answers <= 0"
    )
