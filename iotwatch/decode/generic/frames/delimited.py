"""Protocol buffers one after the other, each behind its length, as a unit appends them to a file.

Lengths: a varint (``writeDelimitedTo`` of the protobuf libraries), or 32 and 16 bits in either byte order. A record is told by
the paths of its fields; optional ones may be absent in some. Times: Unix, in seconds to nanoseconds, as varint or fixed.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from iotwatch.decode.generic.frames.track import FEWEST, Point, grows, is_track, messages
from iotwatch.decode.generic.times import parse_time
from iotwatch.decode.message import Message
from iotwatch.errors import LimitReached
from iotwatch.files.protobuf import Field, fields, varint
from iotwatch.read.stream import Stream

_Path = tuple[int, ...]
_LONGEST = 4096
_MOST_LEAVES = 500_000
_MOST_PATHS = 64
_DEEPEST = 4
_E7 = 1e7
_PADDING = b"\0\xff"


class Record(msgspec.Struct, frozen=True, gc=False):
    """The fields of one message by their path, its bytes, and where a stream holds them; ``time`` is what stands beside it."""

    leaves: dict[_Path, Field]
    data: bytes
    span: tuple[int, int]
    time: int | None = None


def read(stream: Stream) -> Iterator[Message]:
    """The messages of a file that is such records from its first byte to its end, padding or a cut last record apart.

    ``LimitReached`` behind the most that are held at once.
    """
    data = stream.data
    for framing in ("varint", "<I", ">I", "<H", ">H"):
        records, held = list[Record](), 0
        for record in _records(data, framing):
            records.append(record)
            held += len(record.leaves)
            if held > _MOST_LEAVES:
                break
        whole = records and (held > _MOST_LEAVES or _ends(data, records[-1].span[1]))
        if len(records) >= FEWEST and whole:
            yield from track_of(stream, records)
            if held > _MOST_LEAVES:
                raise LimitReached(f"the records behind the first {len(records)} were not read")
            return


def _ends(data: bytes, at: int) -> bool:
    return len(data) - at <= min(_LONGEST, at) or not data[at:].strip(_PADDING)


def _records(data: bytes, framing: str) -> Iterator[Record]:
    at = 0
    while at < len(data):
        if framing == "varint":
            size, start = varint(data, at, len(data))
        else:
            start = at + struct.calcsize(framing)
            size = struct.unpack_from(framing, data, at)[0] if start <= len(data) else 0
        end = start + size
        if start < 0 or not 8 <= size <= _LONGEST or end > len(data):
            return
        found = leaves(data, start, end)
        if not found:
            return
        yield Record(found, data, (at, end))
        at = end


def leaves(data: bytes, start: int, end: int) -> dict[_Path, Field] | None:
    """The first field of each path in a message and in those inside it; ``None`` where the bytes are no message."""
    top = fields(data, start, end)
    if top is None:
        return None
    found = dict[_Path, Field]()
    pending: list[tuple[_Path, list[Field]]] = [((), top)]
    while pending:
        path, those = pending.pop()
        for one in those:
            here = (*path, one.number)
            found.setdefault(here, one)
            inside = fields(data, one.at, one.end) if one.wire == 2 and len(here) < _DEEPEST else None
            if inside:
                pending.append((here, inside))
    return found


def track_of(stream: Stream, records: Sequence[Record], protocol: str = "protobuf") -> list[Message]:
    """The timed places of the first two neighbouring fields that make a track; none where no two do."""
    counted = Counter((path, one.wire) for record in records for path, one in record.leaves.items())
    usual = {path: wire for (path, wire), count in counted.items() if count >= max(FEWEST, len(records) // 2)}
    for first in sorted(usual)[:_MOST_PATHS]:
        second = (*first[:-1], first[-1] + 1)
        if usual.get(second) != usual[first] or usual[first] == 2:
            continue
        both = [one for one in records if first in one.leaves and second in one.leaves]
        for scaled, read_as in _READINGS[usual[first]]:
            places = [_pair(one, first, second, read_as) for one in both]
            kept = [(one, place) for one, place in zip(both, places, strict=True) if place is not None]
            if len(kept) * 8 < len(both) * 7:  # the first fixes of a receiver may be none
                continue
            for times in _times([one for one, _ in kept], {first, second}, usual):
                points = [Point(*place, time, one.span) for (one, place), time in zip(kept, times, strict=True)]
                if is_track(points, scaled=scaled):
                    return messages(protocol, stream, points, scaled=scaled)
    return []


def _pair(record: Record, first: _Path, second: _Path, read_as: str) -> tuple[float, float] | None:
    latitude, longitude = (_number(record.data, record.leaves[path], read_as) for path in (first, second))
    within = abs(latitude) <= 90 and abs(longitude) <= 180 and latitude and longitude
    return (latitude, longitude) if within else None


# By wire type: whether the scale of it is guessed, and the type.
_READINGS = {
    0: ((True, "zigzag"), (True, "int64")),
    1: ((False, "<d"),),
    5: ((False, "<f"), (True, "<i")),
}


def _number(data: bytes, field: Field, read_as: str) -> float:
    if read_as == "zigzag":
        return ((field.value >> 1) ^ -(field.value & 1)) / _E7
    if read_as == "int64":
        return (field.value - (1 << 64) if field.value >> 63 else field.value) / _E7
    (value,) = struct.unpack_from(read_as, data, field.at)
    return float(value) / _E7 if read_as == "<i" else float(value)


def _times(records: Sequence[Record], taken: set[_Path], usual: dict[_Path, int]) -> Iterator[list[int]]:
    """What could be the records' times: what stands beside them, then each column of numbers that are times and grow."""
    beside = [one.time for one in records if one.time is not None]
    if len(beside) == len(records) and grows(beside):
        yield beside
    for path in sorted(usual.keys() - taken)[:_MOST_PATHS]:
        if usual[path] == 2 or not all(path in one.leaves for one in records):
            continue
        for read_as in ("varint",) if usual[path] == 0 else ("<Q", "<d") if usual[path] == 1 else ("<I",):
            times = [_time(one.data, one.leaves[path], read_as) for one in records]
            whole = [time for time in times if time is not None]
            if len(whole) == len(times) and grows(whole):
                yield whole


def _time(data: bytes, field: Field, read_as: str) -> int | None:
    value = field.value if read_as == "varint" else struct.unpack_from(read_as, data, field.at)[0]
    return parse_time(value)
