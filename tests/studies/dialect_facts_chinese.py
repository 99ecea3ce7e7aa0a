"""JT/T 808, GT06 and Teltonika built from their published layouts."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.studies.dialect_facts import (
    BSSIDS,
    CELL,
    CID,
    IMEI,
    LAC,
    MACS,
    MCC,
    MNC,
    NORTH_EAST,
    SOUTH_WEST,
    UNIX,
    VIN,
    Case,
)
from tests.studies.facts_apart.drawn import bcd, crc16, xor


def jt808_frame(kind: int, body: bytes, *, year: int = 2013, phone: str = "13912345678") -> bytes:
    """JT/T 808-2011 to 2019: flags, escapes, XOR."""
    attributes = len(body) | (0x4000 if year == 2019 else 0)
    head = struct.pack(">HH", kind, attributes)
    head += (b"\1" + bcd(phone, 10)) if year == 2019 else bcd(phone, 6)
    inside = head + struct.pack(">H", 7) + body
    inside += bytes([xor(inside)])
    return b"~" + inside.replace(b"}", b"}\1").replace(b"~", b"}\2") + b"~"


def jt808_block(place: tuple[float, float], *extras: tuple[int, bytes]) -> bytes:
    latitude, longitude = place
    status = 3 | (4 if latitude < 0 else 0) | (8 if longitude < 0 else 0)
    time = bytes.fromhex(datetime.fromtimestamp(UNIX + 8 * 3600, UTC).strftime("%y%m%d%H%M%S"))
    body = (
        struct.pack(">IIIIHHH", 0, status, round(abs(latitude) * 1e6), round(abs(longitude) * 1e6), 30, 420, 90) + time
    )
    return body + b"".join(bytes([tag, len(value)]) + value for tag, value in extras)


def jt808() -> Iterator[Case]:
    phone = ("013912345678",)
    for name, place in (("north-east", NORTH_EAST), ("south-west", SOUTH_WEST)):
        yield Case(f"0200 {name}", jt808_frame(0x0200, jt808_block(place, (1, b"\0\0\1\2"))), (place,), phone)
        yield Case(
            f"0200 of 2019 {name}",
            jt808_frame(0x0200, jt808_block(place), year=2019),
            (place,),
            ("00000000013912345678",),
        )
    batch = b"".join(
        struct.pack(">H", len(one)) + one for one in (jt808_block(NORTH_EAST), jt808_block(SOUTH_WEST, (1, bytes(4))))
    )
    yield Case("0704", jt808_frame(0x0704, struct.pack(">HB", 2, 1) + batch), (NORTH_EAST, SOUTH_WEST), phone)
    yield Case(
        "0704 of 2019",
        jt808_frame(0x0704, struct.pack(">HB", 2, 1) + batch, year=2019),
        (NORTH_EAST, SOUTH_WEST),
        ("00000000013912345678",),
    )
    yield Case("0201", jt808_frame(0x0201, b"\0\5" + jt808_block(NORTH_EAST)), (NORTH_EAST,), phone)
    yield Case("0500", jt808_frame(0x0500, b"\0\5" + jt808_block(NORTH_EAST)), (NORTH_EAST,), phone)
    yield Case(
        "0801",
        jt808_frame(0x0801, struct.pack(">IBBBB", 9, 0, 0, 0, 1) + jt808_block(NORTH_EAST) + b"\xff\xd8jpeg"),
        (NORTH_EAST,),
        phone,
    )
    wide = struct.pack(">HH", MCC, MNC) + LAC.to_bytes(3, "big") + struct.pack(">IB", CID, 48)
    yield Case(
        "0200 with E1 cells", jt808_frame(0x0200, jt808_block(NORTH_EAST, (0xE1, wide))), (NORTH_EAST,), phone, (CELL,)
    )
    yield Case(
        "0200 with 5D cells",
        jt808_frame(0x0200, jt808_block(NORTH_EAST, (0x5D, b"\1" + struct.pack(">HBHIb", MCC, MNC, LAC, CID, -70)))),
        (NORTH_EAST,), phone, (CELL,),
    )  # fmt: skip
    yield Case(
        "0200 with F0 cells",
        jt808_frame(0x0200, jt808_block(NORTH_EAST, (0xF0, struct.pack(">HHIIb", MCC, MNC, CID, LAC, -70)))),
        (NORTH_EAST,), phone, (CELL,),
    )  # fmt: skip
    for tag in (0xEC, 0xF4):
        points = b"".join(mac + b"\xc4" for mac in MACS)
        yield Case(
            f"0200 with {tag:X} Wi-Fi",
            jt808_frame(0x0200, jt808_block(NORTH_EAST, (tag, points))),
            (NORTH_EAST,),
            phone,
            (),
            BSSIDS,
        )
    yield Case(
        "0200 with a VIN",
        jt808_frame(0x0200, jt808_block(NORTH_EAST, (0x8B, VIN.encode()))),
        (NORTH_EAST,),
        phone,
        vin=VIN,
    )


def jt808_more() -> Iterator[Case]:
    phone = ("013912345678",)
    own = (NORTH_EAST,)

    def with_tag(tag: int, value: bytes) -> bytes:
        return jt808_frame(0x0200, jt808_block(NORTH_EAST, (tag, value)))

    points = b"".join(mac + b"\xc4" for mac in MACS)
    yield Case("50", with_tag(0x50, points), own, phone, (), BSSIDS)
    yield Case("66", with_tag(0x66, struct.pack(">HbHIH", MCC, -70, MNC, CID, LAC)), own, phone, (CELL,))
    yield Case("FF", with_tag(0xFF, struct.pack(">HBIIb", MCC, MNC, LAC, CID, -70)), own, phone, (CELL,))
    yield Case("EB", with_tag(0xEB, struct.pack(">HBHHB", MCC, MNC, LAC, CID, 48)), own, phone, (CELL,))
    yield Case("94", with_tag(0x94, VIN.encode()), own, phone, vin=VIN)
    sub = struct.pack(">HH", 14, 0xD8) + struct.pack(">HHBHIB", MCC, MNC, 1, LAC, CID, 48)
    yield Case("EB D8 of twelve bytes", with_tag(0xEB, sub), own, phone, (CELL,))
    sub = f"{MCC};{MNC};{LAC};{CID}".encode()
    yield Case("EB 24", with_tag(0xEB, struct.pack(">HH", len(sub) + 2, 0x24) + sub), own, phone, (CELL,))
    alarm = (
        bytes(12)
        + bytes((42,))
        + struct.pack(">HII", 30, round(23.8 * 1e6), round(90.4 * 1e6))
        + bytes.fromhex("240517182030")
    )
    yield Case("64", with_tag(0x64, alarm.ljust(47, b"\0")), (NORTH_EAST, (23.8, 90.4)), phone)
    one = jt808_block(NORTH_EAST)
    yield Case("0210", jt808_frame(0x0210, bytes([len(one)]) + one), own, phone)


def _gt06(kind: int, body: bytes, *, long: bool = False) -> bytes:
    """Concox/Jimi: length, type, body, serial, CRC-16/X-25."""
    size = len(body) + 5
    inside = (struct.pack(">H", size) if long else bytes([size])) + bytes([kind]) + body + b"\0\7"
    return (
        (b"yy" if long else b"xx")
        + inside
        + struct.pack(">H", crc16(inside, 0x8408, 0xFFFF, reflected=True, end=0xFFFF))
        + b"\r\n"
    )


def _gt06_place(place: tuple[float, float]) -> bytes:
    latitude, longitude = place
    flags = 0x1000 | 90 | (0x400 if latitude > 0 else 0) | (0x800 if longitude < 0 else 0)
    time = bytes((24, 5, 17, 10, 20, 30))
    return time + struct.pack(">BIIBH", 0xC9, round(abs(latitude) * 1.8e6), round(abs(longitude) * 1.8e6), 42, flags)


def gt06() -> Iterator[Case]:
    login = _gt06(1, bcd(IMEI, 8))
    cell = struct.pack(">HBH", MCC, MNC, LAC) + CID.to_bytes(3, "big")
    for name, place in (("north-east", NORTH_EAST), ("south-west", SOUTH_WEST)):
        yield Case(f"12 {name}", login + _gt06(0x12, _gt06_place(place) + cell), (place,), cells=(CELL,))
        yield Case(f"22 {name}", login + _gt06(0x22, _gt06_place(place) + cell + b"\1\0\0"), (place,), cells=(CELL,))
    status = b"\x46\6\4\2\1"
    for kind in (0x16, 0x26, 0x27):
        yield Case(
            f"{kind:02X} alarm",
            login + _gt06(kind, _gt06_place(NORTH_EAST) + b"\x09" + cell + status),
            (NORTH_EAST,),
            cells=(CELL,),
        )
    wide = struct.pack(">HHIQ", MCC | 0x8000, MNC, LAC, CID)
    yield Case(
        "A0 of 4G",
        login + _gt06(0xA0, _gt06_place(NORTH_EAST) + struct.pack(">HBIQ", MCC, MNC, LAC, CID) + b"\1\0\0"),
        (NORTH_EAST,),
        cells=(CELL,),
    )
    yield Case(
        "A0 of 4G, MNC of two bytes",
        login + _gt06(0xA0, _gt06_place(NORTH_EAST) + wide + b"\1\0\0"),
        (NORTH_EAST,),
        cells=(CELL,),
    )
    time = bytes((24, 5, 17, 10, 20, 30))
    near = struct.pack(">H", LAC) + CID.to_bytes(3, "big") + b"\x30"
    others = near + bytes(6) * 6
    wifi = b"\xff\2" + b"".join(mac + b"\x40" for mac in MACS)
    for kind in (0x18, 0x28):
        yield Case(
            f"{kind:02X} cells",
            login + _gt06(kind, time + struct.pack(">HB", MCC, MNC) + others + b"\xff\0\2"),
            cells=(CELL,),
        )
    yield Case(
        "2C cells and Wi-Fi",
        login + _gt06(0x2C, time + struct.pack(">HB", MCC, MNC) + others + wifi),
        cells=(CELL,),
        wifi=BSSIDS,
    )


def _teltonika(codec: int, records: bytes, count: int, *, tcp: bool = True) -> bytes:
    """Teltonika's data sending protocols: CRC-16/ARC from the codec to the last count."""
    inside = bytes([codec, count]) + records + bytes([count])
    if tcp:
        return struct.pack(">II", 0, len(inside)) + inside + struct.pack(">I", crc16(inside, 0xA001, 0, reflected=True))
    packet = struct.pack(">HBBH", 0xCAFE, 1, 5, 15) + IMEI.encode() + inside
    return struct.pack(">H", len(packet)) + packet


def _avl(codec: int, place: tuple[float, float]) -> bytes:
    latitude, longitude = place
    head = struct.pack(">QBiiHHBH", UNIX * 1000, 1, round(longitude * 1e7), round(latitude * 1e7), 30, 90, 9, 42)
    if codec == 8:
        two = bytes((2, 205)) + struct.pack(">H", CID) + bytes((206,)) + struct.pack(">H", LAC)
        return head + b"\0\4\1\x15\4" + two + b"\1\xf1" + struct.pack(">I", MCC * 1000 + MNC) + b"\0"
    if codec == 0x10:
        two = b"\2" + struct.pack(">HHHH", 205, CID, 206, LAC)
        return (
            head
            + struct.pack(">HB", 0, 5)
            + b"\4\1\0\x15\4"
            + two
            + b"\1"
            + struct.pack(">HI", 241, MCC * 1000 + MNC)
            + b"\0"
        )
    two = struct.pack(">HHHHH", 2, 205, CID, 206, LAC)
    four = struct.pack(">HHI", 1, 241, MCC * 1000 + MNC)
    many = struct.pack(">HHH", 1, 256, len(VIN)) + VIN.encode()
    return head + struct.pack(">HHHHB", 0, 5, 1, 21, 4) + two + four + b"\0\0" + many


def teltonika() -> Iterator[Case]:
    login = struct.pack(">H", 15) + IMEI.encode()
    cell = (MCC, MNC, LAC, CID)
    for codec, name, vin in ((8, "8", ""), (0x8E, "8E", VIN), (0x10, "16", "")):
        records = _avl(codec, NORTH_EAST) + _avl(codec, SOUTH_WEST)
        yield Case(
            f"codec {name}", login + _teltonika(codec, records, 2), (NORTH_EAST, SOUTH_WEST), cells=(cell,), vin=vin
        )
        yield Case(
            f"codec {name} by UDP",
            _teltonika(codec, records, 2, tcp=False),
            (NORTH_EAST, SOUTH_WEST),
            cells=(cell,),
            vin=vin,
            checked=False,
        )
