"""Contacts: who reached whom when. Bursts and connections as packed columns, one table row per pair of ends.

A ``connection`` event is a flow's first packet, a ``burst`` the first client payload at least one second after the flow's
last such event (so a sender that never pauses gives one a second), an ``icmp`` event each ICMP packet of the client.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iotwatch.read.columns import Bytes, Int32s, Int64s, grown, heads, indices, run_heads, run_tails, runs, spaced
from iotwatch.read.flows import FlowTable, Sorted
from iotwatch.read.packets import Packets
from iotwatch.read.tape import Tape

CONNECTION, BURST, ICMP = 0, 1, 2
KINDS = ("connection", "burst", "icmp")
APART_US = 1_000_000
EXCERPT = 64
ICMP_PROTOCOLS = (1, 58)
_EVENT = np.dtype(
    [
        ("flow", np.int32),
        ("size", np.uint32),
        ("frame", np.uint32),
        ("length", np.uint32),
        ("time", np.int64),
        ("offset", np.int64),
    ]
)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_NEVER = np.int64(-(1 << 62))
MAX_EXCERPTS = 200_000


@dataclass(frozen=True, slots=True)
class ContactTable:
    """One row per (client, server, server port, transport, kind), with its events in order of time.

    The events of row ``i`` are ``bounds[i]`` to ``bounds[i + 1]`` of the event columns: ``times`` (microseconds), ``sizes``
    (client payload bytes of bursts and ICMP, wire bytes of connections), ``frames``, ``offsets`` and ``lengths`` (the
    packet record's data in the capture), ``flow`` (row of the flow table). ``kind`` indexes ``KINDS``; ``flow_of`` is a
    flow whose ends the row has. ``heads`` are the first bytes of the first and last event's packets.
    """

    kind: NDArray[np.uint8]
    flow_of: Int64s
    bounds: Int64s
    times: Int64s
    sizes: NDArray[np.uint32]
    frames: NDArray[np.uint32]
    offsets: Int64s
    lengths: NDArray[np.uint32]
    flow: NDArray[np.int32]
    heads: Bytes

    def __len__(self) -> int:
        return len(self.kind)

    def events(self, row: int) -> slice:
        """Where the events of a row are in the event columns."""
        return slice(int(self.bounds[row]), int(self.bounds[row + 1]))

    def excerpt(self, row: int, *, last: bool = False) -> bytes:
        """The first bytes, 64 at most, of the row's first or last event's packet; empty when they were not kept."""
        if row >= len(self.heads):
            return b""
        at = int(self.bounds[row + 1]) - 1 if last else int(self.bounds[row])
        return self.heads[row, int(last), : int(self.lengths[at])].tobytes()


class ContactCollector:
    """Finds events batch by batch; ``finish`` sorts them into a ``ContactTable``."""

    def __init__(self, flows: FlowTable, limit: int) -> None:
        self._flows = flows
        self._limit = limit
        self._last_event = np.empty(0, np.int64)
        self._events = Tape(_EVENT)
        self._first_heads = np.zeros((64, EXCERPT), np.uint8)
        self._last_heads = np.zeros((64, EXCERPT), np.uint8)
        self._connection_heads = np.zeros((64, EXCERPT), np.uint8)
        self._known = 0
        self.left = 0

    def look(self, packets: Packets, batch: Sorted, chosen: Int64s) -> None:
        """Note a batch's events; ``chosen`` are positions in ``batch`` of packets with payload."""
        self._remember_new(packets)
        up = chosen[batch.side[chosen] & 1 == 0]
        if not len(up):
            return
        rows = batch.rows[up]
        flow = batch.side[up] >> 1
        time = packets.records.time[rows]
        event = spaced(time, flow, self._last_event[flow], APART_US)
        burst = indices(event)
        # Assigning in order leaves each flow's last one.
        self._last_event[flow[burst]] = time[burst]
        protocol = packets.protocol[rows]
        events = indices(event | (protocol == ICMP_PROTOCOLS[0]) | (protocol == ICMP_PROTOCOLS[1]))
        if len(self._events) + len(events) > self._limit:
            self.left += len(events)
            return
        self._note(packets, rows[events], flow[events])

    def _remember_new(self, packets: Packets) -> None:
        now, total = self._known, len(self._flows)
        if total > len(self._last_event):
            wider = np.full(max(total, 2 * len(self._last_event), 64), _NEVER)
            wider[: len(self._last_event)] = self._last_event
            self._last_event = wider
        if total == now:
            return
        self._known = total
        kept = min(total, MAX_EXCERPTS)
        if kept <= now:
            return
        self._connection_heads = grown(self._connection_heads, kept)
        self._first_heads = grown(self._first_heads, kept)
        self._last_heads = grown(self._last_heads, kept)
        at = self._flows.first_offset[now:kept] - packets.records.base
        self._connection_heads[now:kept] = heads(packets.data, at, EXCERPT)

    def _note(self, packets: Packets, rows: Int64s, flow: Int64s) -> None:
        if not len(rows):
            return
        records = packets.records
        start = records.start[rows]
        self._events.append(
            len(rows),
            flow=flow,
            time=records.time[rows],
            size=packets.sent_until(rows) - packets.pos[rows],
            frame=records.frame[rows],
            offset=start + records.base,
            length=records.captured[rows],
        )
        kept = flow < MAX_EXCERPTS
        first, last = run_heads(flow) & kept, run_tails(flow) & kept
        new = first & (self._first_heads[np.minimum(flow, MAX_EXCERPTS - 1)].any(axis=1) == 0)
        self._first_heads[flow[new]] = heads(packets.data, start[new], EXCERPT)
        self._last_heads[flow[last]] = heads(packets.data, start[last], EXCERPT)

    def finish(self) -> ContactTable:
        """The table, rows in order of their first flow, connections before bursts; the collector is empty afterwards."""
        flows = self._flows
        pair, flow_of_pair = _pairs(flows)
        protocol = flows.protocol[: len(flows)]
        icmp = (protocol == ICMP_PROTOCOLS[0]) | (protocol == ICMP_PROTOCOLS[1])
        own = indices(~icmp)
        self._events.append(
            len(own),
            flow=own,
            time=flows.first[own],
            size=flows.first_length[own],
            frame=flows.first_frame[own],
            offset=flows.first_offset[own],
            length=flows.first_captured[own],
        )
        flow = self._events.column("flow")
        kind = np.where(icmp, ICMP, BURST).astype(np.int32)[flow]
        kind[len(flow) - len(own) :] = CONNECTION
        contact = pair[flow] * 3 + kind
        del flow, kind
        order = _by_contact_and_time(contact, self._events.column("time"))
        contact = contact[order]
        bounds = np.append(runs(contact), len(order))
        row = contact[bounds[:-1]]
        del contact
        events = self._events.rows(order)
        self._events = Tape(_EVENT)
        return ContactTable(
            kind=(row % 3).astype(np.uint8),
            flow_of=flow_of_pair[row // 3],
            bounds=bounds,
            times=events["time"],
            sizes=events["size"],
            frames=events["frame"],
            offsets=events["offset"],
            lengths=events["length"],
            flow=events["flow"],
            heads=self._excerpts(row % 3, events["flow"], bounds),
        )

    def _excerpts(self, kind: Int32s, flow: NDArray[np.int32], bounds: Int64s) -> Bytes:
        """First and last packet bytes of each row, from what was kept by flow."""
        out = np.zeros((len(kind), 2, EXCERPT), np.uint8)
        if not len(kind):
            return out
        for number, (ends, kept) in enumerate(
            ((flow[bounds[:-1]], self._first_heads), (flow[bounds[1:] - 1], self._last_heads))
        ):
            known = ends < MAX_EXCERPTS
            connection = known & (kind == CONNECTION)
            out[connection, number] = self._connection_heads[ends[connection]]
            other = known & (kind != CONNECTION)
            out[other, number] = kept[ends[other]]
        return out


def _by_contact_and_time(contact: Int32s, time: Int64s) -> Int64s:
    """Sort order; one packed key where both fit into it, which sorts twice as fast."""
    if not len(time):
        return np.empty(0, np.int64)
    earliest = time.min()
    bits = int(time.max() - earliest).bit_length()
    if bits + int(contact.max()).bit_length() > 62:
        return np.lexsort((time, contact))
    packed = contact.astype(np.int64) << bits
    packed |= time - earliest
    return np.argsort(packed, kind="stable")


def _pairs(flows: FlowTable) -> tuple[Int32s, Int64s]:
    """Number of each flow's (client, server, server port, transport), and a first flow for each number."""
    total = len(flows)
    if not total:
        return np.empty(0, np.int32), np.empty(0, np.int64)
    words = np.ascontiguousarray(flows.ends[:total]).reshape(total, 32).view(np.uint64)
    key = flows.ports[:total, 1].astype(np.uint64) << np.uint64(9)
    key |= flows.protocol[:total].astype(np.uint64) << np.uint64(1) | flows.wide[:total]
    for column in words.T:
        key = (key ^ column) * _MIX
        key ^= key >> np.uint64(29)
    _, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return rank[inverse].astype(np.int32), first[order]
