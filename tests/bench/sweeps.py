"""What a long sweep costs: a file of so many megabytes is made, scanned in a process of its own, and its CPU and memory told.

    python -m tests.bench.sweeps [--megabytes 250] [hackrf|rtl]

``hackrf`` is 780 to 980 MHz in bins of a megahertz, 18 sweeps a second: short lines, which cost most a byte. ``rtl`` is 700 to
960 MHz in bins of 20 kHz every ten seconds.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import numpy as np

_BEGIN = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
_PERIOD, _LASTS = 30.0, 2.0


def write(file: BinaryIO, size: int, form: str) -> None:
    """A sweep of at least ``size`` bytes with one device at 842 MHz that reports every half minute."""
    low, hops, bins, width, every = (780e6, 40, 5, 1e6, 1 / 18) if form == "hackrf" else (700e6, 104, 125, 2e4, 10.0)
    draw = np.random.default_rng(1)
    noise = [[f"{value:.2f}" for value in row] for row in draw.normal(-52, 0.4, (997, bins))]
    heads = [
        f"{low + hop * bins * width:.0f}, {low + (hop + 1) * bins * width:.0f}, {width:.2f}, 20, "
        for hop in range(hops)
    ]
    written, turn = 0, 0
    while written < size:
        time = turn * every
        stamp = (_BEGIN + timedelta(seconds=time)).strftime("%Y-%m-%d, %H:%M:%S.%f, ")
        sends = time % _PERIOD < max(_LASTS, every)
        lines = []
        for hop in range(hops):
            values = noise[(turn * hops + hop) % 997]
            if sends and low + hop * bins * width <= 842e6 < low + (hop + 1) * bins * width:
                values = ["-30.00", *values[1:]]
            lines.append(f"{stamp}{heads[hop]}{', '.join(values)}\n")
        written += file.write("".join(lines).encode())
        turn += 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=250)
    parser.add_argument("form", nargs="?", choices=("hackrf", "rtl"), default="hackrf")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "sweep.csv")
        with path.open("wb") as file:
            write(file, chosen.megabytes << 20, chosen.form)
        line = [sys.executable, "-m", "iotwatch", "--db", f"{folder}/bench.db", "scan", str(path), "--exit-zero"]
        process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        size = path.stat().st_size / 1e6
        cpu = used.ru_utime + used.ru_stime
        print(f"{chosen.form}: {size:.0f} MB, exit {status}, CPU {cpu:.1f} s, memory {used.ru_maxrss / 1024:.0f} MiB")


if __name__ == "__main__":
    main()
