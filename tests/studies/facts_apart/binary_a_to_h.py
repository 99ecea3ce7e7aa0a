"""Adm, Anytrek, Cellocator, Cityeasy, Gator, Granit and HuaSheng, built from public descriptions.

Left out for lack of a sure description: Cellocator ``MCPG`` (which of the two coordinates is first), the valid byte of its
module 7, and the place of a Granit record without a fix (whose sign bits do not count).
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from datetime import timedelta
from struct import pack

from tests.studies.facts_apart.drawn import Drawn, Place, bcd, bssid, cell, imei, place, when, xor
from tests.studies.facts_apart.written import plain_time, unix


def _adm_record(draw: random.Random, number: int, kind: int, one: Place) -> bytes:
    status = draw.randrange(1 << 16) & ~0x20 | (0 if one.fix else 0x20)
    body = pack("<BHHff", 7, draw.randrange(9999), status, one.latitude, one.longitude)
    body += pack(
        "<HHBhBB", draw.randrange(3600), draw.randrange(900), 3, draw.randrange(-20, 900), 9, draw.randrange(4, 15)
    )
    body += pack("<IHH", unix(one), draw.randrange(11000, 14000), draw.randrange(3500, 4200))
    for bit, width in ((2, 4), (3, 12), (4, 8), (5, 9)):
        body += draw.randbytes(width) if kind >> bit & 1 else b""
    if kind >> 6 & 1:
        body += b"\x0b\x01" + draw.randbytes(1) + b"\x42" + draw.randbytes(2) + b"\x83" + draw.randbytes(4)
    body += draw.randbytes(4) if kind >> 7 & 1 else b""
    return pack("<HBB", number, len(body) + 4, kind) + body


def adm(draw: random.Random) -> Iterator[Drawn]:
    number, name = draw.randrange(1, 1 << 16), imei(draw)
    login = (pack("<HBB", number, 66, 3) + name.encode()).ljust(65, b"\0")
    login += bytes([xor(login)])
    yield Drawn("login", login, ids=(name,))
    for kind in (0x80, 0x00, 0x84, 0x98, 0xBC):
        one = place(draw, when(draw))
        yield Drawn(f"type {kind:02x} after a login", login + _adm_record(draw, number, kind, one), (one,), (name,))
    one = place(draw, when(draw), fix=False)
    yield Drawn("no fix", login + _adm_record(draw, number, 0x80, one), (one,), (name,))
    several = tuple(place(draw, when(draw)) for _ in range(3))
    yield Drawn("several records", b"".join(_adm_record(draw, number, 0x80, one) for one in several), several)
    one = place(draw, when(draw))
    yield Drawn("led by the IMEI", name.encode() + _adm_record(draw, number, 0x80, one), (one,), (name,))


def anytrek(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        name = f"{draw.randrange(10**13, 10**14)}"
        one = place(draw, when(draw), fix=fix)
        flags = draw.randrange(360) | fix << 12 | (one.latitude > 0) << 10 | (one.longitude < 0) << 11
        body = b"\0" + bcd("00" + name, 8) + pack("<HHB", 257, draw.randrange(300, 420), 20)
        body += plain_time(one.time) + bytes((draw.randrange(4, 13),))
        body += pack("<II", round(abs(one.latitude) * 1.8e6), round(abs(one.longitude) * 1.8e6))
        body += (
            pack("<BHBBBHI", draw.randrange(120), flags, 1, 2, draw.randrange(4), 10, draw.randrange(10**6)) + b"\0\0"
        )
        yield Drawn(f"report, fix {fix}", b"xx" + pack("<H", len(body)) + body + b"\r\n", (one,), (name,))


def _radians(one: Place) -> bytes:
    return pack("<ii", round(math.radians(one.longitude) * 1e8), round(math.radians(one.latitude) * 1e8))


def _summed(body: bytes) -> bytes:
    return b"MCGP" + body + bytes([sum(body) % 256])


def cellocator(draw: random.Random) -> Iterator[Drawn]:
    unit = draw.randrange(10**5, 10**7)
    one = place(draw, when(draw))
    assert one.time is not None
    year, month, day, hour, minute, second = one.time.timetuple()[:6]
    body = pack("<BIHB", 0, unit, draw.randrange(1 << 16), draw.randrange(256)) + draw.randbytes(28)
    body += bytes((1, 2, 4, draw.randrange(4, 12))) + _radians(one)
    body += pack("<iIH", draw.randrange(90000), draw.randrange(3000), draw.randrange(6283))
    body += bytes((second, minute, hour, day, month)) + pack("<H", year)
    yield Drawn("status", _summed(body), (one,), (str(unit),))
    one = place(draw, when(draw))
    assert one.time is not None
    year, month, day, hour, minute, second = one.time.timetuple()[:6]
    module = bytes((9, 2, 4, 8)) + _radians(one) + pack("<iBH", draw.randrange(90000), draw.randrange(50), 100)
    modules = b"\2\4\0" + draw.randbytes(4) + b"\6" + pack("<H", len(module)) + module
    modules += b"\7\7\0" + bytes((1, second, minute, hour, day, month, year % 100))
    head = pack("<BIHBBH", 11, unit, 0, draw.randrange(256), 0, len(modules) + 4) + bytes(4)
    yield Drawn("modular", _summed(head + modules), (one,), (str(unit),))
    inner = draw.randbytes(draw.randrange(8, 30))
    old = pack("<BIHB", 9, unit, 0, draw.randrange(256)) + draw.randbytes(1) + bytes([len(inner)]) + inner
    yield Drawn("old modular, without a place", _summed(old), ids=(str(unit),))


def cityeasy(draw: random.Random) -> Iterator[Drawn]:
    def framed(name: str, kind: int, text: str) -> bytes:
        body = (
            bcd(name[:14], 7)
            + pack(">H", kind)
            + text.encode()
            + pack(">I", draw.randrange(1 << 16))
            + draw.randbytes(2)
        )
        return b"TT" + pack(">H", len(body) + 6) + body + b"\r\n"

    for kind, fix in ((3, True), (4, True), (3, False)):
        name, here, one = imei(draw), cell(draw), place(draw, when(draw), fix=fix)
        text = f"{one.time:%Y%m%d%H%M%S},{'VA'[fix]},7,{'NS'[one.latitude < 0]},{abs(one.latitude):.6f},"
        text += (
            f"{'EW'[one.longitude < 0]},{abs(one.longitude):.6f},{draw.uniform(0, 60):.1f},0.9,{draw.randrange(900)};"
        )
        text += ",".join(map(str, here))
        near = cell(draw)
        if draw.random() < 0.5:
            text += f",25,{near[2]},{near[3]},20"
            yield Drawn("neighbours", framed(name, kind, text), (one,), (name,), (here, (*here[:2], *near[2:])))
        else:
            yield Drawn(f"type {kind}, fix {fix}", framed(name, kind, text), (one,), (name,), (here,))
    name, here = imei(draw), cell(draw)
    yield Drawn("cells alone", framed(name, 3, ";" + ",".join(map(str, here))), (), (name,), (here,))


def _pseudo_address(number: str) -> bytes:
    high = int(number[:2]) - 30
    return bytes(int(number[at : at + 2]) | (high >> 3 - place & 1) << 7 for place, at in enumerate(range(2, 10, 2)))


def _signed_bcd(value: float) -> bytes:
    thousandths = round(abs(value) * 60000)
    digits = f"{thousandths // 60000:03d}{thousandths % 60000:05d}"
    data = bytearray(bcd(digits, 4))
    data[0] |= 0x80 if value < 0 else 0
    return bytes(data)


def gator(draw: random.Random) -> Iterator[Drawn]:
    def framed(kind: int, body: bytes) -> bytes:
        inner = bytes([kind]) + pack(">H", len(body) + 2) + body
        return b"$$" + inner + bytes([xor(inner)]) + b"\r"

    def block(one: Place) -> bytes:
        data = bcd(f"{one.time:%y%m%d%H%M%S}", 6) + _signed_bcd(one.latitude) + _signed_bcd(one.longitude)
        data += bcd(str(draw.randrange(120)), 2) + bcd(str(draw.randrange(360)), 2)
        data += bytes(
            (one.fix << 7 | draw.randrange(4, 12), 0xC0, 0x47, 12, draw.randrange(100), 3, draw.randrange(100))
        )
        return data + pack(">I", draw.randrange(10**6))

    number = f"{draw.randrange(30, 46)}{''.join(f'{draw.randrange(100):02d}' for _ in range(4))}"
    for kind, fix in ((0x80, True), (0x81, True), (0x8E, True), (0x80, False)):
        one = place(draw, when(draw), fix=fix)
        yield Drawn(
            f"type {kind:02x}, fix {fix}", framed(kind, _pseudo_address(number) + block(one)), (one,), (number,)
        )
    one = place(draw, when(draw))
    yield Drawn("alarm", framed(0x82, _pseudo_address(number) + block(one) + draw.randbytes(2)), (one,), (number,))
    name, one = imei(draw), place(draw, when(draw))
    yield Drawn("M588", framed(0x80, bytes.fromhex(name + "0") + block(one) + draw.randbytes(5)), (one,), (name,))
    yield Drawn("heartbeat", framed(0x21, _pseudo_address(number)), ids=(number,))


def _granit_record(draw: random.Random, one: Place) -> bytes:
    east, north = round(abs(one.longitude) * 60000), round(abs(one.latitude) * 60000)
    flags = 0x80 | (one.longitude > 0) << 5 | (one.latitude > 0) << 4
    data = pack("<BBBBHH", flags, 0x73, east // 60000, north // 60000, east % 60000, north % 60000)
    return data + pack("<BBh", draw.randrange(120), draw.randrange(256), 5) + draw.randbytes(5) + bytes((12, 0, 0))


def granit(draw: random.Random) -> Iterator[Drawn]:
    unit, one = draw.randrange(1, 60000), place(draw, when(draw))
    body = pack("<HI", unit, unix(one)) + _granit_record(draw, one)
    yield Drawn("current", b"+RRCB~" + pack("<H", 26) + body + b"\r\n", (one,), (str(unit),))
    begin, step = when(draw), draw.randrange(5, 60)
    blocks, places = b"", []
    for number in range(2):
        first = begin + timedelta(seconds=number * 6 * step)
        blocks += pack("<I", int(first.timestamp()))
        for at in range(6):
            if number and at > 3:
                blocks += b"\xfe" + bytes(19)
                continue
            one = place(draw, first + timedelta(seconds=at * step))
            places.append(one)
            blocks += _granit_record(draw, one)
        blocks += pack("<H", step)
    body = pack("<HBBH", unit, 4, 2, draw.randrange(1 << 16)) + blocks
    yield Drawn("archive", b"+DDAT~" + pack("<H", len(body)) + body + b"\r\n", tuple(places), (str(unit),))


def huasheng(draw: random.Random) -> Iterator[Drawn]:
    def framed(kind: int, body: bytes) -> bytes:
        inner = bytes(2) + pack(">HHHI", len(body) + 12, kind, 0, draw.randrange(1 << 20)) + body
        return b"\xc0" + inner.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc") + b"\xc0"

    def item(tag: int, value: bytes) -> bytes:
        return pack(">HH", tag, len(value) + 4) + value

    def head(one: Place) -> bytes:
        scaled = (round(one.longitude * 1e5), round(one.latitude * 1e5)) if one.fix else (0, 0)
        data = pack(">HH", one.fix << 15 | draw.randrange(2) << 14, 0) + f"{one.time:%y%m%d%H%M%S}".encode()
        return data + pack(">iiHHHH", *scaled, draw.randrange(120), draw.randrange(360), draw.randrange(900), 0)

    name, one = imei(draw), place(draw, when(draw))
    login = framed(0xAA02, item(3, name.encode()))
    yield Drawn("login", login, ids=(name,))
    yield Drawn(
        "position after a login", login + framed(0xAA00, head(one) + item(5, draw.randbytes(8))), (one,), (name,)
    )
    one, here, vin = (
        place(draw, when(draw)),
        (cell(draw), cell(draw)),
        "LFV" + "".join(draw.choices("ABC123456789", k=14)),
    )
    cells = "+".join(f"{c[0]}@{c[1]}@{c[2]:x}@{c[3]:x}" for c in here)
    points = (bssid(draw), bssid(draw))
    data = head(one) + item(9, vin.encode()) + item(0x20, cells.encode()) + item(0xF, name.encode())
    yield Drawn("all items", framed(0xAA00, data), (one,), (name,), here, vin=vin)
    data = head(one) + item(9, b"F" * 17) + item(0x21, "+".join(f"{point}@-60" for point in points).encode())
    yield Drawn("access points", framed(0xAA00, data), (one,), wifi=points)
    lost = place(draw, when(draw), fix=False)
    yield Drawn("cells alone", framed(0xAA00, head(lost) + item(0x20, cells.encode())), cells=here)


DIALECTS = {
    "adm": adm,
    "anytrek": anytrek,
    "cellocator": cellocator,
    "cityeasy": cityeasy,
    "gator": gator,
    "granit": granit,
    "huasheng": huasheng,
}
