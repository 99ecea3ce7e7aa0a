"""Variants of a binary message: another place in the same encoding, other bytes around it, check values made good again.

The place is found by its value: every pair of numbers in the message that reads as the expected latitude and longitude in one of
the encodings that trackers use. Check values are found by trying the known sums and CRCs over the message.
"""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from iotwatch.decode.trackers.engine import checksums
from tests.studies.variation_places import PLACES, Place

NEAR = 0.00015
_INTS = {f"1e{power}": 10.0**power for power in (4, 5, 6, 7, 8)} | {
    "min1e4": 600_000.0, "min3e4": 1_800_000.0, "min1e5": 6_000_000.0, "sec1e2": 360_000.0, "sec1e3": 3_600_000.0,
    "min1e3": 60_000.0, "rad1e8": 1e8 * math.pi / 180, "semi": 2**31 / 180, "60k": 60_000.0, "100k/6": 100_000 / 6 * 60 / 60,
}  # fmt: skip
_SUMS: dict[str, tuple[int, Callable[[bytes], int]]] = {
    "xor8": (1, checksums.xor8),
    "sum8": (1, checksums.sum8),
    "-sum8": (1, lambda data: -sum(data) & 0xFF),
    "~sum8": (1, lambda data: ~sum(data) & 0xFF),
    "crc8": (1, checksums.crc8),
    "xmodem": (2, checksums.crc16_xmodem),
    "ccitt": (2, checksums.crc16_ccitt_false),
    "kermit": (2, checksums.crc16_kermit),
    "mcrf": (2, checksums.crc16_mcrf4xx),
    "x25": (2, checksums.crc16_x25),
    "arc": (2, checksums.crc16_arc),
    "modbus": (2, checksums.crc16_modbus),
    "sum16": (2, checksums.sum16),
}


@dataclass(frozen=True)
class Encoding:
    """How one half of a place is written in ``size`` bytes; ``signed`` when negative degrees have a form of their own."""

    name: str
    size: int
    read: Callable[[bytes], float]
    write: Callable[[float], bytes]
    signed: bool = True


def _dm(value: float) -> float:
    degrees, minutes = divmod(abs(value), 100)
    return math.copysign(degrees + minutes / 60, value) if minutes < 60 else math.nan


def _to_dm(value: float) -> float:
    degrees, minutes = divmod(abs(value) * 60, 60)
    return math.copysign(degrees * 100 + minutes, value)


def _integers() -> Iterator[Encoding]:
    for order, code in (("big", ">i"), ("little", "<i")):
        for name, scale in _INTS.items():
            yield Encoding(
                f"int32 {order} {name}", 4,
                lambda data, code=code, scale=scale: float(struct.unpack(code, data)[0]) / scale,  # type: ignore[misc]
                lambda value, code=code, scale=scale: struct.pack(code, round(value * scale)),  # type: ignore[misc]
            )  # fmt: skip
        for name, scale in (("dm1e4", 1e4), ("dm1e5", 1e5)):
            yield Encoding(
                f"int32 {order} {name}", 4,
                lambda data, code=code, scale=scale: _dm(struct.unpack(code, data)[0] / scale),  # type: ignore[misc]
                lambda value, code=code, scale=scale: struct.pack(code, round(_to_dm(value) * scale)),  # type: ignore[misc]
            )  # fmt: skip


def _floats() -> Iterator[Encoding]:
    for code, size in ((">f", 4), ("<f", 4), (">d", 8), ("<d", 8)):
        for name, there, back in (
            ("degrees", lambda value: value, lambda value: value),
            ("radians", math.degrees, math.radians),
            ("dm", _dm, _to_dm),
        ):
            yield Encoding(
                f"float{size * 8} {code[0]} {name}", size,
                lambda data, code=code, there=there: there(struct.unpack(code, data)[0]),  # type: ignore[misc]
                lambda value, code=code, back=back: struct.pack(code, back(value)),  # type: ignore[misc]
            )  # fmt: skip


ENCODINGS = (*_integers(), *_floats())


@dataclass(frozen=True)
class Sum:
    """A check value: which, over which bytes (``end`` from the back), where, in which order."""

    name: str
    start: int
    end: int
    at: int
    order: str

    def right(self, data: bytes) -> bool:
        size, function = _SUMS[self.name]
        at = len(data) + self.at
        return data[at : at + size] == function(data[self.start : len(data) + self.end]).to_bytes(size, self.order)  # type: ignore[arg-type]

    def mended(self, data: bytes) -> bytes:
        size, function = _SUMS[self.name]
        at = len(data) + self.at
        value = function(data[self.start : len(data) + self.end]).to_bytes(size, self.order)  # type: ignore[arg-type]
        return data[:at] + value + data[at + size :]


def sums(data: bytes) -> list[Sum]:
    """The check values that hold at the end or in the head of ``data``, 16 bits before 8; a sum of 8 bits may hold by chance."""
    found = []
    size_of = {name: size for name, (size, _) in _SUMS.items()}
    for name in sorted(_SUMS, key=lambda one: -size_of[one]):
        size = size_of[name]
        places = [
            (at, start, at) for at in range(-size - 4, -size + 1) for start in range(min(12, max(0, len(data) - 12)))
        ]
        places += [(-2, 8, -4)]  # Teltonika's: four bytes, of which two are zero
        places += [(at - len(data), at + size, end) for at in range(1, 8) for end in (0, -1, -2)]
        for at, start, end in places:
            for order in ("big", "little")[: 1 + (size > 1)]:
                one = Sum(name, start, end, at, order)
                if len(data) + end > start and len(data) + at >= 0 and one.right(data):
                    found.append(one)
    return found


@dataclass(frozen=True)
class Planted:
    """A message whose place was found in it."""

    data: bytes
    encoding: Encoding
    latitude: int
    longitude: int
    place: Place
    check: Sum | None

    def moved(self, place: Place) -> bytes:
        out = bytearray(self.data)
        for at, value in ((self.latitude, place[0]), (self.longitude, place[1])):
            out[at : at + self.encoding.size] = self.encoding.write(value)
        return self.good(bytes(out))

    def good(self, data: bytes) -> bytes:
        return self.check.mended(data) if self.check else data


def plant(data: bytes, place: Place, check: Sum | None = None) -> Planted | None:
    """The message with its place found, or ``None``; of several pairs the closest together. ``check`` is made good again."""
    best: tuple[int, Encoding, int, int] | None = None
    for encoding in ENCODINGS:
        halves: list[list[int]] = [[], []]
        for at in range(len(data) - encoding.size + 1):
            try:
                value = encoding.read(data[at : at + encoding.size])
            except (ValueError, OverflowError):
                continue
            for index in (0, 1):
                if abs(place[index]) > 0.01 and abs(abs(value) - abs(place[index])) < NEAR:
                    halves[index].append(at)
        for one in halves[0]:
            for two in halves[1]:
                if abs(one - two) >= encoding.size and (best is None or abs(one - two) < best[0]):
                    best = abs(one - two), encoding, one, two
    if best is None or best[0] > 24:
        return None
    _, encoding, one, two = best
    return Planted(data, encoding, one, two, place, check)


def _quadrants(here: Planted) -> Iterator[Place]:
    """Places that the message can say: all of them when it writes its own signs, else those of its quadrant."""
    said = tuple(here.encoding.read(here.data[at : at + here.encoding.size]) for at in (here.latitude, here.longitude))
    shows_sign = (min(here.place) < 0 and min(said) < 0) or here.encoding.name.startswith("float")
    for place in PLACES:
        if shows_sign and min(said) < 0:
            yield place
        else:
            yield (
                math.copysign(place[0], here.place[0]),
                math.copysign(place[1], here.place[1]),
            )


def variants(here: Planted, draw: random.Random) -> Iterator[tuple[str, bytes, tuple[Place, ...], str]]:
    """(kind, bytes, places, note) of every variant."""
    hidden = any(
        (here.encoding.read(here.data[at : at + here.encoding.size]) < 0) != (value < 0)
        for at, value in ((here.latitude, here.place[0]), (here.longitude, here.place[1]))
    )

    def said(place: Place) -> Place:
        return (abs(place[0]), abs(place[1])) if hidden else place

    places = list(dict.fromkeys(_quadrants(here)))
    for number, place in enumerate(places):
        yield "place", here.moved(said(place)), (place,), str(number)
    home = places[0]
    base = here.moved(said(home))
    if len(places) > 1:
        yield "glued", base + here.moved(said(places[1])), (home, places[1]), "directly"
    taken = {at + shift for at in (here.latitude, here.longitude) for shift in range(here.encoding.size)}
    if here.check:
        taken |= {len(base) + here.check.at + shift for shift in range(2)}
    for at in range(len(base)):
        if at not in taken:
            for value in {base[at] ^ 1, draw.randrange(256)} - {base[at]}:
                changed = base[:at] + bytes([value]) + base[at + 1 :]
                yield "byte", here.good(changed), (home,), f"{at}: {base[at]:02x} -> {value:02x}"


@dataclass(frozen=True)
class PlantedDigits:
    """A message that writes its place in packed digits, degrees and minutes, hemispheres in flags; offsets are half bytes."""

    data: bytes
    latitude: int
    longitude: int
    place: Place
    check: Sum | None

    def moved(self, place: Place) -> bytes:
        digits = self.data.hex()
        for at, value, width in ((self.latitude, place[0], 2), (self.longitude, place[1], 3)):
            digits = digits[:at] + _digits(value, width) + digits[at + width + 6 :]
        data = bytes.fromhex(digits)
        return self.check.mended(data) if self.check else data


def _digits(value: float, width: int) -> str:
    degrees, minutes = divmod(round(abs(value) * 600_000), 600_000)
    return f"{degrees:0{width}d}{minutes:06d}"


def plant_digits(data: bytes, place: Place, check: Sum | None = None) -> PlantedDigits | None:
    """The message with its place found in packed digits, or ``None``."""
    digits = data.hex()
    found = []
    for value, width in ((place[0], 2), (place[1], 3)):
        wanted = {_digits(value + step / 600_000, width) for step in (-1, 0, 1)}
        size = width + 6
        found.append([at for at in range(len(digits) - size + 1) if digits[at : at + size] in wanted])
    pairs = [(abs(one - two), one, two) for one in found[0] for two in found[1] if two >= one + 8 or one >= two + 9]
    if not pairs or min(pairs)[0] > 24:
        return None
    return PlantedDigits(data, min(pairs)[1], min(pairs)[2], place, check)


def digit_variants(here: PlantedDigits) -> Iterator[tuple[str, bytes, tuple[Place, ...], str]]:
    """(kind, bytes, places, note): other places in the quadrant of the message, and two messages in one."""
    places = [(math.copysign(one, here.place[0]), math.copysign(two, here.place[1])) for one, two in PLACES]
    for number, place in enumerate(places):
        yield "place", here.moved(place), (place,), str(number)
    yield "glued", here.moved(places[0]) + here.moved(places[1]), (places[0], places[1]), "directly"
