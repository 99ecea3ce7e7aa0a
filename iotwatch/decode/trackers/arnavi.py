"""Arnavi trackers, the binary protocol and the older text: TCP.

Source: reference facts for Arnavi; Arnavi 4 protocol description names the fields. A stream begins with ``FF``
version(``22`` to ``25``) id(8 LE, the IMEI); then packages ``5B`` number(1), packets, ``5D``. A packet is type(1)
length(2 LE) time(4 LE) content, sum(1) of time and content; type 1 holds items of tag(1) value(4 LE). The text form is
``$AV,`` version ``,`` id, fields, ``*`` xor(2 hex digits).
"""

from __future__ import annotations

import re
from typing import ClassVar

from iotwatch.decode.trackers.checksums import sum8, xor8
from iotwatch.decode.fields import Cursor, clock, degrees_minutes, is_imei, unix_time
from iotwatch.decode.trackers.frames import FrameDialect, Report, Session
from iotwatch.errors import DecodeError

PACKAGE, END = 0x5B, 0x5D
TAGS = 1
KNOT = 1.852  # km/h
_MOST_PACKETS = 64
_LONGEST_TEXT = 400
_TEXT = re.compile(rb"\$AV,(V\d{1,2}[A-Z]{0,8}),(-?\d{1,10}),[!-)+-~]{0,380}\*([0-9A-F]{2})")
_TEXT_PLACE = re.compile(
    rb",(\d\d)(\d\d)(\d\d),(\d{4}\.\d{1,6})([NS]),(\d{5}\.\d{1,6})([EW]),(\d{1,4}\.\d),(\d{1,3}\.\d),(\d\d)(\d\d)(\d\d),"
)


class Arnavi(FrameDialect):
    """Arnavi trackers."""

    name: ClassVar[str] = "arnavi"
    anchors: ClassVar[tuple[bytes, ...]] = (rb"\xff[\x22-\x25]", rb"\x5b[\x01-\xff][\x01-\x09]", rb"\$AV,V\d")
    start: ClassVar[re.Pattern[bytes]] = re.compile(rb"\xff[\x22-\x25]|\x5b[\x01-\xff][\x01-\x09]|\$AV,V\d")
    weak_check: ClassVar[bool] = True

    def measure(self, data: bytes, at: int, end: int) -> int:
        if data[at] == 0xFF:
            known = end - at >= 10 and data[at + 1] in range(0x22, 0x26)
            return 10 if known and (end - at == 10 or data[at + 10] == PACKAGE) else 0
        if data[at] != PACKAGE:
            found = _TEXT.match(data, at, min(end, at + _LONGEST_TEXT))
            return found.end() - at if found else 0
        here = at + 2
        for _ in range(_MOST_PACKETS):
            dated = unix_time(int.from_bytes(data[here + 3 : here + 7], "little")) is not None
            if here + 8 > end or not 1 <= data[here] <= 9 or not dated:
                return 0
            here += 8 + int.from_bytes(data[here + 1 : here + 3], "little")
            if data[here : here + 1] == bytes((END,)) and here < end:
                return here + 1 - at
        return 0

    def verify(self, frame: bytes) -> str:
        if frame[0] == 0xFF:
            return "none"
        if frame[:1] == b"$":
            return "ok" if xor8(frame[1:-3]) == int(frame[-2:], 16) else "bad"
        return "ok" if all(sum8(packet[3:-1]) == packet[-1] for packet in _packets(frame)) else "bad"

    def read(self, frame: bytes, report: Report, session: Session) -> None:  # noqa: ARG002
        if frame[0] == 0xFF:
            number = str(int.from_bytes(frame[2:10], "little"))
            if not is_imei(number) and frame[1] == 0x22:
                raise DecodeError("an Arnavi head without an IMEI")
            report.device(number, "" if is_imei(number) else "terminal.serial")
            return
        if frame[:1] == b"$":
            _read_text(frame, report)
            return
        for packet in _packets(frame):
            _read_packet(packet, report)


def _packets(frame: bytes) -> list[bytes]:
    packets = []
    here = 2
    while here < len(frame) - 1:
        size = 8 + int.from_bytes(frame[here + 1 : here + 3], "little")
        packets.append(frame[here : here + size])
        here += size
    return packets


def _read_packet(packet: bytes, report: Report) -> None:
    """Tags: 3 latitude and 4 longitude (float LE), 5 speed(1, knots) satellites(1) altitude(1, 10 m) course(1, 2 deg)."""
    cursor = Cursor(packet, 3, len(packet) - 1)
    time = unix_time(cursor.u32_le())
    if time is None:
        raise DecodeError("an Arnavi packet without a time")
    if packet[0] != TAGS:
        return
    latitude = longitude = speed = course = altitude = None
    while cursor.left >= 5:
        tag, value = cursor.u8(), cursor.part(4)
        if tag == 3:
            latitude = value.f32_le()
        elif tag == 4:
            longitude = value.f32_le()
        elif tag == 5:
            course, altitude = value.u8() * 2, value.u8() * 10
            report.fields["satellites"] = value.u8() & 0x0F
            speed = value.u8() * KNOT
    if latitude is not None and longitude is not None:
        report.fix(latitude, longitude, time=time, valid=True, speed=speed, course=course, altitude=altitude)


def _read_text(frame: bytes, report: Report) -> None:
    head = _TEXT.match(frame)
    if head is None:
        raise DecodeError("an Arnavi text without an id")
    report.fields["type"] = head[1].decode("ascii")
    report.device(head[2].decode("ascii"), "terminal.serial")
    if place := _TEXT_PLACE.search(frame):
        hour, minute, second, day, month, year = (int(place[i]) for i in (1, 2, 3, 10, 11, 12))
        latitude, longitude = degrees_minutes(float(place[4])), degrees_minutes(float(place[6]))
        report.fix(
            -latitude if place[5] == b"S" else latitude,
            -longitude if place[7] == b"W" else longitude,
            time=clock(year, month, day, hour, minute, second),
            speed=float(place[8]) * KNOT,
            course=float(place[9]),
        )


DIALECT = Arnavi()
