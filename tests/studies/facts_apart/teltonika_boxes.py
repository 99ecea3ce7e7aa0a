"""Teltonika's codecs 8, 8 Extended, 16 and the texts of 12 and 13, over TCP and UDP (public descriptions)."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, cell, crc16, digits, imei, place, when
from tests.studies.facts_apart.written import unix

Groups = tuple[list[tuple[int, bytes]], ...]


def io(draw: random.Random, tower: tuple[int, int, int, int] | None) -> Groups:
    """Groups of 1, 2, 4 and 8 bytes; 205, 206 and 241 are the cell, the area and the operator."""
    groups: Groups = (
        [(239, b"\x01"), (21, b"\x04")],
        [(66, draw.randbytes(2))],
        [(199, draw.randbytes(4))],
        [(78, draw.randbytes(8))],
    )
    if tower is not None:
        groups[1].extend([(205, struct.pack(">H", tower[3])), (206, struct.pack(">H", tower[2]))])
        groups[2].append((241, struct.pack(">I", tower[0] * 100 + tower[1])))
    return groups


def record(
    draw: random.Random, codec: int, one: Place, groups: Groups, sized: tuple[tuple[int, bytes], ...] = ()
) -> bytes:
    """``sized`` values are of 8 Extended alone."""
    form = ">B" if codec == 8 else ">H"
    number = ">H" if codec == 0x8E else ">B"
    total = sum(map(len, groups)) + len(sized)
    data = struct.pack(">QB", unix(one) * 1000, draw.randrange(3))
    data += struct.pack(
        ">iihHBH",
        round(one.longitude * 1e7),
        round(one.latitude * 1e7),
        draw.randrange(900),
        draw.randrange(360),
        draw.randrange(4, 14) if one.fix else 0,
        draw.randrange(120),
    )
    data += struct.pack(form, 239) + (bytes([draw.randrange(7)]) if codec == 16 else b"") + struct.pack(number, total)
    for group in groups:
        data += struct.pack(number, len(group)) + b"".join(struct.pack(form, name) + value for name, value in group)
    if codec == 0x8E:
        data += struct.pack(">H", len(sized)) + b"".join(
            struct.pack(">HH", name, len(value)) + value for name, value in sized
        )
    return data


def tcp(codec: int, count: int, body: bytes) -> bytes:
    data = bytes([codec, count]) + body + bytes([count])
    return struct.pack(">II", 0, len(data)) + data + struct.pack(">I", crc16(data, 0xA001, 0, reflected=True))


def udp(number: str, codec: int, count: int, body: bytes) -> bytes:
    data = (
        struct.pack(">HBB", 0xCAFE, 1, 5)
        + struct.pack(">H", 15)
        + number.encode()
        + bytes([codec, count])
        + body
        + bytes([count])
    )
    return struct.pack(">H", len(data)) + data


def teltonika(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)
    login = b"\x00\x0f" + number.encode()
    yield Drawn("login", login, (), (number,))
    for codec in (8, 0x8E, 16):
        for count in (1, 5):
            for with_cell in (False, True):
                places = tuple(place(draw, when(draw), fix=draw.random() < 0.8) for _ in range(count))
                towers = tuple(cell(draw) for _ in range(count)) if with_cell else ()
                made = [io(draw, towers[index] if with_cell else None) for index in range(count)]
                body = b"".join(record(draw, codec, one, groups) for one, groups in zip(places, made, strict=True))
                shown = f"{codec:X} {count}{' cell' if with_cell else ''}"
                yield Drawn(f"TCP {shown}", tcp(codec, count, body), places, (), towers)
                yield Drawn(f"session {shown}", login + tcp(codec, count, body), places, (number,), towers)
                yield Drawn(f"UDP {shown}", udp(number, codec, count, body), places, (number,), towers)
        nowhere = Place(0, 0, when(draw), fix=False)
        empty = record(draw, codec, nowhere, io(draw, None))
        yield Drawn(f"{codec:X} no place", login + tcp(codec, 1, empty), (nowhere,), (number,))
    one = place(draw, when(draw))
    vin = "WVWZZZ1JZ" + digits(draw, 8)
    body = record(draw, 0x8E, one, io(draw, None), ((256, vin.encode()), (385, draw.randbytes(9))))
    yield Drawn("8E VIN", login + tcp(0x8E, 1, body), (one,), (number,), vin=vin)
    for codec in (12, 13):
        text = b"Data Link: 1 GPRS: 1 Phone: 0 SIM: 0 OP: 24602"
        stamp = struct.pack(">I", 1_600_000_000) if codec == 13 else b""
        body = b"\x06" + struct.pack(">I", len(stamp + text)) + stamp + text
        yield Drawn(f"{codec} text", login + tcp(codec, 1, body), (), (number,))


DIALECTS: dict[str, Dialect] = {"teltonika": teltonika}
