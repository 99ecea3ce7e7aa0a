"""Messages of drawn layouts: a place in a drawn form among counters, clocks, noise and padding. Nothing of iotwatch is used.

The forms are what integrators of trackers and fleet systems are known to choose from; how each is written is written here again.
"""

from __future__ import annotations

import base64
import math
import random
import struct
from collections.abc import Callable
from typing import NamedTuple

Write = Callable[[float, bool], bytes]
"""Writes a coordinate; the second value says that it is a longitude."""


class Layout(NamedTuple):
    """A form, what stands before, between and behind, and how the whole is wrapped."""

    name: str
    write: Write
    before: int
    between: int
    behind: int
    longitude_first: bool
    text: bool
    wrapped: str


def _integer(scale: Callable[[bool], float], size: int, order: str, sign: str) -> Write:
    def write(degrees: float, east: bool) -> bytes:
        number = round(degrees * scale(east))
        if sign == "bit":
            number = abs(number) | (1 << 8 * size - 1 if number < 0 else 0)
        elif sign == "none":
            number = abs(number)
        elif sign == "shifted":
            number = round((degrees + (180 if east else 90)) * scale(east))
        return (number % (1 << 8 * size)).to_bytes(size, order)  # type: ignore[arg-type]

    return write


def _minutes(degrees: float) -> float:
    whole = math.floor(abs(degrees))
    return whole * 100 + (abs(degrees) - whole) * 60


def _packed(degrees: float, east: bool) -> bytes:
    digits = f"{round(_minutes(degrees) * 10_000):0{10 if east else 8}d}"
    return bytes.fromhex(digits)


def _varint(degrees: float, east: bool) -> bytes:
    number = round(degrees * 1e7)
    number = 2 * number if number >= 0 else -2 * number - 1
    made = bytearray()
    while number > 0x7F:
        made.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes((*made, number))


def _lettered(degrees: float, east: bool) -> bytes:
    letter = ("E" if degrees >= 0 else "W") if east else ("N" if degrees >= 0 else "S")
    return f"{_minutes(degrees):0{10 if east else 9}.4f},{letter}".encode()


def _sexagesimal(degrees: float, east: bool) -> bytes:
    whole = math.floor(abs(degrees))
    minutes = (abs(degrees) - whole) * 60
    seconds = (minutes - math.floor(minutes)) * 60
    letter = ("E" if degrees >= 0 else "W") if east else ("N" if degrees >= 0 else "S")
    return f"{whole:0{3 if east else 2}d}:{math.floor(minutes):02d}:{min(seconds, 59.99):05.2f}{letter}".encode()


_SCALES: dict[str, Callable[[bool], float]] = {
    "1e5": lambda east: 1e5,
    "1e6": lambda east: 1e6,
    "1e7": lambda east: 1e7,
    "minutes 1e4": lambda east: 6e5,
    "minutes 3e4": lambda east: 1.8e6,
    "milliseconds": lambda east: 3.6e6,
    "semicircles": lambda east: 2**31 / 180,
    "quarter": lambda east: 2**31 / (180 if east else 90),
}


def draw(number: int) -> Layout:
    """The layout of that number, of nine kinds in turn."""
    made = random.Random(f"layout {number}")
    kind = number % 9
    order = made.choice(("big", "little"))
    text, wrapped = False, made.choice(("", "", "", "hex", "base64"))
    if kind < 3:
        scale = made.choice(sorted(_SCALES))
        sign = made.choice(("twos", "bit", "none"))
        write, name = _integer(_SCALES[scale], 4, order, sign), f"integer of 4 bytes, {scale}, {sign}, {order}"
    elif kind == 3:
        write, name = (
            _integer(lambda east: 2**32 / (360 if east else 180), 4, order, "shifted"),
            f"offset binary, {order}",
        )
    elif kind == 4:
        size, unit = made.choice((4, 8)), made.choice(("degrees", "radians"))
        form = (">" if order == "big" else "<") + ("f" if size == 4 else "d")
        turn = math.radians if unit == "radians" else float
        write, name = (
            (lambda degrees, east: struct.pack(form, turn(degrees))),
            f"float of {size} bytes, {unit}, {order}",
        )
    elif kind == 5:
        write, name = made.choice(((_packed, "packed digits"), (_varint, "varint")))
    elif kind == 6:
        digits = made.choice((5, 6, 7))
        write, name, text = (
            (lambda degrees, east: f"{degrees:.{digits}f}".encode()),
            f"degrees with {digits} digits",
            True,
        )
    elif kind == 7:
        write, name, text = _lettered, "ddmm.mmmm with letters", True
    else:
        write, name, text = _sexagesimal, "dd:mm:ss with letters", True
    before, behind = made.randrange(4, 40), made.randrange(2, 60)
    return Layout(name, write, before, made.choice((0, 0, 1, 2, 4, 8)), behind, made.random() < 0.3, text, wrapped)


def message(layout: Layout, latitude: float, longitude: float, number: int) -> bytes:
    """The message of that number of a layout: a counter, a clock, noise, the place, noise and padding."""
    made = random.Random(f"{layout.name} {number}")
    halves = [layout.write(latitude, False), layout.write(longitude, True)]
    if layout.longitude_first:
        halves.reverse()
    if layout.text:
        before = f"#{number},{1_700_000_000 + 30 * number},{made.randrange(10**6)},".encode()
        between = b"," if layout.between == 0 else b"," + b"%d," % made.randrange(10 ** min(layout.between, 6))
        whole = (
            before
            + between.join(halves)
            + f",{made.uniform(0, 120):.1f},{made.randrange(360)},{made.randrange(99)}*".encode()
        )
    else:
        head = struct.pack(">HI", number & 0xFFFF, 1_700_000_000 + 30 * number)
        whole = head + made.randbytes(layout.before) + made.randbytes(layout.between).join(halves)
        whole += made.randbytes(layout.behind) + bytes(made.randrange(9))
    if layout.wrapped == "hex":
        return b"$" + whole.hex().encode() + b"\r\n"
    return b'{"d":"' + base64.b64encode(whole) + b'"}' if layout.wrapped == "base64" else whole
