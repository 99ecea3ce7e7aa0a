"""Network frames that another stream carries (the bulk transfers of a USB modem), read exactly like those of a capture.

The frames are found by who knows their carrier; here they become packets, flows, contacts and streams. Positions in the
carried bytes are then turned back into places of the outer file, so that evidence is a cut of it and names its frames.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import numpy as np
from msgspec import structs

from iotwatch.files.limits import ReadLimits
from iotwatch.model import Coverage
from iotwatch.read.capture import Capture, read_packets
from iotwatch.read.files.records import Records
from iotwatch.read.flows.contacts import ContactTable
from iotwatch.read.layers.columns import SLACK, Bools, Bytes, Int32s, Int64s
from iotwatch.read.stream import NO_TIME, Kept, Stream

_BATCH = 1 << 15  # packets dissected at a time


def _no_rows() -> Int64s:
    return np.empty(0, np.int64)


class Framed(Stream, frozen=True, eq=False):
    """A stream in which network frames stand, in order of time: frame ``i`` is ``data[begins[i]:ends[i]]``.

    ``lengths`` are their bytes on the wire (more than are here when the capture cut them), ``links`` their LINKTYPE numbers,
    ``outbound`` whether the side under test sent them. ``told`` is what was, or was not, found in their carrier, which is not
    ``complete`` when the capture left out some of it. ``carrier`` names it, as a flow's ``tunnel`` does.
    """

    begins: Int64s = msgspec.field(default_factory=_no_rows)
    ends: Int64s = msgspec.field(default_factory=_no_rows)
    lengths: Int64s = msgspec.field(default_factory=_no_rows)
    links: Int32s = msgspec.field(default_factory=lambda: np.empty(0, np.int32))
    outbound: Bools = msgspec.field(default_factory=lambda: np.empty(0, np.bool_))
    told: tuple[Coverage, ...] = ()
    complete: bool = True
    carrier: str = ""


def read_framed(framed: Framed, limits: ReadLimits | None = None) -> Capture:
    """The frames' flows, contacts and streams. Frame numbers are those of the outer capture, where a frame begins."""
    data = np.frombuffer(framed.data + bytes(SLACK), np.uint8)
    capture = read_packets(_batches(framed, data), limits or ReadLimits(), len(framed.data), framed.origin)
    table = capture.flows
    table.tunnels[0] = framed.carrier
    sum_up = capture.sum_up
    table.first_offset[: len(table)] = _offsets(framed, table.first_offset[: len(table)])
    return msgspec.structs.replace(
        capture,
        complete=capture.complete and framed.complete,
        sum_up=lambda: _relocated_contacts(framed, sum_up()),
        streams=Relocated(framed, capture.streams),
        coverage=(*framed.told, *capture.coverage),
    )


def _batches(framed: Framed, data: Bytes) -> Iterator[Records]:
    segment = _segments(framed, framed.begins)
    for first in range(0, len(framed.begins), _BATCH):
        rows = slice(first, first + _BATCH)
        times = framed.times[segment[rows]]
        yield Records(
            data=data,
            base=0,
            start=framed.begins[rows],
            captured=framed.ends[rows] - framed.begins[rows],
            length=framed.lengths[rows],
            time=np.where(times == NO_TIME, 0, times),
            link=framed.links[rows],
            frame=framed.frames[segment[rows]],
            outbound=framed.outbound[rows],
        )


def _segments(outer: Stream, at: Int64s) -> Int64s:
    """The segment of ``outer`` that holds each position."""
    return np.maximum(np.searchsorted(outer.starts, at, "right") - 1, 0)


def _offsets(outer: Stream, at: Int64s) -> Int64s:
    """Where each position stands in what the outer origin gives."""
    segment = _segments(outer, at)
    moved: Int64s = outer.offsets[segment] + at - outer.starts[segment]
    return moved


def _relocated_contacts(outer: Stream, contacts: ContactTable) -> ContactTable:
    """Events at their places in the outer file; of a packet that spans segments, its first piece stands for it."""
    segment = _segments(outer, contacts.offsets)
    limits = np.append(outer.starts[1:], len(outer.data))
    room = limits[segment] - contacts.offsets
    return msgspec.structs.replace(
        contacts,
        offsets=_offsets(outer, contacts.offsets),
        lengths=np.minimum(contacts.lengths, room).astype(np.uint32),
    )


class Relocated:
    """Streams whose offsets count in ``outer``'s data, as streams of what ``outer`` itself was cut from."""

    def __init__(self, outer: Stream, streams: Kept) -> None:
        self._outer = outer
        self._streams = streams

    def __iter__(self) -> Iterator[Stream]:
        for stream in self._streams:
            yield from relocated(stream, self._outer)

    def among(self, flows: Bools) -> Iterator[Stream]:
        """Those of some flows, by their rows, and those that have no flow."""
        for stream in self._streams.among(flows):
            yield from relocated(stream, self._outer)

    def of(self, flows: Bools) -> Iterator[Stream]:
        """Those of some flows alone, by their rows."""
        for stream in self._streams.of(flows):
            yield from relocated(stream, self._outer)


def relocated(stream: Stream, outer: Stream) -> Iterator[Stream]:
    """``stream`` with the offsets and frames of ``outer``. A datagram that stands in several segments of ``outer`` becomes
    a stream of its own, as one that came in IP fragments does: its segments are its parts.
    """
    sizes = np.diff(np.append(stream.starts, len(stream.data)))
    first = _segments(outer, stream.offsets)
    last = np.searchsorted(outer.starts, stream.offsets + np.maximum(sizes, 1), "left")
    pieces = np.maximum(last - first, 1)
    if (pieces == 1).all():
        yield structs.replace(stream, offsets=_offsets(outer, stream.offsets), frames=outer.frames[first])
    elif stream.datagram:
        limits = [(start, start + size) for start, size in zip(stream.starts.tolist(), sizes.tolist(), strict=True)]
        whole = [limits[number] for number in np.flatnonzero(pieces == 1).tolist()]
        if whole:
            yield from relocated(stream.join(whole), outer)
        for number in np.flatnonzero(pieces > 1).tolist():
            yield from relocated(structs.replace(stream.part(*limits[number]), datagram=False), outer)
    else:
        yield _split(stream, outer, first, pieces)


def _split(stream: Stream, outer: Stream, first: Int64s, pieces: Int64s) -> Stream:
    """``stream`` with its segments parted where a segment of ``outer`` ends inside them."""
    segment = np.repeat(np.arange(len(pieces)), pieces)
    before = np.repeat(np.cumsum(pieces) - pieces, pieces)
    piece = first[segment] + np.arange(len(segment)) - before
    begin = stream.offsets[segment]
    at = np.maximum(outer.starts[piece], begin)
    return structs.replace(
        stream,
        starts=stream.starts[segment] + at - begin,
        offsets=outer.offsets[piece] + at - outer.starts[piece],
        frames=outer.frames[piece],
        times=stream.times[segment],
    )
