"""Armoli, B2316, CarTrack, Carcell, Envotech, Flextrack, Freedom, Genx and GlobalSat, built from public descriptions.

Left out: Armoli ``L`` and ``Q`` (how the IMEI stands in them is not told); GlobalSat report formats other than the default order.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import (
    Drawn,
    Place,
    bssid,
    cell,
    crc16,
    digits,
    hexes,
    imei,
    minutes,
    minutes_pair,
    place,
    sides,
    when,
    xor,
)
from tests.studies.facts_apart.written import unix


def armoli(draw: random.Random) -> Iterator[Drawn]:
    tails = (
        "",
        f"{digits(draw, 2)}{hexes(draw, 4)}",
        f":{hexes(draw, 2)}G{hexes(draw, 6)}H{hexes(draw, 3)}E{hexes(draw, 3)}",
    )
    for tail, fix in (
        (tails[0], True),
        (tails[1], True),
        (tails[2], True),
        (tails[1] + tails[2] + "!0123456789", False),
    ):
        name, one = imei(draw), place(draw, when(draw), fix=fix)
        north, east = sides(one)
        text = (
            f"[M{name}{one.time:%d%m%y%H%M%S}{north}{abs(one.latitude):09.6f}{east}{abs(one.longitude):010.6f}{fix:d}"
        )
        text += f"{draw.randrange(16):X}{draw.randrange(256):02X}{draw.randrange(360):03d}{hexes(draw, 16)}"
        end = draw.choice((";;", ";\r", ";"))
        yield Drawn(f"report{tail[:1]} fix {fix}", f"{text}{tail}]{end}".encode(), (one,), (name,))


def b2316(draw: random.Random) -> Iterator[Drawn]:
    name, one, here, points = imei(draw), place(draw, when(draw)), cell(draw), (bssid(draw), bssid(draw))
    located = {"tm": unix(one), "gp": f"{one.longitude:.6f},{one.latitude:.6f}", "ba": 4, "sn": 80}
    listed = ";".join(f"{point.replace(':', '').upper()},-{draw.randrange(40, 90)}" for point in points)
    cells = {"tm": located["tm"], "ci": ",".join(map(str, here)) + ",-70", "wi": listed, "wn": 2}
    beat = {"tm": located["tm"], "st": 4021, "ba": 3, "sn": 70}

    def sent(*records: object) -> bytes:
        return json.dumps({"imei": name, "data": records}, separators=(",", ":")).encode()

    yield Drawn("fix", sent(located), (one,), (name,))
    yield Drawn("fix, cells and access points", sent({**cells, **located}), (one,), (name,), (here,), points)
    yield Drawn("cells and access points alone", sent(cells), (), (name,), (here,), points)
    other = place(draw, when(draw))
    second = {"tm": unix(other), "gp": f"{other.longitude:.6f},{other.latitude:.6f}"}
    yield Drawn("batch", sent(located, beat, second), (one, other), (name,))
    yield Drawn("heartbeat", sent({**beat, "ic": digits(draw, 20)}), (), (name,))


def cartrack(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        name, one = digits(draw, 10), place(draw, when(draw), fix=fix)
        text = f"{one.time:%H%M%S}.000,{'VA'[fix]},{minutes_pair(one)},"
        text += f"{draw.uniform(0, 60):.2f},{draw.randrange(360)},{one.time:%d%m%y},,"
        text += f"*{xor(text.encode()):02X}|0.9|"
        tail = f"&C{digits(draw, 8)}&D{''.join(draw.choices('0123456789:;<=>?', k=9))}&E{digits(draw, 8)}"
        tail += draw.choice(("", "&Y00000000"))
        yield Drawn(f"fix {fix}", f"$${name}??????&A{digits(draw, 4)}&B{text}{tail}##".encode(), (one,), (name,))
    yield Drawn("keep-alive", b"$$2222234???????&A0000##")


def carcell(draw: random.Random) -> Iterator[Drawn]:
    for begin, kind, late in (("$", "gps", False), ("%", "gps", True), ("$", "cel", False), ("%", "cel", True)):
        name, one = imei(draw), place(draw, when(draw))
        north, east = sides(one)
        if kind == "gps":
            where = f"{north}{minutes(one.latitude, 2)},{east}{minutes(one.longitude, 3)}"
        else:
            where = f"CEL,{north}{abs(one.latitude):.5f},{east}{abs(one.longitude):.5f}"
        text = f"{begin}{name},{where},{draw.randrange(120)},{draw.randrange(360)},"
        text += draw.choice((f"+{digits(draw, 3)}-{digits(draw, 3)}+{digits(draw, 3)}", "-12")) + ","
        text += f"{draw.randrange(99)},{draw.randrange(31)},0,{draw.randrange(9)},{draw.choice('CG')},{one.time:%d%m%y,%H%M%S},0,1,"
        text += f"{digits(draw, 2)},A1,{digits(draw, 4)},{digits(draw, 20)}" if late else f"0,F0,{digits(draw, 4)}"
        yield Drawn(f"{begin} {kind}", f"{text},{hexes(draw, 2)}\r".encode(), (one,), (name,))


def envotech(draw: random.Random) -> Iterator[Drawn]:
    for number in range(3):
        one, fix = place(draw, when(draw)), number != 2
        one = Place(round(one.latitude, 5), round(one.longitude, 5), one.time, fix)
        north, east = sides(one)
        name = digits(draw, 10)
        latitude, longitude = round(abs(one.latitude) * 1e5), round(abs(one.longitude) * 1e5)
        text = f"${digits(draw, 2)}SLU,{hexes(draw, 2)},{hexes(draw, 2)},{name},{one.time:%d%m%y%H%M%S},"
        text += f"{hexes(draw, 2)}{digits(draw, 2)}63902,{digits(draw, 6)},{hexes(draw, 4)},"
        text += f"{hexes(draw, 6)}," if number else ""
        text += f"{hexes(draw, 8)}'{one.time:%d%m%y%H%M%S}{3 * fix}{latitude:07d}{north}{longitude:08d}{east}"
        text += f"{draw.randrange(120):03d}{draw.randrange(360):03d}"
        check = crc16(text.encode(), 0xA001, 0xFFFF, reflected=True)
        yield Drawn(f"form {number}", f"{text}*{check:04X}#".encode(), (one,), (name,))


def flextrack(draw: random.Random) -> Iterator[Drawn]:
    node, one, here = digits(draw, 10), place(draw, when(draw)), cell(draw)
    north, east = sides(one)

    def degrees(value: float, width: int) -> str:
        text = minutes(value, width)
        return f"{text[:width]}.{text[width:]}"

    login = f"-{draw.randrange(1, 99)},LOGON,{node},{digits(draw, 20)}\r".encode()
    report = f"-{draw.randrange(100, 999)},UNITSTAT,{one.time:%Y%m%d,%H%M%S},{node},{north}{degrees(one.latitude, 2)},"
    report += f"{east}{degrees(one.longitude, 3)},{draw.randrange(120)},{draw.randrange(360)},{draw.randrange(4, 12)},"
    report += f"{draw.randrange(20, 100)},-{draw.randrange(50, 110)},{hexes(draw, 4)},{here[0]:03d}{here[1]:02d},"
    report += f"{draw.randrange(900)},{draw.randrange(9, 40)},{here[2]:X},{draw.randrange(60)},{here[3]:X},{digits(draw, 5)}\r"
    yield Drawn("login", login, ids=(node,))
    yield Drawn("report", report.encode(), (one,), (node,), (here,))
    yield Drawn("report after a login", login + report.encode(), (one,), (node,), (here,))


def freedom(draw: random.Random) -> Iterator[Drawn]:
    name, one = imei(draw), place(draw, when(draw))
    north, east = sides(one)
    text = f"IMEI,{name},{one.time:%Y/%m/%d, %H:%M:%S}, {north}, Lat:{minutes(one.latitude, 2)}, {east}, "
    yield Drawn(
        "report", f"{text}Lon:{minutes(one.longitude, 3)}, Spd:{draw.uniform(0, 60):.2f}\r\n".encode(), (one,), (name,)
    )


def genx(draw: random.Random) -> Iterator[Drawn]:
    name, one = digits(draw, 12), place(draw, when(draw))
    one = Place(round(one.latitude, 5), round(one.longitude, 5), one.time)
    text = f"{name},{one.time:%m/%d/%Y %H:%M:%S},{one.latitude:.5f},{one.longitude:.5f},"
    text += f"{draw.randrange(120)},{draw.randrange(360)},"
    text += ",".join(draw.choice(("NA", "U", "UUU", "ON", "OFF", digits(draw, 3))) for _ in range(24))
    yield Drawn("report", f"{text}\r\n".encode(), (one,), (name,))


def globalsat(draw: random.Random) -> Iterator[Drawn]:
    for fix in ("3", "2", "1"):
        name, one = imei(draw), place(draw, when(draw), fix=fix != "1")
        north, east = sides(one)
        where = f"{east}{minutes(one.longitude, 3)},{north}{minutes(one.latitude, 2)},{draw.randrange(900)}"
        rest = f"{draw.uniform(0, 60):.2f},{draw.randrange(360)},{draw.randrange(4, 12)},{draw.uniform(0.6, 3):.1f}"
        text = f"GSr,{name},0000,4,e802,{fix},{one.time:%d%m%y,%H%M%S},{where},{rest},{draw.randrange(11000, 13000)}mV"
        yield Drawn(f"GSr, fix {fix}", f"{text}*{xor(text.encode()):02x}!".encode(), (one,), (name,))
        old = f"${name},4,{fix},{one.time:%d%m%y,%H%M%S},{where},{rest}!"
        yield Drawn(f"$, fix {fix}", old.encode(), (one,), (name,))
    text = f"GSh,{name},A,{draw.randrange(3600, 4200)}mV"
    yield Drawn("heartbeat", f"{text}*{xor(text.encode()):02x}!".encode(), ids=(name,))


DIALECTS = {
    "armoli": armoli,
    "b2316": b2316,
    "cartrack": cartrack,
    "carcell": carcell,
    "envotech": envotech,
    "flextrack": flextrack,
    "freedom": freedom,
    "genx": genx,
    "globalsat": globalsat,
}
