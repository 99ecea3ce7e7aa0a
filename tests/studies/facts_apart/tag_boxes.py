"""Boxes whose frames chain masks or records: Astra, Bce, FleetGuide, Iotm, Naviset and Orion (public descriptions)."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, cell, crc16, imei, place, when
from tests.studies.facts_apart.written import packed_whole, plain_time, scaled, since, unix


def micro(one: Place, order: str = "<") -> bytes:
    """Latitude then longitude, millionths of a degree."""
    return scaled(one, 1e6, f"{order}ii")


def modbus(data: bytes) -> int:
    return crc16(data, 0xA001, 0xFFFF, reflected=True)


def astra(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)
    unit = struct.pack(">I", int(number[:8])) + int(number[8:]).to_bytes(3, "big")
    epoch = datetime(1980, 1, 6, tzinfo=UTC)

    def frame(letter: bytes, body: bytes) -> bytes:
        data = letter + struct.pack(">H", len(body) + 5) + body
        return data + struct.pack(">H", modbus(data))

    def old(one: Place, driver: bool) -> bytes:
        record = bytes([draw.randrange(256)]) + micro(one, ">") + struct.pack(">I", since(one, epoch))
        record += bytes([draw.randrange(70), draw.randrange(180)]) + draw.randbytes(3)
        record += struct.pack(">H", 0x0100 if driver else 0) + draw.randbytes(16) + bytes([0x59, 0])
        return record + (b"DRIVER7" + draw.randbytes(5) if driver else b"")

    for driver, count in ((False, 1), (False, 3), (True, 1), (True, 2)):
        places = tuple(place(draw, when(draw)) for _ in range(count))
        data = frame(b"K", unit + b"".join(old(one, driver) for one in places))
        yield Drawn(f"K {count}{', driver' if driver else ''}", data, places, (number,))

    def new(one: Place, mask: int) -> bytes:
        record = bytes([draw.randrange(256)]) + mask.to_bytes(6, "big") + struct.pack(">I", since(one, epoch) + 2)
        record += draw.randbytes(6)
        fixed = struct.pack(">I", since(one, epoch)) + micro(one, ">") + draw.randbytes(6)
        blocks = {
            0: draw.randbytes(2),
            1: fixed,
            2: draw.randbytes(4),
            3: draw.randbytes(4),
            4: draw.randbytes(8),
            5: b"\x59",
        }
        blocks |= {6: struct.pack(">HH", 262, 2), 7: b"\x10", 8: b"DRIVER789", 9: draw.randbytes(12)}
        return record + b"".join(block for bit, block in blocks.items() if mask >> bit & 1)

    for mask in (0x02, 0x03, 0x23, 0x63, 0x3FF):
        places = tuple(place(draw, when(draw)) for _ in range(draw.randrange(1, 4)))
        data = frame(b"X", bytes([len(places)]) + unit + b"".join(new(one, mask) for one in places))
        yield Drawn(f"X {mask:X}", data, places, (number,))
    data = frame(b"X", b"\x01" + unit + new(place(draw, when(draw)), 0x21))
    yield Drawn("X without a place", data, (), (number,))


def bce(draw: random.Random) -> Iterator[Drawn]:
    """Even seconds from 2008, in 28 bits that began again in January 2025."""
    number = imei(draw)
    begin = datetime(2008, 1, 1, tzinfo=UTC)

    def moment() -> datetime:
        return begin + timedelta(
            seconds=2 * draw.choice((draw.randrange(10**8, 250_000_000), draw.randrange(2**28, 300_000_000)))
        )

    def structure(one: Place, mask: int) -> tuple[bytes, tuple[int, int, int, int] | None]:
        tower = (*cell(draw)[:1], draw.randrange(1, 99), *cell(draw)[2:])
        sizes = {1: 2, **dict.fromkeys(range(2, 10), 2), 10: 4, 11: 4, 12: 2, 13: 2}
        body = struct.pack("<I", (since(one, begin) // 2 << 4 | 7) & 0xFFFFFFFF) + struct.pack("<H", mask)
        if mask & 1:
            body += struct.pack("<ff", one.longitude, one.latitude) + draw.randbytes(3) + draw.randbytes(6)
        body += b"".join(draw.randbytes(size) for bit, size in sizes.items() if mask >> bit & 1)
        if mask >> 14 & 1:
            body += struct.pack("<HBHHBB", *tower, 1, 70)
        return bytes([len(body)]) + body, tower if mask >> 14 & 1 else None

    def packet(*parts: tuple[int, list[bytes]]) -> bytes:
        data = struct.pack("<Q", int(number))
        for kind, structures in parts:
            body = bytes([kind, 0x80 | draw.randrange(128)]) + b"".join(structures)
            data += struct.pack("<H", len(body)) + body
        return data + bytes([sum(data) & 0xFF])

    for kind in (0xA5, 0xA0):
        for mask in (0x0001, 0x4001, 0x4003, 0x7C3F, 0x4000):
            for greeted in (True, False):
                made = [
                    (one, *structure(one, mask)) for one in (place(draw, moment()) for _ in range(draw.randrange(1, 4)))
                ]
                data = (b"#BCE#\r\n" if greeted else b"") + packet((kind, [part for _, part, _ in made]))
                places = tuple(one for one, _, _ in made) if mask & 1 else ()
                towers = tuple(tower for _, _, tower in made if tower)
                shown = f"{kind:02X} {mask:04X}{' greeted' if greeted else ''}"
                yield Drawn(shown, data, places, (number,), towers)
    places = tuple(place(draw, moment()) for _ in range(3))
    first, second, third = (structure(one, 0x0001)[0] for one in places)
    yield Drawn("two parts", packet((0xA5, [first, second]), (0xA0, [third])), places, (number,))


def fleetguide(draw: random.Random) -> Iterator[Drawn]:
    """The compressed form is drawn with copied bytes alone: an escape of the marker is all it needs."""
    number = draw.randrange(10**5, 2**31)
    begin = datetime(2010, 1, 1, tzinfo=UTC)

    def frame(data: bytes, *, named: bool, typed: bool, acked: bool, packed: bool) -> bytes:
        if packed:
            marker = b"\x9d"
            data = marker + data.replace(marker, marker + b"\0")
        options = len(data) | named << 11 | typed << 12 | acked << 13 | packed << 14
        body = struct.pack("<H", options) + (struct.pack("<I", number) if named else b"") + (b"\x13" if typed else b"")
        body += (draw.randbytes(2) if acked else b"") + data
        return b"S" + body + struct.pack("<H", crc16(body, 0x1021, 0xFFFF, reflected=False))

    def part(kind: int, data: bytes) -> bytes:
        return struct.pack("<H", kind << 10 | len(data)) + data

    def point(one: Place, altitude: bool) -> bytes:
        limit = 2**32 - 1
        data = struct.pack("<II", round(abs(one.latitude) / 90 * limit), round(abs(one.longitude) / 180 * limit))
        data += struct.pack("<H", draw.randrange(1200) | (one.latitude < 0) << 14 | (one.longitude < 0) << 15)
        data += struct.pack("<H", draw.randrange(360) | 1 << 9 | draw.randrange(4, 14) << 11)
        data += struct.pack("<H", draw.randrange(900)) if altitude else b""
        return (
            part(0, struct.pack("<I", since(one, begin)) + draw.randbytes(3))
            + part(1, data)
            + part(3, draw.randbytes(4))
            + part(8, draw.randbytes(4))
        )

    for altitude in (True, False):
        for count in (1, 3):
            for packed in (False, True):
                places = tuple(place(draw, when(draw)) for _ in range(count))
                data = b"".join(point(one, altitude) for one in places)
                shown = f"{count}{', altitude' if altitude else ''}{', packed' if packed else ''}"
                message = frame(data, named=True, typed=True, acked=draw.random() < 0.5, packed=packed)
                yield Drawn(shown, message, places, (str(number),))
    one = place(draw, when(draw))
    yield Drawn("without id", frame(point(one, True), named=False, typed=True, acked=True, packed=False), (one,))


def iotm(draw: random.Random) -> Iterator[Drawn]:
    """MQTT 3.1.1: CONNECT with the IMEI as client id, then PUBLISH with records."""
    number = imei(draw)
    connect = b"\x00\x04MQTT\x04\x02\x00\x3c" + struct.pack(">H", 15) + number.encode()

    def publish(payload: bytes) -> bytes:
        topic = b"device/data"
        body = struct.pack(">H", len(topic)) + topic + payload
        size = bytes([len(body)]) if len(body) < 128 else bytes([len(body) & 0x7F | 0x80, len(body) >> 7])
        return b"\x30" + size + body

    def part(kind: int, data: bytes) -> bytes:
        return bytes([kind]) + struct.pack("<H", len(data)) + data

    def sensor(kind: int, name: int, value: bytes = b"") -> bytes:
        return bytes([kind]) + struct.pack("<H", name) + value

    others = [
        sensor(1, 0x006D),
        sensor(4, 0x2001, b"\x09"),
        sensor(5, 0x3000, draw.randbytes(2)),
        sensor(12, 0x3004, b"\0\0\x80\x40"),
    ]
    others += [
        sensor(0, 0x0008),
        sensor(6, 0x5001, draw.randbytes(4)),
        sensor(32, 0x5000, b"\x03abc"),
        sensor(64, 0x5002, b"\x02\0hi"),
    ]
    for count in (1, 3):
        places, records = tuple(place(draw, when(draw)) for _ in range(count)), b""
        for one in places:
            seen = sensor(14, 0x0001, struct.pack("<ff", one.latitude, one.longitude) + draw.randbytes(8))
            chosen = draw.sample(others, 4)
            chosen.insert(draw.randrange(5), seen)
            records += part(1, struct.pack("<I", unix(one)) + b"".join(chosen))
        payload = b"\x02" + part(2, struct.pack("<Q", int(number))) + records
        message = publish(payload + bytes([sum(payload) & 0xFF]))
        yield Drawn(f"{count} points", message, places, (number,))
        yield Drawn(f"session, {count} points", b"\x10" + bytes([len(connect)]) + connect + message, places, (number,))


def naviset(draw: random.Random) -> Iterator[Drawn]:
    """No form of a southern or western place is known."""
    number, unit = imei(draw), draw.randrange(1, 2**16)

    def frame(kind: int, body: bytes) -> bytes:
        data = struct.pack("<HH", len(body) + 2 | kind << 14, unit) + body
        return data + struct.pack("<H", modbus(data))

    sizes = {0: 1, 1: 2, 2: 2, 3: 1, 4: 4, 5: 2, 6: 4, 7: 6}
    sizes_adc = dict.fromkeys(range(8), 2)
    header = frame(0, number.encode())
    yield Drawn("header", header, (), (number,))
    for blocks, fields in ((0, 0), (1, 0x01), (1, 0x5F), (1, 0xFF), (3, 0x1F)):
        places, body = [], bytes([blocks])
        for index in range(draw.randrange(1, 4)):
            drawn = place(draw, when(draw), fix=not (blocks and fields & 1) or draw.random() < 0.7)
            one = Place(abs(drawn.latitude), abs(drawn.longitude), drawn.time, drawn.fix)
            places.append(one)
            body += struct.pack("<H", 700 + index) + b"\x00" + struct.pack("<I", unix(one)) + micro(one)
            body += struct.pack("<H", draw.randrange(1200))
            if blocks & 1:
                body += bytes([fields])
                seen = bytes([one.fix << 7 | draw.randrange(4, 14)])
                body += b"".join(
                    seen if bit == 0 else draw.randbytes(size) for bit, size in sizes.items() if fields >> bit & 1
                )
            if blocks & 2:
                body += b"\x03" + b"".join(draw.randbytes(sizes_adc[bit]) for bit in (0, 1))
        shown = f"{blocks} {fields:02X}"
        yield Drawn(shown, frame(1, body), tuple(places))
        yield Drawn(f"session {shown}", header + frame(1, body), tuple(places), (number,))


def orion(draw: random.Random) -> Iterator[Drawn]:
    number = draw.randrange(10**6, 2**31)

    def record(one: Place, more: int) -> bytes:
        data = struct.pack("<Hii", draw.randrange(2**16), packed_whole(one.latitude), packed_whole(one.longitude))
        data += struct.pack("<hHH", draw.randrange(9000), draw.randrange(360), draw.randrange(1200))
        data += plain_time(one.time)
        data += bytes([draw.randrange(3, 12) if one.fix else draw.randrange(3)]) + draw.randbytes(more)
        return bytes([draw.randrange(1, 30), len(data) + 2]) + data

    for count, more in ((1, 0), (1, 8), (3, 0), (3, 6)):
        places = tuple(place(draw, when(draw), fix=draw.random() < 0.8) for _ in range(count))
        body = b"PW" + bytes([0x20 * draw.randrange(2), 0x40 * draw.randrange(2) | count]) + struct.pack(">I", number)
        body += b"".join(record(one, more) for one in places)
        data = body + struct.pack("<H", crc16(body, 0x1021, 0, reflected=False))
        yield Drawn(f"{count} records, {more} more", data, places, (str(number),))


DIALECTS: dict[str, Dialect] = {
    "astra": astra,
    "bce": bce,
    "fleetguide": fleetguide,
    "iotm": iotm,
    "naviset": naviset,
    "orion": orion,
}
