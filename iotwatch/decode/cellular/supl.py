"""The head of SUPL's ULP messages (OMA-TS-ULP 2.0 section 11, unaligned PER): version, session, SET id, message name.

What follows (the cell, perhaps an estimate of the place) is ASN.1 that only a real PER reader should take apart. A
SUPL START names the serving cell always, so the message itself is a location request; that is told as a trait.
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.errors import LimitReached
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.kinds import Kind

NAMES = ("INIT", "START", "RESPONSE", "POS INIT", "POS", "END", "AUTH REQ", "AUTH RESP")
_SET_IDS = {0: ("msisdn", Kind.SUPL_MSISDN), 3: ("imsi", Kind.SUPL_IMSI)}
_LEAST = 18
MESSAGES = 4096


class Supl:
    """``supl.message`` with the SET's IMSI or telephone number in its facts, ``supl.imsi``, ``supl.msisdn``."""

    name = "supl"
    anchors = (rb"(?s:[\x00-\x0f].[\x01-\x03][\x00-\x05].[\x40-\xff])",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        if flow and flow.transport == "udp":
            return None
        size = int.from_bytes(head[:2], "big")
        if size < _LEAST or (size > len(head) and len(head) < 2048):
            return None
        return by_head(self, size == len(head) or head[size + 2 : size + 3] == head[2:3] or size > len(head))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        at = 0
        for _ in range(MESSAGES):
            size = int.from_bytes(stream.data[at : at + 2], "big")
            if size < _LEAST or at + size > len(stream.data):
                return
            message = _message(stream, at, at + size)
            if message is None:
                return
            yield message
            at += size
        raise LimitReached(f"more than {MESSAGES} messages")


def _message(stream: Stream, start: int, end: int) -> Message | None:
    """SessionID: two presence bits; SET session id: 16 bits, then the SET id, an extensible choice of six."""
    data = stream.data
    bits = int.from_bytes(data[start + 5 : start + _LEAST], "big")
    width = (_LEAST - 5) * 8

    def take(at: int, count: int) -> int:
        return bits >> (width - at - count) & ((1 << count) - 1)

    has_set, has_slp = take(0, 1), take(1, 1)
    if not has_set or take(18, 1):
        return None
    known = _SET_IDS.get(take(19, 3))
    traits: list[Trait] = []
    fields: dict[str, object] = {"version": f"{data[start + 2]}.{data[start + 3]}.{data[start + 4]}"}
    if known:
        name, kind = known
        number = _digits(take(22, 64).to_bytes(8, "big"))
        if not number:
            return None
        fields[name] = number
        traits.append(Trait(kind, number, (start + 7, start + 16)))
        if not has_slp and not take(86, 1) and width >= 90:
            fields["message"] = NAMES[take(87, 3)]
    traits.append(Trait(Kind.SUPL_MESSAGE, str(fields.get("message", "session")), (start, end), dict(fields)))
    return Message(
        protocol="supl",
        stream=stream,
        span=(start, end),
        time=stream.time_at(start),
        fields=dict(fields),
        traits=tuple(traits),
        confidence=Confidence.POSSIBLE,
        doubts=(ReadingDoubt.HEAD_ALONE(),),
    )


def _digits(raw: bytes) -> str:
    """Packed decimal digits, low half byte first, filled with F; empty when the bytes are none."""
    text = "".join(f"{byte & 15:x}{byte >> 4:x}" for byte in raw).rstrip("f")
    text = text.lstrip("0") if text.startswith("000") else text
    return text if text.isdecimal() and 8 <= len(text) <= 16 else ""


SUPL = Supl()
