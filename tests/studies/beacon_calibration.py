"""Makes ``iotwatch/detect/beacons/quantiles.py``: what evidence traffic without a beacon gives. Run it by hand: one minute.

python tests/studies/beacon_calibration.py > iotwatch/detect/beacons/quantiles.py
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from beacon_traffic import CALIBRATION

from iotwatch.detect.beacons.likelihood import gaps_of, period_evidence

SEED = 20261122
GAPS = (3, 4, 5, 6, 7, 9, 11, 15, 23, 31, 47, 63, 127, 255, 499)
LEVELS = (0.999, 0.99, 0.9, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
EVENTS = 600_000


def quantiles() -> np.ndarray:
    """The worst kind's quantiles of the evidence: a row per number of gaps, a column per level."""
    random = np.random.default_rng(SEED)
    table = np.full((len(GAPS), len(LEVELS)), -np.inf)
    for row, count in enumerate(GAPS):
        pairs = min(30_000, max(4_000, EVENTS // count))
        for make in CALIBRATION.values():
            seconds = np.concatenate([make(random, count) for _ in range(pairs)]) * 10
            gaps = gaps_of(seconds, np.repeat(np.arange(pairs, dtype=np.int32), count), pairs)
            table[row] = np.maximum(
                table[row], np.quantile(period_evidence(gaps, np.zeros(pairs))[0], 1 - np.array(LEVELS))
            )
    return table


def main() -> None:
    print('"""Made by ``tests/studies/beacon_calibration.py``; see ``calibration.py`` for what it means."""\n')
    print("from __future__ import annotations\n\nimport numpy as np\n")
    print(f"GAPS = {GAPS}")
    print(f"LEVELS = {LEVELS}")
    print("PERIOD = np.array(\n    [")
    for row in quantiles():
        print("        [" + ", ".join(f"{value:.2f}" for value in row) + "],")
    print("    ]\n)  # fmt: skip")


if __name__ == "__main__":
    main()
