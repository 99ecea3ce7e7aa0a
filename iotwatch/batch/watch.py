"""A folder that fills up: scan what has settled, again and again. What was scanned is known by the database, so that a
restart goes on where the last one stopped; it fits a ring of dumpcap files, the oldest of which may vanish at any moment."""

from __future__ import annotations

import fcntl
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from iotwatch.batch.scan import Plan, ScanReport, scan
from iotwatch.errors import UnreadableSource
from iotwatch.files.digest import sha256_of
from iotwatch.store import Store
from iotwatch.store.removing import remove_source

Clock = Callable[[], float]


def settled(folder: Path, seconds: float, clock: Clock = time.time) -> list[Path]:
    """The files below ``folder`` that nobody has written to for ``seconds`` and that nobody has open for writing."""
    ready = []
    for path in sorted(folder.rglob("*")):
        try:
            if path.is_symlink() or not path.is_file() or path.name.startswith("."):
                continue
            status = path.stat()
        except OSError:
            continue  # gone between the listing and the look: the ring went on
        if status.st_size and clock() - status.st_mtime >= seconds and not being_written(path):
            ready.append(path)
    return ready


def being_written(path: Path) -> bool:
    """Whether some process has the file open for writing, as far as the system tells.

    Linux refuses a read lease on such a file (fcntl(2), F_SETLEASE). Leases are for the file's owner; where there is none to
    be had the time without a write alone decides. The signal of a broken lease is made one that does nothing.
    """
    lease, tell = getattr(fcntl, "F_SETLEASE", None), getattr(fcntl, "F_SETSIG", None)
    if lease is None or tell is None:
        return False
    try:
        with path.open("rb") as file:
            fcntl.fcntl(file, tell, signal.SIGURG)
            fcntl.fcntl(file, lease, fcntl.F_RDLCK)
            fcntl.fcntl(file, lease, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


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
        fresh = _fresh(settled(folder, settle), done)
        if fresh:
            _forget_beginnings(database, fresh)
            report = scan(fresh, database, plan)
            if report.count("ok", "partial", "unreadable", fresh=True):
                yield report
        if rounds is None or look < rounds:
            time.sleep(interval)


def _fresh(ready: list[Path], done: dict[Path, tuple[int, float]]) -> list[Path]:
    """Files that are new or have changed since the last look; those that are gone are forgotten."""
    for path in done.keys() - set(ready):
        del done[path]
    fresh = []
    for path in ready:
        try:
            status = path.stat()
        except OSError:
            continue
        mark = (status.st_size, status.st_mtime)
        if done.get(path) != mark:
            done[path] = mark
            fresh.append(path)
    return fresh


def _forget_beginnings(database: Path, paths: list[Path]) -> None:
    """Forget sources that are the beginning of what now stands under their name: their packets would count twice."""
    if not database.exists():
        return
    with Store(database) as store:
        for path in paths:
            for source, size, sha256 in store.sources.at(str(path)):
                if _begins_with(path, size, sha256):
                    remove_source(store, source)


def _begins_with(path: Path, size: int, sha256: str) -> bool:
    try:
        return path.stat().st_size > size and sha256_of(path, size) == sha256
    except (OSError, UnreadableSource):
        return False
