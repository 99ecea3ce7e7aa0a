"""Lines of separated fields that write decimal degrees: Alematics, AustinNb, C2stek, JpKorjar, M2c, Maestro, Starcom."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, cell, imei, place, when


def compact(one: Place) -> str:
    """``yyyymmddhhmmss``."""
    assert one.time is not None
    return f"{one.time:%Y%m%d%H%M%S}"


def alematics(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)
    tails = {
        "plain": "",
        "mask with values": f",3,{draw.randrange(999)},{draw.randrange(9000, 14000)}",
        "free text": ",0,$S,door open",
    }
    for name, tail in tails.items():
        one = place(draw, when(draw))
        line = (
            f"$T,{draw.randrange(40)},{draw.randrange(999)},{number},{compact(one)},{compact(Place(0, 0, when(draw)))},"
            f"{one.latitude:.6f},{one.longitude:.6f},{draw.randrange(130)},{draw.randrange(360)},{draw.randrange(-50, 900)},"
            f"{draw.uniform(0.6, 4):.1f},{draw.randrange(4, 14)},0,1,{draw.uniform(0, 5):.3f},{draw.uniform(9, 15):.3f},"
            f"{draw.randrange(10**6)}{tail}\r\n"
        )
        yield Drawn(name, line.encode(), (one,), (number,))
        yield Drawn(f"heartbeat, {name}", b"\xfa\xf8" + draw.randbytes(10) + line.encode(), (one,), (number,))
    stamp = when(draw)
    shown = compact(Place(0, 0, stamp))
    empty = f"$T,1,{draw.randrange(999)},{number},{shown},{shown},0.000000,0.000000,0,0,0,0.0,0,0,1,0.000,12.400,0\r\n"
    yield Drawn("no place", empty.encode(), (Place(0, 0, stamp, fix=False),), (number,))


def austinnb(draw: random.Random) -> Iterator[Drawn]:
    for name in ("in range", "out of range"):
        one, number = place(draw, when(draw)), f"48{draw.randrange(10**8, 10**9)}"
        pair = f"{one.latitude:.6f};{one.longitude:.6f}".replace(".", ",")
        data = (
            f"{number};{one.time:%Y-%m-%d %H:%M:%S};{pair};{draw.randrange(360)};{draw.randrange(90)};"
            f"{draw.randrange(50)};{int(name == 'out of range')};{draw.choice(('Orange', 'Plus', 'T-Mobile'))}"
        )
        yield Drawn(name, data.encode(), (one,), (number,))


def c2stek(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)
    for name, fix, digits in (
        ("fix", True, "101#"),
        ("two digits", True, "10#"),
        ("none", True, ""),
        ("last place", False, "000#"),
    ):
        one = place(draw, when(draw), fix=fix)
        data = (
            f"PA${number}${draw.choice('012345')}#{one.time:%y%m%d}#{one.time:%H%M%S}#{int(fix)}#{one.latitude:+.6f}#"
            f"{one.longitude:+.6f}#{draw.uniform(0, 99):.2f}#{draw.uniform(0, 359):.1f}#{draw.uniform(0, 900):.1f}#"
            f"{draw.randrange(3300, 4200)}#0#{draw.randrange(256):02X}#{digits}{draw.randrange(1, 9)}.{draw.randrange(9)}$AP"
        )
        yield Drawn(name, data.encode(), (one,), (number,))
    yield Drawn("heartbeat", f"PA${number}$20$AP".encode(), (), (number,))


def jpkorjar(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        number, one, tower = imei(draw), place(draw, when(draw), fix=fix), cell(draw)
        data = (
            f"KORJAR.PL,{number},{one.time:%y%m%d%H%M%S},{abs(one.latitude):09.6f}{'NS'[one.latitude < 0]},"
            f"{abs(one.longitude):010.6f}{'EW'[one.longitude < 0]},{draw.randrange(99)},{draw.randrange(360)},"
            f"{draw.choice('FL')}:{draw.uniform(3.5, 4.2):.2f}V,{int(fix)} {tower[0]} {tower[1]:02d} {tower[2]:X} {tower[3]:X},"
        )
        yield Drawn("fix" if fix else "no fix", data.encode(), (one,), (number,), (tower,))


def m2c(draw: random.Random) -> Iterator[Drawn]:
    """The sum is decimal, from ``#`` through ``*``; the cell is where a public sample has it, other firmware differs."""
    number = imei(draw)
    for count in (1, 3):
        places = tuple(place(draw, when(draw)) for _ in range(count))
        towers = tuple(cell(draw) for _ in places)
        lines = ""
        for one, (mcc, mnc, area, tower) in zip(places, towers, strict=True):
            body = (
                f"#M2C,2020,P1.B1.H2.F9.R1,101,{number},{draw.randrange(9999)},{draw.choice('LH')},100,{draw.randrange(30)},"
                f"{one.time:%y%m%d},{one.time:%H%M%S},{one.latitude:.6f},{one.longitude:.6f},{draw.randrange(900)},"
                f"{draw.randrange(360)},{draw.uniform(0, 99):.1f},{draw.randrange(1, 14)},{draw.randrange(10**6)},0,0,"
                f"{draw.randrange(11000, 14000)},{draw.randrange(3500, 4200)},0,0,{draw.uniform(10, 40):.2f},0,0,0,0,0,"
                f"{mcc},{mnc},{area:X},{tower:X},{draw.randrange(32)},0*"
            )
            lines += f"{body}{sum(body.encode())}\r\n"
        yield Drawn(f"{count} lines", f"[{lines}]".encode(), places, (number,), towers)


def maestro(draw: random.Random) -> Iterator[Drawn]:
    for name, fix, filled, adc in (
        ("fix", True, True, False),
        ("ADC", True, False, True),
        ("last place", False, True, False),
    ):
        number, one = imei(draw), place(draw, when(draw), fix=fix)
        text = (
            f"@{number},{draw.randrange(999):03d},{draw.choice(('UPV-02', 'M2MGTW'))},{int(fix)},{draw.uniform(3, 13):.1f},"
            f"{draw.randrange(32)},0,1,{one.time:%y/%m/%d},{one.time:%H:%M:%S},{one.latitude:.6f},{one.longitude:.6f},"
            f"{draw.uniform(0, 900):.2f},{draw.uniform(0, 70):.2f},{draw.uniform(0, 359):.2f},{draw.randrange(3, 12)},"
            f"{draw.uniform(0.6, 4):.2f},{draw.uniform(0, 9999):.2f}{',0.000' if adc else ''}!"
        )
        yield Drawn(name, text.encode().ljust(160 if filled else 0, b"\0"), (one,), (number,))


def starcom(draw: random.Random) -> Iterator[Drawn]:
    """The keys stand in any order."""
    for fix in (True, False):
        number, one = str(draw.randrange(10**6, 10**7)), place(draw, when(draw), fix=fix)
        pairs = [
            f"unit={number}",
            "unittype=8",
            "address=10.0.0.7",
            f"kind={draw.randrange(30)}",
            f"datetime_actual={one.time:%Y/%m/%d %H:%M:%S}",
            f"longitude={one.longitude:.6f}",
            f"latitude={one.latitude:.6f}",
            f"altitude={draw.randrange(900)}",
            f"gps_valid={int(fix)}",
            f"satellites={draw.randrange(3, 12)}",
            f"velocity={draw.randrange(99)}",
            f"heading={draw.randrange(360)}",
            f"eventid={draw.randrange(99)}",
            f"odometer={draw.randrange(10**6)}",
            "ignition=1",
            "main_voltage=12.4",
        ]
        rest = pairs[1:]
        draw.shuffle(rest)
        yield Drawn("fix" if fix else "no fix", f"|{','.join([pairs[0], *rest])}|\r\n".encode(), (one,), (number,))


DIALECTS: dict[str, Dialect] = {
    "alematics": alematics,
    "austinnb": austinnb,
    "c2stek": c2stek,
    "jpkorjar": jpkorjar,
    "m2c": m2c,
    "maestro": maestro,
    "starcom": starcom,
}
