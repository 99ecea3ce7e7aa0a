"""What a million advertisements cost: ``python -m tests.bench.advertisements [COUNT]`` writes the capture, scans it, prints a row.

One tag comes along, one hundred pass, a flood of made-up ones lasts five minutes; the rest are phones that turn their addresses.
"""

from __future__ import annotations

import resource
import struct
import sys
import tempfile
import time
from pathlib import Path

from iotwatch.batch.scan import Plan, scan
from iotwatch.report.reader import Reader
from iotwatch.store import Store
from tests import advertised
from tests.advertised import START, Advertisement

_HOURS = 6
_PHONES_KEEP = 900.0


def _frames(count: int) -> list[tuple[bytes, float, float, float]]:
    """Frame, first and last second, and the seconds between two of it, for about ``count`` advertisements in six hours."""
    last = _HOURS * 3600.0
    found = [(_frame(advertised.find_my_away("along"), -76), 1.0, last, 2.0)]
    found += [(_frame(advertised.find_my_away(n), -85), 200.0 * n, 200.0 * n + 60, 2.0) for n in range(100)]
    found += [(_frame(advertised.smart_tag(n), -60), 7200.0 + n / 4, 7201.0 + n / 4, 0.5) for n in range(1200)]
    left = count - int(sum((end - start) / every for _, start, end, every in found))
    turns = int(last / _PHONES_KEEP)
    phones = 40
    every = phones * last / left
    for number in range(phones):
        for turn in range(turns):
            sender = advertised.phone(number * turns + turn)
            start = turn * _PHONES_KEEP + number / 50
            found.append((_frame(sender, -60 - number), start, start + _PHONES_KEEP, every))
    return found


def _frame(sender: tuple[str, bytes], level: int) -> bytes:
    return advertised.with_radio(Advertisement(0.0, *sender, level))


def write(path: Path, count: int) -> int:
    """Write the capture; how many advertisements it holds."""
    stamped: list[tuple[float, bytes]] = []
    for frame, start, end, every in _frames(count):
        stamped += [(start + n * every, frame) for n in range(int((end - start) / every))]
    stamped.sort(key=lambda one: one[0])
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 256))
        for second, frame in stamped:
            whole, micros = divmod(round((START + second) * 1e6), 1_000_000)
            file.write(struct.pack("<IIII", whole, micros, len(frame), len(frame)) + frame)
    return len(stamped)


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        capture = Path(folder) / "sweep.pcap"
        held = write(capture, count)
        before = time.process_time()
        scan([capture], Path(folder) / "a.db", Plan(asset="car", jobs=1))
        spent = time.process_time() - before
        with Store(Path(folder) / "a.db") as store:
            found = [row for row in Reader(store, masked=False).findings() if row["kind"] == "tag"]
            status = store.query("SELECT status FROM sources")[0]["status"]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    followers = sum(bool(row["facts"]["follows"]) for row in found)
    print(
        f"| {held:,} | {spent:.1f} | {memory:.0f} | {len(found)} | {followers} | {status} |"
    )  # the columns of docs/tags.md


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
