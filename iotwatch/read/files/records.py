"""``Records``: the packet records of one window as columns, whatever file format they came in."""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from iotwatch.read.layers.columns import Bools, Bytes, Int32s, Int64s


class Records(msgspec.Struct):
    """One batch of packets. ``data`` is the window, whose first byte stands at ``base`` of the file.

    ``start`` points to each packet's first byte in ``data``, ``captured`` and ``length`` are its bytes in the file and on
    the wire, ``time`` is in microseconds UTC, ``link`` the LINKTYPE number, ``frame`` Wireshark's frame number.
    ``outbound`` says whether the side under test sent it, where the carrier tells.
    """

    data: Bytes
    base: int
    start: Int64s
    captured: Int64s
    length: Int64s
    time: Int64s
    link: Int32s
    frame: Int64s
    outbound: Bools | None = None

    def __len__(self) -> int:
        return len(self.start)

    def picked(self, rows: Int64s, data: Bytes) -> Records:
        """The records of ``rows`` in that order, over ``data`` that begins with the same bytes."""
        return Records(
            data=data,
            base=self.base,
            start=self.start[rows],
            captured=self.captured[rows],
            length=self.length[rows],
            time=self.time[rows],
            link=self.link[rows],
            frame=self.frame[rows],
            outbound=None if self.outbound is None else self.outbound[rows],
        )


def joined(batches: list[Records]) -> Records:
    """Batches over the same window as one."""
    if len(batches) == 1:
        return batches[0]
    names = ("start", "captured", "length", "time", "link", "frame")
    columns = [np.concatenate([getattr(batch, name) for batch in batches]) for name in names]
    return Records(batches[0].data, batches[0].base, *columns)


def numbered(first: int, count: int) -> NDArray[np.int64]:
    """The frame numbers of ``count`` records, of which ``first - 1`` came before."""
    return np.arange(first, first + count, dtype=np.int64)
