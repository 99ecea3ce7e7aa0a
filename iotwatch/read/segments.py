"""Kept payload: pieces of bytes with their columns, appended batch by batch, handed out stream by stream at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from iotwatch.read.columns import Bytes, Int32s, Int64s, heads, indices, runs
from iotwatch.read.tape import Tape

_BLOCK = 1 << 16  # segments that are put in order at a time
_SHORT = 64  # up to here a gather of fixed width beats a copy for each segment
_GATHER = 4096


_LAYOUT = np.dtype(
    [
        ("stream", np.int32),
        ("at", np.int32),
        ("length", np.int32),
        ("sequence", np.uint32),
        ("frame", np.uint32),
        ("offset", np.int64),
        ("time", np.int64),
    ]
)
SEGMENT_COST = _LAYOUT.itemsize


class Segments(NamedTuple):
    """Columns of kept segments; ``at`` and ``length`` bound the bytes in blob number ``blob``."""

    stream: Int64s
    blob: Int64s
    at: Int64s
    length: Int64s
    sequence: NDArray[np.uint32]
    frame: Int64s
    offset: Int64s
    time: Int64s


class SegmentStore:
    """Collects segments; ``size`` is what they cost in memory. After ``close`` they come out in order of streams."""

    def __init__(self) -> None:
        self.size = 0
        self.blobs: list[bytes] = []
        self._tape = Tape(_LAYOUT)
        self._blob_starts: list[int] = []
        self._order: Int32s = np.empty(0, np.int32)
        self._bounds = np.zeros(1, np.int64)

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
        """Copy ``length`` bytes from each ``start`` of ``data``, with what is known of them."""
        if not len(start):
            return
        # Short segments first, then long ones: two ways to copy, one blob.
        short, long = indices(length <= _SHORT), indices(length > _SHORT)
        blob = _copy_short(data, start[short], length[short]) + _copy_long(data, start[long], length[long])
        placed = np.concatenate([short, long])
        at = np.empty(len(start), np.int32)
        at[placed] = np.cumsum(length[placed]) - length[placed]
        self.blobs.append(blob)
        self._blob_starts.append(len(self._tape))
        self.size += len(blob) + SEGMENT_COST * len(start)
        self._tape.append(
            len(start), stream=stream, at=at, length=length, sequence=sequence, frame=frame, offset=offset, time=time
        )

    def close(self) -> None:
        """Put the segments in order of (stream, arrival); nothing can be added afterwards."""
        packed = self._tape.column("stream").astype(np.int64)
        if not len(packed):
            return
        packed <<= 32
        packed |= np.arange(len(packed))
        packed.sort()
        self._order = packed.astype(np.int32)
        packed >>= 32
        self._bounds = np.append(runs(packed), len(packed))

    def __len__(self) -> int:
        """How many streams there are."""
        return len(self._bounds) - 1

    def blocks(self) -> Iterator[Segments]:
        """The segments of some whole streams at a time, in order of (stream, arrival)."""
        first = 0
        while first < len(self):
            last = int(np.searchsorted(self._bounds, self._bounds[first] + _BLOCK, "right")) - 1
            last = max(last, first + 1)
            index = self._order[self._bounds[first] : self._bounds[last]].astype(np.int64)
            rows = self._tape.rows(index)
            yield Segments(
                stream=rows["stream"].astype(np.int64),
                blob=np.searchsorted(self._blob_starts, index, "right") - 1,
                at=rows["at"].astype(np.int64),
                length=rows["length"].astype(np.int64),
                sequence=rows["sequence"],
                frame=rows["frame"].astype(np.int64),
                offset=rows["offset"].copy(),
                time=rows["time"].copy(),
            )
            first = last


def _copy_short(data: Bytes, start: Int64s, length: Int64s) -> bytes:
    """Gather rows of one width, then drop what is too much: no object for each segment."""
    if not len(start):
        return b""
    column = np.arange(_SHORT, dtype=np.uint8)
    sizes = length.astype(np.uint8)[:, None]
    pieces = []
    for first in range(0, len(start), _GATHER):
        chosen = slice(first, first + _GATHER)
        pieces.append(heads(data, start[chosen], _SHORT)[column < sizes[chosen]])
    return np.concatenate(pieces).tobytes()


def _copy_long(data: Bytes, start: Int64s, length: Int64s) -> bytes:
    view = memoryview(data)  # type: ignore[arg-type]
    return b"".join(map(view.__getitem__, map(slice, start.tolist(), (start + length).tolist())))
