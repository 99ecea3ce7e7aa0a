"""Reports over HTTP or as lines of JSON: FlexApi, JimiPhoto, LeafSpy and Mta6 (public descriptions)."""

from __future__ import annotations

import json
import math
import random
import struct
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import urlencode

from tests.studies.facts_apart.drawn import Dialect, Drawn, cell, digits, imei, place, when
from tests.studies.facts_apart.written import FORM, post, since, unix


def flexapi(draw: random.Random) -> Iterator[Drawn]:
    """One mark before the object and two after it; no-one knows which."""
    client = f"VF{draw.randrange(10**12):012d}"

    def line(group: str, payload: dict[str, object]) -> bytes:
        return f"${json.dumps({'topic': f'v1/{client}/{group}', 'payload': payload})}*#\n".encode()

    for fix in (True, False):
        one = place(draw, when(draw), fix=fix)
        payload = {
            "gnss.ts": unix(one),
            "gnss.latitude": one.latitude,
            "gnss.longitude": one.longitude,
            "gnss.fix": 3 if fix else 0,
            "gnss.altitude": draw.randrange(900),
            "gnss.speed": draw.randrange(99),
            "gnss.heading": draw.randrange(360),
            "gnss.num_sv": draw.randrange(4, 14),
            "gnss.hdop": 1.1,
        }
        yield Drawn("gnss" if fix else "gnss, no fix", line("gnss/info", payload), (one,), (client,))
    one = place(draw, when(draw))
    payload = {"time": unix(one), "lat": one.latitude, "log": one.longitude}
    yield Drawn("gnss, short", line("gnss/info", payload), (one,), (client,))
    number, (mcc, mnc, area, tower) = imei(draw), cell(draw)
    payload = {
        "modem1.imei": number,
        "modem1.imsi": f"{mcc}{mnc:02d}{draw.randrange(10**10):010d}",
        "modem1.iccid": f"89{draw.randrange(10**17):017d}",
        "modem1.operator": f"{mcc}{mnc:02d}",
        "modem1.lac": f"{area:X}",
        "modem1.cell_id": f"{tower:X}",
        "modem1.rssi": -draw.randrange(51, 99),
        "modem1.network": draw.choice((1, 2, 3)),
    }
    yield Drawn("cellular", line("cellular1/info", payload), (), (client, number), ((mcc, mnc, area, tower),))
    vin = "WVWZZZ1JZ" + digits(draw, 8)
    yield Drawn("obd", line("obd/info", {"obd.vin": vin, "obd.speed": 60, "obd.rpm": 1800}), (), (client,), vin=vin)


def jimiphoto(draw: random.Random) -> Iterator[Drawn]:
    for known in (True, False):
        number, one = imei(draw), place(draw, when(draw))
        told = {
            "imei": number,
            "camera": draw.randrange(3),
            "alarmTime": unix(one),
            "lat": f"{one.latitude:.6f}" if known else "",
            "lng": f"{one.longitude:.6f}" if known else "",
            "localFileName": f"EVENT_{number}_00000000_{one.time:%Y_%m_%d_%H_%M_%S}_I_1.jpg",
            "mimeType": "image/jpeg",
            "businessType": 1,
            "eventType": 4,
            "instructionId": "",
            "timezone": "GMT+8",
        }
        parts = {
            "filename": told["localFileName"],
            "timestamp": str(unix(one) * 1000),
            "sign": draw.randbytes(16).hex(),
            "callbackBody": json.dumps(told),
        }
        body = "".join(
            f'--mark\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in parts.items()
        )
        photo = '--mark\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
        content = (
            body.encode() + photo.encode() + b"\xff\xd8\xff\xe0" + draw.randbytes(40) + b"\xff\xd9\r\n--mark--\r\n"
        )
        data = post(content, "multipart/form-data; boundary=mark", "/upload", "example.org")
        yield Drawn("place" if known else "no place", data, (one,) if known else (), (number,))


def leafspy(draw: random.Random) -> Iterator[Drawn]:
    """The message has no time; ``pass`` names the device."""
    for method in ("GET", "POST"):
        one, number = place(draw), str(draw.randrange(10**5, 10**7))
        query = urlencode(
            {
                "user": "driver",
                "pass": number,
                "DevBat": draw.randrange(100),
                "Gids": draw.randrange(280),
                "Lat": f"{one.latitude:.6f}",
                "Long": f"{one.longitude:.6f}",
                "Elv": draw.randrange(900),
                "Seq": draw.randrange(99),
                "Trip": 1,
                "Odo": draw.randrange(10**5),
                "SOC": f"{draw.uniform(0, 100):.4f}",
                "RPM": draw.randrange(9000),
                "ChrgMode": 0,
            }
        )
        if method == "GET":
            data = f"GET /?{query} HTTP/1.1\r\nHost: example.org\r\n\r\n".encode()
        else:
            data = post(query, FORM, host="example.org")
        yield Drawn(method, data, (one,), (number,))


def mta6(draw: random.Random) -> Iterator[Drawn]:
    """Form A1 with floats of four bytes, whose two lowest bits are lost: the others are differences to a value before."""
    for kind in (0x31, 0x32, 0x36):
        number, one = str(draw.randrange(10**5, 10**9)), place(draw, when(draw))
        week, seconds = divmod(since(one, datetime(1980, 1, 6, tzinfo=UTC)), 7 * 86400)
        record = bytes([0, draw.randrange(0x80)])
        record += b"".join(
            whole(value) for value in (math.radians(one.latitude), math.radians(one.longitude), float(seconds))
        )
        record += struct.pack(">HB", week, 0)
        body = f"id={number}&bin=".encode() + bytes([kind, 5, 1, 0, 0]) + record
        head = f"POST / HTTP/1.1\r\nHost: example.org\r\nContent-Length: {len(body)}\r\n\r\n"
        yield Drawn(f"A1 {kind:02X}", head.encode() + body, (one,), (number,), near=1e-4)


def whole(value: float) -> bytes:
    """The top two bits 00, then the value's upper thirty."""
    (bits,) = struct.unpack(">I", struct.pack(">f", value))
    return struct.pack(">I", bits >> 2)


DIALECTS: dict[str, Dialect] = {"flexapi": flexapi, "jimiphoto": jimiphoto, "leafspy": leafspy, "mta6": mta6}
