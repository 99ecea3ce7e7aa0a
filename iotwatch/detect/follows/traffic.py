"""What one device sends to one far end, as signals over the bins of a movement."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.detect.beacons.pair import Pair
from iotwatch.detect.beacons.stitch import SAME_US, Stitched
from iotwatch.detect.follows.movement import Floats, Ints, Movement
from iotwatch.files.contact_events import unpack_times

_MOST_PAIRS = 256
_MIN_EVENTS = 8
# What comes within so many times the usual gap goes on; seconds between which that is looked for.
_GOES_ON = 2.5
_LEAST_REACH_S, _MOST_REACH_S = 5.0, 180.0
_LEAST_GAP_S = 5.0


class Sending(msgspec.Struct, frozen=True):
    """One pair's events in the movement's time: where they lie (in bins, in order) and how many bytes each was."""

    pair: Pair
    at: Floats
    sizes: Floats

    @property
    def gap(self) -> float:
        """The usual gap between two events, in bins."""
        return float(np.median(np.diff(self.at)))


def sendings(stitched: Stitched, movement: Movement) -> list[Sending]:
    """The pairs with events enough, those with most events first: the bursts of a pair, or its connections where it has none."""
    chosen: dict[tuple[str, str], Pair] = {}
    for pair in stitched.pairs:
        if pair.whole is None and pair.kind in ("burst", "connection"):
            key = pair.device, pair.far_end
            if key not in chosen or pair.kind == "burst":
                chosen[key] = pair
    found = [_sending(pair, stitched.clocks, movement) for pair in chosen.values()]
    enough = [one for one in found if len(one.at) >= _MIN_EVENTS]
    return sorted(enough, key=lambda one: (-len(one.at), one.pair.device, one.pair.far_end))[:_MOST_PAIRS]


def _sending(pair: Pair, clocks: dict[int, int], movement: Movement) -> Sending:
    counts = np.array([row.events for row in pair.rows], np.int64)
    times = unpack_times([row.times for row in pair.rows], counts)
    if clocks:
        times = times - np.repeat(np.array([clocks.get(row.source, 0) for row in pair.rows], np.int64), counts)
    order = np.argsort(times, kind="stable")
    times, sizes = times[order], pair.sizes()[order]
    once = np.append(True, np.diff(times) >= SAME_US)
    at, inside = movement.place(times)
    kept = once & inside
    return Sending(pair, at[kept], sizes[kept].astype(np.float32))


def going_on(sending: Sending, movement: Movement) -> Floats:
    """1 where sending goes on at its usual pace, half a gap beyond its ends; single events alone are no going on."""
    gap = sending.gap
    reach = min(max(_GOES_ON * gap, _LEAST_REACH_S / movement.bin_s), _MOST_REACH_S / movement.bin_s)
    ends = np.flatnonzero(np.diff(sending.at) > reach)
    first, last = sending.at[np.append(0, ends + 1)], sending.at[np.append(ends, len(sending.at) - 1)]
    half = min(gap, reach) / 2
    return _between(first - half, last + half, len(movement.moving))


def marks(sending: Sending, movement: Movement, before_s: float, after_s: float) -> Floats:
    """1 from ``before_s`` before each event to ``after_s`` after it."""
    at = sending.at
    return _between(at - before_s / movement.bin_s, at + after_s / movement.bin_s, len(movement.moving))


def often(sending: Sending, movement: Movement) -> Floats:
    """Events a bin, by the gap that each bin lies in; nothing before the first and after the last."""
    gaps = np.maximum(np.diff(sending.at), _LEAST_GAP_S / movement.bin_s)
    rates = np.concatenate(([0.0], 1 / gaps, [0.0]))
    centres = np.arange(len(movement.moving)) + 0.5
    return rates[np.searchsorted(sending.at, centres, "right")].astype(np.float32)


def amounts(sending: Sending, movement: Movement) -> tuple[Floats, Floats]:
    """The logarithm of the sizes, summed a bin, and how many events each bin has."""
    bins = np.minimum(sending.at.astype(np.int64), len(movement.moving) - 1)
    logs = np.log2(sending.sizes + 1)
    counts = np.bincount(bins, minlength=len(movement.moving)).astype(np.float32)
    return np.bincount(bins, logs, len(movement.moving)).astype(np.float32), counts


def stacked(signals: Sequence[Floats]) -> NDArray[np.float32]:
    """Signals as the columns of a matrix."""
    return np.stack(signals, axis=1).astype(np.float32)


def _between(first: Floats, last: Floats, bins: int) -> Floats:
    """1 in each bin of which most lies between a first and its last."""
    starts = np.clip(np.rint(first), 0, bins).astype(np.int64)
    ends = np.clip(np.rint(last), 0, bins).astype(np.int64)
    ends = np.maximum(ends, np.minimum(starts + 1, bins))
    steps: Ints = np.bincount(starts, minlength=bins + 1) - np.bincount(ends, minlength=bins + 1)
    return (np.cumsum(steps)[:bins] > 0).astype(np.float32)
