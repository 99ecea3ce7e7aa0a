"""Conversations of drawn forms, for the search for moving places: drives, and all that is none. Nothing of iotwatch is used.

Drives begin at real fixes. A message is a head, a counter, a clock and readings of sensors in a drawn order, the place in a form
of ``drawn_layouts`` among them, what a receiver tells beside it, and padding; or the same as fields of a text.
"""

from __future__ import annotations

import base64
import math
import random
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from tests.studies.drawn_layouts import Layout, draw

BEGIN = 1_700_000_000.0
_METRES = 111_195.0


class Spot(NamedTuple):
    """Where a car was: Unix seconds, degrees, metres a second and degrees from north."""

    time: float
    latitude: float
    longitude: float
    speed: float
    course: float


class Flow(NamedTuple):
    """What a client said, message by message with its Unix time; ``spots`` are the places told, if any."""

    kind: str
    messages: list[tuple[float, bytes]]
    spots: list[Spot]


def drive(made: random.Random, latitude: float, longitude: float) -> list[Spot]:
    """A drive over roads that bend and turn, with stops, told every so many seconds; places have a receiver's noise."""
    interval = made.choice((5.0, 10.0, 10.0, 15.0, 20.0, 30.0, 30.0, 60.0))
    number = made.randrange(12, 90)
    course, speed, wanted = made.uniform(0, 360), 0.0, made.uniform(8, 30)
    left, halt, bend = made.uniform(100, 1500), made.choice((0.0, 40.0)), 0.0
    north = east = 0.0
    off = [made.gauss(0, 3), made.gauss(0, 3)]
    wide = _METRES * math.cos(math.radians(latitude))
    spots, now, due = list[Spot](), BEGIN, BEGIN
    while len(spots) < number:
        if now >= due:
            off = [0.9 * one + made.gauss(0, 1.2) for one in off]
            place = latitude + (north + off[0]) / _METRES, longitude + (east + off[1]) / wide
            spots.append(Spot(now, *place, speed, course % 360))
            due = now + interval + made.choice((0.0, 0.0, 1.0))
        if halt > 0:
            speed, halt = max(0.0, speed - 3), halt - 1
        else:
            speed += max(-2.5, min(1.8, wanted - speed)) + made.gauss(0, 0.3)
            speed = max(0.0, speed)
        course += bend * speed / 20
        north += speed * math.cos(math.radians(course))
        east += speed * math.sin(math.radians(course))
        left -= speed
        if left <= 0:
            left, wanted, bend = made.expovariate(1 / 700) + 80, made.uniform(7, 33), made.gauss(0, 1.0)
            course += made.choice((0, 0, 90, -90, 40, -40))
            halt = made.choice((0.0, 0.0, 0.0, made.uniform(5, 60)))
        now += 1
    return spots


def _whole_minutes(degrees: float, east: bool) -> bytes:
    return struct.pack(">I", round((int(abs(degrees)) * 100 + abs(degrees) % 1 * 60) * 10_000))


def _bytes_of_minutes(degrees: float, east: bool) -> bytes:
    ticks = round(abs(degrees) * 600_000)
    return bytes((ticks // 600_000, ticks // 10_000 % 60, ticks // 100 % 100, ticks % 100))


def _words_of_minutes(degrees: float, east: bool) -> bytes:
    return struct.pack(">HH", *divmod(round((int(abs(degrees)) * 100 + abs(degrees) % 1 * 60) * 10_000), 10_000))


OTHERS = {
    "integer of ddmm.mmmm": _whole_minutes, "bytes of degrees and minutes": _bytes_of_minutes,
    "words of ddmm and mmmm": _words_of_minutes,
}  # fmt: skip
"""Forms beside those of ``drawn_layouts``, kept aside while the search was made."""


def driven(number: int, begins: Sequence[tuple[float, float]]) -> Flow:
    """A drive told in the drawn form of that number."""
    made = random.Random(f"drive {number}")
    layout = draw(number)
    if number % 10 == 9:
        name = made.choice(sorted(OTHERS))
        layout = layout._replace(name=name, write=OTHERS[name], text=False)
    spots = drive(made, *made.choice(begins))
    form = _text_form(made, layout) if layout.text else _binary_form(made, layout)
    messages = [(spot.time + made.uniform(0.05, 0.6), form(index, spot)) for index, spot in enumerate(spots)]
    return Flow(layout.name.split(",")[0], [(time, _wrapped(layout.wrapped, one)) for time, one in messages], spots)


_Form = Callable[[int, Spot], bytes]
_Field = Callable[[int, Spot], bytes]


def _sensors(made: random.Random) -> Iterator[_Field]:
    """Fields of two bytes that are no place: voltages, temperatures, levels of signals, states, satellites."""
    for _ in range(made.randrange(1, 5)):
        middle, wide = made.randrange(300, 30_000), made.choice((0, 1, 3, 40, 400))
        slow = random.Random(made.random())
        yield lambda index, spot, middle=middle, wide=wide, slow=slow: struct.pack(  # type: ignore[misc]
            ">H", max(0, min(65_535, middle + round(slow.gauss(0, wide))))
        )
    yield lambda index, spot: bytes((made.randrange(5, 13), made.choice((0, 1, 1, 3))))


def _clock(made: random.Random) -> _Field:
    kind = made.choice(("unix", "unix", "milliseconds", "bcd", "parts", "week"))
    if kind == "unix":
        return lambda index, spot: struct.pack(">I", int(spot.time))
    if kind == "milliseconds":
        return lambda index, spot: struct.pack(">Q", int(spot.time * 1000))
    if kind == "week":
        return lambda index, spot: struct.pack(">HI", 2288, int(spot.time * 1000) % 604_800_000)
    return lambda index, spot: _of_day(spot.time, packed=kind == "bcd")


def _of_day(time: float, *, packed: bool) -> bytes:
    second = int(time) % 86_400
    parts = (23, 11, 14, second // 3600, second // 60 % 60, second % 60)
    return bytes.fromhex("".join(f"{part:02d}" for part in parts)) if packed else bytes(parts)


def _place(layout: Layout) -> _Field:
    def write(index: int, spot: Spot) -> bytes:
        halves = [layout.write(spot.latitude, False), layout.write(spot.longitude, True)]
        if layout.longitude_first:
            halves.reverse()
        return bytes(layout.between).join(halves)

    return write


def _binary_form(made: random.Random, layout: Layout) -> _Form:
    head = made.randbytes(made.randrange(1, 5))
    fields: list[_Field] = [_place(layout)]
    told = made.choice((0, 1, 2))
    motion: _Field = lambda index, spot: struct.pack(">HH", round(spot.speed * 36), round(spot.course))  # noqa: E731
    beside: list[_Field] = [*_sensors(made), _clock(made), *([motion] if told else [])]
    if made.random() < 0.8:
        width = made.choice((">B", ">H", ">I"))
        begin = made.randrange(1 << 7)
        beside.append(lambda index, spot: struct.pack(width, (begin + index) % 256 if width == ">B" else begin + index))
    made.shuffle(beside)
    cut = made.randrange(len(beside) + 1)
    fields = [*beside[:cut], *fields, *beside[cut:]]
    padding, check = made.choice((0, 0, 4, 16)), made.choice((0, 1, 2, 4))
    loose = made.random() < 0.25

    def form(index: int, spot: Spot) -> bytes:
        body = head + b"".join(field(index, spot) for field in fields) + bytes(padding)
        body += made.randbytes(made.randrange(6)) if loose else b""
        return body + zlib.crc32(body).to_bytes(4, "big")[:check]

    return form


def _text_form(made: random.Random, layout: Layout) -> _Form:
    mark = made.choice((b",", b";", b"|", b" "))
    place = _place(Layout(*layout[:3], 0, *layout[4:]))
    head, tail = made.choice((b"$TR", b"#", b"*XY01", b"[")), made.choice((b"#", b"\r\n", b"*", b"]"))
    first = made.randrange(10**5)
    level, wide = made.uniform(3, 900), made.choice((0.0, 0.1, 5.0))
    parts: list[_Field] = [
        lambda index, spot: b"%d" % (first + index),
        lambda index, spot: b"%d" % int(spot.time),
        lambda index, spot: b"%.1f" % (level + made.gauss(0, wide)),
        lambda index, spot: b"%d" % made.randrange(10, 31),
    ]
    made.shuffle(parts)
    beside = made.choice((0, 1))
    cut = made.randrange(len(parts) + 1)

    def halves(index: int, spot: Spot) -> bytes:
        north, east = layout.write(spot.latitude, False), layout.write(spot.longitude, True)
        return mark.join((east, north) if layout.longitude_first else (north, east))

    place = halves
    fields = [*parts[:cut], place, *parts[cut:]]

    def form(index: int, spot: Spot) -> bytes:
        told = [field(index, spot) for field in fields]
        told += [b"%.1f" % (spot.speed * 3.6), b"%d" % spot.course] if beside else []
        return head + mark + mark.join(told) + tail

    return form


def _wrapped(how: str, whole: bytes) -> bytes:
    if how == "hex":
        return b"$" + whole.hex().encode() + b"\r\n"
    return b'{"d":"' + base64.b64encode(whole) + b'"}' if how == "base64" else whole


_Number = Callable[[int, float], float]


def _counter(made: random.Random) -> _Number:
    state, step = float(made.randrange(1 << made.choice((8, 16, 24, 30)))), made.choice((1, 1, 2, 10, 512))
    loose = made.random() < 0.5
    held = [state]

    def value(index: int, time: float) -> float:
        held[0] += made.randrange(1, 2 * step + 1) if loose else step
        return held[0]

    return value


def _ticking(made: random.Random) -> _Number:
    rate = made.choice((1.0, 1000.0, 1e6, 32_768.0, 90_000.0, 100.0))
    begin = made.choice((0.0, BEGIN, made.uniform(0, 1e9) / rate))
    return lambda index, time: (begin + time - BEGIN) * rate


def _sensing(made: random.Random) -> _Number:
    middle = 10 ** made.uniform(1, 9)
    wide = middle * 10 ** made.uniform(-5, -0.5)
    return lambda index, time: made.gauss(middle, wide)


def _walking(made: random.Random) -> _Number:
    middle = 10 ** made.uniform(1, 9)
    held, step = [middle], middle * 10 ** made.uniform(-6, -2)

    def value(index: int, time: float) -> float:
        held[0] += made.gauss(0, step)
        return held[0]

    return value


_NUMBERS: dict[str, Callable[[random.Random], _Number]] = {
    "counters": _counter, "clocks": _ticking, "sensors": _sensing, "walks": _walking,
}  # fmt: skip
NOTHING = ("counters", "clocks", "sensors", "mixed", "compressed", "encrypted", "partly random", "text")
WALKS = "walks"


def nothing(number: int, kind: str) -> Flow:
    """A conversation of that kind that states no place, with a form drawn by its number."""
    made = random.Random(f"nothing {kind} {number}")
    interval, many = made.choice((1.0, 5.0, 10.0, 30.0, 60.0)), made.randrange(6, 90)
    times = [BEGIN + index * interval + made.uniform(0, 0.2) for index in range(many)]
    form = _nothing_form(made, kind)
    return Flow(kind, [(time, form(index, time)) for index, time in enumerate(times)], [])


def _nothing_form(made: random.Random, kind: str) -> Callable[[int, float], bytes]:
    if kind == "encrypted":
        size, head = made.choice((16, 32, 48, 64, 128)), made.randbytes(made.randrange(5))
        return lambda index, time: head + struct.pack(">H", index) + made.randbytes(size)
    if kind == "compressed":
        words = [made.randbytes(4).hex() for _ in range(30)]
        return lambda index, time: zlib.compress(" ".join(made.choices(words, k=40)).encode() + b"%d" % index)
    if kind == "partly random":
        head, mask = made.randbytes(40), [made.random() < 0.4 for _ in range(40)]
        return lambda index, time: bytes(
            made.randrange(256) if free else byte for byte, free in zip(head, mask, strict=True)
        )
    kinds = [kind] if kind in _NUMBERS else ["counters", "clocks", "sensors"]
    numbers = [_NUMBERS[made.choice(kinds)](made) for _ in range(made.randrange(2, 8))]
    if kind == "text":
        mark, digits = made.choice((b",", b";", b"|")), [made.choice((0, 0, 2, 4, 6)) for _ in numbers]
        scale = [10.0 ** -made.choice((0, 2, 5, 6)) for _ in numbers]
        return lambda index, time: (
            b"$Q,"
            + mark.join(
                b"%.*f" % (fine, one(index, time) * small)
                for one, fine, small in zip(numbers, digits, scale, strict=True)
            )
        )
    head = made.randbytes(made.randrange(1, 6))
    packs = [made.choice((_word, _word, _small, _single, _double)) for _ in numbers]
    order = made.choice("<>")
    return lambda index, time: (
        head + b"".join(pack(order, one(index, time)) for pack, one in zip(packs, numbers, strict=True))
    )


def _word(order: str, value: float) -> bytes:
    return struct.pack(order + "I", int(value) % (1 << 32))


def _small(order: str, value: float) -> bytes:
    return struct.pack(order + "H", int(value) % (1 << 16))


def _single(order: str, value: float) -> bytes:
    return struct.pack(order + "f", value)


def _double(order: str, value: float) -> bytes:
    return struct.pack(order + "d", value)
