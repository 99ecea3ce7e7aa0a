"""Binary dialects from Nyitech to SolarPowered, from public descriptions of them."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, crc16, imei, place, when, xor
from tests.studies.facts_apart.written import plain_time, since, unix, varint


def _nyitech_block(draw: random.Random, one: Place) -> bytes:
    """Day first, thousandths of a second of arc."""
    flags = (draw.randrange(1, 4) if one.fix else 0) | 4 * (one.latitude > 0) | 8 * (one.longitude > 0)
    pair = struct.pack("<II", round(abs(one.latitude) * 3600000), round(abs(one.longitude) * 3600000))
    return (
        plain_time(one.time, "%d%m%y%H%M%S")
        + bytes((flags,))
        + pair
        + struct.pack("<HHh", draw.randrange(3000), draw.randrange(3600), draw.randrange(9000))
    )


def nyitech(draw: random.Random) -> Iterator[Drawn]:
    """All five types have the block. The kind of the check value is not known: any two bytes."""
    device = f"{draw.randrange(10**11, 10**12)}"
    sent = plain_time(when(draw), "%d%m%y%H%M%S")
    heads = (
        (0x1001, b""),
        (0x2001, sent + b"\x80\x00\x00"),
        (0x2002, sent + b"\x80\x00\x00"),
        (0x2003, draw.randbytes(8) + sent),
        (0x2004, sent),
    )
    for kind, head in heads:
        for fix in (True, False):
            one = place(draw, when(draw), fix=fix)
            body = (
                device.encode()
                + struct.pack("<H", kind)
                + head
                + _nyitech_block(draw, one)
                + b"\x00"
                + draw.randbytes(2)
                + b"\r\n"
            )
            yield Drawn(f"{kind:x} {fix}", b"@@" + struct.pack("<H", len(body) + 4) + body, (one,), (device,))


def _zigzag(value: float) -> bytes:
    whole = round(value)
    return varint(whole * 2 if whole >= 0 else -whole * 2 - 1)


def _omnicomm_frame(kind: int, data: bytes) -> bytes:
    body = bytes((kind,)) + struct.pack("<H", len(data)) + data
    body += crc16(body, 0x1021, 0xFFFF, reflected=False).to_bytes(2, "big")
    return b"\xc0" + body.replace(b"\xdb", b"\xdb\xdd").replace(b"\xc0", b"\xdb\xdc")


YEAR_2009 = datetime(2009, 1, 1, tzinfo=UTC)


def _omnicomm_record(draw: random.Random, one: Place, *, lost: bool = False) -> bytes:
    """Groups of protobuf: 2 the general one, 5 the navigation."""
    time = since(one, YEAR_2009)
    general = (
        b"\x13\x08"
        + varint(time)
        + b"\x20"
        + varint(1 if lost else 5)
        + b"\x28"
        + varint(draw.randrange(10**6))
        + b"\x14"
    )
    if lost:
        return general + b"\x2b\x08\x00\x10\x00\x18\x00\x20\x00\x28\x00\x30\x00\x2c"
    return (
        general + b"\x2b\x08" + _zigzag(one.latitude * 1e7) + b"\x10" + _zigzag(one.longitude * 1e7)
        + b"\x18" + varint(draw.randrange(900)) + b"\x20" + varint(draw.randrange(360)) + b"\x28" + varint(draw.randrange(4, 12))
        + b"\x30" + _zigzag(draw.randrange(-50, 9000)) + b"\x38" + varint(time) + b"\x2c"
    )  # fmt: skip


def omnicomm(draw: random.Random) -> Iterator[Drawn]:
    """The identification alone has the id; no fix is a group of zeros."""
    serial = draw.randrange(10**8, 2**32)
    login = _omnicomm_frame(0x80, struct.pack("<II", serial, draw.randrange(2**16)))
    yield Drawn("login", login, (), (str(serial),))
    for count in (1, 3):
        for lost in (False, True):
            places = tuple(place(draw, when(draw)) for _ in range(count))
            records = b"".join(
                struct.pack("<H", len(data)) + data
                for one in places
                for data in (_omnicomm_record(draw, one, lost=lost),)
            )
            archive = _omnicomm_frame(
                0x86, struct.pack("<IIB", draw.randrange(2**20), since(places[0], YEAR_2009), 0) + records
            )
            told = () if lost else places
            yield Drawn(f"{count} lost {lost}", archive, told)
            yield Drawn(f"{count} lost {lost} after a login", login + archive, told, (str(serial),))


# Positrex: no mark, no check value, and any four bytes are a time: a datagram of the right length proves too little to be read.


_RADAR = {
    **dict.fromkeys(range(17, 28), 1),
    **{n: 12 if n % 2 == 0 else 1 for n in range(28, 38)},
    **dict.fromkeys(range(10, 15), 2),
}
_RADAR |= {
    8: 4,
    9: 2,
    15: 4,
    16: 4,
    38: 6,
    39: 2,
    40: 2,
    41: 2,
    42: 2,
    43: 10,
    44: 2,
    **dict.fromkeys(range(45, 50), 1),
    50: 2,
    51: 4,
    52: 4,
}
"""Lengths of the fields of a Radar record after its place, by bit."""


def _radar_record(draw: random.Random, one: Place, mask: int) -> bytes:
    time = unix(one)
    fields = struct.pack(
        ">IIii", time + draw.randrange(3), time, round(one.latitude * 360000), round(one.longitude * 360000)
    )
    fields += struct.pack(
        ">HHhB", draw.randrange(90), draw.randrange(3600), draw.randrange(900), one.fix | draw.randrange(4, 12) << 4
    )
    for bit in range(8, 53):
        if mask >> bit & 1:
            fields += b"Claro\x00\x00\x00\x00\x00" if bit == 43 else draw.randbytes(_RADAR[bit])
    head = struct.pack(">H", draw.randrange(100)) + b"\x07" + mask.to_bytes(7, "little")
    return head + (len(head) + 2 + len(fields)).to_bytes(2, "big") + fields


def radar(draw: random.Random) -> Iterator[Drawn]:
    """Records under a mask that each of them has. The kind of the CRC is that which a sample has."""
    for name, more in (
        ("place", 0),
        ("usual", 0x1C1FC0041C8300),
        ("any", sum(1 << bit for bit in range(8, 53) if draw.random() < 0.5)),
    ):
        for count in (1, 4):
            serial = draw.randrange(10**4, 10**8)
            places = tuple(place(draw, when(draw), fix=draw.random() < 0.7) for _ in range(count))
            records = b"".join(_radar_record(draw, one, 0xFF | more) for one in places)
            body = struct.pack(">HHHH", 53, 56, count, draw.randrange(999)) + records
            head = struct.pack(">BBIBIB", 0x36, 0x18, serial, draw.randrange(256), int(when(draw).timestamp()), 0x4C)
            data = head + (len(head) + 2 + len(body) + 2).to_bytes(2, "big") + body
            data += crc16(data, 0x1021, 0xFFFF, reflected=False).to_bytes(2, "big")
            yield Drawn(f"{name} {count}", data, places, (str(serial),))


def recoda(draw: random.Random) -> Iterator[Drawn]:
    """The registration has the id; whole seconds of arc, since no finer scale is proved."""

    def message(kind: int, body: bytes) -> bytes:
        return struct.pack("<IIHH", kind, len(body) + 12, 1, draw.randrange(999)) + body

    device = f"{draw.randrange(10**11, 10**12)}"
    login = message(0x20001001, device.encode() + bytes(20))
    yield Drawn("registration", login, (), (device,))
    for fix in (True, False):
        one = place(draw, when(draw), fix=fix)
        (south, latitude), (west, longitude) = (
            (value < 0, round(abs(value) * 3600)) for value in (one.latitude, one.longitude)
        )
        body = struct.pack("<QBHH", unix(one) * 1000, 1, 0, draw.randrange(90))
        body += bytes((longitude // 3600, longitude // 60 % 60, latitude // 3600, latitude // 60 % 60))
        body += struct.pack("<IIB", longitude % 60, latitude % 60, fix | west << 1 | (not south) << 2)
        data = message(0x20001011, body)
        yield Drawn(f"fix {fix}", data, (one,), near=1.5e-4)
        yield Drawn(f"fix {fix} after a registration", login + data, (one,), (device,), near=1.5e-4)


def solarpowered(draw: random.Random) -> Iterator[Drawn]:
    """Framed as JT/T 808, with other bits of the hemisphere."""
    for alarms in (True, False):
        device, one = imei(draw), place(draw, when(draw))
        date = plain_time(one.time)
        status = 4 * (one.longitude < 0) | 8 * (one.latitude < 0)
        value = (
            bytes((status,))
            + date
            + struct.pack(">II", round(abs(one.latitude) * 1e6), round(abs(one.longitude) * 1e6))
        )
        value += bytes((draw.randrange(90), draw.randrange(40), draw.randrange(150, 210), draw.randrange(180)))
        items = b"\x81" + bytes((len(value),)) + value + (b"\x82\x01\x04" if alarms else b"") + b"\x83\x02\x00\x1f"
        body = bytes.fromhex(device + "0") + b"\x11" + len(items).to_bytes(2, "big") + items + draw.randbytes(1)
        body += bytes((xor(body),))
        escaped = body.replace(b"\x7d", b"\x7d\x01").replace(b"\x7e", b"\x7d\x02")
        yield Drawn(f"alarms {alarms}", b"\x7e" + escaped + b"\x7e", (one,), (device,))


DIALECTS: dict[str, Dialect] = {
    "nyitech": nyitech,
    "recoda": recoda,
    "solarpowered": solarpowered,
    "omnicomm": omnicomm,
    "radar": radar,
}
