"""Typed frames: what is no flow (USB, CAN, ARP, 802.11 management ...) is kept by kind for decoders, and counted by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from iotwatch.read.layers.columns import Bools, Bytes, Int64s, indices
from iotwatch.read.layers.packets import DEEP, FLOW, FRAME_CAN, FRAME_WIFI, LINK, LLC, PPP, PROTOCOL, Packets
from iotwatch.read.streams.segments import SegmentStore
from iotwatch.words.linktypes import link_type

_ETHERTYPES = {0x0806: "arp", 0x8035: "rarp", 0x88CC: "lldp", 0x888E: "eapol", 0x86DD: "ipv6", 0x0800: "ipv4"}
_INNER_KINDS = {FRAME_CAN: "can", FRAME_WIFI: "802.11"}
MAX_KINDS = 256  # those beyond share one stream


def frame_kind(code: int, link: int) -> str:
    """The stream kind of frames that were read up to layer ``code``."""
    if code >= LINK and code < PPP:
        return link_type(code - LINK).kind
    if code in _INNER_KINDS:
        return _INNER_KINDS[code]
    if 0 <= code < PROTOCOL:
        return _ETHERTYPES.get(code, f"ethertype-{code:04x}")
    if PPP <= code < LLC:
        return f"ppp-{code - PPP:04x}"
    if abs(code) == LLC:
        return "llc"
    known = link_type(link)
    return known.kind if known.kind != known.name else "unknown"


class Frames(NamedTuple):
    """Frames of one kind and link type out of one batch: each from its ``start`` to its ``end`` in ``data``, where it stands at
    ``offset`` of the file; ``time`` in microseconds UTC."""

    data: Bytes
    start: Int64s
    end: Int64s
    offset: Int64s
    frame: Int64s
    time: Int64s
    link: str


Taker = Callable[[Frames], Bools]
"""Reads frames as they come, and says which of them need not be kept."""


class FrameKeeper:
    """Keeps typed frames within a budget, one stream per (kind, link type); ``takers`` read those of some kinds as they come."""

    def __init__(self, store: SegmentStore, budget: int, takers: Mapping[str, Taker] | None = None) -> None:
        self._store = store
        self._budget = budget
        self._takers = takers or {}
        self.kinds: list[tuple[str, str]] = []
        self.counts: list[int] = []
        self.left: list[int] = []
        self._numbers: dict[tuple[str, str], int] = {}

    def look(self, packets: Packets) -> None:
        """Keep a batch's typed frames."""
        rows = indices((packets.code < FLOW) | (packets.code > DEEP))
        if not len(rows):
            return
        links = packets.records.link[rows].astype(np.int64)
        # Links are 16-bit numbers, or -1.
        both = (packets.code[rows].astype(np.int64) << 17) + links + 1
        values, inverse = np.unique(both, return_inverse=True)
        numbers = np.array([self._number(value >> 17, (value & 0x1FFFF) - 1) for value in values.tolist()])
        stream = numbers[inverse]
        for number, count in zip(*np.unique(stream, return_counts=True), strict=True):
            self.counts[number] += int(count)
        if self._takers:
            left = ~self._taken(packets, rows, stream)
            rows, stream = rows[left], stream[left]
        self._keep(packets, rows, stream)

    def _taken(self, packets: Packets, rows: Int64s, stream: Int64s) -> Bools:
        taken = np.zeros(len(rows), np.bool_)
        records = packets.records
        for number, (kind, link) in enumerate(self.kinds):
            mine = indices(stream == number) if kind in self._takers else ()
            if len(mine):
                chosen = rows[mine]
                start = packets.pos[chosen]
                columns = (
                    start,
                    packets.end[chosen],
                    start + records.base,
                    records.frame[chosen],
                    records.time[chosen],
                )
                taken[mine] = self._takers[kind](Frames(packets.data, *columns, link))
        return taken

    def _keep(self, packets: Packets, rows: Int64s, stream: Int64s) -> None:
        start = packets.pos[rows]
        length = np.maximum(packets.end[rows] - start, 0)
        room = self._budget - self._store.size
        fits = indices((np.cumsum(length) <= room) & (length > 0))
        for number in stream[np.cumsum(length) > room].tolist()[:1]:
            self.left[number] += int((np.cumsum(length) > room).sum())
        rows, start = rows[fits], start[fits]
        records = packets.records
        zero = np.zeros(len(rows), np.uint32)
        self._store.add(
            packets.data, stream[fits], start, length[fits], zero, records.frame[rows], start + records.base,
            records.time[rows],
        )  # fmt: skip

    def _number(self, code: int, link: int) -> int:
        kind = (frame_kind(code, link), link_type(link).name)
        if kind not in self._numbers and len(self.kinds) >= MAX_KINDS:
            kind = ("other", "several")
        if kind not in self._numbers:
            self._numbers[kind] = len(self.kinds)
            self.kinds.append(kind)
            self.counts.append(0)
            self.left.append(0)
        return self._numbers[kind]
