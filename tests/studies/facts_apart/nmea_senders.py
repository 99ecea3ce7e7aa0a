"""Senders of NMEA 0183 sentences with an id around them: Meiligao, Riti and T55 (public descriptions)."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import (
    Dialect,
    Drawn,
    Place,
    bcd,
    crc16,
    imei,
    minutes_pair,
    place,
    sides,
    when,
    xor,
)
from tests.studies.facts_apart.minutes_text import rmc
from tests.studies.facts_apart.written import nmea, nmea_line


def t55(draw: random.Random) -> Iterator[Drawn]:
    number, short = imei(draw), str(draw.randrange(10**7, 10**9))

    def fixed(*, fix: bool = True) -> Place:
        return place(draw, when(draw), fix=fix)

    for name, head, known in (
        ("id before", short, short),
        ("IMEI before", f"{number},", number),
        ("id after a slash", f"x/{short}/", short),
        ("PGID", f"{nmea(f'PGID,{number}')}\r\n", number),
        ("DEVID", f"{nmea(f'DEVID,{short}')}\r\n", short),
        ("PCPTI", f"$PCPTI,{short},1,2\r\n", short),
        ("IMEI line", f"IMEI {number}\r\n", number),
        ("$IMEI", f"$IMEI,{number}\r\n", number),
        ("PSIWMDID", f"{nmea(f'PSIWMDID,{number}')}\r\n", number),
        ("CONNECT", f"$CONNECT,{number},1\r\n", number),
    ):
        for talker in ("GP", "GN", "GL"):
            one = fixed(fix=draw.random() < 0.8)
            yield Drawn(f"{name}, {talker}RMC", f"{head}{rmc(draw, one, talker)}\r\n".encode(), (one,), (known,))
    one = fixed()
    yield Drawn("id after", f"{rmc(draw, one)}\r\n$GPFID,{short}\r\n".encode(), (one,), (short,))
    one = fixed()
    tail = f",{draw.randrange(4, 12)},{number},1,{draw.randrange(99)},{draw.randrange(99)},0,0"
    yield Drawn("RMC with a tail", f"{rmc(draw, one)}{tail}\r\n".encode(), (one,), (number,))
    one = place(draw)
    clock = f"{when(draw):%H%M%S}.00"
    yield Drawn("GGA", nmea_line(f"GPGGA,{clock},{minutes_pair(one)},1,08,1.1,120.0,M,40.0,M,,"), (one,))
    yield Drawn("GLL", nmea_line(f"GPGLL,{minutes_pair(one)},{clock},A"), (one,))
    data = f"$GPRMA,A,{minutes_pair(one)},,,{draw.uniform(0, 60):.2f},{draw.uniform(0, 359):.2f},,*"
    yield Drawn("RMA", f"{data}{xor(data[1:-1].encode()):02X}\r\n".encode(), (one,))
    one = fixed(fix=draw.random() < 0.6)
    data = (
        f"$TRCCR,{one.time:%Y%m%d%H%M%S}.000,{'A' if one.fix else 'V'},{one.latitude:.6f},{one.longitude:.6f},"
        f"{draw.uniform(0, 60):.2f},{draw.uniform(0, 359):.2f},{draw.uniform(0, 900):.2f},{draw.randrange(100)},*"
    )
    yield Drawn("TRCCR", f"$PGID,{number}*0F\r\n{data}{xor(data[1:-1].encode()):02x}\r\n".encode(), (one,), (number,))
    one = fixed()
    data = (
        f"PUBX,00,{one.time:%H%M%S}.00,{minutes_pair(one)},"
        f"{draw.uniform(0, 900):.3f},"
        f"G3,2.1,2.0,{draw.uniform(0, 99):.3f},{draw.uniform(0, 359):.2f},0.01,,0.92,1.19,0.77,9,{number},0"
    )
    yield Drawn("PUBX", nmea_line(data), (Place(one.latitude, one.longitude),), (number,))
    one = fixed()
    data = (
        f"$ID,{number},4,WMCS-1.2,GPSEX,A,D,{one.time:%d%m%y},T,{one.time:%H%M%S},S,12:08,La,"
        f"{abs(one.latitude):.5f},{sides(one)[0]},"
        f"Lo,{abs(one.longitude):.5f},{sides(one)[1]},H,{draw.uniform(0, 900):.1f},V,"
        f"{draw.uniform(0, 99):.1f},DD,{draw.uniform(0, 359):.1f}"
    )
    yield Drawn("$ID", f"{data}\r\n".encode(), (one,), (number,))
    yield Drawn("PGID alone", nmea_line(f"PGID,{number}"), (), (number,))


def riti(draw: random.Random) -> Iterator[Drawn]:
    for fix, size in ((True, 0), (False, 0), (True, 12)):
        one, number = place(draw, when(draw), fix=fix), draw.randrange(1, 2**16)
        head = b"\x3b\x28" + struct.pack(">HBBH", number, 0x64, 0x0D, draw.randrange(9000, 14000)) + draw.randbytes(5)
        head += struct.pack("<HHII", *(draw.randrange(999) for _ in range(4)))
        data = (head + f"{rmc(draw, one)}\r\n".encode()).ljust(105, b"\0")
        data += struct.pack("<H", size) + draw.randbytes(size) + b"\x04\x04\x04"
        yield Drawn(f"{'fix' if fix else 'no fix'}, {size} bytes", data, (one,), (str(number),))


def meiligao(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)[:14]

    def frame(command: int, data: bytes) -> bytes:
        body = b"$$" + struct.pack(">H", len(data) + 17) + bcd(number, 7) + struct.pack(">H", command) + data
        return body + struct.pack(">H", crc16(body, 0x1021, 0xFFFF, reflected=False)) + b"\r\n"

    def tail(one: Place) -> bytes:
        return (
            f"{one.time:%H%M%S}.00,{'A' if one.fix else 'V'},{minutes_pair(one)},"
            f"{draw.uniform(0, 60):.1f},{draw.randrange(360)},{one.time:%d%m%y},,|{draw.uniform(0.6, 4):.1f}|{draw.randrange(900)}|"
            f"{draw.randrange(2**16):04X}|{draw.randrange(1024):04X},{draw.randrange(1024):04X}"
        ).encode()

    login = frame(0x5000, b"")
    yield Drawn("login", login, (), (number,))
    for fix in (True, False):
        one = place(draw, when(draw), fix=fix)
        yield Drawn(f"9955, {'fix' if fix else 'no fix'}", frame(0x9955, tail(one)), (one,), (number,))
    one = place(draw, when(draw))
    yield Drawn("9999", frame(0x9999, bytes([draw.choice((1, 2, 0x10, 0x50))]) + tail(one)), (one,), (number,))
    one = place(draw, when(draw))
    yield Drawn("session", login + frame(0x9955, tail(one)), (one,), (number,))


DIALECTS: dict[str, Dialect] = {"meiligao": meiligao, "riti": riti, "t55": t55}
