"""Writing pcapng (draft-ietf-opsawg-pcapng): one section, an interface per link type, packets with a comment each."""

from __future__ import annotations

import struct
from typing import BinaryIO

_COMMENT, _END, _APPLICATION = 1, 0, 4


class PcapngWriter:
    """Packets in, blocks out. Times are microseconds since 1970; comments are UTF-8."""

    def __init__(self, file: BinaryIO, application: str) -> None:
        self._file = file
        self._interfaces: dict[int, int] = {}
        options = _option(_APPLICATION, application) + _option(_END, "")
        self._block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1) + options)

    def packet(self, data: bytes, length: int, time: int, link: int, comment: str) -> None:
        """Write one packet of ``length`` bytes on the wire, of which ``data`` was captured."""
        if link not in self._interfaces:
            self._interfaces[link] = len(self._interfaces)
            self._block(1, struct.pack("<HHI", link, 0, 0))
        head = struct.pack(
            "<IIIII",
            self._interfaces[link],
            time >> 32 & 0xFFFFFFFF,
            time & 0xFFFFFFFF,
            len(data),
            max(length, len(data)),
        )
        self._block(6, head + _padded(data) + _option(_COMMENT, comment) + _option(_END, ""))

    def _block(self, kind: int, body: bytes) -> None:
        size = struct.pack("<I", len(body) + 12)
        self._file.write(struct.pack("<I", kind) + size + body + size)


def _padded(data: bytes) -> bytes:
    return data + bytes(-len(data) % 4)


def _option(code: int, text: str) -> bytes:
    value = text.encode()[:0xFFFF]
    return struct.pack("<HH", code, len(value)) + _padded(value)
