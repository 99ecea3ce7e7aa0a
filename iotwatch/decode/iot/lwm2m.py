"""LwM2M over CoAP (OMA-TS-LightweightM2M-Core 1.1): who registers, and what object 6 (Location) says.

A notification does not repeat its path: only the token joins it to the request, which goes the other way. So a TLV
object instance whose resources 0 and 1 are floats within the globe is taken for a location, and the doubt is told.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from iotwatch.decode.message import Fix
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said

TEXT, SENML_JSON, SENML_CBOR, TLV, JSON = 0, 110, 112, 11542, 11543
LOCATION = 6
_POST, _PUT = 2, 3
_LATITUDE, _LONGITUDE, _ALTITUDE, _TIMESTAMP = 0, 1, 2, 5
_SECOND = 1_000_000
_PATH = re.compile(r"^/(\d{1,5})(?:/(\d{1,5}))?(?:/(\d{1,5}))?$")
_LINK = re.compile(rb"</(\d{1,5}(?:/\d{1,5})?)>")
_ENDPOINT = re.compile(r"^urn:(imei|imei-msisdn|esn|meid|imei-imsi):([0-9A-Fa-f-]{8,48})$")
_RESOURCE = re.compile(r"/6/(\d{1,5})/(\d{1,5})$")
_DEPTH = 3


@dataclass(frozen=True, slots=True)
class Exchange:
    """The envelope: CoAP code, path, query parts and content format (-1: not said)."""

    code: int
    path: str
    query: tuple[str, ...]
    content: int


@dataclass(slots=True)
class Content:
    """What a payload says; ``places`` are resources of object 6 by instance with the range of the payload they stand in."""

    is_lwm2m: bool = False
    fields: dict[str, Any] = field(default_factory=dict)
    traits: list[tuple[Kind, str, dict[str, Any]]] = field(default_factory=list)
    device_ids: tuple[str, ...] = ()
    doubts: tuple[Said, ...] = ()
    places: list[tuple[dict[int, float], tuple[int, int]]] = field(default_factory=list)

    def fixes(self, at: int) -> Iterator[Fix]:
        """The places as fixes, for a payload that begins at ``at``."""
        for values, (start, end) in self.places:
            latitude, longitude = values.get(_LATITUDE, math.nan), values.get(_LONGITUDE, math.nan)
            if not (abs(latitude) <= 90 and abs(longitude) <= 180):
                continue
            stamp = values.get(_TIMESTAMP, 0)
            when = int(stamp) * _SECOND if 0 < stamp < 1 << 33 else None
            yield Fix(latitude, longitude, (at + start, at + end), when, altitude=values.get(_ALTITUDE))


def read(exchange: Exchange, payload: bytes) -> Content:
    """What LwM2M says in a CoAP message, which may be nothing at all."""
    said = Content()
    if exchange.path.startswith("/rd") and exchange.code == _POST:
        _registration(exchange, payload, said)
        return said
    path = _PATH.match(exchange.path)
    if path and int(path[1]) == LOCATION:
        said.is_lwm2m = True
    elif exchange.content == TLV or exchange.path == "/dp":
        said.is_lwm2m = exchange.content in (TLV, SENML_JSON, SENML_CBOR, JSON)
    if not payload:
        return said
    base = exchange.path if path else ""
    if exchange.content == TLV and (not path or int(path[1]) == LOCATION):
        said.places = list(_tlv_places(payload))
        if said.places and not path:
            said.doubts = (ReadingDoubt.LIKE_LOCATION_OBJECT(),)
    elif exchange.content in (SENML_JSON, JSON, SENML_CBOR):
        said.places = _senml_places(payload, exchange.content, base)
        said.is_lwm2m = said.is_lwm2m or bool(said.places)
    return said


def _registration(exchange: Exchange, payload: bytes, said: Content) -> None:
    """Core 1.1 section 6.2.1: POST /rd?ep=NAME&lt=SECONDS&lwm2m=VERSION with the list of objects."""
    query = dict(part.partition("=")[::2] for part in exchange.query)
    if "ep" not in query and "lwm2m" not in query:
        return
    said.is_lwm2m = True
    objects = sorted({found[1].decode("ascii") for found in _LINK.finditer(payload[:8192])})
    said.fields = {"endpoint": query.get("ep", ""), "lifetime": query.get("lt", ""), "objects": objects}
    facts = {"lifetime": query.get("lt", ""), "version": query.get("lwm2m", ""), "objects": objects[:64]}
    if query.get("ep"):
        said.traits.append((Kind.LWM2M_ENDPOINT, query["ep"], facts))
    name = _ENDPOINT.match(query.get("ep", ""))
    if name:
        said.device_ids = tuple(part for part in name[2].split("-") if part)
    elif query.get("ep", "").isdigit() and len(query["ep"]) == 15:
        said.device_ids = (query["ep"],)


def _tlv_places(payload: bytes) -> Iterator[tuple[dict[int, float], tuple[int, int]]]:
    """Locations in TLV (Core 1.1 section 7.4.3), at the top or within object instances."""
    pending = [(0, len(payload), 0)]
    while pending:
        start, end, depth = pending.pop()
        values: dict[int, float] = {}
        spans: list[tuple[int, int]] = []
        for kind, ident, head, at, stop in _tlv(payload, start, end):
            if kind == 0 and depth < _DEPTH:
                pending.append((at, stop, depth + 1))
            number = _number(payload[at:stop], whole=ident == _TIMESTAMP) if kind == 3 else None
            if number is not None:
                values[ident] = number
                spans.append((head, stop))
        floats = _LATITUDE in values and _LONGITUDE in values
        if floats:
            yield values, (spans[0][0], spans[-1][1])


def _tlv(payload: bytes, at: int, end: int) -> Iterator[tuple[int, int, int, int, int]]:
    """Yield ``(kind, identifier, start, value start, value end)``; kind 0 is an object instance, 3 a resource."""
    while at < end:
        head = at
        first = payload[at]
        wide = 2 if first & 0x20 else 1
        ident = int.from_bytes(payload[at + 1 : at + 1 + wide], "big")
        at += 1 + wide
        size_bytes = first >> 3 & 3
        size = int.from_bytes(payload[at : at + size_bytes], "big") if size_bytes else first & 7
        at += size_bytes
        if at + size > end:
            return
        yield first >> 6, ident, head, at, at + size
        at += size


def _number(raw: bytes, *, whole: bool) -> float | None:
    if whole:
        return float(int.from_bytes(raw, "big", signed=True)) if len(raw) in (4, 8) else None
    if len(raw) not in (4, 8):
        return None
    value = float(struct.unpack(">f" if len(raw) == 4 else ">d", raw)[0])
    return value if math.isfinite(value) else None


def _senml_places(payload: bytes, content: int, base: str) -> list[tuple[dict[int, float], tuple[int, int]]]:
    """Locations of SenML (RFC 8428) in JSON or CBOR: records whose base name and name end in /6/INSTANCE/RESOURCE."""
    found: dict[str, dict[int, float]] = {}
    for record in _records(payload, content):
        if not isinstance(record, dict):
            continue
        start = record.get("bn", record.get(-2))
        base = start if isinstance(start, str) else base
        name = record.get("n", record.get(0, ""))
        value = record.get("v", record.get(2))
        resource = _RESOURCE.search(base + name) if isinstance(name, str) else None
        if resource and isinstance(value, int | float) and math.isfinite(value):
            found.setdefault(resource[1], {})[int(resource[2])] = float(value)
    return [(values, (0, len(payload))) for values in found.values() if _LATITUDE in values and _LONGITUDE in values]


def _records(payload: bytes, content: int) -> list[Any]:
    import cbor2

    try:
        pack = cbor2.loads(payload) if content == SENML_CBOR else json.loads(payload)
    except (cbor2.CBORDecodeError, ValueError, RecursionError):
        return []
    if isinstance(pack, dict):  # the older JSON form: {"bn": ..., "e": [...]}
        entries = pack.get("e")
        return [{"bn": pack.get("bn", "")}, *entries[:256]] if isinstance(entries, list) else []
    return pack[:256] if isinstance(pack, list) else []
