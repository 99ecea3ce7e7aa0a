"""Boxes whose frames chain tags: Galileosky, its short bursts by Iridium, and BlackKite (public descriptions)."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from datetime import timedelta

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, imei, place, when
from tests.studies.facts_apart.tag_boxes import micro, modbus
from tests.studies.facts_apart.written import unix


def galileo_frame(tags: bytes, *, archive: bool = False) -> bytes:
    data = b"\x01" + struct.pack("<H", len(tags) | archive << 15) + tags
    return data + struct.pack("<H", modbus(data))


def galileo_place(draw: random.Random, one: Place) -> bytes:
    state = (0 if one.fix else 1) << 4 | draw.randrange(4, 14)
    moved = struct.pack("<HH", draw.randrange(1200), draw.randrange(3600))
    return b"\x20" + struct.pack("<I", unix(one)) + b"\x30" + bytes([state]) + micro(one) + b"\x33" + moved


def blackkite(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)
    begin = b"\x03" + number.encode()
    for name, archive, count in (("one", False, 1), ("batch", False, 3), ("archive", True, 2)):
        places = tuple(place(draw, when(draw), fix=draw.random() < 0.8) for _ in range(count))
        tags = begin
        for one in places:
            tags += (
                galileo_place(draw, one)
                + b"\x34"
                + struct.pack("<h", draw.randrange(900))
                + b"\x40"
                + draw.randbytes(2)
            )
            tags += (
                b"\x45"
                + draw.randbytes(2)
                + b"\x46"
                + draw.randbytes(2)
                + b"\x50"
                + draw.randbytes(2)
                + b"\x60"
                + draw.randbytes(16)
            )
        yield Drawn(name, galileo_frame(tags, archive=archive), places, (number,))


SIZES = {
    1: (0x35, 0x43, 0x88, 0xA0, 0xC4),
    2: (0x34, 0x40, 0x41, 0x42, 0x45, 0x46, 0x50, 0x60, 0x70, 0xB0),
    3: (0x63, 0x80),
}
LARGE = {4: (0x44, 0x47, 0x5A, 0x90, 0xC0, 0xD4, 0xE2), 7: (0x5B,), 68: (0x5C,), 8: (0xFD,)}


def galileo(draw: random.Random) -> Iterator[Drawn]:
    """The compressed track needs the year from outside and is left out."""
    number = imei(draw)
    sizes = {tag: size for size, tags in (SIZES | LARGE).items() for tag in tags}

    def record(one: Place, chosen: list[int]) -> bytes:
        tags = galileo_place(draw, one)
        for tag in chosen:
            tags += bytes([tag]) + draw.randbytes(sizes[tag])
        return tags

    head = b"\x01\x9a\x02\x18\x03" + number.encode() + b"\x04\x32\x00"
    yield Drawn("identity", galileo_frame(head), (), (number,))
    for name, archive, count in (("one", False, 1), ("batch", False, 3), ("archive", True, 4)):
        chosen = sorted(draw.sample(sorted(sizes.keys() - {0x5B, 0x5C, 0xFD}), 8))
        places = tuple(place(draw, when(draw), fix=draw.random() < 0.8) for _ in range(count))
        tags = (
            b"\x03"
            + number.encode()
            + b"\x04\x32\x00"
            + b"".join(b"\x10" + draw.randbytes(2) + record(one, chosen) for one in places)
        )
        yield Drawn(name, galileo_frame(tags, archive=archive), places, (number,))
    one = place(draw, when(draw))
    session = galileo_frame(head) + galileo_frame(b"\x04\x32\x00" + record(one, [0x34, 0x40, 0x41, 0x42]))
    yield Drawn("session", session, (one,), (number,))
    one = place(draw, when(draw))
    extended = (
        b"\x04\x32\x00"
        + record(one, [0x40, 0x41, 0x42])
        + b"\xea\x05"
        + draw.randbytes(5)
        + b"\xfe\x04\x00"
        + draw.randbytes(4)
    )
    yield Drawn("sized tags", galileo_frame(b"\x03" + number.encode() + extended), (one,), (number,))
    yield Drawn(
        "text answer",
        galileo_frame(b"\x03" + number.encode() + b"\x04\x32\x00\xe0" + draw.randbytes(4) + b"\xe1\x02OK"),
        (),
        (number,),
    )
    yield iridium(draw, number)


def iridium(draw: random.Random, number: str) -> Drawn:
    """Two places: the satellite's rough one, and tag 30 of the terminal."""
    exact = place(draw, when(draw))
    assert exact.time is not None
    rough = Place(exact.latitude + 0.01, exact.longitude + 0.01, exact.time + timedelta(seconds=9))
    head = (
        b"\x01\x00\x1c"
        + draw.randbytes(4)
        + number.encode()
        + b"\x00"
        + draw.randbytes(4)
        + struct.pack(">I", unix(rough))
    )
    flags = 2 * (rough.latitude < 0) | (rough.longitude < 0)
    where = b"\x03\x00\x0b" + bytes([flags])
    for value in (rough.latitude, rough.longitude):
        thousandths = round(abs(value) * 60000)
        where += struct.pack(">BH", *divmod(thousandths, 60000))
    where += struct.pack(">I", 5)
    tags = galileo_place(draw, exact) + b"\x34\x10\x00"
    body = head + where + b"\x02" + struct.pack(">H", len(tags)) + tags
    return Drawn("Iridium", b"\x01" + struct.pack(">H", len(body)) + body, (rough, exact), (number,))


DIALECTS: dict[str, Dialect] = {"blackkite": blackkite, "galileo": galileo}
