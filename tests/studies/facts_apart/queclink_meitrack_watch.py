"""Queclink @Track (text), Meitrack (text and binary) and Watch/SeTracker, from public descriptions.

The layout of the hexadecimal frames of Queclink depends on masks that are described for each model; they are left out.
"""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Drawn, Place, bssid, cell, imei, place, sides, when
from tests.studies.facts_apart.written import YEAR_2000, clock, scaled, since, unpadded, vin

Cell = tuple[int, int, int, int]

HEADS = {
    "FRI": ("", "10", "{count}"),
    "RTL": ("", "00", "{count}"),
    "SOS": ("", "00", "{count}"),
    "GEO": ("", "01", "{count}"),
    "SPD": ("", "01", "{count}"),
    "DOG": ("", "01", "{count}"),
    "IGL": ("", "01", "{count}"),
    "HBM": ("", "10", "{count}"),
    "NMR": ("", "01", "{count}"),
    "TMP": ("2", "60", "{count}"),
    "IGN": ("3519",),
    "IGF": ("1200",),
    "MPN": (),
    "MPF": (),
    "STT": ("42",),
    "STC": (),
    "BPL": ("3.53",),
    "JDR": (),
    "LBC": ("+491700000000",),
    "LSW": ("0", "0"),
    "TSW": ("1", "0"),
}
"""The fields between the name of the device and the group of the place, by type."""


def _track_group(draw: random.Random, one: Place, around: Cell | None) -> str:
    told = f"{draw.randrange(1, 30)},{draw.uniform(0, 120):.1f},{draw.randrange(360)},{draw.uniform(0, 900):.1f},"
    told += f"{one.longitude:.6f},{one.latitude:.6f},{clock('%Y%m%d%H%M%S', one)},"
    return told + (f"{around[0]:04d},{around[1]:04d},{around[2]:04X},{around[3]:04X}" if around else ",,,")


def _track(draw: random.Random, kind: str, number: str, fields: str, start: str = "+RESP") -> bytes:
    version = f"{draw.choice(('060228', '1A0401', '270302', 'DF0200', '8020040305'))}"
    name = draw.choice(("", "", "gv55", "GL300M"))
    told = f"{start}:GT{kind},{version},{number},{name},{fields},{when(draw):%Y%m%d%H%M%S},{draw.randrange(65536):04X}$"
    return told.encode()


def _track_around(draw: random.Random) -> Iterator[Drawn]:
    """Messages of cells and of access points alone."""
    number, cells, points = (
        imei(draw),
        [cell(draw) for _ in range(draw.randrange(2, 7))],
        [bssid(draw) for _ in range(3)],
    )
    listed = "".join(
        f"{mcc:04d},{mnc:04d},{lac:04x},{cid:04x},{draw.randrange(63)},," for mcc, mnc, lac, cid in cells[1:]
    )
    listed += ",,,,,," * (7 - len(cells))
    mcc, mnc, lac, cid = cells[0]
    own = f"{mcc:04d},{mnc:04d},{lac:04x},{cid:04x},{draw.randrange(63)},"
    text = f"+RESP:GTGSM,400201,{number},{draw.choice(('STR', 'FRI', 'RTL'))},{listed}{own},{when(draw):%Y%m%d%H%M%S},0033$"
    yield Drawn("GSM", text.encode(), (), (number,), tuple(cells))
    text = f"+RESP:GTLBS,660400,{number},GL50,0,0,92,,2,,,{own},{listed}{when(draw):%Y%m%d%H%M%S},00C6$"
    yield Drawn("LBS", text.encode(), (), (number,), tuple(cells))
    told = "".join(f"{point.replace(':', '')},{-draw.randrange(40, 95)},,,," for point in points)
    text = f"+RESP:GTWIF,210102,{number},,{len(points)},{told}{draw.randrange(100)},{when(draw):%Y%m%d%H%M%S},05E3$"
    yield Drawn("WIF", text.encode(), (), (number,), wifi=tuple(points))


def queclink(draw: random.Random) -> Iterator[Drawn]:
    for kind, fields in HEADS.items():
        for start in ("+RESP", "+BUFF"):
            one, number, around = place(draw, when(draw)), imei(draw), cell(draw) if draw.random() < 0.8 else None
            told = ",".join((*(field.format(count=1) for field in fields), _track_group(draw, one, around)))
            end = draw.choice((",00,0.0", ",", ",,12.3,,,,80,210100"))
            cells = (around,) if around else ()
            yield Drawn(f"{start} {kind}", _track(draw, kind, number, f"{told}{end}", start), (one,), (number,), cells)
    number, ones, arounds = imei(draw), [place(draw, when(draw)) for _ in range(3)], [cell(draw) for _ in range(3)]
    told = ",".join(f"{_track_group(draw, one, around)},00" for one, around in zip(ones, arounds, strict=True))
    yield Drawn("FRI of 3", _track(draw, "FRI", number, f",10,3,{told},80"), tuple(ones), (number,), tuple(arounds))
    one, around = place(draw, when(draw)), cell(draw)
    told = f",00000100,12665,10,1,{_track_group(draw, one, around)},00,0.0,,,,100,110000,,0"
    yield Drawn("ERI", _track(draw, "ERI", number, told), (one,), (number,), (around,))
    chassis = vin(draw)
    told = f"+RESP:GTOBD,1F0109,{number},{chassis},gv500,0,78FFFF,{chassis},1,13411,981B81C0,787,3,43,,921,463,1,10,,20,55,,1286,"
    told += f"{_track_group(draw, one, around)},00,0.0,{when(draw):%Y%m%d%H%M%S},A7E9$"
    yield Drawn("OBD", told.encode(), (one,), (number,), (around,), vin=chassis)
    told = (
        f"+RESP:GTFRI,1F0101,{number},{chassis},gv500,,00,1,{_track_group(draw, one, around)},00,12.3,,,,80,210100,,,,"
    )
    yield Drawn(
        "FRI with VIN", f"{told}{when(draw):%Y%m%d%H%M%S},A7E9$".encode(), (one,), (number,), (around,), vin=chassis
    )
    yield Drawn("no place", _track(draw, "FRI", number, ",0,1,,,,,,,,,,,,0,0,,98,1,0,,"), ids=(number,))
    yield Drawn("heartbeat", f"+ACK:GTHBD,1A0401,{number},,{when(draw):%Y%m%d%H%M%S},11F0$".encode(), ids=(number,))
    yield from _track_around(draw)


def _meitrack(draw: random.Random, number: str, body: bytes) -> bytes:
    told = f",{number},".encode() + body + b"*"
    head = f"$${draw.choice('ABCDEFGHIabcxyz')}{len(told) + 4}".encode()
    return head + told + f"{sum(head + told) & 0xFF:02X}\r\n".encode()


def _meitrack_text(draw: random.Random) -> Iterator[Drawn]:
    for head in ("AAA", "AFF,0004"):
        for tail in ("", ",00000001,,3,0000,010A92,360,511", ",,,108,0000,,6,0,,,,,10|171227173100"):
            for fix in (True, False):
                one, number, (mcc, mnc, lac, cid) = place(draw, when(draw), fix=fix), imei(draw), cell(draw)
                text = f"{head},{draw.choice((1, 22, 35, 109))},{one.latitude:.6f},{one.longitude:.6f},"
                text += f"{clock('%y%m%d%H%M%S', one)},"
                text += f"{'A' if fix else 'V'},{draw.randrange(4, 12)},{draw.randrange(32)},"
                text += f"{draw.randrange(120)},{draw.randrange(360)},"
                text += (
                    f"{draw.uniform(0.6, 5):.1f},{draw.randrange(900)},{draw.randrange(10**6)},{draw.randrange(10**6)},"
                )
                text += f"{mcc}|{mnc}|{lac:04X}|{cid:04X},0400,0000|0000|0000|0A47|03E3{tail}"
                yield Drawn(
                    f"{head} {fix} {tail[:6]}",
                    _meitrack(draw, number, text.encode()),
                    (one,),
                    (number,),
                    ((mcc, mnc, lac, cid),),
                )


def _ccc_record(draw: random.Random, one: Place, around: Cell) -> bytes:
    data = (
        bytes((draw.choice((1, 35)),))
        + scaled(one, 1e6, "<ii")
        + struct.pack("<IBBB", since(one, YEAR_2000), one.fix, 9, 19)
    )
    data += struct.pack(
        "<HHHhII",
        draw.randrange(120),
        draw.randrange(360),
        12,
        draw.randrange(900),
        draw.randrange(10**6),
        draw.randrange(10**6),
    )
    return data + struct.pack("<4H", *around) + struct.pack("<HHHHI", 1, 3, 0x1A1, 0x4C2, 0)


def _cce_group(items: list[tuple[int, bytes]]) -> bytes:
    return bytes((len(items),)) + b"".join(
        (bytes((0xFE, kind & 0xFF)) if kind > 255 else bytes((kind,))) + value for kind, value in items
    )


def _cce_record(draw: random.Random, one: Place, around: Cell | None) -> bytes:
    single = [(1, b"\x23"), (5, bytes((one.fix,))), (6, b"\x09"), (7, b"\x16")]
    double = [
        (8, struct.pack("<H", draw.randrange(120))),
        (9, struct.pack("<H", draw.randrange(360))),
        (0x1A, b"\x40\x04"),
        (0xFE40, b"\x01\x00"),
    ]
    pair, time = scaled(one, 1e6, "<ii"), struct.pack("<I", since(one, YEAR_2000))
    four = [(2, pair[:4]), (3, pair[4:]), (4, time), (0x0C, struct.pack("<I", 7)), (0x0D, struct.pack("<I", 9))]
    long = [(0x2A, b"\x03\x00\x34\x21")]
    if around:
        long.append((0x0E, struct.pack("<HHHIh", *around, -70)))
    many = bytes((len(long),)) + b"".join(bytes((kind, len(value))) + value for kind, value in long)
    body = _cce_group(single) + _cce_group(double) + _cce_group(four) + many
    count = len(single) + len(double) + len(four) + len(long)
    return struct.pack("<HH", len(body) + 2, count) + body


def _meitrack_binary(draw: random.Random) -> Iterator[Drawn]:
    for count in (1, 3):
        number = imei(draw)
        ones, arounds = (
            [place(draw, when(draw), fix=draw.random() < 0.7) for _ in range(count)],
            [cell(draw) for _ in range(count)],
        )
        records = b"".join(_ccc_record(draw, one, around) for one, around in zip(ones, arounds, strict=True))
        body = b"CCC," + struct.pack("<BBHI", 2, 1, 52, 0) + records
        yield Drawn(f"CCC of {count}", _meitrack(draw, number, body), tuple(ones), (number,), tuple(arounds))
        for cells in (True, False):
            told = b"".join(
                _cce_record(draw, one, around if cells else None) for one, around in zip(ones, arounds, strict=True)
            )
            body = b"CCE," + struct.pack("<IH", 0, count) + told
            yield Drawn(
                f"CCE of {count}, {cells}",
                _meitrack(draw, number, body),
                tuple(ones),
                (number,),
                tuple(arounds) if cells else (),
            )


def meitrack(draw: random.Random) -> Iterator[Drawn]:
    yield from _meitrack_text(draw)
    one, number, (mcc, mnc, lac, cid) = place(draw, when(draw)), imei(draw), cell(draw)
    text = f"AAA,35,{one.latitude:.6f},{one.longitude:.6f},{clock('%y%m%d%H%M%S', one)},A,9,20,0,0,0.9,30,100,100,"
    text += f"{mcc}|{mnc}|{lac:04X}|{cid << 12:08X},0000,0000|0000|0000|0191|0573,,,3,,002134,0,0"
    yield Drawn("wide cell", _meitrack(draw, number, text.encode()), (one,), (number,), ((mcc, mnc, lac, cid << 12),))
    yield from _meitrack_binary(draw)
    number = imei(draw)
    yield Drawn("answer", _meitrack(draw, number, b"D82,0"), ids=(number,))


def _watch(draw: random.Random, number: str, told: str) -> bytes:
    index = draw.choice(("", f"{draw.randrange(9999):04X}*"))
    return f"[{draw.choice(('3G', 'SG', 'CS', 'ZJ'))}*{number}*{index}{len(told):04X}*{told}]".encode()


def _watch_body(draw: random.Random, one: Place, cells: list[Cell], points: list[str]) -> str:
    north, east = sides(one)
    space = draw.choice(("", "", " "))
    told = f"{clock('%d%m%y,%H%M%S', one)},{'A' if one.fix else 'V'},{abs(one.latitude):.6f},{north},{space}"
    told += f"{abs(one.longitude):.7f},{east},"
    told += f"{draw.uniform(0, 99):.2f},{draw.uniform(0, 360):.1f},{draw.uniform(0, 300):.1f},"
    told += f"{draw.randrange(4, 12)},{draw.randrange(100)},"
    told += f"{draw.randrange(100)},{draw.randrange(9999)},{draw.randrange(50)},{draw.choice((0, 8, 0x10)):08X}"
    return told + _watch_around(draw, cells, points)


def _watch_around(draw: random.Random, cells: list[Cell], points: list[str]) -> str:
    told = f",{len(cells)},{draw.choice((0, 1, 255))},{cells[0][0]},{cells[0][1]}" if cells else ",0,1,,,"
    told += "".join(f",{lac},{cid},{draw.randrange(100, 160)}" for _, _, lac, cid in cells)
    if points or draw.random() < 0.5:
        told += f",{len(points)}" + "".join(
            f",net{step},{point},{-draw.randrange(40, 95)}" for step, point in enumerate(points)
        )
    return told + draw.choice(("", f",{draw.uniform(0, 60):.1f}"))


def watch(draw: random.Random) -> Iterator[Drawn]:
    for kind in ("UD", "UD2", "UD3", "AL", "UD_LTE", "UD_WCDMA", "WAD", "WT"):
        for fix in (True, False):
            for around in ("cells", "cells and Wi-Fi", "none"):
                one, number, (mcc, mnc, _, _) = (
                    place(draw, when(draw), fix=fix),
                    draw.choice((unpadded(draw, 10), imei(draw))),
                    cell(draw),
                )
                count = draw.randrange(1, 7) if around != "none" else 0
                cells = [(mcc, mnc, *cell(draw)[2:]) for _ in range(count)]
                points = [bssid(draw) for _ in range(draw.randrange(1, 5))] if around == "cells and Wi-Fi" else []
                data = _watch(draw, number, f"{kind},{_watch_body(draw, one, cells, points)}")
                yield Drawn(f"{kind} {fix}, {around}", data, (one,), (number,), tuple(cells), tuple(points))
        told = f"{kind},{when(draw):%d%m%y,%H%M%S},V,0.0,N,0.0,E,22.0,0,-1,0,100,98,0,0,"
        told += f"00000000{_watch_around(draw, cells, points)}"
        yield Drawn(f"{kind} no place", _watch(draw, number, told), (), (number,), tuple(cells), tuple(points))
    for told in ("LK,0,10,100", "TKQ", "PULSE,72", "bphrt,120,79,73,,,,"):
        yield Drawn(told[:4], _watch(draw, number, told), ids=(number,))


DIALECTS = {"queclink": queclink, "meitrack": meitrack, "watch": watch}
