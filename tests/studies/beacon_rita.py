"""The published beacon score of RITA v5 for one pair, to compare with; times are in seconds.

The mean of four: regularity of gaps in whole seconds, regularity of client bytes, a histogram over 24 bins of the data set,
and duration (needs 6 hours). Written from the formula's description alone.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
MIN_TIMES = 4


def rita_score(times: Floats, first: float, last: float) -> float:
    """Score in 0 to 1 of contacts of one size in a data set from ``first`` to ``last``; 0 below four unique times."""
    seconds = np.unique(np.floor(times))
    if len(seconds) < MIN_TIMES:
        return 0.0
    gaps = np.sort(np.diff(seconds))
    sizes = 1.0  # all contacts are of one size, with a beacon and without: sizes decide nothing here
    return (_regular(gaps) + sizes + _histogram(times, first, last) + _duration(times, first, last)) / 4


def _regular(gaps: Floats) -> float:
    low, middle, high = np.quantile(gaps, (0.25, 0.5, 0.75), method="nearest")
    counted = high - low >= 10 and middle not in (low, high)
    skew = abs((low + high - 2 * middle) / (high - low)) if counted else 0.0
    spread = float(np.median(np.abs(gaps - middle)))
    return (1 - skew + (max(0.0, (middle - spread) / middle) if middle >= 1 else 1.0)) / 2


def _histogram(times: Floats, first: float, last: float) -> float:
    counts = np.histogram(times, bins=24, range=(first, last))[0]
    variation = float(counts.std() / counts.mean()) if counts.any() else 1.0
    best = max(0.0, 1 - variation)
    hours = len(np.unique(np.floor((times - first) / 3600)))
    if hours >= 11:
        bars = counts[counts > 0]
        heights = np.histogram(bars, bins=20, range=(0, bars.max()))[0]
        best = max(best, min(1.0, float(np.sort(heights)[-2:].sum()) / max(1, len(bars) - 1)))
    return min(1.0, best)


def _duration(times: Floats, first: float, last: float) -> float:
    hours = np.unique(np.floor((times - first) / 3600)).astype(int)
    if len(hours) < 6:
        return 0.0
    seen = np.zeros(max(24, hours.max() + 1), bool)
    seen[hours] = True
    longest = run = 0
    for hour in np.concatenate([seen, seen]):  # wrapping around midnight
        run = run + 1 if hour else 0
        longest = max(longest, run)
    return min(1.0, max(float((times[-1] - times[0]) / (last - first)), min(longest, 24) / 12))
