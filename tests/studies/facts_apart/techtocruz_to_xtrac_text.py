"""Text dialects from TechtoCruz to Xtrac, from public descriptions of them."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import (
    Dialect,
    Drawn,
    Place,
    bssid,
    cell,
    imei,
    minutes,
    minutes_pair,
    place,
    sides,
    when,
)
from tests.studies.facts_apart.written import nmea


def techtocruz(draw: random.Random) -> Iterator[Drawn]:
    """The sign stands in the number, in the letter, or in both."""
    for fix in (True, False):
        for signed in (True, False):
            device, one = imei(draw), place(draw, when(draw), fix=fix)
            ns, ew = sides(one)
            latitude, longitude = (one.latitude, one.longitude) if signed else (abs(one.latitude), abs(one.longitude))
            text = (
                f"{device},{one.time:%y%m%d%H%M%S},{'A' if fix else 'V'},TechtoCruz Ltd,KBX {draw.randrange(100, 999)}A,"
                f"{draw.uniform(0, 90):.1f},"
                f"{draw.uniform(0, 9999):.1f},{latitude:.5f},{ns},{longitude:.5f},{ew},{draw.uniform(0, 900):.1f},"
                f"{draw.uniform(0, 359):.1f},"
                f"{draw.randrange(4, 12)},{draw.randrange(31)},12.6,4.1,1,0,1,1,0,0,,,"
            )
            size = next(size for size in range(100, 400) if size == len(f"{size},{text}*00"))
            whole = f"$$A{size},{text}"
            data = whole.encode()
            yield Drawn(f"fix {fix} signed {signed}", data + f"*{sum(data) & 255:02X}".encode(), (one,), (device,))


def tlt2h(draw: random.Random) -> Iterator[Drawn]:
    """A header, records with a cell and a place or access points, ``##``."""

    def header(count: int) -> tuple[str, str]:
        device = imei(draw)
        user, password = draw.choice((("MT700", "0000"), ("", "0000"), ("V600", ""), ("MT600+", "1234")))
        more = draw.choice(("", "", "0#0#126#41#25#"))
        return (
            device,
            f"#{device}#{user}#{password}#{more}{draw.choice(('AUTO', 'SOS', 'TOWED', 'AUTOLOW', 'HT'))}#{count}\r\n",
        )

    def prefix(mast: tuple[int, int, int, int] | None) -> str:
        word = draw.choice(("41", "4012", "", f"{draw.randrange(2**31, 2**32):08x}"))
        return f"#{word}" + (f"#{mast[0]},{mast[1]:02d},{mast[2]:x},{mast[3]:x}" if mast else "")

    def sentence(one: Place) -> str:
        text = (
            f"GPRMC,{one.time:%H%M%S}.00,{'A' if one.fix else 'V'},{minutes_pair(one)},"
            f"{draw.uniform(0, 60):.2f},{draw.uniform(0, 359):.2f},{one.time:%d%m%y},,,A"
        )
        return f"{nmea(text)}\r\n"

    for count in (1, 3):
        for celled in (True, False):
            for fix in (True, False):
                device, head = header(count)
                masts = tuple(cell(draw) for _ in range(count)) if celled else ()
                places = tuple(place(draw, when(draw), fix=fix) for _ in range(count))
                lines = (prefix(masts[n] if celled else None) + sentence(one) for n, one in enumerate(places))
                yield Drawn(
                    f"{count} cells {celled} fix {fix}",
                    f"{head}{''.join(lines)}##\r\n".encode(),
                    places,
                    (device,),
                    masts,
                )
    device, head = header(1)
    mast, time = cell(draw), when(draw)
    text = f"GPRMC,{time:%H%M%S}.00,V,,,,,,,{time:%d%m%y},,,N"
    yield Drawn("no fix", f"{head}{prefix(mast)}{nmea(text)}\r\n##\r\n".encode(), (), (device,), (mast,))
    points = tuple(bssid(draw) for _ in range(draw.randrange(1, 5)))
    heard = ",".join(f"-{draw.randrange(30, 90)},{point.replace(':', '').upper()}" for point in points)
    for word in "AVL":
        text = f"WIFI,{time:%H%M%S}.00,{word},{heard},{time:%d%m%y}"
        line = f"{prefix(mast)}{nmea(text)}\r\n"
        yield Drawn(f"access points {word}", f"{head}{line}##\r\n".encode(), (), (device,), (mast,), points)


def topflytech_text(draw: random.Random) -> Iterator[Drawn]:
    """The text dialect before the T800: brackets, BP00, data, a place run together."""
    for fix in (True, False):
        device, one = imei(draw), place(draw, when(draw), fix=fix)
        text = (
            f"({device}BP00XG00b600000000L00074b54S00000000R0C0F0014000100f0{one.time:%y%m%d%H%M%S}{'A' if fix else 'V'}"
            f"{minutes_pair(one, letter='', then='')}{draw.uniform(0, 99):05.1f}{draw.uniform(0, 359):.2f})"
        )
        yield Drawn(f"fix {fix}", text.encode(), (one,), (device,))


def trakmate(draw: random.Random) -> Iterator[Drawn]:
    """Numbers without a sign: north and east are meant."""

    def here() -> Place:
        one = place(draw, when(draw))
        return Place(abs(one.latitude), abs(one.longitude), one.time)

    device, one = imei(draw), here()
    pair = f"{one.latitude:.6f}|{one.longitude:.6f}|{one.time:%H%M%S|%d%m%y}"
    yield Drawn("SRT", f"^TMSRT|{device}|{pair}|1.12|3.1|#".encode(), (one,), (device,))
    one = here()
    pair = f"{one.latitude:.6f}|{one.longitude:.6f}|{one.time:%H%M%S|%d%m%y}"
    yield Drawn(
        "ALT",
        f"^TMALT|{device}|{draw.randrange(999)}|{draw.choice((1, 3, 4))}|1|{pair}|{draw.uniform(0, 60):.1f}|"
        f"{draw.randrange(360)}|#".encode(),
        (one,),
        (device,),
    )
    for kind in ("PER", "STP"):
        for fix in (True, False):
            for dops in (True, False):
                one = here()
                pair = f"{one.latitude:.6f}|{one.longitude:.6f}|{one.time:%H%M%S|%d%m%y}"
                middle = (
                    "0.9|1.4|0.0|4.1"
                    if dops
                    else f"{draw.randrange(-99, 99)} {draw.randrange(-99, 99)} {draw.randrange(99)}|1"
                )
                text = (
                    f"^TM{kind}|{device}|{draw.randrange(999)}|{pair}|{draw.uniform(0, 60):.1f}|"
                    f"{draw.uniform(0, 359):.1f}|{draw.choice(('7|', ''))}1|{middle}|"
                    f"12.6|{draw.uniform(0, 999):.1f}|1|{int(fix)}|1|#"
                )
                yield Drawn(
                    f"{kind} {fix} dops {dops}",
                    text.encode(),
                    (Place(one.latitude, one.longitude, one.time, fix),),
                    (device,),
                )


def v680(draw: random.Random) -> Iterator[Drawn]:
    """Longitude first; degrees, or degrees and minutes where a number is too great for degrees."""
    device = imei(draw)
    for form in ("degrees", "minutes"):
        for fix in (1, 0):
            for headed in (True, False):
                one = place(draw, when(draw), fix=bool(fix))
                ns, ew = sides(one)
                if form == "minutes" and abs(one.latitude) < 1:
                    continue
                east, north = (
                    (f"{abs(one.longitude):.6f}", f"{abs(one.latitude):.6f}")
                    if form == "degrees"
                    else (minutes(one.longitude, 3), minutes(one.latitude, 2))
                )
                head = f"#{device}#{draw.choice(('', 'user'))}#" if headed else ""
                if not headed and draw.random() < 0.5:
                    head = "#"
                base = f"{draw.randrange(65536):04x}{draw.randrange(65536):04x}#" if draw.random() < 0.5 else ""
                text = (
                    f"{head}{fix}#{draw.randrange(10**4):04d}#{draw.choice(('AUT', 'SOS', 'LPD'))}"
                    f"#{draw.randrange(1, 9)}#{base}{east},{ew},{north},{ns},"
                    f"{draw.uniform(0, 60):.2f},{draw.uniform(0, 359):.1f}#{one.time:%d%m%y}#{one.time:%H%M%S}##"
                )
                if headed:
                    yield Drawn(f"{form} {fix}", text.encode(), (one,), (device,))
                else:
                    yield Drawn(f"{form} {fix} after a login", f"#{device}##{text}".encode(), (one,), (device,))
    # A login of 16 characters alone says nothing but digits: whether ``##`` follows it is not described.


def xirgo(draw: random.Random) -> Iterator[Drawn]:
    """The old and the new order; the form set on the unit has no order to draw from but that of its keys."""
    for name in ("old", "new"):
        for fix in (1, 0):
            device, one = imei(draw), place(draw, when(draw), fix=bool(fix))
            head = (
                f"{device},{draw.choice((4001, 4002, 6011, 6012, 6017, 6090))},{one.time:%Y/%m/%d,%H:%M:%S},"
                f"{one.latitude:.5f},{one.longitude:.5f},"
                f"{draw.uniform(0, 900):.1f},{draw.randrange(80)}"
            )
            old = f"{draw.uniform(0, 359):.1f},{draw.randrange(4, 12)},1.0,12.6,-71,{draw.uniform(0, 9999):.1f},{fix}"
            new = (
                f"0.5,0.2,0,{draw.uniform(0, 359):.1f},{draw.randrange(4, 12)},1.0,{draw.uniform(0, 9999):.1f},24.1,"
                f"12.6,-71,{fix}"
            )
            yield Drawn(f"{name} {fix}", f"$${head},{old if name == 'old' else new}##".encode(), (one,), (device,))


def xt013(draw: random.Random) -> Iterator[Drawn]:
    """Signs are written; the four columns after F or L are a cell."""
    for word in "FL":
        for hello in ("", f"HI,{draw.randrange(1, 99)}"):
            device, mast = imei(draw), cell(draw)
            one = place(draw, when(draw), fix=word == "F")
            text = (
                f"{hello}TK,{device},{one.time:%y%m%d%H%M%S},{one.latitude:+.6f},{one.longitude:+.6f},"
                f"{draw.randrange(90)},{draw.randrange(360)},"
                f"{draw.randrange(4, 12)},{draw.randrange(900)},{word},{mast[0]},{mast[1]:02d},{mast[2]:X},{mast[3]:X},"
                f"{draw.randrange(31)},Opr,4.1{draw.randrange(10)},1,,,\r\n"
            )
            yield Drawn(f"{word} {hello[:2]}", text.encode(), (one,), (device,), (mast,))


DIALECTS: dict[str, Dialect] = {
    "techtocruz": techtocruz,
    "tlt2h": tlt2h,
    "topflytech-text": topflytech_text,
    "trakmate": trakmate,
    "v680": v680,
    "xirgo": xirgo,
    "xt013": xt013,
}
