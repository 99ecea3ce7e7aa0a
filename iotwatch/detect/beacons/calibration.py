"""How much like a beacon other traffic looks: quantiles per number of gaps, simulated per kind; the worst kind makes the table.

So a stated chance is rather too high than too low. ``quantiles`` (by ``tests/studies/beacon_calibration.py``) holds the
evidence for one period of traffic without timers: memoryless, steady and heavy-tailed log-normal, gamma of shape 2, Pareto,
mixtures, browsing, streams, retries. ``sessions`` (by ``tests/studies/beacon_sessions.py``) holds how far a clock seems to run
through the time listened where it lives in sessions of at most a third of it, or is set back, waited for or tried again.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.beacons.quantiles import GAPS, LEVELS, PERIOD
from iotwatch.detect.beacons.sessions import GAPS as THROUGH_GAPS
from iotwatch.detect.beacons.sessions import LEVELS as THROUGH_LEVELS
from iotwatch.detect.beacons.sessions import THROUGH, TWO_GAPS, TWO_LEVELS, TWO_STEADY

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Timers of retries repeat exactly for a few events, without being a beacon: one gap is never worth more than this factor.
_WORTH_OF_A_GAP = 10**0.5
_LEAST = -690.0
_FINEST = 0.01
LEAST = 1e-6
"""No chance of a single pair is said to be less: some millions of examples support no more."""


def period_chance(evidence: Floats, gaps: Ints) -> Floats:
    """How often gaps without a beacon give at least this evidence for one period (natural log of a likelihood ratio)."""
    return np.maximum(_chance(evidence, gaps), _WORTH_OF_A_GAP ** -np.minimum(gaps, 500).astype(np.float64))


def _chance(evidence: Floats, gaps: Ints) -> Floats:
    rows = np.interp(np.log(np.maximum(gaps, 1)), np.log(GAPS), np.arange(len(GAPS)))
    low = np.floor(rows).astype(np.int64)
    share = (rows - low)[:, None]
    table = PERIOD[low] * (1 - share) + PERIOD[np.minimum(low + 1, len(GAPS) - 1)] * share
    logs = np.log(LEVELS)
    column = np.clip((evidence[:, None] >= table).sum(axis=1), 1, len(LEVELS) - 1)
    row = np.arange(len(evidence))
    left, right = table[row, column - 1], table[row, column]
    slope = (logs[column] - logs[column - 1]) / np.maximum(right - left, 1e-9)
    inside = logs[column - 1] + slope * (evidence - left)
    # Behind the last quantile it falls as exp(-evidence), the rate at which Markov's inequality bounds likelihood ratios.
    beyond = logs[-1] - (evidence - table[:, -1])
    # Before the first one only the order matters.
    before = logs[0] * np.exp(np.minimum(0.0, (evidence - table[:, 0]) / 20))
    answer = np.where(evidence >= table[:, -1], beyond, np.where(evidence < table[:, 0], before, inside))
    chance: Floats = np.exp(np.clip(answer, _LEAST, 0.0))
    return chance


def through_chance(through: Floats, gaps: Ints) -> Floats:
    """How often traffic with a timer and no beacon runs so far through the time listened (``Persistence.through``)."""
    rows = np.interp(np.log(np.maximum(gaps, 1)), np.log(THROUGH_GAPS), np.arange(len(THROUGH_GAPS)))
    low = np.floor(rows).astype(np.int64)
    share = (rows - low)[:, None]
    table = THROUGH[low] * (1 - share)
    table += THROUGH[np.minimum(low + 1, len(THROUGH_GAPS) - 1)] * share
    table = np.concatenate([np.zeros((len(table), 1)), table], axis=1)
    logs = np.append(0.0, np.log(THROUGH_LEVELS))
    # Behind the last quantile it falls as steeply as between the last two.
    column = np.clip((through[:, None] >= table).sum(axis=1), 1, len(logs) - 1)
    row = np.arange(len(through))
    left, right = table[row, column - 1], table[row, column]
    slope = (logs[column] - logs[column - 1]) / np.maximum(right - left, _FINEST)
    chance: Floats = np.clip(np.exp(logs[column - 1] + slope * (through - left)), LEAST, 1.0)
    return chance


def needed(chance: float) -> Floats:
    """How far a clock must run through the time listened for ``through_chance`` to be below one of the tables' levels.

    Entry ``n`` is for ``n`` gaps; more gaps than the last entry's need as much as that.
    """
    gaps = np.log(np.arange(THROUGH_GAPS[-1] + 1).clip(1))
    through: Floats = np.interp(gaps, np.log(THROUGH_GAPS), THROUGH[:, THROUGH_LEVELS.index(chance)])
    return through


def two_chance(steady: float, gaps: int) -> float:
    """How often contacts that are no two clocks fall into two halves that are both so steady (``steadiness``)."""
    row = TWO_STEADY[max(0, int(np.searchsorted(TWO_GAPS, gaps, "right")) - 1)]
    logs = np.log(TWO_LEVELS)
    if steady <= row[-1]:
        return float(np.exp(np.interp(steady, row, logs, left=0.0)))
    # Behind the last quantile it falls as steeply as before it.
    slope = (logs[-1] - logs[-2]) / max(float(row[-1] - row[-2]), _FINEST)
    return float(max(np.exp(logs[-1] + slope * (steady - row[-1])), LEAST))
