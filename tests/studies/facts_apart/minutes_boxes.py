"""Binary frames with degrees and minutes or parts of them: Blue, Eelink, Gps056, Khd, Niot, Pricol and Xexun2."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, bcd, bssid, cell, imei, place, sides, when, xor
from tests.studies.facts_apart.written import octets, plain_time, scaled, unix


def words(value: float, size: int = 2) -> bytes:
    """``ddmm`` and ten-thousandths of a minute, big-endian."""
    total = round(abs(value) * 600000)
    whole, part = divmod(total, 10000)
    return (whole // 60 * 100 + whole % 60).to_bytes(size, "big") + struct.pack(">H", part)


def blue(draw: random.Random) -> Iterator[Drawn]:
    number = draw.randrange(10**9, 2**32)

    def sub(kind: int, body: bytes) -> bytes:
        return bytes([len(body) + 5, kind, draw.randrange(256), 0, 0]) + body

    def frame(parts: bytes) -> bytes:
        body = struct.pack(">H", len(parts) + 9) + b"\x86\x00" + struct.pack(">I", number) + parts
        return b"\xaa" + body + bytes([xor(body)])

    def position(one: Place, area: int, tower: int) -> bytes:
        flags = one.fix << 7 | (one.latitude < 0) << 6 | (one.longitude < 0) << 5
        body = (
            bytes([0, flags])
            + words(one.latitude)
            + words(one.longitude)
            + struct.pack(">HHHB", draw.randrange(60), draw.randrange(1000), draw.randrange(360), draw.randrange(100))
        )
        return sub(1, body + plain_time(one.time) + struct.pack(">HH", area, tower))

    for name, before, after in (
        ("position", b"", b""),
        ("alarm before", sub(0x81, b"\x00\x03"), b""),
        ("status after", b"", sub(0x12, draw.randbytes(6))),
    ):
        one, (_, _, area, tower) = place(draw, when(draw), fix=draw.random() < 0.7), cell(draw)
        data = frame(before + position(one, area, tower) + after)
        yield Drawn(name, data, (one,), (str(number),), ((0, 0, area, tower),))
    yield Drawn("status", frame(sub(0x12, draw.randbytes(6))), (), (str(number),))


def eelink(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)

    def package(kind: int, body: bytes) -> bytes:
        return b"gg" + bytes([kind]) + struct.pack(">HH", len(body) + 2, draw.randrange(2**16)) + body

    def wrapped(packages: bytes) -> bytes:
        check, body = 0, bcd(number, 8) + packages
        for byte in body:
            check = ((check << 1 | check >> 15) & 0xFFFF) + byte & 0xFFFF
        return b"EL" + struct.pack(">HH", len(body) + 2, check) + body

    login = package(1, bcd(number, 8) + b"\x01\x20")
    yield Drawn("login", login, (), (number,))
    yield Drawn("heartbeat", package(3, b"\x00\x01"), ())
    for kind in (2, 4, 5, 6):
        one, (mcc, mnc, area, tower) = place(draw, when(draw), fix=draw.random() < 0.8), cell(draw)
        body = (
            struct.pack(">I", unix(one))
            + scaled(one, 1_800_000)
            + struct.pack(">BH", draw.randrange(120), draw.randrange(360))
        )
        body += struct.pack(">HHH", mcc, mnc, area) + tower.to_bytes(3, "big") + bytes([one.fix]) + draw.randbytes(3)
        yield Drawn(f"old {kind:02X}", package(kind, body), (one,), (), ((mcc, mnc, area, tower),))
        yield Drawn(
            f"old {kind:02X}, session", login + package(kind, body), (one,), (number,), ((mcc, mnc, area, tower),)
        )
    for kind in (0x12, 0x14, 0x15):
        for mask in (0x01, 0x03, 0x07, 0x0F, 0x73, 0x02, 0x0E, 0x7E, 0x70):
            one = place(draw, when(draw), fix=draw.random() < 0.8)
            body, cells, points = masked(draw, one, kind, mask, scaled(one, 1_800_000))
            body = package(kind, body)
            places = (one,) if mask & 1 else ()
            yield Drawn(f"new {kind:02X} {mask:02X}", body, places, (), cells, points)
            yield Drawn(f"UDP {kind:02X} {mask:02X}", wrapped(body), places, (number,), cells, points)
    one = place(draw, when(draw))
    text = (
        f"Lat:{'NS'[one.latitude < 0]}{abs(one.latitude):.6f},Lon:{'EW'[one.longitude < 0]}{abs(one.longitude):.6f},"
        f"Course:{draw.uniform(0, 359):.2f},Speed:{draw.uniform(0, 99):.2f},Date Time:{one.time:%Y-%m-%d %H:%M:%S}"
    )
    yield Drawn("80", package(0x80, b"\x01" + draw.randbytes(4) + text.encode()), (one,))


def masked(
    draw: random.Random, one: Place, kind: int, mask: int, scaled: bytes
) -> tuple[bytes, tuple[tuple[int, int, int, int], ...], tuple[str, ...]]:
    """The body of a new type, its cells and its access points; neighbours share the country and the network."""
    body, cells, points = struct.pack(">I", unix(one)) + bytes([mask]), [], []
    if mask & 1:
        body += scaled + struct.pack(
            ">hHHB", draw.randrange(900), draw.randrange(120), draw.randrange(360), draw.randrange(4, 12)
        )
    mcc, mnc, _, _ = cell(draw)
    for bit in (1, 2, 3):
        if mask >> bit & 1:
            _, _, area, tower = cell(draw)
            body += (struct.pack(">HH", mcc, mnc) if bit == 1 else b"") + struct.pack(
                ">HIB", area, tower, draw.randrange(10, 60)
            )
            cells.append((mcc, mnc, area, tower))
    for bit in (4, 5, 6):
        if mask >> bit & 1:
            point = bssid(draw)
            body += octets(point) + bytes([draw.randrange(40, 90)])
            points.append(point)
    body += draw.randbytes(1) if kind in {0x14, 0x15} else b""  # which warning or report, as public samples have it
    return body + struct.pack(">H", one.fix) + draw.randbytes(8), tuple(cells), tuple(points)


def gps056(draw: random.Random) -> Iterator[Drawn]:
    """Nothing says whether there is a fix."""
    number = imei(draw)

    def frame(kind: str, body: bytes) -> bytes:
        content = kind.encode() + number.encode() + body
        return f"$${len(content):02d}".encode() + content + b"#"

    one = place(draw, when(draw))
    time, (north, east) = plain_time(one.time), sides(one)
    body = time[2::-1] + time[3:] + words(one.latitude) + north.encode() + words(one.longitude) + east.encode()
    body += (
        struct.pack(">BHBB", draw.randrange(120), draw.randrange(360), 1, 0) + draw.randbytes(2) + b"\x08\x14\x00\x01"
    )
    yield Drawn("GPSL", frame("GPSL_11", body), (one,), (number,))
    for kind in ("LOGN_11", "SYNC_11"):
        yield Drawn(kind[:4], frame(kind, b"\x00\x01"), (), (number,))
    yield Drawn("session", frame("LOGN_11", b"\x00\x01") + frame("GPSL_11", body), (one,), (number,))


def khd(draw: random.Random) -> Iterator[Drawn]:
    """Four bytes name the device: in hexadecimal here, the other form needs to know which it is.

    The list of peripherals states its length with that field, as public samples do.
    """
    number = draw.randbytes(4)

    def frame(kind: int, body: bytes) -> bytes:
        data = b"))" + bytes([kind]) + struct.pack(">H", len(number) + len(body) + 2) + number + body
        return data + bytes([xor(data), 0x0D])

    def packed(value: float) -> bytes:
        thousandths = round(abs(value) * 60000)
        digits = f"{thousandths // 60000:03d}{thousandths % 60000:05d}"
        coded = bytearray(bytes.fromhex(digits))
        coded[0] |= 0x80 * (value < 0)
        return bytes(coded)

    def block(one: Place) -> bytes:
        data = bytes.fromhex(f"{one.time:%y%m%d%H%M%S}") + packed(one.latitude) + packed(one.longitude)
        data += bcd(str(draw.randrange(120)), 2) + bcd(str(draw.randrange(360)), 2)
        return data + bytes([one.fix << 7 | draw.randrange(128)]) + draw.randbytes(3) + draw.randbytes(4)

    for kind in (0x80, 0x81, 0x82, 0x85, 0x8E):
        one = place(draw, when(draw), fix=draw.random() < 0.8)
        yield Drawn(f"{kind:02X}", frame(kind, block(one) + draw.randbytes(8)), (one,), (number.hex(),), near=3e-5)
    for count in (0, 1, 3):
        one, towers = place(draw, when(draw), fix=draw.random() < 0.8), tuple(cell(draw) for _ in range(count))
        near = bytes([count]) + b"".join(struct.pack(">HBHHB", *tower, 40) for tower in towers)
        parts = b"\x20\x01\x7c" + (bytes([0x23, len(near)]) + near if count else b"")
        more = struct.pack(">H", len(parts) + 2) + parts
        data = frame(0xA3, block(one) + draw.randbytes(8) + more)
        yield Drawn(f"A3 {count} cells", data, (one,), (number.hex(),), towers, near=3e-5)
    yield Drawn("B1", frame(0xB1, draw.randbytes(6)), (), (number.hex(),))


def niot(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)
    for iccid in (False, True):
        one = place(draw, when(draw), fix=draw.random() < 0.8)
        body = bcd(number, 8) + bytes.fromhex(f"{one.time:%y%m%d%H%M%S}")
        for value in (one.latitude, one.longitude):
            body += struct.pack(">I", round(abs(value) * 1_800_000) | (value < 0) << 31)
        body += b"\0\0" + bcd(str(draw.randrange(360)), 2) + bytes([one.fix << 7]) + draw.randbytes(4) + b"\x40\0\0"
        body += bytes([draw.randrange(4, 12), 41]) + struct.pack(">HBBBB", 124, 80, draw.randrange(120), 0, 0)
        body += struct.pack(">HH", 22, 1) + f"89{draw.randrange(10**18):018d}".encode() if iccid else b""
        data = b"XX\x80" + struct.pack(">H", len(body) + 2) + body
        yield Drawn("ICCID" if iccid else "plain", data + bytes([xor(data), 0x0D]), (one,), (number,))


def pricol(draw: random.Random) -> Iterator[Drawn]:
    """Nothing says whether there is a fix; no check value is known."""
    one, number = place(draw, when(draw)), f"MH{draw.randrange(10**5):05d}"
    time, (north, east) = plain_time(one.time), sides(one)
    data = (
        b"<"
        + number.encode()
        + bytes([draw.randrange(9), 1, draw.randrange(256), draw.randrange(32), 1])
        + time[2::-1]
        + time[3:]
    )
    data += words(one.latitude) + north.encode() + words(one.longitude, 3) + east.encode()
    data += bytes([draw.randrange(120)]) + draw.randbytes(2 + 1 + 1 + 2 + 10 + 3 + 2)
    yield Drawn("report", data.ljust(62, b"\xff") + b"\x00>", (one,), (number,))


def xexun2(draw: random.Random) -> Iterator[Drawn]:
    """Floats write ``ddmm.mmmm``: four bytes hold longitudes to some two metres."""
    number = imei(draw)

    def escaped(data: bytes) -> bytes:
        return (
            b"\xfa\xaf" + data.replace(b"\xfb\xbf", b"\xfb\xbf\x02").replace(b"\xfa\xaf", b"\xfb\xbf\x01") + b"\xfa\xaf"
        )

    def frame(records: list[bytes]) -> bytes:
        payload = bytes([len(records)]) + b"".join(struct.pack(">H", len(one)) for one in records) + b"".join(records)
        head = struct.pack(">HH", 0x14, draw.randrange(2**16)) + bytes.fromhex(f"{number}0")
        return escaped(head + struct.pack(">HH", len(payload), ~sum(payload) & 0xFFFF) + payload)

    def floats(one: Place, form: str) -> bytes:
        total = [int(abs(v)) * 100 + (abs(v) - int(abs(v))) * 60 for v in (one.longitude, one.latitude)]
        return struct.pack(
            f">{form}{form}", *(-t if v < 0 else t for t, v in zip(total, (one.longitude, one.latitude), strict=True))
        )

    def record(
        one: Place, mask: int, parts: int
    ) -> tuple[bytes, tuple[tuple[int, int, int, int], ...], tuple[str, ...]]:
        body = struct.pack(">BIBHB", 1, unix(one), 70, 0x8000 * draw.randrange(2) | 88, mask)
        body += draw.randbytes(4) if mask & 1 else b""
        body += bytes([parts])
        body += bytes([draw.randrange(4, 12)]) + floats(one, "f") if parts & 1 else b""
        points = tuple(bssid(draw) for _ in range(draw.randrange(1, 6))) if parts & 2 else ()
        towers = tuple(cell(draw) for _ in range(draw.randrange(1, 4))) if parts & 4 else ()
        if parts & 2:
            body += bytes([len(points)]) + b"".join(octets(point) + b"\x3c" for point in points)
        if parts & 4:
            body += bytes([len(towers)]) + b"".join(struct.pack(">HHIIB", *tower, 40) for tower in towers)
        body += b"\x01" + draw.randbytes(12) if parts & 8 else b""
        body += struct.pack(">HH", draw.randrange(1200), draw.randrange(3600)) if parts & 32 else b""
        body += bytes([draw.randrange(4, 12)]) + floats(one, "d") if parts & 64 else b""
        body += draw.randbytes(4) if mask & 8 else b""
        return body, towers, points

    for mask, parts in (
        (2, 1),
        (3, 1),
        (2, 0x21),
        (2, 0x40),
        (2, 0x60),
        (2, 0x06),
        (3, 0x02),
        (2, 0x04),
        (2, 0x27),
        (2, 0x0F),
        (10, 0x46),
    ):
        for count in (1, 2):
            made = [(one, *record(one, mask, parts)) for one in (place(draw, when(draw)) for _ in range(count))]
            places = tuple(one for one, *_ in made) if parts & 0x41 else ()
            cells, points = sum((towers for _, _, towers, _ in made), ()), sum((seen for *_, seen in made), ())
            yield Drawn(
                f"{mask:02X} {parts:02X} {count}",
                frame([body for _, body, *_ in made]),
                places,
                (number,),
                cells,
                points,
                near=3e-5,
            )
    yield Drawn(
        "command answer",
        escaped(
            struct.pack(">HH", 7, 1)
            + bytes.fromhex(f"{number}0")
            + struct.pack(">HH", 2, ~(0x4F + 0x4B) & 0xFFFF)
            + b"OK"
        ),
        (),
        (number,),
    )


DIALECTS: dict[str, Dialect] = {
    "blue": blue,
    "eelink": eelink,
    "gps056": gps056,
    "khd": khd,
    "niot": niot,
    "pricol": pricol,
    "xexun2": xexun2,
}
