"""Sweeps of comma-separated lines: ``date, time, Hz low, Hz high, Hz step, samples, dB, dB ...``, one hop a line.

``rtl_power`` (rtl-sdr 0.6, rtl_power.c) writes so first; ``hackrf_sweep`` (hackrf 2022.09, hackrf_sweep.c) with a time of
microseconds, the lines of one sweep interleaved; ``soapy_power`` (writer.py, MIT) with any number of digits. All stamp with the
local time of the machine, and none says of which zone. ``rtl_power`` writes the last value of every line twice, and where it
crops the edges of a hop, more bins than its two ends span: bins are counted from the middle of the hop, which is right always.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from iotwatch.read.sweeps.hops import HIGHEST_HZ, MOMENT_US, Floats, Hops, Int64s

_BLOCK = 1 << 20
_LONGEST_LINE = 16 << 20
_FIELDS = 4  # Hz low, Hz high, Hz step and samples, behind date and time
_STAMPS = 4096


class CommaLines:
    """Reads such a file; lines that are cut or no such lines are counted and left."""

    moment_us = MOMENT_US
    zoned = False
    share = 0.0

    def __init__(self) -> None:
        self.broken = 0
        self._doubled: bool | None = None
        self._stamps: dict[bytes, int | None] = {}

    def hops(self, file: BinaryIO) -> Iterator[Hops]:
        """The lines in the order of the file, about a mebibyte at a time."""
        offset, rest = 0, b""
        while block := file.read(_BLOCK):
            data = rest + block
            end = data.rfind(b"\n") + 1
            if end:
                yield from self._of(data[:end], offset)
            rest, offset = data[end:], offset + end
            if len(rest) > _LONGEST_LINE:
                self.broken += 1
                offset, rest = offset + len(rest), b""
        if rest:
            yield from self._of(rest, offset)

    def _of(self, data: bytes, offset: int) -> Iterator[Hops]:
        """The hops of whole lines, which begin at ``offset``."""
        times, bodies, offsets, lengths = list[int](), list[bytes](), list[int](), list[int]()
        for line in data.split(b"\n"):
            comma = line.find(b",", 11)
            time = self._time(line[:comma]) if comma > 0 else None
            if time is not None:
                times.append(time)
                bodies.append(line[comma + 1 :].rstrip(b", \r"))
                offsets.append(offset)
                lengths.append(len(line))
            elif line.strip():
                self.broken += 1
            offset += len(line) + 1
        if bodies:
            numbers, sizes = self._numbers(bodies)
            columns = (np.array(times, np.int64), np.array(offsets, np.int64), np.array(lengths, np.int64))
            yield self._hops(numbers, sizes, *columns)

    def _time(self, stamp: bytes) -> int | None:
        """Microseconds of ``2026-01-31, 08:00:00`` with or without a fraction, as if it were UTC."""
        if stamp in self._stamps:
            return self._stamps[stamp]
        if len(self._stamps) >= _STAMPS:
            self._stamps.clear()
        date, _, clock = stamp.partition(b",")
        try:
            told = datetime.fromisoformat(f"{date.decode('ascii').strip()}T{clock.decode('ascii').strip()}")
            time = round(told.replace(tzinfo=told.tzinfo or UTC).timestamp() * 1e6)
        except (ValueError, OverflowError):
            time = None
        self._stamps[stamp] = time
        return time

    def _numbers(self, bodies: Sequence[bytes]) -> tuple[Floats, Int64s]:
        """All numbers of the lines in turn, and how many each line has: none for one that is broken."""
        sizes = np.array([body.count(b",") + 1 for body in bodies], np.int64)
        numbers = numbers_of(b",".join(bodies))
        if len(numbers) == sizes.sum():
            return numbers, sizes
        each = [numbers_of(body) for body in bodies]
        whole = [len(found) == size for found, size in zip(each, sizes.tolist(), strict=True)]
        kept = [found if right else found[:0] for found, right in zip(each, whole, strict=True)]
        return np.concatenate(kept), np.array([len(found) for found in kept], np.int64)

    def _hops(self, numbers: Floats, sizes: Int64s, times: Int64s, offsets: Int64s, lengths: Int64s) -> Hops:
        starts = np.cumsum(sizes) - sizes
        whole = sizes > _FIELDS
        first = np.where(whole, starts, 0)
        low, high, step = (numbers[first + field] if whole.any() else np.zeros(len(sizes)) for field in range(3))
        with np.errstate(invalid="ignore"):
            whole &= (low >= 0) & (high > low) & (high < HIGHEST_HZ) & (step > 0) & (step <= 2 * (high - low))
        self.broken += int((~whole).sum())
        counts = np.where(whole, sizes - _FIELDS, 0)
        span = np.rint(np.divide(high - low, step, out=np.zeros(len(step)), where=whole))
        repeated = self._repeated(numbers, starts + sizes, counts, counts != span) & whole
        counts -= repeated
        # rtl_power's bins are those of its transform, of which one lies in the very middle.
        lows = (low + high) / 2 - np.where(repeated, counts, counts - 1) / 2 * step
        begin = starts + _FIELDS
        with np.errstate(over="ignore"):
            values = numbers[_spanned(begin, begin + counts, len(numbers))].astype(np.float32)
        return Hops(times[whole], lows[whole], step[whole], counts[whole], values, offsets[whole], lengths[whole])

    def _repeated(self, numbers: Floats, ends: Int64s, counts: Int64s, odd: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Which lines have their last value twice: all that have a bin too many, or none; the first lines decide."""
        could = odd & (counts > 1)
        if self._doubled is None and could.any():
            last = ends[could]
            self._doubled = bool((numbers[last - 1] == numbers[last - 2]).all())
        return could if self._doubled else np.zeros(len(could), np.bool_)


def numbers_of(text: bytes, separator: str = ",") -> Floats:
    """The numbers of a text up to the first that is none."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            return np.fromstring(text.decode("latin-1"), np.float64, sep=separator)
        except ValueError:
            return np.empty(0)


def _spanned(begins: Int64s, ends: Int64s, size: int) -> NDArray[np.bool_]:
    """Which of ``size`` places lie in one of the spans, which do not overlap."""
    marks = np.zeros(size + 1, np.int8)
    some = ends > begins
    np.add.at(marks, begins[some], 1)
    np.add.at(marks, ends[some], -1)
    return np.cumsum(marks[:-1], dtype=np.int8).astype(np.bool_)
