"""Kept payload: pieces of bytes with their columns, appended batch by batch, handed out stream by stream at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from iotwatch.read.flows.growing import GrowingTable
from iotwatch.read.layers.columns import Bytes, Int64s, heads, indices, limits, runs

_BLOCK = 1 << 16  # segments that are put in order at a time
_SHORT = 64  # up to here a gather of fixed width beats a copy for each segment
_GATHER = 4096
_LAYOUT: dict[str, type[np.generic]] = {
    "stream": np.int32, "at": np.uint32, "length": np.int32, "sequence": np.uint32, "frame": np.uint32,
    "offset": np.int64, "time": np.int64,
}  # fmt: skip
SEGMENT_COST = sum(np.dtype(kind).itemsize for kind in _LAYOUT.values())


class Segments(NamedTuple):
    """Columns of kept segments; ``at`` and ``length`` bound the bytes of each among those that the store ``keeps``."""

    stream: Int64s
    at: Int64s
    length: Int64s
    sequence: NDArray[np.uint32]
    frame: Int64s
    offset: Int64s
    time: Int64s

    def where(self, chosen: Int64s) -> Segments:
        """Those at positions ``chosen`` of these."""
        columns: list[Any] = [column[chosen] for column in self]
        return Segments(*columns)


class SegmentStore:
    """Collects segments; ``size`` is what they cost in memory. They come out in order of streams.

    Their bytes stand in a row of blobs, in which those of one batch and stream stand together.
    """

    def __init__(self) -> None:
        self.size = 0
        self._blobs: list[memoryview] = []
        self._blob_starts: list[int] = []
        self._end = 0
        self._table = GrowingTable(**_LAYOUT)
        self._columns: dict[str, NDArray[Any]] = {}
        self._bounds: Int64s | None = None

    def add(
        self,
        data: Bytes,
        stream: Int64s,
        start: Int64s,
        length: Int64s,
        sequence: NDArray[np.uint32],
        frame: Int64s,
        offset: Int64s,
        time: Int64s,
    ) -> None:
        """Copy ``length`` bytes from each ``start`` of ``data``, with what is known of them; not after they came out."""
        if not len(start):
            return
        short = indices(length <= _SHORT)
        if len(short) == len(length):
            at = self._place(_copy_short(data, start, length), length)
        else:
            # Short segments first, then long ones: two ways to copy.
            long = indices(length > _SHORT)
            at = np.empty(len(start), np.int64)
            at[short] = self._place(_copy_short(data, start[short], length[short]), length[short])
            at[long] = self._place(_copy_long(data, start[long], length[long]), length[long])
        self.size += int(length.sum()) + SEGMENT_COST * len(start)
        self._table.append(
            len(start), stream=stream, at=at, length=length, sequence=sequence, frame=frame, offset=offset, time=time
        )

    def _place(self, blob: memoryview, length: Int64s) -> Int64s:
        """Keep a blob; where each of the pieces that it is made of begins."""
        self._blobs.append(blob)
        self._blob_starts.append(self._end)
        at = length.cumsum()
        at += self._end
        at -= length
        # A place that is never taken: what ends in one blob does not touch what begins in the next one.
        self._end += len(blob) + 1
        return at

    def texts(self, begin: Int64s, end: Int64s) -> list[memoryview]:
        """The bytes from each ``begin`` to its ``end``, which stands in the same blob."""
        blob = np.searchsorted(self._blob_starts, begin, "right") - 1
        before = np.array(self._blob_starts, np.int64)[blob]
        blobs = self._blobs
        return [
            blobs[number][first:last]
            for number, first, last in zip(
                blob.tolist(), (begin - before).tolist(), (end - before).tolist(), strict=True
            )
        ]

    def _ordered(self) -> Int64s:
        """Put the segments in order of (stream, arrival), one column after the other; where each stream begins."""
        if self._bounds is None:
            order = self._table.column("stream").astype(np.int64)
            order <<= 32
            order |= np.arange(len(order))
            order.sort()
            order &= 0xFFFFFFFF
            self._columns = {name: self._table.drawn(name, order) for name in _LAYOUT}
            self._bounds = limits(runs(self._columns["stream"]), len(order))
        return self._bounds

    def __len__(self) -> int:
        """How many streams there are."""
        return len(self._ordered()) - 1

    def blocks(self) -> Iterator[Segments]:
        """The segments of some whole streams at a time, in order of (stream, arrival)."""
        bounds = self._ordered()
        first = 0
        while first < len(bounds) - 1:
            last = int(np.searchsorted(bounds, bounds[first] + _BLOCK, "right")) - 1
            last = max(last, first + 1)
            rows = slice(int(bounds[first]), int(bounds[last]))
            part = {name: column[rows] for name, column in self._columns.items()}
            yield Segments(
                stream=part["stream"].astype(np.int64),
                at=part["at"].astype(np.int64),
                length=part["length"].astype(np.int64),
                sequence=part["sequence"],
                frame=part["frame"].astype(np.int64),
                offset=part["offset"],
                time=part["time"],
            )
            first = last


def _copy_short(data: Bytes, start: Int64s, length: Int64s) -> memoryview:
    """Gather rows of one width, then drop what is too much: no object for each segment."""
    if not len(length):
        return memoryview(b"")
    blob = np.empty(int(length.sum()), np.uint8)
    width = max(8, int(length.max()) + 7 & -8)
    column = np.arange(width, dtype=np.uint8)
    sizes = length.astype(np.uint8)[:, None]
    done = 0
    for first in range(0, len(start), _GATHER):
        chosen = slice(first, first + _GATHER)
        piece = heads(data, start[chosen], width)[column < sizes[chosen]]
        blob[done : done + len(piece)] = piece
        done += len(piece)
    return memoryview(blob)  # type: ignore[arg-type]


def _copy_long(data: Bytes, start: Int64s, length: Int64s) -> memoryview:
    view = memoryview(data)  # type: ignore[arg-type]
    return memoryview(b"".join(map(view.__getitem__, map(slice, start.tolist(), (start + length).tolist()))))
