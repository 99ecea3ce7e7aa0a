"""Bounded readers for the fields that tracker frames share: integers, packed decimal digits, times and coordinates.

Everything either gives a value in its stated unit or says so: ``Cursor`` raises ``DecodeError`` at the end of its
bytes, ``bcd`` on a digit that is none, and the clocks give ``None`` for a date that no tracker can mean.
"""

from __future__ import annotations

import calendar
import math
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from functools import lru_cache
from typing import TypeVar

from iotwatch.errors import DecodeError

_Number = TypeVar("_Number", int, float)
SECOND = 1_000_000
EARLIEST = calendar.timegm((2000, 1, 1, 0, 0, 0))
LATEST = calendar.timegm((2040, 1, 1, 0, 0, 0))
WEEK_S = 7 * 86_400
_GPS_EPOCH = calendar.timegm((1980, 1, 6, 0, 0, 0))
_MONTHS = tuple(calendar.timegm((year, month, 1, 0, 0, 0)) for year in range(2000, 2040) for month in range(1, 13))
_DAYS = (0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _fixed(form: str, kind: type[_Number]) -> Callable[[Cursor], _Number]:  # noqa: ARG001 - it tells the type
    """A reader of one number in the form that ``struct`` knows; a frame is made of dozens, so that each is one call."""
    size = struct.calcsize(form)
    unpack = struct.Struct(form).unpack_from

    def read(self: Cursor) -> _Number:
        here = self.at
        stop = here + size
        if stop > self.end:
            self.take(size)
        self.at = stop
        value: _Number = unpack(self.data, here)[0]
        return value

    return read


class Cursor:
    """Reads ``data[at:end]`` from front to back; every read past the end raises ``DecodeError``.

    Plain names are big endian, ``_le`` is little endian; ``u`` is unsigned and ``i`` is two's complement.
    """

    __slots__ = ("at", "data", "end")

    def __init__(self, data: bytes, at: int = 0, end: int | None = None) -> None:
        self.data = data
        self.at = at
        size = len(data)
        self.end = size if end is None or end > size else end

    @property
    def left(self) -> int:
        """How many bytes are still unread."""
        return self.end - self.at

    def take(self, size: int) -> bytes:
        """The next ``size`` bytes."""
        here = self.at
        stop = here + size
        if size < 0 or stop > self.end:
            raise DecodeError(f"{size} bytes are wanted at byte {here} and {max(0, self.end - here)} are left")
        self.at = stop
        return self.data[here:stop]

    def skip(self, size: int) -> None:
        """Pass over ``size`` bytes."""
        stop = self.at + size
        if size < 0 or stop > self.end:
            self.take(size)
        self.at = stop

    def part(self, size: int) -> Cursor:
        """A cursor over the next ``size`` bytes, which this one passes over."""
        here = self.at
        self.skip(size)
        return Cursor(self.data, here, here + size)

    def rest(self) -> bytes:
        """All bytes that are left."""
        return self.take(self.left)

    def peek(self, size: int = 1) -> bytes:
        """The next bytes, ``size`` at most, without reading them."""
        return self.data[self.at : min(self.at + size, self.end)]

    def uint(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def u8(self) -> int:
        here = self.at
        if here >= self.end:
            self.take(1)
        self.at = here + 1
        return self.data[here]

    def u24(self) -> int:
        return int.from_bytes(self.take(3), "big")

    def u24_le(self) -> int:
        return int.from_bytes(self.take(3), "little")

    u16 = _fixed(">H", int)
    u32 = _fixed(">I", int)
    u64 = _fixed(">Q", int)
    i8 = _fixed(">b", int)
    i16 = _fixed(">h", int)
    i32 = _fixed(">i", int)
    u16_le = _fixed("<H", int)
    u32_le = _fixed("<I", int)
    i16_le = _fixed("<h", int)
    i32_le = _fixed("<i", int)
    f32 = _fixed(">f", float)
    f32_le = _fixed("<f", float)
    f64 = _fixed(">d", float)

    def bcd(self, size: int) -> str:
        """The ``2 * size`` packed decimal digits of the next bytes."""
        return bcd(self.take(size))

    def ascii(self, size: int) -> str:
        """Printable text of the next bytes, without the zero bytes and blanks that pad it."""
        return text(self.take(size))


def bcd(data: bytes) -> str:
    """The packed decimal digits (8421 code) of ``data``; ``DecodeError`` when a half byte is no digit."""
    digits = data.hex()
    if not digits.isdecimal():
        raise DecodeError(f"{digits[:32]} is not packed decimal")
    return digits


def text(data: bytes) -> str:
    """``data`` as printable ASCII, without the zero bytes and blanks around it; ``DecodeError`` when it is not."""
    raw = data.strip(b"\0 \r\n\t")
    if not raw.isascii() or not raw.decode("latin-1").isprintable():
        raise DecodeError("text is wanted and the bytes are not printable")
    return raw.decode("ascii")


def clock(year: int, month: int, day: int, hour: int, minute: int, second: int, *, zone: float = 0) -> int | None:
    """Microseconds UTC of a date and time ``zone`` hours east of Greenwich; ``None`` when it is impossible.

    A two-digit year is of this century. Years before 2000 and from 2040 on are what random bytes look like.
    """
    begun = _midnight(year, month, day)
    if begun is None or not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 61):
        return None
    return int((begun + hour * 3600 + minute * 60 + second - zone * 3600) * SECOND)


@lru_cache(maxsize=4096)  # messages that stand together are of few days
def _midnight(year: int, month: int, day: int) -> int | None:
    """Seconds of the day's begin in UTC; ``None`` for one that no tracker can mean."""
    if year < 100:
        year += 2000
    if not (2000 <= year < 2040 and 1 <= month <= 12 and 1 <= day <= _DAYS[month]):
        return None
    if day == 29 and month == 2 and not calendar.isleap(year):
        return None
    return _MONTHS[(year - 2000) * 12 + month - 1] + (day - 1) * 86_400


def unix_time(seconds: float) -> int | None:
    """Microseconds of a Unix time in seconds; ``None`` outside 2000 to 2040."""
    if not EARLIEST <= seconds < LATEST:
        return None
    return round(seconds * SECOND)


def gps_time(seconds: float, week: int = 0) -> int | None:
    """Microseconds of a GPS week and the seconds since its begin, leap seconds apart; ``None`` outside 2000 to 2040."""
    return unix_time(_GPS_EPOCH + week * WEEK_S + seconds)


def bcd_time(data: bytes, *, zone: float = 0) -> int | None:
    """Time of six packed decimal bytes ``yy mm dd hh mm ss``; ``None`` when they are not a time."""
    digits = data.hex()
    # The month is asked first: where a time is looked for byte by byte, it is nearly always none.
    if not "01" <= digits[2:4] <= "12" or len(digits) != 12 or not digits.isdecimal():
        return None
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    return clock(year, month, day, int(digits[6:8]), int(digits[8:10]), int(digits[10:]), zone=zone)


def binary_time(data: bytes, *, zone: float = 0) -> int | None:
    """Time of six plain bytes ``yy mm dd hh mm ss``; ``None`` when they are not a time."""
    if len(data) != 6 or data[0] >= 100:
        return None
    return clock(data[0], data[1], data[2], data[3], data[4], data[5], zone=zone)


def iso(time: int) -> str:
    """A time in microseconds as ISO 8601 in UTC, for fields that people read."""
    return datetime.fromtimestamp(time / SECOND, UTC).isoformat()


def on_globe(latitude: float, longitude: float) -> bool:
    """Whether the pair of degrees is a place on earth (and neither is infinite or no number)."""
    return math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180


def degrees_minutes(value: float) -> float:
    """Degrees of a ``dddmm.mmmm`` value (NMEA 0183 style), sign kept; ``DecodeError`` from 60 minutes on."""
    if not math.isfinite(value):
        raise DecodeError("the coordinate is no number")
    degrees, minutes = divmod(abs(value), 100)
    if minutes >= 60:
        raise DecodeError(f"{minutes:g} minutes of arc are too many")
    return math.copysign(degrees + minutes / 60, value)


def digits_degrees(digits: str, whole: int) -> float:
    """Degrees of packed digits: ``whole`` digits of degrees, two of minutes, then the minutes' fraction."""
    if len(digits) < whole + 2 or not digits.isdecimal():
        raise DecodeError(f"{digits[:16]!r} is not degrees and minutes")
    minutes = int(digits[whole:]) / 10.0 ** (len(digits) - whole - 2)
    if minutes >= 60:
        raise DecodeError(f"{minutes:g} minutes of arc are too many")
    return int(digits[:whole]) + minutes / 60


def bssid(data: bytes) -> str:
    """Six bytes as ``aa:bb:cc:dd:ee:ff``."""
    return data.hex(":")
