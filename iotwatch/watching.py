"""A folder that fills up: scan what has settled, again and again. What was scanned is known by the database, so that a
restart goes on where the last one stopped; it fits a ring of dumpcap files."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from iotwatch.fanout import Plan, ScanReport, scan

Clock = Callable[[], float]


def settled(folder: Path, seconds: float, clock: Clock = time.time) -> list[Path]:
    """The files below ``folder`` that nobody has written to for ``seconds``."""
    ready = []
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file() or path.name.startswith("."):
            continue
        status = path.stat()
        if status.st_size and clock() - status.st_mtime >= seconds:
            ready.append(path)
    return ready


def watch(
    folder: Path, database: Path, plan: Plan, *, settle: float, interval: float, rounds: int | None = None
) -> Iterator[ScanReport]:
    """Scan what has settled every ``interval`` seconds; yields a report for each round that had something new.

    ``rounds`` bounds the number of looks (``None``: until interrupted).
    """
    done: dict[Path, tuple[int, float]] = {}
    look = 0
    while rounds is None or look < rounds:
        look += 1
        fresh = []
        for path in settled(folder, settle):
            status = path.stat()
            mark = (status.st_size, status.st_mtime)
            if done.get(path) != mark:
                done[path] = mark
                fresh.append(path)
        if fresh:
            report = scan(fresh, database, plan)
            if report.count("ok", "partial", "unreadable"):
                yield report
        if rounds is None or look < rounds:
            time.sleep(interval)
