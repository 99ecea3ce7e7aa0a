"""The fields of messages read by every encoding of ``known_place.table``: as far as they lie on the globe."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import islice, product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from iotwatch.observe.blind.alike import Alike, Said
from iotwatch.observe.blind.columns import Offsets
from iotwatch.observe.known_place.keys import KEY_BYTES, Axis, Encoding, KeyRange, Reading
from iotwatch.observe.known_place.numbers import Integer
from iotwatch.observe.known_place.table import ENCODINGS
from iotwatch.observe.known_place.texts import HexText, Text

_NEAREST = 0.02
"""Degrees around zero, and before the date line, where small numbers of any kind are."""
_ENDS = {Axis.LATITUDE: 85.0, Axis.LONGITUDE: 180.0 - _NEAREST}
_WRITTEN = 12  # bytes of a number in text
_MOST_CANDIDATES = 4000
_NORTH_EAST = ((_NEAREST, 9.9999), (10.0, 99.9999), (100.0, 179.9999))
_PIECES = (*_NORTH_EAST, *((-high, -low) for low, high in _NORTH_EAST))
"""Degrees of one, two and three digits in each hemisphere."""
_Candidate = tuple[int, Axis, tuple[int, ...], float]
"""The encoding's number, the axis, where the field begins in each message, and degrees that are like it."""


class Column(NamedTuple):
    """A field of all messages as one encoding reads it for an axis; ``number`` is its place among the encodings.

    ``starts`` are where it begins in each message, ``probes`` what the first message, one in the middle and the last say.
    """

    number: int
    axis: Axis
    starts: tuple[int, ...]
    near: float
    probes: tuple[Reading, ...]

    @property
    def encoding(self) -> Encoding:
        return ENCODINGS[self.number]

    def readings(self, messages: Alike) -> tuple[Reading, ...] | None:
        """What every message says; ``None`` where one of them has no place there."""
        return _read(messages.messages, self.starts, self.encoding, self.axis, self.near)


def columns(messages: Alike) -> Iterator[Column]:
    """The fields that may be half of a place, by encoding."""
    probes = [messages.messages[at] for at in probed(len(messages.messages))]
    for number, axis, starts, near in _candidates(messages):
        readings = _read(probes, [starts[at] for at in probed(len(starts))], ENCODINGS[number], axis, near)
        if readings is not None:
            yield Column(number, axis, starts, near, readings)


def probed(number: int) -> tuple[int, int, int]:
    """The messages that are asked before all others: of so many the first, one in the middle, and the last."""
    return 0, number // 2, number - 1


def _candidates(messages: Alike) -> Iterator[_Candidate]:
    """The fields whose bytes in the probed messages are those of a coordinate, as numbers of a text or as bytes at an offset."""
    listed = _in_text(messages) if messages.text else _in_bytes(messages)
    found = dict.fromkeys(islice(listed, _MOST_CANDIDATES))
    yield from sorted(found, key=lambda one: one[0])


def _in_text(messages: Alike) -> Iterator[_Candidate]:
    wanted = _wanted(little=False, text=True)
    probes = [messages.messages[at] for at in probed(len(messages.messages))]
    for at, starts in enumerate(zip(*(one.columns for one in messages.messages), strict=False)):
        if len({one.data[one.columns[at] : one.columns[at] + _WRITTEN] for one in probes}) == 1:
            continue  # it never changes
        for number, axis, near, _ in wanted.holding_all([one.data[one.columns[at] :] for one in probes]):
            yield number, axis, starts, near


def _in_bytes(messages: Alike) -> Iterator[_Candidate]:
    many = len(messages.messages)
    probes = [messages.messages[at].data for at in probed(many)]
    offsets = Offsets([one.data for one in messages.messages])
    for edge, little in offsets.smooth():
        held = [one[max(0, edge - KEY_BYTES) : edge][::-1] if little else one[edge:] for one in probes]
        for number, axis, near, least in _wanted(little=little, text=False).holding_all(held):
            start = edge - least if little else edge
            if start >= 0 and offsets.is_number(start, start + least, little=little):
                yield number, axis, (start,) * many, near


class _Wanted(NamedTuple):
    """The keys of all coordinates in one byte order: of each range the encoding, the axis, degrees in it, and least bytes."""

    low: NDArray[np.uint64]
    high: NDArray[np.uint64]
    rows: list[tuple[int, Axis, float, int]]

    def holding_all(self, probes: Sequence[bytes]) -> list[tuple[int, Axis, float, int]]:
        """The rows of the coordinates that the first bytes, most significant first, may be, where all others may be such too."""
        first, *others = map(self._holding, probes)
        kept = set.intersection(*({row[:2] for row in rows} for rows in others))
        return [row for row in first if row[:2] in kept]

    def _holding(self, data: bytes) -> list[tuple[int, Axis, float, int]]:
        key = np.uint64(int.from_bytes(data[:KEY_BYTES].ljust(KEY_BYTES, b"\0"), "big"))
        return [self.rows[at] for at in np.flatnonzero((self.low <= key) & (key <= self.high)).tolist()]


@cache
def _wanted(*, little: bool, text: bool) -> _Wanted:
    ranges, rows = list[KeyRange](), list[tuple[int, Axis, float, int]]()
    for number, encoding in enumerate(ENCODINGS):
        if encoding.little is not little or isinstance(encoding, Text | HexText) is not text or _is_short(encoding):
            continue
        for axis, (south, north) in product(Axis, _PIECES):
            near, end = (south + north) / 2, _ENDS[axis]
            if abs(near) < end:
                for one in encoding.ranges(axis, max(south, -end), min(north, end)):
                    ranges.append(one)
                    rows.append((number, axis, near, one.least))
    low, high = (np.array([getattr(one, name) for one in ranges], np.uint64) for name in ("low", "high"))
    return _Wanted(low, high, rows)


def _is_short(encoding: Encoding) -> bool:
    """Whether it is an integer of three bytes: three bytes of any longer counter look like one."""
    return isinstance(encoding, Integer) and encoding.width < 4


def _read(
    messages: Sequence[Said], starts: Sequence[int], encoding: Encoding, axis: Axis, near: float
) -> tuple[Reading, ...] | None:
    """The field in every message; ``None`` where one of them has none on the globe."""
    readings = list[Reading]()
    for one, at in zip(messages, starts, strict=True):
        reading = encoding.read(one.data, at, axis, near)
        if reading is None or not _NEAREST <= abs(reading.degrees) < _ENDS[axis]:
            return None
        readings.append(reading)
    return tuple(readings)
