"""Finds a place in many payloads at once: all byte offsets and all encodings, without a loop over either.

Two bytes of the keys choose the few offsets that are looked at closer; there the whole key decides. What is found of latitudes
and of longitudes, next to nothing, is then joined where both stand near each other in the same encoding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from iotwatch.observe.known_place.keys import KEY_BYTES, Axis, Encoding, KeyRange

EDGE = 2 * KEY_BYTES
"""Bytes of nothing around an arena, so that keys may reach over its ends."""
_CHUNK = 1 << 18
_SKIPS = 4  # with two byte orders eight groups, as many as a byte has flags
_DULL = frozenset(b"\x00\xff0fF")
_ANCHORS = 64  # two-byte values that one range may have
_WEAK = 5e-5  # chance of a half within 100 m, above which an encoding proves too little to be worth its cost
_OF_100_M = 0.0018  # degrees from south to north
_MOST_PAIRS = 1 << 16

_FEW = 400  # latitudes in a chunk around which it is cheaper to look than at the whole chunk

Int64s = NDArray[np.int64]
Columns = tuple[Int64s, Int64s, Int64s, Int64s]


class Pair(NamedTuple):
    """Where a latitude and a longitude seem to stand in the arena, in the encoding of that number."""

    encoding: int
    latitude: int
    longitude: int


class Arena:
    """Payloads laid end to end; ``starts`` are theirs, and the end of the last one."""

    def __init__(self, payloads: Sequence[bytes]) -> None:
        self.bytes = b"".join((bytes(EDGE), *payloads, bytes(EDGE)))
        self.starts = np.cumsum([EDGE, *(len(payload) for payload in payloads)])
        size = len(self.bytes) - KEY_BYTES + 1
        self._big = np.ndarray((size,), ">u8", self.bytes, 0, (1,))
        self._little = np.ndarray((size,), "<u8", self.bytes, 0, (1,))
        self.twos = np.ndarray((size,), "<u2", self.bytes, 0, (1,))

    def payload_at(self, at: int) -> int:
        """The number of the payload that holds byte ``at``."""
        return int(self.starts.searchsorted(at, "right")) - 1

    def keys(self, edges: Int64s, *, little: bool) -> NDArray[np.uint64]:
        """The keys of what begins at ``edges`` or, little end first, ends there."""
        column = self._little[edges - KEY_BYTES] if little else self._big[edges]
        return column.astype(np.uint64)


class _Group:
    """Key ranges of one byte order whose anchor stands ``skip`` bytes behind the key's beginning.

    ``borders`` cut the keys into pieces; the ranges that hold piece ``i`` are the ``count[i]`` of ``rows`` from ``first[i]`` on.
    """

    def __init__(self, little: bool, skip: int, ranges: Sequence[tuple[int, KeyRange]]) -> None:  # noqa: FBT001
        self.little, self.skip = little, skip
        lows = np.array([one.low for _, one in ranges], np.uint64)
        highs = np.array([one.high for _, one in ranges], np.uint64)
        self.encoding = np.array([encoding for encoding, _ in ranges], np.int64)
        self.least = np.array([one.least for _, one in ranges], np.int64)
        self.most = np.array([one.most for _, one in ranges], np.int64)
        # No key of eight bytes is the last one: nothing that is written begins with eight bytes of ones.
        self.borders = np.unique(np.concatenate([lows, highs + np.uint64(1)]))
        holding = (lows <= self.borders[:, None]) & (self.borders[:, None] <= highs)
        self.count = np.concatenate([[0], holding.sum(axis=1)])
        self.first = np.cumsum(self.count) - self.count
        self.rows = np.nonzero(holding)[1]


class Half:
    """The key ranges of one axis, ready to be looked for."""

    def __init__(self, ranges: Sequence[tuple[int, bool, KeyRange]]) -> None:
        groups: dict[tuple[bool, int], list[tuple[int, KeyRange]]] = {}
        for encoding, little, one in ranges:
            groups.setdefault((little, _skipped(one)), []).append((encoding, one))
        self._flags = np.zeros(1 << 16, np.uint8)
        self.groups = [_Group(little, skip, listed) for (little, skip), listed in groups.items()]
        for number, ((little, skip), listed) in enumerate(groups.items()):
            shift = 64 - 16 - 8 * skip
            for _, one in listed:
                values = np.arange(one.low >> shift, (one.high >> shift) + 1).astype(np.uint16)
                # The anchor is read little end first.
                self._flags[values if little else values.byteswap()] |= np.uint8(1 << number)

    def all_hits(self, arena: Arena) -> Iterator[tuple[int, int]]:
        """Encodings and offsets of all that the arena holds, at most 65,536 of them."""
        left = _MOST_PAIRS
        for start in range(EDGE, len(arena.twos) - EDGE, _CHUNK):
            encoding, at, *_ = self.hits(arena, start, min(start + _CHUNK, len(arena.twos) - EDGE))
            yield from zip(encoding[:left].tolist(), at[:left].tolist(), strict=True)
            left = max(0, left - len(at))

    def hits(self, arena: Arena, start: int, end: int) -> Columns:
        """Coordinates whose anchors stand from ``start`` to ``end``: encodings, offsets, and their least and most lengths."""
        return self.hits_at(arena, np.flatnonzero((self._flags != 0).take(arena.twos[start:end])) + start)

    def hits_at(self, arena: Arena, at: Int64s) -> Columns:
        """The same for anchors that stand at ``at``."""
        flags = self._flags[arena.twos[at]]
        found = list[Columns]()
        for number, group in enumerate(self.groups):
            anchors = at[flags & (1 << number) != 0]
            edges = anchors + (2 + group.skip if group.little else -group.skip)
            piece = group.borders.searchsorted(arena.keys(edges, little=group.little), "right")
            count = group.count[piece]
            rows = group.rows[_spread(group.first[piece], count)]
            begins = np.repeat(edges, count)
            if group.little:
                begins -= group.least[rows]
            found.append((group.encoding[rows], begins, group.least[rows], group.most[rows]))
        encoding, begins, least, most = (np.concatenate(columns) for columns in zip(*found, strict=True))
        return encoding, begins, least, most


class Search:
    """All encodings of the box ``south`` to ``north``, ``west`` to ``east`` (degrees), ready to be looked for.

    ``chances``: how probable it is that chance alone puts both halves of the box at two offsets, by encoding.
    """

    def __init__(self, encodings: Sequence[Encoding], south: float, north: float, west: float, east: float) -> None:
        self.encodings, self.chances = list[Encoding](), list[float]()
        latitudes, longitudes = list[tuple[int, bool, KeyRange]](), list[tuple[int, bool, KeyRange]]()
        seen = set[object]()
        weak = _WEAK * max(1.0, (north - south) / _OF_100_M)
        for encoding in encodings:
            halves = (
                tuple(encoding.ranges(Axis.LATITUDE, south, north)),
                tuple(encoding.ranges(Axis.LONGITUDE, west, east)),
            )
            first, second = (sum(one.chance for one in half) for half in halves)
            # In the north-east all forms of the sign are the same bytes: the first in the table names them.
            alike = (encoding.little, type(encoding), halves)
            if not 0 < first <= weak or not 0 < second <= weak or alike in seen:
                continue
            seen.add(alike)
            latitudes += [(len(self.encodings), encoding.little, one) for one in halves[0]]
            longitudes += [(len(self.encodings), encoding.little, one) for one in halves[1]]
            self.encodings.append(encoding)
            self.chances.append(first * second)
        self._gaps = np.array([encoding.gap for encoding in self.encodings], np.int64)
        self._reach = int(self._gaps.max()) + max(one.most for _, _, one in (*latitudes, *longitudes))
        self._latitudes, self._longitudes = Half(latitudes), Half(longitudes)

    def pairs(self, arena: Arena) -> Iterator[Pair]:
        """Where both halves seem to stand; at most 65,536 of them."""
        left = _MOST_PAIRS
        size = len(arena.twos) - EDGE
        for start in range(EDGE, size, _CHUNK):
            end = min(start + _CHUNK, size)
            latitudes = self._latitudes.hits(arena, start, end)
            if not len(latitudes[0]):
                continue
            pairs = self._joined(latitudes, self._beside(arena, latitudes[1], start, end), left)
            left -= len(pairs)
            yield from pairs
            if left <= 0:
                return

    def _beside(self, arena: Arena, at: Int64s, start: int, end: int) -> Columns:
        """The longitudes around ``at``, which lie in one chunk."""
        first, last = EDGE, len(arena.twos) - EDGE
        if len(at) > _FEW:
            return self._longitudes.hits(arena, max(first, start - 2 * self._reach), min(last, end + 2 * self._reach))
        around = (at[:, None] + np.arange(-self._reach, self._reach + 1)).ravel()
        return self._longitudes.hits_at(arena, around[(around >= first) & (around < last)])

    def _joined(self, latitudes: Columns, longitudes: Columns, most: int) -> list[Pair]:
        """The longitudes in the same encoding around latitudes."""
        encoding, at, least, longest = latitudes
        other, begins, shortest, ends = longitudes
        far = int(at.max(initial=0) + begins.max(initial=0)) + 4 * self._reach
        order = np.argsort(other * far + begins, kind="stable")
        codes = (other * far + begins)[order]
        low = codes.searchsorted(encoding * far + at - self._reach, "left")
        high = codes.searchsorted(encoding * far + at + self._reach, "right")
        count = high - low
        count[np.cumsum(count) > 16 * most] = 0
        row, partner = np.repeat(np.arange(len(at)), count), order[_spread(low, count)]
        steps, gap = begins[partner] - at[row], self._gaps[encoding[row]]
        forth = (steps >= least[row]) & (steps <= longest[row] + gap)
        back = (-steps >= shortest[partner]) & (-steps <= ends[partner] + gap)
        near = np.flatnonzero(forth | back)[:most]
        row, partner = row[near], partner[near]
        pairs = map(Pair, encoding[row].tolist(), at[row].tolist(), begins[partner].tolist())
        return list(dict.fromkeys(pairs))


def _skipped(one: KeyRange) -> int:
    """How many bytes of the keys to leave out before the two that are looked for: zeros and ones, as digits too, say little."""
    for skip in range(_SKIPS):
        shift = 64 - 16 - 8 * skip
        first, last = one.low >> shift, one.high >> shift
        if last - first >= _ANCHORS:
            return max(0, skip - 1)
        if first >> 8 & 0xFF not in _DULL:
            return skip
    return 0


def _spread(first: Int64s, count: Int64s) -> Int64s:
    """``first``, ``first + 1`` ... ``first + count - 1`` of every row, in turn."""
    ends = np.cumsum(count)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) - np.repeat(ends - count - first, count)
