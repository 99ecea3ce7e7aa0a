"""LwM2M over CoAP (OMA-TS-LightweightM2M-Core 1.2): who registers, what object 6 (Location) says, and object 4 of cells.

An answer and a notification do not repeat their path: only their token joins them to the request, which goes the other way
(``coap_exchange``). Where the request was not heard, a TLV object instance whose resources 0 and 1 are floats within the globe is
taken for a location, and the doubt is told. A server may ask for each resource alone: ``Parts`` puts such answers together.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from iotwatch.decode.fields import on_globe
from iotwatch.decode.iot.lwm2m_content import TLV, Path, Resource, is_own, is_tlv, number, path_of, resources, whole
from iotwatch.decode.message import Cell, Fix
from iotwatch.patterns import regex
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said

__all__ = ["TLV", "Content", "Exchange", "Instance", "Parts", "read"]

CONNECTIVITY, LOCATION = 4, 6
_POST = 2
_LATITUDE, _LONGITUDE, _ALTITUDE, _RADIUS, _VELOCITY, _TIMESTAMP, _SPEED = range(7)
_CELL, _NETWORK, _COUNTRY, _AREA = 8, 9, 10, 12
_NEEDED = {LOCATION: (_LATITUDE, _LONGITUDE), CONNECTIVITY: (_CELL, _NETWORK, _COUNTRY)}
_SECOND = 1_000_000
_LINK = regex(rb"</(\d{1,5}(?:/\d{1,5})?)>")
_ENDPOINT = regex(r"^urn:(imei|imei-msisdn|esn|meid|imei-imsi):([0-9A-Fa-f-]{8,48})$")
_TOGETHER_US = 120 * _SECOND
"""How far apart the answers to one round of questions may be."""
_INSTANCES = 64


class Exchange(NamedTuple):
    """The envelope: CoAP code, path (of an answer: the path that was asked for), query parts and content format (-1: not said)."""

    code: int
    path: str
    query: tuple[str, ...]
    content: int


class Instance(NamedTuple):
    """What is said of one object instance, by resource number, and the range that says it."""

    number: int
    instance: int
    values: dict[int, object]
    span: tuple[int, int]

    @property
    def whole(self) -> bool:
        """Whether it makes a place or a cell."""
        return all(one in self.values for one in _NEEDED[self.number])

    def fix(self) -> Fix | None:
        if self.number != LOCATION:
            return None
        said = {resource: number(value) for resource, value in self.values.items() if resource != _VELOCITY}
        latitude, longitude = said.get(_LATITUDE), said.get(_LONGITUDE)
        if latitude is None or longitude is None or not on_globe(latitude, longitude):
            return None
        speed, course = _velocity(self.values.get(_VELOCITY))
        if (told := said.get(_SPEED)) is not None:
            speed = told * 3.6
        stamp = whole(self.values.get(_TIMESTAMP)) or 0
        when = stamp * _SECOND if 0 < stamp < 1 << 33 else None
        return Fix(latitude, longitude, self.span, when, speed=speed, course=course, altitude=said.get(_ALTITUDE))

    def cell(self) -> Cell | None:
        if self.number != CONNECTIVITY:
            return None
        mcc, mnc, cid = (whole(self.values.get(one)) for one in (_COUNTRY, _NETWORK, _CELL))
        if not (mcc and 100 <= mcc <= 999 and mnc is not None and 0 <= mnc <= 999 and cid and 0 < cid < 1 << 36):
            return None
        return Cell(mcc, mnc, max(0, whole(self.values.get(_AREA)) or 0), cid)


class Content(msgspec.Struct):
    """What a payload says; ``instances`` are those of objects 4 and 6, with ranges of the payload."""

    is_lwm2m: bool = False
    fields: dict[str, Any] = msgspec.field(default_factory=dict)
    traits: list[tuple[Kind, str, dict[str, Any]]] = msgspec.field(default_factory=list)
    device_ids: tuple[str, ...] = ()
    doubts: tuple[Said, ...] = ()
    instances: list[Instance] = msgspec.field(default_factory=list)

    def moved(self, at: int) -> list[Instance]:
        """The instances, for a payload that begins at ``at``."""
        return [one._replace(span=(at + one.span[0], at + one.span[1])) for one in self.instances]


def read(exchange: Exchange, payload: bytes) -> Content:
    """What LwM2M says in a CoAP message, which may be nothing at all."""
    said = Content()
    if exchange.path.startswith(("/rd", "/bs")) and exchange.code == _POST:
        _registration(exchange, payload, said)
        return said
    path = path_of(exchange.path)
    guessed = path is None and is_tlv(exchange.content)
    said.is_lwm2m = guessed or (path is not None and (path[0] == LOCATION or is_own(exchange.content)))
    if not payload or (path is None and not guessed and exchange.path not in ("/dp", "/", "")):
        return said
    said.instances = list(_instances(resources(exchange.content, payload, path or ((LOCATION,) if guessed else ()))))
    if guessed:
        said.instances = [one for one in said.instances if _floats(one)]
        said.doubts = (ReadingDoubt.LIKE_LOCATION_OBJECT(),) if said.instances else ()
    said.is_lwm2m = said.is_lwm2m or bool(said.instances)
    return said


def _floats(instance: Instance) -> bool:
    return instance.number == LOCATION and instance.fix() is not None


def _registration(exchange: Exchange, payload: bytes, said: Content) -> None:
    """Core 1.2 sections 6.1 and 6.2: POST /rd?ep=NAME&lt=SECONDS&lwm2m=VERSION with the list of objects, POST /bs?ep=NAME."""
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


def _instances(found: list[Resource]) -> Iterator[Instance]:
    """Resources of objects 4 and 6 by instance; values that were kept over time make an instance for each time."""
    groups: dict[tuple[Path, float | None], list[Resource]] = {}
    for one in found:
        if one.path[0] in _NEEDED:
            groups.setdefault((one.path[:2], one.time), []).append(one)
    for (path, time), group in groups.items():
        values = {one.path[2]: one.value for one in group}
        if path[0] == LOCATION and time is not None:
            values.setdefault(_TIMESTAMP, time)
        span = min(one.span[0] for one in group), max(one.span[1] for one in group)
        yield Instance(path[0], path[1], values, span)


def _velocity(value: object) -> tuple[float | None, float | None]:
    """km/h and degrees of 3GPP TS 23.032 section 8: four bits of type (0 to 3), then bearing (9 bits) and speed (16 bits)."""
    if not isinstance(value, bytes) or not 4 <= len(value) <= 7 or value[0] >> 4 > 3:
        return None, None
    bearing = (value[0] & 1) << 8 | value[1]
    return float(int.from_bytes(value[2:4], "big")), float(bearing) if bearing < 360 else None


class Parts:
    """Puts the answers to questions for single resources together, message after message of one sender."""

    def __init__(self) -> None:
        self._held: dict[tuple[int, int], tuple[Instance, float, int]] = {}

    def joined(self, instance: Instance, time: int | None) -> tuple[Instance, int]:
        """The instance with what the answers just before it said of it, and how many messages that took."""
        key, now = instance[:2], float(time) if time is not None else math.nan
        before, since, messages = self._held.pop(key, (None, math.nan, 0))
        if instance.whole or before is None or abs(now - since) > _TOGETHER_US:
            before, messages = None, 0
        if before is not None:
            span = min(before.span[0], instance.span[0]), max(before.span[1], instance.span[1])
            instance = instance._replace(values={**before.values, **instance.values}, span=span)
        if not instance.whole and len(self._held) < _INSTANCES:
            self._held[key] = instance, now, messages + 1
        return instance, messages + 1
