"""Scans that are killed at any moment, and scans whose disk is full: what is stored is whole, and the same command goes on from it.

    python -m tests.studies.pulled_plugs [--kills 200] [--full 20] [--seed 18]

Of each source all rows are stored or none; 3 seconds after a kill nobody of the command lives; a full disk is told in a line, by
exit code 74 or 4, and never as a bug; the same command afterwards gives what an undisturbed scan gives, row by row, and leaves no
temporary file. Prints how many kept all of that, and what the others did. The small disks are file systems in memory that only the
script sees (mount namespaces of Linux).
"""

from __future__ import annotations

import argparse
import io
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
import time
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from iotwatch.cli import EXIT_NOT_WRITTEN, EXIT_UNREADABLE
from iotwatch.store.tables import OF_SOURCE, PLACES
from tests.batch.test_ending import signalling
from tests.command import run
from tests.stored import export

CAPTURES = Path(__file__).parent.parent.parent / "captures"
ORPHANS_SECONDS = 3.0
_OWN = "IOTWATCH_STUDY_OWN_MOUNTS"
_READ = [
    table for table in OF_SOURCE if table is not PLACES
]  # what findings prove is at places that are added when they are judged
Rows = dict[str, dict[str, int]]


class Undisturbed(NamedTuple):
    """What a scan that nobody disturbs stores, how long it takes (seconds) and how large its database is (bytes)."""

    rows: Rows
    told: str
    seconds: float
    size: int


def sweep_of(folder: Path) -> Path:
    """Captures, an archive, and signalling that is handed to tshark."""
    sweep = folder / "sweep"
    sweep.mkdir()
    for one in CAPTURES.glob("*/*.pcap"):
        shutil.copy(one, sweep)
    (sweep / "unit.tar.gz").write_bytes(_packed(sweep))
    signalling(sweep / "cell.pcap", 0)
    return sweep


def _packed(folder: Path) -> bytes:
    """An archive whose parts wait on disk for their turn."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for path in sorted(folder.iterdir())[:4]:
            archive.add(path, path.name)
    return packed.getvalue()


def words_of(sweep: Path, database: Path, jobs: int) -> list[str]:
    return ["scan", "--exit-zero", "--no-progress", "--jobs", str(jobs), str(sweep), "--db", str(database)]


def rows_of(database: Path) -> Rows:
    """Rows per table of each source, by its digest."""
    if not database.exists() or not database.stat().st_size:
        return {}
    found: Rows = {}
    with closing(sqlite3.connect(database)) as connection:
        state = connection.execute("PRAGMA integrity_check").fetchone()[0]
        if state != "ok":
            raise sqlite3.DatabaseError(state)
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'sources'").fetchone():
            return {}
        names = dict(connection.execute("SELECT id, sha256 FROM sources"))
        found = {name: {} for name in names.values()}
        for table in _READ:
            for source, count in connection.execute(f"SELECT source_id, count(*) FROM {table.name} GROUP BY 1"):
                found[names[source]][table.name] = count
    return found


def undisturbed(sweep: Path, folder: Path) -> Undisturbed:
    database, started = folder / "whole.db", time.monotonic()
    subprocess.run([sys.executable, "-m", "iotwatch", *words_of(sweep, database, 1)], check=True, capture_output=True)
    seconds = time.monotonic() - started
    return Undisturbed(rows_of(database), export(database), seconds, database.stat().st_size)


def harm(database: Path, whole: Undisturbed) -> list[str]:
    """What is stored and should not be as it is."""
    try:
        stored = rows_of(database)
    except sqlite3.DatabaseError as error:
        return [f"the database is damaged: {error}"]
    return [
        f"a source is not whole: {stored[one]} of {whole.rows.get(one)}"
        for one in stored
        if stored[one] != whole.rows.get(one)
    ]


def going_on(sweep: Path, database: Path, temporary: Path, whole: Undisturbed) -> list[str]:
    """What the same command, given once more, does not bring in order."""
    done = run(database.parent, *words_of(sweep, database, 1), TMPDIR=str(temporary))
    told = [] if done.returncode == 0 else [f"again: exit code {done.returncode}: {done.stderr[-200:]}"]
    if not told and (rows_of(database) != whole.rows or export(database) != whole.told):
        told.append("again: not what an undisturbed scan gives")
    left = [str(path) for path in temporary.rglob("*") if path.is_file()]
    return told + [f"left: {one}" for one in left]


def session(process: int) -> list[str]:
    """Who lives of the session of ``process``."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        # proc(5): after the name come state, parent, group, session.
        if int(rest[3]) == process and rest[0] not in "ZX":
            found.append(stat.parent.name)
    return found


def killed(sweep: Path, folder: Path, whole: Undisturbed, draw: random.Random) -> tuple[str, list[str]]:
    """Kill a scan at a moment drawn from all of its time; gives when it was, and what was wrong afterwards."""
    database, temporary, jobs = folder / "killed.db", folder / "tmp", draw.choice((1, 2))
    temporary.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "iotwatch", *words_of(sweep, database, jobs)],
        env=os.environ | {"TMPDIR": str(temporary)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        process.wait(timeout=draw.uniform(0.0, whole.seconds))
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    ended = time.monotonic()
    while session(process.pid) and time.monotonic() - ended < ORPHANS_SECONDS:
        time.sleep(0.05)
    told = [f"lives on: {one}" for one in session(process.pid)]
    when = (
        "after its end"
        if process.returncode != -signal.SIGKILL
        else "in the middle"
        if database.exists()
        else "before it stored"
    )
    return when, told + harm(database, whole) + going_on(sweep, database, temporary, whole)


def filled(sweep: Path, folder: Path, whole: Undisturbed, number: int, of: int) -> tuple[str, list[str]]:
    """Scan onto a small disk, then make it larger and go on. Every third time the temporary files stand there instead."""
    small, other = folder / "small", folder / "tmp"
    small.mkdir()
    other.mkdir()
    temporaries = number % 3 == 2
    size = 4096 * (number + 1) if temporaries else 16384 + whole.size * number // of
    _mount("-t", "tmpfs", "-o", f"size={size}", "none", str(small))
    try:
        database, temporary = (other / "full.db", small) if temporaries else (small / "full.db", other)
        done = run(folder, *words_of(sweep, database, 1 + number % 2), TMPDIR=str(temporary))
        told = []
        if done.returncode not in (0, EXIT_NOT_WRITTEN, EXIT_UNREADABLE) or "Traceback" in done.stderr:
            told = [f"exit code {done.returncode}: {done.stderr[-300:]}"]
        # SQLite itself needs room to open what was left.
        _mount("-o", "remount,size=256m", str(small))
        told += harm(database, whole) + going_on(sweep, database, temporary, whole)
        return f"{'temporary files' if temporaries else 'database'}: exit code {done.returncode}", told
    finally:
        subprocess.run(["/bin/umount", str(small)], check=True)


def _mount(*words: str) -> None:
    subprocess.run(["/bin/mount", *words], check=True)


def study(kills: int, full: int, seed: int) -> tuple[Counter[str], list[str]]:
    """How the disturbed scans ended, and what was wrong with which."""
    draw, ends, bad = random.Random(seed), Counter[str](), []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sweep = sweep_of(folder)
        whole = undisturbed(sweep, folder)
        for number in range(kills + full):
            place = folder / "one"
            place.mkdir()
            if number < kills:
                when, told = killed(sweep, place, whole, draw)
                when = f"killed {when}"
            else:
                when, told = filled(sweep, place, whole, number - kills, full)
                when = f"full disk, {when}"
            ends[when] += 1
            bad += [f"{number}: {when}: {one}" for one in told[:3]]
            shutil.rmtree(place)
    return ends, bad


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--full", type=int, default=20)
    parser.add_argument("--seed", type=int, default=18)
    given = parser.parse_args()
    if given.full and not os.environ.get(_OWN):
        os.environ[_OWN] = "1"
        command = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
        os.execvp(command[0], [*command, sys.executable, "-m", "tests.studies.pulled_plugs", *sys.argv[1:]])  # noqa: S606
    ends, bad = study(given.kills, given.full, given.seed)
    print(*(f"{name}: {number}" for name, number in sorted(ends.items())), *bad, sep="\n")
    wrong = len({one.split(":")[0] for one in bad})
    print(
        f"{ends.total() - wrong} of {ends.total()}: whole or absent, the same after going on, nobody and nothing left"
    )
    sys.exit(bool(bad))


if __name__ == "__main__":
    main()
