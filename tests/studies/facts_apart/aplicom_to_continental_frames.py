"""Binary dialects from Aplicom to Continental (and DualCam), from public descriptions of them."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, cell, imei, place, when
from tests.studies.facts_apart.written import unix


def _aplicom_body(draw: random.Random, one: Place, selector: int) -> bytes:
    """Blocks in the order of a D frame; each is there if its bit is set."""
    time = unix(one)
    fix = struct.pack(">IiiB", time, round(one.latitude * 1e6), round(one.longitude * 1e6), draw.randrange(4, 12))
    blocks = (
        (3, bytes((0x40 * one.fix | draw.randrange(0x40),))),
        (2, struct.pack(">I", time + draw.randrange(3))),
        (3, fix),
        (4, draw.randbytes(3)),
        (6, draw.randbytes(1)),
        (5, draw.randbytes(8)),
        (15, draw.randbytes(4)),
        (16, draw.randbytes(6)),
        (17, draw.randbytes(6)),
        (7, draw.randbytes(4)),
        (8, draw.randbytes(4)),
        (6, draw.randbytes(1)),
        (9, draw.randbytes(6)),
        (10, draw.randbytes(1)),
        (11, draw.randrange(900).to_bytes(2, "big")),
        (13, draw.randbytes(2)),
        (14, draw.randbytes(8)),
        (19, draw.randbytes(11)),
    )
    return draw.randbytes(2) + b"".join(data for bit, data in blocks if selector >> bit & 1)


def _aplicom_frame(
    draw: random.Random, body: bytes, selector: int | None, device: str = "", letter: bytes = b"D"
) -> bytes:
    version = draw.randrange(1, 4) | 0x80 * bool(device) | 0x40 * (selector is not None)
    unit = int(device).to_bytes(7, "big") if device else draw.randbytes(3)
    chosen = b"" if selector is None else selector.to_bytes(3, "big")
    return letter + bytes((version,)) + unit + len(body).to_bytes(2, "big") + chosen + body


def aplicom(draw: random.Random) -> Iterator[Drawn]:
    """D frames with every choice of blocks; the unit numbers of 3 bytes stand for ids that need a list."""
    for fix in (True, False):
        for selector in (0x0002FC, 0x03FFFF & ~0x1000, 0x00008C, 0x08003C, 0x00000C, 0x0007FC):
            device, one = imei(draw), place(draw, when(draw), fix=fix)
            data = _aplicom_frame(draw, _aplicom_body(draw, one, selector), selector, device)
            yield Drawn(f"D {selector:06x} {fix}", data, (one,), (device,))
        one = place(draw, when(draw), fix=fix)
        yield Drawn(f"unit number {fix}", _aplicom_frame(draw, _aplicom_body(draw, one, 0x02FC), None), (one,))
        device, one = imei(draw), place(draw, when(draw), fix=fix)
        yield Drawn(
            f"default blocks {fix}",
            _aplicom_frame(draw, _aplicom_body(draw, one, 0x02FC), None, device),
            (one,),
            (device,),
        )
    device = imei(draw)
    places = tuple(place(draw, when(draw)) for _ in range(3))
    frames = [_aplicom_frame(draw, _aplicom_body(draw, one, 0x0003FC), 0x0003FC, device) for one in places]
    yield Drawn("three frames", b"".join(frames), places, (device,))
    yield Drawn("alive between frames", b"1".join(frames), places, (device,))
    placeless = _aplicom_frame(draw, draw.randbytes(2) + struct.pack(">I", 1600000000), 0x000004, device)
    yield Drawn("no place block", placeless, (), (device,))
    for letter in (b"F", b"H"):
        other = _aplicom_frame(draw, draw.randbytes(40), 0x0007FD, device, letter)
        yield Drawn(f"{letter.decode()} of a bus or a histogram", other, (), (device,))
    vin = "WDB" + "".join(draw.choices("0123456789ABCDEFGH", k=10)) + f"{draw.randrange(10**4):04d}"
    tachograph = draw.randbytes(2) + bytes(6) + vin.encode() + bytes(9)
    yield Drawn("E of a tachograph", _aplicom_frame(draw, tachograph, 0x007FFC, device, b"E"), (), (device,), vin=vin)
    one = place(draw, when(draw))
    brakes = _aplicom_body(draw, one, 0x0002FC) + b"EB" + bytes(4) + vin.encode() + bytes(3)
    yield Drawn(
        "D with the brakes of a trailer", _aplicom_frame(draw, brakes, 0x0012FC, device), (one,), (device,), vin=vin
    )


def _arnavi_record(kind: int, time: int, body: bytes) -> bytes:
    stamp = struct.pack("<I", time)
    return struct.pack("<BH", kind, len(body)) + stamp + body + bytes((sum(stamp + body) & 255,))


def arnavi_binary(draw: random.Random) -> Iterator[Drawn]:
    """Records of tagged values of four bytes; latitude and longitude are two of them."""

    def record(
        one: Place, mast: tuple[int, int, int, int] | None, *, located: bool = True, moved: bool = True
    ) -> bytes:
        items = [(6, draw.randbytes(4)), (9, draw.randbytes(4)), (1, struct.pack("<HH", 4100, 12600))]
        if located:
            items += [(3, struct.pack("<f", one.latitude)), (4, struct.pack("<f", one.longitude))]
            satellites = draw.randrange(1, 8) << 4 | draw.randrange(1, 8) if one.fix else draw.choice((0xFE, 0xFF))
            items += (
                [(5, bytes((draw.randrange(180), draw.randrange(90), satellites, draw.randrange(60))))] if moved else []
            )
        if mast:
            items += [
                (7, struct.pack("<HH", mast[3], mast[2])),
                (8, struct.pack("<BHB", draw.randrange(31), mast[0], mast[1])),
            ]
        return _arnavi_record(1, unix(one), b"".join(bytes((tag,)) + value for tag, value in items))

    device = imei(draw)
    index = draw.randrange(1, 0xFC)
    for version in (0x22, 0x23, 0x24, 0x25):
        login = bytes((0xFF, version)) + struct.pack("<Q", int(device))
        yield Drawn(f"login {version:x}", login, (), (device,))
        for count in (1, 3):
            for fix in (True, False):
                masts = tuple(cell(draw) for _ in range(count)) if draw.random() < 0.5 else ()
                places = tuple(place(draw, when(draw), fix=fix) for _ in range(count))
                records = b"".join(record(one, masts[n] if masts else None) for n, one in enumerate(places))
                packet = bytes((0x5B, index)) + records + b"\x5d"
                yield Drawn(f"{version:x} {count} {fix}", login + packet, places, (device,), masts)
                yield Drawn(f"packet alone {count} {fix}", packet, places, (), masts)
    mast = cell(draw)
    lost = record(place(draw, when(draw)), mast, located=False)
    yield Drawn("cell only", login + bytes((0x5B, index)) + lost + b"\x5d", (), (device,), (mast,))
    one = place(draw, when(draw), fix=True)
    text = _arnavi_record(3, 1500000000, b"hello there") + _arnavi_record(0, 1500000001, b"")
    yield Drawn("among others", bytes((0x5B, index)) + text + record(one, None) + b"\x5d", (one,))


def continental(draw: random.Random) -> Iterator[Drawn]:
    """Seconds of arc in 24 bits; hundredths of them in 28 where the first byte of the latitude is not 0."""
    for fix in (True, False):
        for fine in (False, True):
            one = place(draw, when(draw), fix=fix)
            if fine and 0 < one.latitude < 48:
                one = Place(-one.latitude, one.longitude, one.time, fix)
            scale, mask = (360000, 0xFFFFFFF) if fine else (3600, 0xFFFFFF)
            serial, time = draw.randrange(10**4, 10**8), unix(one)
            body = struct.pack(
                ">BIBBIIIHHBI",
                draw.randrange(1, 30),
                serial,
                2,
                2,
                time,
                round(one.latitude * scale) & mask,
                round(one.longitude * scale) & mask,
                draw.randrange(360),
                draw.randrange(120),
                int(fix),
                time + draw.randrange(9),
            )
            body += struct.pack(">HHHBBH", draw.randrange(20), draw.randrange(2), 0, draw.randrange(100), 30, 0)
            body += draw.choice((b"", struct.pack(">I", 30000), struct.pack(">II", 30000, 400)))
            data = b"SV" + (len(body) + 4).to_bytes(2, "big") + body
            yield Drawn(f"fix {fix} fine {fine}", data, (one,), (str(serial),), near=1e-5 if fine else 1.5e-4)
    # How long a keep-alive is is not described.


def dualcam(draw: random.Random) -> Iterator[Drawn]:
    """The login of a camera; its later messages hold no place that is described."""
    device = imei(draw)
    login = struct.pack(">HHQ", 0, draw.randrange(1, 9), int(device)) + draw.randbytes(4)
    yield Drawn("login", login, (), (device,))
    yield Drawn("login and start", login + bytes.fromhex("00010004000000a0"), (), (device,))


DIALECTS: dict[str, Dialect] = {
    "aplicom": aplicom,
    "arnavi-binary": arnavi_binary,
    "continental": continental,
    "dualcam": dualcam,
}
