"""Sweeps that list one frequency and its power a line: ``rtl_power_fftw`` (acquisition.cxx), ``soapy_power`` in that form, and
tables of one trace as instruments and their programs save it.

A block of ``# Acquisition start: ...`` and ``# Acquisition end: ...`` stands before each hop of the first two, an empty line
behind it. Their power is per hertz and not per bin, which is the same for all bins of a file. A table of one trace has a head
that names a frequency and a level, and no time.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import BinaryIO

import numpy as np

from iotwatch.patterns import regex
from iotwatch.read.sweeps.commas import numbers_of
from iotwatch.read.sweeps.hops import HIGHEST_HZ, MOMENT_US, NO_STAMP, Floats, Hops

_LONGEST_LINE, _LONGEST_PAIR = 4096, 128
_MOST_BINS = 1 << 20
_END = b"# Acquisition end:"
_SCALES = {b"khz": 1e3, b"mhz": 1e6, b"ghz": 1e9}
_HEAD = regex(
    rb"(?i)^[\"']?(?:freq[a-z]*|hz|mhz|khz)[^,;\t\n]{0,40}[,;\t][^,;\t\n]{0,40}?"
    rb"(?:dbm|dbuv|db|power|level|amplitude|signal|magnitude|trace)[^,;\t\n]{0,40}"
)
_UNIT = regex(rb"(?i)([kmg]hz)")


def is_trace(line: bytes) -> bool:
    """Whether a line is the head of a table of frequencies and levels."""
    return bool(_HEAD.search(line[:_LONGEST_LINE]))


class ListedBins:
    """Reads such a file; lines that are neither remarks nor two numbers are counted and left."""

    moment_us = MOMENT_US
    zoned = False
    share = 0.0

    def __init__(self) -> None:
        self.broken = 0
        self._time = NO_STAMP
        self._scale = 1.0

    def hops(self, file: BinaryIO) -> Iterator[Hops]:
        """The hops one by one."""
        offset = begin = 0
        bins = list[bytes]()
        while line := file.readline(_LONGEST_LINE):
            text = line.strip()
            if text[:1].isdigit() and len(bins) < _MOST_BINS:
                begin = begin if bins else offset
                bins.append(text[:_LONGEST_PAIR])
            else:
                yield from self._hop(bins, begin, offset)
                bins = []
                self._remark(text)
            offset += len(line)
        yield from self._hop(bins, begin, offset)

    def _remark(self, text: bytes) -> None:
        if text.startswith(_END):
            self._time = _time(text[len(_END) :])
        elif is_trace(text):
            unit = _UNIT.search(text.split(b",")[0])
            self._scale = _SCALES[unit[1].lower()] if unit else 1.0
        elif text and not text.startswith((b"#", b"!")):
            self.broken += 1

    def _hop(self, bins: list[bytes], begin: int, end: int) -> Iterator[Hops]:
        if not bins:
            return
        pairs = _pairs(bins)
        self.broken += len(bins) - len(pairs)
        if len(pairs) < 2:
            return
        with np.errstate(over="ignore", invalid="ignore"):
            frequencies = pairs[:, 0] * self._scale
            step = float(np.median(np.diff(frequencies)))
        if not (step > 0 and 0 <= frequencies[0] < HIGHEST_HZ and step < HIGHEST_HZ):
            self.broken += len(pairs)
            return
        with np.errstate(over="ignore"):
            values = pairs[:, 1].astype(np.float32)
        yield Hops(
            times=np.array([self._time], np.int64),
            lows=frequencies[:1],
            steps=np.array([step]),
            counts=np.array([len(pairs)], np.int64),
            values=values,
            offsets=np.array([begin], np.int64),
            lengths=np.array([end - begin], np.int64),
        )


def _pairs(bins: list[bytes]) -> Floats:
    """Frequency and power of each line that has both."""
    text = b" ".join(bins).replace(b",", b" ").replace(b";", b" ").replace(b"\t", b" ")
    numbers = numbers_of(text, " ")
    if len(numbers) == 2 * len(bins):
        return numbers.reshape(-1, 2)
    each = (numbers_of(line.replace(b",", b" ").replace(b";", b" "), " ")[:2] for line in bins)
    whole = [found for found in each if len(found) == 2]
    return np.array(whole) if whole else np.empty((0, 2))


def _time(text: bytes) -> int:
    try:
        told = datetime.fromisoformat(text.strip().decode("ascii").removesuffix(" UTC"))
        return round(told.replace(tzinfo=told.tzinfo or UTC).timestamp() * 1e6)
    except (ValueError, OverflowError):
        return NO_STAMP
