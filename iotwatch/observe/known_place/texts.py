"""Coordinates in text: digits with or without a decimal point, and codes of places."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar

import msgspec

from iotwatch.observe.known_place.keys import GAP, Axis, KeyRange, Reading, magnitudes, of_prefixes
from iotwatch.observe.known_place.numbers import Integer, Unit
from iotwatch.patterns import regex

TEXT_GAP = 48
"""Bytes between two numbers in text: names, signs and letters stand there too."""
_MOST = 18
_LEAST = 4
_FINE = 6
_LETTERS = {Axis.LATITUDE: (b"N", b"S"), Axis.LONGITUDE: (b"E", b"W")}
_HEX = regex(rb"[0-9A-Fa-f]{8}")
_DIGITS = regex(rb"\d{1,18}")
_ENDS = (b"N", b"S", b"E", b"W")
_AFTER = regex(rb"[\"' ,;*]{0,2}([NSEWnsew])(?![A-Za-z])")
_BEFORE = regex(rb"(?<![A-Za-z])([NSEWnsew])[\"' ,;:=]{0,2}$")


class Text(msgspec.Struct, frozen=True):
    """Digits: ``unit`` times ``scale``, whole when there is no ``mark`` (the decimal point). ``padded``: with zeros in front.

    Where there is neither mark nor scale, the first digits are degrees (and minutes) and all others what is behind the point: all
    to the end of the digits, or four where numbers are ``glued`` to each other. ``parted`` stands between degrees and minutes,
    and between minutes and ``seconds``.
    """

    name: str
    unit: Unit = Unit.DEGREES
    mark: bytes = b"."
    padded: bool = False
    scale: float = 0.0
    parted: bytes = b""
    seconds: bool = False
    glued: bool = False
    little: bool = False

    @property
    def gap(self) -> int:
        return 0 if self.glued else TEXT_GAP

    def ranges(self, axis: Axis, low: float, high: float) -> Iterator[KeyRange]:
        low, high = magnitudes(low, high)
        for first, last in self._alike(low, high):
            chance = (last - first) / (2 * axis.value)
            least, most = (self._wide(axis) + 4,) * 2 if self.glued else (_LEAST, _MOST)
            yield of_prefixes(self.written(axis, first), self.written(axis, last), least, most, chance)

    def _wide(self, axis: Axis) -> int:
        """Digits before the point of a padded number."""
        return (3 if axis is Axis.LONGITUDE else 2) + 2 * (self.unit is Unit.MINUTES)

    def _alike(self, low: float, high: float) -> Iterator[tuple[float, float]]:
        """Pieces whose numbers have as many digits."""
        if self.padded:
            yield low, high
            return
        for power in range(1, 10):
            border = self.unit.degrees(10.0**power) / (self.scale or 1.0) if not self.parted else 10.0**power
            if low < border < high:
                yield low, border - 1e-9
                low = border
        yield low, high

    def written(self, axis: Axis, degrees: float) -> bytes:
        """The text of ``degrees`` without its sign, with six digits behind the point at most."""
        if self.scale:
            return b"%d" % math.floor(degrees * self.scale)
        whole = math.floor(degrees)
        rest = degrees - whole
        wide = (3 if axis is Axis.LONGITUDE else 2) if self.padded else 1
        if self.unit is Unit.DEGREES:
            fine = math.floor(rest * 10**_FINE)
            return b"%0*d" % (wide, whole) + self.mark + b"%06d" % fine
        minutes = rest * 60
        if not self.parted and not self.padded:
            plain = whole * 100 + minutes
            return b"%d" % math.floor(plain) + self.mark + b"%06d" % math.floor(plain % 1 * 10**_FINE)
        if self.seconds:
            seconds = minutes % 1 * 60
            tail = b"%02d" % math.floor(minutes) + self.parted + b"%02d" % math.floor(seconds)
        else:
            fine = math.floor(minutes % 1 * 10**_FINE)
            tail = b"%02d" % math.floor(minutes) + self.mark + b"%06d" % fine
        return b"%0*d" % (wide, whole) + self.parted + tail

    def read(self, data: bytes, at: int, axis: Axis, near: float) -> Reading | None:
        number = self._number(data, at, axis, abs(near))
        if number is None:
            return None
        size, end = number
        sign = hemisphere(data, at, end, axis)
        if (sign and sign * near < 0) or not self._begins(data, at, end):
            return None
        return Reading(math.copysign(size, near), at, end, signed=bool(sign))

    def _begins(self, data: bytes, at: int, end: int) -> bool:
        """Whether a number begins here: behind digits only where they are zeros, or where a letter tells where this one ends."""
        before = data[max(0, at - 3) : at]
        glued = before[-1:].isdigit()
        if not glued:
            return True
        zeros = before.rstrip(b"0")
        if len(zeros) < len(before) and not zeros[-1:].isdigit() and zeros[-1:] != b".":
            return True
        return self.glued or (self.padded and data[end : end + 1] in _ENDS)

    def _number(self, data: bytes, at: int, axis: Axis, near: float) -> tuple[float, int] | None:
        found = _DIGITS.match(data, at)
        if found is None:
            return None
        whole = found[0]
        if self.scale:
            return int(whole) / self.scale, found.end()
        wide = (3 if axis is Axis.LONGITUDE else 2) if self.padded else len(b"%d" % math.floor(near))
        if self.parted:
            return self._parts(data, at, wide)
        minutes = self.unit is Unit.MINUTES
        wide += 2 * minutes
        if minutes and not self.padded:
            wide = len(b"%d" % math.floor(self.unit.of(near)))
        if self.mark:
            behind = _DIGITS.match(data, found.end() + len(self.mark))
            if len(whole) != wide or not data.startswith(self.mark, found.end()) or behind is None:
                return None
            fine, end = behind[0], behind.end()
        elif self.glued:
            whole, fine, end = whole[:wide], whole[wide : wide + 4], at + wide + 4
            if len(fine) < 4:
                return None
        else:
            whole, fine, end = whole[:wide], whole[wide:], found.end()
        degrees = self.unit.degrees(int(whole) + int(fine or b"0") / 10 ** len(fine))
        return (degrees, end) if math.isfinite(degrees) else None

    def _parts(self, data: bytes, at: int, wide: int) -> tuple[float, int] | None:
        whole, behind = data[at : at + wide], at + wide + len(self.parted)
        minutes = data[behind : behind + 2]
        if not (
            whole.isdigit() and data.startswith(self.parted, at + wide) and minutes.isdigit() and len(minutes) == 2
        ):
            return None
        degrees, here, part = int(whole) + int(minutes) / 60, behind + 2, 1 / 60
        if self.seconds:
            parted, here = data.startswith(self.parted, here), here + len(self.parted)
            seconds = data[here : here + 2]
            if not (parted and seconds.isdigit() and len(seconds) == 2) or int(seconds) >= 60:
                return None
            degrees, here, part = degrees + int(seconds) / 3600, here + 2, 1 / 3600
        fine = _DIGITS.match(data, here + 1) if data[here : here + 1] in (b".", b",") else None
        if fine is not None:
            degrees, here = degrees + int(fine[0]) / 10 ** len(fine[0]) * part, fine.end()
        return (degrees, here) if int(minutes) < 60 else None

    def field(self, axis: Axis) -> str:
        word = axis.word
        if self.scale or self.parted or (not self.mark and self.unit is Unit.DEGREES):
            return ""
        if not self.mark:
            return rf"(?P<{word}_digits>\d+)" if self.padded and not self.glued else ""
        return rf"(?P<{word}{'_dm' * (self.unit is Unit.MINUTES)}>\d+\{self.mark.decode()}\d+)"


class HexText(msgspec.Struct, frozen=True):
    """The hex digits of an integer of four bytes, big end first, in a field of its own."""

    gap: ClassVar[int] = GAP
    name: str
    number: Integer
    upper: bool
    little: bool = False

    def ranges(self, axis: Axis, low: float, high: float) -> Iterator[KeyRange]:
        for one in self.number.ranges(axis, low, high):
            first, last = (self._digits(key) for key in (one.low, one.high))
            yield of_prefixes(first, last, 8, 8, one.chance)

    def _digits(self, key: int) -> bytes:
        return (f"{key >> 32:08X}" if self.upper else f"{key >> 32:08x}").encode()

    def read(self, data: bytes, at: int, axis: Axis, near: float) -> Reading | None:
        digits = data[at : at + 8]
        if not _HEX.fullmatch(digits):
            return None
        inside = self.number.read(bytes.fromhex(digits.decode()), 0, axis, near)
        return inside and Reading(inside.degrees, at, at + 8, inside.signed)

    def field(self, axis: Axis) -> str:  # noqa: ARG002  a text dialect has words for few of them
        return ""


def hemisphere(data: bytes, start: int, end: int, axis: Axis) -> int:
    """1 or -1 as the sign or letter beside the number says, 0 where there is none."""
    before = data[max(0, start - 4) : start]
    if before[-1:] in (b"-", b"+"):
        return -1 if before[-1:] == b"-" else 1
    positive, negative = _LETTERS[axis]
    for found in (_AFTER.match(data, end), _BEFORE.search(before)):
        letter = found[1].upper() if found is not None else b""
        if letter in (positive, negative):
            return 1 if letter == positive else -1
    return 0
