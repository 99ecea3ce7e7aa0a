"""Binary frames of dongles and alarms: Castel, Dolphin, Gl601, Jt1078, Radshid, RoboTrack and Smokey (public descriptions)."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, bcd, bssid, cell, crc8, crc16, imei, place, when
from tests.studies.facts_apart.written import YEAR_2000, octets, plain_time, scaled, unix, varint


def castel(draw: random.Random) -> Iterator[Drawn]:
    number = f"213{draw.choice('LWDN')}{draw.choice('PA')}{draw.randrange(10**10):010d}"

    def frame(mark: bytes, kind: int, body: bytes, version: bytes = b"") -> bytes:
        size = len(mark) + 2 + len(version) + 20 + 2 + len(body) + 4
        data = (
            mark + struct.pack("<H", size) + version + number.encode().ljust(20, b"\0") + struct.pack(">H", kind) + body
        )
        return data + struct.pack("<H", crc16(data, 0x8408, 0xFFFF, reflected=True, end=0xFFFF)) + b"\r\n"

    def item(one: Place) -> bytes:
        time = plain_time(one.time)
        data = (
            time[2::-1]
            + time[3:]
            + struct.pack("<II", *(round(abs(v) * 3_600_000) for v in (one.latitude, one.longitude)))
        )
        flags = (one.longitude > 0) | (one.latitude > 0) << 1 | (3 if one.fix else 0) << 2 | draw.randrange(4, 12) << 4
        return data + struct.pack("<HHB", draw.randrange(3000), draw.randrange(3600), flags)

    def status() -> bytes:
        begun = int(when(draw).timestamp())
        return struct.pack("<IIIIIHI", begun, begun + 900, 10**6, 1000, 50, 3, 4) + draw.randbytes(8)

    def some(count: int) -> tuple[Place, ...]:
        return tuple(place(draw, when(draw), fix=draw.random() < 0.8) for _ in range(count))

    for version in (b"\x03", b"\x04"):
        for kind, before in ((0x1001, 0), (0x1002, 0), (0x4001, 1), (0x401F, 5), (0x4007, 4), (0xB001, 2), (0x400E, 0)):
            for count in (0, 1, 3):
                places = some(count)
                body = draw.randbytes(before) + status() + bytes([count]) + b"".join(item(one) for one in places)
                yield Drawn(f"SC {kind:04X} {count}", frame(b"@@", kind, body, version), places, (number,))
        (one,) = some(1)
        yield Drawn(
            "SC 4009", frame(b"@@", 0x4009, struct.pack("<I", 1_500_000_000) + item(one), version), (one,), (number,)
        )
        (one,) = some(1)
        yield Drawn("SC 5101", frame(b"@@", 0x5101, item(one), version), (one,), (number,))
        _, _, area, tower = cell(draw)
        body = status() + struct.pack("<HH", area, tower)
        yield Drawn("SC 4008", frame(b"@@", 0x4008, body, version), (), (number,), ((0, 0, area, tower),))
    for count in (1, 2):
        places, towers, body = some(count), tuple(cell(draw) for _ in range(count)), bytes([0, count])
        for one, (_, _, area, tower) in zip(places, towers, strict=True):
            body += item(one) + draw.randbytes(4 + 1) + draw.randbytes(4 + 3) + struct.pack("<HH", area, tower)
        cells = tuple((0, 0, area, tower) for _, _, area, tower in towers)
        yield Drawn(f"CC 4206 {count}", frame(b"@@", 0x4206, body, b"\x05"), places, (number,), cells)
    (one,) = some(1)
    yield Drawn("CC 4001", frame(b"@@", 0x4001, item(one) + draw.randbytes(20), b"\x05"), (one,), (number,))
    for kind in (0x4001, 0x4201, 0x4202, 0x4206):
        (one,) = some(1)
        yield Drawn(f"MPIP {kind:04X}", frame(b"$$", kind, item(one) + draw.randbytes(12)), (one,), (number,))
    (one,) = some(1)
    yield Drawn("MPIP 2001", frame(b"$$", 0x2001, draw.randbytes(9) + item(one)), (one,), (number,))
    places = some(8)
    yield Drawn(
        "MPIP 4204", frame(b"$$", 0x4204, b"".join(item(one) + draw.randbytes(31) for one in places)), places, (number,)
    )


def dolphin(draw: random.Random) -> Iterator[Drawn]:
    """The mark is that which the server writes; floats hold a place to about a metre."""
    number = imei(draw)

    for count in (1, 4):
        places, body = tuple(place(draw, when(draw)) for _ in range(count)), b""
        for one in places:
            point = b"\x0d" + struct.pack("<f", one.latitude) + b"\x15" + struct.pack("<f", one.longitude)
            point += b"\x1d" + struct.pack("<f", draw.uniform(0, 900)) + b"\x20" + varint(draw.randrange(4, 14))
            point += (
                b"\x2d" + struct.pack("<f", draw.uniform(0, 99)) + b"\x35" + struct.pack("<f", draw.uniform(0, 359))
            )
            point += b"\x38" + varint(draw.randrange(1, 200)) + b"\x45" + struct.pack("<I", unix(one))
            body += b"\x0a" + varint(len(point)) + point
        head = b"\xab\xab" + struct.pack("<IHHHQII", draw.randrange(2**16), 1, 0, 1, int(number), len(body), 0)
        yield Drawn(f"{count} points", head + body, places, (number,))


def gl601(draw: random.Random) -> Iterator[Drawn]:
    """No number is drawn that needs two bytes: how they are written is not settled. Four bytes end a public sample."""
    number = imei(draw)

    def record(one: Place, kind: int) -> bytes:
        pair = round(one.longitude * 1e6), round(one.latitude * 1e6)
        fixed = struct.pack(">BiiIH", 8 if one.fix else 4, *pair, unix(one), draw.randrange(1200))
        if kind == 82:
            fixed += (
                struct.pack(">BH", draw.randrange(5, 40), draw.randrange(360))
                + draw.randrange(9000).to_bytes(3, "big")
                + b"\x09"
            )
        battery = b"\x61\x02" + struct.pack(">H", draw.randrange(3300, 4200))
        other = b"\x10\x03" + draw.randbytes(3)
        items = b"".join(draw.sample((bytes([kind, len(fixed)]) + fixed, battery, other), 3))
        body = struct.pack(">IHBB", unix(one) + draw.randrange(60), draw.randrange(2**16), 1, 2) + items
        return bytes([len(body) + 1]) + body

    for kind in (81, 82):
        for count in (1, 3):
            places = tuple(place(draw, when(draw), fix=draw.random() < 0.8) for _ in range(count))
            body = struct.pack(">H", count) if count > 1 else b""
            body += bcd(number, 8) + b"\x80\x20\x01\x00\x01\x02\x00\x00" + b"".join(record(one, kind) for one in places)
            body += draw.choice((b"", draw.randbytes(4)))
            data = b"\x2b\x00" + struct.pack(">HB", len(body) + 5, 0x80 * (count > 1)) + body
            yield Drawn(f"{kind} {count}", data, places, (number,))


def jt1078(draw: random.Random) -> Iterator[Drawn]:
    """A video channel: it names the terminal and holds no place."""
    number = f"1{draw.randrange(10**10):010d}"
    for kind, intervals in ((0x00, b"\0\0\0\0"), (0x11, b"\0\x28\0\x28"), (0x30, b"")):
        body = draw.randbytes(draw.randrange(100, 400))
        head = (
            b"01cd\x81"
            + bytes([0x80 | (6 if kind == 0x30 else 98)])
            + struct.pack(">H", 7)
            + bcd(number, 6)
            + bytes([1, kind])
        )
        yield Drawn(
            f"{kind:02X}",
            head + draw.randrange(2**40).to_bytes(8, "big") + intervals + struct.pack(">H", len(body)) + body,
            (),
            (number,),
        )


def radshid(draw: random.Random) -> Iterator[Drawn]:
    """The check value's kind is not known: drawn at random."""
    number = draw.randrange(10**6, 2**31)
    for count, extra in ((1, 0), (1, 20), (3, 0), (3, 12)):
        places, body = tuple(place(draw, when(draw), fix=draw.random() < 0.8) for _ in range(count)), b""
        for one in places:
            body += bytes([1, draw.choice((0xE2, 0xE5, 0xEE, 0xF0))]) + draw.randbytes(5)
            body += struct.pack(">HI", 9, unix(one))
            body += (
                bytes([draw.randrange(120) for _ in range(4)])
                + draw.randbytes(10)
                + b"\x40"
                + bytes([0 if one.fix else 1])
            )
            body += scaled(one, 1e7)
            body += struct.pack(">hHBB", draw.randrange(900), draw.randrange(360), draw.randrange(4, 12), 12)
            body += bytes([extra]) + bytes([7][: extra > 0]) + draw.randbytes(max(extra - 1, 0))
        data = b"\x01" + struct.pack(">I", number) + bytes([count]) + body + draw.randbytes(2)
        yield Drawn(f"{count} events, {extra} more", struct.pack("<I", len(data)) + data, places, (str(number),))


def robotrack(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)

    def checked(data: bytes) -> bytes:
        return data + bytes([crc8(data, 0x07)])

    def tail() -> bytes:
        return bytes([draw.randrange(256), draw.randrange(256), draw.randrange(256), 25]) + draw.randbytes(6)

    login = checked(b"\x00" + b"ROBOTRACK".ljust(16, b"\0") + number.encode() + b"1.2.3".ljust(36, b"\0"))
    yield Drawn("login", login, (), (number,))
    one = place(draw, when(draw))
    fixed = struct.pack("<Iii", unix(one), round(one.latitude * 1e6), round(one.longitude * 1e6))
    position = checked(b"\x03" + fixed + bytes([draw.randrange(120)]) + tail()[:-1])
    yield Drawn("position", position, (one,))
    yield Drawn("session", login + position, (one,), (number,))
    tower = cell(draw)
    network = checked(b"\x04" + struct.pack("<I", 1_600_000_000) + struct.pack("<HHHH", *tower) + b"\0" + tail()[:-1])
    yield Drawn("cell", network, (), (), (tower,))
    yield Drawn("session with a cell", login + network, (), (number,), (tower,))


def smokey(draw: random.Random) -> Iterator[Drawn]:
    """It has no GNSS. The check value of a whole message is not settled: drawn as the server's answers have it."""
    number = draw.randbytes(8)

    def network(tower: tuple[int, int, int, int], first: bool) -> bytes:
        return struct.pack(">HHHH", *tower) + (b"\x01" if first else b"") + bytes([draw.randrange(10, 60)])

    for kind, count, points in ((0x0200, 1, 0), (0x0201, 3, 0), (0x0202, 2, 2), (0x0203, 0, 3)):
        towers, seen = tuple(cell(draw) for _ in range(count)), tuple(bssid(draw) for _ in range(points))
        listed = b"".join(network(tower, place == 0) for place, tower in enumerate(towers))
        battery = struct.pack(">H", draw.randrange(3300, 4200))
        cells = (bytes([count]) if kind in (0x0201, 0x0202) else b"") + listed
        near = b"".join(b"home\0" + octets(point) + b"\x3c" for point in seen)
        near = (bytes([points]) if points else b"") + near
        data = (
            b"SM\x03\x00"
            + number
            + b"\x01\x02\0\0"
            + struct.pack(">I", int((when(draw) - YEAR_2000).total_seconds()))
            + b"\x07"
        )
        data += struct.pack(">HH", kind, len(battery + cells)) + battery + cells + near
        check = 0xF5A0
        padded = data + b"\0" * (len(data) % 2)
        for (word,) in struct.iter_unpack("<H", padded):
            check ^= word
        yield Drawn(f"{kind:04X}", data + struct.pack("<H", check), (), (number.hex(),), towers, seen)


DIALECTS: dict[str, Dialect] = {
    "castel": castel,
    "dolphin": dolphin,
    "gl601": gl601,
    "jt1078": jt1078,
    "radshid": radshid,
    "robotrack": robotrack,
    "smokey": smokey,
}
