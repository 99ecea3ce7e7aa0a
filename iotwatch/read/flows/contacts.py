"""Contacts: who reached whom when. Bursts and connections as packed columns, one table row per pair of ends.

A ``connection`` event is a flow's first packet, a ``burst`` the first client payload at least one second after the flow's
last such event (so a sender that never pauses gives one a second), an ``icmp`` event each ICMP packet of the client.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from iotwatch.read.flows.batch import Payloads
from iotwatch.read.flows.growing import GrowingTable
from iotwatch.read.flows.table import FlowTable
from iotwatch.read.layers.columns import (
    Bools,
    Bytes,
    Int32s,
    Int64s,
    grown,
    heads,
    indices,
    limits,
    ranked,
    run_heads,
    run_tails,
    runs,
    spaced,
)
from iotwatch.read.layers.packets import Packets

CONNECTION, BURST, ICMP = 0, 1, 2
KINDS = ("connection", "burst", "icmp")
APART_US = 1_000_000
EXCERPT = 64
ICMP_PROTOCOLS = (1, 58)
_EVENT: dict[str, type[np.generic]] = {
    "flow": np.int32, "size": np.uint32, "frame": np.uint32, "length": np.uint32, "time": np.int64, "offset": np.int64,
}  # fmt: skip
_MIX = np.uint64(0x9E3779B97F4A7C15)
_NEVER = np.int64(-(1 << 62))
MAX_EXCERPTS = 200_000
_ROWS = 4096  # whose excerpts are handed out at a time
_EVENTS = 1 << 16  # that are packed at a time


@dataclass(frozen=True, slots=True)
class ContactTable:
    """One row per (client, server, server port, transport, kind), with its events in order of time.

    The events of row ``i`` are ``bounds[i]`` to ``bounds[i + 1]`` of the event columns: ``times`` (microseconds), ``sizes``
    (client payload bytes of bursts and ICMP, wire bytes of connections), ``frames``, ``offsets`` and ``lengths`` (the
    packet record's data in the capture), ``flow`` (row of the flow table). ``kind`` indexes ``KINDS``; ``flow_of`` is a
    flow whose ends the row has. ``heads`` are, for each of the first flows, the first bytes of its first packet, and of the
    packets of its first and its last event that is no connection.
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
    heads: tuple[Bytes, Bytes, Bytes]

    def __len__(self) -> int:
        return len(self.kind)

    def events(self, row: int) -> slice:
        """Where the events of a row are in the event columns."""
        return slice(int(self.bounds[row]), int(self.bounds[row + 1]))

    def excerpt(self, row: int, *, last: bool = False) -> bytes:
        """The first bytes, 64 at most, of the row's first or last event's packet; empty when they were not kept."""
        at = int(self.bounds[row + 1]) - 1 if last else int(self.bounds[row])
        flow = int(self.flow[at])
        kept = self.heads[CONNECTION if self.kind[row] == CONNECTION else 1 + last]
        return kept[flow, : int(self.lengths[at])].tobytes() if flow < len(kept) else b""

    def excerpts(self) -> Iterator[tuple[bytes, bytes]]:
        """Both excerpts of every row, in turn."""
        for first in range(0, len(self), _ROWS):
            rows = slice(first, first + _ROWS)
            connection = self.kind[rows] == CONNECTION
            yield from zip(
                self._excerpts(self.bounds[:-1][rows], connection, 1),
                self._excerpts(self.bounds[1:][rows] - 1, connection, 2),
                strict=True,
            )

    def _excerpts(self, events: Int64s, connection: Bools, kept: int) -> list[bytes]:
        raw = np.empty((len(events), EXCERPT), np.uint8)
        for chosen, start in ((connection, self.heads[CONNECTION]), (~connection, self.heads[kept])):
            raw[chosen] = start[np.minimum(self.flow[events[chosen]], len(start) - 1)]
        sizes = np.minimum(self.lengths[events], EXCERPT)
        sizes[self.flow[events] >= MAX_EXCERPTS] = 0
        joined = raw.tobytes()
        return [joined[at : at + size] for at, size in zip(range(0, len(joined), EXCERPT), sizes.tolist(), strict=True)]

    def packed(self) -> Iterator[tuple[bytes, bytes, bytes, bytes, bytes]]:
        """Times, sizes, frames, offsets and lengths of every row's events, in turn, as little-endian int64.

        Times are differences, the first one of a row is its first time. Rows are packed some at a time, never all at once.
        """
        row, count = 0, len(self)
        while row < count:
            stop = int(np.searchsorted(self.bounds, self.bounds[row] + _EVENTS, "right")) - 1
            stop = max(stop, row + 1)
            first, last = int(self.bounds[row]), int(self.bounds[stop])
            bounds = self.bounds[row : stop + 1] - first
            deltas = np.diff(self.times[first:last], prepend=self.times[first])
            deltas[bounds[:-1]] = self.times[first:last][bounds[:-1]]
            columns = [
                column.astype("<i8").tobytes()
                for column in (
                    deltas,
                    *(each[first:last] for each in (self.sizes, self.frames, self.offsets, self.lengths)),
                )
            ]
            for begin, end in pairwise((bounds * 8).tolist()):
                times, sizes, frames, offsets, lengths = [column[begin:end] for column in columns]
                yield times, sizes, frames, offsets, lengths
            row = stop


class ContactCollector:
    """Finds events batch by batch; ``finish`` sorts them into a ``ContactTable``."""

    def __init__(self, flows: FlowTable, limit: int) -> None:
        self._flows = flows
        self._limit = limit
        self._last_event = np.empty(0, np.int64)
        self._spoke: Bools = np.zeros(64, np.bool_)
        self._events = GrowingTable(**_EVENT)
        # First bytes by flow: of its first packet, and of its first and last event that is no connection.
        self._heads = [np.zeros((64, EXCERPT), np.uint8) for _ in range(3)]
        self._known = 0
        self.left = 0

    def look(self, packets: Packets, sent: Payloads) -> None:
        """Note a batch's events: ``sent`` are its payloads as they were on the wire."""
        self._remember_new(packets)
        up = indices(sent.side & 1 == 0)
        if not len(up):
            return
        rows = sent.rows[up]
        flow = sent.side[up] >> 1
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
        self._note(packets, rows[events], flow[events], sent.length[up[events]])

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
        self._spoke = grown(self._spoke, kept)
        self._heads = [grown(column, kept) for column in self._heads]
        at = self._flows.first_offset[now:kept] - packets.records.base
        self._heads[CONNECTION][now:kept] = heads(packets.data, at, EXCERPT)

    def _note(self, packets: Packets, rows: Int64s, flow: Int64s, size: Int64s) -> None:
        if not len(rows):
            return
        records = packets.records
        start = records.start[rows]
        self._events.append(
            len(rows),
            flow=flow,
            time=records.time[rows],
            size=size,
            frame=records.frame[rows],
            offset=start + records.base,
            length=records.captured[rows],
        )
        if len(self._flows) > MAX_EXCERPTS:
            kept = indices(flow < MAX_EXCERPTS)
            flow, start = flow[kept], start[kept]
        first, last = indices(run_heads(flow)), indices(run_tails(flow))
        first = first[~self._spoke[flow[first]]]
        new, known = flow[first], flow[last]
        self._spoke[new] = True
        self._heads[1][new] = heads(packets.data, start[first], EXCERPT)
        self._heads[2][known] = heads(packets.data, start[last], EXCERPT)

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
        events, self._events = self._events, GrowingTable(**_EVENT)
        contact = (pair * np.int32(len(KINDS)) + np.where(icmp, ICMP, BURST).astype(np.int32))[events.column("flow")]
        contact[len(contact) - len(own) :] = pair[own] * len(KINDS) + CONNECTION
        order, contact, times = _by_contact_and_time(contact, events.drawn("time"))
        bounds = limits(runs(contact), len(order))
        contact = contact[bounds[:-1]]
        columns = {name: events.drawn(name, order) for name in ("size", "frame", "offset", "length", "flow")}
        del order
        kept = min(len(flows), MAX_EXCERPTS)
        return ContactTable(
            kind=(contact % len(KINDS)).astype(np.uint8),
            flow_of=flow_of_pair[contact // len(KINDS)],
            bounds=bounds,
            times=times,
            sizes=columns["size"],
            frames=columns["frame"],
            offsets=columns["offset"],
            lengths=columns["length"],
            flow=columns["flow"],
            heads=(self._heads[0][:kept], self._heads[1][:kept], self._heads[2][:kept]),
        )


def _by_contact_and_time(contact: Int32s, time: Int64s) -> tuple[Int64s, Int32s, Int64s]:
    """Sort order, and contacts and times in it. ``time`` is used up: where both fit into one key, it is made in its place."""
    if not len(time):
        return np.empty(0, np.int64), contact, time
    earliest = int(time.min())
    bits = (int(time.max()) - earliest).bit_length()
    if bits + int(contact.max()).bit_length() > 62:
        order = np.lexsort((time, contact))
        return order, contact[order], time[order]
    key = time
    key -= earliest
    high = contact.astype(np.int64)
    high <<= bits
    key |= high
    del high
    order = np.argsort(key, kind="stable")
    key.sort()  # as key[order] would, without a copy of it
    key &= (1 << bits) - 1
    key += earliest
    return order, contact[order], key


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
    number, first = ranked(key)
    return number.astype(np.int32), first
