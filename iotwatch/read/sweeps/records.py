"""Sweeps of binary records by ``soapy_power --format soapy_power_bin`` (soapypower/writer.py, MIT).

Each record: the magic ``SDRFF``, then ``<BdddddQQ2x``: version (2), time of start and stop (seconds since 1970), frequency of
start and stop, step (Hz), samples, and the size in bytes of the 32-bit floats that follow.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from iotwatch.read.sweeps.hops import HIGHEST_HZ, MOMENT_US, Hops

MAGIC = b"SDRFF"
_HEAD = struct.Struct("<5sBdddddQQ2x")
_VERSION = 2
_LARGEST = 16 << 20
_LAST_SECOND = 7.26e9  # the year 2200


class Records:
    """Reads such a file up to the first record that is none: nothing says where the next would begin."""

    moment_us = MOMENT_US
    zoned = True
    share = 0.0

    def __init__(self) -> None:
        self.broken = 0

    def hops(self, file: BinaryIO) -> Iterator[Hops]:
        """The records one by one."""
        offset = 0
        while head := file.read(_HEAD.size):
            if len(head) < _HEAD.size:
                self.broken += 1
                return
            magic, version, _, stop, low, _, step, _, size = _HEAD.unpack(head)
            right = magic == MAGIC and version == _VERSION and 0 < size <= _LARGEST and size % 4 == 0
            if not (right and 0 <= stop < _LAST_SECOND and 0 <= low < HIGHEST_HZ and 0 < step < HIGHEST_HZ):
                self.broken += 1
                return
            values = file.read(size)
            if len(values) < size:
                self.broken += 1
                return
            yield Hops(
                times=np.array([round(stop * 1e6)], np.int64),
                lows=np.array([low]),
                steps=np.array([step]),
                counts=np.array([size // 4], np.int64),
                values=np.frombuffer(values, "<f4").astype(np.float32),
                offsets=np.array([offset], np.int64),
                lengths=np.array([_HEAD.size + size], np.int64),
            )
            offset += _HEAD.size + size
