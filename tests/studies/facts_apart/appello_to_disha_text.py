"""Text dialects from Appello to Disha, from public descriptions of them."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Dialect, Drawn, bssid, cell, digits, imei, minutes_pair, place, sides, when
from tests.studies.facts_apart.written import nmea_line


def appello(draw: random.Random) -> Iterator[Drawn]:
    """F is a fix; L has none, and cells and access points stand for it."""
    device, time, mast = imei(draw), when(draw), cell(draw)
    one = place(draw, time)
    head = f"FOLLOWIT,{device},"
    there = (
        f"{one.latitude:.6f},{one.longitude:.6f},{draw.randrange(60)},{draw.randrange(360)},{draw.randrange(4, 12)},"
        f"{draw.randrange(900)},F"
    )
    cells = f"{mast[0]},{mast[1]},{mast[2]:X},{mast[3]:X},{draw.randrange(31)}"
    for name, stamp in (
        ("fix", f"{time:%y%m%d%H%M%S}"),
        ("fraction of a second", f"{time:%y%m%d%H%M%S}.{draw.randrange(1000):03d}"),
    ):
        yield Drawn(name, f"{head}{stamp},{there},{cells}\r\n".encode(), (one,), (device,), (mast,))
    masts = tuple(cell(draw) for _ in range(draw.randrange(1, 4)))
    points = tuple(bssid(draw) for _ in range(draw.randrange(1, 4)))
    listed = "|".join(
        f"{a}:{b}:{c:X}:{d:X}:{draw.randrange(31)}" + ":1" * (n == 0) for n, (a, b, c, d) in enumerate(masts)
    )
    heard = "|".join(f"{point.replace(':', '').upper()}:{draw.randrange(30, 90)}" for point in points)
    yield Drawn(
        "no fix",
        f"{head}UTCTIME,0.000000,0.000000,0,0,0,0,L,{listed},{heard}\r\n".encode(),
        (),
        (device,),
        masts,
        points,
    )


def arknav_x8(draw: random.Random) -> Iterator[Drawn]:
    """The login alone has the id."""
    device = imei(draw)
    login = f"{device},{when(draw):%y%m%d};"
    for kind in ("1G", "1R", "1M"):
        for fix in (True, False):
            one = place(draw, when(draw), fix=fix)
            text = (
                f"{kind},{one.time:%y%m%d%H%M%S},{'A' if fix else 'V'},{minutes_pair(one, letter='')},"
                f"{draw.uniform(0, 60):.1f},{draw.randrange(360)},{draw.uniform(0.7, 3):.2f},{draw.randrange(10**6):06d};"
            )
            yield Drawn(f"{kind} {fix}", text.encode(), (one,))
            yield Drawn(f"{kind} {fix} after a login", (login + text).encode(), (one,), (device,))
    yield Drawn("login", login.encode(), (), (device,))
    status = (
        f"2G,{when(draw):%y%m%d%H%M%S},{draw.randrange(12)},{draw.randrange(300)},12.6,4.1,{draw.randrange(10**6)};"
    )
    yield Drawn("2G", (login + status).encode(), (), (device,))


def arnavi_text(draw: random.Random) -> Iterator[Drawn]:
    """V2 to V4; whether the heights stand there moves what follows them. All are called valid."""
    for kind in ("V2", "V3", "V4"):
        for more, heights in ((False, False), (True, True), (False, True)):
            device, one = str(draw.randrange(10**4, 10**6)), place(draw, when(draw))
            text = (
                f"AV,{kind},{device},{draw.randrange(10**5)},{draw.randrange(900, 2800)},{draw.randrange(300, 420)},"
                f"{draw.randrange(-1, 90)},"
                f"{draw.randrange(2)},{draw.randrange(2)},{draw.randrange(256)},0,0,{'0,0,' if more else ''}1,"
                f"{draw.randrange(4, 20)},"
                f"{f'{draw.uniform(0, 300):.1f},{draw.uniform(-30, 30):.1f},' if heights else ''}{one.time:%H%M%S},"
                f"{minutes_pair(one, letter='')},{draw.uniform(0, 60):.1f},{draw.uniform(0, 359):.1f},{one.time:%d%m%y},66,0,,"
            )
            yield Drawn(f"{kind} {more} {heights}", nmea_line(text), (one,), (device,))


def autograde(draw: random.Random) -> Iterator[Drawn]:
    """Columns without separators; one byte of status may be no text at all."""
    for fix in (True, False):
        device, one = imei(draw), place(draw, when(draw), fix=fix)
        head = (
            f"({draw.randrange(10**12):012d}{device}{one.time:%d%m%y}{'A' if fix else 'V'}{minutes_pair(one, letter='', then='')}"
            f"{draw.uniform(0, 99):05.1f}{one.time:%H%M%S}{draw.uniform(0, 359):06.2f}"
        )
        values = "".join(f"{letter}{draw.randrange(65536):04X}" for letter in "ABCDEKLMNO")
        yield Drawn(
            f"fix {fix}",
            head.encode() + bytes((draw.randrange(0x80, 0x100),)) + values.encode() + b")",
            (one,),
            (device,),
        )


def bstpl(draw: random.Random) -> Iterator[Drawn]:
    """The hemisphere, or 0, has its own field."""
    for kind in (1, 2, 3, 9):
        device, one = imei(draw), place(draw, when(draw))
        ns, ew = sides(one)
        iccid = "8991" + digits(draw, 16)
        tail = (
            f"{draw.randrange(2)},{draw.randrange(31)},1,1,0,1,{draw.randrange(99)},0,4.1,BS1.02,{iccid},12.6"
            if kind == 1
            else f"{draw.randrange(31)},0,98,1,1,1,{draw.randrange(900)},0,BS1.02,{iccid},{{800,1200,40,3,80,31}}"
        )
        head = f"BSTPL${kind},{device},"
        there = (
            f"{abs(one.latitude):09.6f},{ns},{abs(one.longitude):09.6f},{ew},{draw.randrange(90)},"
            f"{draw.randrange(9999)},{draw.randrange(360)},{draw.randrange(4, 12)},"
        )
        yield Drawn(f"{kind}", f"{head}A,{one.time:%d%m%y,%H%M%S},{there}{tail}#".encode(), (one,), (device,))
        yield Drawn(
            f"{kind} no fix",
            f"{head}V,{one.time:%d%m%y,%H%M%S},00.000000,0,00.00000,0,0,0,0,0,{tail}#".encode(),
            (),
            (device,),
        )


def cguard(draw: random.Random) -> Iterator[Drawn]:
    """Latitude first; the login alone has the id."""
    device = imei(draw)
    login = f"{draw.choice(('ID:', 'IDRO:'))}{device}\r\nVERSION:3.3\r\n"
    for name, accuracy, course, height in (
        ("all", "5.0", "127.3", ":140.5"),
        ("no height", "3.1", "12", ""),
        ("NAN", "NAN", "NAN", ":NAN"),
    ):
        one = place(draw, when(draw))
        speed = draw.choice((f"{draw.uniform(0, 90):.1f}", str(draw.randrange(90))))
        text = f"NV:{one.time:%y%m%d %H%M%S}:{one.latitude:.6f}:{one.longitude:.6f}:{speed}:{accuracy}:{course}{height}\r\n"
        yield Drawn(name, text.encode(), (one,))
        yield Drawn(f"{name} after a login", (login + text).encode(), (one,), (device,))
    status = f"BC:{when(draw):%y%m%d %H%M%S}:CSQ1:{draw.randrange(31)}:NSQ1:{draw.randrange(12)}:BAT1:98\r\n"
    yield Drawn("status after a login", (login + status).encode(), (), (device,))


def cradlepoint(draw: random.Random) -> Iterator[Drawn]:
    """A time of the day without leading zeros, and no date."""
    for name, full in (("all fields", True), ("empty fields", False)):
        for decimals in (2, 4, 6):
            device = draw.choice(
                (imei(draw), f"+1{draw.randrange(10**9, 10**10)}", f"SYS{draw.randrange(10**8, 10**9)}")
            )
            one = place(draw)
            stamp = f"{when(draw):%H%M%S}".lstrip("0")
            tail = (
                f"{draw.randrange(60)},{draw.randrange(360)},Carrier,0,-98,-70,-11,-8,10.1.2.3"
                if full
                else ",,Carrier,,-98,,,,"
            )
            text = f"{device},{stamp},{minutes_pair(one, decimals)},{tail}\n"
            yield Drawn(f"{name} {decimals}", text.encode(), (one,), (device,), near=1e-4 if decimals == 2 else 2e-5)


def disha(draw: random.Random) -> Iterator[Drawn]:
    """V, M and X are no fix."""
    for word in "AVMX":
        device, one = imei(draw), place(draw, when(draw), fix=word == "A")
        text = (
            f"$A#A#{device}#{word}#{one.time:%H%M%S#%d%m%y}#{minutes_pair(one, letter='#', then='#')}"
            f"#{draw.uniform(0, 60):.2f}#"
            f"{draw.uniform(0, 359):.2f}#{draw.randrange(4, 12)}#{draw.uniform(0.7, 2):.1f}#{draw.randrange(31)}"
            f"#{draw.randrange(3)}#{draw.randrange(100)}#"
            f"{draw.randrange(9999)}#{draw.randrange(9999)}#{draw.uniform(0, 90):.2f}#{draw.uniform(0, 9999):.2f}"
            f"#{draw.randrange(16):04b}*"
        )
        yield Drawn(word, text.encode(), (one,), (device,))


DIALECTS: dict[str, Dialect] = {
    "appello": appello,
    "arknavx8": arknav_x8,
    "arnavi-text": arnavi_text,
    "autograde": autograde,
    "bstpl": bstpl,
    "cguard": cguard,
    "cradlepoint": cradlepoint,
    "disha": disha,
}
