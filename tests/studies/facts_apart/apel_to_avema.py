"""Apel, Aquila, Ardi01, Arknav, Arnavi and Avema, from public descriptions.

Auro is left out: public descriptions and samples disagree about the scale of its coordinates. The cell list of Arnavi's text type
``GSMINFO`` has no description.
"""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Drawn, Place, cell, imei, minutes_pair, place, when, xor
from tests.studies.facts_apart.written import clock, nmea_line, unix, unpadded

APEL = (2**31 - 1) / 180


def _apel_frame(kind: int, body: bytes) -> bytes:
    data = struct.pack("<HH", kind, len(body)) + body
    return data + struct.pack("<I", zlib.crc32(data))


def _apel_head(one: Place) -> bytes:
    return struct.pack("<Iii", unix(one), round(one.latitude * APEL), round(one.longitude * APEL))


def _apel_current(draw: random.Random, one: Place) -> bytes:
    speed = draw.randrange(0, 12000) if one.fix else -1
    return _apel_head(one) + struct.pack("<hhh", speed, draw.randrange(0, 32000), draw.randrange(-50, 2000))


def _apel_full(draw: random.Random, one: Place) -> bytes:
    speed = draw.randrange(0, 140) if one.fix else 255
    data = struct.pack("<BBhh", speed, draw.randrange(1, 40), draw.randrange(0, 32000), draw.randrange(-50, 2000))
    data += struct.pack("<BBHIBB", draw.randrange(4, 14), draw.randrange(32), 0, draw.randrange(10**6), 1, 0)
    return _apel_head(one) + data + struct.pack("<8H3I", *(draw.randrange(4096) for _ in range(8)), 1, 2, 3)


def apel(draw: random.Random) -> Iterator[Drawn]:
    number, password = imei(draw).encode(), b"pass"
    login = struct.pack("<IH", draw.randrange(10**6), len(password)) + password
    ident = _apel_frame(12, login + struct.pack("<H", len(number)) + number)
    yield Drawn("full ident", ident, ids=(number.decode(),))
    for name, kind, block in (
        ("current", 101, _apel_current),
        ("current, alarm", 0x8000 | 101, _apel_current),
        ("full", 92, _apel_full),
    ):
        for fix in (True, False):
            one = place(draw, when(draw), fix=fix)
            yield Drawn(f"{name} {fix}", _apel_frame(kind, block(draw, one)), (one,))
    one = place(draw, when(draw))
    yield Drawn("login and current", ident + _apel_frame(101, _apel_current(draw, one)), (one,), (number.decode(),))
    ones = [place(draw, when(draw)) for _ in range(draw.randrange(2, 6))]
    body, index = struct.pack("<H", len(ones) + 1), draw.randrange(10**6)
    for step, one in enumerate(ones):
        kind, block = draw.choice(((92, _apel_full), (101, _apel_current)))
        record = block(draw, one)
        body += struct.pack("<IHH", index + step, kind, len(record)) + record
    body += struct.pack("<IHH", index + len(ones), 150, 4) + b"text"
    yield Drawn("log with a text", _apel_frame(131, body), tuple(ones))


def aquila(draw: random.Random) -> Iterator[Drawn]:
    tails = {
        "course bits": "{gsm},{speed},{odometer},0,45,{flags},1,0,0,0,{flags}",
        "course, supply, OBD": "{gsm},{speed},{odometer},{course},{flags},12400,4100,P00000,D,12,-3,980",
        "course, satellites": "{gsm},{speed},{odometer},{course},9,1.1,120,{flags},12400,4100",
        "sensor": "1,0A0B0C0D",
    }
    for name, tail in tails.items():
        for fix in (True, False):
            one, number = place(draw, when(draw), fix=fix), unpadded(draw, draw.choice((6, 10)))
            told = tail.format(
                gsm=draw.randrange(32),
                speed=draw.randrange(120),
                odometer=draw.randrange(10**6),
                course=draw.randrange(360),
                flags=",".join(draw.choices("01", k=32)),
            )
            text = (
                f"$$CLIENT{draw.randrange(9)},{number},{draw.randrange(1, 30)},{one.latitude:.6f},{one.longitude:.6f},"
            )
            text += f"{clock('%y%m%d%H%M%S', one)},{'A' if fix else 'V'},{told},"
            yield Drawn(f"{name} {fix}", f"{text}*{xor(text.encode()):02X}\r\n".encode(), (one,), (number,))


def ardi01(draw: random.Random) -> Iterator[Drawn]:
    for satellites in (draw.randrange(3, 12), draw.randrange(0, 3)):
        one, number = place(draw, when(draw), fix=satellites >= 3), imei(draw)
        text = f"{number},{clock('%Y%m%d%H%M%S', one)},{one.longitude:.6f},{one.latitude:.6f},{draw.randrange(120)},"
        text += f"{draw.randrange(360)},{draw.randrange(900)},{satellites},{draw.randrange(1, 9)},"
        text += f"{draw.randrange(100)},{draw.randrange(40)}"
        yield Drawn(f"fix {one.fix}", f"{text}\r\n".encode(), (one,), (number,))


def arknav(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        one, number = place(draw, when(draw), fix=fix), imei(draw)
        text = f"{number},05*{unpadded(draw, 3)},{draw.randrange(1000):03d},L{draw.randrange(1000):03d},{'A' if fix else 'V'},"
        text += f"{minutes_pair(one)},{draw.uniform(0, 60):.1f},"
        text += f"{draw.uniform(0, 360):.2f},{draw.uniform(0.5, 4):.1f},{clock('%H:%M:%S %d-%m-%y', one)},9.5,D1,0,79,0"
        yield Drawn(f"fix {fix}", f"{text}\r".encode(), (one,), (number,))


def _arnavi_text(draw: random.Random, one: Place, number: str, *, more: bool, height: bool) -> bytes:
    text = f"AV,V{draw.choice((3, 4))},{number},{draw.randrange(10**4)},{draw.randrange(1000, 1500)},{draw.randrange(380, 420)},"
    text += f"{draw.randrange(9)},{draw.choice('01')},{draw.choice('01')},{draw.randrange(256)},0,0,"
    text += (
        ("0,0," if more else "")
        + f"1,{draw.randrange(4, 14)},"
        + (f"{draw.uniform(0, 300):.1f},18.0," if height else "")
    )
    text += f"{clock('%H%M%S', one)},{minutes_pair(one, letter='')},"
    text += f"{draw.uniform(0, 60):.1f},{draw.uniform(0, 360):.1f},{clock('%d%m%y', one)}"
    return nmea_line(text)


def _arnavi_record(kind: int, time: int, data: bytes) -> bytes:
    """The last byte is taken as the sum of what follows the length, as the maker's paper has it."""
    counted = struct.pack("<I", time) + data
    return struct.pack("<BH", kind, len(data)) + counted + bytes((sum(counted) & 0xFF,))


def _arnavi_data(draw: random.Random, one: Place) -> bytes:
    satellites = draw.randrange(3, 8) << 4 | draw.randrange(1, 8) if one.fix else draw.choice((0xFE, 0xFF))
    motion = bytes((draw.randrange(180), draw.randrange(80), satellites, draw.randrange(60)))
    data = b"\x03" + struct.pack("<f", one.latitude) + b"\x04" + struct.pack("<f", one.longitude) + b"\x05" + motion
    data += b"\x01" + struct.pack("<HH", draw.randrange(3000, 4200), draw.randrange(11000, 15000))
    return data + b"\x97" + struct.pack("<I", draw.randrange(50, 400))


def arnavi(draw: random.Random) -> Iterator[Drawn]:
    for more in (True, False):
        for height in (True, False):
            one, number = place(draw, when(draw)), unpadded(draw, draw.choice((6, 15)))
            data = _arnavi_text(draw, one, number, more=more, height=height)
            yield Drawn(f"text, more {more}, height {height}", data, (one,), (number,))
    number = imei(draw)
    login = bytes((0xFF, draw.choice((0x22, 0x23, 0x24, 0x25)))) + struct.pack("<Q", int(number))
    yield Drawn("login", login, ids=(number,))
    for fix in (True, False):
        one = place(draw, when(draw), fix=fix)
        record = _arnavi_record(1, unix(one), _arnavi_data(draw, one))
        yield Drawn(f"login and packet {fix}", login + b"\x5b\x01" + record + b"\x5d", (one,), (number,), near=2e-5)
    ones = [place(draw, when(draw)) for _ in range(draw.randrange(2, 5))]
    records = b"".join(_arnavi_record(1, unix(one), _arnavi_data(draw, one)) for one in ones)
    records += _arnavi_record(0, unix(ones[-1]), b"")
    yield Drawn("packet of several", login + b"\x5b\x02" + records + b"\x5d", tuple(ones), (number,))
    mcc, mnc, lac, cid = cell(draw)
    one = place(draw, when(draw))
    cells = b"\x07" + struct.pack("<HH", cid, lac) + b"\x08" + struct.pack("<BHB", draw.randrange(32), mcc, mnc)
    record = _arnavi_record(1, unix(one), _arnavi_data(draw, one) + cells)
    yield Drawn("cell", login + b"\x5b\x03" + record + b"\x5d", (one,), (number,), ((mcc, mnc, lac, cid),))
    record = _arnavi_record(1, unix(one), cells)
    yield Drawn("cell alone", login + b"\x5b\x04" + record + b"\x5d", (), (number,), ((mcc, mnc, lac, cid),))


def avema(draw: random.Random) -> Iterator[Drawn]:
    for hyphen in ("-", ""):
        for tail in ("", ",4.1", ",4.1,0A1B2C3D"):
            one, number = place(draw, when(draw)), unpadded(draw, draw.choice((8, 15)))
            mcc, mnc, lac, cid = cell(draw)
            text = (
                f"{number},{clock('%Y%m%d%H%M%S', one)},{one.longitude:.6f},{one.latitude:.6f},{draw.randrange(120)},"
            )
            text += f"{draw.randrange(360)},{draw.randrange(900)},{draw.randrange(4, 12)},{draw.randrange(9)},"
            text += f"{draw.uniform(0, 9999):.1f},"
            volt = draw.choice(("V", ""))
            text += f"0,{draw.uniform(0, 30):.2f}{volt},{draw.uniform(0, 30):.2f}{volt},0,0,{draw.randrange(32)},1,"
            text += f"{mcc}{hyphen}{mnc:02d},{lac:04X},{cid:04X}{tail}\r\n"
            yield Drawn(f"cell '{hyphen}' {tail}", text.encode(), (one,), (number,), ((mcc, mnc, lac, cid),))


DIALECTS = {"apel": apel, "aquila": aquila, "ardi01": ardi01, "arknav": arknav, "arnavi": arnavi, "avema": avema}
