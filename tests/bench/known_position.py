"""Measures what a known place costs: CPU seconds for each place and 100 MB of payload, the least of some runs.

    python tests/bench/known_position.py [--megabytes N] [--runs N] [--places N]

Payloads are noise, rows of JSON full of numbers, integers of four bytes that are all small, and zeros; the places are one as any,
one near the equator whose numbers are small, and one in China, which has three images.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from iotwatch.files.known_places import KnownPlace
from iotwatch.observe.known_place.finding import Finder

PLACES = {
    "Astana": KnownPlace(51.1596, 71.4048),
    "Libreville, near the equator": KnownPlace(0.4, 9.45),
    "Beijing, in three datums": KnownPlace(39.915, 116.404),
}
LIMIT_S = 1.5


def payloads(size: int) -> dict[str, bytes]:
    """Some bytes of each kind."""
    noise = np.random.default_rng(1)
    draw = random.Random(1)
    rows = b"".join(
        b'{"t":%d,"lat":%.6f,"lon":%.6f,"v":%.1f}\n'
        % (1_700_000_000 + number, draw.uniform(-60, 60), draw.uniform(-180, 180), draw.uniform(0, 99))
        for number in range(size // 56)
    )
    return {
        "noise": noise.integers(0, 256, size, dtype=np.uint8).tobytes(),
        "rows of JSON": rows,
        "small integers": noise.integers(0, 3, size // 4, dtype=np.uint32).byteswap().tobytes(),
        "zeros": bytes(size),
    }


def seconds(finder: Finder, payload: bytes, runs: int) -> float:
    """CPU seconds for 100 MB, the least of some runs."""
    spent = []
    for _ in range(runs):
        begun = time.process_time()
        finder.hits([payload])
        spent.append(time.process_time() - begun)
    return min(spent) * 1e8 / len(payload)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=16)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--places", type=int, default=200)
    chosen = parser.parse_args()
    kinds = payloads(chosen.megabytes << 20)
    print(f"| CPU s for 100 MB, one place | {' | '.join(kinds)} |\n|---|{'---|' * len(kinds)}")
    for name, place in PLACES.items():
        finder = Finder([place])
        told = [f"{seconds(finder, payload, chosen.runs):.2f}" for payload in kinds.values()]
        print(f"| {name} | {' | '.join(told)} |")
    draw = random.Random(2)
    begun = time.process_time()
    many = Finder([KnownPlace(draw.uniform(-60, 60), draw.uniform(-180, 180)) for _ in range(chosen.places)])
    made = time.process_time() - begun
    each = seconds(many, kinds["noise"][: 1 << 20], 1) / chosen.places
    print(
        f"\n{chosen.places} places at once: {made / chosen.places * 1000:.0f} ms to make one ready, {each:.2f} s for 100 MB each"
    )


if __name__ == "__main__":
    main()
