"""Messages of JT/T 808-2011, -2013 and -2019, JT/T 905-2014 (taxis) and GB/T 32960.3-2016, from what is public."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, place, when, xor
from tests.studies.facts_apart.written import plain_time

_BEIJING = timedelta(hours=8)


def _bcd_time(time: datetime | None) -> bytes:
    assert time is not None
    return bytes.fromhex((time + _BEIJING).strftime("%y%m%d%H%M%S"))


def _framed(kind: int, device: str, body: bytes, version: int, serial: int) -> bytes:
    """Header, body and XOR between flags, escaped."""
    attributes = len(body) | (0x4000 if version == 2019 else 0)
    head = struct.pack(">HH", kind, attributes) + (b"\x01" if version == 2019 else b"") + bytes.fromhex(device)
    data = head + struct.pack(">H", serial) + body
    data += bytes((xor(data),))
    return b"\x7e" + data.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02") + b"\x7e"


def _located(draw: random.Random, one: Place) -> bytes:
    """The 28 bytes of 0x0200."""
    status = (
        draw.choice((0, 1, 0x40001, 0x80003)) & ~2 | one.fix << 1 | (one.latitude < 0) << 2 | (one.longitude < 0) << 3
    )
    pair = struct.pack(">II", round(abs(one.latitude) * 1e6), round(abs(one.longitude) * 1e6))
    motion = struct.pack(">HHH", draw.randrange(900), draw.randrange(1200), draw.randrange(360))
    return struct.pack(">II", draw.choice((0, 1, 0x100)), status) + pair + motion + _bcd_time(one.time)


def _items(draw: random.Random) -> bytes:
    """Items that the standard names."""
    offered = (
        (0x01, draw.randrange(10**6).to_bytes(4, "big")),
        (0x02, draw.randrange(900).to_bytes(2, "big")),
        (0x03, draw.randrange(1200).to_bytes(2, "big")),
        (0x04, b"\x00\x07"),
        (0x11, b"\x01\x00\x00\x00\x05"),
        (0x12, b"\x02\x00\x00\x00\x09\x01"),
        (0x13, b"\x00\x00\x00\x07\x00\x40\x00"),
        (0x25, draw.randbytes(4)),
        (0x2A, b"\x00\x01"),
        (0x2B, draw.randbytes(4)),
        (0x30, bytes((draw.randrange(31),))),
        (0x31, bytes((draw.randrange(20),))),
    )
    return b"".join(bytes((key, len(value))) + value for key, value in offered if draw.random() < 0.4)


def _here(draw: random.Random, *, fix: bool = True) -> Place:
    return place(draw, when(draw), fix=fix)


def jtt808(draw: random.Random) -> Iterator[Drawn]:
    """Editions of 2011 and 2013 share a header; that of 2019 has a version and ten bytes of id."""
    for version in (2013, 2019):
        device = str(draw.randrange(10**11, 10**12)) if version == 2013 else str(draw.randrange(10**19, 10**20))
        serial = draw.randrange(65536)

        def made(
            name: str,
            kind: int,
            body: bytes,
            *places: Place,
            version: int = version,
            device: str = device,
            serial: int = serial,
        ) -> Drawn:
            return Drawn(f"{name} {version}", _framed(kind, device, body, version, serial), places, (device,))

        for fix in (True, False):
            for name, items in (("bare", b""), ("with items", _items(draw))):
                one = _here(draw, fix=fix)
                yield made(f"0200 {name} {fix}", 0x0200, _located(draw, one) + items, one)
            one = _here(draw, fix=fix)
            yield made(f"0201 {fix}", 0x0201, struct.pack(">H", serial) + _located(draw, one) + _items(draw), one)
            one = _here(draw, fix=fix)
            yield made(f"0500 {fix}", 0x0500, struct.pack(">H", serial) + _located(draw, one) + _items(draw), one)
            one = _here(draw, fix=fix)
            media = (
                struct.pack(">IBBBB", draw.randrange(999), 0, 0, 1, 1)
                + _located(draw, one)
                + b"\xff\xd8\xff\xe0"
                + draw.randbytes(60)
            )
            yield made(f"0801 {fix}", 0x0801, media, one)
        for kind in (0, 1):
            places = tuple(_here(draw, fix=draw.random() < 0.8) for _ in range(draw.randrange(1, 6)))
            bodies = [_located(draw, one) + _items(draw) for one in places]
            batch = struct.pack(">HB", len(bodies), kind) + b"".join(
                struct.pack(">H", len(body)) + body for body in bodies
            )
            yield made(f"0704 {kind}", 0x0704, batch, *places)
        places = tuple(_here(draw) for _ in range(2))
        found = struct.pack(">HH", serial, 2) + b"".join(
            struct.pack(">IBBB", 7, 0, 1, 1) + _located(draw, one) for one in places
        )
        yield made("0802", 0x0802, found, *places)
        yield made("0002", 0x0002, b"")
        one = _here(draw)
        session = _framed(0x0102, device, b"token123", 2013, 1) if version == 2013 else b""
        report = _framed(0x0200, device, _located(draw, one), version, 2)
        yield Drawn(f"session {version}", session + report, (one,), (device,))


def _taxi(draw: random.Random, one: Place) -> bytes:
    """The 25 bytes of JT/T 905: ten-thousandths of a minute, a course of one byte, a fix where bit 0 is clear."""
    status = draw.choice((0, 0x100, 0x80000100)) | (not one.fix) | (one.latitude < 0) << 1 | (one.longitude < 0) << 2
    pair = struct.pack(">II", round(abs(one.latitude) * 600000), round(abs(one.longitude) * 600000))
    motion = struct.pack(">HB", draw.randrange(1200), draw.randrange(180))
    return struct.pack(">II", draw.choice((0, 1, 0xE00)), status) + pair + motion + _bcd_time(one.time)


def _taxi_items(draw: random.Random) -> bytes:
    offered = (
        (0x01, draw.randrange(10**6).to_bytes(4, "big")),
        (0x02, b"\x01\x20"),
        (0x03, b"\x00\x50"),
        (0x25, draw.randbytes(4)),
    )
    return b"".join(bytes((key, len(value))) + value for key, value in offered if draw.random() < 0.4)


def jtt905(draw: random.Random) -> Iterator[Drawn]:
    """Report, answer, tracking, and the two ends of a fare (general knowledge but for the first two)."""
    device, serial = f"10{draw.randrange(10**10):010d}", draw.randrange(65536)
    for fix in (True, False):
        for name, kind, lead in (
            ("0200", 0x0200, b""),
            ("0201", 0x0201, struct.pack(">H", serial)),
            ("0202", 0x0202, b""),
        ):
            for items in (b"", _taxi_items(draw)):
                one = _here(draw, fix=fix)
                body = lead + _taxi(draw, one) + items
                yield Drawn(f"{name} {fix} {bool(items)}", _framed(kind, device, body, 2013, serial), (one,), (device,))
    begun, ended = _here(draw), _here(draw)
    fare = (
        struct.pack(">II", draw.randrange(10**9), draw.randrange(10**9))
        + b"\x01\x00\x00"
        + bytes.fromhex("202301011230000123004501000001")
    )
    yield Drawn(
        "0B05",
        _framed(0x0B05, device, _taxi(draw, begun) + _taxi(draw, ended) + fare, 2013, serial),
        (begun, ended),
        (device,),
    )


def _vin(draw: random.Random) -> str:
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
    return "L" + "".join(draw.choices(letters, k=12)) + f"{draw.randrange(10**4):04d}"


def _vehicle_blocks(draw: random.Random) -> dict[int, bytes]:
    """The blocks of GB/T 32960.3-2016 but for the place."""
    motors, probes, cells, sensors, faults = (draw.randrange(1, most) for most in (3, 5, 60, 20, 3))
    return {
        1: draw.randbytes(20),
        2: bytes((motors,)) + draw.randbytes(12 * motors),
        3: draw.randbytes(6) + struct.pack(">H", probes) + draw.randbytes(probes + 10),
        4: draw.randbytes(5),
        6: draw.randbytes(14),
        7: draw.randbytes(5) + bytes((faults,)) + draw.randbytes(4 * faults) + b"\x00\x00\x00",
        8: b"\x01\x01" + draw.randbytes(4) + struct.pack(">HHB", cells, 1, cells) + draw.randbytes(2 * cells),
        9: b"\x01\x01" + struct.pack(">H", sensors) + draw.randbytes(sensors),
        0x80: struct.pack(">H", 6) + draw.randbytes(6),
    }


def gbt32960(draw: random.Random) -> Iterator[Drawn]:
    """Live and resent reports; blocks in any order. The edition of 2025 is not described well enough to draw it."""

    def frame(command: int, vin: str, data: bytes, sealed: int = 1) -> bytes:
        body = bytes((command, 0xFE)) + vin.encode() + bytes((sealed,)) + len(data).to_bytes(2, "big") + data
        return b"##" + body + bytes((xor(body),))

    def report(one: Place, chosen: tuple[int, ...]) -> bytes:
        assert one.time is not None
        status = (not one.fix) | (one.latitude < 0) << 1 | (one.longitude < 0) << 2
        pair = struct.pack(">II", round(abs(one.longitude) * 1e6), round(abs(one.latitude) * 1e6))
        blocks = _vehicle_blocks(draw) | {5: bytes((status,)) + pair}
        date = plain_time(one.time + _BEIJING)
        return date + b"".join(bytes((kind,)) + blocks[kind] for kind in chosen)

    for command in (2, 3):
        for fix in (True, False):
            for chosen in ((1, 2, 5, 6, 7), (1, 2, 3, 5), (1, 2, 4, 5, 6, 7, 8, 9), (5,), (1, 8, 9, 5), (0x80, 5)):
                one, vin = _here(draw, fix=fix), _vin(draw)
                yield Drawn(f"{command} {fix} {chosen}", frame(command, vin, report(one, chosen)), (one,), vin=vin)
    vin = _vin(draw)
    yield Drawn("no place block", frame(2, vin, report(_here(draw), (1, 2, 6, 7))), vin=vin)
    login = bytes.fromhex("180305091011") + struct.pack(">H", 7) + b"898600" + b"12345678901234" + b"\x01\x04" + b"BAT1"
    yield Drawn("login", frame(1, vin, login), vin=vin)
    yield Drawn("sealed", frame(2, vin, draw.randbytes(120), 3), vin=vin)


DIALECTS: dict[str, Dialect] = {"jtt808": jtt808, "jtt905": jtt905, "gbt32960": gbt32960}
