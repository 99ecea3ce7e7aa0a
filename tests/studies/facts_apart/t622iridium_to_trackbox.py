"""T622Iridium, T800x, TechTlt, Thuraya, Totem, Tr20 and Trackbox, from public descriptions.

The order of the fields of a T622 payload is set on the server; drawn is the order of their numbers. The Bluetooth tags and the
network information of T800x are described in part only; the two coordinates of Totem's type E5 are in doubt.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import (
    Drawn,
    Place,
    bcd,
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
from tests.studies.facts_apart.written import YEAR_2000, clock, nmea, scaled, since, unix, unpadded


def t622iridium(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        one, number = place(draw, when(draw), fix=fix), imei(draw)
        head = (
            struct.pack(">I", draw.getrandbits(32)) + number.encode() + struct.pack(">BHHI", 0, 12, 0, unix(one) + 20)
        )
        told = (
            b"\x23"
            + scaled(one, 1e6, "<ii")
            + struct.pack("<IBBB", since(one, YEAR_2000), fix, draw.randrange(4, 12), 20)
        )
        told += struct.pack(
            "<HHBhI", draw.randrange(120), draw.randrange(360), 12, draw.randrange(900), draw.randrange(10**6)
        )
        body = b"\x01" + struct.pack(">H", len(head)) + head + b"\x02" + struct.pack(">H", len(told)) + told
        yield Drawn(f"payload {fix}", b"\x01" + struct.pack(">H", len(body)) + body, (one,), (number,))


def _t800_frame(draw: random.Random, head: int, kind: int, number: str, body: bytes) -> bytes:
    size = struct.pack(">HH", 15 + len(body), draw.randrange(65536))
    return bytes((head, head, kind)) + size + bcd(number, 8) + body


def _t800_floats(one: Place) -> bytes:
    return bytes.fromhex(clock("%y%m%d%H%M%S", one)) + struct.pack("<fff", 42.5, one.longitude, one.latitude)


def _t800_fixed(draw: random.Random, head: int, kind: int) -> Drawn:
    """A report with a fix or, in its place, three cells."""
    one, number, fix = place(draw, when(draw)), imei(draw), draw.random() < 0.6
    begin = {0x23: 44, 0x25: 52 if kind in (0x13, 0x14) else 44, 0x26: 42 if kind in (0x13, 0x14) else 40, 0x27: 17}[
        head
    ] - 15
    state = 0 if head == 0x27 else 9
    before = bytearray(begin)
    before[state] = (0x40 | draw.randrange(4, 12)) if fix else 0
    cells: tuple[tuple[int, int, int, int], ...] = ()
    if fix:
        speed = bytes(2) if head == 0x26 else bcd(str(draw.randrange(1200)), 2)
        block = _t800_floats(one) + speed + struct.pack(">H", draw.randrange(360))
    else:
        mcc, mnc, _, _ = cell(draw)
        cells = tuple((mcc, mnc, *cell(draw)[2:]) for _ in range(draw.randrange(1, 4)))
        around = b"".join(struct.pack("<HH", lac, cid) for _, _, lac, cid in cells).ljust(12, b"\xff")
        block = bytes.fromhex(clock("%y%m%d%H%M%S", one)) + struct.pack("<HH", mcc, mnc) + around
    data = _t800_frame(draw, head, kind, number, bytes(before) + block + draw.randbytes(4) + bytes(8))
    return Drawn(f"{head:x} {kind:02x} {fix}", data, (one,) if fix else (), (number,), cells)


def _t800_driving(draw: random.Random) -> Iterator[Drawn]:
    ones = [place(draw, when(draw)) for _ in range(3)]
    records = b"".join(
        _t800_floats(one) + bcd("455", 2) + struct.pack(">HH", draw.randrange(360), 1500) for one in ones
    )
    number = imei(draw)
    yield Drawn("26 05", _t800_frame(draw, 0x26, 5, number, b"\x02" + records), tuple(ones), (number,))
    body = b"\x01" + bytes.fromhex(clock("%y%m%d%H%M%S", ones[0])) + b"\x09" + bytes(5) + _t800_floats(ones[0])[6:]
    yield Drawn("26 06", _t800_frame(draw, 0x26, 6, number, body), tuple(ones[:1]), (number,))


def t800x(draw: random.Random) -> Iterator[Drawn]:
    for head, kinds in ((0x23, (2, 4)), (0x25, (2, 4, 0x13, 0x14)), (0x26, (2, 4, 0x13, 0x14)), (0x27, (2, 4))):
        number = imei(draw)
        yield Drawn(f"login {head:x}", _t800_frame(draw, head, 1, number, draw.randbytes(9)), ids=(number,))
        for kind in kinds:
            yield _t800_fixed(draw, head, kind)
            yield _t800_fixed(draw, head, kind)
    yield from _t800_driving(draw)


def techtlt(draw: random.Random) -> Iterator[Drawn]:
    one, number, (_, _, lac, cid) = place(draw, when(draw)), unpadded(draw, 8), cell(draw)
    text = f"{number}*POS=Y,{clock('%H:%M:%S,%d/%m/%y', one)},{minutes_pair(one, letter='')},"
    text += f"{draw.uniform(0, 99):.1f},{draw.uniform(0, 360):.1f},{draw.uniform(0, 900):.1f},{draw.randrange(4, 12)},{lac},{cid}"
    yield Drawn("position", text.encode(), (one,), (number,), ((0, 0, lac, cid),))
    yield Drawn("status", f"{number},INFOGPRS,V Bat=12.1,TEMP=21,18".encode(), ids=(number,))


def _thuraya_block(draw: random.Random, one: Place) -> bytes:
    data = struct.pack(
        ">iiii",
        int(clock("%Y%m%d", one)),
        int(clock("%H%M%S", one)),
        round(one.longitude * 1e6),
        round(one.latitude * 1e6),
    )
    data += struct.pack(
        ">Hhh", draw.choice((1, 2)) << 12 | draw.randrange(360), draw.randrange(120), draw.randrange(3000)
    )
    return data + draw.choice((b"", b"moving", b"12.6 V")) + b"\0"


def thuraya(draw: random.Random) -> Iterator[Drawn]:
    number, ones = draw.randrange(10**5, 10**8), [place(draw, when(draw)) for _ in range(3)]
    bodies = {
        "event": (0x5101, _thuraya_block(draw, ones[0]) + b"\x05alarm\0", ones[:1]),
        "periodic": (0x7101, b"\x01" + _thuraya_block(draw, ones[0]), ones[:1]),
        "several": (0x7101, b"\x03" + b"".join(_thuraya_block(draw, one) for one in ones), ones),
    }
    for name, (kind, body, told) in bodies.items():
        data = b"#T" + struct.pack(">HHI", len(body) + 12, kind, number) + body
        yield Drawn(name, data + struct.pack(">H", -sum(data) & 0xFFFF), tuple(told), (str(number),))


def _totem_long(kind: str, rest: str) -> bytes:
    """Four decimal digits of length and a check value of two hex digits."""
    text = f"$${len(rest) + 10:04d}{kind}{rest}"
    return f"{text}{xor(text.encode()):02X}".encode()


def _totem_short(rest: str) -> bytes:
    """Two hex digits of length and a check value of four."""
    text = f"$${len(rest) + 8:02X}{rest}"
    return f"{text}{crc16(text.encode(), 0xA001, 0xFFFF, reflected=True):04X}".encode()


def _totem_bars(draw: random.Random, one: Place, number: str) -> Iterator[Drawn]:
    north, east = sides(one)
    _, _, lac, cid = cell(draw)
    valid, pair = "A" if one.fix else "V", (minutes(one.latitude, 2), minutes(one.longitude, 3))
    motion = f"{draw.uniform(0, 60):.2f},{draw.randrange(360)}"
    tail = f"|{lac:04X}{cid:04X}|{draw.randrange(9999):04d}|0.0000|{draw.randrange(9999):04d}|"
    sentence = f"GPRMC,{clock('%H%M%S', one)}.00,{valid},{pair[0]},{north},{pair[1]},{east},{motion},{clock('%d%m%y', one)},,,A"
    told = f"{number}|{draw.choice(('AA', '60', '01'))}{nmea(sentence)}|02.3|01.3|02.0|000000000000|"
    told += f"{clock('%Y%m%d%H%M%S', one)}|14251914{draw.choice(('', '|00000000'))}{tail}"
    yield Drawn(f"RMC {one.fix}", _totem_short(told), (one,), (number,), ((0, 0, lac, cid),))
    told = (
        f"{number}|{draw.choice(('AA', '60'))}{clock('%d%m%y%H%M%S', one)}|{valid}|{pair[0]}|{north}|{pair[1]}|{east}|"
    )
    told += f"{draw.uniform(0, 99):.3f}|{draw.randrange(360)}|8.70|100000001000|13811|00000000{tail}"
    yield Drawn(f"bars {one.fix}", _totem_short(told), (one,), (number,), ((0, 0, lac, cid),))


def _totem_glued(draw: random.Random, one: Place, number: str) -> Iterator[Drawn]:
    mcc, mnc, lac, cid = cell(draw)
    valid, pair = "A" if one.fix else "V", minutes_pair(one, letter="", then="")
    told = f"{number}|AA{clock('%d%m%y%H%M%S', one)}00001{draw.randrange(30, 45)}{draw.randrange(10, 15)}"
    told += f"{draw.randrange(4096):04X}0000021{draw.randrange(100, 300)}"
    told += f"{lac:04X}{cid:04X}{valid}{draw.randrange(4, 12):02d}{draw.randrange(360):03d}"
    told += f"{draw.randrange(120):03d}01.2{draw.randrange(10**6):07d}"
    yield Drawn(
        f"glued {one.fix}",
        _totem_short(f"{told}{pair}{draw.randrange(9999):04d}"),
        (one,),
        (number,),
        ((0, 0, lac, cid),),
    )
    for network in (True, False):
        for many in (True, False):
            bit, volts = (0x1000, "4012032703210327032103270189") if many else (0x4000, "4112000000000000")
            state = (bit if one.fix else 0) | draw.choice((0x18000000, 0x08000000))
            told = f"{number}|{state:08X}{clock('%y%m%d%H%M%S', one)}{volts}{lac:04X}{cid:04X}"
            told += f"{mnc:02d}{mcc:03d}" if network else ""
            told += (
                f"{draw.randrange(4, 12):02d}{draw.randrange(32):02d}{draw.randrange(360):03d}{draw.randrange(120):03d}"
            )
            told += f"01.2{draw.randrange(10**6):07d}{pair}{draw.randrange(9999):04d}"
            around = (mcc, mnc, lac, cid) if network else (0, 0, lac, cid)
            data = _totem_long(draw.choice(("AA", "AB")), told)
            yield Drawn(f"state {one.fix}, network {network}, many {many}", data, (one,), (number,), (around,))


def totem(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        one, number = place(draw, when(draw), fix=fix), imei(draw)
        yield from _totem_bars(draw, one, number)
        yield from _totem_glued(draw, one, number)
    one = place(draw, when(draw))
    told = f"{number}|{clock('%y%m%d%H%M%S', one)},{one.longitude:.6f},{one.latitude:.6f},0,1,{unpadded(draw, 10)},"
    yield Drawn("RFID", _totem_long("E2", told), (one,), (number,))


def tr20(draw: random.Random) -> Iterator[Drawn]:
    name = draw.choice(("TR-10", "TR20", f"unit{draw.randrange(99)}", unpadded(draw, 6)))
    yield Drawn("ping", f"%%{name},{draw.randrange(9)}\r\n".encode(), ids=(name,))
    for fix in (True, False):
        for warm in ("NA", "C25", "F80", "C80:F0"):
            one = place(draw, when(draw), fix=fix)
            north, east = sides(one)
            text = f"%%{name},{'A' if fix else 'L'},{clock('%y%m%d%H%M%S', one)},{north}"
            text += f"{minutes(one.latitude, 2)}{east}{minutes(one.longitude, 3)},"
            text += f"{draw.randrange(120)},{draw.randrange(360)},{warm},{draw.getrandbits(32):08X},"
            text += f"{draw.randrange(1, 200)},CFG:8980.00|\r\n"
            yield Drawn(f"{fix} {warm}", text.encode(), (one,), (name,))


def trackbox(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)
    login = f"a=connect&v=11&i={number}\r\n"
    yield Drawn("login", login.encode(), ids=(number,))
    for fix in (2, 3, 0):
        one, knots = place(draw, when(draw), fix=fix > 0), draw.uniform(1, 60)
        text = f"{clock('%H%M%S', one)}.000,{minutes_pair(one, letter='')},"
        text += f"1.1,{draw.uniform(0, 900):.1f},{fix},"
        text += f"{draw.uniform(0, 360):.2f},{knots * 1.852:.1f},{knots:.1f},{clock('%d%m%y', one)},{draw.randrange(4, 12):02d}\r\n"
        yield Drawn(f"fix {fix}", text.encode(), (one,))
        yield Drawn(f"login and fix {fix}", f"{login}{text}".encode(), (one,), (number,))


DIALECTS = {
    "t622iridium": t622iridium,
    "t800x": t800x,
    "techtlt": techtlt,
    "thuraya": thuraya,
    "totem": totem,
    "tr20": tr20,
    "trackbox": trackbox,
}
