"""Measures reading and scanning beside the field's own tools, in turns, and writes docs/performance.md.

    python tests/bench/run.py [--folder DIR] [--runs N] [--only fleet,small,batch,scale,start,two] [--no-scan] [--docs FILE]

CPU seconds are user and system time of the process. Runs are interleaved and the least disturbed one of each tool is
given: on a shared machine neighbours only ever add. The ratio is to ``capinfos -c`` on the same file.
"""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
COMPILED = Path(tempfile.gettempdir()) / "iotwatch-bench-compiled"
READ = """
import sys, glob, os
os.environ["OPENBLAS_NUM_THREADS"] = "1"
from iotwatch.read import open_capture, read_capture
for name in sorted(glob.glob(sys.argv[1] + "/*")) if os.path.isdir(sys.argv[1]) else sys.argv[1:]:
    file, origin, _ = open_capture(name)
    with file:
        read_capture(file, origin=origin)
"""


HALF = ("--bytes", str(500_000_000), "--packets", "900000", "--flows", "10000")


@dataclass(frozen=True)
class Figure:
    """One tool on one workload: least CPU and wall seconds, peak memory (MB), ratio of CPU to the yardstick's."""

    workload: str
    tool: str
    cpu: float
    wall: float
    memory: int
    ratio: float


def commands(workload: str, path: Path, work: Path, *, scan: bool) -> Iterator[tuple[str, list[str]]]:
    """Name and command of every tool that is installed; the first is the yardstick."""
    files = sorted(map(str, path.iterdir())) if path.is_dir() else [str(path)]
    yield "capinfos -c", ["capinfos", "-c", *files]
    if workload == "two":
        for jobs in (1, 2):
            yield f"iotwatch scan --jobs {jobs}", scanning(path, work / f"{jobs}.db", jobs)
        return
    if workload == "start":
        yield "iotwatch --help", [sys.executable, "-m", "iotwatch", "--help"]
        yield "iotwatch scan", scanning(path, work / "bench.db", 1)
        return
    yield "iotwatch read + flows", [sys.executable, "-c", READ, str(path)]
    if scan:
        yield "iotwatch scan", scanning(path, work / "bench.db", 1)
    if path.is_dir():
        return
    if shutil.which("tcpdump"):
        yield "tcpdump -w /dev/null", ["tcpdump", "-r", str(path), "-w", "/dev/null"]
    if shutil.which("ndpiReader"):
        yield "ndpiReader -q", ["ndpiReader", "-q", "-i", str(path)]
    if shutil.which("suricata"):
        yield (
            "suricata, no rules",
            ["suricata", "-r", str(path), "-l", str(work), "-S", "/dev/null", "--runmode", "single"],
        )


def scanning(path: Path, database: Path, jobs: int) -> list[str]:
    """The command of a whole scan with ``jobs`` processes."""
    options = ["--db", str(database), "-q", "--no-progress", "scan", "--force", "--exit-zero", "--jobs", str(jobs)]
    return [sys.executable, "-m", "iotwatch", *options, str(path)]


def measure(command: list[str], work: Path) -> tuple[float, float, int]:
    """CPU seconds (of the process, not of its workers), wall seconds and peak memory (MB) of one command.

    Python keeps what it compiled, as an installed package has it: compiling all modules anew would be half of a short run.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(COMPILED)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    begun = time.perf_counter()
    process = subprocess.Popen(command, cwd=work, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    complaint = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode not in (0, 1, 3):
        raise SystemExit(f"{command[0]} ended with {process.returncode}: {complaint.decode()[-500:]}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - begun, usage.ru_maxrss // 1024


def compare(workload: str, path: Path, runs: int, *, scan: bool) -> list[Figure]:
    """Every tool ``runs`` times, in turns."""
    results: dict[str, list[tuple[float, float, int]]] = {}
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            for name, command in commands(workload, path, Path(folder), scan=scan):
                results.setdefault(name, []).append(measure(command, Path(folder)))
    yardstick = min(cpu for cpu, _, _ in next(iter(results.values())))
    figures = []
    for name, rows in results.items():
        cpus, walls, memory = zip(*rows, strict=True)
        figures.append(Figure(workload, name, min(cpus), min(walls), max(memory), min(cpus) / yardstick))
        print(figures[-1])
    return figures


def prepare(folder: Path, wanted: set[str]) -> dict[str, Path]:
    """Make the workloads that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = {"start": folder / "start", "fleet": folder / "fleet.pcap", "small": folder / "small.pcap"}
    paths |= {"batch": folder / "batch", "two": folder / "two"}
    paths |= {f"fleet {times}x": folder / f"fleet{times}.pcap" for times in (1, 2, 4, 8)}
    chosen = {name: path for name, path in paths.items() if name in wanted or ("x" in name and "scale" in wanted)}
    for name, path in chosen.items():
        if path.exists():
            continue
        kind, *size = name.split()
        times = int(size[0][:-1]) if size else 0
        options = ["--bytes", str(times << 27), "--packets", str(times * 250_000), "--flows", "2000"] if size else []
        if name == "start":
            make("batch", path, "--files", "5")
            for other in sorted(path.iterdir())[1:]:
                other.unlink()
        elif name == "two":
            path.mkdir()
            for seed in ("3", "4"):
                make("fleet", path / f"{seed}.pcap", *HALF, "--seed", seed)
        else:
            make(kind, path, *options)
    return chosen


def make(kind: str, path: Path, *options: str) -> None:
    """Make one workload, in a process of its own: what this one has in memory would count as the peak of those it starts."""
    subprocess.run([sys.executable, str(HERE / "workloads.py"), kind, str(path), *options], check=True)


def page(figures: list[Figure], runs: int) -> str:
    """The figures as docs/performance.md."""
    lines = [
        "# Performance",
        "",
        "Made by `python tests/bench/run.py`; do not edit. Workloads: `tests/bench/workloads.py`, seeded.",
        "",
        f"Machine: {os.cpu_count()} cores ({platform.machine()}), {platform.system()}, Python {platform.python_version()},"
        f" numpy {version('numpy')}; files in the page cache; {runs} interleaved runs, the least of each. Ratio: CPU seconds to",
        "those of `capinfos -c`, which counts packets and nothing else.",
        "",
        "| workload | tool | CPU s | wall s | peak MB | CPU / capinfos |",
        "|---|---|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {one.workload} | {one.tool} | {one.cpu:.2f} | {one.wall:.2f} | {one.memory} | {one.ratio:.1f} |"
        for one in figures
    ]
    lines += [
        "",
        "`fleet`: 2 million packets, 1.1 GB, 20,000 flows of a device fleet's day. `small`: 2.7 million packets of some 80",
        "bytes in 40,000 slow flows. `batch`: 2,000 files of some 63 kB, half pcapng, in one process. `fleet 1x` to `8x`:",
        "the same 2,000 flows with longer downloads, to show that cost is linear in packets and memory is not. `start`: one",
        "capture of some 100 kB. `two`: two captures of 500 MB by one process and by two (wall time counts there: the CPU of",
        "workers is not that of the process measured). `scan` is the whole way: SHA-256, flows, decoding, all detectors,",
        "SQLite, the printed verdict. `fleet` states 22,600 positions: what is decoded costs more than what is read.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "iotwatch-bench")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="start,fleet,small,batch,scale,two")
    parser.add_argument("--no-scan", action="store_true", help="reading alone")
    parser.add_argument("--docs", type=Path, default=ROOT / "docs" / "performance.md")
    wanted = parser.parse_args()
    figures: list[Figure] = []
    for name, path in prepare(wanted.folder, set(wanted.only.split(","))).items():
        figures += compare(name, path, wanted.runs, scan=not wanted.no_scan)
    wanted.docs.write_text(page(figures, wanted.runs), encoding="utf-8")


if __name__ == "__main__":
    main()
