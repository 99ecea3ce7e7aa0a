"""Lines that write degrees and minutes: HunterPro, ManPower, Nto, Stl060, Swiftech, Tmg, Tr900, Xexun and Ywt."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, cell, imei, minutes, minutes_pair, place, sides, when
from tests.studies.facts_apart.written import nmea, unix


def rmc(draw: random.Random, one: Place, talker: str = "GP") -> str:
    """``$GPRMC,...*CS``; the date as ``ddmmyy``."""
    return nmea(
        f"{talker}RMC,{one.time:%H%M%S}{draw.choice(('', '.00', '.000'))},{'A' if one.fix else 'V'},{minutes_pair(one)},"
        f"{draw.uniform(0, 60):.2f},{draw.uniform(0, 359):.2f},{one.time:%d%m%y},,"
    )


def hunterpro(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        number, one = str(draw.randrange(10**7, 10**8)), place(draw, when(draw), fix=fix)
        data = f">{number}<{rmc(draw, one)}\r"
        yield Drawn("fix" if fix else "no fix", data.encode(), (one,), (number,))


def manpower(draw: random.Random) -> Iterator[Drawn]:
    """``28B9,1DED,425,01`` of the public sample: area, cell, country, network."""
    for fix in (True, False):
        number, one, (mcc, mnc, area, tower) = imei(draw), place(draw, when(draw), fix=fix), cell(draw)
        data = (
            f"simei:{number},,,tracker,51,24,1.73,{one.time:%y%m%d%H%M%S},{'A' if fix else 'V'},{minutes_pair(one)},"
            f"{draw.uniform(0, 60):.2f},{area:04X},{tower:04X},{mcc},{mnc:02d},1,0;"
        )
        yield Drawn("fix" if fix else "no fix", data.encode(), (one,), (number,), ((mcc, mnc, area, tower),))


def nto(draw: random.Random) -> Iterator[Drawn]:
    for state in "AVM":
        number, one, tower = imei(draw), place(draw, when(draw), fix=state == "A"), cell(draw)
        north, east = sides(one)
        data = (
            f"^NB,{number},N{draw.randrange(30):02d},{one.time:%d%m%y},{one.time:%H%M%S},{state},{north},"
            f"{minutes(one.latitude, 2)},"
            f"{east},{minutes(one.longitude, 3)},{draw.uniform(0, 60):.1f},{draw.randrange(360)},{draw.randrange(2**48):012X},"
            f"{tower[0]}:{tower[1]}:{tower[2]}:{tower[3]},8,0,{unix(one)},0&"
        )
        yield Drawn(state, data.encode(), (one,), (number,), (tower,))


def stl060(draw: random.Random) -> Iterator[Drawn]:
    tails = {
        "old": f"{draw.randrange(9999)},1,0,1,{draw.randrange(99)}",
        "new": f"1,0,0,0,1,{draw.randrange(10**6)},{draw.randrange(9999)},25,{draw.randrange(99)},0;0;0,0,1",
    }
    for name, tail in tails.items():
        for fix, dot in ((True, True), (True, False), (False, True)):
            number, one = imei(draw), place(draw, when(draw), fix=fix)
            pair = minutes_pair(one, letter="")
            data = (
                f"$1,{number},D001,AP{draw.randrange(10, 99)}AB{draw.randrange(1000, 9999)},"
                f"{one.time:%d/%m/%y},{one.time:%H:%M:%S},"
                f"{pair if dot else pair.replace('.', '')},{draw.uniform(0, 60):.1f},"
                f"{draw.uniform(0, 359):.1f},{tail},{'A' if fix else 'V'}#"
            )
            shown = f"{name}{'' if fix else ', no fix'}{'' if dot else ', no point'}"
            yield Drawn(shown, data.encode(), (one,), (number,))


def swiftech(draw: random.Random) -> Iterator[Drawn]:
    for fix, width in ((True, 3), (False, 3), (True, 2)):
        number, one = imei(draw), place(draw, when(draw), fix=fix)
        if width == 2:
            one = Place(one.latitude, one.longitude % 80 + 10, one.time)
        north, east = sides(one)
        data = (
            f"@@{number},,,{one.time:%H%M%S},{minutes(one.latitude, 2)},{north},{minutes(one.longitude, width)},{east},"
            f"{draw.uniform(0, 60):.2f},{one.time:%d%m%y},{'A' if fix else 'V'},{draw.randrange(2)}000,1,,"
            f"{draw.randrange(5000)},{draw.randrange(15000)}#"
        )
        yield Drawn(f"{'fix' if fix else 'no fix'}, {width} digits", data.encode(), (one,), (number,))


def tmg(draw: random.Random) -> Iterator[Drawn]:
    """The cell's number alone, without area or network, is no place."""
    for kind in ("loc", "nor", "rid", "rnc", "iof", "ion", "rmv", "ebl", "tmp"):
        number, one, (_, _, _, tower) = imei(draw), place(draw, when(draw), fix=draw.random() < 0.8), cell(draw)
        head = (
            f"{draw.choice(('', 'L,', 'H,'))}{number},{one.time:%d%m%Y},{one.time:%H%M%S},{draw.choice('14') if one.fix else 0},"
            f"{minutes_pair(one)},{draw.uniform(0, 60):.1f},"
            f"{draw.uniform(0, 359):.2f}"
        )
        new = (
            f"{draw.randrange(900)},{draw.uniform(0.7, 3):.1f},{draw.randrange(4, 12)},{draw.randrange(4, 14)},Airtel,"
            f"{draw.randrange(32)},{tower:X},1,4.1,12.4,0000,00,0000,0.0,0.0,0.0,1.2.3,0#"
        )
        old = (
            f"{tower},{draw.randrange(32)},{draw.randrange(4, 12)},4,1,LLLL,NNTN,HH,0.15,0.26,"
            f"AP{draw.randrange(10, 99)}AB{draw.randrange(1000, 9999)},{draw.randrange(9999)},1.2.3"
        )
        for name, tail in (("new", new), ("old", old)):
            yield Drawn(f"{kind} {name}", f"${kind},{head},{tail}\n".encode(), (one,), (number,))


def tr900(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        number, one = str(draw.randrange(10**7, 10**8)), place(draw, when(draw), fix=fix)
        north, east = sides(one)
        data = (
            f">{number},{draw.randrange(99)},{int(fix)},{one.time:%y%m%d},{one.time:%H%M%S},{east}{minutes(one.longitude, 3, 2)},"
            f"{north}{minutes(one.latitude, 2, 2)},,{draw.randrange(60):02d},{draw.randrange(360):03d},{draw.randrange(32)},"
            f"{draw.randrange(999):03d}-{draw.randrange(999):03d},0,0,{draw.randrange(2**16):04X}\r\n"
        )
        yield Drawn("fix" if fix else "no fix", data.encode(), (one,), (number,), near=1e-4)


def xexun(draw: random.Random) -> Iterator[Drawn]:
    """``serial,phone,GPRMC,...*CS,F|L,...,imei:...``; what stands between is free."""
    for fix in (True, False):
        for head in ("", f"{one_stamp(draw)},+49{draw.randrange(10**9, 10**10)},"):
            number, one = imei(draw), place(draw, when(draw), fix=fix)
            data = (
                f"{head}{rmc(draw, one)[1:]},{'F' if fix else 'L'},, imei:{number},{draw.randrange(3, 12):02d},"
                f"{draw.randrange(900)}.0,F:4.1V,0,"
            )
            shown = f"{'fix' if fix else 'no fix'}{', full' if head else ''}"
            yield Drawn(shown, f"{data}\r\n".encode(), (one,), (number,))
            mcc, mnc, area, tower = cell(draw)
            data += f"{draw.randrange(200)},{draw.randrange(10**5)},{mcc},{mnc:02d},{area:04X},{tower:04X}\r\n"
            yield Drawn(f"{shown}, cell", data.encode(), (one,), (number,), ((mcc, mnc, area, tower),))


def one_stamp(draw: random.Random) -> str:
    return f"{when(draw):%y%m%d%H%M}"


def ywt(draw: random.Random) -> Iterator[Drawn]:
    """Decimal degrees with the letter in front, longitude first; no satellites is no fix."""
    number = str(draw.randrange(10**9, 10**10))
    for kind in ("RP", "KP", "EP"):
        one = place(draw, when(draw), fix=draw.random() < 0.7)
        north, east = sides(one)
        data = (
            f"%{kind},{number}:{draw.randrange(9)},{one.time:%y%m%d%H%M%S},{east}{abs(one.longitude):010.6f},"
            f"{north}{abs(one.latitude):09.6f},{draw.choice(('', draw.randrange(900)))},{draw.randrange(99)},{draw.randrange(360)},"
            f"{draw.randrange(3, 12) if one.fix else 0},{draw.randrange(99)},"
            f"{draw.randrange(256):02X}-{draw.randrange(256):02X}\r\n"
        )
        yield Drawn(kind, data.encode(), (one,), (number,))
    yield Drawn("synchronisation", f"%SN,{number}:0,{when(draw):%y%m%d%H%M%S}\r\n".encode(), (), (number,))


DIALECTS: dict[str, Dialect] = {
    "hunterpro": hunterpro,
    "manpower": manpower,
    "nto": nto,
    "stl060": stl060,
    "swiftech": swiftech,
    "tmg": tmg,
    "tr900": tr900,
    "xexun": xexun,
    "ywt": ywt,
}
