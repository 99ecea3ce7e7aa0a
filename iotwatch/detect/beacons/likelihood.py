"""Evidence for a beacon in the gaps of every pair at once: likelihood ratios, as natural logarithms."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.beacons.models import BIN, HIGHEST, LOWEST, NULL_BIN, NULL_EDGE, beat_table, null_table

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Owners = NDArray[np.int32]
# Less than a millisecond beyond the dead time is nothing that a capture's clock can tell.
_RESOLUTION = 1e-3
_BLOCK = 2048


class Gaps(msgspec.Struct, frozen=True):
    """The gaps of all pairs in turn: ``seconds``, the pair that each belongs to (``owner``), gaps per pair (``counts``).

    ``median`` is per pair. A pair without gaps has a median of 1, so that logarithms stay finite. ``pieces`` is in how many
    uninterrupted stretches of recording a pair's contacts stand.
    """

    seconds: Floats
    owner: Owners
    counts: Ints
    median: Floats
    pieces: Ints

    @property
    def first(self) -> Ints:
        answer: Ints = np.cumsum(self.counts) - self.counts
        return answer


def picked(gaps: Gaps, pairs: NDArray[np.bool_]) -> Gaps:
    """The gaps of those pairs that are true, numbered anew."""
    inside = pairs[gaps.owner]
    number = (np.cumsum(pairs) - 1).astype(np.int32)
    owner = number[gaps.owner[inside]]
    return Gaps(gaps.seconds[inside], owner, gaps.counts[pairs], gaps.median[pairs], gaps.pieces[pairs])


def gaps_of(seconds: Floats, owner: Owners, pairs: int, pieces: Ints | None = None) -> Gaps:
    """Gaps with their medians; ``owner`` is sorted, ``pieces`` is one per pair unless it is given."""
    counts = np.bincount(owner, minlength=pairs).astype(np.int64)
    seconds = np.maximum(seconds, _RESOLUTION)
    middle = np.maximum(medians(seconds, owner, counts), _RESOLUTION)
    return Gaps(seconds, owner, counts, middle, np.ones(pairs, np.int64) if pieces is None else pieces)


def medians(values: Floats, owner: Owners, counts: Ints) -> Floats:
    """The median of each pair's values, 1 where it has none; ``owner`` is sorted."""
    # One key to sort by: the owner, then the value as the order of its float's bits (it is not negative).
    bits = values.astype(np.float32).view(np.uint32).astype(np.int64)
    order = np.sort((owner.astype(np.int64) << 32) | bits) & 0xFFFF_FFFF
    ranked = order.astype(np.uint32).view(np.float32).astype(np.float64)
    first = np.cumsum(counts) - counts
    some = counts > 0
    answer = np.ones(len(counts))
    low = first[some] + (counts[some] - 1) // 2
    high = first[some] + counts[some] // 2
    answer[some] = (ranked[low] + ranked[high]) / 2
    return answer


def period_evidence(gaps: Gaps, dead: Floats) -> tuple[Floats, Floats]:
    """Log-likelihood ratio of "beats of one period" against "no beacon", and the likeliest period in seconds.

    Both sides are averages over their models (Bayes factors), so no model is paid for by hand. ``dead`` is, per pair,
    the time in seconds after an event in which no other one can be seen; without a beacon it is what is beyond it that is random.
    """
    beats, periods, weights = beat_table()
    nulls = null_table()
    net = np.maximum(gaps.seconds - dead[gaps.owner], _RESOLUTION)
    log_gap, log_net = np.log(gaps.seconds).astype(np.float32), np.log(net).astype(np.float32)
    middle = np.log(gaps.median).astype(np.float32)[gaps.owner]
    net_middle = np.log(np.maximum(gaps.median - dead, _RESOLUTION)).astype(np.float32)[gaps.owner]
    beat_rows = _bins(log_gap - middle, LOWEST, HIGHEST, BIN)
    null_rows = _bins(log_net - net_middle, -NULL_EDGE, NULL_EDGE, NULL_BIN)
    pairs = len(gaps.counts)
    bounds = np.append(gaps.first, len(gaps.seconds))
    prior = np.log(weights).astype(np.float32)
    evidence, best = np.empty(pairs), np.empty(pairs, np.int64)
    for start in range(0, pairs, _BLOCK):
        stop = min(pairs, start + _BLOCK)
        some = slice(int(bounds[start]), int(bounds[stop]))
        owner = gaps.owner[some] - start
        with_beat = _counted(beat_rows[some], owner, stop - start, len(beats)) @ beats + prior
        without = _counted(null_rows[some], owner, stop - start, len(nulls)) @ nulls - np.float32(
            np.log(nulls.shape[1])
        )
        best[start:stop] = with_beat.argmax(axis=1)
        evidence[start:stop] = _log_sum(with_beat) - _log_sum(without)
    # Both are densities of a logarithm, of the gap and of the net gap: compare them as densities of the gap.
    evidence += np.bincount(gaps.owner, log_net - log_gap, pairs)
    return evidence, periods[best] * gaps.median


def _bins(values: NDArray[np.float32], lowest: float, highest: float, width: float) -> Owners:
    clipped = np.clip(values, lowest, highest)
    rows: Owners = np.rint((clipped - np.float32(lowest)) / np.float32(width)).astype(np.int32)
    return rows


def _counted(rows: Owners, owner: Owners, pairs: int, bins: int) -> NDArray[np.float32]:
    cells = np.bincount(owner.astype(np.int64) * bins + rows, minlength=pairs * bins)
    return cells.astype(np.float32).reshape(pairs, bins)


def _log_sum(values: NDArray[np.float32]) -> Floats:
    """Of each row, in place: ``values`` is of no more use after it."""
    top = values.max(axis=1)
    values -= top[:, None]
    np.exp(values, out=values)
    answer: Floats = (top + np.log(values.sum(axis=1))).astype(np.float64)
    return answer
