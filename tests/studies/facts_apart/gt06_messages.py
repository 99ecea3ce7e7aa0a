"""GT06 and its clones, short (``78 78``) and long (``79 79``) frames, built from public descriptions.

Which type number holds what differs by model; the layouts here are those that the public manuals give. Local time is UTC.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from struct import pack

from tests.studies.facts_apart.drawn import Drawn, Place, bcd, bssid, cell, crc16, digits, imei, place, sides, when
from tests.studies.facts_apart.written import octets, plain_time

_Cell = tuple[int, int, int, int]


def framed(kind: int, body: bytes, *, long: bool = False) -> bytes:
    inner = bytes([kind]) + body + pack(">H", 7)
    head = pack(">H", len(inner) + 2) if long else bytes([len(inner) + 2])
    check = crc16(head + inner, 0x8408, 0xFFFF, reflected=True, end=0xFFFF)
    return (b"yy" if long else b"xx") + head + inner + pack(">H", check) + b"\r\n"


def gps(draw: random.Random, one: Place) -> bytes:
    """Date, satellites, coordinates, speed and course: 18 bytes."""
    flags = draw.randrange(360) | one.fix << 12 | (one.longitude < 0) << 11 | (one.latitude > 0) << 10
    pair = pack(">II", round(abs(one.latitude) * 1.8e6), round(abs(one.longitude) * 1.8e6))
    return plain_time(one.time) + bytes([0xC0 | draw.randrange(4, 13)]) + pair + pack(">BH", draw.randrange(120), flags)


def tower(here: _Cell) -> bytes:
    return pack(">HBH", *here[:3]) + here[3].to_bytes(3, "big")


def wide_tower(here: _Cell) -> bytes:
    return pack(">HHHI", *here)


def tower_4g(here: _Cell) -> bytes:
    return pack(">HBIQ", *here)


def login(name: str, *, extended: bool = False) -> bytes:
    return framed(0x01, bcd(name, 8) + (pack(">HH", 0x2203, 0x3201) if extended else b""))


def positions(draw: random.Random) -> Iterator[Drawn]:
    name = imei(draw)
    yield Drawn("login", login(name), ids=(name,))
    yield Drawn("long login", login(name, extended=True), ids=(name,))
    for kind in (0x10, 0x11, 0x12, 0x22, 0x1F):
        for fix in (True, False):
            one, here = place(draw, when(draw), fix=fix), cell(draw)
            if kind == 0x10:
                yield Drawn(f"10, fix {fix}", framed(kind, gps(draw, one)), (one,))
                continue
            rest = {0x22: bytes((1, 5, 0)) + pack(">I", draw.randrange(10**6))}.get(kind, b"")
            body = gps(draw, one) + (wide_tower(here) if kind == 0x11 else tower(here)) + rest
            yield Drawn(f"{kind:02x}, fix {fix}", framed(kind, body), (one,), (), (here,))
            session = login(name) + framed(kind, body)
            yield Drawn(f"{kind:02x} after a login, fix {fix}", session, (one,), (name,), (here,))
    for kind in (0x16, 0x26):
        one, here = place(draw, when(draw)), cell(draw)
        body = gps(draw, one) + b"\x08" + tower(here) + bytes((0x44, 4, 3, 2, 1))
        yield Drawn(f"alarm {kind:02x}", framed(kind, body), (one,), (), (here,))
    one, here = place(draw, when(draw)), cell(draw)
    body = gps(draw, one) + b"\x09" + tower(here) + bytes((0x44, 4, 3, 2, 1, 0, 9))
    yield Drawn("fence alarm 27", framed(0x27, body), (one,), (), (here,))
    body = gps(draw, one) + f"{digits(draw, 11):0<21}".encode() + b"\0\2"
    yield Drawn("address request 2a", framed(0x2A, body), (one,))
    yield Drawn("heartbeat", framed(0x13, bytes((0x44, 4, 3, 0, 1))))
    north, east = sides(one)
    text = f"Lat:{north}{abs(one.latitude):.6f},Lon:{east}{abs(one.longitude):.6f}"
    text += f",Course:10.2,Speed:0.0,DateTime:{one.time:%Y-%m-%d %H:%M:%S}"
    told = Place(one.latitude, one.longitude)  # the zone of its clock is a setting
    yield Drawn("text answer 21", framed(0x21, pack(">IB", 1, 1) + text.encode(), long=True), (told,))


def towers(draw: random.Random) -> Iterator[Drawn]:
    """Cells and access points without a GPS block."""
    one, time, points = cell(draw), when(draw), (bssid(draw), bssid(draw))
    near = tuple((*one[:2], *cell(draw)[2:]) for _ in range(2))
    empty = bytes(6) * 4
    listed = b"".join(pack(">H", c[2]) + c[3].to_bytes(3, "big") + bytes([60]) for c in (one, *near)) + empty
    head = plain_time(time) + pack(">HB", *one[:2])
    yield Drawn("28", framed(0x28, head + listed + b"\xff\0\2"), cells=(one, *near))
    access = bytes([len(points)]) + b"".join(octets(point) + bytes([60]) for point in points)
    yield Drawn("2c", framed(0x2C, head + listed + b"\xff" + access), cells=(one, *near), wifi=points)
    yield Drawn("19", framed(0x19, tower(one) + bytes((0x44, 4, 3, 2, 1))), cells=(one,))
    wide = pack(">HB", *one[:2]) + b"".join(pack(">IQB", *c[2:], 60) for c in (one, *near)) + bytes(13) * 4
    yield Drawn("a1", framed(0xA1, plain_time(time) + wide + b"\xff\0\2"), cells=(one, *near))
    yield Drawn("a2", framed(0xA2, plain_time(time) + wide + b"\xff" + access), cells=(one, *near), wifi=points)


def newer(draw: random.Random) -> Iterator[Drawn]:
    """Types of the 4G models, and the long frames."""
    for fix in (True, False):
        one, here = place(draw, when(draw), fix=fix), cell(draw)
        body = gps(draw, one) + tower_4g(here) + bytes((1, 5, 0)) + pack(">I", draw.randrange(10**6))
        yield Drawn(f"a0, fix {fix}", framed(0xA0, body), (one,), (), (here,))
        body = gps(draw, one) + b"\x0f" + tower_4g(here) + bytes((0x44, 4, 3, 2, 1, 9))
        yield Drawn(f"a4, fix {fix}", framed(0xA4, body), (one,), (), (here,))
    one, here, name = place(draw, when(draw)), cell(draw), imei(draw)
    wide = pack(">HHIQ", here[0] | 0x8000, *here[1:])
    yield Drawn("a0, wide network", framed(0xA0, gps(draw, one) + wide + bytes((1, 5, 0))), (one,), (), (here,))
    yield Drawn("12 in a long frame", framed(0x12, gps(draw, one) + tower(here), long=True), (one,), (), (here,))
    body = b"\0" + bcd(name, 8) + bcd(digits(draw, 15), 8) + bcd(digits(draw, 20), 10)
    yield Drawn("information 94", framed(0x94, b"\x0a" + body[1:], long=True), ids=(name,))
    both = framed(0x12, gps(draw, one) + tower(here))
    other = place(draw, when(draw))
    both += framed(0x22, gps(draw, other) + tower(here) + bytes((0, 0, 0)))
    yield Drawn("session", login(name) + framed(0x13, bytes((0x44, 4, 3, 0, 1))) + both, (one, other), (name,), (here,))


def gt06(draw: random.Random) -> Iterator[Drawn]:
    yield from positions(draw)
    yield from towers(draw)
    yield from newer(draw)


DIALECTS = {"gt06": gt06}
