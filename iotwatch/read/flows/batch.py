"""A batch's packets in the order in which flows are looked at: by flow and direction, then as they came."""

from __future__ import annotations

from typing import NamedTuple

from iotwatch.read.layers.columns import Int64s, every, indices
from iotwatch.read.layers.packets import Packets


class Sorted(NamedTuple):
    """A batch's flow packets in order of (flow, direction, time of arrival).

    ``rows`` are packet numbers of the batch, ``side`` is flow * 2 + (0 up, 1 down) of each. ``starts`` and ``sides``
    describe the runs of equal ``side``.
    """

    rows: Int64s
    side: Int64s
    starts: Int64s
    sides: Int64s


class Payloads(NamedTuple):
    """The packets of a batch that carry something, in its order: where their bytes stand in the buffer, and how many."""

    rows: Int64s
    side: Int64s
    start: Int64s
    length: Int64s

    def where(self, chosen: Int64s) -> Payloads:
        """Those at positions ``chosen`` of these."""
        return Payloads(self.rows[chosen], self.side[chosen], self.start[chosen], self.length[chosen])


def payloads(packets: Packets, batch: Sorted, end: Int64s) -> Payloads:
    """What ends behind its header; ``end`` is in the order of the batch."""
    start = packets.pos[batch.rows]
    whole = Payloads(batch.rows, batch.side, start, end - start)
    chosen = whole.length > 0
    return whole if every(chosen) else whole.where(indices(chosen))
