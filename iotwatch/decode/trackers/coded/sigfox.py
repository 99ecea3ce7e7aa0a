"""Sigfox callbacks: what the network hands to a customer's server, as JSON whose few bytes of payload each maker packs its own way.

Source: Sigfox, callback variables (``device``, ``data``, ``seqNumber``, ``computedLocation``); the packings read off samples, one
each, so that a place in a payload is never more than possible. ``lat`` and ``lng`` beside them are the station's, in whole degrees.
"""

from __future__ import annotations

import re
import struct
from typing import Any

from iotwatch.decode.fields import on_globe
from iotwatch.decode.trackers.coded.json_trackers import JsonDialect, Place, Stated, degrees, moment, within
from iotwatch.model import Confidence

IDS = ("device", "deviceId", "deviceid", "id")
PAYLOADS = ("data", "payload")
TIMES = ("time", "timestamp")
GUESSED = "how the payload is packed is guessed from its first bytes"
_HEX = re.compile(r"(?:[0-9A-Fa-f]{2}){8,12}")


def _signed_magnitude(raw: int) -> float:
    return (-1 if raw >> 31 else 1) * (raw & 0x7FFFFFFF) / 1e6


def _packed(data: bytes) -> tuple[float, float] | None:
    """Latitude and longitude of a payload that begins as one of the known packings does."""
    if data[:1] == b"\x10" and len(data) >= 9:
        latitude, longitude = (value / 1e7 for value in struct.unpack_from("<ii", data, 1))
    elif data[:1] == b"\x1f" and len(data) >= 9:
        latitude, longitude = (_signed_magnitude(value) for value in struct.unpack_from(">II", data, 1))
    elif data[:2] == b"\x20\x02" and len(data) >= 10:
        latitude, longitude = struct.unpack_from(">ff", data, 2)
    elif data[:2] == b"\x01\x00" and len(data) >= 12:
        latitude, longitude = (value / 60_000 for value in struct.unpack_from(">ii", data, 4))
    else:
        return None
    return (latitude, longitude) if on_globe(latitude, longitude) and (latitude or longitude) else None


def read(root: dict[str, Any]) -> Stated:
    """The payload's place is the device's, as is what the network computed; the station's is the station's."""
    time = next((moment(_number(root[name])) for name in TIMES if name in root), None)
    places: list[Place] = []
    payload = next((root[name] for name in PAYLOADS if isinstance(root.get(name), str)), "")
    packed = _packed(bytes.fromhex(payload)) if _HEX.fullmatch(payload) else None
    if packed is not None:
        places.append((*packed, time, {}))
    named = within(
        {name: value for name, value in root.items() if name not in ("lat", "lng", "computedLocation")}, None
    )
    places += [(latitude, longitude, time, extras) for latitude, longitude, _, extras in named]
    computed = root.get("computedLocation")
    for holder, extras in ((computed, {}), (root, {"whose": "station"})):
        if isinstance(holder, dict):
            latitude, longitude = degrees(holder.get("lat")), degrees(holder.get("lng"))
            if latitude is not None and longitude is not None and on_globe(latitude, longitude):
                places.append((latitude, longitude, time, dict(extras)))
    ids = tuple(str(root[name]) for name in IDS if isinstance(root.get(name), str | int))[:1]
    if packed is None or named:
        return Stated(tuple(places), ids)
    return Stated(tuple(places), ids, confidence=Confidence.POSSIBLE, doubts=(GUESSED,))


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) and re.fullmatch(r"\d{9,13}", value) else value


DIALECT = JsonDialect("sigfox", rb"\{", (b'"device', b'"seqN'), read)
