"""Jmak, Kenji, L100, Megastek, Mictrack, Mtx, PathAway, Portman and Pt3000, built from public descriptions.

Left out: the base of the cell number in the newest form of L100, and Mictrack groups of five numbers.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from urllib.parse import quote

from tests.studies.facts_apart.drawn import (
    Drawn,
    Place,
    bssid,
    cell,
    digits,
    hexes,
    imei,
    minutes,
    minutes_pair,
    motion,
    place,
    sides,
    when,
    xor,
)
from tests.studies.facts_apart.written import nmea, unix


def jmak(draw: random.Random) -> Iterator[Drawn]:
    for mask, fix, can in (
        (0x7FFFFFF, True, True),
        (0x3FFF, True, False),
        (0x50FFFFF, True, False),
        (0x7FFFFFF, False, True),
    ):
        name, one = imei(draw), place(draw, when(draw), fix=fix)
        told = f"{unix(one)}000"
        every = (
            digits(draw, 6),
            name,
            "12",
            "NULL",
            told,
            f"{one.latitude:.6f}",
            f"{one.longitude:.6f}",
            "120",
            "A",
            "45",
            "9",
            "22",
        )
        every += (
            "0.9",
            "180",
            "1",
            "0",
            "1234",
            digits(draw, 5),
            "5",
            "1",
            "IGN",
            "12750",
            "4012",
            "72402",
            "4G",
            told,
            f"{fix:d}",
        )
        fields = ";".join(field for bit, field in enumerate(every) if mask >> bit & 1)
        text = f"~{mask:016X};{fields}" + (f"|000000000000000F;{digits(draw, 6)};123;45;2100" if can else "")
        yield Drawn(f"mask {mask:x}, fix {fix}", f"{text}$".encode(), (one,), (name,))
    name = imei(draw)
    yield Drawn("without a place", f"~000000000010000F;{digits(draw, 6)};{name};12;NULL;IGN$".encode(), (), (name,))


def kenji(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        name, one = digits(draw, 6), place(draw, when(draw), fix=fix)
        north, east = sides(one)
        text = f">C{name},M{hexes(draw, 6)},O{hexes(draw, 4)},I{hexes(draw, 4)},D{one.time:%H%M%S},{'VA'[fix]},"
        text += f"{north}{minutes(one.latitude, 2)},{east}{minutes(one.longitude, 3)},T{draw.uniform(0, 60):.1f},"
        text += f"H{draw.uniform(0, 360):.1f},Y{one.time:%d%m%y},G{draw.randrange(4, 12)}*{hexes(draw, 2)}\r\n"
        yield Drawn(f"fix {fix}", text.encode(), (one,), (name,))


def l100(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        name, one, here = imei(draw), place(draw, when(draw), fix=fix), cell(draw)
        rmc = f"GPRMC,{one.time:%H%M%S},{'VA'[fix]},{minutes_pair(one)},{motion(draw)},{one.time:%d%m%y},,"
        cells = f"{here[0]},{here[1]},{here[2]:x},{here[3]:x}"
        text = f"ATL{name},{nmea(rmc)},#{digits(draw, 8)},N.C,0,0,{digits(draw, 5)},25,4.1,22,{cells},ATL"
        yield Drawn(
            f"old, fix {fix}",
            b"\x01\x02" + text.encode() + b"\x02" + bytes([xor(text.encode())]),
            (one,),
            (name,),
            (here,),
        )
        letters = f"{'VA'[fix]},{abs(one.latitude):.6f};{sides(one)[0]},{abs(one.longitude):.6f};{sides(one)[1]}"
        text = f"{draw.choice('LH')},ATL,{name},2,0123,{one.time:%H%M%S,%d%m%y},{letters},{motion(draw)},{digits(draw, 5)},4.1,22,"
        text += f"{here[0]},{here[1]},{here[2]},{here[3]:x},#0000,0,ATL,"
        yield Drawn(f"OBD, fix {fix}", text.encode() + b"*" + bytes([xor(text.encode())]), (one,), (name,), (here,))
    name, one, here = imei(draw), place(draw, when(draw)), cell(draw)
    for source, kind in (("GPS", "N"), ("GSM", "P"), ("INV", "T")):
        one = Place(one.latitude, one.longitude, one.time, source != "INV")
        letters = f"{'VA'[one.fix]},{abs(one.latitude):.6f},{sides(one)[0]},{abs(one.longitude):.6f},{sides(one)[1]}"
        text = (
            f"ATL,L,{name},{kind},{one.time:%d%m%y,%H%M%S},{letters},{draw.randrange(99)},{source},{digits(draw, 4)},"
        )
        yield Drawn(f"new {source}", f"{text}{here[0]},{here[1]},{here[2]:x},{here[3]:x}@".encode(), (one,), (name,))


def megastek(draw: random.Random) -> Iterator[Drawn]:
    for fix, live, counted, listed in ((True, "R", False, True), (True, "S", True, False), (False, "R", True, True)):
        name, one, here, points = imei(draw), place(draw, when(draw), fix=fix), cell(draw), (bssid(draw), bssid(draw))
        text = f"$MGV002,{name},DEV,{live},{one.time:%d%m%y,%H%M%S},{'VA'[fix]},{minutes_pair(one, 5)},00,08,00,"
        text += f"0.9,{motion(draw)},{digits(draw, 3)}.2,{digits(draw, 3)},{here[0]},{here[1]:02d},{here[2]:04X},{here[3]:04X},"
        text += f"{draw.randrange(31)},0000,0000,10,20,0,25.1, ,,1-1,{draw.randrange(100)},Timer;!"
        if listed:
            access = "|".join(f"{point.replace(':', '')}:{draw.randrange(40, 90)}" for point in points)
            text = text.replace("Timer;!", f"Timer,{access};!")
        told = f"{len(text):04d}{text}" if counted else text
        yield Drawn(f"MGV {live}, fix {fix}", told.encode(), (one,), (name,), (here,), points if listed else ())
    name, here, points = imei(draw), cell(draw), (bssid(draw),)
    one = place(draw, when(draw))
    text = f"$MGV002,{name},,R,{one.time:%d%m%y,%H%M%S},V,,,,,00,00,00,,,,,,{here[0]},{here[1]:02d},{here[2]:04X},{here[3]:04X},"
    text += f"20,0000,0000,10,20,0,,,,1-1,80,Timer,{points[0].replace(':', '')}:60;!"
    yield Drawn("cells and access points alone", text.encode(), (), (name,), (here,), points)
    for head, fix in (("STX", True), ("LOGSTX", True), ("STX", False)):
        one = place(draw, when(draw), fix=fix)
        rmc = f"GPRMC,{one.time:%H%M%S}.000,{'VA'[fix]},{minutes_pair(one)},{motion(draw)},{one.time:%d%m%y},,"
        tail = f"*{xor(rmc.encode()):02X},{'LF'[fix]},Timer,imei:{name},9,{digits(draw, 3)}.1,Battery=80%,,1,"
        text = f"{head},{digits(draw, 6)},${rmc}{tail}{here[0]},{here[1]:02d},{here[2]:04X},{here[3]:04X};"
        yield Drawn(
            f"{head}, fix {fix}", f"{text}{sum(text.encode()) % 256:02X}\r\n".encode(), (one,), (name,), (here,)
        )
    one, name = place(draw, when(draw)), digits(draw, 15)
    rmc = f"GPRMC,{one.time:%H%M%S}.000,A,{minutes_pair(one)},{motion(draw)},{one.time:%d%m%y},,"
    text = f"STX{name:16}\x06\x08{nmea(rmc)},{here[0]},{here[1]:02d},{here[2]:04X},{here[3]:04X},"
    text += "20,80,00,0000,0000,10,20,Timer;"
    yield Drawn("fixed", f"{text}{xor(text[3:].encode()):02X}\n".encode(), (one,), (name,), (here,))


def mictrack(draw: random.Random) -> Iterator[Drawn]:
    name, one, mode = imei(draw), place(draw, when(draw)), draw.randrange(1, 7)
    points, cells = (bssid(draw), bssid(draw), bssid(draw)), (cell(draw), cell(draw))
    head, time, end = (
        f"MT;{mode};{name}",
        f"{one.time:%y%m%d%H%M%S}",
        f"+{draw.randrange(9)}+{draw.randrange(3600, 4200)}",
    )
    where = f"{one.latitude:.5f}+{one.longitude:.5f}"
    access = ",".join(f"{point},-{draw.randrange(40, 90)}" for point in points)
    towers = ",".join(f"{c[1]},{c[3]},{c[2]},{c[0]}" for c in cells)
    fix = f"{head};R0;{draw.randrange(4, 12)}+{time}+{where}+{motion(draw).replace(',', '+')}{end}"
    yield Drawn("R0", fix.encode(), (one,), (name,))
    yield Drawn("R1", f"{head};R1;{time}+{access}{end}".encode(), (), (name,), wifi=points)
    yield Drawn("R2", f"{head};R2;{time}+{towers}{end}".encode(), (), (name,), cells)
    yield Drawn("R3", f"{head};R3;{time}+{towers}{end}".encode(), (), (name,), cells)
    yield Drawn("R12", f"{head};R12;{time}+{access}+{towers}{end}".encode(), (), (name,), cells, points)
    yield Drawn("R13", f"{head};R13;{time}+{access}+{towers}{end}".encode(), (), (name,), cells, points)
    named = ",".join(f"net{number},{point},-60" for number, point in enumerate(points))
    yield Drawn("Y1", f"{head};Y1;{time}+{named}{end}".encode(), (), (name,), wifi=points)
    yield Drawn("heartbeat", f"{head};RH;0+{time}+0+0+0+0{end}".encode(), (), (name,))
    several = tuple(place(draw, when(draw), fix=draw.random() < 0.8) for _ in range(3))
    records = "".join(
        f"${one.time:%H%M%S}.00,{'VA'[one.fix]},{minutes_pair(one)},{motion(draw)},{draw.uniform(0, 900):.1f},{one.time:%d%m%y}"
        for one in several
    )
    yield Drawn("low altitude", f"{name}{records}$".encode(), several, (name,))


def mtx(draw: random.Random) -> Iterator[Drawn]:
    for full in (True, False):
        name, one = imei(draw), place(draw, when(draw))
        rest = f"{draw.uniform(0, 999):.1f},3,1" if full else f"{draw.randrange(999)},X,X"
        text = f"#MTX,{name},{one.time:%Y%m%d,%H%M%S},{one.latitude:.6f},{one.longitude:.6f},{motion(draw)},{rest},"
        yield Drawn(
            f"full {full}",
            f"{text}{draw.randrange(16):04b},{draw.randrange(4):02b},120,0\r\n".encode(),
            (one,),
            (name,),
        )


def pathaway(draw: random.Random) -> Iterator[Drawn]:
    for coded, label in ((False, '""'), (True, '"point 1"'), (True, '"home, sweet"')):
        name, one = f"user{digits(draw, 3)}", place(draw, when(draw))
        text = f"$PWS,1,{label},,,{one.time:%d%m%y,%H%M%S},{one.latitude:.6f},{one.longitude:.6f},"
        text += f'{draw.randrange(900)},{motion(draw)},"",1'
        text += f"*{xor(text[1:].encode()):02X}"
        query = f"UserName={name}&Password=secret&LOC={quote(text) if coded else text}"
        yield Drawn(
            f"coded {coded} {label}",
            f"GET /track.php?{query} HTTP/1.1\r\nHost: example.com\r\n\r\n".encode(),
            (one,),
            (name,),
        )


def portman(draw: random.Random) -> Iterator[Drawn]:
    for head, letter, filled in (
        ("$PTMLA,", "A", True),
        ("%%", "B", False),
        ("$PTMLA,", "L", True),
        ("$EXT,", "C", True),
    ):
        name, one = imei(draw), place(draw, when(draw), fix=letter != "L")
        north, east = sides(one)
        where = f"{north}{minutes(one.latitude, 2)}{east}{minutes(one.longitude, 3)}"
        warm, fuel = (f"C{digits(draw, 2)}", f"F{digits(draw, 2)}") if filled else ("NA", "NA")
        text = (
            f"{head}{name},{letter},{one.time:%y%m%d%H%M%S},{where},{draw.randrange(120)},{draw.randrange(360)},{warm},"
        )
        if head == "$EXT,":
            text += f"{fuel},{draw.randrange(4, 12)},22,{digits(draw, 5)},NA,{hexes(draw, 8)},253"
        else:
            text += f"{hexes(draw, 8)},{fuel},253,{draw.randrange(4, 12)},{digits(draw, 5)},22" + draw.choice(
                ("", ",G40")
            )
        yield Drawn(f"{head} {letter}", f"{text}\r\n".encode(), (one,), (name,))


def pt3000(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        name, one = imei(draw), place(draw, when(draw), fix=fix)
        rmc = f"$GPRMC,{one.time:%H%M%S}.000,{'VA'[fix]},{minutes_pair(one)},{motion(draw)},{one.time:%d%m%y},,,A"
        yield Drawn(f"fix {fix}", f"%{name},{rmc},+{digits(draw, 11)},N{digits(draw, 3)}d".encode(), (one,), (name,))


DIALECTS = {
    "jmak": jmak,
    "kenji": kenji,
    "l100": l100,
    "megastek": megastek,
    "mictrack": mictrack,
    "mtx": mtx,
    "pathaway": pathaway,
    "portman": portman,
    "pt3000": pt3000,
}
