"""Bulk endpoints of a device as they were captured: which bytes of the stream each one carried, in order."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

import msgspec
import numpy as np
from msgspec.structs import replace

from iotwatch.decode.usb.transfers import Transfer
from iotwatch.read.stream import Stream

MAX_PIPES = 1024  # endpoints with data in one capture


def _numbers() -> array[int]:
    return array("q")


class Pipe(msgspec.Struct):
    """One endpoint: its transfers stand at ``starts`` to ``ends`` of the capture's stream, ``missing`` bytes short."""

    endpoint: int
    starts: array[int] = msgspec.field(default_factory=_numbers)
    ends: array[int] = msgspec.field(default_factory=_numbers)
    missing: array[int] = msgspec.field(default_factory=_numbers)

    def add(self, event: Transfer) -> None:
        self.starts.append(event.start)
        self.ends.append(event.end)
        self.missing.append(event.missing)

    def some(self, first: int, count: int) -> Pipe:
        """The pipe with ``count`` of its transfers from number ``first`` on."""
        chosen = slice(first, first + count)
        return Pipe(self.endpoint, self.starts[chosen], self.ends[chosen], self.missing[chosen])

    def first(self) -> tuple[int, int]:
        """Where the first transfer stands of which there are bytes."""
        both = zip(self.starts, self.ends, strict=True)
        return next(((start, end) for start, end in both if end > start), (self.starts[0], self.starts[0]))

    @property
    def outbound(self) -> bool:
        """Whether the host sends: towards the network, for a modem's pipes."""
        return not self.endpoint & 0x80


class Run(msgspec.Struct):
    """A pipe's bytes in one piece of ``data``: transfer ``i`` is ``data[starts[i]:ends[i]]``, ``missing[i]`` bytes short."""

    data: bytes
    starts: list[int]
    ends: list[int]
    missing: Sequence[int]
    outbound: bool

    def limits(self) -> list[int]:
        """For each transfer, how far the bytes go on without a hole."""
        limits = list(self.ends)
        for index in range(len(limits) - 2, -1, -1):
            if not self.missing[index]:
                limits[index] = limits[index + 1]
        return limits


def gathered(stream: Stream, pipes: Sequence[Pipe]) -> tuple[Stream, list[Run]]:
    """All bytes of some pipes as one stream, pipe after pipe, which still knows the frame of each; and each pipe's run."""
    starts = np.concatenate([np.array(pipe.starts, np.int64) for pipe in pipes])
    ends = np.concatenate([np.array(pipe.ends, np.int64) for pipe in pipes])
    view = memoryview(stream.data)
    data = b"".join(map(view.__getitem__, map(slice, starts.tolist(), ends.tolist())))
    segment = np.searchsorted(stream.starts, starts, "right") - 1
    limits = np.cumsum(ends - starts)
    own = limits - (ends - starts)
    whole = replace(
        stream,
        data=data,
        starts=own,
        offsets=stream.offsets[segment] + starts - stream.starts[segment],
        frames=stream.frames[segment],
        times=stream.times[segment],
        datagram=False,
        gaps=(),
    )
    runs, first = [], 0
    for pipe in pipes:
        mine = slice(first, first + len(pipe.starts))
        runs.append(Run(data, own[mine].tolist(), limits[mine].tolist(), pipe.missing, pipe.outbound))
        first = mine.stop
    return whole, runs
