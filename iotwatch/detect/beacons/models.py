"""What gaps between contacts look like with a beacon and without: log-densities, tabulated once over log(gap / median gap).

Every model is a column, every row a bin of log(gap / median). A pair's gaps, counted into the bins, times the table is the
pair's log-likelihood under every model, so that all pairs are scored by one product of matrices.

With a beacon of period T a gap is a sum of k jittered periods, where k - 1 beats were missed (k is geometric), and a small
share of gaps is anything (a session that ended, a state that changed). Without one, gaps are memoryless (exponential), only
a little steadier than that (gamma of shape 2), heavy-tailed (log-normal, sigma from 0.8) or bursts with pauses (two
exponentials). What is steadier than all of these is what the score calls regular.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Table = NDArray[np.float32]

BIN = 0.02
LOWEST, HIGHEST = -4.0, 2.4  # of log(gap / median); what lies outside counts into the first or last bin
NULL_BIN = 0.1
NULL_EDGE = 12.0
# Jitter as a beacon's settings give it: uniform to +- this share of the period; and as clocks and networks add it (sigma).
_UNIFORM = (0.1, 0.2, 0.3, 0.4, 0.5)
_NORMAL = (0.015, 0.04, 0.1, 0.2, 0.3)
_MISSED = (0.02, 0.12, 0.25, 0.4)
# So many are missed that the median gap is two beats or three.
_MOSTLY_MISSED = (0.4, 0.55)
_ANYTHING = 0.003
# A period that holds for two gaps of three: bursts with pauses look like it, so it must be far the best to count.
_OFTEN_ANYTHING, _RARELY_TWO_STATES = 0.3, 0.02
_MULTIPLES = np.arange(1, 7)
_U_STEP = 0.002
_U = np.arange(_U_STEP / 2, 14, _U_STEP)
_BROAD = 2.0
_LOG_SIGMAS = (0.8, 1.0, 1.4, 2.0, 2.8)
_EXPONENTIAL_MEANS = (0.9, 1.2, 1.44, 1.8, 2.5, 4.0)
_GAMMA_MEANS = (0.95, 1.19, 1.5)
_FAST_WEIGHT = 5
_FAST = ((0.35, 10.0), (0.6, 10.0), (0.6, 60.0), (0.85, 30.0), (0.85, 200.0))


@cache
def beat_table() -> tuple[Table, Floats, Floats]:
    """Log-densities under each beacon model; each model's period in medians; each model's prior probability.

    Shape (bins, models); bin ``i`` is centred at ``LOWEST + i * BIN``.
    """
    edges = np.arange(LOWEST - BIN / 2, HIGHEST + BIN, BIN)
    broad = _normal(edges[:-1] + BIN / 2, np.float64(_BROAD))
    gaps, borders = np.exp(edges), np.append(0.0, _U + _U_STEP / 2)
    columns, periods, weights = [], [], []
    last, below = np.empty(0), np.empty(0)
    for density, period, other, weight in _beats():
        if density is not last:
            last, below = density, np.append(0.0, np.cumsum(density)) * _U_STEP
        share = np.diff(np.interp(gaps / period, borders, below)) / BIN
        columns.append(np.log((1 - other) * share + other * broad))
        periods.append(period)
        weights.append(weight)
    return np.stack(columns, axis=1).astype(np.float32), np.array(periods), np.array(weights) / sum(weights)


def _beats() -> Iterator[tuple[Floats, float, float, float]]:
    """(density of gap / period, period / median, share of gaps that are anything, weight) of each beacon model."""
    for jitter in _UNIFORM:
        sums = _uniform_sums(jitter)
        for missed in _MISSED:
            density = _missing(sums, missed)
            for shift in (-0.6, -0.4, -0.2, 0.0, 0.2, 0.4, 0.6):
                yield density, 1 + shift * jitter, _ANYTHING, 1.0
        for missed in _MOSTLY_MISSED:
            density = _missing(sums, missed)
            for period in (0.36, 0.43, 0.5, 0.57, 0.66):
                yield density, period, _ANYTHING, 1.5
    for jitter in _NORMAL:
        sums = _normal_sums(jitter)
        for missed in _MISSED:
            density = _missing(sums, missed)
            for shift in (-0.5, 0.0, 0.5):
                yield density, 1 + shift * jitter, _ANYTHING, 2.0
                if missed == _MISSED[0] and jitter <= 0.1:
                    yield density, 1 + shift * jitter, _OFTEN_ANYTHING, _RARELY_TWO_STATES


def _missing(sums: list[Floats], missed: float) -> Floats:
    mixed: Floats = np.sum([(1 - missed) * missed**index * density for index, density in enumerate(sums)], axis=0)
    return mixed


def _uniform_sums(jitter: float) -> list[Floats]:
    """Densities of the sum of k periods, each 1 +- jitter, uniform: a box, a triangle, then nearly normal."""
    box = np.where(np.abs(_U - 1) <= jitter, 0.5 / jitter, 0.0)
    triangle = np.maximum(0.0, 2 * jitter - np.abs(_U - 2)) / (2 * jitter) ** 2
    rest = [_normal(_U - k, np.sqrt(k / 3) * jitter) for k in _MULTIPLES[2:]]
    return [box, triangle, *rest]


def _normal_sums(jitter: float) -> list[Floats]:
    return [_normal(_U - k, np.sqrt(k) * jitter) for k in _MULTIPLES]


@cache
def null_table() -> Table:
    """Log-densities under each model without a beacon; bin ``i`` is centred at ``-NULL_EDGE + i * NULL_BIN``."""
    x = np.arange(-NULL_EDGE, NULL_EDGE + NULL_BIN / 2, NULL_BIN)
    gap = np.exp(x)
    columns = [np.log(gap / mean) - gap / mean for mean in _EXPONENTIAL_MEANS]
    columns += [2 * np.log(2 * gap / mean) - 2 * gap / mean for mean in _GAMMA_MEANS]
    for sigma in _LOG_SIGMAS:
        columns += [np.log(_normal(x - shift, np.float64(sigma)) + 1e-30) for shift in (-0.35, 0.0, 0.35)]
    for share, ratio in _FAST:
        slow = _slow_mean(share, ratio)
        fast = slow / ratio
        mixed = share * gap / fast * np.exp(-gap / fast) + (1 - share) * gap / slow * np.exp(-gap / slow)
        columns += [np.log(mixed + 1e-30)] * _FAST_WEIGHT
    table: Table = np.maximum(np.stack(columns, axis=1), -60.0).astype(np.float32)
    return table


def _slow_mean(share: float, ratio: float) -> float:
    """The mean of the slow half of two exponentials, in medians: by bisection, half of all gaps are shorter than 1."""
    low, high = 1e-3, 1e4
    for _ in range(60):
        middle = float(np.sqrt(low * high))
        above = share * np.exp(-ratio / middle) + (1 - share) * np.exp(-1 / middle)
        low, high = (middle, high) if above < 0.5 else (low, middle)
    return low


def _normal(deviation: Floats, spread: np.float64 | float) -> Floats:
    answer: Floats = np.exp(-0.5 * (deviation / spread) ** 2) / (spread * np.sqrt(2 * np.pi))
    return answer
