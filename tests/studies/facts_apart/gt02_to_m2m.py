"""Gt02, Intellitrac, Jt600, Laipac and M2m, from public descriptions.

The order of the fields around the binary block of a Jt600 ``WLNET`` message is not described and is left out, as is the cell
information of M2m.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Drawn, Place, bcd, cell, imei, minutes, minutes_pair, place, sides, when
from tests.studies.facts_apart.written import clock, nmea_line, packed, plain_time, unpadded


def _gt02_frame(draw: random.Random, number: str, kind: int, body: bytes) -> bytes:
    data = (
        bytes((draw.randrange(7), draw.randrange(5)))
        + bcd(number, 8)
        + struct.pack(">HB", draw.randrange(65536), kind)
        + body
    )
    return b"\x68\x68" + bytes((len(data),)) + data + b"\x0d\x0a"


def gt02(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        one, number = place(draw, when(draw), fix=fix), imei(draw)
        pair = struct.pack(">II", round(abs(one.latitude) * 1800000), round(abs(one.longitude) * 1800000))
        flags = fix | (one.latitude > 0) << 1 | (one.longitude > 0) << 2
        tail = struct.pack(">BH3xI", draw.randrange(120), draw.randrange(360), flags)
        yield Drawn(
            f"position {fix}",
            _gt02_frame(draw, number, 0x10, plain_time(one.time) + pair + tail),
            (one,),
            (number,),
        )
    yield Drawn("heartbeat", _gt02_frame(draw, number, 0x1A, bytes((4, 21, 30, 12, 9))), ids=(number,))
    yield Drawn("text answer", _gt02_frame(draw, number, 0x1C, b"\x05OK123"), ids=(number,))


def intellitrac(draw: random.Random) -> Iterator[Drawn]:
    tails = {
        "short": "",
        "adc": ",12.53,0.01",
        "J1939": f",12.53,0.01,{when(draw):%Y%m%d%H%M%S},60,1500,88,45,12.1,30,1.1,20,3000,{draw.randrange(10**6)}",
    }
    sync = bytes.fromhex("faf8") + draw.randbytes(2) + bytes.fromhex("8160333c")
    for name, tail in tails.items():
        one, number = place(draw, when(draw)), unpadded(draw, 10)
        text = f"{number},{clock('%Y%m%d%H%M%S', one)},{one.longitude:.5f},{one.latitude:.5f},"
        text += f"{draw.randrange(120)},{draw.randrange(360)},"
        text += f"{draw.randrange(900)},{draw.randrange(4, 12)},{draw.choice((2, 3, 164, 170, 995))},"
        text += f"{draw.randrange(4)},0{tail}\r\n"
        yield Drawn(name, text.encode(), (one,), (number,))
        yield Drawn(f"{name}, sync before", sync + text.encode(), (one,), (number,))


def _jt600_block(draw: random.Random, one: Place) -> bytes:
    flags = one.fix | (one.latitude > 0) << 1 | (one.longitude > 0) << 2
    data = clock("%d%m%y%H%M%S", one) + packed(one.latitude, 2) + packed(one.longitude, 3) + f"{flags:X}"
    return bytes.fromhex(data + f"{draw.randrange(99):02d}") + bytes((draw.randrange(180),))


def _jt600_long(draw: random.Random, one: Place, lac: int, cid: int) -> bytes:
    tail = struct.pack(
        ">IBIHB", draw.randrange(10**5), draw.randrange(4, 12), draw.randrange(999), 0, draw.randrange(100)
    )
    return _jt600_block(draw, one) + tail + struct.pack(">HHB", cid, lac, draw.randrange(32))


def _jt600_binary(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        one, number, (_, _, lac, cid) = place(draw, when(draw), fix=fix), unpadded(draw, 10), cell(draw)
        body = _jt600_long(draw, one, lac, cid)
        data = b"$" + bcd(number, 5) + bytes((0x11, 0x01)) + struct.pack(">H", len(body) + 1) + body + b"\x05"
        yield Drawn(f"long {fix}", data, (one,), (number,), ((0, 0, lac, cid),))
        told = struct.pack(">BBBHHHB", draw.randrange(4, 12), 120, 0, draw.randrange(900), cid, lac, draw.randrange(32))
        body = _jt600_block(draw, one) + told
        data = b"$" + bcd(number, 5) + b"\x11" + struct.pack(">H", len(body)) + body + b"\x07"
        yield Drawn(f"short 1 {fix}", data, (one,), (number,), ((0, 0, lac, cid),))
        for version in (2, 3):
            body = _jt600_block(draw, one) + draw.randbytes(10)
            data = b"$" + bcd(number, 5) + bytes((version << 4 | 1,)) + struct.pack(">H", len(body)) + body + b"\x07"
            yield Drawn(f"short {version} {fix}", data, (one,), (number,))
    for version in (0x17, 0x19):
        body = _jt600_long(draw, one, lac, cid) + draw.randbytes(draw.randrange(3, 15))
        data = b"$" + bcd(number, 5) + bytes((version, 0x01)) + struct.pack(">H", len(body) + 1) + body + b"\x05"
        yield Drawn(f"long, version {version:x}", data, (one,), (number,), ((0, 0, lac, cid),))
    ones = [place(draw, when(draw)) for _ in range(3)]
    body = b"".join(_jt600_long(draw, one, lac, cid) for one in ones)
    data = b"$" + bcd(number, 5) + bytes((0x11, 0x01)) + struct.pack(">H", len(body) + 1) + body + b"\x05"
    yield Drawn("long, several", data, tuple(ones), (number,), ((0, 0, lac, cid),))


def _jt600_text(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        one, number, (_, _, lac, cid) = place(draw, when(draw), fix=fix), unpadded(draw, 10), cell(draw)
        north, east = sides(one)
        text = f"({number},W01,{minutes(one.longitude, 3)},{east},{minutes(one.latitude, 2)},{north},{'A' if fix else 'V'},"
        text += f"{clock('%d%m%y,%H%M%S', one)},{draw.randrange(120)},{draw.randrange(360)},90,8,21,0)"
        yield Drawn(f"W01 {fix}", text.encode(), (one,), (number,))
        pair = f"{abs(one.latitude):.6f},{north},{abs(one.longitude):.6f},{east}"
        for kind, alarm in (("U01", ""), ("U02", ""), ("U06", f"{draw.randrange(1, 9)},")):
            text = f"({number},{kind},{alarm}{clock('%d%m%y,%H%M%S', one)},{'T' if fix else 'F'},{pair},{draw.randrange(60)},"
            text += f"{draw.randrange(360)},{draw.randrange(4, 12)},{draw.randrange(100)}%,00001011000000,{cid},"
            text += f"{lac},{draw.randrange(32)},"
            text += f"{draw.uniform(0, 9999):.2f},{draw.randrange(999)}{draw.choice(('', ',8A'))})"
            yield Drawn(f"{kind} {fix}", text.encode(), (one,), (number,), ((0, 0, lac, cid),))
        text = f"({number},P45,{clock('%d%m%y,%H%M%S', one)},{pair},{'A' if fix else 'V'},{draw.randrange(60)},"
        text += f"{draw.randrange(360)},"
        text += f"{draw.randrange(1, 9)},0,{unpadded(draw, 10)},1,0,0,34,0)"
        yield Drawn(f"P45 {fix}", text.encode(), (one,), (number,))


def jt600(draw: random.Random) -> Iterator[Drawn]:
    yield from _jt600_binary(draw)
    yield from _jt600_text(draw)


def laipac(draw: random.Random) -> Iterator[Drawn]:
    for status in "ARPVarpv":
        number, (mcc, mnc, lac, cid) = (
            draw.choice((imei(draw), unpadded(draw, 8), f"MSG{draw.randrange(99999):05d}")),
            cell(draw),
        )
        one = place(draw, when(draw), fix=status not in "Vv")
        text = f"AVRMC,{number},{clock('%H%M%S', one)},{status},{minutes_pair(one)},"
        text += f"{draw.uniform(0, 60):.2f},{draw.uniform(0, 360):.2f},{clock('%d%m%y', one)},{draw.choice('03XZhT')},"
        text += f"{draw.choice(('3727', '3.727'))},{draw.randrange(999)},1,0,0"
        yield Drawn(f"{status}, no cell", nmea_line(text), (one,), (number,))
        whole = f"{text},{lac:04X}{cid:04X},{mcc}{mnc:03d}"
        yield Drawn(f"{status}, cell", nmea_line(whole), (one,), (number,), ((mcc, mnc, lac, cid),))
    text = f"AVRMC,{number},{when(draw):%H%M%S},V,0000.0000,N,00000.0000,E,0.00,0.00,{when(draw):%d%m%y},0,3727,0,1,0,0"
    yield Drawn(
        "cell alone", nmea_line(f"{text},{lac:04X}{cid:04X},{mcc}{mnc:03d}"), (), (number,), ((mcc, mnc, lac, cid),)
    )
    yield Drawn("echo", nmea_line(f"ECHK,{number},0"), ids=(number,))
    card = "893" + unpadded(draw, 16)
    yield Drawn("system", nmea_line(f"EAVSYS,{number},{card},{unpadded(draw, 10)},owner,6.11"), ids=(number,))


def _m2m_frame(data: bytes) -> bytes:
    return bytes((byte + 0x20) & 0xFF for byte in data.ljust(22, b"\0")) + b"\x0b"


def _m2m_place(draw: random.Random, one: Place) -> bytes:
    latitude, longitude = packed(one.latitude, 2), packed(one.longitude, 3)
    date = plain_time(one.time, "%d%m") + bytes((int(clock("%y", one)),)) + plain_time(one.time, "%H%M%S")
    north = bytes(int(latitude[at : at + 2]) for at in (0, 2, 4, 6))
    head = (one.longitude < 0) << 7 | (one.latitude < 0) << 6 | int(longitude[0])
    east = bytes((head, *(int(longitude[at : at + 2]) for at in (1, 3, 5, 7))))
    return _m2m_frame(date + north + east + bytes((draw.randrange(60), draw.randrange(4, 12))))


def m2m(draw: random.Random) -> Iterator[Drawn]:
    for count in (1, 4):
        number = imei(draw)
        login = _m2m_frame(bytes(int(f"0{number}"[at : at + 2]) for at in range(0, 16, 2)))
        ones = [place(draw, when(draw)) for _ in range(count)]
        places = b"".join(_m2m_place(draw, one) for one in ones)
        yield Drawn(f"login and {count}", login + places, tuple(ones), (number,))
        cells = _m2m_frame(plain_time(ones[0].time, "%d%m%y%H%M%S") + draw.randbytes(10) + b"\0")
        yield Drawn(f"login, cells and {count}", login + cells + places, tuple(ones), (number,))


DIALECTS = {"gt02": gt02, "intellitrac": intellitrac, "jt600": jt600, "laipac": laipac, "m2m": m2m}
