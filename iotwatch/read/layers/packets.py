"""``Packets``: what the layers of each packet say, one row per packet of a batch, and the codes that name layers."""

from __future__ import annotations

import ipaddress
from copy import copy
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from iotwatch.read.files.records import Records
from iotwatch.read.layers.columns import ALL, Index, Int64s, indices, take

# Layer codes. Ethertypes stand for themselves (0 to 0xFFFF); the others have a space of their own.
PROTOCOL = 0x1_0000  # + IP protocol number
LINK = 0x2_0000  # + LINKTYPE number
PPP = 0x4_0000  # + PPP protocol number
LLC = 0x5_0000
IP_ANY = 0x5_0002  # version nibble decides
FLOW = 0x6_0000  # a packet of a flow: ends, ports and payload are filled in
FRAGMENT = 0x6_0001  # part of an IP datagram
CUT = 0x6_0002  # ends inside a header: snap length or damage
DEEP = 0x6_0003  # nested beyond the limit
FRAME_CAN = 0x7_0001  # typed frames that stand inside something else than their own link
FRAME_WIFI = 0x7_0002
WIFI_PADDED = 0x7_0003  # 802.11 whose header is padded to four bytes
PPP_ANY = 0x7_0004  # PPP, its address and control bytes and half of its protocol perhaps left out
WIFI_SWAPPED = 0x7_0005  # 802.11 whose frame control has its two bytes the other way round

MAX_DEPTH = 12
# Total length of IPv4 (RFC 791 section 3.1), payload length of IPv6 (RFC 8200 section 3).
_IP_LENGTHS = np.dtype({"names": ["four", "six"], "formats": [">u2", ">u2"], "offsets": [2, 4], "itemsize": 6})

Tunnel = IntEnum("Tunnel", "IP_IN_IP SIX_IN_FOUR GRE VXLAN GTP_U GENEVE TEREDO L2TP TZSP ERSPAN ETHER_IP CAPWAP")
# What the kinds of tunnels are called, and what their number is called ("" where they have none).
TUNNELS = {
    Tunnel.IP_IN_IP: ("ip-in-ip", ""), Tunnel.SIX_IN_FOUR: ("6in4", ""), Tunnel.GRE: ("gre", "key"),
    Tunnel.VXLAN: ("vxlan", "vni"), Tunnel.GTP_U: ("gtp-u", "teid"), Tunnel.GENEVE: ("geneve", "vni"),
    Tunnel.TEREDO: ("teredo", ""), Tunnel.L2TP: ("l2tp", "session"), Tunnel.TZSP: ("tzsp", ""),
    Tunnel.ERSPAN: ("erspan", ""), Tunnel.ETHER_IP: ("etherip", ""), Tunnel.CAPWAP: ("capwap", ""),
}  # fmt: skip


class Rows(NamedTuple):
    """Some packets of a batch, with the place of their current layer in the buffer and the end of what may be read."""

    which: Index
    pos: Int64s
    end: Int64s

    def where(self, chosen: Int64s) -> Rows:
        """The rows at positions ``chosen`` of these."""
        which = chosen if isinstance(self.which, slice) else self.which[chosen]
        return Rows(which, self.pos[chosen], self.end[chosen])


class Splices(NamedTuple):
    """Where rebuilt bytes stand: those from ``start[i]`` on are at ``offset[i]`` of the file, in frame ``frame[i]``.

    Buffer positions below ``border`` are the window's own bytes.
    """

    start: Int64s
    offset: Int64s
    frame: Int64s
    border: int


class Packets:
    """Columns for the packets of one batch; ``code`` says how far each one was read (``FLOW``, or where it stopped).

    ``pos`` and ``end`` bound the payload. ``source`` and ``target`` are address keys for hashing, ``ip`` points to the IP
    header in the buffer, ``to_mac`` and ``from_mac`` to the link addresses (-1: none). ``tunnelled`` says whether any packet
    came through a tunnel.
    """

    def __init__(self, records: Records) -> None:
        count = len(records)
        self.records = records
        self.splices: Splices | None = None
        self.data = records.data
        self.code = np.zeros(count, np.int32)
        self.pos = np.zeros(count, np.int64)
        self.end = records.start + records.captured
        self.protocol = np.zeros(count, np.uint8)
        self.source = np.zeros(count, np.uint64)
        self.target = np.zeros(count, np.uint64)
        self.source_port = np.zeros(count, np.uint16)
        self.target_port = np.zeros(count, np.uint16)
        self.wide = np.zeros(count, np.bool_)
        self.flags = np.zeros(count, np.uint8)
        self.sequence = np.zeros(count, np.uint32)
        self.ack = np.zeros(count, np.uint32)
        self.tunnelled = False
        self.tunnel = np.zeros(count, np.int32)
        self.tunnel_id = np.zeros(count, np.uint32)
        self.outer = np.zeros(count, np.int64)
        self.outer_wide = np.zeros(count, np.bool_)
        self.to_mac = np.full(count, -1, np.int64)
        self.from_mac = np.full(count, -1, np.int64)
        self.ip = np.zeros(count, np.int64)

    def __len__(self) -> int:
        return len(self.code)

    def addresses_at(self, rows: Index) -> Int64s:
        """Where in the buffer the source addresses stand; the target's follow."""
        return self.ip[rows] + np.where(self.wide[rows], 8, 12)

    def tunnel_text(self, row: int) -> str:
        """The tunnel around a packet in words: kind, number, outer ends."""
        kind = int(self.tunnel[row])
        if not kind:
            return ""
        at = int(self.outer[row])
        size = 16 if self.outer_wide[row] else 4
        raw = self.data[at : at + 2 * size].tobytes()
        source, target = ipaddress.ip_address(raw[:size]), ipaddress.ip_address(raw[size:])
        name, number = TUNNELS[Tunnel(kind)]
        words = [name, f"{number} {int(self.tunnel_id[row]):#x}"] if number else [name]
        return " ".join([*words, f"{source} > {target}"])

    def all_rows(self) -> Rows:
        """Every packet, at its first byte."""
        return Rows(ALL, self.records.start, self.end)

    def sent_until(self, rows: Int64s) -> Int64s:
        """Where the payload ended on the wire, which is behind ``end`` for packets that the snap length cut."""
        end = self.end[rows]
        cut = indices(self.records.captured[rows] < self.records.length[rows])
        if not len(cut):
            return end
        which = rows[cut]
        head = take(self.data, self.ip[which], _IP_LENGTHS)
        size = np.where(self.wide[which], head["six"].astype(np.int64) + 40, head["four"])
        end[cut] = np.maximum(end[cut], np.where(self.ip[which] > 0, self.ip[which] + size, end[cut]))
        return end

    def merged(self, rebuilt: Packets, splices: Splices, rows: list[int]) -> Packets:
        """These packets and those rebuilt from their fragments, in order of frames.

        ``rows`` are the fragments that completed them: their records and link addresses stand for the rebuilt ones.
        """
        both = copy(self)
        both.data = rebuilt.data
        both.splices = splices
        both.tunnelled = self.tunnelled or rebuilt.tunnelled
        for name in ("to_mac", "from_mac", "tunnel", "tunnel_id", "outer", "outer_wide"):
            mine, theirs = getattr(self, name)[rows], getattr(rebuilt, name)
            setattr(rebuilt, name, np.where(rebuilt.tunnel > 0, theirs, mine) if "mac" not in name else mine)
        order = np.argsort(np.concatenate([self.records.frame, rebuilt.records.frame]), kind="stable")
        for name in _COLUMNS:
            setattr(both, name, np.concatenate([getattr(self, name), getattr(rebuilt, name)])[order])
        both.records = self.records.picked(np.concatenate([np.arange(len(self)), rows])[order], rebuilt.data)
        return both


_COLUMNS = (
    "code", "pos", "end", "protocol", "source", "target", "source_port", "target_port", "wide", "flags",
    "sequence", "ack", "tunnel", "tunnel_id", "outer", "outer_wide", "to_mac", "from_mac", "ip",
)  # fmt: skip
