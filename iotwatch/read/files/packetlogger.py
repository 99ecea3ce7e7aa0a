"""Apple's PacketLogger: what host and Bluetooth controller said to each other (Wireshark's ``packetlogger.c``).

No file header. A record is its length, seconds and microseconds, in either order of bytes, then the kind of packet and the packet.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from iotwatch.errors import NotEvidence
from iotwatch.read.files import diag
from iotwatch.read.files.snoop import SnoopReader
from iotwatch.read.files.walk import Chain
from iotwatch.read.files.window import Window
from iotwatch.read.layers.columns import Int64s
from iotwatch.read.layers.contract import layout
from iotwatch.words.linktypes import PACKETLOGGER

HEAD = 64 << 10
_TIMES = 8  # bytes of the header that the length counts


class PacketLoggerReader(SnoopReader):
    """Reads one log through a window; the kind of packet is the first byte of each."""

    format = "packetlogger"
    magic = b""
    file_header = 0
    record_header = 12

    def __init__(self, window: Window) -> None:
        super().__init__(window)
        order = diag.packetlogger_order(bytes(window.view[:HEAD]))
        if order is None:
            raise NotEvidence("not a log of PacketLogger: its records are not there")
        big = order == "big"
        mark = ">" if big else "<"
        self.link = PACKETLOGGER
        self.chain = Chain(size_at=0, extra=4, head=12, smallest=_TIMES + 1, largest=1 << 20, big=big)
        self.record = layout(length=f"{mark}u4", seconds=f"{mark}u4", micros=f"{mark}u4")

    def captured(self, head: Any) -> Int64s:
        captured: Int64s = head["length"].astype(np.int64) - _TIMES
        return captured

    def lengths(self, head: Any) -> Int64s:
        return self.captured(head)

    def drops(self, head: Any) -> int:  # noqa: ARG002  the form has no count of them
        return 0
