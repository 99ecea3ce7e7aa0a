"""The check value of Bluetooth LE packets (Core Specification vol. 6, part B, section 3.1.1), begun as on advertising channels.

Polynomial x24 + x10 + x9 + x6 + x4 + x3 + x + 1, least significant bit first, begun at 555555.
"""

from __future__ import annotations

import numpy as np

from iotwatch.read.layers.columns import Bytes, Int64s, indices

_BEGUN = 0xAAAAAA


def _shifted(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (0xDA6000 if value & 1 else 0)
    return value


_TABLE = tuple(_shifted(byte) for byte in range(256))
_COLUMN = np.array(_TABLE, np.int64)


def crc24(packet: bytes) -> int:
    """The check value of one packet, header and payload."""
    value = _BEGUN
    for byte in packet:
        value = value >> 8 ^ _TABLE[(value ^ byte) & 0xFF]
    return value


def crc24_of_each(data: Bytes, start: Int64s, end: Int64s) -> Int64s:
    """The check values of many packets, each from its ``start`` to its ``end`` in ``data``."""
    values = np.full(len(start), _BEGUN, np.int64)
    rows, at = np.arange(len(start)), start.copy()
    while len(rows):
        left = indices(at < end[rows])
        rows, at = rows[left], at[left]
        part = values[rows]
        values[rows] = part >> 8 ^ _COLUMN[(part ^ data[at]) & 0xFF]
        at += 1
    return values
