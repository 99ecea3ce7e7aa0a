"""MQTT 3.1, 3.1.1 (OASIS mqtt-v3.1.1-os) and 5.0 (OASIS mqtt-v5.0-os).

Names and topics are kept; of a password only that there is one. A stream without its CONNECT does not say its version:
then a PUBLISH is read as 5.0 only where what follows the topic is a list of properties that 5.0 allows there.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from iotwatch.decode.fields import Cursor
from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.errors import DecodeError, LimitReached
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.kinds import Kind

CONNECT, CONNACK, PUBLISH, SUBSCRIBE, UNSUBSCRIBE, PINGREQ = 1, 2, 3, 8, 10, 12
NAMES = (
    "", "connect", "connack", "publish", "puback", "pubrec", "pubrel", "pubcomp",
    "subscribe", "suback", "unsubscribe", "unsuback", "pingreq", "pingresp", "disconnect", "auth",
)  # fmt: skip
PACKETS = 200_000
_FLAGS = {1: 0, 2: 0, 4: 0, 5: 0, 6: 2, 7: 0, 8: 2, 9: 0, 10: 2, 11: 0, 12: 0, 13: 0, 14: 0, 15: 0}
"""The low four bits of the first byte that each packet must have (5.0 table 2-2)."""
_SIZES = {
    0x01: 1, 0x02: 4, 0x11: 4, 0x13: 2, 0x17: 1, 0x18: 4, 0x19: 1, 0x21: 2, 0x22: 2, 0x23: 2, 0x24: 1, 0x25: 1,
    0x27: 4, 0x28: 1, 0x29: 1, 0x2A: 1,
}  # fmt: skip
"""Bytes of the properties that have a fixed size (5.0 table 2-4)."""
_TEXTS = {0x03, 0x08, 0x09, 0x12, 0x15, 0x16, 0x1A, 0x1C, 0x1F}
_OF_PUBLISH = {0x01, 0x02, 0x03, 0x08, 0x09, 0x0B, 0x23, 0x26}


def varint(cursor: Cursor) -> int:
    """A variable byte integer (5.0 section 1.5.5): seven bits a byte, low bits first, four bytes at most."""
    value = 0
    for shift in (0, 7, 14, 21):
        byte = cursor.u8()
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value
    raise DecodeError("an MQTT length has more than four bytes")


def _properties(cursor: Cursor, allowed: set[int] | None = None) -> dict[int, bytes]:
    """Read 5.0's properties (section 2.2.2); the last of each identifier that has text or data."""
    inner = cursor.part(varint(cursor))
    found: dict[int, bytes] = {}
    while inner.left:
        kind = varint(inner)
        if allowed is not None and kind not in allowed:
            raise DecodeError(f"MQTT property {kind} does not belong here")
        if kind in _SIZES:
            found[kind] = inner.take(_SIZES[kind])
        elif kind in _TEXTS:
            found[kind] = inner.take(inner.u16())
        elif kind == 0x0B:
            varint(inner)
        elif kind == 0x26:
            inner.skip(inner.u16())
            inner.skip(inner.u16())
        else:
            raise DecodeError(f"there is no MQTT property {kind}")
    return found


def _text(cursor: Cursor) -> tuple[str, tuple[int, int]]:
    """A UTF-8 string with its position (section 1.5.4)."""
    size = cursor.u16()
    start = cursor.at
    raw = cursor.take(size)
    try:
        return raw.decode("utf-8"), (start, start + size)
    except UnicodeDecodeError as error:
        raise DecodeError("an MQTT string is not UTF-8") from error


class _Session:
    """What one direction of a connection has said so far: the version (0: unknown), the client and topic aliases."""

    __slots__ = ("aliases", "client", "pinged", "version")

    def __init__(self) -> None:
        self.version = 0
        self.client = ""
        self.pinged = False
        self.aliases: dict[bytes, str] = {}


class Mqtt:
    """``mqtt.client``, ``mqtt.user``, ``mqtt.topic``; the payload of a PUBLISH goes on with its topic."""

    name = "mqtt"
    anchors = (
        rb"(?s:\x10[\x0a-\xff][\x00-\x7f]{0,3}\x00(?:\x04MQTT[\x03-\x05]|\x06MQIsdp[\x03\x83]))",
        rb"(?s:\x20[\x02-\x7f][\x00\x01].)",
        rb"(?s:[\x30-\x3d][\x04-\xff].{0,3}\x00[\x01-\xff][ -~])",
        rb"(?s:\x82[\x06-\xff].{2,6}[ -~])",
        rb"(?:\xc0\x00|\xd0\x00|\x40\x02|\x90[\x03-\x20])",
    )

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        if flow and flow.transport == "udp":
            return None
        try:
            cursor = Cursor(head)
            first = cursor.u8()
            size = varint(cursor)
        except DecodeError:
            return None
        if first >> 4 == CONNECT:
            return by_head(self, head[cursor.at : cursor.at + 2] in (b"\0\4", b"\0\6"))
        return by_head(self, _believable(head, first, cursor.at, size))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        data, at = stream.data, 0
        session = _Session()
        for _ in range(PACKETS):
            if at + 2 > len(data):
                return
            cursor = Cursor(data, at)
            first = cursor.u8()
            kind = first >> 4
            size = varint(cursor)
            if kind == 0 or (kind != PUBLISH and first & 15 != _FLAGS[kind]):
                raise DecodeError(f"byte {at} begins no MQTT packet")
            end = min(cursor.at + size, len(data))
            cut_short = cursor.at + size > len(data)
            reader = _READERS.get(kind)
            if reader and end > cursor.at:
                message = reader(stream, Cursor(data, cursor.at, end), (at, end), first, session)
                if cut_short:
                    message = _doubted(message)
                yield message
            elif kind == PINGREQ and not session.pinged:
                session.pinged = True
                yield _packet(stream, (at, end), kind, session)
            at = end
        raise LimitReached(f"more than {PACKETS} packets")


def _believable(head: bytes, first: int, body: int, size: int) -> bool:
    """Whether a stream that starts in mid-session starts with whole MQTT packets: two of them, or one with a topic."""
    kind = first >> 4
    after = body + size
    if kind == PUBLISH:
        if first & 6 == 6 or body + 2 > len(head):
            return False
        length = int.from_bytes(head[body : body + 2], "big")
        topic = head[body + 2 : body + 2 + length]
        if not 0 < length <= size - 2 or len(topic) < length or not _topical(topic):
            return False
        return after >= len(head) or _packet_starts(head, after)
    if first & 15 != _FLAGS.get(kind, 16):
        return False
    if kind == SUBSCRIBE:
        length = int.from_bytes(head[body + 2 : body + 4], "big")
        topic = head[body + 4 : body + 4 + length]
        if topic and _topical(topic) and length + 5 <= size:
            return True
    if kind == CONNACK and size == 2:
        return head[body] in (0, 1) and head[body + 1] <= 5 and (after == len(head) or _packet_starts(head, after))
    return after < len(head) and _packet_starts(head, after)


def _topical(topic: bytes) -> bool:
    return topic.isascii() and topic.decode("ascii").isprintable() and (b"/" in topic or topic.isalnum())


def _packet_starts(head: bytes, at: int) -> bool:
    kind = head[at] >> 4
    if kind == PUBLISH:
        return head[at] & 6 != 6
    return head[at] & 15 == _FLAGS.get(kind, 16) and (kind not in (12, 13) or head[at + 1 : at + 2] in (b"", b"\0"))


def _doubted(message: Message) -> Message:
    return msgspec.structs.replace(message, doubts=(*message.doubts, ReadingDoubt.PACKET_CUT()))


def _packet(
    stream: Stream,
    span: tuple[int, int],
    kind: int,
    session: _Session,
    *,
    traits: tuple[Trait, ...] = (),
    body: Stream | None = None,
    **fields: object,
) -> Message:
    fields = {"packet": NAMES[kind], **fields}
    if session.client:
        fields["client"] = session.client
    when = stream.time_at(span[0])
    return Message("mqtt", stream, span, when, fields=fields, traits=traits, confidence=Confidence.CERTAIN, body=body)


def _connect(stream: Stream, cursor: Cursor, span: tuple[int, int], first: int, session: _Session) -> Message:  # noqa: ARG001
    """Section 3.1: protocol name, version, flags, keep-alive, [properties], client id, [will], [user], [password]."""
    name, _ = _text(cursor)
    session.version = cursor.u8() & 0x7F
    flags = cursor.u8()
    keep_alive = cursor.u16()
    if session.version == 5:
        _properties(cursor)
    client, client_span = _text(cursor)
    session.client = client
    traits = [Trait(Kind.MQTT_CLIENT, client, client_span, {"keep_alive": keep_alive})] if client else []
    fields: dict[str, object] = {"version": session.version, "keep_alive": keep_alive, "name": name}
    body = None
    if flags & 0x04:
        if session.version == 5:
            _properties(cursor)
        topic, topic_span = _text(cursor)
        size = cursor.u16()
        traits.append(Trait(Kind.MQTT_TOPIC, topic, topic_span, {"will": True}))
        if size:
            body = stream.part(cursor.at, cursor.at + size).tagged(topic=topic, client=client, kind="will")
        cursor.skip(size)
    if flags & 0x80:
        user, user_span = _text(cursor)
        fields["user"] = user
        traits.append(Trait(Kind.MQTT_USER, user, user_span, {"password": bool(flags & 0x40)}))
    fields["password"] = bool(flags & 0x40)
    return _packet(stream, span, CONNECT, session, traits=tuple(traits), body=body, **fields)


def _connack(stream: Stream, cursor: Cursor, span: tuple[int, int], first: int, session: _Session) -> Message:  # noqa: ARG001
    """Section 3.2: flags, code, and only in 5.0 properties, one of which is the client id that was assigned (0x12)."""
    cursor.skip(1)
    code = cursor.u8()
    traits: tuple[Trait, ...] = ()
    if cursor.left:
        session.version = 5
        start = cursor.at
        assigned = _properties(cursor).get(0x12, b"")
        if assigned:
            at = stream.data.index(assigned, start)
            traits = (Trait(Kind.MQTT_CLIENT, assigned.decode("utf-8", "replace"), (at, at + len(assigned))),)
    else:
        session.version = 4
    return _packet(stream, span, CONNACK, session, traits=traits, code=code)


def _publish(stream: Stream, cursor: Cursor, span: tuple[int, int], first: int, session: _Session) -> Message:
    """Section 3.3: topic, [packet id when QoS is not 0], [properties], payload."""
    topic, topic_span = _text(cursor)
    if first & 6:
        cursor.skip(2)
    content = ""
    if session.version == 5 or (session.version == 0 and _has_properties(cursor)):
        properties = _properties(cursor, _OF_PUBLISH)
        content = properties.get(0x03, b"").decode("utf-8", "replace")
        alias = properties.get(0x23, b"")
        if alias and topic:
            session.aliases[alias] = topic
        topic = topic or session.aliases.get(alias, "")
    body = None
    if cursor.left:
        context = {"topic": topic, "client": session.client, "content-type": content, "kind": "publish"}
        body = stream.part(cursor.at, cursor.end).tagged(**{key: value for key, value in context.items() if value})
    traits = (Trait(Kind.MQTT_TOPIC, topic, topic_span, {"publish": True}),) if topic else ()
    return _packet(stream, span, PUBLISH, session, traits=traits, body=body, topic=topic, qos=first >> 1 & 3)


def _has_properties(cursor: Cursor) -> bool:
    """Whether the bytes after the topic read as 5.0's properties: a lone zero length must be followed by text."""
    trial = Cursor(cursor.data, cursor.at, cursor.end)
    try:
        found = _properties(trial, _OF_PUBLISH)
    except DecodeError:
        return False
    return bool(found) or (trial.at == cursor.at + 1 and trial.peek(1) in (b"{", b"[", b"$", b"<", b'"'))


def _topics(stream: Stream, cursor: Cursor, span: tuple[int, int], first: int, session: _Session) -> Message:
    """Sections 3.8 and 3.10: packet id, [properties], then topic filters, with a byte of options each to subscribe."""
    kind = first >> 4
    cursor.skip(2)
    if session.version == 5 or (session.version == 0 and cursor.peek(1) != b"\0"):
        _properties(cursor)
    elif session.version == 0 and cursor.peek(2) == b"\0\0":
        cursor.skip(1)
    traits: list[Trait] = []
    while cursor.left and len(traits) < 256:
        topic, topic_span = _text(cursor)
        traits.append(Trait(Kind.MQTT_TOPIC, topic, topic_span, {NAMES[kind]: True}))
        cursor.skip(1 if kind == SUBSCRIBE else 0)
    return _packet(stream, span, kind, session, traits=tuple(traits), topics=[trait.value for trait in traits])


_READERS = {CONNECT: _connect, CONNACK: _connack, PUBLISH: _publish, SUBSCRIBE: _topics, UNSUBSCRIBE: _topics}

MQTT = Mqtt()
