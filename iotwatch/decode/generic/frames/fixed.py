"""Frames of one length, one after the other: a mark at the head of each, and numbers at the same place in all.

A mark is two bytes that stand at the head of every frame, or behind its first two (a type, a counter, the low half of a time).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from iotwatch.decode.fields import EARLIEST, LATEST
from iotwatch.decode.generic.frames.track import Point, grows, is_track, messages
from iotwatch.decode.message import Message
from iotwatch.errors import LimitReached
from iotwatch.read.stream import Stream

_Bytes = NDArray[np.uint8]
_FEWEST = 8
_SHORTEST, _LONGEST = 12, 512
_MARKS = (0, 2)
_NO_MARKS = (b"\0\0", b"\xff\xff")
_MOST_BYTES = 4 << 20
_MOST_TIMES = 4
_ALIGNED = 2
_ORDERS = ("<", ">")
_PLACES = (("f8", 1.0), ("f4", 1.0), ("i4", 1e-7))
_TIMES = (("u8", 1e-6), ("u8", 1e-3), ("f8", 1.0), ("u4", 1.0))


def length_of(data: bytes) -> int:
    """How long the frames are that make up ``data``, or 0; what is behind the last whole one does not count."""
    for size in range(_SHORTEST, min(_LONGEST, len(data) // _FEWEST) + 1):
        for at in _MARKS:
            mark = data[at : at + 2]
            if mark in _NO_MARKS or mark != data[at + size : at + size + 2]:
                continue
            rows = _rows(data, size)
            if (rows[:, at] == mark[0]).all() and (rows[:, at + 1] == mark[1]).all():
                return size
    return 0


def read(stream: Stream) -> Iterator[Message]:
    """The messages of a file of such frames: the first columns that make a track. ``LimitReached`` behind the most bytes."""
    data = stream.data[:_MOST_BYTES]
    size = length_of(data)
    found = _track(stream, data, size) if size else []
    yield from found
    if found and len(stream.data) > _MOST_BYTES:
        raise LimitReached(f"the frames behind the first {len(found)} were not read")


def _track(stream: Stream, data: bytes, size: int) -> list[Message]:
    """The messages of the first type of number that makes one track and no other."""
    rows = _rows(data, size)
    spans = [(at, at + size) for at in range(0, len(rows) * size, size)]
    times_by = {order: list(_times(rows, order)) for order in _ORDERS}
    for kind, scale in _PLACES:
        found = dict[tuple[str, int], list[Point]]()
        for order, times in times_by.items():
            for at, latitude, longitude in _places(rows, order + kind, scale) if times else ():
                for time in times:
                    points = list(map(Point, latitude, longitude, time, spans))
                    if is_track(points, scaled=scale != 1.0):
                        found.setdefault((order, at), points)
        if found:
            (points, *others) = found.values()
            return [] if others else messages("binary-log", stream, points, scaled=scale != 1.0)
    return []


def _rows(data: bytes, size: int) -> _Bytes:
    return np.frombuffer(data, np.uint8, len(data) // size * size).reshape(-1, size)


def _column(rows: _Bytes, at: int, kind: str) -> NDArray[np.generic]:
    width = np.dtype(kind).itemsize
    return np.ascontiguousarray(rows[:, at : at + width]).view(kind)[:, 0]


def _times(rows: _Bytes, order: str) -> Iterator[list[int]]:
    """Columns of Unix times that grow, the widest type first, at most ``_MOST_TIMES``."""
    found = 0
    for kind, scale in _TIMES:
        for at in range(0, rows.shape[1] - np.dtype(kind).itemsize + 1, _ALIGNED):
            with np.errstate(invalid="ignore", over="ignore"):
                seconds = _column(rows, at, order + kind).astype(np.float64) * scale
            if not ((seconds >= EARLIEST) & (seconds < LATEST)).all():
                continue
            times = [round(value * 1e6) for value in seconds.tolist()]
            if grows(times):
                found += 1
                yield times
            if found == _MOST_TIMES:
                return


def _places(rows: _Bytes, kind: str, scale: float) -> Iterator[tuple[int, list[float], list[float]]]:
    """Neighbouring columns that are in the range of latitude and longitude in every frame, and not zero."""
    width = np.dtype(kind).itemsize
    for at in range(0, rows.shape[1] - 2 * width + 1, _ALIGNED):
        with np.errstate(invalid="ignore", over="ignore"):
            latitude = np.abs(first := _column(rows, at, kind).astype(np.float64) * scale)
            longitude = np.abs(second := _column(rows, at + width, kind).astype(np.float64) * scale)
        if ((latitude > 0.05) & (latitude <= 90)).all() and ((longitude > 0.05) & (longitude <= 180)).all():
            yield at, first.tolist(), second.tolist()
