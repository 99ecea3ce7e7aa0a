"""Binary dialects from MiniFinder 2 to NDTP, from public descriptions of them."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, bssid, cell, crc16, imei, place, when
from tests.studies.facts_apart.written import YEAR_2000, octets, scaled, unix


def _item(key: int, value: bytes) -> bytes:
    return bytes((len(value) + 1, key)) + value


def _packet(draw: random.Random, body: bytes, kind: int = 1) -> bytes:
    whole = bytes((kind,)) + body
    value = crc16(whole, 0x1021, 0, reflected=False)
    return struct.pack("<BBHHH", 0xAB, draw.choice((0, 0x10)), len(whole), value, draw.randrange(65536)) + whole


def _pair(one: Place) -> bytes:
    return scaled(one, 1e7, "<ii")


def _located(draw: random.Random, one: Place) -> bytes:
    hdop = draw.randrange(5, 30) if one.fix else 0
    motion = struct.pack(
        "<HHhHIB",
        draw.randrange(99),
        draw.randrange(360),
        draw.randrange(-9, 900),
        hdop,
        draw.randrange(10**6),
        draw.randrange(4, 12),
    )
    return _item(0x20, _pair(one) + motion)


def _status(draw: random.Random, one: Place) -> bytes:
    return _item(0x24, struct.pack("<II", unix(one), draw.randrange(2**32)))


def minifinder2(draw: random.Random) -> Iterator[Drawn]:
    """Keys; one that comes again begins the next record."""
    for kind in (1, 3):
        for fix in (True, False):
            device, one = imei(draw), place(draw, when(draw), fix=fix)
            items = [_status(draw, one), _located(draw, one)]
            draw.shuffle(items)
            yield Drawn(
                f"{kind} {fix}", _packet(draw, _item(1, device.encode()) + b"".join(items), kind), (one,), (device,)
            )
    places = tuple(place(draw, when(draw)) for _ in range(3))
    records = b"".join(_status(draw, one) + _located(draw, one) for one in places)
    yield Drawn("three records", _packet(draw, _item(1, device.encode()) + records), places, (device,))
    alarm = place(draw, when(draw))
    body = _item(1, device.encode()) + _item(2, struct.pack("<I", 4)) + _status(draw, alarm) + _located(draw, alarm)
    yield Drawn("alarm", _packet(draw, body), (alarm,), (device,))
    yield from _networks(draw, device)
    yield from _beacons(draw, device)


def _networks(draw: random.Random, device: str) -> Iterator[Drawn]:
    """Cells in three widths, access points with and without their names."""
    time = place(draw, when(draw))
    for key, head, one in ((0x21, "<HB", "<BHH"), (0x29, "<HB", "<BHI"), (0x2B, "<HH", "<BHI")):
        first = cell(draw)
        masts = tuple((first[0], first[1], *cell(draw)[2:]) for _ in range(draw.randrange(1, 5)))
        value = struct.pack(head, *first[:2]) + b"".join(
            struct.pack(one, draw.randrange(60, 110), area, number) for _, _, area, number in masts
        )
        yield Drawn(
            f"cells {key:x}",
            _packet(draw, _item(1, device.encode()) + _status(draw, time) + _item(key, value)),
            (),
            (device,),
            masts,
        )
    points = tuple(bssid(draw) for _ in range(draw.randrange(1, 5)))
    plain = b"".join(bytes((draw.randrange(0xA0, 0xD0),)) + octets(point) for point in points)
    body = _item(1, device.encode()) + _status(draw, time) + _item(0x22, plain)
    yield Drawn("access points", _packet(draw, body), (), (device,), (), points)
    named = bytes((0xC0,)) + octets(points[0]) + b"\x04home"
    yield Drawn(
        "named access point",
        _packet(draw, _item(1, device.encode()) + _item(0x19, named)),
        (),
        (device,),
        (),
        points[:1],
    )


def _beacons(draw: random.Random, device: str) -> Iterator[Drawn]:
    """Places of tags: not the receiver's, and all the same where the bearer is."""
    one = place(draw, when(draw))
    tag = draw.randbytes(6)
    still = Place(one.latitude, one.longitude, one.time)
    for name, key, value in (
        ("tag 23", 0x23, tag + _pair(one)),
        ("tag 26", 0x26, tag + _pair(one)),
        ("place 27", 0x27, _pair(one) + struct.pack("<Hh", 9, 120)),
        ("beacon 28", 0x28, b"\x80" + tag + b"\xc0\xc0" + _pair(one)),
        ("access point 2a", 0x2A, b"\x80" + tag + b"\xc0" + _pair(one)),
    ):
        yield Drawn(
            name, _packet(draw, _item(1, device.encode()) + _status(draw, one) + _item(key, value)), (still,), (device,)
        )


def mxt(draw: random.Random) -> Iterator[Drawn]:
    """Date in bits, days since 2000; whether bit 15 says a fix is not proved, so that it stays set."""
    for groups in (0, 0x04, 0x7C, 0xFF, 0x0B):
        serial, one = draw.randrange(10**5, 2**32), place(draw, when(draw))
        assert one.time is not None
        days = (one.time - YEAR_2000).days
        date = one.time.second | one.time.minute << 6 | one.time.hour << 12 | days << 17
        lengths = (8, 8, 10, 4, 4, 4, 3, 8)
        body = struct.pack("<BBI", draw.randrange(0x70, 0x90), 0x31, serial)
        body += struct.pack("<BBHI", draw.randrange(1, 9), groups, draw.randrange(65536), date)
        body += scaled(one, 1e6, "<ii")
        body += struct.pack("<IBB", 0x8000 | draw.randrange(0x2000), draw.randrange(120), draw.randrange(256))
        body += b"".join(draw.randbytes(length) for bit, length in enumerate(lengths) if groups >> bit & 1)
        body += struct.pack("<H", crc16(body, 0x1021, 0, reflected=False))
        escaped = b"".join(
            bytes((0x10, byte + 0x20)) if byte in (1, 4, 0x10, 0x11, 0x13) else bytes((byte,)) for byte in body
        )
        yield Drawn(f"groups {groups:x}", b"\x01" + escaped + b"\x04", (one,), (str(serial),))


def _ndtp(draw: random.Random, service: int, kind: int, body: bytes) -> bytes:
    message = struct.pack("<HHHI", service, kind, 0, draw.randrange(2**16)) + body
    value = crc16(message, 0xA001, 0xFFFF, reflected=True)
    return (
        b"~~" + struct.pack("<HH", len(message), 2) + value.to_bytes(2, "big") + struct.pack("<BIH", 2, 0, 0) + message
    )


def _not_south_west(draw: random.Random) -> Place:
    """South and west together have no bit, as if no sides were told."""
    return next(one for one in iter(lambda: place(draw, when(draw)), None) if one.latitude > 0 or one.longitude > 0)


def ndtp(draw: random.Random) -> Iterator[Drawn]:
    """A login with IMEI and IMSI; a place, longitude first, and its inputs."""
    device = imei(draw)
    numbers = f"{device}25002{draw.randrange(10**10):010d}".encode() + b"\x00"
    login = _ndtp(draw, 0, 100, struct.pack("<HHHI", 6, 2, 0x302, draw.randrange(2**31)) + bytes(8) + numbers)
    yield Drawn("login", login, (), (device,))
    for fix in (True, False):
        for inputs in (True, False):
            one = place(draw, when(draw), fix=fix)
            flags = 0x80 * fix | 0x40 * (one.longitude > 0) | 0x20 * (one.latitude > 0)
            body = bytes((0, draw.randrange(2))) + struct.pack(
                "<Iii", unix(one), round(one.longitude * 1e7), round(one.latitude * 1e7)
            )
            body += struct.pack(
                "<BBHHHHhBB", flags, 200, 10, draw.randrange(99), draw.randrange(360), 7, draw.randrange(900), 9, 12
            )
            body += b"\x02\x00" + draw.randbytes(26) if inputs else b""
            data = _ndtp(draw, 1, 101, body)
            yield Drawn(f"fix {fix} inputs {inputs}", data, (one,))
            yield Drawn(f"session {fix} inputs {inputs}", login + data, (one,), (device,))
    for name, one in (("signs", place(draw, when(draw))), ("sides", _not_south_west(draw))):
        pair = (one.longitude, one.latitude) if name == "signs" else (abs(one.longitude), abs(one.latitude))
        sides = 0 if name == "signs" else 0x40 * (one.longitude > 0) | 0x20 * (one.latitude > 0)
        body = b"\x00\x00" + struct.pack("<Iii", unix(one), *(round(value * 1e7) for value in pair))
        body += struct.pack("<BBHHHHhBB", 0x80 | sides, 200, 10, 20, 90, 7, 120, 9, 12)
        yield Drawn(f"{name} alone", _ndtp(draw, 1, 101, body), (one,))


DIALECTS: dict[str, Dialect] = {"minifinder2": minifinder2, "mxt": mxt, "ndtp": ndtp}
