"""More boxes and relays built from their published layouts."""

from __future__ import annotations

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
    Case,
    degrees,
    sides,
)
from tests.studies.facts_apart.drawn import bcd, crc8, crc16, xor

BOTH = (NORTH_EAST, SOUTH_WEST)
CLOCK = bytes((24, 5, 17, 10, 20, 30))


def _name(place: tuple[float, float]) -> str:
    return "".join(sides(place))


def tzone() -> Iterator[Case]:
    for hardware, scale in ((0x10A, 600_000), (0x407, 6_000_000)):
        for place in BOTH:
            flags = 90 | 0x800 | (0x200 if place[1] < 0 else 0) | (0x400 if place[0] > 0 else 0)
            numbers = [round(abs(one) * scale) for one in place]
            gps = (
                struct.pack(">BII", 9, *numbers)
                + CLOCK
                + struct.pack(">H", 4200)
                + b"\0\0\1"
                + struct.pack(">H", flags)
            )
            cell = b"\1\x0a" + bcd(str(MCC), 2) + bcd(str(MNC), 2) + struct.pack(">HI", LAC, CID)
            blocks = struct.pack(">H", len(gps)) + gps
            cells = cell if hardware == 0x407 else struct.pack(">HH", LAC, CID)
            blocks += struct.pack(">H", len(cells)) + cells + struct.pack(">H", 0)
            inside = b"$$" + struct.pack(">HI", hardware, 1) + bcd(IMEI, 8) + CLOCK + blocks + struct.pack(">H", 7)
            inside += struct.pack(">H", crc16(inside, 0xA001, 0xFFFF, reflected=True))
            data = b"TZ" + struct.pack(">H", len(inside)) + inside + b"\r\n"
            yield Case(
                f"{hardware:X} {_name(place)}", data, (place,), cells=(CELL if hardware == 0x407 else (0, 0, LAC, CID),)
            )


def minifinder2() -> Iterator[Case]:
    def item(key: int, value: bytes) -> bytes:
        return bytes((len(value) + 1, key)) + value

    for place in BOTH:
        numbers = [round(one * 1e7) for one in place]
        body = b"\1" + item(1, IMEI.encode()) + item(0x24, struct.pack("<II", UNIX, 0))
        body += item(0x20, struct.pack("<iiHHhHIB", *numbers, 42, 90, 30, 10, 1000, 9))
        body += item(0x22, b"".join(b"\xc4" + mac for mac in MACS))
        body += item(0x2B, struct.pack("<HHbHI", MCC, MNC, -70, LAC, CID))
        crc = _xmodem(body)
        data = b"\xab\x10" + struct.pack("<HHH", len(body), crc, 7) + body
        yield Case(_name(place), data, (place,), cells=(CELL,), wifi=BSSIDS, checked=False)


def _xmodem(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte << 8
        for _ in range(8):
            value = (value << 1 ^ (0x1021 if value & 0x8000 else 0)) & 0xFFFF
    return value


def arnavi() -> Iterator[Case]:
    for place in BOTH:
        body = b"\3" + struct.pack("<f", place[0]) + b"\4" + struct.pack("<f", place[1]) + bytes((5, 45, 3, 0x54, 23))
        body += b"\7" + struct.pack("<HH", CID, LAC) + b"\x08\x30" + struct.pack("<HB", MCC, MNC)
        stamped = struct.pack("<I", UNIX) + body
        record = b"\1" + struct.pack("<H", len(body)) + stamped + bytes([sum(stamped) & 255])
        data = b"\xff\x23" + struct.pack("<Q", int(IMEI)) + b"[\1" + record + b"]"
        yield Case(f"binary {_name(place)}", data, (place,), cells=(CELL,))


def egts() -> Iterator[Case]:
    for place in BOTH:
        numbers = [round(abs(one) / limit * 0xFFFFFFFF) for one, limit in zip(place, (90, 180), strict=True)]
        flags = 1 | (0x20 if place[0] < 0 else 0) | (0x40 if place[1] < 0 else 0)
        fix = struct.pack("<IIIBHB", UNIX - 1_262_304_000, *numbers, flags, 420, 90) + b"\1\0\0" + bytes(2)
        who = struct.pack("<IB", 1, 2) + IMEI.encode()
        records = b""
        for number, service, kind, value in ((1, 1, 1, who), (2, 2, 16, fix)):
            sub = struct.pack("<BH", kind, len(value)) + value
            records += struct.pack("<HHBBB", len(sub), number, 0, service, service) + sub
        head = struct.pack("<BBBBBHHB", 1, 0, 0, 11, 0, len(records), 7, 1)
        data = (
            head
            + bytes([crc8(head, 0x31)])
            + records
            + struct.pack("<H", crc16(records, 0x1021, 0xFFFF, reflected=False))
        )
        yield Case(_name(place), data, (place,))


def totem() -> Iterator[Case]:
    for place in BOTH:
        ns, ew = sides(place)
        where = f"{degrees(place[0], 2)},{ns},{degrees(place[1], 3)},{ew}"
        rmc = f"GPRMC,102030.00,A,{where},22.68,90.0,170524,,"
        body = f"{IMEI}|AA${rmc}*{xor(rmc.encode()):02X}|01.0|01.0|01.0|000000000000|20240517102030|14181401|00000000|"
        body += f"{LAC:04X}{CID:04X}|0000|0.0000|0007|"
        start = f"$${len(body) + 10:02X}{body}".encode()
        data = start + f"{crc16(start, 0xA001, 0xFFFF, reflected=True):04X}\r\n".encode()
        yield Case(f"RMC {_name(place)}", data, (place,), cells=((0, 0, LAC, CID),))


def relays() -> Iterator[Case]:
    for place in BOTH:
        value = struct.pack("<ddd", place[1], place[0], 30.0) + struct.pack(">hhB", 42, 90, 9)
        inside = b"\0\2posinfo\0" + value
        block = struct.pack(">HI", 0x0BBB, len(inside)) + inside
        body = IMEI.encode() + b"\0" + struct.pack(">II", UNIX, 1) + block
        yield Case(f"retranslator {_name(place)}", struct.pack("<I", len(body)) + body, (place,), checked=False)
        text = f"$${IMEI},4001,2024/05/17,10:20:30,{place[0]:.5f},{place[1]:.5f},30.0,26,90,9,1.0,12.6,20,100.0,1##"
        yield Case(f"xirgo {_name(place)}", text.encode(), (place,), checked=False)


def rarer() -> Iterator[Case]:
    """Rarer types of dialects that other families have too."""
    for place in BOTH:
        where = struct.pack(">ii", round(place[1] * 1e7), round(place[0] * 1e7))
        inside = struct.pack(">Q", int(IMEI)) + b"\x09\1\0" + struct.pack(">I", UNIX) + where + b"\0P0301"
        frame = struct.pack(">H", len(inside)) + inside + struct.pack(">H", crc16(inside, 0x8408, 0, reflected=True))
        yield Case(f"ruptela 09 {_name(place)}", frame, (place,))
        ns, ew = sides(place)
        one = f"170524;102030;{degrees(place[0], 2)};{ns};{degrees(place[1], 3)};{ew};42;90;30;9;1.0;1;0;;NA;"
        cells = f"mcc1:1:{MCC},mnc1:1:{MNC},lac1:1:{LAC},cell_id1:1:{CID}"
        text = f"#L#{IMEI};NA\r\n#B#{one}x:1:1|{one}{cells}\r\n"
        yield Case(f"wialon B {_name(place)}", text.encode(), (place, place), cells=(CELL,), checked=False)
        numbers = f"{degrees(place[0], 2).replace('.', '')}{degrees(place[1], 3).replace('.', '')}"
        flags = 1 | (2 if ns == "N" else 0) | (4 if ew == "E" else 0)
        body = bytes.fromhex("170524102030" + numbers + f"{flags:x}4245") + struct.pack(
            ">BBIBIH", 30, 9, 1000, 90, CID, LAC
        )
        body += struct.pack(">BHH", 1, 0, 0) + b"\x0a\3" + struct.pack(">HB", MCC, MNC)
        head = struct.pack(">HH", 0x5501, len(body)) + bcd("13912345678", 6) + b"\7"
        data = head + body
        data += bytes([xor(data)])
        wire = b"~" + data.replace(b"}", b"}\1").replace(b"~", b"}\2") + b"~"
        yield Case(f"jt808 5501 {_name(place)}", wire, (place,), ("013912345678",), (CELL,))
    status = bytes.fromhex("240517102030") + struct.pack("<HH", MCC, MNC) + struct.pack("<HH", LAC, CID) + b"\xff" * 8
    body = bytearray(29)
    body[9] = 9
    message = bytes(body) + status + bytes(20)
    data = b"##\2" + struct.pack(">HH", len(message) + 15, 7) + bcd(IMEI, 8) + message
    yield Case("topflytech without a fix", data, (), cells=(CELL,), checked=False)


def castel_others() -> Iterator[Case]:
    def item(place: tuple[float, float]) -> bytes:
        flags = 0x94 | (1 if place[1] > 0 else 0) | (2 if place[0] > 0 else 0)
        return bytes((17, 5, 24, 10, 20, 30)) + struct.pack(
            "<IIHHB", *(round(abs(one) * 3.6e6) for one in place), 1166, 900, flags
        )

    def frame(start: bytes, kind: int, body: bytes) -> bytes:
        inside = start + b"213EP2013000001".ljust(20, b"\0") + struct.pack(">H", kind) + body
        inside = inside[:2] + struct.pack("<H", len(inside) + 6) + inside[2:]
        return inside + struct.pack("<H", crc16(inside, 0x8408, 0xFFFF, reflected=True, end=0xFFFF)) + b"\r\n"

    ids = ("213EP2013000001",)
    for place in BOTH:
        record = item(place) + bytes(4) + b"\x64" + bytes(4) + bytes(3) + struct.pack("<HH", LAC, CID)
        told = ((0, 0, LAC, CID),)
        yield Case(f"CC 4206 {_name(place)}", frame(b"@@\5", 0x4206, b"\0\1" + record), (place,), ids, told)
        yield Case(f"CC 4001 {_name(place)}", frame(b"@@\5", 0x4001, item(place) + bytes(12)), (place,), ids)
        for kind in (0x4001, 0x4201, 0x4202, 0x4206):
            yield Case(f"MPIP {kind:04X} {_name(place)}", frame(b"$$", kind, item(place) + bytes(12)), (place,), ids)


FAMILIES = {
    "tzone": tzone,
    "minifinder2": minifinder2,
    "arnavi": arnavi,
    "egts": egts,
    "totem": totem,
    "relays": relays,
    "rarer": rarer,
    "castel-others": castel_others,
}
