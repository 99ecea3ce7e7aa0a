"""The flow table: every conversation of the capture as one row of columns, filled batch by batch.

A flow is a five-tuple within its kind of tunnel. A SYN with another sequence number than the last one begins a new flow
on the same five-tuple, as in Wireshark. Which end is the client is told by ``ends``, for each flow by its first packet;
what only all flows, or the messages, tell turns flows round later.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from iotwatch.read.flows.batch import Sorted
from iotwatch.read.flows.ends import ACK, SYN, Devices, Heard, Known, first_word, last_word
from iotwatch.read.flows.hash_table import Keys, KeyTable
from iotwatch.read.flows.naming import addresses, link_addresses, transport_name
from iotwatch.read.layers.columns import (
    Bools,
    Bytes,
    Int64s,
    distinct,
    grown,
    heads,
    indices,
    limits,
    ranked,
    runs,
    some,
)
from iotwatch.read.layers.packets import FLOW, Packets
from iotwatch.read.layers.transport import TCP
from iotwatch.read.stream import Flow
from iotwatch.words.ends import EndsBy

_MIX = np.uint64(0x9E3779B97F4A7C15)
_FOLD = np.uint64(0xD6E8FEB86659FD93)
_ROW_BITS = np.int64(24)
_ROW_MASK = np.int64((1 << 24) - 1)
NO_ISN = -1
_BLOCK = 1 << 14  # flows that are put into words at once
_ROOM = 256  # flows that there is room for at once: most files of a batch have fewer
_TOLD = tuple(EndsBy)

_COLUMNS: dict[str, tuple[Any, ...]] = {
    "protocol": (np.uint8,), "wide": (np.bool_,), "client_high": (np.bool_,), "ends": (np.uint8, 2, 16),
    "ports": (np.uint16, 2), "macs": (np.uint8, 2, 6), "has_mac": (np.bool_, 2), "first": (np.int64,),
    "last": (np.int64, 2), "packets": (np.int64, 2), "octets": (np.int64, 2), "isn": (np.int64, 2),
    "first_frame": (np.int64,), "first_offset": (np.int64,), "first_captured": (np.int64,), "first_length": (np.int64,),
    "tunnel": (np.int32,), "by": (np.uint8,), "is_open": (np.bool_,), "is_turned": (np.bool_,),
}  # fmt: skip


class FlowTable:
    """Columns with one row per flow; ``text`` and ``flow`` give one in words, on demand.

    Pairs of columns are (client or up, server or down). ``first`` and ``last`` are microseconds, ``octets`` bytes on the
    wire, ``isn`` initial sequence numbers (-1: unknown), ``first_*`` say where the first packet stands. ``by`` is what told the
    ends apart (values of ``EndsBy``), ``is_open`` whether weightier evidence than the first packet's may still come,
    ``is_turned`` whether it came: then the side that was counted as the client's (0) is the server's.
    """

    def __init__(self, devices: Devices | None = None) -> None:
        self._devices = devices
        self.count = 0
        self.tunnels: list[str] = [""]
        self._tunnel_ids: dict[str, int] = {"": 0}
        self._keys = KeyTable()
        self._key_of = np.zeros(_ROOM, np.uint64)
        self._words: dict[int, list[Flow]] = {}  # by block of rows
        for name, (kind, *shape) in _COLUMNS.items():
            setattr(self, name, np.zeros((_ROOM, *shape), kind))

    protocol: NDArray[np.uint8]
    wide: Bools
    client_high: Bools
    ends: NDArray[np.uint8]
    ports: NDArray[np.uint16]
    macs: NDArray[np.uint8]
    has_mac: Bools
    first: Int64s
    last: Int64s
    packets: Int64s
    octets: Int64s
    isn: Int64s
    first_frame: Int64s
    first_offset: Int64s
    first_captured: Int64s
    first_length: Int64s
    tunnel: NDArray[np.int32]
    by: NDArray[np.uint8]
    is_open: Bools
    is_turned: Bools

    def __len__(self) -> int:
        return self.count

    def update(self, packets: Packets) -> Sorted | None:
        """Count a batch's flow packets; ``None`` when it has none."""
        rows = indices(packets.code == FLOW)
        if not len(rows):
            return None
        keys, reverse = _keys(packets, rows)
        ids = self._identify(packets, rows, keys, reverse)
        side = ids * 2 + (reverse != self.client_high[ids])
        packed = (side << _ROW_BITS) | rows
        packed.sort()
        rows = packed & _ROW_MASK
        side = packed >> _ROW_BITS
        starts = runs(side)
        batch = Sorted(rows, side, starts, side[starts])
        self._count(packets, batch)
        return batch

    def _count(self, packets: Packets, batch: Sorted) -> None:
        records = packets.records
        ends = limits(batch.starts, len(batch.rows))[1:]
        self.packets.reshape(-1)[batch.sides] += ends - batch.starts
        self.octets.reshape(-1)[batch.sides] += np.add.reduceat(records.length[batch.rows], batch.starts)
        self.last.reshape(-1)[batch.sides] = records.time[batch.rows[ends - 1]]

    def _identify(self, packets: Packets, rows: Int64s, keys: Keys, reverse: Bools) -> Int64s:
        """Row of the flow table for each packet; flows seen for the first time get one."""
        ids = self._keys.find(keys)
        unknown = indices(ids < 0)
        if len(unknown):
            number, at = ranked(keys[unknown])
            number += self.count
            ids[unknown] = number
            first = unknown[at]
            self._create(packets, rows[first], reverse[first], keys[first])
            self._keys.put(keys[first], number[at])
        opening = indices(packets.flags[rows] & SYN > 0)
        if len(opening):
            answers = packets.flags[rows[opening]] & ACK > 0
            answer = opening[answers]
            self._note_answers(packets, rows[answer], ids[answer], reverse[answer])
            syn = opening[~answers]
            again = self.isn[ids[syn], 0] != packets.sequence[rows[syn]]
            if some(again):
                self._begin_again(packets, rows, ids, distinct(ids[syn[again]]), reverse)
        return ids

    def _note_answers(self, packets: Packets, rows: Int64s, ids: Int64s, reverse: Bools) -> None:
        """Initial sequence numbers out of SYN-ACKs: the server's, and the client's where its SYN was not captured."""
        late = indices(self.is_open[ids] & (self.by[ids] > EndsBy.HANDSHAKE.value))
        self.by[ids[late]] = EndsBy.HANDSHAKE.value
        self.is_turned[ids[late]] = reverse[late] == self.client_high[ids[late]]
        self.isn[ids, 1] = packets.sequence[rows]
        late = self.isn[ids, 0] == NO_ISN
        self.isn[ids[late], 0] = (packets.ack[rows[late]].astype(np.int64) - 1) & 0xFFFFFFFF

    def _begin_again(self, packets: Packets, rows: Int64s, ids: Int64s, reused: Int64s, reverse: Bools) -> None:
        """Split flows at SYNs with a new sequence number; ``ids`` is changed in place."""
        chosen = np.zeros(self.count, np.bool_)
        chosen[reused] = True
        mine = indices(chosen[ids])
        mine = mine[np.argsort(ids[mine], kind="stable")]
        flow = ids[mine]
        opening = packets.flags[rows[mine]] & (SYN | ACK) == SYN  # flags are TCP's alone, 0 elsewhere
        opens = indices(opening)
        sequence = packets.sequence[rows[mine[opens]]].astype(np.int64)
        before = self.isn[flow[opens], 0]
        again = flow[opens][1:] == flow[opens][:-1]
        before[1:][again] = sequence[:-1][again]
        fresh = opens[sequence != before]
        born = np.zeros(len(mine), np.int64)
        born[fresh] = 1
        total = np.cumsum(born)
        starts = np.searchsorted(flow, reused)
        within = total - (total[starts] - born[starts])[np.searchsorted(reused, flow)]
        packet = mine[fresh]
        self._create(packets, rows[packet], reverse[packet], self._key_of[flow[fresh]])
        moved = within > 0
        ids[mine[moved]] = self.count - len(fresh) + total[moved] - 1
        last = limits(starts, len(mine))[1:] - 1
        self._keys.replace(self._key_of[reused], ids[mine[last]])

    def _create(self, packets: Packets, rows: Int64s, reverse: Bools, keys: Keys) -> None:
        """Append one flow for each given packet, its first."""
        count = len(rows)
        now, total = self.count, self.count + count
        if total > len(self._key_of):
            for name in _COLUMNS:
                setattr(self, name, grown(getattr(self, name), total))
            self._key_of = grown(self._key_of, total)
        self.count = total
        new = slice(now, total)
        records = packets.records
        self._key_of[new] = keys
        self.protocol[new] = packets.protocol[rows]
        wide = self.wide[new] = packets.wide[rows]
        macs = np.stack((packets.from_mac[rows], packets.to_mac[rows]), axis=1)
        heard = Heard(
            *(packets, rows, _addresses(packets, rows, wide), wide),
            ports=np.stack((packets.source_port[rows], packets.target_port[rows]), axis=1),
            macs=heads(packets.data, np.maximum(macs, 0).reshape(-1), 6).reshape(-1, 2, 6),
            has_mac=macs >= 0,
        )
        by_server, by = first_word(heard, self._devices)
        self.by[new], self.is_open[new] = by, by > EndsBy.SCOPE.value
        self.client_high[new] = reverse != by_server
        for name in ("ends", "ports", "macs", "has_mac"):
            column = getattr(self, name)
            column[new] = getattr(heard, name)
            _swap(column[new], by_server)
        self.first[new] = records.time[rows]
        self.last[new] = records.time[rows][:, None]
        syn = (packets.flags[rows] & (SYN | ACK) == SYN) & (packets.protocol[rows] == TCP)
        self.isn[new] = NO_ISN
        self.isn[new, 0] = np.where(syn, packets.sequence[rows].astype(np.int64), NO_ISN)
        self.first_frame[new] = records.frame[rows]
        self.first_offset[new] = records.base + records.start[rows]
        self.first_captured[new] = records.captured[rows]
        self.first_length[new] = records.length[rows]
        if packets.tunnelled:
            self.tunnel[new] = [self._tunnel_id(packets, row) for row in rows.tolist()]

    def _tunnel_id(self, packets: Packets, row: int) -> int:
        text = packets.tunnel_text(row)
        number = self._tunnel_ids.setdefault(text, len(self.tunnels))
        if number == len(self.tunnels):
            self.tunnels.append(text)
        return number

    def close(self) -> None:
        """Let the flows together decide what their first packets left open: the last word of the wire itself."""
        count = self.count
        rows = indices(self.is_open[:count] & (self.by[:count] > EndsBy.STATED.value))
        if len(rows):
            known = Known(self.protocol[:count], self.ends[:count], self.ports[:count], self.packets[:count])
            self.is_turned[rows], self.by[rows] = last_word(known, rows, self.by[rows])
        self._turn(indices(self.is_turned[:count]))

    def settle(self, row: int, *, turned: bool) -> None:
        """Take the messages' word for who is the client of an open flow: the other end than it seemed when ``turned``."""
        self.by[row] = EndsBy.STATED.value
        if turned:
            self.is_turned[row] ^= True
            self._turn(np.array([row]))
        if block := self._words.get(row // _BLOCK):
            flow = block[row % _BLOCK]
            block[row % _BLOCK] = flow.turned(EndsBy.STATED) if turned else replace(flow, told=EndsBy.STATED)

    def _turn(self, rows: Int64s) -> None:
        """Swap the ends. Initial sequence numbers stay: a handshake told whose they are."""
        for name in ("ends", "ports", "macs", "has_mac", "last", "packets", "octets"):
            column = getattr(self, name)
            column[rows] = column[rows][:, ::-1]

    def transport(self, row: int) -> str:
        """``tcp``, ``udp``, ``icmp`` ...; protocols without a name here are ``ip-`` and their number."""
        return transport_name(int(self.protocol[row]))

    def flow(self, row: int) -> Flow:
        """One flow in words. The first call makes those of all rows near it."""
        number, at = divmod(row, _BLOCK)
        first, end = number * _BLOCK, min((number + 1) * _BLOCK, self.count)
        block = self._words.get(number, [])
        if len(block) != end - first:
            block = self._words[number] = self._in_words(slice(first, end))
        return block[at]

    def _in_words(self, rows: slice) -> list[Flow]:
        transports = {number: transport_name(number) for number in set(self.protocol[rows].tolist())}
        ports = self.ports[rows].T.tolist()
        clients, servers = (addresses(self.wide[rows], self.ends[rows, end]) for end in (0, 1))
        client_macs, server_macs = (link_addresses(self.has_mac[rows, end], self.macs[rows, end]) for end in (0, 1))
        return list(
            map(
                Flow,
                range(rows.start, rows.stop),
                map(transports.__getitem__, self.protocol[rows].tolist()),
                *(clients, ports[0], servers, ports[1], client_macs, server_macs),
                map(self.tunnels.__getitem__, self.tunnel[rows].tolist()),
                map(_TOLD.__getitem__, self.by[rows].tolist()),
            )
        )

    def text(self, row: int) -> str:
        """One flow as a line: ``tcp 192.0.2.7:40000 > 198.51.100.1:443``."""
        flow = self.flow(row)
        return f"{flow.transport} {flow.client}:{flow.client_port} > {flow.server}:{flow.server_port}"


def _keys(packets: Packets, rows: Int64s) -> tuple[Keys, Bools]:
    """A 64-bit key that is equal for both directions, and whether the packet runs against the key's order."""
    source = packets.source[rows] * _MIX + packets.source_port[rows]
    target = packets.target[rows] * _MIX + packets.target_port[rows]
    reverse = source > target
    kind = packets.protocol[rows].astype(np.uint64)
    if packets.tunnelled:
        kind |= packets.tunnel[rows].astype(np.uint64) << np.uint64(8)
    keys = (np.minimum(source, target) * _FOLD) ^ (np.maximum(source, target) * _MIX) ^ (kind * _FOLD)
    keys ^= keys >> np.uint64(29)
    keys *= _MIX
    keys ^= keys >> np.uint64(32)
    return keys, reverse


def _addresses(packets: Packets, rows: Int64s, wide: Bools) -> Bytes:
    """Source and target address of each packet as (n, 2, 16) bytes; IPv4 stands in the first four."""
    raw = heads(packets.data, packets.addresses_at(rows), 32)
    ends = np.zeros((len(rows), 2, 16), np.uint8)
    ends[:, :, :4] = raw[:, :8].reshape(-1, 2, 4)
    six = indices(wide)
    if len(six):
        ends[six] = raw[six].reshape(-1, 2, 16)
    return ends


def _swap(pairs: NDArray[Any], chosen: Bools) -> None:
    """Swap the two of each chosen pair, in place."""
    rows = indices(chosen)
    pairs[rows] = pairs[rows][:, ::-1]
