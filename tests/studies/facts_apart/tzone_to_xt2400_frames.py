"""Binary dialects from Tzone to XT2400, from public descriptions of them."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, bcd, cell, crc16, imei, minutes_pair, place, when
from tests.studies.facts_apart.written import plain_time, unix

# Tytan: what its length counts is not described, and the rest of a datagram proves nothing: it is not drawn, nor read.


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def _tzone(draw: random.Random, hardware: int, device: str, blocks: bytes) -> bytes:
    body = (
        b"$$"
        + struct.pack(">HI", hardware, 0x010E0000)
        + bcd(device, 8)
        + plain_time(when(draw))
        + blocks
        + draw.randbytes(2)
    )
    body += crc16(body, 0xA001, 0xFFFF, reflected=True).to_bytes(2, "big")
    return b"TZ" + len(body).to_bytes(2, "big") + body + b"\r\n"


def _tzone_place(draw: random.Random, one: Place, scale: int) -> bytes:
    flags = draw.randrange(360) | (one.longitude < 0) << 9 | (one.latitude > 0) << 10 | one.fix << 11
    data = bytes((draw.randrange(4, 12),)) + struct.pack(
        ">II", round(abs(one.latitude) * scale), round(abs(one.longitude) * scale)
    )
    return (
        data
        + plain_time(one.time)
        + draw.randrange(9000).to_bytes(2, "big")
        + draw.randbytes(3)
        + flags.to_bytes(2, "big")
    )


_STATUS = bytes.fromhex("aa40000006370172000000000080")


def tzone(draw: random.Random) -> Iterator[Drawn]:
    """The scale goes with the hardware; lengths lead the blocks. What 0x413 has in its place block is not sure, and left out."""
    for hardware in (0x10A, 0x10B, 0x111, 0x153, 0x401):
        scale = 600000 if hardware in (0x10A, 0x10B) else 6000000
        for fix in (True, False):
            device, one, mast = imei(draw), place(draw, when(draw), fix=fix), cell(draw)
            known = hardware in (0x10A, 0x10B)
            blocks = (
                _sized(_tzone_place(draw, one, scale))
                + (_sized(struct.pack(">HH", *mast[2:])) if known else _sized(b""))
                + _sized(_STATUS)
            )
            yield Drawn(
                f"{hardware:x} {fix}",
                _tzone(draw, hardware, device, blocks),
                (one,),
                (device,),
                ((0, 0, *mast[2:]),) if known else (),
            )
    device, mast = imei(draw), cell(draw)
    area = ((0, 0, *mast[2:]),)
    blocks = _sized(b"") + _sized(struct.pack(">HH", *mast[2:])) + _sized(_STATUS)
    yield Drawn("10b no fix", _tzone(draw, 0x10B, device, blocks), (), (device,), area)
    masts = tuple(cell(draw) for _ in range(draw.randrange(1, 5)))
    listed = b"".join(
        bytes((draw.randrange(32),)) + bcd(str(a), 2) + bcd(str(b), 2) + struct.pack(">HI", c, d)
        for a, b, c, d in masts
    )
    blocks = _sized(b"") + _sized(bytes((len(masts),)) + listed) + _sized(_STATUS)
    yield Drawn("407", _tzone(draw, 0x407, device, blocks), (), (device,), masts)
    one = place(draw, when(draw))
    status = (one.latitude > 0) | (one.longitude < 0) << 1
    block = (
        bytes((status,))
        + plain_time(one.time)
        + struct.pack(">II", round(abs(one.latitude) * 1e6), round(abs(one.longitude) * 1e6))
        + struct.pack(">HH", 90, 120)
    )
    yield Drawn("40a", _tzone(draw, 0x40A, device, _sized(block) + _sized(b"") + _sized(_STATUS)), (one,), (device,))


def uux(draw: random.Random) -> Iterator[Drawn]:
    """Columns of text inside a binary frame; no year."""
    for wanted in (0, 0x80):
        one, device = place(draw), f"AB{draw.randrange(10**7, 10**8)}"
        body = (
            b"\x90"
            + device.encode()
            + bytes(map(int, f"{when(draw):%m %d %H %M %S}".split()))
            + b"REASON0001"
            + draw.randbytes(2)
            + b"\x01"
        )
        text = f"{draw.randrange(4, 12):02d}{minutes_pair(one, letter='', then='')}"
        body += f"{text}{draw.randrange(90):03d}{draw.randrange(360):03d}".encode()
        body += b"045" + struct.pack(">II", 1000, 20) + b"\x14" + b"COMP01" + bytes(10) + b"\x00\x07"
        yield Drawn(f"ack {wanted:x}", struct.pack(">HBB", 0x8151, 1 | wanted, len(body)) + body, (one,), (device,))


def xt2400(draw: random.Random) -> Iterator[Drawn]:
    """Two orders of the fields that samples show; others are set on the unit."""
    for form in (0, 1):
        for tail in (0, 40):
            serial, one = draw.randrange(10**8, 10**9), place(draw, when(draw))
            data = (
                bytes((form,))
                + struct.pack(">IB", serial, draw.randrange(20))
                + (struct.pack(">H", draw.randrange(999)) if form else b"")
            )
            data += struct.pack(">Iii", unix(one), round(one.latitude * 1e6), round(one.longitude * 1e6))
            data += struct.pack(
                ">hhBBB", draw.randrange(9000), draw.randrange(3600), draw.randrange(90), 9, draw.randrange(4, 12)
            ) + draw.randbytes(8 + tail)
            yield Drawn(f"form {form} tail {tail}", data, (one,), (str(serial),))


DIALECTS: dict[str, Dialect] = {"tzone": tzone, "uux": uux, "xt2400": xt2400}
