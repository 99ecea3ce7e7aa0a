"""TCP reassembly of kept segments, all streams at once: order, duplicates, overlaps and holes (RFC 9293 section 3.4).

Sequence numbers are taken relative to the stream's start, so a wrap of the 32-bit number is no event. Of an overlap the
bytes of the segment that begins earlier are used, of equal beginnings the one that came first. A hole is never glued: it
is told as a gap.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from iotwatch.read.layers.columns import Bools, Int64s, indices, run_heads
from iotwatch.read.streams.segments import Segments

_SIDE_SHIFT = np.int64(34)
_BIAS = np.int64(1 << 33)


class Pieces(NamedTuple):
    """Segments as they are handed out: ``order`` picks them, ``skip`` bytes of each are left out, ``hole`` bytes are
    missing before it."""

    order: Int64s
    skip: Int64s
    hole: Int64s


def untouched(segments: Segments) -> Pieces:
    """Segments that are messages of their own: all of them, as they came."""
    zero = np.zeros(len(segments.stream), np.int64)
    return Pieces(np.arange(len(zero)), zero, zero)


def reassemble(segments: Segments, is_tcp: Bools, isn: Int64s) -> Pieces:
    """Put segments in stream order. ``is_tcp`` is per segment; ``isn`` is the stream's first byte's number, or -1."""
    count = len(segments.stream)
    order = np.arange(count)
    skip = np.zeros(count, np.int64)
    hole = np.zeros(count, np.int64)
    tcp = indices(is_tcp)
    if not len(tcp):
        return Pieces(order, skip, hole)
    stream = segments.stream[tcp]
    heading = run_heads(stream)
    first = indices(heading)
    group = np.cumsum(heading) - 1
    base = np.where(isn[tcp[first]] >= 0, isn[tcp[first]], segments.sequence[tcp[first]].astype(np.int64))
    start = _relative(segments.sequence[tcp], base[group])
    shuffled = _shuffled(group, start)
    if len(shuffled):
        again = shuffled[np.lexsort((start[shuffled], group[shuffled]))]
        order[tcp[shuffled]] = tcp[again]
        start[shuffled] = start[again]
    end = start + segments.length[order[tcp]]
    # The running end of what a stream has so far, for all streams in one pass: the group number leads.
    reached = np.maximum.accumulate((group << _SIDE_SHIFT) + end + _BIAS)
    before = np.empty(len(tcp), np.int64)
    before[1:] = reached[:-1] - (group[1:] << _SIDE_SHIFT) - _BIAS
    before[first] = np.where(isn[tcp[first]] >= 0, np.minimum(start[first], 0), start[first])
    late = first[isn[tcp[first]] >= 0]
    before[late] = 0
    skip[tcp] = np.clip(before - start, 0, end - start)
    hole[tcp] = np.clip(start - before, 0, None)
    keep = np.ones(count, np.bool_)
    keep[tcp] = end > np.maximum(before, start)
    chosen = indices(keep)
    return Pieces(order[chosen], skip[chosen], hole[chosen])


def _relative(sequence: NDArray[np.uint32], base: Int64s) -> Int64s:
    """Signed distance of a sequence number from the base, modulo 2^32."""
    return ((sequence.astype(np.int64) - base) & 0xFFFFFFFF).astype(np.uint32).view(np.int32).astype(np.int64)


def _shuffled(group: Int64s, start: Int64s) -> Int64s:
    """All segments of the streams in which one came out of order."""
    back = indices((group[1:] == group[:-1]) & (start[1:] < start[:-1]))
    if not len(back):
        return back
    bad = np.zeros(int(group[-1]) + 1, np.bool_)
    bad[group[back]] = True
    return indices(bad[group])
