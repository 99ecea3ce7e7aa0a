"""The boxes of fleets, built from their published layouts."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator

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
    WHEN,
    Case,
    degrees,
    sides,
)
from tests.studies.facts_apart.drawn import bcd, crc16, xor

BOTH = (NORTH_EAST, SOUTH_WEST)


def _name(place: tuple[float, float]) -> str:
    return "".join(sides(place))


def binary() -> Iterator[Case]:
    for place in (NORTH_EAST, SOUTH_WEST):
        latitude, longitude = place
        name = "".join(sides(place))
        where = struct.pack(">iiHHBHBB", round(longitude * 1e7), round(latitude * 1e7), 300, 9000, 9, 42, 10, 7)
        record = struct.pack(">IBB", UNIX, 0, 1) + where + bytes(4)
        extended = struct.pack(">IBBB", UNIX, 0, 0, 1) + where[:-1] + struct.pack(">H", 7) + bytes(4)
        for command, records in ((1, record), (0x44, extended)):
            inside = struct.pack(">Q", int(IMEI)) + bytes([command, 0, 1]) + records
            frame = (
                struct.pack(">H", len(inside)) + inside + struct.pack(">H", crc16(inside, 0x8408, 0, reflected=True))
            )
            yield Case(f"ruptela {command:02X} {name}", frame, (place,))
        tags = (
            b"\x03"
            + IMEI.encode()
            + b"\x20"
            + struct.pack("<I", UNIX)
            + b"\x30\x09"
            + struct.pack("<ii", round(latitude * 1e6), round(longitude * 1e6))
            + b"\x33"
            + struct.pack("<HH", 420, 900)
        )
        frame = b"\1" + struct.pack("<H", len(tags)) + tags
        yield Case(
            f"galileosky {name}", frame + struct.pack("<H", crc16(frame, 0xA001, 0xFFFF, reflected=True)), (place,)
        )
        login = b"gg\1" + struct.pack(">HH", 10, 1) + bcd(IMEI, 8)
        where = struct.pack(">ii", round(latitude * 1.8e6), round(longitude * 1.8e6))
        old = (
            struct.pack(">I", UNIX)
            + where
            + struct.pack(">BHHHH", 42, 90, MCC, MNC, LAC)
            + CID.to_bytes(3, "big")
            + b"\1"
        )
        yield Case(
            f"eelink 02 {name}",
            login + b"gg\2" + struct.pack(">HH", len(old) + 2, 2) + old,
            (place,),
            cells=(CELL,),
            checked=False,
        )
        new = (
            struct.pack(">IB", UNIX, 0x33)
            + where
            + struct.pack(">hHHB", 30, 42, 90, 9)
            + struct.pack(">HHHIB", MCC, MNC, LAC, CID, 30)
        )
        new += b"".join(mac + b"\x40" for mac in MACS) + b"\0\1"
        yield Case(
            f"eelink 12 {name}",
            login + b"gg\x12" + struct.pack(">HH", len(new) + 2, 2) + new,
            (place,),
            cells=(CELL,),
            wifi=BSSIDS,
            checked=False,
        )
        dm = [struct.pack(">f", (1 if one > 0 else -1) * float(degrees(one, 2))) for one in (longitude, latitude)]
        positions = (
            b"\x07\x09"
            + dm[0]
            + dm[1]
            + b"\2"
            + b"".join(mac + b"\xc4" for mac in MACS)
            + b"\1"
            + struct.pack(">HHIIb", MCC, MNC, LAC, CID, -70)
        )
        record = b"\1" + struct.pack(">IBHB", UNIX, 30, 90, 2) + positions
        payload = b"\1" + struct.pack(">H", len(record)) + record
        head = (
            struct.pack(">HH", 0x14, 1)
            + bytes.fromhex(IMEI + "0")
            + struct.pack(">HH", len(payload), ~sum(payload) & 0xFFFF)
        )
        inside = (head + payload).replace(b"\xfb\xbf", b"\xfb\xbf\2").replace(b"\xfa\xaf", b"\xfb\xbf\1")
        yield Case(f"xexun2 {name}", b"\xfa\xaf" + inside + b"\xfa\xaf", (place,), cells=(CELL,), wifi=BSSIDS)


def calamp() -> Iterator[Case]:
    head = b"\x83\x08" + bytes.fromhex(IMEI + "f") + b"\1\2"
    for place in BOTH:
        where = struct.pack(">ii", round(place[0] * 1e7), round(place[1] * 1e7))
        full = (
            struct.pack(">II", UNIX, UNIX)
            + where
            + struct.pack(">iIHBBHhBBBB", 3000, 1166, 90, 9, 2, 310, -70, 15, 10, 1, 0)
        )
        none = bytes((0, 0))
        for kind, rest in ((2, b"\7\1" + none), (8, none), (4, b"\1\2" + struct.pack(">H", 5) + b"a:b;c")):
            yield Case(f"{kind} {_name(place)}", head + bytes((1, kind, 0, 7)) + full + rest, (place,), checked=False)
        mini = struct.pack(">I", UNIX) + where + struct.pack(">HBBBBBB", 90, 42, 9, 15, 1, 7, 0)
        yield Case(f"10 {_name(place)}", head + bytes((1, 10, 0, 7)) + mini, (place,), checked=False)


def atrack() -> Iterator[Case]:
    for place in BOTH:
        where = struct.pack(">iiHBIHBHBH", round(place[1] * 1e6), round(place[0] * 1e6), 90, 2, 1000, 10, 1, 42, 0, 0)
        end = b"\0" + struct.pack(">HH", 2000, 2000) + b"\0"
        custom = b"%CI%CE%LC%CN%VN\0" + struct.pack(">IHI", CID, LAC, MCC * 1000 + MNC) + VIN.encode() + b"\0"
        long = struct.pack(">HBBBBB", WHEN.year, WHEN.month, WHEN.day, WHEN.hour, WHEN.minute, WHEN.second) * 3
        for form, times in (("", struct.pack(">III", UNIX, UNIX, UNIX)), (" with long dates", long)):
            inside = struct.pack(">HQ", 7, int(IMEI)) + times + where + end
            frame = struct.pack(">H", len(inside)) + inside
            yield Case(
                f"binary{form} {_name(place)}",
                b"@P" + struct.pack(">H", crc16(frame, 0xA001, 0, reflected=True)) + frame,
                (place,),
            )
        inside = struct.pack(">HQ", 7, int(IMEI)) + struct.pack(">III", UNIX, UNIX, UNIX) + where + end + custom
        frame = struct.pack(">H", len(inside)) + inside
        yield Case(
            f"binary with fields {_name(place)}",
            b"@P" + struct.pack(">H", crc16(frame, 0xA001, 0, reflected=True)) + frame,
            (place,),
            cells=(CELL,),
            vin=VIN,
        )


def castel() -> Iterator[Case]:
    def item(place: tuple[float, float]) -> bytes:
        flags = 0x94 | (1 if place[1] > 0 else 0) | (2 if place[0] > 0 else 0)
        at = [round(abs(one) * 3.6e6) for one in place]
        return bytes((17, 5, 24, 10, 20, 30)) + struct.pack("<IIHHB", *at, 1166, 900, flags)

    def frame(kind: int, body: bytes) -> bytes:
        inside = (
            b"@@"
            + struct.pack("<HB", len(body) + 31, 4)
            + b"213EP2013000001".ljust(20, b"\0")
            + struct.pack(">H", kind)
            + body
        )
        return inside + struct.pack("<H", crc16(inside, 0x8408, 0xFFFF, reflected=True, end=0xFFFF)) + b"\r\n"

    status = struct.pack("<IIIIIHI", UNIX - 60, UNIX, 1, 1, 1, 1, 1) + bytes(8)
    ids = ("213EP2013000001",)
    yield Case("4001", frame(0x4001, b"\0" + status + b"\2" + item(NORTH_EAST) + item(SOUTH_WEST)), BOTH, ids)
    yield Case("1001", frame(0x1001, status + b"\1" + item(SOUTH_WEST) + b"V1.0\0V1\0" + bytes(2)), (SOUTH_WEST,), ids)
    yield Case("4009", frame(0x4009, struct.pack("<I", UNIX) + item(NORTH_EAST)), (NORTH_EAST,), ids)
    yield Case(
        "4007",
        frame(0x4007, struct.pack("<I", 1) + status + b"\1" + item(NORTH_EAST) + b"\1\0\1\0\0\0\0"),
        (NORTH_EAST,),
        ids,
    )
    yield Case("B001", frame(0xB001, b"\0\1" + status + b"\1" + item(NORTH_EAST)), (NORTH_EAST,), ids)


def topflytech() -> Iterator[Case]:
    time = bytes.fromhex("240517102030")
    for place in BOTH:
        where = struct.pack("<fff", 30, place[1], place[0]) + bytes.fromhex("0420") + struct.pack(">H", 90)
        for head, before, after in ((b"##", 44, 20), (b"%%", 44, 20), (b"&&", 40, 20)):
            body = bytearray(before - 15)
            body[9] = 0x49  # the status byte, at 24 of the message: a fix, nine satellites
            message = bytes(body) + time + where + bytes(after)
            data = head + b"\2" + struct.pack(">HH", len(message) + 15, 7) + bcd(IMEI, 8) + message
            yield Case(f"{head.hex()} {_name(place)}", data, (place,), checked=False)
        personal = b"\x49\0" + time + where + bytes(8)
        data = b"''\2" + struct.pack(">HH", len(personal) + 15, 7) + bcd(IMEI, 8) + personal
        yield Case(f"2727 {_name(place)}", data, (place,), checked=False)


def cellocator() -> Iterator[Case]:
    for place in BOTH:
        body = bytearray(70)
        body[:9] = b"MCGP\0" + struct.pack("<I", 123456)
        body[43] = 9
        body[41] = 2
        struct.pack_into(
            "<iiiIH", body, 44, *(round(math.radians(one) * 1e8) for one in reversed(place)), 3000, 1166, 1571
        )
        body[62:69] = bytes((30, 20, 10, 17, 5)) + struct.pack("<H", 2024)
        body[69] = sum(body[4:69]) & 255
        yield Case(f"type 0 {_name(place)}", bytes(body), (place,), ("123456",))


def navtelecom() -> Iterator[Case]:
    def frame(data: bytes) -> bytes:
        head = b"@NTC" + struct.pack("<IIHB", 1, 7, len(data), xor(data))
        return head + bytes([xor(head)]) + data

    login = frame(b"*>S:" + IMEI.encode())
    clock = bytes((10, 20, 30, 17, 4, 24))  # the month counts from 0
    for place in BOTH:
        start = (
            struct.pack("<BIH", 0x15, 1, 1)
            + clock
            + struct.pack("<BBBBBHH", 0, 0, 20, 0, 0, 12000, 4000)
            + bytes(4)
            + bytes(8)
        )
        where = (
            b"\2"
            + clock
            + struct.pack("<ff", *(math.radians(one) for one in place))
            + struct.pack("<fHff", 42, 90, 1, 1)
        )
        record = start.ljust(34, b"\0") + where
        yield Case(f"F5.1 {_name(place)}", login + frame(b"*>T" + record), (place,))
