"""Dialects that are JSON of a known shape: who sends it is told by the names it uses, not by their order.

Each is one line of ``JSON_TRACKERS``: a name, an anchor, and a function from the parsed document to what it states. Shapes:
OwnTracks (owntracks.org/booklet, JSON), the Traccar client's (Background Geolocation) form of OsmAnd, flespi gateway
messages, Smartcar webhooks, The Things Stack v3 uplinks (thethingsindustries.com, data formats), PUI over MQTT (samples),
ORBCOMM's IsatData Pro gateway (from general knowledge, no sample was checked).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from iotwatch.decode.fields import SECOND, on_globe, unix_time
from iotwatch.decode.message import UNRANKED, AccessPoint, Cell, Claim, Dialect, Fix, Message, Trait, by_head
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.identity import is_imei
from iotwatch.words.kinds import Kind

LONGEST = 1 << 20
_MOST = 64
_PAIRS = (
    ("latitude", "longitude"), ("lat", "lon"), ("Latitude", "Longitude"), ("lat", "lng"), ("Lat", "Lon"), ("lat", "long"),
    ("gps_lat", "gps_lon"), ("gps_latitude", "gps_longitude"), ("gpsLatitude", "gpsLongitude"),
)  # fmt: skip
_NUMBER = re.compile(r"-?\d{1,3}(?:\.\d{1,17})?")
_NUMBERED = re.compile(rb'"[^"]{0,24}lat[^"]{0,24}"\s{0,8}:\s{0,8}"?-?\d', re.IGNORECASE)
_NAMES = re.compile(rb'"[^"]*(?:lat|latitude)"\s*:[^{}\[\]]*', re.IGNORECASE)


Place = tuple[float, float, int | None, dict[str, Any]]
"""Latitude, longitude, time in microseconds, further fields of a ``Fix``."""


class Stated(msgspec.Struct, frozen=True):
    """What one document says: places as (latitude, longitude, time, extras), ids, cells, access points."""

    places: tuple[Place, ...] = ()
    ids: tuple[str, ...] = ()
    cells: tuple[Cell, ...] = ()
    access_points: tuple[AccessPoint, ...] = ()
    confidence: Confidence = Confidence.LIKELY
    doubts: tuple[str, ...] = ()


def degrees(value: object) -> float | None:
    """A coordinate that is a number or the text of one."""
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return float(value)
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def moment(value: object) -> int | None:
    """Microseconds of ISO 8601 text or of Unix time in seconds or milliseconds."""
    if isinstance(value, str):
        try:
            time = datetime.fromisoformat(value)
        except ValueError:
            return None
        return round((time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp() * SECOND)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return unix_time(value / 1000 if value > 1e11 else value)
    return None


def _place(holder: object, time: object, **extras: Any) -> list[Place]:
    """The place that ``holder`` states under one of the usual pairs of names; empty when it states none."""
    if not isinstance(holder, dict):
        return []
    for names in _PAIRS:
        latitude, longitude = (degrees(holder.get(name)) for name in names)
        if latitude is not None and longitude is not None and on_globe(latitude, longitude):
            return [(latitude, longitude, moment(time), {k: v for k, v in extras.items() if v is not None})]
    return []


def within(holder: object, time: object, depth: int = 4) -> list[Place]:
    """The places that ``holder`` or what it holds states: decoders of payloads nest them under the names of their sensors."""
    if isinstance(holder, list):
        return [place for one in holder[:_MOST] for place in within(one, time, depth - 1)] if depth else []
    if not isinstance(holder, dict):
        return []
    if found := _place(holder, time):
        return found
    return [place for one in list(holder.values())[:_MOST] for place in within(one, time, depth - 1)] if depth else []


def _dict(value: object, *path: str) -> dict[str, Any]:
    """The object at ``path``; empty when there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, dict) else {}


def _texts(*values: object) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(value) for value in values if isinstance(value, str | int) and value))


def _speed(value: object, factor: float = 1.0) -> float | None:
    return value * factor if isinstance(value, int | float) and value >= 0 else None


def owntracks(root: Any) -> Stated:
    """``tst`` is Unix time, ``vel`` km/h, ``cog`` degrees, ``tid`` two letters; a cell may be in hexadecimal."""
    cell: tuple[Cell, ...] = ()
    try:
        cell = (Cell(int(root["mcc"]), int(root["mnc"]), int(str(root["lac"]), 16), int(str(root["cid"]), 16)),)
    except (KeyError, TypeError, ValueError):
        cell = ()
    place = _place(root, root.get("tst"), speed=_speed(root.get("vel")), course=_speed(root.get("cog")))
    return Stated(tuple(place), _texts(root.get("topic") or root.get("tid")), cell)


def osmand(root: Any) -> Stated:
    """The place is ``location.coords``, speed in m/s; the id ``device_id``."""
    location = _dict(root, "location")
    coords = _dict(location, "coords")
    place = _place(
        coords, location.get("timestamp"), speed=_speed(coords.get("speed"), 3.6), course=_speed(coords.get("heading"))
    )
    return Stated(tuple(place), _texts(root.get("device_id")))


def flespi(root: Any) -> Stated:
    """A list of objects with dotted names."""
    places, ids = [], []
    for message in root if isinstance(root, list) else [root]:
        if not isinstance(message, dict):
            continue
        pair = {"latitude": message.get("position.latitude"), "longitude": message.get("position.longitude")}
        valid = message.get("position.valid")
        places += _place(pair, message.get("timestamp"), valid=valid, speed=_speed(message.get("position.speed")))
        ids.append(message.get("ident"))
    return Stated(tuple(places), _texts(*ids))


def smartcar(root: Any) -> Stated:
    """``data.signals``: the one whose body holds a latitude."""
    signals = _dict(root, "data").get("signals")
    places = []
    for signal in signals if isinstance(signals, list) else []:
        places += _place(_dict(signal, "body"), _dict(signal, "meta").get("oemUpdatedAt"))
    return Stated(tuple(places), _texts(root.get("vehicleId")))


def things_stack(root: Any) -> Stated:
    """The payload's own place is the device's; those of the gateways that heard it are the gateways'."""
    uplink = _dict(root, "uplink_message")
    payload = _dict(uplink, "decoded_payload")
    places = within(payload, payload.get("time") or root.get("received_at"))
    solved = _dict(uplink, "locations")
    places += [place for one in solved.values() for place in _place(one, root.get("received_at"))]
    heard = uplink.get("rx_metadata")
    for gateway in heard if isinstance(heard, list) else []:
        places += _place(_dict(gateway, "location"), None, whose="gateway")
    points = tuple(
        AccessPoint(
            name.lower(), int(one["rssi"]) if isinstance(one, dict) and isinstance(one.get("rssi"), int) else None
        )
        for name, one in _dict(payload, "wifi").items()
        if re.fullmatch(r"(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}", name)
    )
    return Stated(tuple(places), _texts(_dict(root, "end_device_ids").get("device_id")), access_points=points)


def dragino(root: Any) -> Stated:
    """The same of a device with Dragino's block of addresses (IEEE OUI A84041)."""
    eui = _dict(root, "end_device_ids").get("dev_eui")
    return things_stack(root) if isinstance(eui, str) and eui.upper().startswith("A84041") else Stated()


def pui(root: Any) -> Stated:
    """``location`` with ``lat`` and ``lon``, ``bear`` degrees; the speed's unit is not known."""
    return Stated(
        tuple(_place(_dict(root, "location"), root.get("ts"), course=_speed(root.get("bear")))), _texts(root.get("id"))
    )


def orbcomm(root: Any) -> Stated:
    """``Messages``, each with ``MobileID`` and a ``Payload`` of named ``Fields``; degrees in thousandths of a minute."""
    places, ids = [], []
    messages = root.get("Messages")
    for message in messages if isinstance(messages, list) else []:
        fields = _dict(message, "Payload").get("Fields")
        named = {one.get("Name"): one.get("Value") for one in fields or () if isinstance(one, dict)}
        try:
            pair = {
                "latitude": float(str(named["Latitude"])) / 60_000,
                "longitude": float(str(named["Longitude"])) / 60_000,
            }
        except (KeyError, TypeError, ValueError):
            continue
        places += _place(pair, message.get("MessageUTC"))
        ids.append(message.get("MobileID"))
    return Stated(tuple(places), _texts(*ids))


@dataclass(frozen=True, slots=True)
class JsonDialect:
    """A ``Dialect`` of one JSON shape; ``keys`` are what its first bytes must show, in any order."""

    name: str
    anchor: bytes
    keys: tuple[bytes, ...]
    read: Callable[[Any], Stated]
    rank: int = UNRANKED

    @property
    def anchors(self) -> tuple[bytes, ...]:
        return (rb"[\x00-\x20]{0,8}" + self.anchor,)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, all(key in head for key in self.keys))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        ranges = stream.segments() if stream.datagram else iter([(0, len(stream.data))])
        for start, end in ranges:
            data = stream.data[start:end]
            if len(data) > LONGEST or not all(key in data for key in self.keys):
                continue
            try:
                root = msgspec.json.decode(data)
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
                continue
            if not isinstance(root, dict | list):
                continue
            stated = self.read(root if self.name == "flespi" else _dict(root))
            if not stated.places and _NUMBERED.search(data):
                continue  # a place in names that are not this dialect's: the generic layer reads it
            if stated.places or stated.ids or stated.cells or stated.access_points:
                yield self._message(stream, start, end, stated)

    def _message(self, stream: Stream, start: int, end: int, stated: Stated) -> Message:
        found = [match.span() for match in _NAMES.finditer(stream.data, start, end)]
        fixes = tuple(
            Fix(
                latitude,
                longitude,
                found[i] if i < len(found) else (start, end),
                time,
                **_zero(latitude, longitude, extras),
            )
            for i, (latitude, longitude, time, extras) in enumerate(stated.places)
        )
        return Message(
            protocol=self.name,
            stream=stream,
            span=(start, end),
            time=fixes[0].time if fixes else None,
            fixes=fixes,
            cells=stated.cells,
            access_points=stated.access_points,
            traits=tuple(Trait(Kind.IMEI if is_imei(one) else Kind.DEVICE_ID, one, (start, end)) for one in stated.ids),
            device_ids=stated.ids,
            confidence=stated.confidence,
            doubts=stated.doubts,
        )


def _zero(latitude: float, longitude: float, extras: dict[str, Any]) -> dict[str, Any]:
    """Zero/zero is what is written before the first fix."""
    return {**extras, "valid": False} if latitude == 0 == longitude else extras


JSON_TRACKERS: tuple[Dialect, ...] = (
    JsonDialect("owntracks", rb"\{", (b'"_type"', b'"location"', b'"lat"', b'"lon"'), owntracks),
    JsonDialect("osmand", rb"\{", (b'"location"', b'"coords"', b'"latitude"'), osmand),
    JsonDialect("flespi", rb"\[?\s*\{", (b'"position.latitude"', b'"position.longitude"'), flespi),
    JsonDialect(
        "smartcar", rb'\{\s*"version"\s*:\s*"[^"]{1,8}",\s*"eventId"', (b'"signals"', b'"vehicleId"'), smartcar
    ),
    JsonDialect("dragino", rb"\{", (b'"end_device_ids"', b'"uplink_message"', b"84041"), dragino),
    JsonDialect("ttnhttp", rb"\{", (b'"end_device_ids"', b'"uplink_message"'), things_stack),
    JsonDialect("orbcomm", rb"\{", (b'"Messages"', b'"MobileID"', b'"Fields"'), orbcomm),
    JsonDialect("pui", rb'\{\s*"id"\s*:\s*"\d{15}",\s*"ts"', (b'"rpt"', b'"location"'), pui),
)
