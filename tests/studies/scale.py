"""What thousands of cars cost, on several cores and on a Ray cluster, and where a cluster of one driver has its limit.

    python -m tests.studies.scale [--cars N] [--workers 1,2,4] [--write]

Scans the same drawn cars by processes of this machine and by a Ray cluster of this machine, with the exports compared; then reckons
from what each part took, and simulates a day with stragglers and lost nodes. ``--write`` renews docs/scale.md.
"""

from __future__ import annotations

import argparse
import hashlib
import heapq
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "scale.md"
DAY = 86_400.0
BATCH = 32
CARS_A_DAY = 100_000
FLEETS = (4, 16, 64, 256)
_STRAGGLERS, _SLOWER = 0.01, 10.0
_NODE_PROCESSORS, _NODE_LIFE = 16, 6 * 3600.0
_LOST_FOR = 120.0


@dataclass(frozen=True)
class Run:
    """One scan: by whom, wall seconds, CPU seconds of the process that stores and judges, and the export's hash."""

    engine: str
    workers: int
    wall: float
    driver: float
    export: str


def scanned(folder: Path, work: Path, engine: str, workers: int) -> Run:
    """A scan of all cars into a new database, and what it says."""
    database = work / f"{engine}-{workers}.db"
    command = [sys.executable, "-m", "iotwatch", "--db", str(database), "-q", "--no-progress", "scan", "--exit-zero"]
    options = ["--jobs", str(workers), "--engine", engine, str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "RAY_AUTH_MODE": "disabled"}
    begun = time.monotonic()
    process = subprocess.Popen(
        [*command, *options], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.monotonic() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{engine} with {workers} workers ended with {process.returncode}")
    export = [sys.executable, "-m", "iotwatch", "--db", str(database), "export", "--format", "jsonl", "--unmask"]
    said = subprocess.run(export, env=environment, capture_output=True, check=True).stdout
    return Run(engine, workers, wall, usage.ru_utime + usage.ru_stime, hashlib.sha256(said).hexdigest())


def seconds_of(database: Path) -> list[float]:
    """How long each source took to analyse, as the database tells."""
    with sqlite3.connect(database) as connection:
        return [seconds for (seconds,) in connection.execute("SELECT seconds FROM sources")]


def simulated(seconds: Sequence[float], stored: float, workers: int, cars: int, seed: int) -> tuple[float, float, int]:
    """A day's cars on ``workers`` processors with one driver: hours until all are judged, the share of the time that the driver
    is busy, and the tasks that were lost with a node.

    One task in a hundred takes ten times as long; a node of sixteen processors dies every six hours on average and is back after
    two minutes, and its tasks are begun anew. ``stored`` is what the driver takes for a car.
    """
    draw = random.Random(seed)
    tasks = -(-cars // BATCH)
    nodes = -(-workers // _NODE_PROCESSORS)
    deaths = [draw.expovariate(1 / _NODE_LIFE) for _ in range(nodes)]
    free = [(0.0, one) for one in range(workers)]
    heapq.heapify(free)
    driver = busy = 0.0
    lost = 0
    ended: list[float] = []
    while tasks:
        begun, one = heapq.heappop(free)
        node = one // _NODE_PROCESSORS
        while deaths[node] <= begun:  # it died while this processor had nothing to do, or before its turn
            begun = max(begun, deaths[node] + _LOST_FOR)
            deaths[node] += _LOST_FOR + draw.expovariate(1 / _NODE_LIFE)
        took = sum(draw.choices(seconds, k=BATCH)) * (_SLOWER if draw.random() < _STRAGGLERS else 1.0)
        if deaths[node] < begun + took:
            lost += 1
            heapq.heappush(free, (deaths[node] + _LOST_FOR, one))
            continue
        heapq.heappush(free, (begun + took, one))
        ended.append(begun + took)
        tasks -= 1
    for at in sorted(ended):
        driver = max(driver, at) + stored * BATCH
        busy += stored * BATCH
    return driver / 3600, busy / driver, lost


@dataclass(frozen=True)
class Measured:
    """Cars of one size: how many, their bytes, the runs, seconds that each took to analyse, and the driver's seconds a car."""

    cars: int
    size: int
    runs: list[Run]
    seconds: list[float]
    stored: float

    @property
    def mean(self) -> float:
        return sum(self.seconds) / len(self.seconds)

    @property
    def kind(self) -> str:
        return f"{self.size / self.cars / 1000:,.0f} kB"


def measured(cars: int, each: int, workers: Sequence[int]) -> Measured:
    """Scan ``cars`` of some ``each`` bytes by both engines."""
    with tempfile.TemporaryDirectory() as name:
        work, folder = Path(name), Path(name) / "cars"
        make = [sys.executable, str(ROOT / "tests" / "bench" / "workloads.py"), "batch", str(folder)]
        subprocess.run([*make, "--files", str(cars), "--bytes", str(cars * each)], check=True)
        size = sum(path.stat().st_size for path in folder.iterdir())
        runs = []
        for engine in ("local", "ray"):
            for count in workers:
                runs.append(scanned(folder, work, engine, count))
                print(runs[-1], flush=True)
        # What the driver of a cluster takes beside its start, which a scan of one car shows.
        (work / "one").mkdir()
        start = scanned(min(folder.iterdir()), work / "one", "ray", 1)
        stored = max(runs[-1].driver - start.driver, 1e-3) / cars
        return Measured(cars, size, runs, seconds_of(work / f"local-{workers[0]}.db"), stored)


def page(sizes: Sequence[Measured]) -> str:
    """docs/scale.md."""
    same = all(len({run.export for run in one.runs}) == 1 for one in sizes)
    table = "\n".join(
        f"| {one.cars:,} of {one.kind} | {run.engine} | {run.workers} | {run.wall:.0f} | {run.driver:.0f} |"
        for one in sizes
        for run in one.runs
    )
    reckoned = "\n".join(
        f"| {one.kind} | {1000 * one.mean:.0f} | {1000 * one.stored:.0f} | {CARS_A_DAY * one.mean / 3600:.1f} |"
        f" {CARS_A_DAY * one.stored / 3600:.1f} | {max(1.0, one.mean / one.stored):.0f} | {DAY / one.stored / 1e6:.1f} million |"
        for one in sizes
    )
    days = []
    for one in sizes:
        for workers in FLEETS:
            hours, busy, lost = simulated(one.seconds, one.stored, workers, CARS_A_DAY, seed=workers)
            days.append(f"| {one.kind} | {workers} | {hours:.1f} | {100 * busy:.0f} % | {lost} |")
    return f"""# Thousands of cars

    iotwatch scan --jobs 8 sweeps/                                    # processes of this machine
    iotwatch scan --engine ray sweeps/                                # a Ray cluster of this machine alone, on loopback
    iotwatch scan --engine ray --address 192.0.2.7:6379 /shared/      # the nodes of yours (pip install 'iotwatch[cluster]')
    iotwatch merge host-1.db host-2.db                                # without a cluster: what each host found, judged here

**How a cluster works here.** A task is some small files or one large one. The node that takes it reads the file by the same path
as here (a shared folder), and answers with a small database of its own; the process that was started checks every value in it
as `merge` does with another host's, stores it, and judges every asset. So nothing depends on how many nodes there are or when
they answer. A task whose node is lost is begun anew on another, four times in all; a source that takes its process down each
time is told as unreadable, and takes no other with it. No more than three tasks for each processor are on their way at a time.
Every node has the same version with the same signatures, else the scan stops and says so. `tests/batch/test_cluster.py` does all
that with two nodes, one of which is killed in the middle: the export is byte for byte that of one process.

**Who may join.** Ray's nodes run what its drivers send them, so its ports belong into a network of their own, with Ray's tokens.
iotwatch opens no connection but to the address that it is given, and switches Ray's own reports to its makers off.

## What was found, for a warehouse

    iotwatch export --format parquet --into s3://sweeps/2026        # findings and observations by asset and day, masked
    iotwatch export --format parquet --into sweeps/ --unmask        # a folder; many databases may write below one

`findings/asset=car-17/day=2026-01-05/part-0.parquet`: a day that is written again is replaced, other assets and days stay. DuckDB
reads it as it lies:

```sql
-- How many cars have each kind of finding, the worst first?
SELECT kind, severity, count(DISTINCT asset) AS cars
FROM read_parquet('sweeps/findings/**/*.parquet', hive_partitioning = true)
GROUP BY ALL ORDER BY cars DESC, kind;

-- Which far ends do several cars ask for?
SELECT value, count(DISTINCT asset) AS cars
FROM read_parquet('sweeps/observations/**/*.parquet', hive_partitioning = true)
WHERE kind IN ('tls.sni', 'dns.query') GROUP BY value HAVING cars > 1 ORDER BY cars DESC, value;

-- What is new since a day?
SELECT asset, day, title, severity, confidence
FROM read_parquet('sweeps/findings/**/*.parquet', hive_partitioning = true)
WHERE day >= '2026-01-01' ORDER BY day, asset, title;
```

## Measured

Made by `python -m tests.studies.scale --write`; do not edit. Drawn cars of one capture each, {os.cpu_count()} cores, so more than
{os.cpu_count()} workers win nothing here; a cluster's start is in its wall time. The exports of one row's cars are
{"the same, byte for byte" if same else "NOT the same"}. The last column is the process that was started: beside a
cluster it checks and stores, and processes of its machine judge.

| cars | engine | workers | wall s | its CPU s |
|---|---|---:|---:|---:|
{table}

## Reckoned, and simulated

{CARS_A_DAY:,} such cars a day. The driver is the bottleneck: more processors than are kept busy make nothing faster. Beyond
what one driver is good for, each part of the fleet has its own, and `merge` brings them together.

| a car | ms to analyse | ms of the driver | hours of one processor | hours of the driver | processors kept busy | cars a day |
|---|---:|---:|---:|---:|---:|---:|
{reckoned}

Simulated with the times that were measured; one task in a hundred takes ten times as long, a node of
{_NODE_PROCESSORS} processors dies every {_NODE_LIFE / 3600:.0f} hours on average and is back after {_LOST_FOR / 60:.0f} minutes:

| a car | processors | hours until all are stored | driver busy | tasks lost with a node, and begun anew |
|---|---:|---:|---:|---:|
{chr(10).join(days)}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cars", type=int, default=2000)
    parser.add_argument("--workers", default="1,2,4")
    parser.add_argument("--write", action="store_true", help="renew docs/scale.md")
    wanted = parser.parse_args()
    workers = [int(one) for one in wanted.workers.split(",")]
    told = page([measured(wanted.cars, 16_000, workers), measured(max(1, wanted.cars // 20), 2_000_000, workers)])
    print(told)
    if wanted.write:
        PAGE.write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main()
