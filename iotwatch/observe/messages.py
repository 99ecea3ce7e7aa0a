"""One decoded message -> observations (names, identities, agents) and positions with their direction."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from iotwatch.decode.cellular.lookup import named
from iotwatch.decode.message import Fix, Message, Proof
from iotwatch.model import Confidence, Evidence, Position
from iotwatch.observe.collector import Collector
from iotwatch.observe.commands import command_of
from iotwatch.observe.identifiers import Number, number_facts, numbers
from iotwatch.observe.senders import of_envelope
from iotwatch.observe.traffic.direction import Sender, turned
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.identity import is_checked_iccid, is_imei
from iotwatch.words.kinds import Kind
from iotwatch.words.said import Said
from iotwatch.words.sending import Level


def observe_message(message: Message, collector: Collector) -> None:
    """Add all that ``message`` says to ``collector``."""
    message = named(turned(message))
    sender = collector.sender_of(message.stream)
    collector.senders.note(message)
    who, way = sender.subject, sender.way
    for trait in message.traits:
        if collector.wants(trait.kind, who, trait.value, way):
            evidence = message.stream.evidence(*trait.span)
            collector.add(trait.kind, who, trait.value, evidence, {**sender.facts(message.protocol), **trait.facts})
    for device_id in message.device_ids:
        # What was read by the names of keys is told already, as what its key says.
        if not (message.generic and any(trait.value == device_id for trait in message.traits)):
            _observe(message, _kind_of(device_id), device_id, sender, collector)
    if message.vin:
        _observe(message, Kind.VIN, message.vin, sender, collector)
    states = bool(message.fixes or message.cells or message.access_points)
    if states or (message.device_ids and not message.generic):
        _observe(message, Kind.DIALECT, message.protocol, sender, collector)
    if not message.traits and message.fields.get("purpose") == "assistance":
        _observe(message, Kind.GNSS_ASSISTANCE, message.protocol, sender, collector)
    if command := command_of(message):
        _observe(message, Kind.TRACKER_COMMAND, command, sender, collector)
    if states:
        _observe_positions(message, sender, collector)
    if message.protocol not in _OWN_GRAMMAR:
        _observe_numbers(message, sender, collector)


def _observe(message: Message, kind: Kind, value: str, sender: Sender, collector: Collector) -> None:
    if collector.wants(kind, sender.subject, value, sender.way):
        evidence = message.stream.evidence(*message.span)
        collector.add(kind, sender.subject, value, evidence, sender.facts(message.protocol))


def _kind_of(device_id: str) -> Kind:
    if is_imei(device_id):
        return Kind.IMEI
    return Kind.ICCID if is_checked_iccid(device_id) else Kind.DEVICE_ID


# Fields in which devices give their own number: what stands there is named by its place. The path of a URL holds any number.
_NAMING = frozenset(
    {Kind.MQTT_CLIENT, Kind.MQTT_USER, Kind.MQTT_TOPIC, Kind.LWM2M_ENDPOINT, Kind.DHCP_HOSTNAME, Kind.MDNS_ANSWER}
)
_OWN_GRAMMAR = frozenset({"at", "diag", "usb", "host-log", "qmi", "mbim"})
_LOOKED_AT = 1 << 20
# What a stored row says of itself (``open/outgoing.py``).
_OF_RECORDS = ("kept", "kept_for", "sent_at")


def _observe_numbers(message: Message, sender: Sender, collector: Collector) -> None:
    """Identity numbers in fields that name a device, and in what the message carries."""
    for trait in message.traits:
        if trait.kind in _NAMING:
            found = numbers(_unglued(trait.value), named=True)
        elif trait.kind == Kind.HTTP_URL:
            found = numbers(trait.value[:2048].replace("/", " ").encode("ascii", "replace"))
        else:
            continue
        for number in found:
            _observe_number(message, message.stream, trait.span, number, sender, collector)
    body = message.body
    if body is not None:
        # A number without a key is left to who decodes the body: a dialect knows better whose it is.
        for number in numbers(body.data[:_LOOKED_AT]):
            if number.keyed:
                _observe_number(message, body, (number.start, number.end), number, sender, collector)


def _unglued(text: str) -> bytes:
    """A name in which letters, dashes and underscores may stand beside the number."""
    return re.sub(r"[^0-9=&?]", " ", text[:2048]).encode("ascii", "replace")


def _observe_number(
    message: Message, stream: Stream, span: tuple[int, int], number: Number, sender: Sender, collector: Collector
) -> None:
    if collector.wants(number.kind, sender.subject, number.value, sender.way):
        way = {"protocol": message.protocol, "direction": sender.way}
        facts = {**way, **number_facts(number, message.protocol)}
        collector.add(number.kind, sender.subject, number.value, stream.evidence(*span), facts)


def _observe_positions(message: Message, sender: Sender, collector: Collector) -> None:
    for fix in message.fixes:
        collector.add_position(_position(message, fix, sender))
    # A look-up list discloses the place even, and above all, when there is no valid fix of the sender's own beside it.
    own = any(fix.valid is not False and not fix.whose for fix in message.fixes)
    if own or not (message.cells or message.access_points):
        return
    evidence = message.stream.evidence(*message.span)
    for method, items in (("cell", message.cells), ("wifi", message.access_points)):
        if items:
            listed = [msgspec.structs.asdict(item) for item in items[:32]]
            facts = {**_facts(message, sender), method: listed, "count": len(items)}
            collector.add_position(_stated(message, sender, evidence, facts, method=method))


def _facts(message: Message, sender: Sender) -> dict[str, Any]:
    facts: dict[str, Any] = {"sent": sender.level} if sender.level else {}
    if message.rivals:
        facts["rivals"] = list(message.rivals)
    flow = message.stream.flow
    if (flow is None or not flow.client) and message.stream.context.get("device"):
        facts["device"] = message.stream.context["device"]
    facts |= {name: message.stream.context[name] for name in _OF_RECORDS if name in message.stream.context}
    return facts


def observe_unnamed(
    method: str,
    stream: Stream,
    fix: Fix,
    confidence: Confidence,
    doubts: tuple[Said, ...],
    facts: dict[str, Any],
    collector: Collector,
) -> None:
    """Add a place that was found in a message whose form is not known, because it is (``KNOWN_POSITION``) or because it moves
    (``BLIND``); ``fix.span`` is the message."""
    message = Message(
        *(method, stream, fix.span), fixes=(fix,), confidence=confidence, doubts=doubts, layout=Proof.SHAPE
    )
    sender = collector.sender_of(stream)
    evidence = stream.evidence(*fix.span)
    facts = {**_facts(message, sender), **facts, **({"datum": fix.datum} if fix.datum else {})}
    collector.add_position(_stated(message, sender, evidence, facts, method=method, fix=fix))


_SAID = ("speed", "course", "altitude", "datum", "whose")


def _position(message: Message, fix: Fix, sender: Sender) -> Position:
    facts = _facts(message, sender)
    said = zip(_SAID, (fix.speed, fix.course, fix.altitude, fix.datum, fix.whose), strict=True)
    facts |= {name: value for name, value in said if value not in (None, "")}
    evidence = message.stream.evidence(*fix.span)
    return _stated(message, sender, evidence, facts, method="generic" if message.generic else "decoded", fix=fix)


def _stated(
    message: Message, sender: Sender, evidence: Evidence, facts: dict[str, Any], *, method: str, fix: Fix | None = None
) -> Position:
    flow = message.stream.flow
    valid, doubts, confidence, time = None, message.doubts + sender.doubts, message.confidence, message.time
    device_id = message.device_ids[0] if message.device_ids else ""
    if not device_id and not (fix and fix.whose) and (named := of_envelope(message.stream.context)) is not None:
        device_id, doubts = named.value, (*doubts, named.doubt)
    if sender.told is not None:
        facts = {**facts, "sender_by": sender.told.name}
    if fix is not None:
        valid = fix.valid
        time = fix.time if fix.time is not None else time
        time = evidence.time if time is None else time
        if fix.latitude == 0 and fix.longitude == 0:
            valid, doubts = False, (*doubts, ReadingDoubt.ZERO())
        if message.generic and confidence == Confidence.CERTAIN and message.checksum != "ok":
            confidence = Confidence.LIKELY
    guessed = sender.told is not None and sender.told.guess
    if guessed or sender.level == Level.PROMPTED:
        confidence = Confidence.POSSIBLE
    return Position(
        latitude=fix.latitude if fix else None,
        longitude=fix.longitude if fix else None,
        direction=sender.direction,
        dialect=message.protocol,
        method=method,
        evidence=evidence,
        confidence=confidence,
        time=time,
        valid=valid,
        reported_id=device_id,
        checksum=message.checksum,
        flow=flow.index if flow and flow.index >= 0 else None,
        client=flow.client if flow else "",
        server=flow.server if flow else "",
        server_port=(flow.server_port or None) if flow else None,
        server_name=sender.host,
        transport=flow.transport if flow else message.stream.kind,
        doubts=doubts,
        facts=facts,
    )
