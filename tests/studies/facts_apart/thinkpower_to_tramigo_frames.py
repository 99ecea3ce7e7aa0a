"""Binary dialects from ThinkPower to Tramigo, from public descriptions of them."""

from __future__ import annotations

import random
import struct
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, bssid, cell, crc16, imei, place, when
from tests.studies.facts_apart.written import octets, plain_time, scaled, unix


def thinkpower(draw: random.Random) -> Iterator[Drawn]:
    """Sign and magnitude; the login alone has the id. More than one record under one time is not clear and left out."""

    def frame(kind: int, body: bytes) -> bytes:
        data = struct.pack(">BBH", kind, draw.randrange(256), len(body)) + body
        return data + crc16(data, 0x1021, 0xFFFF, reflected=False).to_bytes(2, "big")

    def signed(value: float) -> bytes:
        return (round(abs(value) * 1e7) | (0x80000000 if value < 0 else 0)).to_bytes(4, "big")

    device = imei(draw)
    login = frame(1, b"\x01\x00" + bytes((len(device),)) + device.encode())
    yield Drawn("login", login, (), (device,))
    for fix in (True, False):
        for more in (True, False):
            one = place(draw, when(draw), fix=fix)
            body = b"\x01" + struct.pack(">I", unix(one)) + b"\x01" + signed(one.latitude) + signed(one.longitude)
            body += struct.pack(">HH", draw.randrange(900), draw.randrange(36000)) + b"\x02" + bytes((fix,))
            body += b"\x06\x01\x02\x09\x05\x12\x00\x07\x50\x01" if more else b""
            data = frame(5, body)
            yield Drawn(f"fix {fix} more {more}", data, (one,))
            yield Drawn(f"fix {fix} more {more} after a login", login + data, (one,), (device,))


def _topin(kind: int, body: bytes, length: int) -> bytes:
    return b"xx" + bytes((length, kind)) + body + b"\r\n"


def _millionths(value: float) -> bytes:
    """Whole degrees, then the fraction in 20 bits under a nibble that is set where the value is negative."""
    whole, part = divmod(round(abs(value) * 1e6), 10**6)
    return bytes((whole,)) + (part | (0x800000 if value < 0 else 0)).to_bytes(3, "big")


def topin(draw: random.Random) -> Iterator[Drawn]:
    """No check value and no serial number; the login alone has the id."""
    device = imei(draw)
    login = _topin(1, bytes.fromhex("0" + device) + b"\x01", 0x0A)
    yield Drawn("login", login, (), (device,))
    for kind in (0x10, 0x11):
        for fix in (True, False):
            for tail in (b"", struct.pack(">hB", draw.randrange(900), 1)):
                one = place(draw, when(draw), fix=fix)
                flags = draw.randrange(360) | fix << 12 | (one.longitude < 0) << 11 | (one.latitude > 0) << 10
                body = plain_time(one.time) + bytes((0xC0 | draw.randrange(4, 12),))
                body += (
                    struct.pack(
                        ">IIBH",
                        round(abs(one.latitude) * 1800000),
                        round(abs(one.longitude) * 1800000),
                        draw.randrange(90),
                        flags,
                    )
                    + tail
                )
                yield Drawn(f"{kind:x} {fix} {len(tail)}", login + _topin(kind, body, len(body)), (one,), (device,))
    for kind in (0x08, 0x09):
        one = place(draw, when(draw), fix=kind == 8)
        near = (_millionths(value + 1e-5) for value in (one.latitude, one.longitude))
        body = plain_time(one.time) + _millionths(one.latitude) + _millionths(one.longitude) + b"".join(near)
        body += bytes((draw.randrange(90), draw.randrange(180), draw.randrange(4, 12)))
        yield Drawn(f"{kind:x}", login + _topin(kind, body, len(body) + 1), (one,), (device,))
    yield Drawn("empty 8", login + _topin(8, b"", 1), (), (device,))
    yield from _topin_networks(draw, device, login)


def _topin_networks(draw: random.Random, device: str, login: bytes) -> Iterator[Drawn]:
    """Access points and cells; the date is BCD; a cell has 5 bytes or 9."""
    for kind in (0x18, 0x1A, 0x69, 0x17, 0x19):
        for wide in (False, True):
            points = tuple(bssid(draw) for _ in range(draw.randrange(1, 5)))
            first = cell(draw)
            masts = tuple((first[0], first[1], *cell(draw)[2:]) for _ in range(draw.randrange(1, 4)))
            body = bytes.fromhex(f"{when(draw):%y%m%d%H%M%S}")
            body += b"".join(octets(point) + bytes((draw.randrange(0xA0, 0xD0),)) for point in points)
            body += struct.pack(">BHB", len(masts), *first[:2])
            body += b"".join(
                struct.pack(">IIB" if wide else ">HHB", area, number, draw.randrange(0x60, 0xA0))
                for _, _, area, number in masts
            )
            name = f"{kind:x} {'9' if wide else '5'} bytes a cell"
            yield Drawn(name, login + _topin(kind, body, len(points)), (), (device,), masts, points)


def tramigo(draw: random.Random) -> Iterator[Drawn]:
    """A sentence with the place in it; blocks, among them the two ends of a trip."""
    for hours in ("%H:%M:%S", "%H:%M"):
        serial, one = draw.randrange(10**7, 10**8), place(draw, when(draw).replace(second=0))
        assert one.time is not None
        text = (
            f"Tramigo: Moving, 0.29 km NE of Low Yat Plaza, Kuala Lumpur, MY, {one.latitude:.5f}, {one.longitude:.5f}, "
            f"{draw.choice(('N', 'SW', 'E'))} with speed {draw.randrange(90)} km/h, {one.time.strftime(hours)}"
            f" {one.time:%b} {one.time.day}  EOF"
        )
        body = text.encode()
        head = struct.pack("<BBHH", 0x80, 0, draw.randrange(65536), 0x00B0) + struct.pack(
            "<HHH", 18 + len(body) + 2, 0x0101, draw.randrange(65536)
        )
        data = head + struct.pack(">I", serial) + struct.pack("<I", unix(one)) + body
        data = data[:6] + struct.pack("<H", len(data)) + data[8:]
        yield Drawn(f"80 {hours}", data, (one,), (str(serial),))
    for blocks in ("status", "trip", "status and landmark"):
        device = imei(draw)
        begun, ended = (place(draw, when(draw)) for _ in range(2))
        status = (
            b"\x00"
            + struct.pack("<HIH", 7, 0, 0x20)
            + _hundred_thousandths(begun)
            + struct.pack("<HHBBBHHHHII", 40, 90, 20, 30, 90, 1, 1, 1, 1, 9, unix(begun))
            + b"\x01"
        )
        # Whether the places of a trip stay apart from others of the frame is not described: it stands alone.
        trip = b"\x04" + struct.pack("<III", unix(begun), 0, draw.randrange(2**24)) + _hundred_thousandths(begun)
        trip += (
            struct.pack("<III", unix(ended), 0, draw.randrange(2**24))
            + _hundred_thousandths(ended)
            + draw.randbytes(12)
            + b"\x00"
        )
        names = b"\x07\x00\x00\x00\x06\x00ZWChegutuHarare"
        landmark = b"\x01" + struct.pack("<H", len(names) + 3) + names
        body = {"status": status, "trip": trip, "status and landmark": status + landmark}[blocks]
        identity = struct.pack("<II", int(device[:8]), int(device[8:]))
        tail = struct.pack("<H", draw.randrange(65536)) + identity + struct.pack("<I", unix(ended)) + body
        head = b"\x04" + struct.pack("<H", len(tail) + 5)
        value = crc16(head + b"\x00\x00" + tail, 0x1021, 0xFFFF, reflected=False)
        yield Drawn(
            f"04 {blocks}",
            head + struct.pack("<H", value) + tail,
            (begun, ended) if blocks == "trip" else (begun,),
            (device,),
        )


def _hundred_thousandths(one: Place) -> bytes:
    return scaled(one, 1e5, "<ii")


def tramigo_positions(draw: random.Random) -> Iterator[Drawn]:
    """The compact report; it has no sign, so that the place is north and east."""
    for kind in (0x0100, 0x00FE):
        any_place = place(draw, when(draw))
        one = Place(abs(any_place.latitude), abs(any_place.longitude), any_place.time)
        serial = draw.randrange(10**7, 10**8)
        body = struct.pack("<HHII", 7, 1, round(one.latitude * 1e7), round(one.longitude * 1e7))
        body += struct.pack(
            "<HHHHHHIHHI",
            20,
            9,
            12,
            1,
            100,
            draw.randrange(360),
            draw.randrange(10**6),
            4100,
            1,
            unix(one),
        )
        head = struct.pack(
            ">BBHHHHHII",
            1,
            0,
            draw.randrange(65536),
            kind,
            20 + len(body),
            0,
            draw.randrange(65536),
            serial,
            unix(one),
        )
        yield Drawn(f"01 {kind:x}", head + body, (one,), (str(serial),))


DIALECTS: dict[str, Dialect] = {
    "thinkpower": thinkpower,
    "topin": topin,
    "tramigo": tramigo,
    "tramigo-compact": tramigo_positions,
}
