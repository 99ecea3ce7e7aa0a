"""Raveon, Rst, S168, Sabertek, Sanav, StarLink, Startek and Svias, built from public descriptions.

Raveon tells a time without a date, so that no time is expected of it. Left out: Rst types without a description.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

from tests.studies.facts_apart.drawn import (
    Drawn,
    bssid,
    cell,
    digits,
    hexes,
    imei,
    minutes,
    minutes_pair,
    motion,
    place,
    when,
)
from tests.studies.facts_apart.written import nmea, nmea_line


def signed_minutes(value: float, width: int, plus: str = "") -> str:
    return ("-" if value < 0 else plus) + minutes(value, width)


def raveon(draw: random.Random) -> Iterator[Drawn]:
    for fix, status in ((True, "P"), (True, ""), (False, "M")):
        name, one, time = digits(draw, 4), place(draw, fix=fix), when(draw)
        text = f"PRAVE,{name},0001,{signed_minutes(one.latitude, 2)},{signed_minutes(one.longitude, 3)},{time:%H%M%S},{fix:d},"
        text += f"{draw.randrange(4, 12)},{draw.randrange(900)},{draw.randrange(40)},12.1,"
        text += (
            f"{draw.randrange(16)},-{draw.randrange(50, 110)},{draw.randrange(120)},{draw.randrange(360)},{status},,,"
        )
        yield Drawn(f"fix {fix} {status}", nmea_line(text), (one,), (name,))


def rst(draw: random.Random) -> Iterator[Drawn]:
    for live, fix in (("L", True), ("A", True), ("L", False)):
        name, one = digits(draw, 9), place(draw, when(draw), fix=fix)
        assert one.time is not None
        event = one.time + timedelta(seconds=draw.randrange(1, 900))
        text = f"RST;{live};RST-MINIv2;V7.00;{name};{draw.randrange(999)};{draw.choice((1, 2, 13))};"
        text += f"{event:%d-%m-%Y %H:%M:%S};"
        text += f"{one.time:%d-%m-%Y %H:%M:%S};{one.latitude:.6f};{one.longitude:.6f};{motion(draw).replace(',', ';')};"
        text += f"{draw.randrange(900)};{fix:d};{draw.randrange(4, 12)};0.9;00;00;00;00;00;12.5;4.1;{digits(draw, 5)};20;1F;"
        yield Drawn(f"{live}, fix {fix}", f"{text}0000;0000;0000;0000;00;00;0;FIM;".encode(), (one,), (name,))
    yield Drawn("command answer", f"RST;A;RST-MINIv2;V7.00;{name};61;134;RT=0;FIM;".encode(), (), (name,))


def s168(draw: random.Random) -> Iterator[Drawn]:
    def sent(name: str, content: str) -> bytes:
        return f"S168#{name}#{draw.randrange(1 << 16):04x}#{len(content):04x}#{content}$".encode()

    name, here, points = imei(draw), (cell(draw), cell(draw)), (bssid(draw), bssid(draw))
    here = (here[0], (*here[0][:2], *here[1][2:]))
    towers = f"CELL:2,{here[0][0]:x},{here[0][1]:x}," + ",".join(
        f"{c[2]:x},{c[3]:x},{draw.randrange(64):x}" for c in here
    )
    access = "WIFI:2," + ",".join(f"{point.replace(':', '-').upper()},-{draw.randrange(40, 90)}" for point in points)
    rest = f"STATUS:{draw.randrange(100)},{draw.randrange(100)};WAY:0"
    for fix in (True, False):
        one = place(draw, when(draw), fix=fix)
        where = (
            f"GDATA:{'VA'[fix]},{draw.randrange(4, 12)},{one.time:%y%m%d%H%M%S},{one.latitude:.6f},{one.longitude:.6f},"
        )
        where += f"{draw.randrange(120)},{draw.randrange(360)},{draw.randrange(900)}"
        yield Drawn(f"fix {fix}", sent(name, f"LOCA:G;{where};ALERT:0000;{rest}"), (one,), (name,))
        content = f"LOCA:G;{towers};{where};ALERT:0000;{rest};{access}"
        yield Drawn(f"everything, fix {fix}", sent(name, content), (one,), (name,), here, points)
    yield Drawn("cells", sent(name, f"LOCA:L;{towers};ALERT:0000;{rest}"), (), (name,), here)
    yield Drawn("access points", sent(name, f"LOCA:W;{towers};{access};{rest}"), (), (name,), here, points)
    yield Drawn("synchronise", sent(name, f"SYNC:{digits(draw, 4)};STATUS:80,70"), (), (name,))


def sabertek(draw: random.Random) -> Iterator[Drawn]:
    for full, fix in ((True, True), (True, False), (False, True)):
        name, one = digits(draw, 6), place(draw, when(draw) if full else None, fix=fix)
        text = f",{name},{draw.randrange(10)},"
        text += f"{imei(draw)},{digits(draw, 20)},+27{digits(draw, 9)},{one.time:%Y%m%d%H%M%S}," if full else ""
        text += f"{draw.randrange(100)},{draw.randrange(31)},{draw.randrange(16)},{draw.randrange(16)},{fix:d},{one.latitude:.6f},"
        text += f"{one.longitude:.6f},{draw.randrange(120)},{draw.randrange(360)},{draw.randrange(900)},9,{digits(draw, 5)},"
        yield Drawn(f"full {full}, fix {fix}", b"\2" + text.encode() + b"\3\r\n", (one,), (name,))


def sanav(draw: random.Random) -> Iterator[Drawn]:
    for form, fix in (("new", True), ("new", False), ("old", True), ("query", True)):
        name, one, here = imei(draw), place(draw, when(draw), fix=fix), cell(draw)
        rmc = f"GPRMC,{one.time:%H%M%S}.000,{'VA'[fix]},{minutes_pair(one)},{motion(draw)},{one.time:%d%m%y},,"
        rmc = nmea(rmc)
        if form == "old":
            yield Drawn("old", f"imei:{name}rmc:{rmc},3950mV,AUTO".encode(), (one,), (name,))
        elif form == "query":
            request = f"GET /gps.php?imei={name}&rmc={rmc},AUTO HTTP/1.0\r\n\r\n"
            yield Drawn("query", request.encode(), (one,), (name,))
        else:
            tail = f"AUTO,{hexes(draw, 4)},{draw.randrange(100)}"
            yield Drawn(f"new, fix {fix}", f"imei={name}&rmc={rmc},{tail}\r\n".encode(), (one,), (name,))
            towers = f"{here[0]},{here[1]},{here[3]:04X},{here[2]:04X},{draw.randrange(10, 63)}"
            text = f"imei={name}&rmc={rmc},{tail},1,{towers},0,0,0000,0000,0"
            yield Drawn(f"cells, fix {fix}", f"{text}\r\n".encode(), (one,), (name,), (here,))


def starlink(draw: random.Random) -> Iterator[Drawn]:
    def sent(name: str, data: str) -> bytes:
        text = f"SLU{name},06,{draw.randrange(9999)},{data}"
        return f"${text}*{sum(text.encode()) % 256:02X}\r\n".encode()

    for name in (hexes(draw, 6), imei(draw)):
        one, here = place(draw, when(draw)), cell(draw)
        assert one.time is not None
        event = one.time + timedelta(seconds=draw.randrange(1, 60))
        where = f"{signed_minutes(one.latitude, 2, '+')},{signed_minutes(one.longitude, 3, '+')}"
        time = f"{event:%y%m%d%H%M%S}"
        rest = f"{digits(draw, 5)},0,0,0,0,0,0,0,0,{here[2]},{here[3]},12.145,04.098"
        data = f"{time},{draw.randrange(40)},{one.time:%y%m%d%H%M%S},{where},{motion(draw)},{rest},0,1,1"
        yield Drawn(f"default, id {len(name)}", sent(name, data), (one,), (name,), ((0, 0, here[2], here[3]),))
        data = f"{time},{draw.randrange(40)},,,,,,{rest},0,1,1"
        yield Drawn(f"no fix, id {len(name)}", sent(name, data), (), (name,), ((0, 0, here[2], here[3]),))
        if len(name) == 15:
            data = f"{name},{time},{one.time:%y%m%d%H%M%S},{where},{motion(draw)},{rest},24,Tracking"
            yield Drawn("id again", sent(name, data), (one,), (name,), ((0, 0, here[2], here[3]),))


def startek(draw: random.Random) -> Iterator[Drawn]:
    def sent(name: str, kind: str, content: str) -> bytes:
        text = f",{name},{kind},{content}"
        told = f"&&{chr(draw.randrange(65, 91))}{len(text)}{text}"
        return f"{told}{sum(told.encode()) % 256:02X}\r\n".encode()

    for fix, more in ((True, ""), (True, ",1,0000,0000"), (False, "")):
        name, one, here = imei(draw), place(draw, when(draw), fix=fix), cell(draw)
        content = f"{draw.randrange(60)},,{one.time:%y%m%d%H%M%S},{'VA'[fix]},{one.latitude:.6f},{one.longitude:.6f},"
        content += f"{draw.randrange(4, 12)},0.9,{draw.randrange(120)},{draw.randrange(360)},{draw.randrange(900)},"
        content += f"{digits(draw, 6)},{here[0]}|{here[1]}|{here[2]:X}|{here[3]:08X},22,"
        content += f"{hexes(draw, 8)},{hexes(draw, 2)},00,"
        content += f"{draw.randrange(1100, 1400):04X}|{draw.randrange(360, 420):04X}{more}"
        yield Drawn(f"fix {fix}{more}", sent(name, "000", content), (one,), (name,), (here,))
    yield Drawn("serial text", sent(name, "710", "T1,26.1,T2,30"), (), (name,))


def svias(draw: random.Random) -> Iterator[Drawn]:
    def scaled(value: float) -> str:
        hundred_thousandths = round(abs(value) * 6_000_000)
        return f"{'-' * (value < 0)}{hundred_thousandths // 6_000_000}{hundred_thousandths % 6_000_000:07d}"

    for fix in (True, False):
        name, one = f"1{digits(draw, 7)}", place(draw, when(draw), fix=fix)
        assert one.time is not None
        date, time = int(f"{one.time:%d%m%y}"), int(f"{one.time:%H%M%S}")
        text = f"[0001,0221,{draw.randrange(9999)},{name},{draw.randrange(999)},{date},{time},"
        text += f"{scaled(one.latitude)},{scaled(one.longitude)},{draw.randrange(12000)},{draw.randrange(36000)},"
        text += f"{digits(draw, 5)},{draw.randrange(32)},{2 * draw.randrange(8) + fix},"
        yield Drawn(
            f"fix {fix}",
            f"{text}0,0,{draw.randrange(11000, 14000)},{draw.randrange(100)},20,0]".encode(),
            (one,),
            (name,),
        )


DIALECTS = {
    "raveon": raveon,
    "rst": rst,
    "s168": s168,
    "sabertek": sabertek,
    "sanav": sanav,
    "starlink": starlink,
    "startek": startek,
    "svias": svias,
}
