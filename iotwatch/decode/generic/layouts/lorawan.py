"""LoRaWAN application payloads: Cayenne LPP and Milesight's channels, walked item by item to the last byte.

Sources: Cayenne LPP data types (GPS 0x88: three int24, 1e-4 degrees and 0.01 m); Milesight SensorDecoders (04 88: int32 LE, 1e-6
degrees; 06 D9: Wi-Fi scan). Neither has a check value: an exact walk and the ranges are all the proof there is.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence

from iotwatch.decode.fields import on_globe
from iotwatch.decode.message import AccessPoint, Fix, Message
from iotwatch.model import Confidence
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt

LONGEST = 255
_CAYENNE = {
    0x00: 1, 0x01: 1, 0x02: 2, 0x03: 2, 0x65: 2, 0x66: 1, 0x67: 2, 0x68: 1, 0x71: 6, 0x73: 2, 0x74: 2, 0x75: 2, 0x76: 4,
    0x78: 1, 0x79: 2, 0x7D: 2, 0x80: 2, 0x82: 4, 0x83: 4, 0x84: 2, 0x85: 4, 0x86: 6, 0x87: 3, 0x88: 9, 0x8E: 1,
}  # fmt: skip
_MILESIGHT = {
    (0x01, 0x75): 1, (0x03, 0x67): 2, (0x04, 0x88): 9, (0x05, 0x00): 1, (0x06, 0xD9): 9, (0x07, 0x00): 1, (0x04, 0x68): 1,
    (0xFF, 0x01): 1, (0xFF, 0x09): 2, (0xFF, 0x0A): 2, (0xFF, 0x0B): 1, (0xFF, 0x0F): 1, (0xFF, 0x16): 8,
}  # fmt: skip


def read(stream: Stream, start: int, end: int) -> Message | None:
    """The place or the access points of such a payload, or ``None``."""
    if not 11 <= end - start <= LONGEST:
        return None
    return _milesight(stream, start, end) or _cayenne(stream, start, end)


def _items(data: bytes, at: int, end: int, *, by_channel: bool) -> Iterator[tuple[tuple[int, int], int]]:
    """``(channel, type)`` and where the value begins; ends with (-1, -1) when the walk does not come out even."""
    while at < end:
        if at + 2 > end:
            yield (-1, -1), at
            return
        key = (data[at], data[at + 1])
        size = _MILESIGHT.get(key) if by_channel else _CAYENNE.get(key[1])
        if size is None or at + 2 + size > end:
            yield (-1, -1), at
            return
        yield key, at + 2
        at += 2 + size


def _cayenne(stream: Stream, start: int, end: int) -> Message | None:
    data = stream.data
    items = list(_items(data, start, end, by_channel=False))
    if items[-1][0] == (-1, -1) or any(channel > 63 for (channel, _), _ in items):
        return None
    fixes = []
    for (_, kind), at in items:
        if kind != 0x88:
            continue
        latitude, longitude, height = (int.from_bytes(data[at + i : at + i + 3], "big", signed=True) for i in (0, 3, 6))
        if not on_globe(latitude / 1e4, longitude / 1e4) or not -1000 < height / 100 < 20_000:
            return None
        if latitude or longitude:
            fixes.append(Fix(latitude / 1e4, longitude / 1e4, (at, at + 9), altitude=height / 100))
    return _message(stream, "cayenne-lpp", (start, end), fixes) if fixes else None


def _milesight(stream: Stream, start: int, end: int) -> Message | None:
    data = stream.data
    fixes: list[Fix] = []
    points: list[AccessPoint] = []
    items = 0
    for key, at in _items(data, start, end, by_channel=True):
        items += 1
        if key == (-1, -1):
            if items < 4:
                return None
            break
        if key == (0x04, 0x88):
            latitude, longitude = (value / 1e6 for value in struct.unpack_from("<ii", data, at))
            if not on_globe(latitude, longitude):
                return None
            if latitude or longitude:
                fixes.append(Fix(latitude, longitude, (at, at + 8)))
        elif key == (0x06, 0xD9):
            signal = int.from_bytes(data[at + 7 : at + 8], "big", signed=True)
            points.append(AccessPoint(data[at + 1 : at + 7].hex(":"), signal))
    if not fixes and not points:
        return None
    confidence = Confidence.LIKELY if items > 1 and points else Confidence.POSSIBLE
    return _message(stream, "milesight", (start, end), fixes, points, confidence)


def _message(
    stream: Stream,
    name: str,
    span: tuple[int, int],
    fixes: Sequence[Fix],
    points: Sequence[AccessPoint] = (),
    confidence: Confidence = Confidence.POSSIBLE,
) -> Message:
    return Message(
        protocol=name,
        stream=stream,
        span=span,
        time=stream.time_at(span[0]),
        fixes=tuple(fixes),
        access_points=tuple(points),
        confidence=confidence,
        generic=True,
        doubts=(ReadingDoubt.LAYOUT_ALONE(),),
    )
