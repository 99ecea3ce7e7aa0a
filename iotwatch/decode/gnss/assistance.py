"""Assistance data for a GNSS receiver: orbits and time that somebody sends to it. No place leaves, but a receiver is there.

u-blox' AssistNow is a row of UBX frames of class MGA (0x13) or AID (0x0B), each with its check value (u-blox M8 interface
description, section "Multiple GNSS Assistance").
"""

from __future__ import annotations

from collections.abc import Iterator

from iotwatch.decode.generic.layouts import receivers
from iotwatch.decode.message import Claim, Message, Trait, by_head
from iotwatch.decode.units import units
from iotwatch.model import Confidence
from iotwatch.read.stream import Flow, Stream
from iotwatch.words.kinds import Kind

_CLASSES = b"\x0b\x13"
_FRAMES = 20_000
_LEAST = 3


class AssistNow:
    """``gnss.assistance`` for a body of three or more assistance frames; a place given along is told as the receiver's."""

    name = "assistnow"
    anchors = (rb"(?s:\xb5\x62[\x0b\x13])",)

    def claims(self, head: bytes, flow: Flow | None) -> Claim | None:
        return by_head(self, head[:2] == b"\xb5\x62" and head[2:3] in (b"\x0b", b"\x13"))

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            count, stop = _frames(stream.data, start, end)
            if count >= _LEAST:
                value = f"u-blox AssistNow: {count} frames"
                yield Message(
                    protocol="assistnow",
                    stream=stream,
                    span=(start, stop),
                    time=stream.time_at(start),
                    fields={"purpose": "assistance"},
                    traits=(Trait(Kind.GNSS_ASSISTANCE, value, (start, min(stop, start + 64))),),
                    checksum="ok",
                    confidence=Confidence.CERTAIN,
                )
            yield from receivers.read(stream, start, end)


def _frames(data: bytes, start: int, end: int) -> tuple[int, int]:
    """How many assistance frames with good check values stand in a row, and where they end."""
    at, count = start, 0
    while count < _FRAMES and at + 8 <= end and data[at : at + 2] == b"\xb5\x62" and data[at + 2] in _CLASSES:
        stop = receivers.ubx_end(data, at, end)
        if not stop:
            break
        at, count = stop, count + 1
    return count, at


ASSISTNOW = AssistNow()
