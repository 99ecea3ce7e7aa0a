"""Pretrace, Progress, Pt502, R16h, RaceDynamics, Ramac, Retranslator and Satsol, from public descriptions.

Progress logs are drawn as servers are said to read them, with a check value after each record. Ramac's time is in a zone that the
message does not tell and is drawn as UTC; how Satsol writes a southern or western place is not known.
"""

from __future__ import annotations

import json
import random
import struct
import zlib
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import (
    Drawn,
    Place,
    cell,
    crc16,
    imei,
    minutes,
    minutes_pair,
    place,
    sides,
    when,
    xor,
)
from tests.studies.facts_apart.written import clock, post, unix, unpadded


def pretrace(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        for tail in ("", ",P190", f",P1{draw.randrange(0x400):03X},T1{draw.randrange(0x200):03X},R{unpadded(draw, 8)}"):
            one, number = place(draw, when(draw), fix=fix), imei(draw)
            text = f"{number}U{draw.randrange(1000):03d}{draw.choice('12')}{'A' if fix else 'V'}{clock('%y%m%d%H%M%S', one)}"
            text += f"{minutes_pair(one, letter='', then='')}{draw.randrange(120):03d}"
            text += f"{draw.randrange(360):03d}"
            text += (
                f"{draw.randrange(900):03X}{draw.randrange(10**6):08X}{draw.randrange(4, 16):X}{draw.randrange(30):02d}"
            )
            text += f"{draw.randrange(32):02d}{draw.getrandbits(32):08X},&{tail.lstrip(',')}"
            yield Drawn(f"{fix} {tail[:3]}", f"({text}^{xor(text.encode()):02X})".encode(), (one,), (number,))


def _progress_frame(kind: int, body: bytes) -> bytes:
    data = struct.pack("<HH", kind, len(body)) + body
    return data + struct.pack("<I", zlib.crc32(data))


def _progress_point(draw: random.Random, one: Place, extras: int) -> bytes:
    scale = (2**31 - 1) / 180
    data = struct.pack(
        "<IIii", draw.randrange(10**6), unix(one), round(one.latitude * scale), round(one.longitude * scale)
    )
    satellites = draw.randrange(3, 12) if one.fix else draw.randrange(3)
    data += struct.pack(
        "<IHHBBI", draw.randrange(9000), draw.randrange(36000), draw.randrange(90000) & 0xFFFF, satellites, 20, 12345
    )
    data += struct.pack("<Q", extras)
    data += struct.pack("<H3H", 3, 1, 2, 3) if extras & 1 else b""
    data += struct.pack("<H", 4) + b"CANx" if extras & 2 else b""
    return data + (struct.pack("<H", 2) + b"PX" if extras & 4 else b"")


def progress(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)
    strings = [b"111", number.encode(), ("25001" + unpadded(draw, 10)).encode()]
    told = struct.pack("<I", draw.randrange(10**6)) + b"".join(struct.pack("<H", len(one)) + one for one in strings)
    login = _progress_frame(2, told)
    yield Drawn("full ident", login, ids=(number,))
    ones, records = [place(draw, when(draw)) for _ in range(3)], b""
    for step, one in enumerate(ones):
        point = _progress_point(draw, one, draw.choice((0, 1, 7)))[4:]
        record = struct.pack("<I", step) + point
        records += struct.pack("<HH", 10, len(record)) + record + struct.pack("<I", zlib.crc32(record))
    yield Drawn("log", login + _progress_frame(101, struct.pack("<H", len(ones)) + records), tuple(ones), (number,))
    for kind in (10, 200):
        for extras in (0, 1, 2, 7):
            for fix in (True, False):
                one = place(draw, when(draw), fix=fix)
                frame = _progress_frame(kind, _progress_point(draw, one, extras))
                yield Drawn(f"type {kind}, extras {extras}, fix {fix}", login + frame, (one,), (number,))
                yield Drawn(f"type {kind}, extras {extras}, fix {fix}, alone", frame, (one,))


def _pt502_line(draw: random.Random, kind: str, one: Place, number: str, *, short: bool) -> str:
    north, east = sides(one)
    longitude = minutes(one.longitude, 3).lstrip("0") if short else minutes(one.longitude, 3)
    motion = "," if draw.random() < 0.3 else f"{draw.uniform(0, 60):.2f},{draw.uniform(0, 360):.2f}"
    text = f"${kind},{number},{clock('%H%M%S.000', one)},{'A' if one.fix else 'V'},{minutes(one.latitude, 2)},"
    text += f"{north},{longitude},{east},"
    text += f"{motion},{clock('%d%m%y', one)},,{draw.choice((',A', ',N', ','))}/"
    text += f"{''.join(draw.choices('01', k=5))},{''.join(draw.choices('01', k=5))}/{draw.randrange(4096):X},"
    text += f"{draw.randrange(4096):X},0/"
    return text + f"{draw.randrange(10**7)}/{draw.choice(('', unpadded(draw, 8)))}/{draw.randrange(4096):03x}/"


def pt502(draw: random.Random) -> Iterator[Drawn]:
    for kind in ("POS", "IN1", "GOF", "TOW", "HDA", "HDB", "FDA", "SKA", "PMA", "CPA", "DFR", "PHO3-1"):
        one, number = place(draw, when(draw), fix=draw.random() < 0.7), unpadded(draw, draw.choice((6, 10, 15)))
        short = draw.random() < 0.3
        line = _pt502_line(draw, kind, one, number, short=short).encode() + b"\r\n"
        yield Drawn(f"{kind} {one.fix} {short}", line, (one,), (number,))
    wrapped = b"\xbf\x00\x00" + struct.pack("<H", len(line) + 5) + line
    yield Drawn("wrapped", wrapped, (one,), (number,))


def r16h(draw: random.Random) -> Iterator[Drawn]:
    number, (mcc, mnc, lac, cid) = imei(draw), cell(draw)
    yield Drawn("login", f"@LINK,{number}$".encode(), ids=(number,))
    for live in "RS":
        for alarm in ("", "SOS", "LBT", "ULK"):
            one = place(draw, when(draw))
            north, east = sides(one)
            text = f"@GPSD,{number},{live},{clock('%Y%m%d,%H%M%S', one)},{abs(one.latitude):.6f},{north},"
            text += f"{abs(one.longitude):.6f},{east},"
            text += f"{draw.uniform(0, 99):.1f},{draw.randrange(360)},{draw.randrange(900)},{draw.randrange(100)}"
            text += f",{draw.choice('LR')},{alarm}$"
            yield Drawn(f"GPS {live} {alarm}", text.encode(), (one,), (number,))
            text = f"@LBSD,{number},{live},{when(draw):%Y%m%d,%H%M%S},{mcc}-{mnc}-{lac:X}-{cid:X}:{draw.choice((31, -71))},,,"
            text += f"{draw.randrange(100)},{draw.choice('LR')},{alarm}$"
            yield Drawn(f"cell {live} {alarm}", text.encode(), (), (number,), ((mcc, mnc, lac, cid),))


def _race_record(draw: random.Random, one: Place) -> str:
    text = f"{clock('%H%M%S', one)},{'A' if one.fix else 'V'},{minutes_pair(one)},"
    text += f"{draw.randrange(120):03d},{clock('%d%m%y', one)},{draw.randrange(900):04d},"
    text += f"{draw.randrange(3, 12):02d},1,{draw.randrange(10**5):05d},%,"
    text += f"{draw.getrandbits(64):016X},000,000,0,0,1,{draw.randrange(600, 1400):04d},0,"
    text += f"{draw.randrange(300, 420)},0,255,000,0,000,3258,"
    return text + "000,000,00,0000,000,00000,0,F3VF01,%"


def racedynamics(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)
    login = f"$GPRMC,12,{when(draw):%d%m%y,%H%M%S},{number},\r\n"
    yield Drawn("login", login.encode(), ids=(number,))
    for count in (1, 3):
        ones = [place(draw, when(draw), fix=draw.random() < 0.8) for _ in range(count)]
        told = ",#,#,".join(_race_record(draw, one) for one in ones)
        text = f"$GPRMC,15,{count:02d},H,#,{told},#,#\r\n"
        yield Drawn(f"{count}", text.encode(), tuple(ones))
        cut = text[: text.rindex(",F3VF01")][:-40]
        yield Drawn(f"{count}, cut", f"{cut}\r\n".encode(), tuple(ones))
        yield Drawn(f"login and {count}", f"{login}{text}".encode(), tuple(ones), (number,))


def ramac(draw: random.Random) -> Iterator[Drawn]:
    one, number, later = place(draw, when(draw)), unpadded(draw, 7), when(draw)
    base: dict[str, object] = {
        "DeviceId": number,
        "PacketType": 3,
        "SeqNumber": draw.randrange(999),
        "UpdateDate": f"{later:%Y-%m-%d %H:%M:%S}",
    }
    base |= {
        "Alert": 1,
        "AlertMessage": "Motion",
        "Event": 2,
        "GpsEvent": 4,
        "DeviceTypeText": "RAMAC",
        "BatteryPercentage": 80,
    }
    where = {"LocationDateTime": clock("%Y-%m-%d %H:%M:%S", one), "Latitude": one.latitude, "Longitude": one.longitude}
    yield Drawn("position", post(json.dumps(base | where)), (one,), (number,))
    yield Drawn("status", post(json.dumps(base)), ids=(number,))


def _relay_block(kind: int, name: str, value: bytes) -> bytes:
    told = bytes((0, kind)) + name.encode() + b"\0" + value
    return struct.pack(">HI", 0x0BBB, len(told)) + told


def _posinfo(draw: random.Random, one: Place) -> bytes:
    where = struct.pack("<ddd", one.longitude, one.latitude, draw.uniform(0, 900))
    where += struct.pack(">hhB", draw.randrange(120), draw.randrange(360), draw.randrange(4, 12))
    return _relay_block(2, "posinfo", where)


def retranslator(draw: random.Random) -> Iterator[Drawn]:
    one, number = place(draw, when(draw)), imei(draw)
    for name, blocks in (("position", 0), ("position and sensors", 1), ("sensors before", 2)):
        info = _posinfo(draw, one)
        sensors = _relay_block(4, "pwr_ext", struct.pack("<d", 12.6)) + _relay_block(
            3, "avl_inputs", struct.pack(">i", 3)
        )
        sensors += _relay_block(1, "driver", b"Kim\0") + _relay_block(5, "odo", struct.pack(">q", 123456))
        body = (info, info + sensors, sensors + info)[blocks]
        data = number.encode() + b"\0" + struct.pack(">II", unix(one), 3) + body
        yield Drawn(name, struct.pack("<I", len(data)) + data, (one,), (number,))
        other, another = place(draw, when(draw)), imei(draw)
        second = another.encode() + b"\0" + struct.pack(">II", unix(other), 1)
        second += _relay_block(1, "driver", b"Kim\0") + _posinfo(draw, other)
        both = struct.pack("<I", len(data)) + data + struct.pack("<I", len(second)) + second
        yield Drawn(f"{name}, two cars", both, (one, other), (number, another))


def _satsol_record(draw: random.Random, number: int, kind: int, one: Place, tail: bytes) -> bytes:
    data = struct.pack("<HHHI", number, kind, len(tail), unix(one)) + struct.pack(
        "<II", round(one.latitude * 1e6), round(one.longitude * 1e6)
    )
    data += struct.pack(
        "<HhHBBBB", draw.randrange(9000), draw.randrange(900), draw.randrange(360), one.fix, draw.randrange(4, 12), 1, 0
    )
    return struct.pack("<H", crc16(data + tail, 0x1021, 0xFFFF, reflected=False)) + data + tail


def satsol(draw: random.Random) -> Iterator[Drawn]:
    for count in (1, 4):
        number, mobile, ones, records = draw.randrange(10**5, 10**8), imei(draw), [], b""
        for step in range(count):
            some = place(draw, when(draw))
            one = Place(abs(some.latitude), abs(some.longitude), some.time, draw.random() < 0.7)
            ones.append(one)
            login = f"\1\1\x10{mobile}\0893{unpadded(draw, 16)}\0{'25702' + unpadded(draw, 10)}\0net\0".encode()
            kind, tail = (3, login) if step == 0 else (draw.choice((0x20, 1)), draw.randbytes(draw.randrange(12)))
            records += _satsol_record(draw, 100 + step, kind, one, tail)
        data = b"\xbf\x4c" + struct.pack("<IH", number, len(records)) + records
        frame = struct.pack("<H", crc16(data, 0x1021, 0xFFFF, reflected=False)) + data
        yield Drawn(f"{count}", frame, tuple(ones), (str(number), mobile))


DIALECTS = {
    "pretrace": pretrace,
    "progress": progress,
    "pt502": pt502,
    "r16h": r16h,
    "racedynamics": racedynamics,
    "ramac": ramac,
    "retranslator": retranslator,
    "satsol": satsol,
}
