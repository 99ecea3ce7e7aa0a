"""Coordinates in binary: integers, floats, BCD digits and variable-length integers."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from enum import Enum
from typing import ClassVar

import msgspec

from iotwatch.observe.known_place.keys import GAP, Axis, KeyRange, Reading, magnitudes, of_integers


class Unit(Enum):
    """What a number counts."""

    DEGREES = "degrees"
    MINUTES = "ddmm"
    """Degrees times hundred, plus minutes: as NMEA 0183 writes them."""
    RADIANS = "radians"

    @property
    def operation(self) -> str:
        """What a dialect file does to make degrees of the number."""
        return {Unit.DEGREES: "", Unit.MINUTES: " dm", Unit.RADIANS: " radians"}[self]

    def of(self, degrees: float) -> float:
        """The number that states ``degrees``; sign by sign."""
        if self is Unit.RADIANS:
            return math.radians(degrees)
        if self is Unit.DEGREES:
            return degrees
        whole, rest = divmod(abs(degrees), 1)
        return math.copysign(whole * 100 + rest * 60, degrees)

    def degrees(self, number: float) -> float:
        """The inverse of ``of``; not a number where minutes are sixty and more."""
        if self is Unit.RADIANS:
            return math.degrees(number)
        if self is Unit.DEGREES:
            return number
        whole, minutes = divmod(abs(number), 100)
        return math.copysign(whole + minutes / 60, number) if minutes < 60 else math.nan


class Sign(Enum):
    """How an integer tells the hemisphere."""

    TWOS = "twos-complement"
    TOP_BIT = "sign-magnitude"
    OFFSET = "offset-binary"
    """Counted from the south pole, and from the date line on."""
    OUTSIDE = "outside"
    """Not in the number."""


class Integer(msgspec.Struct, frozen=True):
    """A whole number of ``width`` bytes: the unit times ``latitude`` or ``longitude`` (the scales)."""

    gap: ClassVar[int] = GAP
    name: str
    width: int
    little: bool
    latitude: float
    longitude: float
    sign: Sign = Sign.TWOS
    unit: Unit = Unit.DEGREES

    def scale(self, axis: Axis) -> float:
        return self.latitude if axis is Axis.LATITUDE else self.longitude

    def ranges(self, axis: Axis, low: float, high: float) -> Iterator[KeyRange]:
        top = 1 << 8 * self.width
        signed = self.sign is Sign.TWOS
        for first, last in self._numbers(axis, low, high):
            if last < (top >> signed) and first >= -(top >> 1):
                if first < 0 <= last:
                    yield of_integers(first + top, top - 1, self.width)
                    first = 0
                yield of_integers(first % top, last % top, self.width)

    def _numbers(self, axis: Axis, low: float, high: float) -> Iterator[tuple[int, int]]:
        """The numbers, those that wrap around as negative ones."""
        scale = self.scale(axis)
        if self.sign is Sign.OFFSET:
            low, high = low + axis.value, high + axis.value
        elif self.sign is not Sign.TWOS:
            south = high <= 0
            low, high = magnitudes(low, high)
            if self.sign is Sign.TOP_BIT:
                bit = 1 << 8 * self.width - 1
                if self.unit.of(high) * scale < bit - 1:
                    lead = bit if south else 0
                    yield lead + math.floor(self.unit.of(low) * scale), lead + math.ceil(self.unit.of(high) * scale)
                return
        yield math.floor(self.unit.of(low) * scale), math.ceil(self.unit.of(high) * scale)

    def read(self, data: bytes, at: int, axis: Axis, near: float) -> Reading | None:
        raw = data[at : at + self.width]
        if len(raw) < self.width:
            return None
        number = int.from_bytes(raw, "little" if self.little else "big", signed=self.sign is Sign.TWOS)
        bit = 1 << 8 * self.width - 1
        if self.sign is Sign.TOP_BIT and number & bit:
            number = -(number ^ bit)
        degrees = self.unit.degrees(number / self.scale(axis))
        if self.sign is Sign.OFFSET:
            degrees -= axis.value
        outside = self.sign is Sign.OUTSIDE
        degrees = math.copysign(degrees, near) if outside else degrees
        return Reading(degrees, at, at + self.width, signed=not outside) if math.isfinite(degrees) else None

    def field(self, axis: Axis) -> str:
        kind = {Sign.TWOS: "i", Sign.TOP_BIT: "s"}.get(self.sign, "u")
        shift = f" -{axis.value}" if self.sign is Sign.OFFSET else ""
        order = "_le" if self.little else ""
        return f"{kind}{8 * self.width}{order} {axis.word} /{self.scale(axis)!r}{shift}{self.unit.operation}"


class Float(msgspec.Struct, frozen=True):
    """A number of IEEE 754 in 4 or 8 bytes. ``outside``: it has no sign of its own."""

    gap: ClassVar[int] = GAP
    name: str
    width: int
    little: bool
    unit: Unit = Unit.DEGREES
    outside: bool = False

    def ranges(self, axis: Axis, low: float, high: float) -> Iterator[KeyRange]:  # noqa: ARG002
        if self.outside:
            low, high = magnitudes(low, high)
        if low < 0:
            # Of negative numbers the larger has the larger key.
            yield self._range(min(high, -1e-9), low)
        if high >= 0:
            yield self._range(max(low, 1e-9), max(high, 2e-9))

    def _range(self, first: float, last: float) -> KeyRange:
        form = ">f" if self.width == 4 else ">d"
        low, high = (int.from_bytes(struct.pack(form, self.unit.of(value)), "big") for value in (first, last))
        return of_integers(low, high, self.width)

    def read(self, data: bytes, at: int, axis: Axis, near: float) -> Reading | None:  # noqa: ARG002
        raw = data[at : at + self.width]
        if len(raw) < self.width:
            return None
        number: float = struct.unpack(("<" if self.little else ">") + ("f" if self.width == 4 else "d"), raw)[0]
        degrees = self.unit.degrees(number) if math.isfinite(number) else math.nan
        degrees = math.copysign(degrees, near) if self.outside else degrees
        return Reading(degrees, at, at + self.width, signed=not self.outside) if math.isfinite(degrees) else None

    def field(self, axis: Axis) -> str:
        return f"f{8 * self.width}{'_le' if self.little else ''} {axis.word}{self.unit.operation}"


class Parts(msgspec.Struct, frozen=True):
    """Degrees, minutes and what is left in bytes of their own, each part a whole number: (bytes, how many make one of the next
    larger part). ``bcd``: all parts but the first are decimal digits. The hemisphere stands outside."""

    gap: ClassVar[int] = GAP
    name: str
    parts: tuple[tuple[int, int], ...]
    bcd: bool = False
    little: bool = False

    @property
    def width(self) -> int:
        return sum(width for width, _ in self.parts)

    def ranges(self, axis: Axis, low: float, high: float) -> Iterator[KeyRange]:  # noqa: ARG002
        first, last = (int.from_bytes(self._bytes(size), "big") for size in magnitudes(low, high))
        yield of_integers(first, last, self.width)

    def _bytes(self, degrees: float) -> bytes:
        packed, rest = b"", degrees
        for width, many in self.parts:
            whole = math.floor(rest * many)
            packed += bytes.fromhex(f"{whole:0{2 * width}d}") if self.bcd and packed else whole.to_bytes(width, "big")
            rest = rest * many - whole
        return packed

    def read(self, data: bytes, at: int, axis: Axis, near: float) -> Reading | None:  # noqa: ARG002
        if at + self.width > len(data):
            return None
        degrees, unit, here = 0.0, 1.0, at
        for index, (width, many) in enumerate(self.parts):
            raw = data[here : here + width]
            digits = self.bcd and index > 0
            if digits and not raw.hex().isdigit():
                return None
            number = int(raw.hex()) if digits else int.from_bytes(raw, "big")
            if index and number >= many:
                return None
            unit /= many
            degrees += number * unit
            here += width
        return Reading(math.copysign(degrees, near), at, here, signed=False)

    def field(self, axis: Axis) -> str:
        if self.bcd:
            return ""
        lines, divisor = list[str](), 1
        for width, many in self.parts:
            divisor *= many
            lines.append(f"u{8 * width} {axis.word} /{divisor}" + (f" +{axis.word}" if lines else ""))
        return "\n".join(lines)


class Bcd(msgspec.Struct, frozen=True):
    """Decimal digits of four bits each, from either half of a byte on: degrees in two digits (of longitudes also in three), then
    two digits of minutes and three behind them, or five behind the degrees. The hemisphere stands outside."""

    gap: ClassVar[int] = GAP
    name: str
    unit: Unit
    little: bool = False

    def _behind(self) -> tuple[int, float]:
        """Digits behind the degrees, and what the whole number counts of the unit."""
        return (5, 1e5) if self.unit is Unit.DEGREES else (5, 1e3)

    def ranges(self, axis: Axis, low: float, high: float) -> Iterator[KeyRange]:
        low, high = magnitudes(low, high)
        behind, scale = self._behind()
        first, last = (math.floor(self.unit.of(value) * scale) for value in (low, high))
        for whole in _degree_digits(axis, high):
            digits = whole + behind
            chance = (high - low) / (2 * axis.value)
            for lead in ("", *"0123456789abcdef"):
                width = (len(lead) + digits + 1) // 2
                down = f"{lead}{first:0{digits}d}".ljust(2 * width, "0")
                up = f"{lead}{last:0{digits}d}".ljust(2 * width, "f")
                made = of_integers(int(down, 16), int(up, 16), width)
                yield made._replace(chance=chance / 16 if lead else chance)

    def read(self, data: bytes, at: int, axis: Axis, near: float) -> Reading | None:
        """Of the ways to place the digits the one whose coordinate is the nearest."""
        behind, scale = self._behind()
        readings = list[Reading]()
        for whole in _degree_digits(axis, abs(near)):
            for half in (0, 1):
                digits = whole + behind
                end = at + (half + digits + 1) // 2
                text = data[at:end].hex()[half : half + digits]
                if len(text) == digits and text.isdigit():
                    degrees = math.copysign(self.unit.degrees(int(text) / scale), near)
                    readings += [Reading(degrees, at, end, signed=False)] if math.isfinite(degrees) else []
        return min(readings, key=lambda one: abs(one.degrees - near), default=None)

    def field(self, axis: Axis) -> str:  # noqa: ARG002  where its digits begin and end is not known
        return ""


def _degree_digits(axis: Axis, degrees: float) -> tuple[int, ...]:
    if axis is Axis.LATITUDE:
        return (2,)
    return (3,) if degrees >= 100 else (3, 2)


class MinuteWords(msgspec.Struct, frozen=True):
    """Two words of two bytes: degrees times hundred plus minutes, and ten-thousandths of a minute. No hemisphere."""

    gap: ClassVar[int] = GAP
    name: str
    little: bool = False

    def ranges(self, axis: Axis, low: float, high: float) -> Iterator[KeyRange]:  # noqa: ARG002
        first, last = (math.floor(Unit.MINUTES.of(value) * 10_000) for value in magnitudes(low, high))
        first, last = ((number // 10_000 << 16) + number % 10_000 for number in (first, last))
        yield of_integers(first, last, 4)

    def read(self, data: bytes, at: int, axis: Axis, near: float) -> Reading | None:  # noqa: ARG002
        raw = data[at : at + 4]
        if len(raw) < 4 or (fine := int.from_bytes(raw[2:], "big")) >= 10_000:
            return None
        degrees = Unit.MINUTES.degrees(int.from_bytes(raw[:2], "big") + fine / 10_000)
        return Reading(math.copysign(degrees, near), at, at + 4, signed=False) if math.isfinite(degrees) else None

    def field(self, axis: Axis) -> str:
        return f"u16 {axis.word}\nu16 {axis.word} /10000 +{axis.word} dm"


class Varint(msgspec.Struct, frozen=True):
    """Seven bits a byte, all but the last of the number's bytes marked by their top bit: protobuf's (little end first, negative
    numbers zigzag) and the MIDI file's (big end first). The unit is degrees times ``scale``."""

    gap: ClassVar[int] = GAP
    name: str
    scale: float
    little: bool
    zigzag: bool

    def ranges(self, axis: Axis, low: float, high: float) -> Iterator[KeyRange]:  # noqa: ARG002
        if not self.zigzag:
            low, high = magnitudes(low, high)
        signs = [(low, min(high, 0.0)), (max(low, 0.0), high)]
        for first, last in signs:
            if first < last:
                ends = sorted(self._number(value) for value in (first, last))
                yield from self._spans(*ends)

    def _number(self, degrees: float) -> int:
        number = round(degrees * self.scale)
        return (number << 1 ^ number >> 63) if self.zigzag else number

    def _spans(self, first: int, last: int) -> Iterator[KeyRange]:
        for groups in range(2, 7):
            low, high = max(first, 1 << 7 * (groups - 1)), min(last, (1 << 7 * groups) - 1)
            if low <= high:
                yield of_integers(self._packed(low, groups), self._packed(high, groups), groups)

    def _packed(self, number: int, groups: int) -> int:
        """The bytes as an integer, the most significant one first, whatever their order."""
        packed = 0
        for index in reversed(range(groups)):
            last = index == (groups - 1 if self.little else 0)
            packed = packed << 8 | number >> 7 * index & 0x7F | (0 if last else 0x80)
        return packed

    def read(self, data: bytes, at: int, axis: Axis, near: float) -> Reading | None:  # noqa: ARG002
        number, shift, here = 0, 0, at
        while here < len(data) and here < at + 6:
            byte = data[here]
            here += 1
            number = number | (byte & 0x7F) << shift if self.little else number << 7 | byte & 0x7F
            shift += 7
            if not byte & 0x80:
                break
        else:
            return None
        if self.zigzag:
            number = number >> 1 ^ -(number & 1)
        degrees = number / self.scale
        return Reading(degrees if self.zigzag else math.copysign(degrees, near), at, here, signed=self.zigzag)

    def field(self, axis: Axis) -> str:  # noqa: ARG002  no word for it
        return ""
