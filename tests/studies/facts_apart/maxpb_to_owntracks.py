"""MaxPb, MiniFinder, Navigil, Noran, Oko, OsmAnd and OwnTracks, from public descriptions.

Navigil's length with the preamble is doubtful and drawn without. Noran's written time and OsmAnd's plain date are in a zone
that the message does not tell; both are drawn as UTC.
"""

from __future__ import annotations

import json
import random
import struct
from collections.abc import Iterator
from urllib.parse import quote

from tests.studies.facts_apart.drawn import Drawn, Place, bssid, cell, crc16, imei, minutes_pair, place, when
from tests.studies.facts_apart.written import FORM, clock, get, post, scaled, unix, unpadded, varint, vin


def _field(number: int, value: int | bytes) -> bytes:
    """A field of protobuf: a number as varint, bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def _maxpb_report(draw: random.Random, one: Place) -> bytes:
    where = _field(1, 1) + _field(2, 1) + b"\x1d" + struct.pack("<i", round(one.latitude * 1e7))
    where += (
        b"\x25"
        + struct.pack("<i", round(one.longitude * 1e7))
        + _field(5, 2 * draw.randrange(900))
        + _field(7, draw.randrange(360))
    )
    gps = (
        _field(2, draw.choice((2, 3)) if one.fix else draw.choice((0, 1)))
        + _field(3, draw.randrange(4, 12))
        + _field(5, 12)
    )
    head = _field(1, draw.randrange(9999)) + _field(2, draw.randrange(9)) + _field(3, unix(one))
    return head + _field(4, where) + (_field(5, gps) if not one.fix or draw.random() < 0.7 else b"")


def _maxpb_frame(kind: int, message: bytes) -> bytes:
    data = struct.pack("<HH", kind, 0) + message
    return bytes.fromhex("55aa55aa") + struct.pack("<HH", len(data) + 2, crc16(data, 0x1021, 0, reflected=False)) + data


def maxpb(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)
    head = (
        _field(1, draw.randrange(1, 10**6)) + _field(2, draw.randrange(10**4)) + _field(3, _field(1, number.encode()))
    )
    for fix in (True, False):
        one = place(draw, when(draw), fix=fix)
        yield Drawn(f"new {fix}", _maxpb_frame(1, head + _field(4, _maxpb_report(draw, one))), (one,), (number,))
    ones = [place(draw, when(draw)) for _ in range(4)]
    told = _field(4, _maxpb_report(draw, ones[0])) + b"".join(_field(5, _maxpb_report(draw, one)) for one in ones[1:])
    yield Drawn("new and old", _maxpb_frame(1, head + told), tuple(ones), (number,))


def minifinder(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)
    for name, login in (("short", f"!1,{number};"), ("long", f"!1,{number},V2.1,0;")):
        yield Drawn(f"login {name}", login.encode(), ids=(number,))
    for kind in "DBCA":
        for flags in (1, 2, 0) if kind != "A" else (1,):
            one = place(draw, when(draw), fix=flags != 0)
            assert one.time is not None
            date = f"{one.time.day}/{one.time.month}/{one.time:%y},{one.time.hour}:{one.time.minute}:{one.time.second}"
            date = draw.choice((date, clock("%d/%m/%y,%H:%M:%S", one)))
            text = f"!{kind},{date},{one.latitude:.6f},{one.longitude:.6f},{draw.randrange(120)},{draw.randrange(370)},"
            text += f"{flags | draw.randrange(32) << 16 | draw.choice((0, 0x40)):x},{draw.randrange(900)},{draw.randrange(100)}"
            text += f",{draw.randrange(4, 12)},{draw.randrange(12, 20)},0" if kind in "DB" else ",0"
            end = draw.choice((";", ";\0"))
            yield Drawn(f"{kind} {flags}", f"!1,{number};{text}{end}".encode(), (one,), (number,))
    yield Drawn("signal", b"!5,17,V;")


NAVIGIL_LEAP = 25


def _navigil(draw: random.Random, kind: int, body: bytes, number: int, time: int) -> bytes:
    head = struct.pack("<BBHHHH", 1, 4, draw.randrange(65536), kind, 20 + len(body), 0)
    return head + struct.pack("<HII", crc16(body, 0x1021, 0xFFFF, reflected=False), number, time + NAVIGIL_LEAP) + body


def _navigil_body(draw: random.Random, kind: int, one: Place) -> bytes:
    pair, own, fix = scaled(one, 1e7, "<ii"), struct.pack("<I", unix(one) + NAVIGIL_LEAP), 0xC0 if one.fix else 0x40
    speed, course, odometer = draw.randrange(200), draw.randrange(180), draw.randrange(10**6)
    if kind == 15:
        return pair + struct.pack("<BBBBI", 1, speed, fix, 9, odometer)
    if kind == 13:
        half = b"".join(
            round(value * 50000).to_bytes(3, "little", signed=True) for value in (one.latitude, one.longitude)
        )
        return half + struct.pack("<BBBB", speed, course, fix, 0)
    if kind == 8:
        told = struct.pack("<hHHHHHIIHH", 120, 9, 11, 1, speed, 2 * course, odometer, 500, 3900, 0)
        return struct.pack("<HH", 1, 0) + pair + told + own
    if kind == 12:
        return (
            struct.pack("<HBB", 1, 0, 2) + own + pair + struct.pack("<hBBHHI", 120, 9, 11, speed, 2 * course, odometer)
        )
    if kind == 17:
        flags = struct.pack("<I", 0x400 if one.fix else 0)
        return bytes((1, 1, 1, 2)) + flags + own + pair + struct.pack("<hBBHH", 120, 9, 11, speed, 20 * course)
    return (
        struct.pack("<BBH", 1, 1 if one.fix else 0, 30) + pair + struct.pack("<BBBHI", speed, course, 9, 3900, odometer)
    )


def navigil(draw: random.Random) -> Iterator[Drawn]:
    for kind in (15, 13, 8, 12, 17, 18):
        for fix in (True, False) if kind not in (8, 12) else (True,):
            one, number = place(draw, when(draw), fix=fix), draw.randrange(10**6, 10**8)
            if kind == 13:
                one = Place(one.latitude, max(-165.0, min(165.0, one.longitude)), one.time, fix)
            data = _navigil(draw, kind, _navigil_body(draw, kind, one), number, unix(one))
            yield Drawn(f"type {kind} {fix}", data, (one,), (str(number),))


def _noran(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", len(body) + 4, kind) + body


def noran(draw: random.Random) -> Iterator[Drawn]:
    for kind in (0x08, 0x32, 0x03, 0x8009):
        for fix in (True, False):
            one, number = place(draw, when(draw), fix=fix), f"NR{unpadded(draw, 9)}"
            assert one.time is not None
            pair, speed, course = (
                struct.pack("<ff", one.longitude, one.latitude),
                draw.randrange(120),
                draw.randrange(360),
            )
            before = draw.randbytes(4) + struct.pack("<I", 5053) if kind == 0x8009 else b""
            if kind != 0x32:
                body = struct.pack("<BBIf", fix, 0, speed, course) + pair + number.encode().ljust(12, b"\0")
                body += clock("%y-%m-%d %H:%M:%S", one).encode() + b"\0"
                yield Drawn(
                    f"new {kind:x} {fix}", _noran(kind, before + body + bytes(kind == 0x8009)), (one,), (number,)
                )
            bits, at = 0, 0
            for value, width in (
                (one.time.second, 6),
                (one.time.minute, 6),
                (one.time.hour, 5),
                (one.time.day, 5),
                (one.time.month, 4),
                (one.time.year - 2000, 6),
            ):
                bits, at = bits | value << at, at + width
            body = (
                struct.pack("<BBBH", fix, 0, speed, course)
                + pair
                + struct.pack("<I", bits)
                + number.encode()
                + bytes((1, 40))
            )
            yield Drawn(f"old {kind:x} {fix}", _noran(kind, before + body), (one,), (number,))


def oko(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        for name, adc, supply in (("volts", "4.12", "12.6"), ("hex", "2A", "7E")):
            one, number = place(draw, when(draw), fix=fix), imei(draw)
            motion = draw.choice((f"{draw.uniform(0, 60):.1f},{draw.uniform(0, 360):.1f}", ","))
            text = f"{clock('%H%M%S', one)}{draw.choice(('', '.0'))},{'A' if fix else 'V'},{minutes_pair(one, 3)},"
            text += f"{motion},{clock('%d%m%y', one)},{draw.randrange(4, 12)},{adc},"
            text += f"{draw.randrange(32):02X},{supply},1{draw.choice(('', ',0F'))}"
            yield Drawn(f"{name} {fix}", f"{{{number},{text}}}".encode(), (one,), (number,))
            yield Drawn(f"{name}, no end {fix}", f"{{{number},{text}\r\n".encode(), (one,), (number,))
            yield Drawn(f"{name}, no id {fix}", f"{{{text}}}".encode(), (one,))
            yield Drawn(f"{name}, id before {fix}", f"{{{number},{text}}}{{{text}}}".encode(), (one, one), (number,))


def _osmand_query(draw: random.Random, one: Place, number: str, time: str) -> str:
    where = f"lat={one.latitude:.6f}&lon={one.longitude:.6f}"
    where = draw.choice((where, f"location={one.latitude:.6f},{one.longitude:.6f}"))
    motion = f"speed={draw.uniform(0, 60):.1f}&{draw.choice(('bearing', 'heading'))}={draw.randrange(360)}"
    motion += f"&altitude={draw.randrange(900)}"
    more = draw.choice(("accuracy=5.0&batt=80.5", "hdop=1.2&charge=true", "batt=50&driver=12", "valid=true"))
    return f"{draw.choice(('id', 'deviceid'))}={number}&{where}&timestamp={time}&{motion}&{more}"


def osmand(draw: random.Random) -> Iterator[Drawn]:
    for name in ("seconds", "milliseconds", "ISO", "plain"):
        one, number = place(draw, when(draw)), unpadded(draw, draw.choice((6, 10)))
        written = {
            "seconds": f"{unix(one)}",
            "milliseconds": f"{unix(one)}000",
            "ISO": clock("%Y-%m-%dT%H:%M:%SZ", one),
        }
        time = written.get(name, quote(clock("%Y-%m-%d %H:%M:%S", one)))
        query = _osmand_query(draw, one, number, time)
        yield Drawn(f"GET {name}", get(f"/?{query}"), (one,), (number,))
        yield Drawn(f"POST query {name}", post("", "text/plain", f"/?{query}"), (one,), (number,))
        yield Drawn(f"POST form {name}", post(query, FORM), (one,), (number,))
    cells, points = [cell(draw) for _ in range(2)], [bssid(draw) for _ in range(2)]
    around = "".join(f"&cell={','.join(map(str, one))}{draw.choice(('', ',-71'))}" for one in cells)
    around += "".join(f"&wifi={point.replace(':', draw.choice('-:'))},-60" for point in points)
    one, number = place(draw, when(draw)), unpadded(draw, 8)
    data = get(f"/?{_osmand_query(draw, one, number, str(unix(one)))}{around}")
    yield Drawn("cells and Wi-Fi", data, (one,), (number,), tuple(cells), tuple(points))
    data = get(f"/?id={number}&timestamp={unix(one)}{around}")
    yield Drawn("cells and Wi-Fi alone", data, (), (number,), tuple(cells), tuple(points))
    invalid = Place(one.latitude, one.longitude, one.time, fix=False)
    data = get(f"/?id={number}&lat={one.latitude}&lon={one.longitude}&timestamp={unix(one)}&valid=false")
    yield Drawn("not valid", data, (invalid,), (number,))
    for extras in ({}, {"_": f"&id={number}&lat={one.latitude}&lon={one.longitude}&timestamp={unix(one)}&"}):
        coords = {
            "latitude": one.latitude,
            "longitude": one.longitude,
            "accuracy": 5,
            "speed": 1.2,
            "heading": -1,
            "altitude": 12.5,
        }
        told = {
            "timestamp": clock("%Y-%m-%dT%H:%M:%S.000Z", one),
            "coords": coords,
            "is_moving": True,
            "odometer": 120,
            "event": "motionchange",
        }
        told |= {"battery": {"level": 0.8, "is_charging": True}, "activity": {"type": "in_vehicle"}, "extras": extras}
        yield Drawn(
            f"JSON, extras {bool(extras)}", post(json.dumps({"location": told, "device_id": number})), (one,), (number,)
        )


def owntracks(draw: random.Random) -> Iterator[Drawn]:
    one, name, chassis, (mcc, mnc, lac, cid) = (
        place(draw, when(draw)),
        draw.choice(("ab", "x1", "J4")),
        vin(draw),
        cell(draw),
    )
    base: dict[str, object] = {
        "_type": "location",
        "lat": one.latitude,
        "lon": one.longitude,
        "tst": unix(one),
        "acc": 10,
        "batt": 80,
    }
    base |= {"vel": 52, "cog": 90, "alt": 120}
    topic = f"owntracks/user{draw.randrange(99)}/car{draw.randrange(99)}"
    yield Drawn("tid", post(json.dumps(base | {"tid": name, "t": "u"})), (one,), (name,))
    items = [*(base | {"topic": topic, "t": "I", "uext": 12.6, "ign": True}).items()]
    draw.shuffle(items)
    yield Drawn("topic, any order", post(json.dumps(dict(items))), (one,), (topic,))
    yield Drawn(
        "vin",
        post(json.dumps(base | {"tid": name, "vin": chassis, "rpm": 900, "odometer": 99})),
        (one,),
        (name,),
        vin=chassis,
    )
    cells = {"mcc": mcc, "mnc": mnc, "lac": f"{lac:04X}", "cid": f"{cid:04X}"}
    yield Drawn("cell", post(json.dumps(base | {"tid": name} | cells)), (one,), (name,), ((mcc, mnc, lac, cid),))


DIALECTS = {
    "maxpb": maxpb,
    "minifinder": minifinder,
    "navigil": navigil,
    "noran": noran,
    "oko": oko,
    "osmand": osmand,
    "owntracks": owntracks,
}
