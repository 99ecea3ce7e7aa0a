"""Sweeps with a scan a line and the frequencies in the head: ``Scan_Number,Timestamp,832150669,832485490 ...``.

tsapython (tinySA, waterfall) writes so; programs of other instruments write the same with other names for the first columns.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import BinaryIO

import numpy as np

from iotwatch.patterns import regex
from iotwatch.read.sweeps.commas import numbers_of
from iotwatch.read.sweeps.hops import HIGHEST_HZ, MOMENT_US, NO_STAMP, Hops

_LONGEST_LINE = 16 << 20
_FEWEST = 8
_MOST_BEFORE = 6
_TIME = regex(rb"(?i)time|date|stamp")
_SCALES = {"hz": 1.0, "khz": 1e3, "mhz": 1e6, "ghz": 1e9}
_NUMBER = regex(rb"^[\"' ]*([0-9]+(?:\.[0-9]+)?) ?(k|m|g)?(?:hz)?[\"' ]*$")
_LOWEST_HZ = 9e3


def columns_of(line: bytes) -> tuple[int, int, list[float]] | None:
    """Of the head line: which column is the time (-1: none), which the first frequency, and the rising frequencies in Hz."""
    fields = line.strip().split(b",")
    first = next((at for at, field in enumerate(fields[: _MOST_BEFORE + 1]) if _NUMBER.search(field.lower())), -1)
    if first < 0 or len(fields) - first < _FEWEST:
        return None
    found = [_NUMBER.search(field.lower()) for field in fields[first:]]
    rising = [float(one[1]) * _SCALES[f"{(one[2] or b'').decode()}hz"] for one in found if one]
    if (
        len(rising) != len(found)
        or rising[0] < _LOWEST_HZ
        or rising[-1] > HIGHEST_HZ
        or any(b <= a for a, b in pairwise(rising))
    ):
        return None
    time = next((at for at in range(first) if _TIME.search(fields[at])), -1)
    return time, first, rising


class Scans:
    """Reads such a file; lines with another number of columns are counted and left. The first bin is settling, and is left."""

    moment_us = MOMENT_US
    zoned = False
    share = 0.0

    def __init__(self) -> None:
        self.broken = 0

    def hops(self, file: BinaryIO) -> Iterator[Hops]:
        """The scans one by one."""
        head = file.readline(_LONGEST_LINE)
        columns = columns_of(head)
        if columns is None:
            self.broken += 1
            return
        time, first, rising = columns
        self.share = 1 / len(rising)
        # Not quite even where the program rounds or joins parts: the mean keeps every bin within one of its place.
        step = (rising[-1] - rising[0]) / (len(rising) - 1)
        offset = len(head)
        while line := file.readline(_LONGEST_LINE):
            fields = line.rstrip(b", \r\n").split(b",", first)
            values = numbers_of(fields[first]) if len(fields) > first else np.empty(0)
            if len(values) == len(rising):
                with np.errstate(over="ignore"):
                    levels = values[1:].astype(np.float32)
                yield Hops(
                    times=np.array([_time(fields[time]) if time >= 0 else NO_STAMP], np.int64),
                    lows=np.array([rising[1]]),
                    steps=np.array([step]),
                    counts=np.array([len(values) - 1], np.int64),
                    values=levels,
                    offsets=np.array([offset], np.int64),
                    lengths=np.array([len(line.rstrip(b"\r\n"))], np.int64),
                )
            elif line.strip():
                self.broken += 1
            offset += len(line)


def _time(text: bytes) -> int:
    """ISO-8601 as if it were UTC where no zone is told, or seconds since 1970."""
    told = text.decode("latin-1").strip(" \"'")
    try:
        if told.replace(".", "", 1).isdigit():
            return round(float(told) * 1e6) if float(told) < 7.26e9 else NO_STAMP
        moment = datetime.fromisoformat(told)
        return round(moment.replace(tzinfo=moment.tzinfo or UTC).timestamp() * 1e6)
    except (ValueError, OverflowError):
        return NO_STAMP
