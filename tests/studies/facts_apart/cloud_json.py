"""Dialects that clouds, gateways and cabinets write in JSON, from public descriptions of them."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

from tests.studies.facts_apart.drawn import Dialect, Drawn, Place, cell, imei, place, when
from tests.studies.facts_apart.written import post


def _json(draw: random.Random, value: object) -> bytes:
    return json.dumps(value, separators=draw.choice(((",", ":"), (", ", ": ")))).encode()


def _shuffled(draw: random.Random, items: dict[str, object]) -> dict[str, object]:
    keys = list(items)
    draw.shuffle(keys)
    return {key: items[key] for key in keys}


def digital_matter(draw: random.Random) -> Iterator[Drawn]:
    """The form with a ``device`` and the form with ``Records``."""
    device, one = imei(draw), place(draw, when(draw))
    head: dict[str, object] = {
        "device": {
            "sn": draw.randrange(10**5, 10**6),
            "prod": 87,
            "rev": 1,
            "fw": "1.5",
            "iccid": "8961" + "1" * 16,
            "imei": device,
        },
        "sqn": draw.randrange(10**5),
        "reason": draw.choice((1, 2, 11)),
    }
    fix = {
        "date": f"{one.time:%Y-%m-%dT%H:%M:%SZ}",
        "lat": one.latitude,
        "lng": one.longitude,
        "posAcc": 12,
        "posInfo": 3,
    }
    tail = {
        "analogues": [{"id": 1, "val": 4100}],
        "inputs": draw.randrange(2),
        "outputs": 0,
        "counters": [{"id": 0, "val": 77}],
    }
    yield Drawn("edge", post(_json(draw, head | fix | tail), host="server"), (one,), (device,))
    yield Drawn("edge no fix", post(_json(draw, head | {"date": fix["date"]} | tail), host="server"), (), (device,))
    for count in (1, 3):
        places = tuple(place(draw, when(draw), fix=draw.random() < 0.7) for _ in range(count))
        records = [
            {
                "SeqNo": draw.randrange(10**5),
                "Reason": 11,
                "DateUTC": f"{there.time:%Y-%m-%d %H:%M:%S}",
                "Fields": [
                    {
                        "GpsUTC": f"{there.time:%Y-%m-%d %H:%M:%S}",
                        "Lat": there.latitude,
                        "Long": there.longitude,
                        "Alt": draw.randrange(900),
                        "Spd": draw.randrange(3000),
                        "SpdAcc": 2,
                        "Head": draw.randrange(360),
                        "PDOP": 14,
                        "PosAcc": 8,
                        "GpsStat": draw.randrange(1, 8) if there.fix else 0,
                        "FType": 0,
                    },
                    {"DIn": 1, "DOut": 0, "DevStat": 1, "FType": 2},
                    {"AnalogueData": {"1": 4100, "3": 2210}, "FType": 6},
                ],
            }
            for there in places
        ]
        body = {
            "SerNo": draw.randrange(10**5, 10**6),
            "IMEI": device,
            "ICCID": "8961" + "1" * 16,
            "ProdId": 77,
            "FW": "77.3.1",
            "Records": records,
        }
        yield Drawn(f"records {count}", post(_json(draw, body), host="server"), places, (device,))


def flespi(draw: random.Random) -> Iterator[Drawn]:
    """Flat objects, keys in any order."""
    for count in (1, 3):
        for said in (True, False):
            device, mast = imei(draw), cell(draw)
            vin = "WDB" + "".join(draw.choices("0123456789ABCDEFGH", k=14))
            places = tuple(place(draw, when(draw), fix=not said or draw.random() < 0.6) for _ in range(count))
            body = [
                _shuffled(
                    draw,
                    {
                        "ident": device,
                        "position.latitude": one.latitude,
                        "position.longitude": one.longitude,
                        "position.speed": draw.randrange(120),
                        "position.direction": draw.randrange(360),
                        "position.altitude": draw.randrange(900),
                        "position.satellites": draw.randrange(4, 12),
                        "position.hdop": 0.9,
                        "timestamp": one.time.timestamp() + draw.choice((0, 0.25)) if one.time else None,
                        "ain#4": 1.2,
                        "server.timestamp": 1700000000.5,
                        "vehicle.vin": vin,
                        "gsm.mcc": mast[0],
                        "gsm.mnc": mast[1],
                        "gsm.lac": mast[2],
                        "gsm.cellid": mast[3],
                    }
                    | ({"position.valid": one.fix} if said else {}),
                )
                for one in places
            ]
            yield Drawn(
                f"{count} said {said}", post(_json(draw, body), host="server"), places, (device,), (mast,), (), vin
            )
    # An object without a place has but common names.


# Moovbox: whether the elements of its XML are swapped is not known, so it is left out.


def pui(draw: random.Random) -> Iterator[Drawn]:
    """MQTT: the client is the device; hf and loc have a place."""

    def packet(first: int, body: bytes) -> bytes:
        size, length = b"", len(body)
        while True:
            size += bytes((length % 128 | 128 * (length > 127),))
            length //= 128
            if not length:
                return bytes((first,)) + size + body

    def text(value: str) -> bytes:
        return len(value).to_bytes(2, "big") + value.encode()

    device = imei(draw)
    login = packet(0x10, text("MQTT") + b"\x04\x02\x00\x3c" + text(device))
    for kind in ("hf", "loc"):
        one = place(draw, when(draw))
        body = {
            "id": device,
            "rpt": kind,
            "ts": f"{one.time:%Y-%m-%dT%H:%M:%S}.{draw.randrange(1000):03d}Z",
            "location": {"lat": one.latitude, "lon": one.longitude},
            "bear": draw.randrange(360),
            "spd": draw.randrange(3000),
            "ign": draw.choice(("on", "off")),
        }
        for first, number in ((0x30, b""), (0x34, b"\x00\x07")):
            published = packet(first, text("gps/data") + number + _json(draw, body))
            yield Drawn(f"{kind} {first:x}", published, (one,), (device,))
            yield Drawn(f"{kind} {first:x} after CONNECT", login + published, (one,), (device,))


def smartcar(draw: random.Random) -> Iterator[Drawn]:
    """A webhook: the place is one of many signals."""
    one = place(draw, when(draw))
    vehicle = "-".join("".join(draw.choices("0123456789abcdef", k=k)) for k in (8, 4, 4, 4, 12))
    stamp = int(one.time.timestamp() * 1000) if one.time else 0
    meta = {"oemUpdatedAt": stamp, "fetchedAt": stamp}
    signals = [
        {"code": "odometer-traveleddistance", "body": {"value": 7000.5, "unit": "km"}, "meta": meta},
        {"code": "tractionbattery-stateofcharge", "body": {"value": 78, "unit": "percent"}, "meta": meta},
    ]
    there = {
        "code": "location-preciselocation",
        "body": {"latitude": one.latitude, "longitude": one.longitude},
        "meta": meta,
    }
    for name, listed, places in (("place", [*signals, there], (one,)), ("no place", signals, ())):
        body = {
            "eventId": "1",
            "eventType": "VEHICLE_STATE",
            "data": {"user": {"id": "u"}, "vehicle": {"id": vehicle}, "signals": listed},
            "meta": {"deliveredAt": stamp + 5000},
            "vehicleId": vehicle,
        }
        yield Drawn(name, post(_json(draw, body), host="server"), places, (vehicle,))


def battery_swap(draw: random.Random) -> Iterator[Drawn]:
    """STB: attributes by number, values as text; the kind of the place is its quadrant."""
    for signs, kind in (((1, 1), 1), ((1, -1), 2), ((-1, 1), 3), ((-1, -1), 4)):
        any_place = place(draw)
        one = Place(signs[0] * abs(any_place.latitude), signs[1] * abs(any_place.longitude))
        device = f"CHZD08CHY{draw.randrange(10**7, 10**8)}"
        listed = [
            {"id": "01101001", "value": str(kind)},
            {"id": "01102001", "value": f"{abs(one.longitude):.6f}"},
            {"id": "01103001", "value": f"{abs(one.latitude):.6f}"},
            {"id": "01118001", "value": "53", "doorId": "1"},
        ]
        draw.shuffle(listed)
        body = {
            "msgType": 310,
            "devId": device,
            "txnNo": str(draw.randrange(10**12, 10**13)),
            "isFull": 0,
            "attrList": listed,
        }
        yield Drawn(f"quadrant {kind}", _json(draw, body), (one,), (device,))
    for kind in (0, 5):
        listed = [{"id": "01101001", "value": str(kind)}, {"id": "01118001", "value": "53"}]
        body = {"msgType": 310, "devId": device, "txnNo": "1600000000000", "attrList": listed}
        yield Drawn(f"kind {kind}", _json(draw, body), (), (device,))


def teratrack(draw: random.Random) -> Iterator[Drawn]:
    """Numbers as text, with their signs."""
    for _ in range(2):
        device, one = imei(draw), place(draw, when(draw))
        body = {
            "MDeviceID": f"{draw.randrange(10**9, 10**10)}",
            "DiviceType": "1",
            "DataType": "1",
            "DataLength": "69",
            "DateTime": f"{one.time:%Y-%m-%d %H:%M:%S}",
            "Latitude": f"{one.latitude:.6f}",
            "Longitude": f"{one.longitude:.6f}",
            "LongitudeState": str(int(one.longitude > 0)),
            "LatitudeState": str(int(one.latitude > 0)),
            "Speed": str(draw.randrange(90)),
            "Mileage": str(draw.randrange(999)),
            "CardNo": "None",
            "LockOpen": "0",
            "MessageAck": "1",
            "Power": str(draw.randrange(100)),
            "GSM": str(draw.randrange(31)),
            "IMEI": device,
        }
        yield Drawn("report", _json(draw, body), (one,), (device,))


DIALECTS: dict[str, Dialect] = {
    "dmthttp": digital_matter,
    "flespi": flespi,
    "pui": pui,
    "smartcar": smartcar,
    "stb": battery_swap,
    "teratrack": teratrack,
}
