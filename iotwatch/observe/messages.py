"""One decoded message -> observations (names, identities, agents) and positions with their direction."""

from __future__ import annotations

import re
from typing import Any

from iotwatch.decode.lookup import named
from iotwatch.decode.message import Fix, Message
from iotwatch.model import Confidence, Direction, Position
from iotwatch.observe.collector import Collector
from iotwatch.observe.commands import command_of
from iotwatch.observe.direction import direction, far_end_doubts, subject, turned
from iotwatch.observe.identifiers import Number, is_iccid, is_imei, number_facts, numbers
from iotwatch.read.stream import Stream

ZERO = "latitude and longitude are both zero"


def observe_message(message: Message, collector: Collector) -> None:
    """Add all that ``message`` says to ``collector``."""
    message = named(turned(message))
    who = subject(message.stream)
    way = direction(message.stream)
    common = {"protocol": message.protocol, "direction": way.value}
    for trait in message.traits:
        if collector.wants(trait.kind, who, trait.value, way.value):
            evidence = message.stream.evidence(*trait.span)
            collector.add(trait.kind, who, trait.value, evidence, {**common, **_flow_facts(message), **trait.facts})
    for device_id in message.device_ids:
        _observe_device_id(message, device_id, who, common, collector)
    if message.vin:
        _observe(message, "vin", message.vin, who, common, collector)
    if message.fixes or message.cells or message.access_points or (message.device_ids and not message.generic):
        _observe(message, "dialect", message.protocol, who, common, collector)
    if message.fields.get("purpose") == "assistance" and not message.traits:
        _observe(message, "gnss.assistance", message.protocol, who, common, collector)
    if command := command_of(message):
        _observe(message, "tracker.command", command, who, common, collector)
    _observe_positions(message, way, collector)
    _observe_numbers(message, who, common, collector)


# Fields in which devices give their own number: what stands there is named by its place.
_NAMING = frozenset(
    {"mqtt.client", "mqtt.user", "mqtt.topic", "lwm2m.endpoint", "http.url", "dhcp.hostname", "mdns.name"}
)
_OWN_GRAMMAR = frozenset({"at", "usb", "host-log", "qmi", "mbim"})
_LOOKED_AT = 1 << 20


def _observe_numbers(message: Message, who: str, common: dict[str, Any], collector: Collector) -> None:
    """Identity numbers in fields that name a device, and in what the message carries."""
    if message.protocol in _OWN_GRAMMAR:
        return
    for trait in message.traits:
        if trait.kind in _NAMING:
            for number in numbers(_unglued(trait.value), named=True):
                _observe_number(message.stream, trait.span, number, who, common, collector)
    body = message.body
    if body is not None:
        # A number without a key is left to who decodes the body: a dialect knows better whose it is.
        for number in numbers(body.data[:_LOOKED_AT]):
            if number.keyed:
                _observe_number(body, (number.start, number.end), number, who, common, collector)


def _unglued(text: str) -> bytes:
    """A name in which letters, dashes and underscores may stand beside the number."""
    return re.sub(r"[^0-9=&?]", " ", text[:2048]).encode("ascii", "replace")


def _observe_number(
    stream: Stream, span: tuple[int, int], number: Number, who: str, common: dict[str, Any], collector: Collector
) -> None:
    if collector.wants(number.kind, who, number.value, common["direction"]):
        facts = {**common, **number_facts(number, common["protocol"])}
        collector.add(number.kind, who, number.value, stream.evidence(*span), facts)


def _flow_facts(message: Message) -> dict[str, Any]:
    flow = message.stream.flow
    if flow is None:
        return {}
    facts: dict[str, Any] = {"server": flow.server, "server_port": flow.server_port}
    if flow.client_mac:
        facts["client_mac"] = flow.client_mac
    return facts


def _observe(message: Message, kind: str, value: str, who: str, common: dict[str, Any], collector: Collector) -> None:
    if collector.wants(kind, who, value, common["direction"]):
        evidence = message.stream.evidence(*message.span)
        collector.add(kind, who, value, evidence, {**common, **_flow_facts(message)})


def _observe_device_id(
    message: Message, device_id: str, who: str, common: dict[str, Any], collector: Collector
) -> None:
    kind = "device.id"
    if is_imei(device_id):
        kind = "imei"
    elif is_iccid(device_id):
        kind = "iccid"
    _observe(message, kind, device_id, who, common, collector)


def _observe_positions(message: Message, way: Direction, collector: Collector) -> None:
    if not (message.fixes or message.cells or message.access_points):
        return
    shared = _shared(message, way)
    for fix in message.fixes:
        collector.add_position(_position(message, fix, shared))
    # A look-up list discloses the place even, and above all, when there is no valid fix of the sender's own beside it.
    if any(fix.valid is not False and not fix.whose for fix in message.fixes):
        return
    evidence = message.stream.evidence(*message.span)
    for method, items in (("cell", message.cells), ("wifi", message.access_points)):
        if items:
            facts = {**shared["facts"], method: [_plain(item) for item in items[:32]], "count": len(items)}
            collector.add_position(
                Position(
                    **{
                        **shared,
                        "latitude": None,
                        "longitude": None,
                        "method": method,
                        "evidence": evidence,
                        "facts": facts,
                    }
                )
            )


def _shared(message: Message, way: Direction) -> dict[str, Any]:
    stream, flow = message.stream, message.stream.flow
    facts: dict[str, Any] = {}
    if message.rivals:
        facts["rivals"] = list(message.rivals)
    if flow is None and stream.context.get("device"):
        facts["device"] = stream.context["device"]
    return {
        "direction": way,
        "dialect": message.protocol,
        "method": "generic" if message.generic else "decoded",
        "confidence": message.confidence,
        "time": message.time,
        "reported_id": message.device_ids[0] if message.device_ids else stream.context.get("device_id", ""),
        "checksum": message.checksum,
        "flow": flow.index if flow and flow.index >= 0 else None,
        "client": flow.client if flow else "",
        "server": flow.server if flow else "",
        "server_port": flow.server_port if flow else None,
        "server_name": _without_port(stream.context.get("host", "")),
        "transport": flow.transport if flow else stream.kind,
        "doubts": (*message.doubts, *far_end_doubts(stream)),
        "facts": facts,
    }


def _without_port(host: str) -> str:
    """The name of a Host header (RFC 9110 section 7.2) without its port; an IPv6 literal loses its brackets."""
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _position(message: Message, fix: Fix, shared: dict[str, Any]) -> Position:
    facts = dict(shared["facts"])
    for name in ("speed", "course", "altitude"):
        value = getattr(fix, name)
        if value is not None:
            facts[name] = value
    if fix.datum:
        facts["datum"] = fix.datum
    if fix.whose:
        facts["whose"] = fix.whose
    valid, doubts, confidence = fix.valid, shared["doubts"], shared["confidence"]
    if fix.latitude == 0 and fix.longitude == 0:
        valid, doubts = False, (*doubts, ZERO)
    if message.generic and confidence == Confidence.CERTAIN and message.checksum != "ok":
        confidence = Confidence.LIKELY
    evidence = message.stream.evidence(*fix.span)
    time = fix.time if fix.time is not None else shared["time"]
    if time is None:
        time = evidence.time
    return Position(
        **{
            **shared,
            "latitude": fix.latitude,
            "longitude": fix.longitude,
            "valid": valid,
            "time": time,
            "evidence": evidence,
            "doubts": doubts,
            "confidence": confidence,
            "facts": facts,
        }
    )


def _plain(item: Any) -> dict[str, Any]:
    import msgspec

    plain: dict[str, Any] = msgspec.structs.asdict(item)
    return plain
