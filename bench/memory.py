"""What processes weigh: T10, read from the system."""

from collections.abc import Iterable
from pathlib import Path

KILOBYTES_PER_MB = 1024


def family(pid: int) -> list[int]:
    """Return a process and everything it has started."""
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (folder / "stat").read_text().rpartition(")")[2]
        except OSError:
            continue  # it ended meanwhile
        parents[int(folder.name)] = int(after_name.split()[1])
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def _megabytes(pids: Iterable[int], row: str) -> float:
    total = 0
    for pid in pids:
        text = (Path("/proc") / str(pid) / "smaps_rollup").read_text()
        line = next(line for line in text.splitlines() if line.startswith(f"{row}:"))
        total += int(line.split()[1])
    return total / KILOBYTES_PER_MB


def weight(pids: Iterable[int]) -> dict[str, float]:
    """Return what these processes take, in MB.

    mb: their own pages and their part of those they share, which is what the machine misses (PSS).
    rss_mb: with shared pages counted for each.
    """
    pids = list(pids)
    return {"mb": _megabytes(pids, "Pss"), "rss_mb": _megabytes(pids, "Rss")}
