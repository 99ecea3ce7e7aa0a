"""The flow table: every conversation of the capture as one row of columns, filled batch by batch.

A flow is a five-tuple within its kind of tunnel. A SYN with another sequence number than the last one begins a new flow
on the same five-tuple, as in Wireshark. The client is who sent the SYN; in the middle of a connection, who speaks from
the higher port when one port is below 1024, else (TCP) who is private when the other is not, else who spoke first.
"""

from __future__ import annotations

import ipaddress
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from iotwatch.read.columns import Bools, Bytes, Int64s, grown, heads, indices, runs
from iotwatch.read.keys import Keys, KeyTable
from iotwatch.read.packets import FLOW, Packets
from iotwatch.read.stream import Flow
from iotwatch.read.transport import TCP

NAMES = {
    1: "icmp", 2: "igmp", 4: "ipip", 6: "tcp", 17: "udp", 33: "dccp", 41: "ipv6", 47: "gre", 50: "esp", 58: "icmp6",
    59: "none", 88: "eigrp", 89: "ospf", 103: "pim", 112: "vrrp", 115: "l2tp", 132: "sctp", 136: "udplite",
}  # fmt: skip
SYN, ACK = 2, 16
_MIX = np.uint64(0x9E3779B97F4A7C15)
_FOLD = np.uint64(0xD6E8FEB86659FD93)
_ROW_BITS = np.int64(24)
_ROW_MASK = np.int64((1 << 24) - 1)
NO_ISN = -1

_COLUMNS: dict[str, tuple[Any, ...]] = {
    "protocol": (np.uint8,), "wide": (np.bool_,), "client_high": (np.bool_,), "ends": (np.uint8, 2, 16),
    "ports": (np.uint16, 2), "macs": (np.uint8, 2, 6), "has_mac": (np.bool_, 2), "first": (np.int64,),
    "last": (np.int64, 2), "packets": (np.int64, 2), "octets": (np.int64, 2), "isn": (np.int64, 2),
    "first_frame": (np.int64,), "first_offset": (np.int64,), "first_captured": (np.int64,), "first_length": (np.int64,),
    "tunnel": (np.int32,),
}  # fmt: skip


class Sorted(NamedTuple):
    """A batch's flow packets in order of (flow, direction, time of arrival).

    ``rows`` are packet numbers of the batch, ``side`` is flow * 2 + (0 up, 1 down) of each. ``starts`` and ``sides``
    describe the runs of equal ``side``.
    """

    rows: Int64s
    side: Int64s
    starts: Int64s
    sides: Int64s


class FlowTable:
    """Columns with one row per flow; ``text`` and ``flow`` give one in words, on demand.

    Pairs of columns are (client or up, server or down). ``first`` and ``last`` are microseconds, ``octets`` bytes on the
    wire, ``isn`` initial sequence numbers (-1: unknown), ``first_*`` say where the first packet stands.
    """

    def __init__(self) -> None:
        self.count = 0
        self.tunnels: list[str] = [""]
        self._tunnel_ids: dict[str, int] = {"": 0}
        self._keys = KeyTable()
        self._key_of = np.zeros(64, np.uint64)
        for name, (kind, *shape) in _COLUMNS.items():
            setattr(self, name, np.zeros((64, *shape), kind))

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
        ends = np.append(batch.starts[1:], len(batch.rows))
        self.packets.reshape(-1)[batch.sides] += ends - batch.starts
        self.octets.reshape(-1)[batch.sides] += np.add.reduceat(records.length[batch.rows], batch.starts)
        self.last.reshape(-1)[batch.sides] = records.time[batch.rows[ends - 1]]

    def _identify(self, packets: Packets, rows: Int64s, keys: Keys, reverse: Bools) -> Int64s:
        """Row of the flow table for each packet; flows seen for the first time get one."""
        ids = self._keys.find(keys)
        unknown = indices(ids < 0)
        if len(unknown):
            fresh, at, inverse = np.unique(keys[unknown], return_index=True, return_inverse=True)
            order = np.argsort(at)
            rank = np.empty(len(order), np.int64)
            rank[order] = np.arange(len(order))
            ids[unknown] = self.count + rank[inverse]
            first = unknown[at[order]]
            self._create(packets, rows[first], reverse[first], keys[first])
            self._keys.put(fresh, self.count - len(fresh) + rank)
        opening = indices(packets.flags[rows] & SYN > 0)
        if len(opening):
            answers = packets.flags[rows[opening]] & ACK > 0
            self._note_answers(packets, rows[opening[answers]], ids[opening[answers]])
            syn = opening[~answers]
            again = self.isn[ids[syn], 0] != packets.sequence[rows[syn]]
            if again.any():
                self._begin_again(packets, rows, ids, np.unique(ids[syn[again]]), reverse)
        return ids

    def _note_answers(self, packets: Packets, rows: Int64s, ids: Int64s) -> None:
        """Initial sequence numbers out of SYN-ACKs: the server's, and the client's where its SYN was not captured."""
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
        last = np.append(starts[1:], len(mine)) - 1
        self._keys.replace(self._key_of[reused], ids[mine[last]])

    def _create(self, packets: Packets, rows: Int64s, reverse: Bools, keys: Keys) -> None:
        """Append one flow for each given packet, its first."""
        count = len(rows)
        now, total = self.count, self.count + count
        for name in _COLUMNS:
            setattr(self, name, grown(getattr(self, name), total))
        self._key_of = grown(self._key_of, total)
        self.count = total
        new = slice(now, total)
        records = packets.records
        self._key_of[new] = keys
        self.protocol[new] = packets.protocol[rows]
        wide = self.wide[new] = packets.wide[rows]
        ends = _addresses(packets, rows, wide)
        ports = np.stack([packets.source_port[rows], packets.target_port[rows]], axis=1)
        by_server = _from_server(packets, rows, ends, ports, wide)
        turn = np.where(by_server, 1, 0)[:, None] ^ np.arange(2)
        each = np.arange(count)[:, None]
        self.ends[new] = ends[each, turn]
        self.ports[new] = ports[each, turn]
        self.client_high[new] = reverse != by_server
        macs = np.stack([packets.from_mac[rows], packets.to_mac[rows]], axis=1)[each, turn]
        self.has_mac[new] = macs >= 0
        self.macs[new] = heads(packets.data, np.maximum(macs, 0).ravel(), 6).reshape(count, 2, 6)
        self.first[new] = records.time[rows]
        self.last[new] = records.time[rows][:, None]
        syn = (packets.flags[rows] & (SYN | ACK) == SYN) & (packets.protocol[rows] == TCP)
        self.isn[new] = NO_ISN
        self.isn[new, 0] = np.where(syn, packets.sequence[rows].astype(np.int64), NO_ISN)
        self.first_frame[new] = records.frame[rows]
        self.first_offset[new] = records.base + records.start[rows]
        self.first_captured[new] = records.captured[rows]
        self.first_length[new] = records.length[rows]
        tunnelled = packets.tunnel[rows]
        if tunnelled.any():
            self.tunnel[new] = [self._tunnel_id(packets, row) for row in rows.tolist()]

    def _tunnel_id(self, packets: Packets, row: int) -> int:
        text = packets.tunnel_text(row)
        number = self._tunnel_ids.setdefault(text, len(self.tunnels))
        if number == len(self.tunnels):
            self.tunnels.append(text)
        return number

    def address(self, row: int, end: int) -> str:
        """Text of the client's (0) or server's (1) address."""
        raw = self.ends[row, end].tobytes()
        if self.wide[row]:
            return str(ipaddress.IPv6Address(raw))
        a, b, c, d = raw[:4]
        return f"{a}.{b}.{c}.{d}"

    def mac(self, row: int, end: int) -> str:
        """Text of the client's (0) or server's (1) link address, empty where the link has none."""
        return self.macs[row, end].tobytes().hex(":") if self.has_mac[row, end] else ""

    def transport(self, row: int) -> str:
        """``tcp``, ``udp``, ``icmp`` ...; protocols without a name here are ``ip-`` and their number."""
        number = int(self.protocol[row])
        return NAMES.get(number, f"ip-{number}")

    def flow(self, row: int) -> Flow:
        """One flow in words."""
        return Flow(
            index=row,
            transport=self.transport(row),
            client=self.address(row, 0),
            client_port=int(self.ports[row, 0]),
            server=self.address(row, 1),
            server_port=int(self.ports[row, 1]),
            client_mac=self.mac(row, 0),
            server_mac=self.mac(row, 1),
            tunnel=self.tunnels[self.tunnel[row]],
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
    kind = packets.tunnel[rows].astype(np.uint64) << np.uint64(8) | packets.protocol[rows]
    keys = (np.minimum(source, target) * _FOLD) ^ (np.maximum(source, target) * _MIX) ^ (kind * _FOLD)
    keys ^= keys >> np.uint64(29)
    keys *= _MIX
    keys ^= keys >> np.uint64(32)
    return keys, reverse


def _addresses(packets: Packets, rows: Int64s, wide: Bools) -> Bytes:
    """Source and target address of each packet as (n, 2, 16) bytes; IPv4 stands in the first four."""
    raw = heads(packets.data, packets.address[rows], 32)
    ends = np.zeros((len(rows), 2, 16), np.uint8)
    ends[wide] = raw[wide].reshape(-1, 2, 16)
    ends[~wide, :, :4] = raw[~wide, :8].reshape(-1, 2, 4)
    return ends


def _from_server(packets: Packets, rows: Int64s, ends: Bytes, ports: NDArray[np.uint16], wide: Bools) -> Bools:
    """Whether a flow's first packet comes from its server."""
    tcp = packets.protocol[rows] == TCP
    flags = packets.flags[rows]
    low: Bools = ports < 1024
    by_port = low[:, 0] & ~low[:, 1]
    undecided = low[:, 0] == low[:, 1]
    private = _private(ends, wide)
    by_address = undecided & ~private[:, 0] & private[:, 1]
    answers = tcp & (flags & (SYN | ACK) == (SYN | ACK))
    opens = tcp & (flags & (SYN | ACK) == SYN)
    answer: Bools = answers | (~opens & (by_port | (tcp & by_address)))
    return answer


def _private(ends: Bytes, wide: Bools) -> Bools:
    """RFC 1918 and RFC 4193 addresses."""
    first, second = ends[:, :, 0], ends[:, :, 1]
    four = (first == 10) | ((first == 172) & (second & 0xF0 == 16)) | ((first == 192) & (second == 168))
    six = (first & 0xFE == 0xFC) | ((first == 0xFE) & (second & 0xC0 == 0x80))
    answer: Bools = np.where(wide[:, None], six, four)
    return answer
