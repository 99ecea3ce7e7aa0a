"""Binary frames of fleet boxes: At2000, Atrack, AutoFon, AutoTrack, Bws, CalAmp, PacificTrack and Skypatrol."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from datetime import UTC, datetime

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, bcd, cell, crc16, digits, imei, place, when
from tests.studies.facts_apart.written import packed_whole, plain_time, scaled, since, unix


def at2000(draw: random.Random) -> Iterator[Drawn]:
    """AES-128-CBC with a key that is known; the block of the login is the first of the chain."""
    number, start = imei(draw), draw.randbytes(16)
    chain = Cipher(AES(bytes(range(16))), CBC(start)).encryptor()

    def head(kind: int, size: int) -> bytes:
        return bytes([kind]) + size.to_bytes(3, "little") + b"\0" * 12

    login = b"\x01" + head(1, 0x2F) + number.encode() + start + chain.update(draw.randbytes(4) + b"\0" * 12)
    yield Drawn("login", login, (), (number,))
    places, track = tuple(place(draw, when(draw)) for _ in range(3)), b""
    for index, one in enumerate(places):
        record = struct.pack("<HHqfffff", index, 0, unix(one), one.latitude, one.longitude, 120, 50, 90)
        track += record + draw.randbytes(4 * 4 + 2 * 5 + 5)
    body = chain.update(track.ljust(-len(track) % 16 + len(track), b"\0"))
    yield Drawn("session", login + head(0x89, len(track)) + body, places, (number,))


def atrack(draw: random.Random) -> Iterator[Drawn]:
    """Without a list of custom fields: with one its binary values follow in its order."""
    number = imei(draw)

    def frame(body: bytes, prefix: bytes = b"@P") -> bytes:
        rest = struct.pack(">HHQ", len(body) + 10, draw.randrange(2**16), int(number)) + body
        return prefix + struct.pack(">H", crc16(rest, 0xA001, 0, reflected=True)) + rest

    def stamp(one: Place, long: bool) -> bytes:
        assert one.time is not None
        return struct.pack(">H", one.time.year) + plain_time(one.time)[1:] if long else struct.pack(">I", unix(one))

    def record(one: Place, long: bool) -> bytes:
        data = stamp(one, long) * 3 + struct.pack(">ii", round(one.longitude * 1e6), round(one.latitude * 1e6))
        data += struct.pack(">HBIHBHBH", draw.randrange(360), 2, draw.randrange(10**6), 9, 1, draw.randrange(120), 0, 0)
        return data + b"\0" + struct.pack(">HH", 2000, 2000) + b"\0"

    for long in (False, True):
        for count, prefix in ((1, b"@P"), (3, b"@P"), (1, b"%A")):
            places = tuple(place(draw, when(draw)) for _ in range(count))
            data = frame(b"".join(record(one, long) for one in places), prefix)
            yield Drawn(f"{count}{' long' if long else ''} {prefix.decode()}", data, places, (number,))
    one, tower = place(draw, when(draw)), cell(draw)
    vin = "WVWZZZ1JZ" + digits(draw, 8)
    custom = b"%CI%SA%MV%BV%GQ%CE%LC%CN%VN\0" + struct.pack(">BHHB", 9, 124, 41, 20)
    custom += struct.pack(">IHI", tower[3], tower[2], tower[0] * 100 + tower[1]) + vin.encode() + b"\0"
    yield Drawn("custom", frame(record(one, False) + custom), (one,), (number,), (tower,), vin=vin)
    for stamps in ("unix", "digits"):
        one, more = place(draw, when(draw)), place(draw, when(draw))
        lines = "".join(text_record(draw, each, stamps) for each in (one, more))
        rest = f"{draw.randrange(1000, 9999)},{number},{lines}"
        checked = f",{len(rest) + 1},{rest}"
        data = f"@P,{crc16(checked.encode(), 0xA001, 0, reflected=True):04X}{checked}"
        yield Drawn(f"text, {stamps}", data.encode(), (one, more), (number,))
    yield Drawn("keep-alive", b"\xfe\x02" + struct.pack(">QH", int(number), 7), (), (number,))


def text_record(draw: random.Random, one: Place, stamps: str) -> str:
    shown = f"{one.time:%Y%m%d%H%M%S}" if stamps == "digits" else str(unix(one))
    return (
        f"{shown},{shown},{shown},{round(one.longitude * 1e6)},{round(one.latitude * 1e6)},{draw.randrange(360)},2,"
        f"{draw.randrange(10**6)},9,1,{draw.randrange(120)},0,0,,2000,2000,\r\n"
    )


def autofon(draw: random.Random) -> Iterator[Drawn]:
    """The last byte's check is of a kind that is not known: drawn at random. History of type 12 fills its six records."""
    number = imei(draw)

    def fixed(one: Place) -> bytes:
        time = plain_time(one.time)
        data = bytes([one.fix << 6 | draw.randrange(4, 12)]) + time[2::-1] + time[3:]
        data += struct.pack(">ii", packed_whole(one.latitude), packed_whole(one.longitude))
        return data + struct.pack(">hBBHH", draw.randrange(900), draw.randrange(60), draw.randrange(180), 110, 0)

    login = b"\x10\x01\x02" + bcd(number, 8) + draw.randbytes(1)
    yield Drawn("login 10", login, (), (number,))
    one, tower = place(draw, when(draw), fix=draw.random() < 0.8), cell(draw)
    data = (
        b"\x11"
        + draw.randbytes(1 + 8 + 1 + 2 + 1 + 6 + 24 + 1 + 1)
        + struct.pack(">HHHH", *tower)
        + fixed(one)
        + draw.randbytes(1)
    )
    assert len(data) == 78
    yield Drawn("location 11", data, (one,), (), (tower,))
    yield Drawn("session 11", login + data, (one,), (number,), (tower,))
    places, towers = tuple(place(draw, when(draw)) for _ in range(6)), tuple(cell(draw) for _ in range(6))
    data = b"\x12\x06" + struct.pack(">H", 6)
    for one, tower in zip(places, towers, strict=True):
        data += draw.randbytes(10) + struct.pack(">HHHH", *tower) + fixed(one) + draw.randbytes(1)
    data += draw.randbytes(1)
    assert len(data) == 257
    yield Drawn("history 12", login + data, places, (number,), towers)
    one = place(draw, when(draw), fix=draw.random() < 0.8)
    yield Drawn("login 41", b"\x41" + bcd(number, 8) + draw.randbytes(10), (), (number,))
    newer = b"\x41" + bcd(number, 8) + draw.randbytes(10) + newer_location(draw, one)
    yield Drawn("session 4.5", newer, (one,), (number,))


def newer_location(draw: random.Random, one: Place) -> bytes:
    data = b"\x02" + draw.randbytes(1 + 2 + 1 + 2 + 1 + 1 + 6) + bytes([one.fix << 6 | 8])
    data += int(f"{one.time:%H%M%S}").to_bytes(3, "big") + int(f"{one.time:%d%m%y}").to_bytes(3, "big")
    for value in (one.latitude, one.longitude):
        degrees, rest = divmod(round(abs(value) * 600000), 600000)
        data += bytes([degrees]) + (rest << 4 | (value > 0)).to_bytes(3, "big")
    return data + struct.pack(">BH", draw.randrange(60), draw.randrange(360)) + draw.randbytes(1)


def autotrack(draw: random.Random) -> Iterator[Drawn]:
    number, begin = imei(draw), datetime(2002, 1, 1, tzinfo=UTC)

    def frame(kind: int, body: bytes) -> bytes:
        data = b"\xf1" * 4 + bytes([kind]) + struct.pack("<H", len(body)) + body
        return data + struct.pack(">H", crc16(data, 0x1021, 0, reflected=False))

    login = frame(51, bcd(number, 8) + struct.pack("<HH", 100, 100))
    yield Drawn("login", login, (), (number,))
    for kind in (52, 66, 67):
        one = place(draw, when(draw))
        body = struct.pack("<Iii", since(one, begin), round(one.latitude * 1e7), round(one.longitude * 1e7))
        body += draw.randbytes(4 + 4) + struct.pack("<HHH", draw.randrange(120), 130, 0) + draw.randbytes(8 + 10)
        body += struct.pack("<HHH", draw.randrange(360), 0, 3) + draw.randbytes(8 + 2 + 2)
        yield Drawn(f"{kind}", frame(kind, body), (one,))
        yield Drawn(f"{kind}, session", login + frame(kind, body), (one,), (number,))


def bws(draw: random.Random) -> Iterator[Drawn]:
    """The check byte is not settled: drawn at random."""
    one, number = place(draw, when(draw), fix=draw.random() < 0.8), draw.randbytes(4)
    data = b"\x01" + number + b"\x01" + draw.randbytes(1) + struct.pack(">I", unix(one))
    data += scaled(one, 360000)
    data += struct.pack(
        ">BBHHB", one.fix << 7 | draw.randrange(4, 12), draw.randrange(120), draw.randrange(3600), 124, 41
    ) + draw.randbytes(2 + 3 + 3)
    yield Drawn("report", data + bytes([25, 20]) + draw.randbytes(1), (one,), (number.hex(),))


def calamp(draw: random.Random) -> Iterator[Drawn]:
    full, short = imei(draw), str(draw.randrange(10**9, 10**10))
    heads = {
        "ESN": (b"\x83\x05" + bcd(short, 5) + b"\x01\x01", (short,)),
        "IMEI": (b"\x83\x08" + bytes.fromhex(f"{full}f") + b"\x01\x02", (full,)),
        "routing": (b"\x8b\x05" + bcd(short, 5) + b"\x01\x01\x04" + draw.randbytes(4), (short,)),
        "none": (b"", ()),
    }
    for name, (head, ids) in heads.items():
        for kind in (2, 8, 4):
            one = place(draw, when(draw), fix=draw.random() < 0.8)
            seconds = unix(one)
            body = struct.pack(">II", seconds + draw.randrange(30), seconds) + scaled(one, 1e7)
            body += struct.pack(
                ">iIHBB",
                draw.randrange(90000),
                draw.randrange(3000),
                draw.randrange(360),
                draw.randrange(4, 12),
                0 if one.fix else 8,
            )
            body += struct.pack(">HhBBBB", 4, -draw.randrange(51, 99), 15, draw.randrange(5, 40), 1, 0)
            count = draw.randrange(4)
            counters = bytes([count, 0]) + draw.randbytes(4 * count)
            text = b"key:value,OBD:1"
            body += {
                2: bytes([draw.randrange(99), 3]) + counters,
                8: counters,
                4: b"\x01\x02" + struct.pack(">H", len(text)) + text,
            }[kind]
            yield Drawn(f"{name} {kind}", head + bytes([1, kind]) + draw.randbytes(2) + body, (one,), ids)
        if not ids:  # without a name a mini event has a time, a place and no other mark
            continue
        one = place(draw, when(draw), fix=draw.random() < 0.8)
        body = (
            struct.pack(">I", unix(one))
            + scaled(one, 1e7)
            + struct.pack(">HB", draw.randrange(360), draw.randrange(120))
        )
        body += bytes([draw.randrange(4, 12) | (0 if one.fix else 0x20), 15, 1, 3, 2]) + draw.randbytes(8)
        yield Drawn(f"{name} 10", head + b"\x01\x0a" + draw.randbytes(2) + body, (one,), ids)


def pacifictrack(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)

    def ext(value: int) -> bytes:
        return bytes([value >> 7, value & 0x7F | 0x80]) if value > 127 else bytes([value | 0x80])

    def segment(kind: int, data: bytes) -> bytes:
        return ext(kind) + ext(len(data)) + data

    def position(one: Place) -> bytes:
        assert one.time is not None
        time = one.time
        data = bytes(
            [one.fix << 4, (time.year - 2020) << 4 | time.month, time.day, time.hour, time.minute, time.second]
        )
        data += struct.pack(">II", round((one.latitude + 90) * 1e6), round((one.longitude + 180) * 1e6))
        return data + (draw.randrange(360) << 12 | draw.randrange(1200)).to_bytes(3, "big") + draw.randbytes(2)

    for name, before in (("place", b""), ("event before", segment(1, b"\x05")), ("without id", b"")):
        drawn = place(draw, when(draw), fix=draw.random() < 0.8)
        assert drawn.time is not None
        one = Place(
            drawn.latitude,
            drawn.longitude,
            drawn.time.replace(year=draw.randrange(2020, 2026), day=draw.randrange(1, 29)),
            drawn.fix,
        )
        named = segment(0x100, bytes.fromhex(f"{number}0")) if name != "without id" else b""
        body = before + segment(0x10, position(one)) + segment(0x20, draw.randbytes(4)) + named
        yield Drawn(name, b"\xfb" + b"\x01" + ext(len(body)) + body, (one,), (number,) if named else ())


def skypatrol(draw: random.Random) -> Iterator[Drawn]:
    """Fields by mask; negative values are the one's complement."""
    number = f"{draw.randrange(10**7, 10**8)}"
    for bits in (
        {23, 8, 9, 10, 11, 12, 13, 14},
        {1, 2, 3, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 20, 21, 22, 24},
        {1, 23, 8, 9, 10, 11, 14, 26, 28},
    ):
        one, towers = place(draw, when(draw), fix=draw.random() < 0.8), tuple(cell(draw) for _ in range(7))
        time, known = plain_time(one.time), number if 23 in bits else imei(draw)
        mcc, mnc, _, _ = towers[0]
        near = bytes.fromhex(f"{mcc:04d}{mnc:04d}") + struct.pack(">HHHBB", towers[0][2], towers[0][3], 60, 40, 0)
        near += b"".join(struct.pack(">HHHB", area, tower, 70, 30) for _, _, area, tower in towers[1:])
        fields = {1: draw.randbytes(4), 23: known.encode().ljust(8), 2: known.encode().ljust(22), 3: draw.randbytes(2)}
        fields |= {4: draw.randbytes(2), 5: draw.randbytes(2), 7: b"\x02", 8: time[2::-1], 9: bytes([one.fix])}
        fields |= {
            bit: struct.pack(">I", complement(value)) for bit, value in ((10, one.latitude), (11, one.longitude))
        }
        fields |= {
            12: struct.pack(">H", draw.randrange(600)),
            13: struct.pack(">H", draw.randrange(3600)),
            14: time[3:],
        }
        fields |= {
            15: b"\0\0\x40",
            16: b"\x08",
            17: b"\x10\x20",
            20: draw.randbytes(4),
            21: draw.randbytes(4),
            22: time,
        }
        fields |= {24: b"\x30\x40", 25: draw.randbytes(18), 26: near, 28: b"\0\x05"}
        body = b"".join(field for bit, field in fields.items() if bit in bits)
        data = b"\x00\x05\x02\x10\x04" + struct.pack(">I", sum(1 << bit for bit in bits)) + body
        cells = tuple((mcc, mnc, area, tower) for _, _, area, tower in towers) if 26 in bits else ()
        yield Drawn(f"{len(bits)} fields", data, (one,), (known,), cells)


def complement(value: float) -> int:
    whole = packed_whole(value)
    return whole if whole >= 0 else 0xFFFFFFFF + whole


DIALECTS: dict[str, Dialect] = {
    "at2000": at2000,
    "atrack": atrack,
    "autofon": autofon,
    "autotrack": autotrack,
    "bws": bws,
    "calamp": calamp,
    "pacifictrack": pacifictrack,
    "skypatrol": skypatrol,
}
