"""Captures made of nothing but stamps: one harmless broadcast frame a packet, written byte by byte."""

from __future__ import annotations

import struct
from collections.abc import Iterable

# Ethernet to all, EtherType 0x88B5 (IEEE 802: for local experiments): no device says a thing.
_FRAME = b"\xff" * 6 + bytes.fromhex("02005e000001") + b"\x88\xb5" + bytes(46)


def pcap(stamps: Iterable[float], frame: bytes = _FRAME, link: int = 1) -> bytes:
    """A little-endian pcap whose packets bear ``stamps``, seconds since 1970 (unsigned 32 bits)."""
    head = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link)
    records = []
    for stamp in stamps:
        whole, micros = divmod(round(stamp * 1_000_000), 1_000_000)
        records.append(struct.pack("<IIII", whole, micros, len(frame), len(frame)) + frame)
    return head + b"".join(records)
