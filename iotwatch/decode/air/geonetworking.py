"""ETSI C-ITS in frames of ethertype 8947: where a vehicle says it is (CAM) and where an event is (DENM).

Sources: EN 302 636-4-1 (GeoNetworking headers of version 1; the long position vector is also in the network header), TS 102 636-4-1
V1.1.1 section 8 (version 0: no basic header, the sender's vector in the common header), EN 302 637-2 and
EN 302 637-3 (CAM, DENM) with TS 102 894-2 in unaligned PER: only the fixed beginning of each is read, up to the reference position.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from iotwatch.decode.fields import on_globe
from iotwatch.decode.message import Claim, Fix, Message
from iotwatch.decode.units import units
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.said import Said

_SECURED = 2
_VECTORS = {1: 0, 2: 4, 3: 4, 4: 4, 5: 0, 6: 4}
"""Header type -> bytes before the source position vector (a sequence number and two reserved bytes)."""
_HEADS = {2: 48, 3: 44, 4: 44, 5: 28, 6: 36}
"""Header type -> bytes of the extended header; single-hop broadcast (5, subtype 0) has 28, TSB (5, subtype 1) too."""
_DENM, _CAM = 1, 2
_UNAVAILABLE = (900_000_001, 1_800_000_001)
_SEARCHED = 160
_LEAST = 36
"""Bytes of the headers of either version at least."""
_EARLY_TYPES = range(1, 6)
"""Beacon, unicast, anycast, broadcast, topologically scoped."""


class GeoNetworking:
    """One message per CAM or DENM; a beacon's own position vector when nothing else says a place."""

    name = "etsi-its"

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        for start, end in units(stream):
            version = stream.data[start] >> 4
            if version in _VERSIONS and end - start >= _LEAST:
                yield from _VERSIONS[version](stream, start, end)


def _early_packet(stream: Stream, start: int, end: int) -> Iterator[Message]:
    """Version 0: version and next header, type, a reserved byte, flags, payload length(2), class, hops, the sender's vector(28)."""
    data, vector = stream.data, start + 8
    payload, hops = int.from_bytes(data[start + 4 : start + 6], "big"), data[start + 7]
    if not (data[start + 1] >> 4 in _EARLY_TYPES and data[start + 2] == 0 and hops and payload <= end - start - _LEAST):
        return
    yield from _beacon(stream, (start, end), vector, (ReadingDoubt.EARLY_VERSION(),))


def _beacon(stream: Stream, span: tuple[int, int], vector: int, doubts: tuple[Said, ...]) -> Iterator[Message]:
    """The place in a long position vector: address(8) time(4) latitude(4) longitude(4)."""
    station, stamp, latitude, longitude = struct.unpack_from(">8sIii", stream.data, vector)
    if (latitude or longitude) and on_globe(latitude / 1e7, longitude / 1e7):
        fix = Fix(latitude / 1e7, longitude / 1e7, (vector, vector + 20), valid=bool(stamp) or None)
        sender = stream.tagged(device="mac:" + station[2:].hex(":"))
        yield Message("geonetworking", sender, span, stream.time_at(span[0]), fixes=(fix,), doubts=doubts)


def _packet(stream: Stream, start: int, end: int) -> Iterator[Message]:
    data = stream.data
    at = start + 4
    doubts: tuple[Said, ...] = ()
    if data[start] & 15 == _SECURED:
        at, doubts = _unsigned(data, at, end), (ReadingDoubt.NOT_VERIFIED(),)
        if at < 0:
            return
    kind, subtype = data[at + 1] >> 4, data[at + 1] & 15
    if kind not in _VECTORS or at + 8 + 24 > end:
        return
    head = at + 8
    vector = head + _VECTORS[kind]
    if vector + 20 > end:
        return
    sender = stream.tagged(device="mac:" + data[vector + 2 : vector + 8].hex(":"))
    size = 40 if kind == 5 and subtype == 1 else _HEADS.get(kind, 24)
    said = next(_facility(sender, head + size, end, doubts), None) if kind in _HEADS else None
    if said is not None:
        yield said
    else:
        yield from _beacon(stream, (start, end), vector, doubts)


def _unsigned(data: bytes, start: int, end: int) -> int:
    """Where the common header stands inside a secured packet: its next-header, type and zero reserved bytes tell it."""
    for at in range(start, min(start + _SEARCHED, end - 32)):
        if (
            data[at] in (0x10, 0x20)
            and data[at + 1] >> 4 in _VECTORS
            and data[at + 3] & 0x7F == 0
            and data[at + 7] == 0
        ):
            length = int.from_bytes(data[at + 4 : at + 6], "big")
            if 8 <= length <= end - at - 8 and 1 <= data[at + 6] <= 64:
                return at
    return -1


def _facility(stream: Stream, transport: int, end: int, doubts: tuple[Said, ...]) -> Iterator[Message]:
    """Behind BTP's two ports: ITS PDU header (version, message, station), then the bits of the place."""
    data, at = stream.data, transport + 4
    if at + 24 > end or data[at] not in (1, 2, 3):
        return
    message, station = data[at + 1], int.from_bytes(data[at + 2 : at + 6], "big")
    window = data[at : at + 40]
    bits, size = int.from_bytes(window, "big"), len(window) * 8

    def take(start: int, count: int) -> int:
        return bits >> max(size - start - count, 0) & ((1 << count) - 1)

    if message == _CAM:
        first = 48 + 16 + 3 + 1 + 8  # time, options of the parameters, extension, station type
    elif message == _DENM:
        first = 48 + 3 + 6 + 48 + 42 + 42 + take(51 + 1, 1)  # options, action id, two times, termination when told
    else:
        return
    if first + 63 > size:
        return
    latitude, longitude = take(first, 31) - 900_000_000, take(first + 31, 32) - 1_800_000_000
    fixes: tuple[Fix, ...] = ()
    span = (at + first // 8, at + (first + 63 + 7) // 8)
    whose = "event" if message == _DENM else ""
    if (latitude, longitude) != _UNAVAILABLE and on_globe(latitude / 1e7, longitude / 1e7):
        fixes = (Fix(latitude / 1e7, longitude / 1e7, span, whose=whose),)
    elif latitude <= _UNAVAILABLE[0] and longitude <= _UNAVAILABLE[1]:
        doubts = (*doubts, ReadingDoubt.NO_PLACE())
    else:
        return
    name = "etsi-denm" if message == _DENM else "etsi-cam"
    when, names = stream.time_at(at), (str(station),)
    yield Message(name, stream, (at, end), when, fixes=fixes, device_ids=names, doubts=doubts)


_VERSIONS = {0: _early_packet, 1: _packet}
GEONETWORKING = GeoNetworking()
