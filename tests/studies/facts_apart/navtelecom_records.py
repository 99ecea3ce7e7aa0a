"""Navtelecom NTCB telemetry and FLEX, from public descriptions of them."""

from __future__ import annotations

import math
import random
import struct
from collections.abc import Iterator
from datetime import datetime

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, crc8, imei, place, when, xor
from tests.studies.facts_apart.written import unix


def _ntcb(draw: random.Random, data: bytes) -> bytes:
    head = b"@NTC" + struct.pack("<IIHB", 1, draw.choice((0, draw.randrange(2**31))), len(data), xor(data))
    return head + bytes((xor(head),)) + data


def _date(time: datetime) -> bytes:
    """Month counted from 0."""
    return bytes((time.hour, time.minute, time.second, time.day, time.month - 1, time.year - 2000))


def _nav(draw: random.Random, one: Place, form: int) -> bytes:
    assert one.time is not None
    state = bytes((one.fix << 1 | 1 | (draw.randrange(4, 12) << 2 if form == 6 else 0),)) + _date(one.time)
    if form == 6:
        pair = struct.pack("<iii", round(one.latitude * 600000), round(one.longitude * 600000), draw.randrange(9000))
    else:
        pair = struct.pack("<ff", math.radians(one.latitude), math.radians(one.longitude))
    return state + pair + struct.pack("<fHff", draw.uniform(0, 90), draw.randrange(360), 12.5, 300.25)


def _record(draw: random.Random, one: Place, form: int) -> bytes:
    """A record of NTCB telemetry; forms 1, 3 and 4 have no place."""
    assert one.time is not None
    data = struct.pack("<BIH", form, draw.randrange(2**31), draw.randrange(1, 200)) + _date(one.time)
    data += bytes((0, draw.randrange(8), draw.randrange(31)))
    data += draw.randbytes(2 if form in (1, 2, 3) else 1) + draw.randbytes(2 if form in (1, 2, 3, 4) else 1)
    data += struct.pack("<HH", 12600, 4100)
    data += draw.randbytes(2) if form in (1, 2, 3) else b""
    data += draw.randbytes(4) if form not in (3, 4) else b""
    data += draw.randbytes(2) if form == 6 else b""
    data += draw.randbytes(8) if form in (2, 5, 0x15, 0x25, 6) else b""
    data += draw.randbytes(38) if form == 6 else b""
    return data + _nav(draw, one, form) if form in (2, 5, 0x15, 0x25, 6) else data


def ntcb(draw: random.Random) -> Iterator[Drawn]:
    """The login alone has the id; radians but in form 6."""
    device = imei(draw)
    login = _ntcb(draw, b"*>S:" + device.encode())
    yield Drawn("login", login, (), (device,))
    for form in (2, 5, 0x15, 0x25, 6):
        for fix in (True, False):
            one = place(draw, when(draw), fix=fix)
            data = _ntcb(draw, b"*>T" + _record(draw, one, form))
            yield Drawn(f"T {form:x} {fix}", data, (one,))
            yield Drawn(f"T {form:x} {fix} after a login", login + data, (one,), (device,))
        places = tuple(place(draw, when(draw)) for _ in range(draw.randrange(2, 5)))
        data = _ntcb(draw, b"*>A" + bytes((len(places),)) + b"".join(_record(draw, one, form) for one in places))
        yield Drawn(f"A {form:x}", login + data, places, (device,))


def _flex_record(draw: random.Random, one: Place) -> bytes:
    """The fields 0 to 3, 7 to 13 and 18 of FLEX 1.0, which the negotiation below asks for."""
    time = unix(one)
    return (
        struct.pack("<IHIB", draw.randrange(2**31), draw.randrange(1, 200), time, draw.randrange(8))
        + bytes((one.fix << 1 | 1 | draw.randrange(4, 12) << 2,))
        + struct.pack("<Iiii", time, round(one.latitude * 600000), round(one.longitude * 600000), draw.randrange(9000))
        + struct.pack("<fH", draw.uniform(0, 90), draw.randrange(360))
        + struct.pack("<H", 12600)
    )


_FIELDS = (0, 1, 2, 3, 7, 8, 9, 10, 11, 12, 13, 18)


def flex(draw: random.Random) -> Iterator[Drawn]:
    """Frames after a negotiation, which drop the head."""
    device = imei(draw)
    login = _ntcb(draw, b"*>S:" + device.encode())
    chosen = bytearray(9)
    for number in _FIELDS:
        chosen[number // 8] |= 0x80 >> number % 8
    agreed = _ntcb(draw, b"*>FLEX\xb0\x0a\x0a" + bytes((69,)) + bytes(chosen))
    for fix in (True, False):
        places = tuple(place(draw, when(draw), fix=fix) for _ in range(3))
        for name, data, told in (
            ("A", b"~A\x03" + b"".join(_flex_record(draw, one) for one in places), places),
            ("T", b"~T" + struct.pack("<I", draw.randrange(2**31)) + _flex_record(draw, places[0]), places[:1]),
            ("C", b"~C" + _flex_record(draw, places[0]), places[:1]),
        ):
            frame = data + bytes((crc8(data, 0x31),))
            yield Drawn(f"{name} {fix} session", login + agreed + frame, told, (device,))
    # A frame without its negotiation cannot be laid out, and the byte order of the length in FLEX 2 is not sure: both are left out.


DIALECTS: dict[str, Dialect] = {"navtelecom-ntcb": ntcb, "navtelecom-flex": flex}
