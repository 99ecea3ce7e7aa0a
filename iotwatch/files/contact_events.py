"""The events of contacts as packed columns, many contacts at a time: four bytes a number where all of a contact fit, else eight.

The times of a contact are its first one in eight bytes and then differences; all is little-endian. How wide a column is its
length tells, beside the number of events. Earlier versions wrote eight bytes each, of all events.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

Int64s = NDArray[np.int64]
Packed = tuple[bytes, bytes, bytes, bytes, bytes]
_NARROW, _WIDE = np.dtype("<i4").itemsize, np.dtype("<i8").itemsize


def pack(values: Int64s, bounds: Int64s) -> Iterator[bytes]:
    """The numbers of each contact in turn; those of contact ``i`` are ``bounds[i]`` to ``bounds[i + 1]`` of ``values``."""
    narrow = values.astype("<i4")
    beyond = np.append(0, np.cumsum(narrow != values))[bounds]
    short, at = narrow.tobytes(), bounds.tolist()
    if not beyond[-1]:
        return (short[first * _NARROW : last * _NARROW] for first, last in pairwise(at))
    long = values.astype("<i8").tobytes()
    return (
        long[first * _WIDE : last * _WIDE] if wide else short[first * _NARROW : last * _NARROW]
        for (first, last), wide in zip(pairwise(at), np.diff(beyond).tolist(), strict=True)
    )


def pack_times(times: Int64s, bounds: Int64s) -> Iterator[bytes]:
    """The times of each contact in turn, in order; a contact has at least one."""
    later = np.ones(len(times), np.bool_)
    later[bounds[:-1]] = False
    firsts = times[bounds[:-1]].astype("<i8").tobytes()
    differences = pack(np.diff(times, prepend=0)[later], bounds - np.arange(len(bounds)))
    return (firsts[at * _WIDE : (at + 1) * _WIDE] + rest for at, rest in enumerate(differences))


def pack_ends(values: Int64s, bounds: Int64s) -> Iterator[bytes]:
    """The first and the last number of each contact in turn, in eight bytes."""
    ends = np.stack((values[bounds[:-1]], values[bounds[1:] - 1]), axis=1).astype("<i8").tobytes()
    return (ends[at : at + 2 * _WIDE] for at in range(0, len(ends), 2 * _WIDE))


def packed(columns: Sequence[Int64s], bounds: Int64s) -> Iterator[Packed]:
    """Each contact's times, sizes, frames, offsets and lengths, its events in order of time."""
    times, sizes, frames, offsets, lengths = columns
    numbers = pack_times(times, bounds), pack(sizes, bounds), pack(frames, bounds)
    return zip(*numbers, pack_ends(offsets, bounds), pack_ends(lengths, bounds), strict=True)


def packed_alone(events: Sequence[tuple[int, int, int, int, int]]) -> Packed:
    """The same of one contact, whose events are (time, size, frame, offset, length)."""
    columns = np.array(events, np.int64).T
    return next(packed(list(columns), np.array([0, len(events)])))


def unpack(packed: Sequence[bytes], counts: Int64s) -> Int64s:
    """The numbers of all contacts in turn, ``counts`` of them each."""
    wide = np.fromiter(map(len, packed), np.int64, len(packed)) > _NARROW * counts
    if not wide.any():
        return np.frombuffer(b"".join(packed), "<i4").astype(np.int64)
    values, chosen = np.empty(int(counts.sum()), np.int64), wide.repeat(counts)
    for mine, kind in ((chosen, "<i8"), (~chosen, "<i4")):
        some = (column for column, is_wide in zip(packed, wide.tolist(), strict=True) if is_wide == (kind == "<i8"))
        values[mine] = np.frombuffer(b"".join(some), kind)
    return values


def unpack_times(packed: Sequence[bytes], counts: Int64s) -> Int64s:
    """The times of all contacts in turn, ``counts`` of them each, microseconds."""
    if not len(packed):
        return np.empty(0, np.int64)
    starts = np.cumsum(counts) - counts
    firsts = np.frombuffer(b"".join([column[:_WIDE] for column in packed]), "<i8")
    total = np.zeros(int(counts.sum()), np.int64)
    later = np.ones(len(total), np.bool_)
    later[starts] = False
    total[later] = unpack([column[_WIDE:] for column in packed], counts - 1)
    np.cumsum(total, out=total)
    times: Int64s = total - (total[starts] - firsts).repeat(counts)
    return times


def fits(column: bytes, count: int) -> bool:
    """Whether a column has ``count`` numbers."""
    return len(column) in (_NARROW * count, _WIDE * count)


def fits_times(column: bytes, count: int) -> bool:
    """Whether a column has ``count`` times, at least one."""
    return len(column) >= _WIDE and fits(column[_WIDE:], count - 1)


def fits_ends(column: bytes, count: int) -> bool:
    """Whether a column has a first and a last number of ``count``; those of all events are both."""
    return len(column) in (2 * _WIDE, _WIDE * count)


def first_and_last(column: bytes, count: int = 0) -> tuple[int, int]:
    """The first and the last of a contact's ``count`` numbers; without ``count`` those that ``pack_ends`` packed."""
    width = _WIDE if len(column) > _NARROW * count else _NARROW
    return _number(column[:width]), _number(column[-width:])


def first_and_last_time(column: bytes, count: int) -> tuple[int, int]:
    """The first and the last of a contact's ``count`` times, microseconds."""
    first, rest = _number(column[:_WIDE]), column[_WIDE:]
    kind = "<i8" if len(rest) > _NARROW * (count - 1) else "<i4"
    return first, first + int(np.frombuffer(rest, kind).sum(dtype=np.int64))


def _number(packed: bytes) -> int:
    return int.from_bytes(packed, "little", signed=True)
