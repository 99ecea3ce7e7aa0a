"""Contacts: who reached whom when. Bursts and connections as packed columns, one table row per pair of ends.

A ``connection`` event is a flow's first packet; ``burst`` and ``icmp`` events are what the client's side sent (``events``).
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.files import contact_events
from iotwatch.read.flows.batch import Payloads
from iotwatch.read.flows.events import EVENT, EXCERPT, ICMP_PROTOCOLS, MAX_EXCERPTS, Lane
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
    runs,
    some,
)
from iotwatch.read.layers.packets import Packets

CONNECTION, BURST, ICMP = 0, 1, 2
KINDS = ("connection", "burst", "icmp")
_MIX = np.uint64(0x9E3779B97F4A7C15)
_ROWS = 4096  # whose excerpts are handed out at a time
_EVENTS = 1 << 16  # that are packed at a time
_SILENT = 2  # packets of a pair, both directions together, that a flood or a scan of ports costs


class ContactTable(msgspec.Struct, frozen=True):
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

    def packed(self) -> Iterator[contact_events.Packed]:
        """Times, sizes and frames of every row's events, and offsets and lengths of the first and the last, in turn.

        They are packed as the store keeps them, some rows at a time, never all at once.
        """
        row, count = 0, len(self)
        while row < count:
            stop = int(np.searchsorted(self.bounds, self.bounds[row] + _EVENTS, "right")) - 1
            stop = max(stop, row + 1)
            first, last = int(self.bounds[row]), int(self.bounds[stop])
            bounds, here = self.bounds[row : stop + 1] - first, slice(first, last)
            columns = (self.times, self.sizes, self.frames, self.offsets, self.lengths)
            yield from contact_events.packed([column[here].astype(np.int64) for column in columns], bounds)
            row = stop


class ContactCollector:
    """Finds events batch by batch; ``close`` when all packets were seen, ``finish`` sorts them into a ``ContactTable``.

    Of flows whose ends may still be turned (``FlowTable.is_open``) both sides are listened to, of the others the client.
    """

    def __init__(self, flows: FlowTable, limit: int) -> None:
        self._flows = flows
        self._limit = limit
        self._up, self._down = Lane(), Lane()
        self._opened = 0
        self._heads = np.zeros((64, EXCERPT), np.uint8)  # of each flow's first packet
        self._known = 0
        self.left = 0

    def look(self, packets: Packets, sent: Payloads) -> None:
        """Note a batch's events: ``sent`` are its payloads as they were on the wire."""
        self._remember_new(packets)
        down = sent.side & 1 == 1
        up = indices(~down)
        if len(up):
            self._listen(self._up, packets, sent.where(up))
        if len(up) < len(down):
            answers = indices(down & self._flows.is_open[sent.side >> 1])
            if len(answers):
                self._listen(self._down, packets, sent.where(answers))

    def _listen(self, lane: Lane, packets: Packets, sent: Payloads) -> None:
        lane.grow(len(self._flows))
        room = self._limit - len(self._up.events) - len(self._down.events)
        found = lane.look(packets, sent, room)
        if found > room:
            self.left += found

    def _remember_new(self, packets: Packets) -> None:
        now, total = self._known, len(self._flows)
        self._known = total
        kept = min(total, MAX_EXCERPTS)
        if kept <= now:
            return
        self._heads = grown(self._heads, kept)
        at = self._flows.first_offset[now:kept] - packets.records.base
        self._heads[now:kept] = heads(packets.data, at, EXCERPT)

    def close(self) -> None:
        """Each flow's first packet is an event too: a connection."""
        flows = self._flows
        protocol = flows.protocol[: len(flows)]
        own = indices((protocol != ICMP_PROTOCOLS[0]) & (protocol != ICMP_PROTOCOLS[1]))
        self._opened = len(own)
        self._up.events.append(
            len(own),
            flow=own,
            time=flows.first[own],
            size=flows.first_length[own],
            frame=flows.first_frame[own],
            offset=flows.first_offset[own],
            length=flows.first_captured[own],
        )

    def finish(self) -> ContactTable:
        """The table, rows in order of their first flow, connections before bursts; the collector is empty afterwards."""
        flows = self._flows
        count = len(flows)
        pair, flow_of_pair = pairs(flows)
        protocol = flows.protocol[:count]
        icmp = (protocol == ICMP_PROTOCOLS[0]) | (protocol == ICMP_PROTOCOLS[1])
        opened = len(self._up.events) - self._opened  # from there on, the events are connections
        kept = min(count, MAX_EXCERPTS)
        for lane in (self._up, self._down):
            lane.grow(count)
        turned = indices(flows.is_turned[:kept])
        if some(flows.is_turned[:count]):
            opened = self._turn()
            for mine, theirs in ((self._up.first, self._down.first), (self._up.last, self._down.last)):
                mine[turned] = theirs[turned]
        events, self._up.events = self._up.events, GrowingTable(**EVENT)
        contact = (pair * np.int32(len(KINDS)) + np.where(icmp, ICMP, BURST).astype(np.int32))[events.column("flow")]
        contact[opened:] += np.int32(CONNECTION - BURST)
        order, contact, times = _by_contact_and_time(contact, events.drawn("time"))
        bounds = limits(runs(contact), len(order))
        contact = contact[bounds[:-1]]
        columns = {name: events.drawn(name, order) for name in ("size", "frame", "offset", "length", "flow")}
        del order
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
            heads=(self._heads[:kept], self._up.first[:kept], self._up.last[:kept]),
        )

    def _turn(self) -> int:
        """Take the events of turned flows from their other side; where the connections begin in the new table."""
        turned = self._flows.is_turned
        up, down = self._up.events, self._down.events
        opened = len(up) - self._opened
        side = up.column("flow")
        stay = ~turned[side]
        stay[opened:] = True
        answers = indices(turned[down.column("flow")])
        begin = indices(stay[:opened])
        merged = GrowingTable(**EVENT)
        columns = {}
        for name in EVENT:
            mine, theirs = up.drawn(name), down.drawn(name)
            columns[name] = np.concatenate((mine[begin], theirs[answers], mine[opened:]))
        merged.append(len(columns["flow"]), **columns)
        self._up.events, self._down.events = merged, GrowingTable(**EVENT)
        return len(begin) + len(answers)


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


def pairs(flows: FlowTable) -> tuple[Int32s, Int64s]:
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


def foremost(flows: FlowTable, among: Bools, limit: int) -> Bools:
    """Which rows of ``flows``, ``among`` those, are kept: all, or ``limit`` of them.

    A flood of packets, each to another port, must not hide who talks: pairs of ends that said next to nothing come last, and of
    each pair the first flows come first, so that neither many pairs nor a pair of many flows takes all the room.
    """
    count = len(flows)
    if np.count_nonzero(among) <= limit:
        return among
    pair, _ = pairs(flows)
    silent = np.bincount(pair, flows.packets[:count].sum(axis=1)) <= _SILENT
    order = np.argsort(pair, kind="stable")
    bounds = limits(runs(pair[order]), count)
    place = np.empty(count, np.int64)
    place[order] = np.arange(count) - bounds[:-1].repeat(np.diff(bounds))
    kept = np.zeros(count, np.bool_)
    kept[np.lexsort((place, silent[pair], ~among))[:limit]] = True
    return kept
