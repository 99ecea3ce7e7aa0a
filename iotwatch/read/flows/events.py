"""What one side of the flows sent, as events.

A ``burst`` is the first payload at least one second after the side's last such event (so a sender that never pauses gives one a
second), an ``icmp`` event each ICMP packet.
"""

from __future__ import annotations

import numpy as np

from iotwatch.read.flows.batch import Payloads
from iotwatch.read.flows.growing import GrowingTable
from iotwatch.read.layers.columns import Bools, Int64s, grown, heads, indices, run_heads, run_tails, spaced
from iotwatch.read.layers.packets import Packets

APART_US = 1_000_000
EXCERPT = 64
ICMP_PROTOCOLS = (1, 58)
EVENT: dict[str, type[np.generic]] = {
    "flow": np.int32, "size": np.uint32, "frame": np.uint32, "length": np.uint32, "time": np.int64, "offset": np.int64,
}  # fmt: skip
_NEVER = np.int64(-(1 << 62))
MAX_EXCERPTS = 200_000


class Lane:
    """What one side of the flows sent: its events, when each flow's last one was, and the first bytes of the first and last."""

    def __init__(self) -> None:
        self.events = GrowingTable(**EVENT)
        self.first = np.zeros((64, EXCERPT), np.uint8)
        self.last = np.zeros((64, EXCERPT), np.uint8)
        self._last_event = np.empty(0, np.int64)
        self._spoke: Bools = np.zeros(64, np.bool_)

    def grow(self, total: int) -> None:
        """Make room for ``total`` flows."""
        if total > len(self._last_event):
            wider = np.full(max(total, 2 * len(self._last_event), 64), _NEVER)
            wider[: len(self._last_event)] = self._last_event
            self._last_event = wider
        kept = min(total, MAX_EXCERPTS)
        self._spoke = grown(self._spoke, kept)
        self.first, self.last = grown(self.first, kept), grown(self.last, kept)

    def look(self, packets: Packets, sent: Payloads, room: int) -> int:
        """Note the events of payloads that are all this side's; how many there are, of which all or none are taken."""
        flow = sent.side >> 1
        time = packets.records.time[sent.rows]
        event = spaced(time, flow, self._last_event[flow], APART_US)
        burst = indices(event)
        # Assigning in order leaves each flow's last one.
        self._last_event[flow[burst]] = time[burst]
        protocol = packets.protocol[sent.rows]
        events = indices(event | (protocol == ICMP_PROTOCOLS[0]) | (protocol == ICMP_PROTOCOLS[1]))
        if len(events) <= room:
            self._note(packets, sent.rows[events], flow[events], sent.length[events])
        return len(events)

    def _note(self, packets: Packets, rows: Int64s, flow: Int64s, size: Int64s) -> None:
        if not len(rows):
            return
        records = packets.records
        start = records.start[rows]
        self.events.append(
            len(rows),
            flow=flow,
            time=records.time[rows],
            size=size,
            frame=records.frame[rows],
            offset=start + records.base,
            length=records.captured[rows],
        )
        if len(self._last_event) > MAX_EXCERPTS:
            kept = indices(flow < MAX_EXCERPTS)
            flow, start = flow[kept], start[kept]
        first, last = indices(run_heads(flow)), indices(run_tails(flow))
        first = first[~self._spoke[flow[first]]]
        new, known = flow[first], flow[last]
        self._spoke[new] = True
        self.first[new] = heads(packets.data, start[first], EXCERPT)
        self.last[known] = heads(packets.data, start[last], EXCERPT)
