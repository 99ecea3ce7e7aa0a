"""The attack table: inputs that cost far more to read than to make, each given to ``scan``, with what that took.

    python -m tests.studies.attacks [--write] [NAME...]

Memory is what all processes of the scan hold at the same time (resident, polled); time is that of the processors, which does not
change with what else the machine does, and that on the clock.
``--write`` puts the table into docs/assurance.md.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from tests.studies.attack_archives import FILES
from tests.studies.attack_captures import CAPTURES

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "assurance.md"
BEGIN, END = "<!-- made by tests/studies/attacks.py -->\n", "<!-- end of the attack table -->"
MEMORY_MB, SECONDS, PATIENCE = 1000, 60.0, 300.0
_TICK = 0.04
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

Make = Callable[[Path], None]


class Cost(NamedTuple):
    """What a scan took: seconds on the clock and of the processors, megabytes at most, its exit code and how it was told."""

    seconds: float
    processor: float
    megabytes: int
    code: int | None
    status: str
    reason: str

    @property
    def within(self) -> bool:
        return self.code in (0, 1, 3, 4) and self.processor < SECONDS and self.megabytes < MEMORY_MB


def resident(process: int) -> int:
    """Bytes that ``process`` and all that it started hold in memory now."""
    waiting, total = [process], 0
    while waiting:
        one = waiting.pop()
        try:
            total += int(Path(f"/proc/{one}/statm").read_text().split()[1]) * _PAGE_BYTES
            for task in os.scandir(f"/proc/{one}/task"):
                waiting += map(int, Path(task.path, "children").read_text().split())
        except (OSError, IndexError):
            continue
    return total


def scanned(path: Path, database: Path, folder: Path) -> Cost:
    """Scan ``path`` and measure; the scan is ended after ``PATIENCE`` seconds."""
    command = [sys.executable, "-m", "iotwatch", "--no-progress", "--db", str(database), "scan", str(path)]
    environment = os.environ | {"TMPDIR": str(folder)}
    before = os.times()
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment) as process:
        most = 0
        while process.poll() is None:
            most = max(most, resident(process.pid))
            if time.monotonic() - started > PATIENCE:
                process.kill()
            time.sleep(_TICK)
        said = process.stderr.read().decode(errors="replace") if process.stderr else ""
    after = os.times()
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    status, reason = _told(database)
    code = process.returncode if process.returncode >= 0 else None
    told = reason or (said.strip().splitlines() or [""])[-1] if status != "ok" else ""
    return Cost(time.monotonic() - started, spent, most // 10**6, code, status, told)


def _told(database: Path) -> tuple[str, str]:
    """Status and reason of the source as they are stored."""
    if not database.exists():
        return "nothing stored", ""
    with closing(sqlite3.connect(database)) as connection:
        rows = connection.execute("SELECT status, reason FROM sources").fetchall()
    return (rows[0][0], rows[0][1] or "") if rows else ("nothing stored", "")


def _name(make: Make) -> str:
    return f"{make.__module__.rpartition('_')[2]}-{make.__name__}"


def measured(make: Make, folder: Path) -> tuple[int, Cost]:
    """Make the input, scan it and take it away again. Gives its size too."""
    path, database = folder / _name(make), folder / "attack.db"
    make(path)
    size = path.stat().st_size
    try:
        return size, scanned(path, database, folder)
    finally:
        for one in folder.glob("*attack*"):
            one.unlink()
        path.unlink()


def row(make: Make, size: int, cost: Cost) -> str:
    told = cost.status + (f": {cost.reason[:110]}" if cost.reason else "")
    if cost.code is None:
        told = f"ended after {PATIENCE:.0f} s"
    amount = f"{size / 1e6:,.1f} MB" if size >= 10**5 else f"{size / 1e3:,.1f} kB"
    text = (make.__doc__ or "").replace("|", "/")
    told = told.replace("|", "/").replace("<", "&lt;")
    mark = "" if cost.within else " **over**"
    return f"| {text} | {amount} | {cost.processor:.0f} s{mark} ({cost.seconds:.0f}) | {cost.megabytes} MB | {told} |"


HEAD = "| input | size | processor time (on the clock) | memory | told |\n|---|---|---|---|---|\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    rows, over = [], 0
    for make in (*FILES, *CAPTURES):
        if given.names and _name(make) not in given.names:
            continue
        with tempfile.TemporaryDirectory() as name:
            size, cost = measured(make, Path(name))
        over += not cost.within
        rows.append(row(make, size, cost))
        print(rows[-1], flush=True)
    print(f"{len(rows)} inputs, {over} over {SECONDS:.0f} s or {MEMORY_MB} MB")
    if given.write:
        before, _, rest = PAGE.read_text().partition(BEGIN)
        after = rest.partition(END)[2]
        PAGE.write_text(f"{before}{BEGIN}\n{HEAD}" + "\n".join(rows) + f"\n\n{END}{after}")
    sys.exit(bool(over))


if __name__ == "__main__":
    main()
