"""Hytera's radio network: HRNP frames and the HDAP messages in them (reference facts: wire behaviours, section 4).

The text block of a location answer (status, time, date, hemisphere and degrees-minutes twice) is public knowledge of
the amateur radio bridges; no sample was at hand, so it is never more than ``likely``, which its own grammar earns.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from iotwatch.decode.fields import clock, degrees_minutes
from iotwatch.decode.iot.vendor_cameras import announcement
from iotwatch.decode.message import Claim, Fix, Message, by_head
from iotwatch.decode.units import units
from iotwatch.errors import DecodeError
from iotwatch.patterns import regex
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.doubts import ReadingDoubt

_OPCODES = {
    0x00: "data", 0x10: "data ack", 0xFA: "close ack", 0xFB: "close", 0xFC: "reject", 0xFD: "accept", 0xFE: "connect",
}  # fmt: skip
_SERVICES = {0x02: "radio control", 0x08: "location", 0x09: "text", 0x11: "registration", 0x12: "telemetry"}
_HRNP_HEAD = 12
_BLOCK = regex(rb"([AV])(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})([NS])(\d{4}\.\d{4})([EW])(\d{5}\.\d{4})")


class Hrnp:
    """``vendor.protocol`` hytera-hrnp; a location answer's fix."""

    name = "hytera-hrnp"
    anchors = (rb"(?s:\x7e[\x01-\x04][\x00-\x0f][\x00\x10\xfa-\xfe].{4}[\x00-\x05].)",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        if (flow and flow.transport == "tcp") or len(head) < _HRNP_HEAD:
            return None
        # A JT/T 808 frame has no such length, and ends in 7E.
        return by_head(self, int.from_bytes(head[8:10], "big") == len(head))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            if end - start < _HRNP_HEAD or stream.data[start] != 0x7E:
                continue
            facts: dict[str, Any] = {"opcode": _OPCODES.get(stream.data[start + 3], "unknown")}
            inner = stream.data[start + _HRNP_HEAD : end]
            service = _SERVICES.get(inner[0] & 0x7F) if inner and inner[-1] == 3 else None
            if service:
                facts["service"] = service
            message = announcement(stream, (start, end), self.name, facts)
            fix = _fix(inner, start + _HRNP_HEAD) if service == "location" else None
            yield (replace(message, fixes=(fix,), doubts=(ReadingDoubt.NO_SAMPLE(),)) if fix else message)


def _fix(inner: bytes, base: int) -> Fix | None:
    found = _BLOCK.search(inner)
    if not found:
        return None
    hour, minute, second, day, month, year = (int(found[i]) for i in range(2, 8))
    try:
        latitude = degrees_minutes(float(found[9])) * (1 if found[8] == b"N" else -1)
        longitude = degrees_minutes(float(found[11])) * (1 if found[10] == b"E" else -1)
    except DecodeError:
        return None
    if abs(latitude) > 90 or abs(longitude) > 180:
        return None
    span = (base + found.start(), base + found.end())
    when = clock(year, month, day, hour, minute, second)
    return Fix(latitude, longitude, span, when, valid=found[1] == b"A")


HRNP = Hrnp()
