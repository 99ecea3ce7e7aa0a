"""Box, Cautela, Dragino, Dsf22, Dway and Egts (GOST R 54619, GOST R 33465), from public descriptions.

A Cautela line ends with a check value that nobody has described. EGTS packets that are signed, and the minimum set of data of
service 10, are left out.
"""

from __future__ import annotations

import base64
import json
import random
import struct
from collections.abc import Iterator
from datetime import UTC, datetime

from tests.studies.facts_apart.drawn import Drawn, Place, crc8, crc16, imei, place, when
from tests.studies.facts_apart.written import clock, post, scaled, since, unix, unpadded


def box(draw: random.Random) -> Iterator[Drawn]:
    number = imei(draw)
    login = f"H,BT,{number},{when(draw):%y%m%d%H%M%S},{draw.getrandbits(32):08X},{draw.getrandbits(32):08X}\r"
    yield Drawn("login", login.encode(), ids=(number,))
    for fix in (True, False):
        one = place(draw, when(draw), fix=fix)
        text = f"L,{clock('%y%m%d%H%M%S', one)},G,{one.latitude:.6f},{one.longitude:.6f},{draw.uniform(0, 120):.1f},"
        text += f"{draw.uniform(0, 360):.1f},{draw.uniform(0, 900):.2f},{draw.randrange(9)},{draw.randrange(4) | (0 if fix else 4)}"
        for tail in ("", ";A,0;D,0;I,0", ";END,25,326,150"):
            yield Drawn(f"location {fix} {tail}", f"{text}{tail}\r".encode(), (one,))
            yield Drawn(f"login and location {fix} {tail}", f"{login}{text}{tail}\r".encode(), (one,), (number,))


def cautela(draw: random.Random) -> Iterator[Drawn]:
    one, number = place(draw, when(draw).replace(second=0)), unpadded(draw, draw.choice((10, 15)))
    text = f"{draw.choice(('20', '11'))},{number},{clock('%d,%m,%y', one)},{one.latitude:.6f},"
    text += f"{one.longitude:.6f},{clock('%H%M', one)},S,25,1,*2E"
    yield Drawn("position", f"{text}\r\n".encode(), (one,), (number,))


def _envelope(device: str, received: str, payload: dict[str, object], raw: bytes) -> str:
    uplink: dict[str, object] = {
        "f_port": 2,
        "f_cnt": 12,
        "frm_payload": base64.b64encode(raw).decode(),
        "decoded_payload": payload,
    }
    uplink |= {
        "rx_metadata": [{"gateway_ids": {"gateway_id": "roof"}, "rssi": -93, "snr": 8.2}],
        "received_at": received,
    }
    ids = {"device_id": device, "application_ids": {"application_id": "cars"}, "dev_eui": device[4:].upper()}
    return json.dumps({"end_device_ids": ids, "received_at": received, "uplink_message": uplink})


def dragino(draw: random.Random) -> Iterator[Drawn]:
    for fix in (True, False):
        one, device = place(draw, when(draw)), f"eui-{draw.getrandbits(64):016x}"
        payload: dict[str, object] = {
            "ALARM_status": "FALSE",
            "BatV": 3.9,
            "Hum": 45.1,
            "Tem": 21.4,
            "MD": "Move",
            "LON": "ON",
        }
        payload |= {"Latitude": one.latitude if fix else 0, "Longitude": one.longitude if fix else 0, "Location": ""}
        raw = (scaled(one, 1e6) if fix else bytes(8)) + bytes((0x0F, 0x3C, 0x60))
        body = _envelope(device, clock("%Y-%m-%dT%H:%M:%S.123456789Z", one), payload, raw)
        yield Drawn(f"webhook {fix}", post(body), (one,) if fix else (), (device,))


def dsf22(draw: random.Random) -> Iterator[Drawn]:
    for count in (1, draw.randrange(2, 41)):
        first, number = when(draw), draw.randrange(1000, 60000)
        ones, data = [], b"FB" + struct.pack("<HB", number, count)
        for step in range(count):
            one = place(draw, first.fromtimestamp(first.timestamp() + 5 * step, first.tzinfo))
            ones.append(one)
            data += scaled(one, 1e7, "<ii") + struct.pack(
                "<IBHB", unix(one), draw.randrange(120), draw.randrange(9999), 1
            )
        yield Drawn(f"{'one' if count == 1 else 'several'}", data, tuple(ones), (str(number),))


def dway(draw: random.Random) -> Iterator[Drawn]:
    one, number = place(draw, when(draw)), imei(draw)
    text = (
        f"AA55,{draw.randrange(999)},{number},1,{clock('%y%m%d,%H%M%S', one)},{one.latitude:.4f},{one.longitude:.4f},"
    )
    text += f"{draw.randrange(900)},{draw.choice(('', ' '))}{draw.uniform(0, 99):.1f},{draw.randrange(360)},"
    text += ",".join("".join(draw.choices("01", k=4)) for _ in range(3)) + f",{draw.randrange(3500, 4200)},0,0,"
    for name, tail in (("no driver", "0"), ("driver", unpadded(draw, 8)), ("driver D", f"{unpadded(draw, 8)},D")):
        yield Drawn(name, f"{text}{tail}\r\n".encode(), (one,), (number,), near=6e-5)
    yield Drawn("heartbeat", b"AA55,HB\r\n")


EGTS_BEGIN = datetime(2010, 1, 1, tzinfo=UTC)


def _egts_packet(draw: random.Random, data: bytes, *, routed: bool = False) -> bytes:
    route = struct.pack("<HHB", draw.randrange(1, 999), draw.randrange(1, 999), 10) if routed else b""
    head = (
        struct.pack("<BBBBBHHB", 1, 0, 0x20 if routed else 0, 11 + len(route), 0, len(data), draw.randrange(65536), 1)
        + route
    )
    return head + bytes((crc8(head, 0x31),)) + data + struct.pack("<H", crc16(data, 0x1021, 0xFFFF, reflected=False))


def _egts_sub(kind: int, data: bytes) -> bytes:
    return struct.pack("<BH", kind, len(data)) + data


def _egts_record(
    draw: random.Random, body: bytes, service: int = 2, *, thing: int | None = None, long: bool = False
) -> bytes:
    flags = (thing is not None) | (6 if long else 0)
    head = struct.pack("<HHB", len(body), draw.randrange(65536), flags) + (
        struct.pack("<I", thing) if thing is not None else b""
    )
    return (
        head + (struct.pack("<II", draw.randrange(9999), 400000000) if long else b"") + bytes((service, service)) + body
    )


def _egts_place(draw: random.Random, one: Place, *, height: bool) -> bytes:
    full = 2**32 - 1
    flags = one.fix | 2 | (one.latitude < 0) << 5 | (one.longitude < 0) << 6 | height << 7
    course, speed = draw.randrange(360), draw.randrange(1600)
    data = struct.pack(
        "<III", since(one, EGTS_BEGIN), round(abs(one.latitude) / 90 * full), round(abs(one.longitude) / 180 * full)
    )
    data += struct.pack("<BHB", flags, speed | (course >> 8) << 15, course & 0xFF) + draw.randrange(10**6).to_bytes(
        3, "little"
    )
    return _egts_sub(
        16, data + bytes((draw.randrange(256), 0)) + (draw.randrange(900).to_bytes(3, "little") if height else b"")
    )


def _egts_login(draw: random.Random, number: str) -> bytes:
    flags, told = 2, number.encode()
    before, after = b"", b""
    if draw.random() < 0.5:
        flags, before = flags | 1, struct.pack("<H", 0)
    if draw.random() < 0.5:
        flags, after = flags | 4, ("25001" + unpadded(draw, 10)).encode().rjust(16, b"0")
    if draw.random() < 0.5:
        flags, after = flags | 64, after + struct.pack("<H", 1024)
    return _egts_sub(1, struct.pack("<IB", draw.randrange(1, 10**6), flags) + before + told + after)


def egts(draw: random.Random) -> Iterator[Drawn]:
    for height in (True, False):
        for fix in (True, False):
            one, thing = place(draw, when(draw), fix=fix), draw.randrange(10**5, 10**8)
            record = _egts_record(draw, _egts_place(draw, one, height=height), thing=thing)
            yield Drawn(f"object, height {height}, fix {fix}", _egts_packet(draw, record), (one,), (str(thing),))
    number, one = imei(draw), place(draw, when(draw))
    login = _egts_packet(draw, _egts_record(draw, _egts_login(draw, number), 1))
    yield Drawn("auth", login, ids=(number,))
    dop = _egts_sub(17, struct.pack("<BHB", 10, 120, 9))
    record = _egts_record(draw, _egts_place(draw, one, height=True) + dop + _egts_sub(20, bytes((1, 124, 41, 0, 2))))
    yield Drawn("auth and data", login + _egts_packet(draw, record), (one,), (number,))
    yield Drawn("routed", _egts_packet(draw, record, routed=True), (one,))
    ones = [place(draw, when(draw)) for _ in range(4)]
    things = [draw.randrange(10**5, 10**8) for _ in ones]
    data = b"".join(
        _egts_record(
            draw, _egts_place(draw, one, height=draw.random() < 0.5) + dop, thing=thing, long=draw.random() < 0.5
        )
        for one, thing in zip(ones, things, strict=True)
    )
    yield Drawn("relay of several cars", _egts_packet(draw, data), tuple(ones), tuple(map(str, things)))
    both = _egts_place(draw, ones[0], height=False) + _egts_place(draw, ones[1], height=False)
    yield Drawn(
        "two in a record",
        _egts_packet(draw, _egts_record(draw, both, thing=things[0])),
        tuple(ones[:2]),
        (str(things[0]),),
    )
    state = _egts_record(draw, _egts_sub(20, bytes((1, 124, 41, 0, 2))), thing=things[0])
    yield Drawn("state alone", _egts_packet(draw, state))


DIALECTS = {"box": box, "cautela": cautela, "dragino": dragino, "dsf22": dsf22, "dway": dway, "egts": egts}
