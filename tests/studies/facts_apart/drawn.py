"""A drawn message with its truth, and the small change of which messages are made."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


@dataclass(frozen=True)
class Place:
    """WGS-84 degrees; ``time`` is UTC, None where the message has none; ``fix`` is false where the message says so."""

    latitude: float
    longitude: float
    time: datetime | None = None
    fix: bool = True


@dataclass(frozen=True)
class Drawn:
    """One message, or a login with what follows it, as the device sends it."""

    name: str
    """Type, version or variant of the dialect."""
    data: bytes
    places: tuple[Place, ...] = ()
    ids: tuple[str, ...] = ()
    cells: tuple[tuple[int, int, int, int], ...] = ()
    """Country, network, area, cell; a part that the message does not hold is 0."""
    wifi: tuple[str, ...] = ()
    """Access points in the form ``02:11:22:33:44:55``."""
    vin: str = ""
    near: float = 2e-5
    """Degrees by which the form of the dialect rounds."""


Dialect = Callable[[random.Random], Iterator[Drawn]]


def imei(draw: random.Random) -> str:
    """Fifteen digits with the check digit of 3GPP TS 23.003 annex B."""
    digits = [int(one) for one in draw.choice(("35", "86")) + "".join(draw.choices("0123456789", k=12))]
    total = sum(one if place % 2 == 0 else 2 * one - 9 * (one > 4) for place, one in enumerate(digits))
    return "".join(map(str, digits)) + str(-total % 10)


def when(draw: random.Random) -> datetime:
    """A whole second between 2016 and 2025."""
    return datetime(2016, 1, 1, tzinfo=UTC) + timedelta(seconds=draw.randrange(9 * 365 * 86400))


def place(draw: random.Random, time: datetime | None = None, *, fix: bool = True) -> Place:
    """Somewhere people live, any pair of hemispheres; never within a tenth of a degree of the equator or of Greenwich."""
    latitude = draw.choice((-1, 1)) * draw.uniform(0.1, 66)
    longitude = draw.choice((-1, 1)) * draw.uniform(0.1, 179)
    return Place(round(latitude, 6), round(longitude, 6), time, fix)


def cell(draw: random.Random) -> tuple[int, int, int, int]:
    """A GSM cell: country, network, area and cell of 16 bits."""
    return (
        draw.choice((262, 460, 404, 724, 310)),
        draw.randrange(1, 99),
        draw.randrange(1, 0xFFFE),
        draw.randrange(1, 0xFFFE),
    )


def bssid(draw: random.Random) -> str:
    """A locally administered access point."""
    return ":".join(f"{one:02x}" for one in (0x02, *draw.randbytes(5)))


def digits(draw: random.Random, count: int) -> str:
    return "".join(draw.choices("0123456789", k=count))


def hexes(draw: random.Random, count: int) -> str:
    return "".join(draw.choices("0123456789ABCDEF", k=count))


def bcd(digits: str, size: int) -> bytes:
    return bytes.fromhex(digits.rjust(2 * size, "0"))


def minutes(value: float, width: int, decimals: int = 4) -> str:
    """``ddmm.mmmm`` without a sign, ``width`` digits of degrees."""
    sixtieths = round(abs(value) * 60, decimals)
    whole = int(sixtieths // 60)
    return f"{whole:0{width}d}{sixtieths - whole * 60:0{3 + decimals}.{decimals}f}"


def minutes_pair(one: Place, decimals: int = 4, *, letter: str = ",", then: str = ",") -> str:
    """``ddmm.mmmm,N,dddmm.mmmm,E``, as a sentence of NMEA 0183 has it, or with other marks before a letter and after the first."""
    north, east = sides(one)
    return (
        f"{minutes(one.latitude, 2, decimals)}{letter}{north}{then}{minutes(one.longitude, 3, decimals)}{letter}{east}"
    )


def motion(draw: random.Random) -> str:
    """``speed,course`` with decimals."""
    return f"{draw.uniform(0, 60):.2f},{draw.uniform(0, 360):.1f}"


def sides(one: Place) -> tuple[str, str]:
    return "N" if one.latitude > 0 else "S", "E" if one.longitude > 0 else "W"


def xor(data: bytes) -> int:
    value = 0
    for byte in data:
        value ^= byte
    return value


def crc8(data: bytes, polynomial: int) -> int:
    """From 0xFF on, the highest bit first."""
    value = 0xFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = (value << 1 ^ (polynomial if value & 0x80 else 0)) & 0xFF
    return value


def crc16(data: bytes, polynomial: int, begin: int, *, reflected: bool, end: int = 0) -> int:
    """A CRC of 16 bits; ``polynomial`` is given in the order of its kind (0x8005 as 0xA001 where reflected)."""
    value = begin
    for byte in data:
        value ^= byte if reflected else byte << 8
        for _ in range(8):
            if reflected:
                value = value >> 1 ^ (polynomial if value & 1 else 0)
            else:
                value = (value << 1 ^ (polynomial if value & 0x8000 else 0)) & 0xFFFF
    return value ^ end
