"""Protocol buffers without their schema: a bounded walk over the wire format, and the shapes in which places are seen.

Known shapes: GTFS-realtime ``Position`` (floats 1 and 2), Meshtastic ``Position`` (sfixed32 1 and 2, 1e-7 degrees) in the
``MeshPacket`` that names its node (mesh.proto), Apple's ``wloc`` (BSSID as text without leading zeros, 1e-8 degrees as varints).
Others count by shape: two neighbouring doubles or floats in range with enough digits, which is never more than ``possible``.
"""

from __future__ import annotations

import math
import struct
from itertools import pairwise

from iotwatch.decode.generic.radio import bssid_of
from iotwatch.decode.message import AccessPoint, Fix, Message
from iotwatch.files.protobuf import MAX_FIELDS, Field, fields
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt

MAX_DEPTH = 12
_POSITION_APP = 3  # PortNum of portnums.proto
_BSSID = regex(rb"[0-9a-fA-F]{1,2}(?::[0-9a-fA-F]{1,2}){5}$")
_APPLE_HEAD = regex(rb"\x00\x01\x00[\x02-\x0f][a-z]{2}[_\-][A-Za-z\-]{2,10}")


def read(stream: Stream, start: int, end: int) -> Message | None:
    """The message that the payload's places and access points make, or ``None`` when it is no plausible protobuf."""
    data = stream.data
    apple = _APPLE_HEAD.match(data, start, end)
    if apple is not None:
        start = _apple_body(data, apple.end(), end)
    if end - start < 8:
        return None
    top = fields(data, start, end)
    if not top or (len(top) == 1 and top[0].wire != 2):
        return None
    walk = _Walk(data)
    walk.message(top, 0)
    if not walk.fixes and not walk.points:
        return None
    named = walk.known or bool(walk.points)
    return Message(
        protocol=walk.name,
        stream=stream,
        span=(start, end),
        time=stream.time_at(start),
        fields={"purpose": "wifi-lookup"} if walk.points and not walk.fixes else {},
        fixes=tuple(walk.fixes),
        access_points=tuple(walk.points.values()),
        device_ids=(walk.sender,) if walk.sender else (),
        confidence=Confidence.LIKELY if named else Confidence.POSSIBLE,
        generic=True,
        doubts=() if named else (ReadingDoubt.NEIGHBOURS(),),
    )


def _apple_body(data: bytes, at: int, end: int) -> int:
    """Past the head of a wloc request: texts, words, and the body's own length in four bytes."""
    for low in range(at, min(end, at + 96)):
        if int.from_bytes(data[low - 4 : low], "big") == end - low:
            return low
    return end


class _Walk:
    """Collects places from the tree of messages, depth first within limits."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.fixes: list[Fix] = []
        self.points: dict[str, AccessPoint] = {}
        self.known = False
        self.name = "protobuf"
        self.sender = ""
        self._seen = 0

    def message(self, top: list[Field], depth: int) -> None:
        pending = [(top, depth)]
        while pending and self._seen < MAX_FIELDS:
            those, level = pending.pop()
            self._seen += len(those)
            self._look(those, level)
            if level < MAX_DEPTH:
                inner = [
                    sub
                    for one in those
                    if one.wire == 2 and one.end - one.at >= 6 and (sub := fields(self.data, one.at, one.end))
                ]
                pending.extend((sub, level + 1) for sub in reversed(inner))

    def _look(self, those: list[Field], level: int) -> None:
        data = self.data
        if level == 0 and self._is_gtfs(those):
            self.name, self.known = "gtfs-realtime", True
        if level == 1 and self._is_mesh_packet(those):
            sender = int.from_bytes(data[those[0].at : those[0].end], "little")
            self.name, self.known, self.sender = "meshtastic", True, str(sender)
        for one in those:
            if one.wire == 2 and 11 <= one.end - one.at <= 17 and _BSSID.match(data[one.at : one.end]):
                address = bssid_of(data[one.at : one.end].decode("ascii"))
                if address is not None:
                    self.points.setdefault(address, AccessPoint(address))
        if level == 0:
            return
        for first, second in pairwise(those):
            if first.number + 1 == second.number and first.wire == second.wire:
                fix = self._pair(first, second)
                if fix is not None:
                    self.fixes.append(fix)
                    return

    def _is_gtfs(self, those: list[Field]) -> bool:
        head = those[0]
        inner = fields(self.data, head.at, head.end) if head.wire == 2 and head.number == 1 else None
        return bool(inner) and inner is not None and self.data[inner[0].at : inner[0].end] in (b"1.0", b"2.0")

    def _is_mesh_packet(self, those: list[Field]) -> bool:
        """MeshPacket: from and to in fixed32, and decoded data (4) of the port of positions."""
        if [(one.number, one.wire) for one in those[:2]] != [(1, 5), (2, 5)]:
            return False
        packed = next((one for one in those if (one.number, one.wire) == (4, 2)), None)
        inner = fields(self.data, packed.at, packed.end) if packed is not None else None
        return (
            inner is not None
            and bool(inner)
            and (inner[0].number, inner[0].wire, inner[0].value) == (1, 0, _POSITION_APP)
        )

    def _pair(self, first: Field, second: Field) -> Fix | None:
        span = (first.start, second.end)
        raw = self.data[first.at : first.end], self.data[second.at : second.end]
        if first.wire == 0:
            values = [one.value - (1 << 64) if one.value >> 63 else one.value for one in (first, second)]
            if not self.points or max(abs(value) for value in values) < 10**8:
                return None
            latitude, longitude = values[0] / 1e8, values[1] / 1e8
            self.name, self.known = "apple-wloc", True
        elif first.wire == 1:
            latitude, longitude = (struct.unpack("<d", one)[0] for one in raw)
        elif first.wire == 5:
            latitude, longitude = (struct.unpack("<f", one)[0] for one in raw)
            if not measured(latitude, longitude):
                latitude, longitude = (struct.unpack("<i", one)[0] / 1e7 for one in raw)
        else:
            return None
        if not measured(latitude, longitude) or (self.known and self.name == "gtfs-realtime" and first.number != 1):
            return None
        return Fix(latitude, longitude, span)


def measured(latitude: float, longitude: float) -> bool:
    """In range, not near zero, and with digits after the point as measured places have."""
    if not (math.isfinite(latitude) and math.isfinite(longitude) and abs(latitude) <= 90 and abs(longitude) <= 180):
        return False
    return all(abs(value) > 0.05 and abs(value * 1000 - round(value * 1000)) > 1e-6 for value in (latitude, longitude))
