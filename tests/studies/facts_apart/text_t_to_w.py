"""T57, Telic, Tk102, Tlv, Tt8850, Visiontek, Vtfms and Wondex, built from public descriptions.

Left out: Telic with six digits of identity (where the event begins is not told), Vtfms in degrees and minutes near the equator.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta
from struct import pack

from tests.studies.facts_apart.drawn import (
    Drawn,
    Place,
    cell,
    digits,
    hexes,
    imei,
    minutes_pair,
    place,
    sides,
    when,
    xor,
)
from tests.studies.facts_apart.written import unix


def t57(draw: random.Random) -> Iterator[Drawn]:
    for kind, fix, extra in (("F1", True, "0"), ("F2", True, "0.1,-0.2,1.0"), ("F1", False, "0")):
        name, one = digits(draw, 10), place(draw, when(draw), fix=fix)
        where = minutes_pair(one, letter="#", then="#")
        text = f"*T57#{kind}#{name}#{one.time:%d%m%y#%H%M%S}#{where}#{extra}#{draw.uniform(0, 60):.2f}#{draw.uniform(0, 900):.1f}"
        yield Drawn(
            f"{kind}, fix {fix}", f"{text}#{'VA'[fix]}{3 * fix}#{draw.uniform(3.4, 4.2):.2f}#".encode(), (one,), (name,)
        )


def telic(draw: random.Random) -> Iterator[Drawn]:
    for fine, framed, fix in ((True, True, 3), (False, False, 3), (True, False, 2), (False, True, 1)):
        name, one = imei(draw), place(draw, when(draw), fix=fix != 1)
        scale = 1_000_000 if fine else 10_000
        while fine and (abs(one.longitude) < 10 or abs(one.latitude) < 1):  # shorter numbers have the other scale
            one = place(draw, when(draw), fix=fix != 1)
        one = Place(round(one.latitude * scale) / scale, round(one.longitude * scale) / scale, one.time, one.fix)
        east, north = round(one.longitude * scale), round(one.latitude * scale)
        assert one.time is not None
        event = one.time + timedelta(seconds=draw.randrange(60))
        text = f"0026{name}{draw.choice((1, 2, 11, 12, 22))},{event:%d%m%y%H%M%S},0,{one.time:%d%m%y%H%M%S},{east},{north},{fix},"
        text += f"{draw.randrange(120)},{draw.randrange(360)},{draw.randrange(4, 12)},,,{draw.randrange(900)},{digits(draw, 5)},"
        text += draw.choice(("26202", "262,2")) + ",0,10"
        data = pack("<I", len(text)) + text.encode() if framed else text.encode() + b"\0"
        yield Drawn(f"fine {fine}, framed {framed}, fix {fix}", data, (one,), (name,))


def tk102(draw: random.Random) -> Iterator[Drawn]:
    def framed(kind: int, content: str) -> bytes:
        return b"[" + bytes([kind]) + digits(draw, 10).encode() + bytes([len(content)]) + content.encode() + b"]"

    def where(one: Place) -> str:
        text = f"(ITV{one.time:%H%M%S}{'VA'[one.fix]}{minutes_pair(one, letter='', then='')}"
        return text + f"{draw.uniform(0, 99):07.3f}{one.time:%d%m%y}{digits(draw, 11)})"

    name = imei(draw)
    yield Drawn("login", framed(0x80, name), ids=(name,))
    for kind, fix in ((0x90, True), (0x93, True), (0x3D, False)):
        one = place(draw, when(draw), fix=fix)
        yield Drawn(f"type {kind:02x}, fix {fix}", framed(kind, where(one)), (one,))
        yield Drawn(f"type {kind:02x} after a login", framed(0x80, name) + framed(kind, where(one)), (one,), (name,))
    one = place(draw, when(draw))
    yield Drawn("other login", framed(0x21, f"1{name}") + framed(0x93, where(one)), (one,), (name,))
    here, time = (cell(draw), cell(draw)), when(draw)
    here = (here[0], (*here[0][:2], here[0][2], here[1][3]))
    towers = ",".join(f"{c[3]},{c[2]},{draw.randrange(10, 63)}" for c in here)
    text = f"(GSM,0,0,0,0,{time:%Y%m%d%H%M%S},{here[0][0]},{here[0][1]},{towers})"
    yield Drawn("cells", framed(0x4C, text), (), (), here)


def tlv(draw: random.Random) -> Iterator[Drawn]:
    def sent(kind: str, *items: str) -> bytes:
        return (
            kind.encode() + b"".join(bytes([len(item)]) + item.encode() if item else b"\xff" for item in items) + b"\0"
        )

    name, one = imei(draw), place(draw, when(draw))
    items = (name, str(unix(one)), "1", f"{one.longitude:.6f}", f"{one.latitude:.6f}", "23", "180", "9")
    yield Drawn("position", sent("0E", *items), (one,), (name,))
    login = sent("0C", name, "", digits(draw, 16), "S668_V1.2", "", "02:11:22:33:44:55", "1")
    yield Drawn("information", login, (), (name,))


def tt8850(draw: random.Random) -> Iterator[Drawn]:
    for kind, version, several in (("GTFRI", True, 1), ("GTNMR", False, 1), ("GTSOS", True, 1), ("GTFRI", True, 2)):
        name, places, groups = imei(draw), [], []
        here = cell(draw)
        for _ in range(several):
            one = place(draw, when(draw))
            places.append(one)
            group = f"{draw.randrange(1, 4)},{draw.uniform(0, 99):.1f},{draw.randrange(360)},{draw.uniform(0, 900):.1f}"
            group += f",{one.longitude:.6f},{one.latitude:.6f},{one.time:%Y%m%d%H%M%S},"
            groups.append(f"{group}0{here[0]:03d},{here[1]:04d},{here[2]:04X},{here[3]:04X},")
        sent = max(one.time for one in places if one.time) + timedelta(seconds=9)
        text = f",{hexes(draw, 4)},{draw.randrange(2)},{kind},{'020102' * version},{name},,0,0,{several},"
        text += f"{','.join(groups)},{draw.randrange(100)},{sent:%Y%m%d%H%M%S},{hexes(draw, 4)}$"
        yield Drawn(f"{kind}, {several}", b"\0\4" + text.encode(), tuple(places), (name,), (here,))
    text = f",{hexes(draw, 4)},0,GTPNA,020102,{name},,{sent:%Y%m%d%H%M%S},{hexes(draw, 4)}$"
    yield Drawn("power on", b"\0\4" + text.encode(), (), (name,))


def visiontek(draw: random.Random) -> Iterator[Drawn]:
    for form, long, fix in (("dot", True, True), ("none", False, True), ("degrees", True, True), ("dot", False, False)):
        name, one = f"VT{digits(draw, 6)}", place(draw, when(draw), fix=fix)
        north, east = sides(one)
        if form == "degrees":
            where = f"{abs(one.latitude):09.6f}{north},{abs(one.longitude):010.6f}{east}"
        else:
            where = minutes_pair(one, letter="")
            where = where.replace(".", "") if form == "none" else where
        number = f"{imei(draw)}," if draw.random() < 0.5 else ""
        text = f"$1,{name},{number}{one.time:%d,%m,%y,%H,%M,%S},{where},{draw.uniform(0, 99):05.1f},{draw.randrange(360):03d},"
        if long:
            text += f"{draw.randrange(900)},09,{digits(draw, 5)},1,0,0,0,4.1,22,"
        else:
            text += f"0.9,{draw.randrange(900)},{digits(draw, 5)},0,0,0,0,0,0,0,0,12.1,4.1,"
        text += f"{'VA'[fix]}{draw.choice(('', ',0123456789'))}#\r\n"
        yield Drawn(f"{form}, long {long}, fix {fix}", text.encode(), (one,), (name,))
    text = f"$1,{name},{one.time:%d,%m,%y,%H,%M,%S},000000000,000000000,000.0,000,100,00,1234,1,0,0,0,4.1,22,V#"
    yield Drawn("no fix", text.encode(), (), (name,))


def vtfms(draw: random.Random) -> Iterator[Drawn]:
    for fix, course in ((True, "180"), (True, "NE"), (False, "N")):
        name, one = imei(draw), place(draw, when(draw), fix=fix)
        quality = draw.choice(("20,1,9", ",,"))
        text = f"{name},00{draw.choice('XYZ')}{digits(draw, 2)},{digits(draw, 2)},,{quality},,{'VA'[fix]},{one.time:%H%M%S,%d%m%y},"
        text += f"{one.latitude:.6f},{one.longitude:.6f},{course},{draw.randrange(120)},{digits(draw, 3)},{digits(draw, 3)},K,"
        text += f"{digits(draw, 5)},1,12.1,,{digits(draw, 2)},0.1,,0.2,0,0,0,0,0,0,0,,"
        yield Drawn(f"fix {fix}, {course}", f"({text}){xor(text.encode()):03d}".encode(), (one,), (name,))


def wondex(draw: random.Random) -> Iterator[Drawn]:
    for letters, more, fix in (
        ("", "", True),
        ("", ",12.1V,1234.5km,1", True),
        ("VT", ",12.1V,1,0.1,0.2,3", True),
        ("", "", False),
    ):
        name, one = f"1{digits(draw, draw.choice((7, 9, 14)))}", place(draw, when(draw), fix=fix)
        text = f"{letters}{name},{one.time:%Y%m%d%H%M%S},{one.longitude:.6f},{one.latitude:.6f},"
        text += f"{draw.randrange(120)},{draw.randrange(360)},{draw.randrange(900)},"
        text += f"{draw.randrange(4, 12) if fix else 0},{draw.randrange(30)}{more}\r\n"
        yield Drawn(f"fix {fix}{more}", text.encode(), (one,), (name,))
    name = f"1{digits(draw, 9)}"
    yield Drawn("keep-alive", b"\xd0\xd7\0\0" + pack("<I", int(name)), ids=(name,))
    name, time = f"1{digits(draw, 9)}", when(draw)
    text = f"{name},{time:%Y%m%d%H%M%S},0.000000,90.000000,0,0,0,0,1\r\n"
    yield Drawn("never had a fix", text.encode(), (Place(90, 0, time, fix=False),), (name,))


DIALECTS = {
    "t57": t57,
    "telic": telic,
    "tk102": tk102,
    "tlv": tlv,
    "tt8850": tt8850,
    "visiontek": visiontek,
    "vtfms": vtfms,
    "wondex": wondex,
}
