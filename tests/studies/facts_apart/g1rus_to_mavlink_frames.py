"""Binary dialects from G1RUS to MAVLink, from public descriptions of them."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator
from datetime import datetime

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, cell, crc16, imei, place, when
from tests.studies.facts_apart.written import YEAR_2000, scaled, since


def _g1rus_report(draw: random.Random, one: Place, kind: int) -> bytes:
    data = struct.pack("<I", since(one, YEAR_2000))
    data += draw.randbytes(1) if kind & 0x40 else b""
    mask, blocks = 0x0002, b""
    if draw.random() < 0.5:
        mask |= 1
        strings = b"".join(bytes((len(word),)) + word for word in (b"G1", b"1.02", b"7"))
        blocks += bytes((len(strings),)) + strings
    chosen = 0b11 | draw.randrange(32) << 2
    fields = (
        bytes((draw.randrange(4, 12) | (0x40 if one.fix else 0),)),
        scaled(one, 1e6),
        draw.randrange(90).to_bytes(2, "big"),
        draw.randrange(360).to_bytes(2, "big"),
        struct.pack(">h", draw.randrange(-10, 900)),
        b"\x00\x09",
        b"\x00\x0b",
    )
    located = chosen.to_bytes(2, "big") + b"".join(field for bit, field in enumerate(fields) if chosen >> bit & 1)
    return data + mask.to_bytes(2, "big") + blocks + bytes((len(located),)) + located


def g1rus(draw: random.Random) -> Iterator[Drawn]:
    """A regular report and a mixed one. How many bytes the id has is not sure, so that it is not asked for."""
    for fix in (True, False):
        for kind in (1, 0x41, 4):
            one = place(draw, when(draw), fix=fix)
            inner = _g1rus_report(draw, one, kind)
            if kind == 4:
                inner = (len(inner) + 1).to_bytes(2, "big") + b"\x01" + inner
            body = b"\x03" + bytes((kind,)) + int(imei(draw)).to_bytes(7, "big") + inner + draw.randbytes(2)
            escaped = body.replace(b"\x1b", b"\x1b\x00").replace(b"\xf8", b"\x1b\x01")
            yield Drawn(f"{kind:x} {fix}", b"\xf8" + escaped + b"\xf8", (one,))


def _numbers(device: str) -> bytes:
    """Two digits a byte, as a number of 0 to 99; the check digit alone."""
    return bytes(int(device[at : at + 2]) for at in range(0, 14, 2)) + bytes((int(device[14]),))


def _year_first(time: datetime) -> bytes:
    return struct.pack(">HBBBBB", time.year, time.month, time.day, time.hour, time.minute, time.second)


def hyn600(draw: random.Random) -> Iterator[Drawn]:
    """Up to four places under one mask."""
    for mask in (0x1FF, 0xFF, 0xFE):
        for count in (1, 4):
            for celled in (True, False):
                device, mast = imei(draw), cell(draw)
                places = tuple(place(draw, when(draw), fix=mask == 0xFE or draw.random() < 0.6) for _ in range(count))
                block = struct.pack(">HB", mask, count)
                for one in places:
                    assert one.time is not None
                    satellites = draw.randrange(16)
                    fields = (
                        bytes((int(one.fix),)),
                        b"\x09",
                        draw.randrange(120).to_bytes(2, "big"),
                        draw.randrange(360).to_bytes(2, "big"),
                        struct.pack(">h", draw.randrange(-10, 900)),
                        struct.pack(">i", round(one.latitude * 1e6)),
                        struct.pack(">i", round(one.longitude * 1e6)),
                        _year_first(one.time),
                        bytes((satellites,)) + draw.randbytes(satellites.bit_count()),
                    )
                    block += b"".join(field for bit, field in enumerate(fields) if mask >> bit & 1)
                chosen = 0b1110 | 0x10 * celled
                blocks = b"\x04" + struct.pack(">HB", draw.randrange(3500, 4200), draw.randrange(100)) + block
                blocks += struct.pack(">HHHIB", *mast, draw.randrange(60)) if celled else b""
                body = _numbers(device) + b"\x01" + struct.pack(">HBBI", 0x0102, 3, 1, chosen) + blocks
                tail = _year_first(when(draw)) + draw.randbytes(2) + b"#"
                data = b"+RPT:" + (len(body) + len(tail) + 7).to_bytes(2, "big") + body + tail
                yield Drawn(f"{mask:x} {count} cell {celled}", data, places, (device,), (mast,) if celled else ())


_EXTRA = {24: 24, 33: 104}
"""The byte of each message that its CRC takes in."""


def _mavlink(draw: random.Random, number: int, payload: bytes, version: int, *, signed: bool = False) -> bytes:
    sender = bytes((draw.randrange(256), draw.randrange(1, 9), 1))
    if version == 2:
        payload = payload.rstrip(b"\x00") or b"\x00"
        head = bytes((len(payload), int(signed), 0)) + sender + number.to_bytes(3, "little")
    else:
        head = bytes((len(payload),)) + sender + bytes((number,))
    value = crc16(head + payload + bytes((_EXTRA[number],)), 0x8408, 0xFFFF, reflected=True)
    return (
        bytes((0xFD if version == 2 else 0xFE,))
        + head
        + payload
        + value.to_bytes(2, "little")
        + draw.randbytes(13 * signed)
    )


def mavlink(draw: random.Random) -> Iterator[Drawn]:
    """The place and the raw receiver; neither says a date."""
    for version in (1, 2):
        for course in (draw.randrange(1, 36000), 0):
            one = place(draw)
            pair = scaled(one, 1e7, "<ii")
            height = draw.randrange(10**5)
            payload = (
                struct.pack("<I", draw.randrange(10**7)) + pair + struct.pack("<iihhhH", height, 10, 12, -4, 0, course)
            )
            yield Drawn(f"33 {version} {bool(course)}", _mavlink(draw, 33, payload, version), (one,))
        if version == 2:
            yield Drawn("33 signed", _mavlink(draw, 33, payload, version, signed=True), (one,))
            both = _mavlink(draw, 33, payload, version, signed=True) + _mavlink(draw, 33, payload, version)
            yield Drawn("33 signed, and another", both, (one,))
        one = place(draw)
        pair = scaled(one, 1e7, "<ii")
        payload = (
            struct.pack("<Q", draw.randrange(10**9)) + pair + struct.pack("<iHHHHBB", 4000, 90, 110, 300, 1200, 3, 9)
        )
        # The fields of one size are sorted: the wire has 64 bits, 32, 16 and then the bytes.
        yield Drawn(f"24 {version}", _mavlink(draw, 24, payload, version), (one,))


DIALECTS: dict[str, Dialect] = {"g1rus": g1rus, "hyn600": hyn600, "mavlink": mavlink}
