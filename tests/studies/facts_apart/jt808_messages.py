"""JT/T 808 in its versions, its vendors' items and its vendors' messages, built from public descriptions.

Local time is GMT+8, and the hemispheres of a report are those of its second place too. Left out: the
lists in front of the places of 0x0900 type F0, sub-items of 0xF3, and trips.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import timedelta
from struct import pack

from tests.studies.facts_apart.drawn import Drawn, Place, bcd, bssid, cell, digits, imei, place, when, xor
from tests.studies.facts_apart.written import octets

_EAST = timedelta(hours=8)
_Cell = tuple[int, int, int, int]


def _framed(
    kind: int, phone: str, body: bytes, *, version: bool = False, serial: int = 1, short: bool = False
) -> bytes:
    head = pack(">HH", kind, len(body) | version << 14)
    head += b"\1" + bcd(phone, 10) if version else bcd(phone, 6)
    inner = head + (bytes([serial % 256]) if short else pack(">H", serial)) + body
    return b"~" + (inner + bytes([xor(inner)])).replace(b"}", b"}\1").replace(b"~", b"}\2") + b"~"


def _framed_e7(kind: int, phone: str, body: bytes) -> bytes:
    inner = pack(">HH", kind, len(body)) + bcd(phone, 7) + pack(">H", 1) + body
    inner += bytes([xor(inner)])
    for plain, escaped in ((0xE6, b"\xe6\1"), (0xE7, b"\xe6\2"), (0x3E, b"\x3e\1"), (0x3D, b"\x3e\2")):
        inner = inner.replace(bytes([plain]), escaped)
    return b"\xe7" + inner + b"\xe7"


def block(draw: random.Random, one: Place) -> bytes:
    """The 28 bytes of table 23 of JT/T 808-2019."""
    assert one.time is not None
    status = draw.randrange(2) | one.fix << 1 | (one.latitude < 0) << 2 | (one.longitude < 0) << 3
    data = pack(">II", 0, status) + pack(">II", round(abs(one.latitude) * 1e6), round(abs(one.longitude) * 1e6))
    data += pack(">HHH", draw.randrange(900), draw.randrange(1200), draw.randrange(360))
    return data + bcd(f"{one.time + _EAST:%y%m%d%H%M%S}", 6)


def item(tag: int, value: bytes) -> bytes:
    return bytes((tag, len(value))) + value


def _usual(draw: random.Random) -> bytes:
    return item(0x01, pack(">I", draw.randrange(10**6))) + item(0x30, b"\x1f") + item(0x31, b"\x09")


def _cell_items(draw: random.Random) -> Iterator[tuple[str, bytes, tuple[_Cell, ...]]]:
    """Items that hold cells, by what public descriptions and samples of them say."""
    one, two = cell(draw), cell(draw)
    same = (*one[:2], *two[2:])
    both = (one, same)
    yield (
        "E1",
        item(0xE1, pack(">HH", *one[:2]) + b"".join(c[2].to_bytes(3, "big") + pack(">IB", c[3], 60) for c in both)),
        both,
    )
    yield "EB", item(0xEB, pack(">HB", *one[:2]) + b"".join(pack(">HHB", *c[2:], 60) for c in both)), both
    yield "F0", item(0xF0, b"".join(pack(">HHIIB", c[0], c[1], c[3], c[2], 60) for c in (one, two))), (one, two)
    yield "5D", item(0x5D, b"\2" + b"".join(pack(">HBHIB", *c, 60) for c in (one, two))), (one, two)
    yield "66", item(0x66, pack(">H", one[0]) + b"".join(pack(">BHIH", 60, c[1], c[3], c[2]) for c in both)), both
    yield "FF", item(0xFF, pack(">HBIIB", *one, 60)), (one,)
    yield "EB 00D8", item(0xEB, pack(">HH", 11, 0x00D8) + pack(">HBHI", *one)), (one,)
    text = ";".join(map(str, one)).encode()
    yield (
        "EB 0024",
        item(0xEB, pack(">HH", len(text) + 2, 0x0024) + text + pack(">HH", 12, 0x00B2) + bcd(digits(draw, 20), 10)),
        (one,),
    )


def _point_items(points: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    packed = b"".join(octets(point) + b"\xc4" for point in points)
    for tag in (0xEC, 0xF4, 0x50):
        yield f"{tag:02X}", item(tag, packed)
    text = bytes([len(points)]) + ",".join(f"{point},-60" for point in points).encode()
    yield "EB 00B9", item(0xEB, pack(">HH", len(text) + 2, 0x00B9) + text)


def reports(draw: random.Random) -> Iterator[Drawn]:
    phone = f"1{digits(draw, 11)}"
    for fix in (True, False):
        one = place(draw, when(draw), fix=fix)
        yield Drawn(f"report, fix {fix}", _framed(0x0200, phone, block(draw, one) + _usual(draw)), (one,), (phone,))
        long = f"1{digits(draw, 19)}"
        yield Drawn(
            f"2019, fix {fix}", _framed(0x0200, long, block(draw, one) + _usual(draw), version=True), (one,), (long,)
        )
    one = place(draw, when(draw))
    yield Drawn("bare", _framed(0x0200, phone, block(draw, one)), (one,), (phone,))
    yield Drawn("fixed tail", _framed(0x0200, phone, block(draw, one) + draw.randbytes(18)), (one,), (phone,))
    yield Drawn(
        "answer to a query", _framed(0x0201, phone, b"\0\1" + block(draw, one) + _usual(draw)), (one,), (phone,)
    )
    yield Drawn("vehicle control", _framed(0x0500, phone, b"\0\1" + block(draw, one)), (one,), (phone,))
    media = pack(">I", 1) + bytes((0, 0, 1, 1)) + block(draw, one) + draw.randbytes(40)
    yield Drawn("media", _framed(0x0801, phone, media), (one,), (phone,))
    other = "867" + digits(draw, 11)
    yield Drawn("E7 frame", _framed_e7(0x0200, other, block(draw, one) + _usual(draw)), (one,), (other,))
    name = imei(draw)
    while f"{int(name[:14]):012x}".isdigit():
        name = imei(draw)
    inner = _framed(0x0200, f"{int(name[:14]):012x}", block(draw, one))
    yield Drawn("hexadecimal id", inner, (one,), (name,))
    adas = (
        bytes(12)
        + pack(">BHII", 40, 100, round(30.5e6), round(110.5e6))
        + bcd(f"{one.time:%y%m%d%H%M%S}", 6)
        + bytes(18)
    )
    assert one.time is not None
    second = Place(math.copysign(30.5, one.latitude), math.copysign(110.5, one.longitude), one.time - _EAST)
    yield Drawn("driver alarm", _framed(0x0200, phone, block(draw, one) + item(0x65, adas)), (one, second), (phone,))
    yield Drawn("heartbeat", _framed(0x0002, phone, b""), ids=(phone,))
    yield Drawn("authentication", _framed(0x0102, phone, phone.encode()), ids=(phone,))


def items(draw: random.Random) -> Iterator[Drawn]:
    phone, points = f"1{digits(draw, 11)}", (bssid(draw), bssid(draw))
    for label, data, told in _cell_items(draw):
        one = place(draw, when(draw))
        yield Drawn(
            f"cells {label}", _framed(0x0200, phone, block(draw, one) + _usual(draw) + data), (one,), (phone,), told
        )
    for label, data in _point_items(points):
        one = place(draw, when(draw), fix=False)
        yield Drawn(
            f"access points {label}", _framed(0x0200, phone, block(draw, one) + data), (one,), (phone,), wifi=points
        )
    vin, name, one = "LSV" + digits(draw, 14), imei(draw), place(draw, when(draw))
    for tag in (0x8B, 0x94):
        data = block(draw, one) + _usual(draw) + item(tag, vin.encode())
        yield Drawn(f"VIN {tag:02x}", _framed(0x0200, phone, data), (one,), (phone,), vin=vin)
    yield Drawn("IMEI F6", _framed(0x0200, phone, block(draw, one) + item(0xF6, bcd(name, 8))), (one,), (phone, name))


def batches(draw: random.Random) -> Iterator[Drawn]:
    phone = f"1{digits(draw, 11)}"
    places = tuple(place(draw, when(draw)) for _ in range(3))
    bodies = [block(draw, one) + _usual(draw) for one in places]
    body = pack(">HB", 3, 1) + b"".join(pack(">H", len(one)) + one for one in bodies)
    yield Drawn("batch", _framed(0x0704, phone, body), places, (phone,))
    zeros = bytes(22) + bcd(f"{when(draw):%y%m%d%H%M%S}", 6)
    body = pack(">HB", 4, 0) + b"".join(pack(">H", len(one)) + one for one in (zeros, *bodies))
    yield Drawn("batch, the first without a fix", _framed(0x0704, phone, body), places, (phone,))
    body = b"".join(bytes([len(one)]) + one for one in bodies)
    yield Drawn("short batch", _framed(0x0210, phone, body), places, (phone,))
    battery = b"\x50" + bcd(f"{when(draw):%y%m%d%H%M%S}", 6)
    yield Drawn("battery", _framed(0x0210, phone, battery), (), (phone,))


def vendors(draw: random.Random) -> Iterator[Drawn]:
    phone = f"1{digits(draw, 11)}"
    for kind, fix, named in ((0x5501, True, True), (0x5502, True, False), (0x5501, False, True)):
        one, here = place(draw, when(draw), fix=fix), cell(draw)
        north, east = round(abs(one.latitude) * 600_000), round(abs(one.longitude) * 600_000)
        flags = fix | (one.latitude > 0) << 1 | (one.longitude > 0) << 2
        text = f"{one.time:%d%m%y%H%M%S}{north // 600_000:02d}{north % 600_000:06d}"
        text += f"{east // 600_000:03d}{east % 600_000:06d}{flags:x}"
        body = bytes.fromhex(text) + bcd(f"{draw.randrange(99)}", 1) + bytes((draw.randrange(180), 22, 9))
        body += pack(">IBIHBHH", draw.randrange(10**6), 80, here[3], here[2], 1, 0, 0)
        body += item(0x0A, pack(">HB", *here[:2])) if named else b""
        told = here if named else (0, 0, *here[2:])
        yield Drawn(f"{kind:04x}, fix {fix}", _framed(kind, phone, body, short=True), (one,), (phone,), (told,))
    for kind in (0x53, 0x54):
        one = place(draw, when(draw))
        body = bytes([kind]) + block(draw, one)[4:]
        yield Drawn(f"passthrough {kind:02x}", _framed(0x0900, phone, body), (one,), (phone,))


def jt808(draw: random.Random) -> Iterator[Drawn]:
    yield from reports(draw)
    yield from items(draw)
    yield from batches(draw)
    yield from vendors(draw)


DIALECTS = {"jt808": jt808}
