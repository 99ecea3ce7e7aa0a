"""CAN frames: NMEA 2000 and SAE J1939 positions, and what ISO-TP carries in several frames.

Sources: NMEA 2000 PGN 129025 (rapid position), 129029 (GNSS data, a fast packet) as canboat's PGN data base documents them; SAE
J1939-71 PGN 65267 (vehicle position); ISO 15765-2 (segmentation); LINKTYPE_CAN_SOCKETCAN for the frame in a capture.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from iotwatch.decode.fields import on_globe
from iotwatch.decode.message import Claim, Fix, Message
from iotwatch.model import Confidence
from iotwatch.read.stream import Stream
from iotwatch.words.doubts import ReadingDoubt

_RAPID, _GNSS, _VEHICLE = 129025, 129029, 65267
_EXTENDED, _REMOTE, _ERROR, _STANDARD = 0x80000000, 0x40000000, 0x20000000, 0x7FF
_INT32_MAX, _INT64_MAX = (1 << 31) - 1, (1 << 63) - 1
_UINT32_MAX = (1 << 32) - 1
_OPEN = 256
_DAY_MICROSECONDS = 86_400 * 1_000_000


class _Parts(msgspec.Struct):
    """A message that is still coming: bytes it will have, the next number, and where its pieces stand."""

    size: int
    following: int
    ranges: list[tuple[int, int]] = msgspec.field(default_factory=list)
    have: int = 0

    def take(self, start: int, end: int) -> bool:
        """Add a piece; whether the message is whole now."""
        end = min(end, start + self.size - self.have)
        self.ranges.append((start, end))
        self.have += end - start
        self.following += 1
        return self.have >= self.size


class CanBus:
    """Positions by PGN; a body for each whole ISO-TP message."""

    name = "can"

    def messages(self, stream: Stream, claim: Claim | None = None) -> Iterator[Message]:
        reading = _Reading(stream)
        for start, end in stream.segments():
            yield from reading.frame(start, end)


class _Reading:
    """The messages that are open, by who sends them."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._fast: dict[tuple[int, int], _Parts] = {}
        self._transport: dict[tuple[int, int], _Parts] = {}

    def frame(self, start: int, end: int) -> Iterator[Message]:
        data = self._stream.data
        if end - start < 9:
            return
        number = int.from_bytes(data[start : start + 4], "big")
        if not number & (_EXTENDED | _REMOTE | _ERROR) and number > _STANDARD:
            number = int.from_bytes(data[start : start + 4], "little")  # some writers keep the host's order
        if number & (_REMOTE | _ERROR):
            return
        start, end = start + 8, min(end, start + 8 + data[start + 4])
        if number & _EXTENDED:
            yield from self._numbered(number & 0x1FFFFFFF, start, end)
        if end > start:
            yield from self._segmented(number, start, end)

    def _numbered(self, number: int, start: int, end: int) -> Iterator[Message]:
        """J1939-21: the group's number is the middle of the identifier; below PDU format 240 its last byte is an address."""
        group = number >> 8 & 0x3FFFF
        if group >> 8 & 0xFF < 240:
            group &= 0x3FF00
        if group in (_RAPID, _VEHICLE) and end - start == 8:
            fix = _rapid(self._stream, start, group)
            if fix is not None:
                yield self._message("nmea2000" if group == _RAPID else "j1939", [(start, end)], fix)
        elif group == _GNSS and end - start >= 2:
            yield from self._fast_packet(number, start, end)

    def _fast_packet(self, number: int, start: int, end: int) -> Iterator[Message]:
        """The first byte counts messages (3 bits) and frames (5 bits); the first frame's second byte is the length."""
        data = self._stream.data
        key, frame = (number, data[start] >> 5), data[start] & 31
        if frame == 0:
            self._fast[key] = _Parts(data[start + 1], 1)
            self._fast[key].take(start + 2, end)
            self._fast[key].following = 1
        elif key not in self._fast or self._fast[key].following != frame:
            self._fast.pop(key, None)
        elif self._fast[key].take(start + 1, end):
            parts = self._fast.pop(key)
            fix = _gnss(self._stream, parts.ranges)
            if fix is not None:
                yield self._message("nmea2000", parts.ranges, fix)
        _bounded(self._fast)

    def _segmented(self, number: int, start: int, end: int) -> Iterator[Message]:
        """ISO-TP: 1 begins (12 bits of length), 2 goes on (4 bits of number); other frames are not of a long message."""
        data = self._stream.data
        kind, key = data[start] >> 4, (number, 0)
        if kind == 1 and end - start == 8:
            size = (data[start] & 15) << 8 | data[start + 1]
            if size > 7:
                self._transport[key] = _Parts(size, 0)
                self._transport[key].take(start + 2, end)
        elif kind == 2 and key in self._transport:
            parts = self._transport[key]
            if data[start] & 15 != parts.following & 15:
                del self._transport[key]
            elif parts.take(start + 1, end):
                del self._transport[key]
                yield self._carrier(number, parts.ranges)
        _bounded(self._transport)

    def _carrier(self, number: int, ranges: list[tuple[int, int]]) -> Message:
        body = self._stream.join(ranges)
        fields = {"identifier": f"{number & 0x1FFFFFFF:x}"}
        when = self._stream.time_at(ranges[0][0])
        return Message(
            "iso-tp", self._stream, ranges[0], when, fields=fields, confidence=Confidence.POSSIBLE, body=_payload(body)
        )

    def _message(self, name: str, ranges: list[tuple[int, int]], fix: Fix) -> Message:
        whole = len(ranges) == 1
        stream = self._stream if whole else _payload(self._stream.join(ranges))
        when = fix.time if fix.time is not None else stream.time_at(ranges[0][0] if whole else 0)
        return Message(
            name,
            stream,
            ranges[0] if whole else (0, len(stream.data)),
            when,
            fixes=(fix,),
            doubts=(ReadingDoubt.BUS_NUMBER_ALONE(),),
        )


def _payload(body: Stream) -> Stream:
    return replace(body, kind="payload", datagram=False)


def _bounded(parts: dict[tuple[int, int], _Parts]) -> None:
    if len(parts) > _OPEN:
        parts.pop(next(iter(parts)))


def _rapid(stream: Stream, start: int, group: int) -> Fix | None:
    """Two 32-bit numbers of 1e-7 degrees: signed in NMEA 2000, from -210 degrees in J1939; all ones say nothing."""
    if group == _RAPID:
        latitude, longitude = struct.unpack_from("<ii", stream.data, start)
        if _INT32_MAX in (latitude, longitude):
            return None
    else:
        latitude, longitude = struct.unpack_from("<II", stream.data, start)
        if _UINT32_MAX in (latitude, longitude):
            return None
        latitude, longitude = latitude - 2_100_000_000, longitude - 2_100_000_000
    if not on_globe(latitude / 1e7, longitude / 1e7):
        return None
    return Fix(latitude / 1e7, longitude / 1e7, (start, start + 8))


def _gnss(stream: Stream, ranges: list[tuple[int, int]]) -> Fix | None:
    """PGN 129029: counter, days, time (0.1 ms), latitude, longitude (1e-16 degrees), altitude (1e-6 m), type and method."""
    body = b"".join(stream.data[start:end] for start, end in ranges)
    if len(body) < 43:
        return None
    days, clock = struct.unpack_from("<HI", body, 1)
    latitude, longitude, altitude = struct.unpack_from("<qqq", body, 7)
    if _INT64_MAX in (latitude, longitude) or not on_globe(latitude / 1e16, longitude / 1e16):
        return None
    time = days * _DAY_MICROSECONDS + clock * 100 if days < 0xFFFF and clock < 0xFFFFFFFF else None
    return Fix(
        latitude / 1e16,
        longitude / 1e16,
        (0, len(body)),
        time=time,
        valid=0 < body[31] >> 4 < 6,
        altitude=None if altitude == _INT64_MAX else altitude / 1e6,
    )


CAN_BUS = CanBus()
