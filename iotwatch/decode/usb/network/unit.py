"""Network frames inside a pipe's bytes, and the walk over its transfers that all ways of packing them share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import msgspec

from iotwatch.decode.usb.pipes import Run

ETHERNET, PPP, RAW_IP = 1, 9, 101  # LINKTYPE numbers
DEVICE_SERVICE = -1  # no network frame: a device service stream of MBIM
MAX_BLOCK = 1 << 20  # a larger transfer buffer is not believed (Linux cdc_ncm asks for 32 KiB, Windows for 64)


class Unit(NamedTuple):
    """A frame at ``data[start:end]`` of ``length`` bytes on the wire; ``session`` is its MBIM session or QMAP multiplexer."""

    start: int
    end: int
    length: int
    link: int
    session: int = 0


class Tally(msgspec.Struct):
    """What was met on the walk: transfers (or parts) that hold no frame, and frames of which a part is missing."""

    unread: int = 0
    cut: int = 0


class Block(NamedTuple):
    """What one header spans: bytes that are here, and its ``size`` on the wire, which is more when a part is missing."""

    start: int
    end: int
    size: int


Size = Callable[[bytes, int, int], int]
"""Bytes that the unit at a position announces, 0 when none begins there; the second position ends what may be read."""
Walk = Callable[[Run, Tally], Iterator[Unit]]


def blocks(
    run: Run, size_at: Size, tally: Tally, *, several: bool = False, begins: Size | None = None
) -> Iterator[Block]:
    """The blocks of a pipe: a transfer each, or ``several`` to a transfer.

    One that announces more than its transfer holds goes on in the next ones (a request's buffer was smaller), unless a
    transfer begins a block of its own (as ``begins`` tells, where ``size_at`` takes any bytes for a header); never over bytes
    that the capture left out.
    """
    limits = run.limits()
    index, here = 0, run.starts[0] if run.starts else 0
    while index < len(run.starts):
        size = size_at(run.data, here, limits[index])
        if several and not 0 < size <= MAX_BLOCK:
            tally.cut += run.missing[index] > 0
            tally.unread += here == run.starts[index] and not run.missing[index]
            index += 1
            here = run.starts[index] if index < len(run.starts) else here
            continue
        last = _last(run, index, here + min(size, MAX_BLOCK), begins or size_at, limits)
        end, wire = run.ends[last], max(size, run.ends[last] + run.missing[last] - here)
        if several:
            end, wire = min(end, here + size), size
        tally.cut += end - here < wire
        if end > here:
            yield Block(here, end, wire)
        index, here = (last, end) if several and end < run.ends[last] else (last + 1, run.ends[last])


def _last(run: Run, index: int, until: int, begins: Size, limits: list[int]) -> int:
    """Number of the transfer in which the block that began in transfer ``index`` ends."""
    while (
        run.ends[index] < until
        and not run.missing[index]
        and index + 1 < len(run.starts)
        and not begins(run.data, run.starts[index + 1], limits[index + 1])
    ):
        index += 1
    return index
