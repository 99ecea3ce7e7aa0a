"""Payloads of one size that state something in every line: what the longest answers are made of. Seedless and always the same."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Sequence
from functools import reduce
from operator import xor

import cbor2
import msgspec

from iotwatch.decode.trackers import TEXT

SIZE = 64 << 10
Unit = Callable[[int], bytes]


def filled(unit: Unit, size: int = SIZE) -> bytes:
    """Units in a row, cut at ``size`` bytes."""
    parts: list[bytes] = []
    length = 0
    while length < size:
        parts.append(unit(len(parts)))
        length += len(parts[-1])
    return b"".join(parts)[:size]


def repeated(messages: Sequence[bytes], between: bytes = b"", size: int = SIZE) -> bytes:
    """Messages in turn, cut at ``size`` bytes."""
    return filled(lambda i: messages[i % len(messages)] + between, size)


def _sentence(body: str) -> bytes:
    return f"${body}*{reduce(xor, body.encode()):02X}\r\n".encode()


def _place(i: int) -> tuple[float, float]:
    return round(48 + i * 1e-5, 5), round(2 + i * 1e-5, 5)


def _clock(i: int) -> str:
    return f"{i // 3600 % 24:02d}{i // 60 % 60:02d}{i % 60:02d}"


def _json(i: int) -> bytes:
    latitude, longitude = _place(i)
    return json.dumps({"lat": latitude, "lon": longitude}).encode()


def _report(i: int) -> bytes:
    latitude, longitude = _place(i)
    clock = f"2024-05-01T10:{i // 60 % 60:02d}:{i % 60:02d}Z"
    return json.dumps({"id": f"dev{i % 7}", "lat": latitude, "lon": longitude, "speed": i % 90, "time": clock}).encode()


def _nested(i: int) -> bytes:
    latitude, longitude = _place(i)
    return json.dumps({"location": {"lat": latitude, "lng": longitude}, "accuracy": 30}).encode()


def _senml(i: int) -> bytes:
    latitude, longitude = _place(i)
    records = [{"n": "0", "v": latitude}, {"n": "1", "v": longitude}]
    return json.dumps({"bn": "/6/0/", "e": records}).encode()


def _rmc(i: int) -> bytes:
    return _sentence(f"GPRMC,{_clock(i)}.00,A,4807.{i % 10_000:04d},N,01131.{i % 9_999:04d},E,0.2,54.7,191124,,,A")


def _gga(i: int) -> bytes:
    return _sentence(f"GPGGA,{_clock(i)}.00,4807.{i % 10_000:04d},N,01131.{i % 9_999:04d},E,1,08,0.9,545.4,M,46.9,M,,")


def _at(i: int) -> bytes:
    latitude, longitude = _place(i)
    return (
        f"AT+CGNSINF\r\r\n+CGNSINF: 1,1,20240501{_clock(i)}.000,{latitude:.6f},{longitude:.6f},120.5,0.00,0.0,1,,0.9,1.3,"
        f'1.0,,12,8,,,42,,\r\n\r\nOK\r\nAT+CREG?\r\r\n+CREG: 2,1,"00C3","0000{i % 65536:04X}",7\r\n\r\nOK\r\n'
    ).encode()


def _http(i: int) -> bytes:
    body = _json(i)
    return b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (
        len(body),
        body,
    )


def _first(begin: bytes, unit: Unit) -> Unit:
    """The units with something before the first of them."""
    return lambda i: begin + unit(i) if i == 0 else unit(i)


UNITS: dict[str, Unit] = {
    "json, in lines": lambda i: _json(i) + b"\n",
    "json, a list": _first(b"[", lambda i: _json(i) + b","),
    "json, reports": lambda i: _report(i) + b"\n",
    "json, nested": _nested,
    "json, in json": lambda i: json.dumps({"payload": _json(i).decode()}).encode() + b"\n",
    "json, identities": lambda i: (
        b'{"imei":"%015d","latitude":%.6f,"longitude":%.6f}\n' % (490154203237518 + i, *_place(i))
    ),
    "json, pairs": _first(b'{"track":[', lambda i: b"[%.5f,%.5f]," % _place(i)),
    "json, access points": _first(
        b'{"wifiAccessPoints":[', lambda i: b'{"macAddress":"00:25:9c:cf:%02x:%02x"},' % (i >> 8 & 255, i & 255)
    ),
    "json, cells": lambda i: b'{"mcc":262,"mnc":1,"lac":%d,"cid":%d}\n' % (i % 60_000 + 1, i + 1),
    "geojson": _first(b"[", lambda i: b'{"type":"Point","coordinates":[%.5f,%.5f]},' % _place(i)),
    "senml": _senml,
    "gpsd": lambda i: b'{"class":"TPV","mode":3,"lat":%.6f,"lon":%.6f,"alt":100.1,"speed":0.1}\r\n' % _place(i),
    "cbor": lambda i: cbor2.dumps(json.loads(_json(i))),
    "messagepack": lambda i: msgspec.msgpack.encode(json.loads(_json(i))),
    "nmea, one kind": _rmc,
    "nmea, epochs": lambda i: _rmc(i) + _gga(i),
    "query, in lines": lambda i: b"lat=%.5f&lon=%.5f\n" % _place(i),
    "query, in one": lambda i: b"lat=%.5f&lon=%.5f&" % _place(i),
    "pairs of a log": lambda i: b"lat: %.5f, lon: %.5f\r\n" % _place(i),
    "table": _first(b"time,lat,lon\n", lambda i: b"2024-05-01 10:00:%02d,%.5f,%.5f\n" % (i % 60, *_place(i))),
    "shapes": lambda i: b"pos %.5f,%.5f\n" % _place(i),
    "links to maps": lambda i: b"http://maps.google.com/?q=%.5f,%.5f\n" % _place(i),
    "gpx": _first(b'<?xml version="1.0"?><gpx>', lambda i: b'<pt lat="%.5f" lon="%.5f"/>' % _place(i)),
    "xml": _first(b"<d>", lambda i: b"<p><lat>%.5f</lat><lon>%.5f</lon></p>" % _place(i)),
    "at dialogue": _at,
    "http": _http,
    "hex text of json": lambda i: _json(i).hex().encode() + b"\n",
    "aprs": lambda i: (
        b"N0CALL-%d>APRS,WIDE1-1:!48%02d.%02dN/011%02d.%02dE-x\r\n" % (i % 15, i % 60, i % 99, i % 60, i % 99)
    ),
    "squitters": lambda i: b"*8D40621D58C382D690C8AC2863A7;\n",
    "doubles": lambda i: struct.pack("<dd", *_place(i)),
    "open brackets": lambda i: b'{"lat":',
}
"""What the layer below the dialects, and the protocols beside them, read."""


def kinds(size: int = SIZE) -> dict[str, bytes]:
    """Every kind, and the examples of each text dialect in turn, as they are and as hex text."""
    made = {name: filled(unit, size) for name, unit in UNITS.items()}
    for dialect in TEXT:
        examples = [example.data for example in dialect.file.example]
        if examples:
            made[f"{dialect.name}, repeated"] = repeated(examples, size=size)
    return made
