"""AIS (ITU-R M.1371) in NMEA 0183 sentences: ``!AIVDM`` is what a receiver heard of other vessels, ``!AIVDO`` the own ship.

Sources: ITU-R M.1371-5 annex 8 (message layouts), IEC 61162-1 (encapsulation: six bits a character, sentences of one message
joined by their sequence number and channel). The checksum of every sentence is verified.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import reduce
from operator import xor

from iotwatch.decode.fields import on_globe
from iotwatch.decode.message import Claim, Fix, Message, Proof
from iotwatch.decode.units import units
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.read.stream import Flow, Stream

SENTENCE = regex(rb"!([A-Z]{2}VD[MO]),(\d),(\d),(\d?),([AB12]?),([0-W`-w]{1,82}),([0-5])\*([0-9A-Fa-f]{2})")
_PLACES = {
    **dict.fromkeys((1, 2, 3, 9), (61, 28, 600_000.0)),
    **dict.fromkeys((4, 11), (79, 28, 600_000.0)),
    **dict.fromkeys((18, 19), (57, 28, 600_000.0)),
    21: (164, 28, 600_000.0),
    27: (44, 18, 600.0),
}
"""Message type -> bit of the longitude, its width (the latitude is one bit narrower and follows), parts of a degree."""
_LEAST_BITS = {1: 168, 2: 168, 3: 168, 4: 168, 9: 168, 11: 168, 18: 168, 19: 312, 21: 272, 27: 96}
_OPEN = 64
VESSEL, AID = "another vessel", "an aid to navigation or base station"


class Ais:
    """One message per position report; ``whose`` tells that what was heard is not the receiver's own place, and then the
    number (MMSI) is a field and no id of the sender's."""

    name = "ais"
    anchors = (rb"(?s:.*)![A-Z]{2}VD[MO],\d,\d,\d?,",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        checked = any(_checks(found) for found in SENTENCE.finditer(head))
        return Claim(self, Proof.CHECKED) if checked else None

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        parts: dict[tuple[bytes, ...], list[re.Match[bytes]]] = {}
        for start, end in units(stream):
            for found in SENTENCE.finditer(stream.data, start, end):
                if not _checks(found):
                    continue
                message = _report(stream, [found]) if found[2] == b"1" else _later(stream, found, parts)
                if message is not None:
                    yield message


def _checks(found: re.Match[bytes]) -> bool:
    return reduce(xor, found[0][1:-3]) == int(found[8], 16)


def _later(
    stream: Stream, found: re.Match[bytes], parts: dict[tuple[bytes, ...], list[re.Match[bytes]]]
) -> Message | None:
    """The message when this sentence is its last; sentences come in their order or are given up."""
    key = (found[1], found[2], found[4], found[5])
    number = int(found[3])
    known = parts.pop(key, [])
    if number != len(known) + 1:
        return None
    known.append(found)
    if number == int(found[2]):
        return _report(stream, known)
    if len(parts) >= _OPEN:
        parts.pop(next(iter(parts)))
    parts[key] = known
    return None


def _report(stream: Stream, sentences: list[re.Match[bytes]]) -> Message | None:
    bits = "".join(_six(byte) for found in sentences for byte in found[6])
    bits = bits[: len(bits) - int(sentences[-1][7])]
    kind = int(bits[:6], 2) if len(bits) >= 38 else 0
    if kind not in _PLACES or len(bits) < _LEAST_BITS[kind]:
        return None
    at, width, scale = _PLACES[kind]
    longitude = _signed(bits[at : at + width]) / scale
    latitude = _signed(bits[at + width : at + 2 * width - 1]) / scale
    if not on_globe(latitude, longitude):  # 181 and 91 degrees: not available
        return None
    own = sentences[0][1].endswith(b"VDO")
    whose = "" if own else AID if kind in (4, 11, 21) else VESSEL
    span = (sentences[0].start(), sentences[-1].end())
    mmsi = f"{int(bits[8:38], 2):09d}"
    return Message(
        protocol="ais",
        stream=stream,
        span=span,
        time=stream.time_at(span[0]),
        fields={"type": kind, "mmsi": mmsi, "sentence": sentences[0][1].decode("ascii")},
        fixes=(Fix(latitude, longitude, span, whose=whose),),
        device_ids=(mmsi,) if own else (),
        checksum="ok",
        confidence=Confidence.CERTAIN,
    )


def _six(byte: int) -> str:
    value = byte - 48
    return f"{value - 8 if value > 40 else value:06b}"


def _signed(bits: str) -> int:
    value = int(bits, 2)
    return value - (1 << len(bits)) if bits[0] == "1" else value


AIS = Ais()
