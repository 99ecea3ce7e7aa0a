"""Makes ``iotwatch/detect/beacons/sessions.py``: how far no clock at all seems to run through. Run it by hand: some minutes.

python tests/studies/beacon_sessions.py > iotwatch/detect/beacons/sessions.py

Families of gaps without a beacon, all drawn in numpy, with wide parameters: clocks that live inside sessions of at most a
third of the recording, timers that data set back, times to live with a wait behind, retries, and what has no timer. The kinds
of ``beacons_apart`` are none of them, and judge what comes out.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.beacons.interleaved import halves, steadiness
from iotwatch.detect.beacons.likelihood import gaps_of
from iotwatch.detect.beacons.persistence import persistence
from iotwatch.detect.questions.regularity import regularity

Floats = NDArray[np.float64]
Rng = np.random.Generator
SEED = 20261130
GAPS = (3, 4, 5, 6, 7, 9, 11, 15, 23, 31, 47, 63, 127)
LEVELS = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0003, 0.0001)
EVENTS = 600_000
TWO_GAPS = (15, 23, 47, 95)
TWO_LEVELS = (0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005)
_TWO_PAIRS = 3000
_BEHIND_A_LEVEL = 10
_BLOCK = 300_000


def _log(random: Rng, low: float, high: float, pairs: int) -> Floats:
    return np.exp(random.uniform(np.log(low), np.log(high), (pairs, 1)))


def _jittered(random: Rng, pairs: int, gaps: int) -> Floats:
    """Beats of one period, half of the pairs with next to no jitter."""
    width = np.where(
        random.random((pairs, 1)) < 0.5, _log(random, 1e-3, 0.3, pairs), random.uniform(0, 0.3, (pairs, 1))
    )
    return 1 + width * random.uniform(-1, 1, (pairs, gaps))


def sessions(random: Rng, pairs: int, gaps: int) -> Floats:
    """Beats in sessions of geometric length, and pauses of four beats or more; a session is a third of the whole at most."""
    kept: list[Floats] = []
    while sum(map(len, kept)) < pairs:
        pause = random.random((pairs, gaps)) < 1 / _log(random, 1.5, max(3.0, gaps / 2), pairs)
        long = _log(random, 4, 200, pairs) * random.lognormal(0, random.uniform(0.3, 1.2), (pairs, gaps))
        made = np.where(pause, np.maximum(long, 4.0), _jittered(random, pairs, gaps))
        kept.append(made[_longest(made, pause) <= made.sum(axis=1) / 3])
    return np.concatenate(kept)[:pairs]


def _longest(made: Floats, pause: NDArray[np.bool_]) -> Floats:
    """The longest time between two pauses."""
    best = now = np.zeros(len(made))
    for column in range(made.shape[1]):
        now = np.where(pause[:, column], 0.0, now + made[:, column])
        best = np.maximum(best, now)
    return best


def set_back(random: Rng, pairs: int, gaps: int) -> Floats:
    """A timer that something else sets back, after a time that chance draws."""
    return np.minimum(
        _jittered(random, pairs, gaps), random.exponential(_log(random, 0.2, 2, pairs), (pairs, gaps)) + 1e-3
    )


def time_to_live(random: Rng, pairs: int, gaps: int) -> Floats:
    """A fixed time, and then a wait of chance."""
    return 1 + random.exponential(_log(random, 0.5, 4, pairs), (pairs, gaps))


def retries(random: Rng, pairs: int, gaps: int) -> Floats:
    """Steps that grow by a factor, begun anew after a pause."""
    step = np.zeros((pairs, gaps))
    for column in range(1, gaps):
        step[:, column] = np.where(random.random(pairs) < random.uniform(0.1, 0.5), 0, step[:, column - 1] + 1)
    waits = _log(random, 1.0, 2.5, pairs) ** np.minimum(step, 8) * random.uniform(0.9, 1.1, (pairs, gaps))
    return np.where(step == 0, random.exponential(_log(random, 3, 100, pairs), (pairs, gaps)) + 0.1, waits)


def memoryless(random: Rng, pairs: int, gaps: int) -> Floats:
    return random.exponential(1.0, (pairs, gaps)) + 1e-3


def steadier(random: Rng, pairs: int, gaps: int) -> Floats:
    return random.gamma(2.0, 1.0, (pairs, gaps)) + 1e-3


def lognormal(random: Rng, pairs: int, gaps: int) -> Floats:
    return np.asarray(random.lognormal(0, random.uniform(0.8, 2.2, (pairs, 1)), (pairs, gaps)))


def two_paces(random: Rng, pairs: int, gaps: int) -> Floats:
    fast = random.random((pairs, gaps)) < random.uniform(0.3, 0.9, (pairs, 1))
    return random.exponential(1.0, (pairs, gaps)) * np.where(fast, 1.0, _log(random, 5, 200, pairs)) + 1e-3


FAMILIES: tuple[Callable[[Rng, int, int], Floats], ...] = (
    sessions, set_back, time_to_live, retries, memoryless, steadier, lognormal, two_paces,
)  # fmt: skip


def through(made: Floats, random: Rng) -> Floats:
    """What the scorer gives these gaps (a pair a row), in a recording of which they fill 70 to 100 %."""
    pairs, gaps = made.shape
    seconds = made * 20
    times = (np.concatenate([np.zeros((pairs, 1)), np.cumsum(seconds, axis=1)], axis=1) * 1e6).astype(np.int64)
    found = regularity(times.ravel(), np.arange(pairs) * (gaps + 1))
    owner = np.repeat(np.arange(pairs, dtype=np.int32), gaps)
    listened = seconds.sum(axis=1) / random.uniform(0.7, 1.0, pairs)
    return persistence(gaps_of(seconds.ravel(), owner, pairs), found.interval, listened).through


def table() -> list[list[float]]:
    """The worst family's quantiles: a row per number of gaps, a column per level; never falling along a row."""
    random = np.random.default_rng(SEED)
    rows = []
    for gaps in GAPS:
        pairs = EVENTS // (gaps + 1)
        row = np.zeros(len(LEVELS))
        told = int((np.array(LEVELS) * pairs >= _BEHIND_A_LEVEL).sum())
        for family in FAMILIES:
            block = max(1, _BLOCK // gaps)
            parts = [through(family(random, min(block, pairs - at), gaps), random) for at in range(0, pairs, block)]
            worst = np.quantile(np.concatenate(parts), 1 - np.array(LEVELS))
            row[:told] = np.maximum(row[:told], worst[:told])
        rows.append(_extended(row, told))
    return rows


def two_halves() -> list[list[float]]:
    """The worst family's quantiles of how steady two halves are, of contacts even enough to be looked at for two clocks."""
    random = np.random.default_rng(SEED)
    rows = np.zeros((len(TWO_GAPS), len(TWO_LEVELS)))
    for row, gaps in zip(rows, TWO_GAPS, strict=True):
        for family in FAMILIES:
            seconds = family(random, _TWO_PAIRS, gaps) * 20
            owner = np.repeat(np.arange(_TWO_PAIRS, dtype=np.int32), gaps)
            listened = seconds.sum(axis=1) / random.uniform(0.7, 1.0, _TWO_PAIRS)
            found = halves(gaps_of(seconds.ravel(), owner, _TWO_PAIRS), listened, np.zeros(_TWO_PAIRS), _TWO_PAIRS)
            both = np.array([steadiness(one) for _, one in found])
            if len(both) * TWO_LEVELS[-1] >= 1:
                row[:] = np.maximum(row, np.quantile(both, 1 - np.array(TWO_LEVELS)))
    return rows.tolist()


def _extended(row: Floats, told: int) -> list[float]:
    """The first ``told`` quantiles, and the rest by the slope from 1 in 20 on to the last of them."""
    logs = -np.log(LEVELS)
    first = LEVELS.index(0.05)
    slope = (row[told - 1] - row[first]) / (logs[told - 1] - logs[first])
    row[told:] = row[told - 1] + slope * (logs[told:] - logs[told - 1])
    return np.minimum(row, 1.0).tolist()


def main() -> None:
    print('"""Made by ``tests/studies/beacon_sessions.py``; see ``calibration.py`` for what it means."""\n')
    print("from __future__ import annotations\n\nimport numpy as np\n")
    print(f"GAPS = {GAPS}")
    print(f"LEVELS = {LEVELS}")
    _print_table("THROUGH", table())
    print(f"TWO_GAPS = {TWO_GAPS}")
    print(f"TWO_LEVELS = {TWO_LEVELS}")
    _print_table("TWO_STEADY", two_halves())


def _print_table(name: str, rows: list[list[float]]) -> None:
    print(f"{name} = np.array(\n    [")
    for row in rows:
        print("        [" + ", ".join(f"{value:.3f}" for value in row) + "],")
    print("    ]\n)  # fmt: skip")


if __name__ == "__main__":
    main()
