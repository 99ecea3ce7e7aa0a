"""Text without separators or in hexadecimal: Carscop, EasyTrack, Motor, Net, Telemax and tk103 (public descriptions)."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import timedelta

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, cell, imei, minutes_pair, place, when
from tests.studies.facts_apart.written import packed


def glued(one: Place) -> str:
    """``Addmm.mmmmNdddmm.mmmmE``."""
    return f"{'A' if one.fix else 'V'}{minutes_pair(one, letter='', then='')}"


def carscop(draw: random.Random) -> Iterator[Drawn]:
    """The head's time is local, the block's is UTC, with its date as ``yymmdd``; only the login names the device."""
    number = draw.choice(("CW9999C00000538"[:10] + str(draw.randrange(10**4, 10**5)), imei(draw)))

    def message(command: str, one: Place, tail: str) -> str:
        assert one.time is not None
        local = one.time + timedelta(hours=8)
        speed = draw.choice(("000.0", "0.000", "036.5"))
        block = f"{one.time:%H%M%S}{glued(one)}{speed}{one.time:%y%m%d}{draw.uniform(0, 359):06.2f}{tail}"
        return f"*{local:%y%m%d%H%M%S}UB{command}{block}^"

    tail = f"{draw.randrange(10**8):08d}L{draw.randrange(10**6):06d}"
    first, second = place(draw, when(draw)), place(draw, when(draw))
    third = place(draw, when(draw), fix=False)
    login = message(f"05{number}", first, draw.choice(("", tail)))
    yield Drawn("login", login.encode(), (first,), (number,))
    yield Drawn("session", f"{login}{message('04', second, tail)}".encode(), (first, second), (number,))
    yield Drawn("position", message("04", second, tail).encode(), (second,))
    yield Drawn("position without mileage", message("04", second, "").encode(), (second,))
    yield Drawn("last place", message("04", third, tail).encode(), (third,))
    stamp = when(draw)
    empty = f"*{stamp:%y%m%d%H%M%S}UB05{number}{stamp:%H%M%S}V0000.0000N00000.0000E000.0{stamp:%y%m%d}000.00^"
    yield Drawn("no fix", empty.encode(), (Place(0, 0, stamp, fix=False),), (number,))


def easytrack(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)

    def text(value: int, width: int) -> str:
        return draw.choice((str.upper, str.lower))(f"{value:0{width}x}")

    def block(one: Place) -> str:
        assert one.time is not None
        date = text(one.time.year % 100 << 16 | one.time.month << 8 | one.time.day, 6)
        time = text(one.time.hour << 16 | one.time.minute << 8 | one.time.second, 6)
        pair = ",".join(
            text(round(abs(value) * 600000) | (value < 0) << 31, 8) for value in (one.latitude, one.longitude)
        )
        return (
            f"{'A' if one.fix else 'V'},{date},{time},{pair},{text(draw.randrange(9000), 4)},{text(draw.randrange(36000), 4)},"
            f"{text(draw.randrange(2**32), 8)},{text(draw.randrange(32), 2)},{draw.randrange(101)},{text(draw.randrange(999), 4)},"
            f"{text(draw.randrange(2**24), 6)}{draw.choice(('', f',{draw.randrange(900)}'))}"
        )

    for command in ("HB", "DW", "CC", "AM"):
        one = place(draw, when(draw), fix=draw.random() < 0.7)
        yield Drawn(command, f"*ET,{number},{command},{block(one)}#".encode(), (one,), (number,))
    one = place(draw, when(draw))
    yield Drawn("CC with a field more", f"*ET,{number},CC,0.0,{block(one)}#\r\n".encode(), (one,), (number,))
    mcc, mnc, area, tower = cell(draw)
    yield Drawn(
        "JZ", f"*ET,{number},JZ,1,{tower},{area},{mcc},{mnc}#".encode(), (), (number,), ((mcc, mnc, area, tower),)
    )
    for other in (
        f"TX,A,{text(draw.randrange(2**24), 6)},{text(draw.randrange(2**24), 6)}",
        f"MQ,{draw.randrange(9999):04d}",
    ):
        yield Drawn(other[:2], f"*ET,{number},{other}#".encode(), (), (number,))


def motor(draw: random.Random) -> Iterator[Drawn]:
    """No form of a southern or western place is known; the id is four bytes, the first last."""
    for fix in (True, False):
        drawn = place(draw, when(draw), fix=fix)
        one = Place(abs(drawn.latitude), abs(drawn.longitude), drawn.time, fix)
        assert one.time is not None
        number = draw.randbytes(4)
        latitude, longitude = (packed(value, 3) for value in (one.latitude, one.longitude))
        data = (
            f"{number.hex()}{draw.randrange(2**16):04x}{draw.randrange(2**16):04x}{draw.randrange(2**16):04x}{draw.randrange(2**24):06x}"
            f"{0x80 * fix:02x}{latitude[1:]}0{longitude}{draw.randrange(999):04d}{draw.randrange(3600):04d}{one.time:%y%m%d%H%M%S}"
            f"{draw.randrange(32):02d}"
        )
        yield Drawn("fix" if fix else "no fix", f"{data}\r\n".encode(), (one,), (number[::-1].hex(),))


def net(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        number, one = imei(draw), place(draw, when(draw), fix=fix)
        flags = 8 * fix | 2 * (one.latitude < 0) | (one.longitude < 0)
        pair = packed(one.latitude, 2) + packed(one.longitude, 3)
        data = (
            f"@L{draw.randrange(1000):03d}{number}{draw.randrange(256):02X}{one.time:%d%m%y%H%M%S}{flags:X}{pair}"
            f"{draw.randrange(2**32):08X}{draw.randrange(6000):04X}{draw.randrange(2**24):06X}{draw.randrange(360):03X}000!"
        )
        yield Drawn("fix" if fix else "no fix", data.encode(), (one,), (number,))


def telemax(draw: random.Random) -> Iterator[Drawn]:
    """The records between the first and the last hold no time: the interval after the one before."""
    unit, seconds = f"{draw.randrange(10**6):06d}", draw.randrange(10, 300)
    begun = when(draw)
    for count in (1, 2, 4):
        places = tuple(
            place(draw, begun + timedelta(seconds=number * seconds), fix=draw.random() < 0.8) for number in range(count)
        )
        data = f"Y{draw.randrange(16**8):08X}{draw.randrange(10**6):06d}06{unit}0101{seconds:04X}0101{count:02X}"
        for number, one in enumerate(places):
            shifted = (round(value * 30000) + 5_400_000 for value in (one.longitude, one.latitude))
            data += f"{draw.randrange(100) | 0x80 * one.fix:02X}" + "".join(f"{value:06X}" for value in shifted)
            if number in (0, count - 1):
                data += f"{one.time:%y%m%d%H%M%S}{draw.randrange(2**32):08X}"
        session = f"%06{unit}0128\r\n{data}\r\n"
        yield Drawn(f"{count} records", session.encode(), places, (unit,))
    yield Drawn("login", f"%06{unit}0128\r\n".encode(), (), (unit,))


def run_together(draw: random.Random, one: Place) -> str:
    """The block of the tk103: ``yymmdd A lat lon speed hhmmss course status L mileage``."""
    return (
        f"{one.time:%y%m%d}{glued(one)}{draw.uniform(0, 99):05.1f}{one.time:%H%M%S}{draw.uniform(0, 359):06.2f}"
        f"{draw.randrange(2)}1000000L{draw.randrange(2**32):08X}"
    )


def tk103(draw: random.Random) -> Iterator[Drawn]:
    number, full = f"{draw.randrange(10**10):012d}", imei(draw)
    for command in ("BR00", "BR01", "BR02"):
        one = place(draw, when(draw), fix=draw.random() < 0.8)
        yield Drawn(command, f"({number}{command}{run_together(draw, one)})".encode(), (one,), (number,))
    one = place(draw, when(draw))
    yield Drawn("BO01", f"({number}BO01{draw.randrange(7)}{run_together(draw, one)})".encode(), (one,), (number,))
    one = place(draw, when(draw))
    login = f"({number}BP05{full}{run_together(draw, one)})"
    yield Drawn("BP05", login.encode(), (one,), (number,))
    after = place(draw, when(draw))
    session = f"{login}({number}BR00{run_together(draw, after)})"
    yield Drawn("session", session.encode(), (one, after), (number,))
    yield Drawn("BP00", f"({number}BP00{full}HSO)".encode(), (), (number,))


DIALECTS: dict[str, Dialect] = {
    "carscop": carscop,
    "easytrack": easytrack,
    "motor": motor,
    "net": net,
    "telemax": telemax,
    "tk103": tk103,
}
