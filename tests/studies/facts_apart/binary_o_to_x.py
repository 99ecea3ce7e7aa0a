"""ObdDongle, Ruptela, Sanul, ThinkRace, TranSync, Wli and Xexun3, built from public descriptions.

Left out: the layout of a Sanul position, which is not described.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from struct import pack

from tests.studies.facts_apart.drawn import Drawn, Place, bcd, bssid, cell, crc16, digits, imei, place, when
from tests.studies.facts_apart.written import octets, plain_time, unix


def obddongle(draw: random.Random) -> Iterator[Drawn]:
    def framed(name: str, kind: int, body: bytes) -> bytes:
        head = b"UU" + pack(">H", draw.randrange(1 << 16)) + name.encode() + bytes([kind])
        return head + pack(">H", len(body)) + body + b"\0\xaa\xaa"

    name = imei(draw)
    for fix in (True, False):
        one = place(draw, when(draw), fix=fix)
        east, north = round(abs(one.longitude) * 1e5), round(abs(one.latitude) * 1e5)
        flags = draw.randrange(4, 12) | (one.latitude > 0) << 4 | (one.longitude > 0) << 5 | (not fix) << 6
        body = b"\1\2" + bytes([draw.randrange(9)]) + pack(">IB", unix(one), flags)
        body += pack(">H", draw.randrange(1 << 15) << 1 | east >> 24) + (east & 0xFFFFFF).to_bytes(3, "big")
        body += north.to_bytes(3, "big") + (draw.randrange(900) << 10 | draw.randrange(360)).to_bytes(3, "big")
        yield Drawn(f"publish, fix {fix}", framed(name, 3, body), (one,), (name,))
    yield Drawn("connect", framed(name, 1, draw.randbytes(6)), ids=(name,))
    yield Drawn("ping", framed(name, 0x0C, b""), ids=(name,))


def ruptela(draw: random.Random) -> Iterator[Drawn]:
    name = imei(draw)

    def framed(command: int, body: bytes) -> bytes:
        inner = pack(">QB", int(name), command) + body
        return pack(">H", len(inner)) + inner + pack(">H", crc16(inner, 0x8408, 0, reflected=True))

    def where(one: Place) -> bytes:
        return pack(">ii", round(one.longitude * 1e7), round(one.latitude * 1e7))

    def groups(wide: bool) -> bytes:
        data = b""
        for width in (1, 2, 4, 8):
            count = draw.randrange(4)
            data += bytes([count])
            for _ in range(count):
                data += pack(">H", draw.randrange(1, 148)) if wide else bytes([draw.randrange(1, 148)])
                data += draw.randbytes(width)
        return data

    def record(one: Place, wide: bool, extension: int = 0, pair: bytes = b"") -> bytes:
        data = pack(">IB", unix(one), draw.randrange(4)) + (bytes([extension]) if wide else b"") + b"\0"
        data += (pair or where(one)) + pack(
            ">HHBHB", draw.randrange(9000), draw.randrange(36000), 9, draw.randrange(120), 9
        )
        return data + (pack(">H", draw.randrange(300)) if wide else bytes([draw.randrange(200)])) + groups(wide)

    for wide, command in ((False, 0x01), (True, 0x44)):
        places = tuple(place(draw, when(draw)) for _ in range(draw.randrange(1, 5)))
        body = bytes((0, len(places))) + b"".join(record(one, wide) for one in places)
        yield Drawn(f"records {command:02x}", framed(command, body), places, (name,))
        one = place(draw, when(draw))
        lost = record(one, wide, pair=b"\x80\0\0\0" + bytes(4))
        yield Drawn(
            f"records {command:02x}, one without a fix",
            framed(command, b"\0\2" + lost + record(one, wide)),
            (one,),
            (name,),
        )
    one = place(draw, when(draw))
    parts = b"".join(record(one, True, 2 << 4 | part) for part in range(3))
    yield Drawn("one moment in three parts", framed(0x44, b"\0\3" + parts), (one,), (name,))
    places = tuple(place(draw, when(draw)) for _ in range(2))
    faults = b"".join(b"\0" + pack(">I", unix(one)) + where(one) + b"\1P0123" for one in places)
    yield Drawn("fault codes", framed(0x09, b"\2" + faults), places, (name,))
    yield Drawn("heartbeat", framed(0x10, b""), ids=(name,))
    yield Drawn("identification", framed(0x0F, draw.randbytes(20)), ids=(name,))


def sanul(draw: random.Random) -> Iterator[Drawn]:
    name = imei(draw)
    body = b"\1" + pack("<HI", 0, draw.randrange(1 << 16)) + name.encode().ljust(25, b"\0")
    yield Drawn("login", b"\xaa\0\0" + pack("<H", len(body)) + body, ids=(name,))


def thinkrace(draw: random.Random) -> Iterator[Drawn]:
    def framed(kind: int, body: bytes) -> bytes:
        return b"HR" + unit + b"," + bytes([kind]) + pack(">H", len(body)) + body + b"\0\0"

    def scaled(value: float) -> int:
        sixtieths = round(abs(value) * 600_000)
        return sixtieths // 600_000 * 1_000_000 + sixtieths % 600_000

    unit, name, one, here = digits(draw, 12).encode(), imei(draw), place(draw, when(draw)), cell(draw)
    login = framed(0x80, b"\1" + name.encode())
    yield Drawn("login", login, ids=(name,))
    yield Drawn("heartbeat", framed(0x80, b"\0"))
    flags = (one.latitude > 0) | (one.longitude > 0) << 1
    body = pack(">IBII", unix(one), flags, scaled(one.latitude), scaled(one.longitude))
    report = framed(0x90, body + bytes((draw.randrange(60), draw.randrange(180))) + pack(">HH", *here[2:]))
    yield Drawn("position", report, (one,), cells=((0, 0, *here[2:]),))
    yield Drawn("position after a login", login + report, (one,), (name,), ((0, 0, *here[2:]),))


def transync(draw: random.Random) -> Iterator[Drawn]:
    for fix, kind in ((True, 0x10), (True, 0x11), (False, 0x10)):
        name, one, here = imei(draw), place(draw, when(draw), fix=fix), cell(draw)
        status = fix | (one.latitude > 0) << 1 | (one.longitude > 0) << 2 | draw.randrange(32) << 3
        body = pack(">H", here[2]) + bcd(name, 8) + pack(">HB", draw.randrange(1 << 16), kind)
        body += plain_time(one.time)
        body += pack(">II", round(abs(one.latitude) * 1.8e6), round(abs(one.longitude) * 1.8e6))
        body += pack(">BHBH", draw.randrange(120), draw.randrange(360), here[1], here[3])
        body += bytes((status, 0, 1, draw.choice((0x20, 0xA0)), 22, 41, 9, 12)) + pack(">H", draw.randrange(900))
        tags = b"\1\4" + draw.randbytes(4) + (b"\5\2" + pack(">H", draw.randrange(900)) if draw.random() < 0.5 else b"")
        tower = (0, *here[1:])
        yield Drawn(
            f"type {kind:02x}, fix {fix}", b"::" + bytes([len(body)]) + body + tags + b"##", (one,), (name,), (tower,)
        )


def _wli(draw: random.Random, kind: int, fields: dict[int, bytes]) -> bytes:
    body = bytes([kind, 0]) + b"".join(bytes((number, 0)) + value + b"\0" for number, value in fields.items())
    padded = body + b"\0" * (len(body) % 2)
    total = sum(int.from_bytes(padded[at : at + 2], "big") for at in range(0, len(padded), 2))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    inner = b"1" + pack(">HHH", draw.randrange(1 << 16), len(body), total) + body
    return b"\2" + inner.replace(b"\xdb", b"\xdb\xdd").replace(b"\2", b"\xdb\xd2").replace(b"\3", b"\xdb\xd3") + b"\3"


def wli(draw: random.Random) -> Iterator[Drawn]:
    name = imei(draw)
    yield Drawn("login", b"\x022wli:" + name.encode() + b"\3", ids=(name,))
    for kind, base in ((0xE4, 10), (0xCB, 80), (0x1E, 182), (0x10, 35)):
        here, one = cell(draw), place(draw, when(draw))
        assert one.time is not None
        fields = {base + at: f"{value}".encode() for at, value in enumerate((*here, draw.randrange(31)))}
        fields |= {245: name.encode(), 255: f"{unix(one)}".encode()}
        if kind == 0xE4:
            yield Drawn("status with cells", _wli(draw, kind, fields), (), (name,), (here,))
            continue
        year, month, day, hour, minute, second = one.time.timetuple()[:6]
        data = bytes((1, year // 100, year % 100, month, day, hour, minute, second))
        data += pack(">ii", round(one.latitude * 600_000), round(one.longitude * 600_000))
        data += pack(">HHIi", draw.randrange(60), draw.randrange(3600), draw.randrange(10**6), draw.randrange(9000))
        fields = {52: b"\xff" + pack(">H", len(data)) + data} | fields
        yield Drawn(f"type {kind:02x}", _wli(draw, kind, fields), (one,), (name,), (here,))


def xexun3(draw: random.Random) -> Iterator[Drawn]:
    name = imei(draw)

    def sent(*items: tuple[int, bytes]) -> bytes:
        body = b"\3\x20" + bytes([draw.randrange(256)]) + bcd(name, 8)
        body += b"".join(bytes((tag, len(value))) + value for tag, value in items)
        return (
            b"\xfc" + pack(">H", len(body)) + body + pack(">H", crc16(body, 0x1021, 0xFFFF, reflected=False)) + b"\xcf"
        )

    one, here, points = place(draw, when(draw)), cell(draw), (bssid(draw), bssid(draw))
    time = pack(">I", unix(one))
    fix = (
        0x64,
        time + pack(">ddfBBBH", one.latitude, one.longitude, draw.uniform(0, 900), 1, 9, 40, draw.randrange(120)),
    )
    access = b"".join(octets(point) + pack("b", -draw.randrange(40, 90)) for point in points)
    listed = (0x65, time + bytes([len(points)]) + access)
    tower = (0x66, time + pack(">HHIIB", *here, 60))
    battery, alarm = (0x6A, time + b"\x50"), (0x69, time + b"\x11\x14" + digits(draw, 20).encode())
    yield Drawn("fix", sent(fix, battery), (one,), (name,))
    yield Drawn("everything", sent(battery, fix, listed, tower, alarm), (one,), (name,), (here,), points)
    yield Drawn("cells and access points alone", sent(tower, listed), (), (name,), (here,), points)
    yield Drawn("status", sent(battery), ids=(name,))
    later = Place(one.latitude + 0.001, one.longitude, when(draw) + timedelta(seconds=60))
    second = (0x64, pack(">I", unix(later)) + pack(">ddfBBBH", later.latitude, later.longitude, 10, 1, 9, 40, 5))
    yield Drawn("two fixes", sent(fix, second), (one, later), (name,))


DIALECTS = {
    "obddongle": obddongle,
    "ruptela": ruptela,
    "sanul": sanul,
    "thinkrace": thinkrace,
    "transync": transync,
    "wli": wli,
    "xexun3": xexun3,
}
