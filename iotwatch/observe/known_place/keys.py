"""What all encodings have in common: a coordinate between two others stands in bytes between two others.

Read as a number from its most significant byte on, the first eight bytes of a coordinate lie between two bounds exactly when the
coordinate does, in integers, floats, BCD digits, variable-length integers and text alike. So one search serves every encoding.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import NamedTuple, Protocol

KEY_BYTES = 8
GAP = 24
"""Bytes that may stand between two coordinates in binary."""
_BITS = 8 * KEY_BYTES


class Axis(Enum):
    """Which half of a place, with the degrees from its middle to its ends."""

    LATITUDE = 90
    LONGITUDE = 180

    @property
    def word(self) -> str:
        """What dialect files call it."""
        return "lat" if self is Axis.LATITUDE else "lon"


class KeyRange(NamedTuple):
    """Keys from ``low`` to ``high`` (64 bits, both included) of a coordinate whose bytes are ``least`` to ``most`` many.

    ``chance``: how probable a key within is where there is nothing but chance.
    """

    low: int
    high: int
    least: int
    most: int
    chance: float


class Reading(NamedTuple):
    """A coordinate in degrees with the bytes ``start`` to ``end`` that state it. ``signed``: they state the hemisphere too."""

    degrees: float
    start: int
    end: int
    signed: bool


class Encoding(Protocol):
    """One way to write a latitude and a longitude.

    ``ranges`` gives the keys of the degrees ``low`` to ``high`` of an axis; ``read`` the coordinate that stands at ``at``, whose
    hemisphere, where the bytes do not state it, is that of ``near``. Of ``little`` ones the key begins at the last byte. At most
    ``gap`` bytes stand between the two coordinates.
    """

    @property
    def name(self) -> str: ...

    @property
    def little(self) -> bool: ...

    @property
    def gap(self) -> int: ...

    def ranges(self, axis: Axis, low: float, high: float) -> Iterator[KeyRange]: ...

    def read(self, data: bytes, at: int, axis: Axis, near: float) -> Reading | None: ...

    def field(self, axis: Axis) -> str:
        """The coordinate in the words of dialect files (``trackers.engine``): lines of a frame's layout, or a group of a text's
        expression; empty where they have no word for it."""
        ...


def of_integers(low: int, high: int, width: int) -> KeyRange:
    """The keys of unsigned integers of ``width`` bytes, up to eight."""
    shift = _BITS - 8 * width
    first, last = low << shift, (high + 1 << shift) - 1
    return KeyRange(first, last, width, width, (last - first + 1) / 2**_BITS)


def of_prefixes(low: bytes, high: bytes, least: int, most: int, chance: float) -> KeyRange:
    """The keys of what begins with ``low`` to what begins with ``high``."""
    first = int.from_bytes(low[:KEY_BYTES].ljust(KEY_BYTES, b"\0"), "big")
    last = int.from_bytes(high[:KEY_BYTES].ljust(KEY_BYTES, b"\xff"), "big")
    return KeyRange(first, last, least, most, chance)


def magnitudes(low: float, high: float) -> tuple[float, float]:
    """The sizes of the numbers from ``low`` to ``high``, whatever their sign."""
    if low < 0 < high:
        return 0.0, max(-low, high)
    return min(abs(low), abs(high)), max(abs(low), abs(high))
