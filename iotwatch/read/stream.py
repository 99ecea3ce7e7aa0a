"""A ``Stream``: bytes in order, each still knowing the frame, the time and the file offset it came from."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec
import numpy as np
from msgspec.structs import replace
from numpy.typing import NDArray

from iotwatch.model import EXCERPT_BYTES, Evidence, Place, Step, cut, step
from iotwatch.words.ends import EndsBy

Int64s = NDArray[np.int64]
NO_TIME = np.iinfo(np.int64).min
_ZERO = np.zeros(1, np.int64)
_NEVER = np.array([NO_TIME], np.int64)
for _shared in (_ZERO, _NEVER):
    _shared.flags.writeable = False


class Flow(msgspec.Struct, frozen=True):
    """The ends of one conversation. ``index`` is its row in the capture's flow table.

    ``client`` is the device and ``server`` the far end, as ``told`` by ``EndsBy`` (``None``: not by packets). ``client_mac`` is
    empty where the link has none.
    """

    index: int
    transport: str
    client: str
    client_port: int
    server: str
    server_port: int
    client_mac: str = ""
    server_mac: str = ""
    tunnel: str = ""
    told: EndsBy | None = None

    def turned(self, told: EndsBy) -> Flow:
        """The same conversation with the other end as the client."""
        return replace(
            self,
            client=self.server,
            client_port=self.server_port,
            server=self.client,
            server_port=self.client_port,
            client_mac=self.server_mac,
            server_mac=self.client_mac,
            told=told,
        )


class Stream(msgspec.Struct, frozen=True, eq=False):
    """Bytes with their way back.

    ``kind`` says what carried them: ``tcp``, ``udp``, ``usb``, ``can``, ``gsmtap``, ``802.11``, ``text``, ``payload`` ...
    Segment ``i`` covers ``data[starts[i]:starts[i+1]]`` and stands at ``offsets[i]`` of the bytes that ``origin`` gives
    (``None``: the file itself). ``frames`` holds Wireshark's frame numbers (0: no frame), ``times`` microseconds
    (``NO_TIME``: unknown). ``gaps`` lists ``(offset in data, missing bytes)`` in order: nothing is ever glued over a hole
    in silence. In a ``datagram`` stream every segment is a message of its own. ``beside`` is what the other end said in the same
    conversation, where that is known (``paired``).
    """

    data: bytes
    starts: Int64s
    offsets: Int64s
    frames: Int64s
    times: Int64s
    origin: Place | None = None
    kind: str = "payload"
    flow: Flow | None = None
    up: bool = True
    datagram: bool = False
    gaps: tuple[tuple[int, int], ...] = ()
    path: str = ""
    context: dict[str, str] = {}
    beside: Stream | None = None

    @property
    def is_unwrapped(self) -> bool:
        """Whether these bytes, from the first on, are what a step gave, not a part of what was there before."""
        return self.origin is not None and isinstance(self.origin.operation, Step) and not self.offsets.item(0)

    def segment_at(self, position: int) -> int:
        """Index of the segment that holds byte ``position``."""
        if len(self.starts) < 2:
            return 0
        return max(0, int(self.starts.searchsorted(position, "right")) - 1)

    def _frame(self, segment: int) -> int | None:
        return (self.frames.item(segment) if len(self.frames) else 0) or None

    def _time(self, segment: int) -> int | None:
        time = self.times.item(segment) if len(self.times) else NO_TIME
        return None if time == NO_TIME else time

    def frame_at(self, position: int) -> int | None:
        return self._frame(self.segment_at(position))

    def time_at(self, position: int) -> int | None:
        return self._time(self.segment_at(position))

    def segments(self) -> Iterator[tuple[int, int]]:
        """Yield ``(start, end)`` of each segment."""
        starts = self.starts.tolist()
        yield from zip(starts, [*starts[1:], len(self.data)], strict=True)

    def place(self, start: int, end: int) -> Place:
        """The place of ``data[start:end]``: one cut, trimmed to it, of the bytes that ``origin`` gives."""
        return self._place(start, end, self.segment_at(start))

    def _place(self, start: int, end: int, index: int) -> Place:
        """The same for a ``start`` in the segment ``index``."""
        if start < end and (index + 1 >= len(self.starts) or end <= self.starts.item(index + 1)):
            span = (self.offsets.item(index) - self.starts.item(index) + start, min(end, len(self.data)) - start)
            frame = self.frames.item(index)
            return cut(self.origin, (span,), (frame,) if frame else ())
        spans: list[tuple[int, int]] = []
        frames: list[int] = []
        here = start
        while here < end:
            stop = int(self.starts[index + 1]) if index + 1 < len(self.starts) else len(self.data)
            stop = min(stop, end)
            if stop > here:
                offset = int(self.offsets[index]) + here - int(self.starts[index])
                frame = int(self.frames[index])
                if spans and frame == frames[-1] and sum(spans[-1]) == offset:
                    spans[-1] = (spans[-1][0], spans[-1][1] + stop - here)
                else:
                    spans.append((offset, stop - here))
                    frames.append(frame)
            here = max(stop, here)
            index += 1
            if index >= len(self.starts) and here < end:
                break
        return cut(self.origin, spans, frames if any(frames) else ())

    def evidence(self, start: int = 0, end: int | None = None) -> Evidence:
        """The evidence that ``data[start:end]`` is."""
        end = len(self.data) if end is None else min(end, len(self.data))
        index = self.segment_at(start)
        excerpt = self.data[start : min(end, start + EXCERPT_BYTES)]
        place, frame, time = self._place(start, end, index), self._frame(index), self._time(index)
        return Evidence(place, excerpt, end - start, frame, time, self.path)

    def _gaps_in(self, start: int, end: int) -> tuple[tuple[int, int], ...]:
        """The gaps inside a part of it, which may be one of thousands."""
        first, last = bisect_left(self.gaps, (start + 1,)), bisect_left(self.gaps, (end,))
        return tuple((at - start, lost) for at, lost in self.gaps[first:last])

    def part(self, start: int, end: int) -> Stream:
        """The stream of ``data[start:end]`` with its own offsets; the bytes keep their way back."""
        first = self.segment_at(start)
        within = first + 1 >= len(self.starts) or end <= self.starts.item(first + 1)
        last = first + 1 if within else self.segment_at(max(start, end - 1)) + 1
        starts, offsets = _ZERO, self.offsets[first:last]
        if last == first + 1:
            skip = start - self.starts.item(first)
            if skip:
                offsets = offsets + skip
        else:
            skipped = start - self.starts[first:last]
            starts, offsets = np.maximum(-skipped, 0), offsets + np.maximum(skipped, 0)
        return Stream(
            data=self.data[start:end],
            starts=starts,
            offsets=offsets,
            frames=self.frames[first:last],
            times=self.times[first:last],
            origin=self.origin,
            kind=self.kind,
            flow=self.flow,
            up=self.up,
            datagram=self.datagram,
            gaps=self._gaps_in(start, end) if self.gaps else (),
            path=self.path,
            context=self.context,
        )

    def join(self, ranges: list[tuple[int, int]]) -> Stream:
        """The stream of several ranges in turn, for bodies that come in chunks: still one cut."""
        parts = [self.part(start, end) for start, end in ranges if end > start]
        if not parts:
            return self.part(0, 0)
        shifts = np.cumsum([0, *(len(part.data) for part in parts)])
        return replace(
            self,
            data=b"".join(part.data for part in parts),
            starts=np.concatenate([part.starts + shift for part, shift in zip(parts, shifts, strict=False)]),
            offsets=np.concatenate([part.offsets for part in parts]),
            frames=np.concatenate([part.frames for part in parts]),
            times=np.concatenate([part.times for part in parts]),
            gaps=(),
        )

    def through(self, name: str, data: bytes, argument: str = "", *, kind: str = "payload") -> Stream:
        """The stream that the named step made of all of this one's bytes; times and frames are those of its start."""
        origin = step(self.place(0, len(self.data)), name, argument)
        return from_bytes(data, origin=origin, kind=kind, frame=self.frame_at(0) or 0, time=self.time_at(0), like=self)

    def tagged(self, **context: str) -> Stream:
        """The same bytes with more context (topic, content type, host ...) for those who look inside."""
        return replace(self, context={**self.context, **context})


def from_bytes(
    data: bytes,
    *,
    origin: Place | None = None,
    kind: str = "payload",
    frame: int = 0,
    time: int | None = None,
    like: Stream | None = None,
    path: str = "",
) -> Stream:
    """A stream of one segment; ``like`` gives flow, direction and context."""
    return Stream(
        data=data,
        starts=_ZERO,
        offsets=_ZERO,
        frames=np.array([frame], np.int64) if frame else _ZERO,
        times=_NEVER if time is None else np.array([time], np.int64),
        origin=origin,
        kind=kind,
        flow=like.flow if like else None,
        up=like.up if like else True,
        path=path or (like.path if like else ""),
        context=dict(like.context) if like else {},
    )


def paired(streams: Iterable[Stream]) -> Iterator[Stream]:
    """The streams in their order; both directions of a conversation in datagrams, which follow each other, know each other."""
    held: Stream | None = None
    for stream in streams:
        if held is not None and _converse(held, stream):
            yield replace(held, beside=stream)
            yield replace(stream, beside=held)
            held = None
            continue
        if held is not None:
            yield held
        held = stream if stream.datagram and stream.flow is not None else None
        if held is None:
            yield stream
    if held is not None:
        yield held


def _converse(one: Stream, other: Stream) -> bool:
    if one.flow is None or other.flow is None or not other.datagram:
        return False
    return one.flow.index == other.flow.index and one.up is not other.up


class Kept(Protocol):
    """The kept streams of a capture, as often as wanted.

    ``of`` gives those of some flows alone, by their rows, ``among`` those that have no flow too.
    """

    def __iter__(self) -> Iterator[Stream]: ...

    def among(self, flows: NDArray[np.bool_]) -> Iterator[Stream]: ...

    def of(self, flows: NDArray[np.bool_]) -> Iterator[Stream]: ...


class NoStreams:
    """Nothing is kept, or nothing any more."""

    def __iter__(self) -> Iterator[Stream]:
        return iter(())

    def among(self, flows: NDArray[np.bool_]) -> Iterator[Stream]:
        return self.of(flows)

    def of(self, flows: NDArray[np.bool_]) -> Iterator[Stream]:  # noqa: ARG002
        return iter(())
