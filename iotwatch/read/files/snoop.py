"""snoop (RFC 1761), Solaris' capture format, and btsnoop, which Android and BlueZ made of it; both always in network order.

btsnoop: the same headers with a 64-bit time (Frontline's "BTSnoop File Format"; its monitor form: BlueZ ``btsnoop.txt``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from iotwatch.errors import NotEvidence
from iotwatch.model import Damage
from iotwatch.read.files.records import Records, numbered
from iotwatch.read.files.walk import Chain, walk
from iotwatch.read.files.window import Window
from iotwatch.read.layers.columns import Int64s, take
from iotwatch.read.layers.contract import layout

_RECORD_HEADER = 24
_MAX_RECORD = 1 << 20
_YEAR_0 = 0x00DC_DDB3_0F2F_8000  # 1970 in microseconds since the year 0, as btsnoop counts them
Columns = Any  # a structured array, field by field


class SnoopReader:
    """Reads one snoop file through a window; iterate for ``Records``, then look at ``damage`` and ``dropped``."""

    format = "snoop"
    magic = b"snoop\0\0\0"
    file_header = 16
    record_header = _RECORD_HEADER
    chain = Chain(size_at=8, extra=0, head=_RECORD_HEADER, smallest=_RECORD_HEADER, largest=_MAX_RECORD, big=True)
    record = layout(length=">u4", captured=">u4", size=">u4", drops=">u4", seconds=">u4", micros=">u4")
    # Data link types of RFC 1761 section 4 as LINKTYPE numbers; 802.3 and Ethernet are one there.
    links: Mapping[int, int] = {0: 1, 2: 6, 4: 1, 8: 10}

    def __init__(self, window: Window) -> None:
        self.window = window
        self.damage: list[Damage] = []
        self.dropped = 0
        window.advance(0)
        head = bytes(window.view[: self.file_header])
        if window.have < self.file_header or not head.startswith(self.magic):
            raise NotEvidence(f"not a {self.format} file: its header is not there")
        self.link = self.links.get(int.from_bytes(head[12:16], "big"), -1)

    def captured(self, head: Columns) -> Int64s:
        """Bytes of each packet in the file: never more than its record has room for."""
        captured: Int64s = np.minimum(head["captured"], head["size"].astype(np.int64) - _RECORD_HEADER)
        return captured

    def lengths(self, head: Columns) -> Int64s:
        """Bytes of each packet on the wire."""
        lengths: Int64s = head["length"].astype(np.int64)
        return lengths

    def times(self, head: Columns) -> Int64s:
        """Microseconds UTC of each packet."""
        times: Int64s = head["seconds"].astype(np.int64) * 1_000_000 + head["micros"]
        return times

    def drops(self, head: Columns) -> int:
        """Packets that were dropped until the last of these."""
        return int(head["drops"][-1])

    def __iter__(self) -> Iterator[Records]:
        window = self.window
        used, frame = self.file_header, 1
        while True:
            walked = walk(window.buffer, used, window.have, self.chain)
            if len(walked.starts):
                head: Columns = take(window.data, walked.starts, self.record)
                self.dropped = self.drops(head)
                yield Records(
                    data=window.data,
                    base=window.base,
                    start=walked.starts + self.record_header,
                    captured=self.captured(head),
                    length=self.lengths(head),
                    time=self.times(head),
                    link=np.full(len(head), self.link, np.int32),
                    frame=numbered(frame, len(head)),
                )
                frame += len(walked.starts)
            if walked.broken or not window.advance(walked.used, walked.wanted):
                left = walked.used if walked.broken else 0
                if left < window.have:
                    reason = "record size is broken" if walked.broken else "the last record is cut short"
                    self.damage.append(Damage(window.base + left, window.base + window.have, reason))
                return
            used = 0


class BtsnoopReader(SnoopReader):
    """Reads one btsnoop file: what host and Bluetooth controller said to each other."""

    format = "btsnoop"
    magic = b"btsnoop\0"
    chain = Chain(size_at=4, extra=_RECORD_HEADER, head=_RECORD_HEADER, smallest=0, largest=_MAX_RECORD, big=True)
    record = layout(length=">u4", captured=">u4", flags=">u4", drops=">u4", time=">i8")
    # HCI with and without the UART's packet type, and BlueZ' monitor, whose opcode stands in the flags: the reader of
    # advertisements needs neither. BCSP and the three-wire UART (1003, 1004) are framed once more, and are counted only.
    links: Mapping[int, int] = {1001: 187, 1002: 187, 2001: 254}

    def captured(self, head: Columns) -> Int64s:
        captured: Int64s = head["captured"].astype(np.int64)
        return captured

    def times(self, head: Columns) -> Int64s:
        times: Int64s = head["time"].astype(np.int64) - _YEAR_0
        return times
