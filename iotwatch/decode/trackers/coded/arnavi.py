"""Arnavi trackers, the binary protocol: TCP. The older text is data: ``dialects/arnavi.toml``.

Source: reference facts for Arnavi; Arnavi 4 protocol description names the fields. A stream begins with ``FF``
version(``22`` to ``25``) id(8 LE, the IMEI); then packages ``5B`` number(1), packets, ``5D``. A packet is type(1)
length(2 LE) time(4 LE) content, sum(1) of time and content; type 1 holds items of tag(1) value(4 LE).
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, unix_time
from iotwatch.decode.trackers.engine.checksums import sum8
from iotwatch.decode.trackers.engine.frames import KNOT, FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.words.identity import is_imei
from iotwatch.words.kinds import Kind

PACKAGE, END = 0x5B, 0x5D
TAGS, MOST_KIND = 1, 9
NO_FIX = (0xFE, 0xFF)
_MOST_PACKETS = 64


def _measure(window: bytes) -> int:
    if window[0] == 0xFF:
        known = len(window) >= 10 and window[1] in range(0x22, 0x26)
        return 10 if known and (len(window) == 10 or window[10] == PACKAGE) else 0
    here = 2
    for _ in range(_MOST_PACKETS):
        dated = unix_time(int.from_bytes(window[here + 3 : here + 7], "little")) is not None
        if here + 8 > len(window) or window[here] > MOST_KIND or not dated:
            return 0
        here += 8 + int.from_bytes(window[here + 1 : here + 3], "little")
        if window[here : here + 1] == bytes((END,)) and here < len(window):
            return here + 1
    return 0


def _verify(frame: bytes) -> str:
    if frame[0] == 0xFF:
        return "none"
    return "ok" if all(sum8(packet[3:-1]) == packet[-1] for packet in _packets(frame)) else "bad"


def _fill(frame: bytes, report: Report) -> None:
    if frame[0] == 0xFF:
        number = str(int.from_bytes(frame[2:10], "little"))
        if not is_imei(number) and frame[1] == 0x22:
            raise DecodeError("an Arnavi head without an IMEI")
        report.device(number, None if is_imei(number) else Kind.TERMINAL_SERIAL)
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
    """Tags: 3 latitude and 4 longitude (float LE), 5 course(1, 2 deg) altitude(1, 10 m) satellites(1, those of two systems
    in its halves) speed(1, knots), 7 cell id(2) area(2), 8 signal(1) MCC(2) MNC(1)."""
    cursor = Cursor(packet, 3, len(packet) - 1)
    time = unix_time(cursor.u32_le())
    if time is None:
        raise DecodeError("an Arnavi packet without a time")
    if packet[0] != TAGS:
        return
    latitude = longitude = speed = course = altitude = None
    valid = True
    cell: tuple[int, int] | None = None
    operator: tuple[int, int] | None = None
    while cursor.left >= 5:
        tag, value = cursor.u8(), cursor.part(4)
        if tag == 3:
            latitude = value.f32_le()
        elif tag == 4:
            longitude = value.f32_le()
        elif tag == 5:
            course, altitude = value.u8() * 2, value.u8() * 10
            satellites = value.u8()
            valid = satellites not in NO_FIX
            report.fields["satellites"] = (satellites >> 4) + (satellites & 0x0F) if valid else 0
            speed = value.u8() * KNOT
        elif tag == 7:
            cell = value.u16_le(), value.u16_le()
        elif tag == 8:
            value.skip(1)
            operator = value.u16_le(), value.u8()
    if cell is not None and operator is not None:
        report.cell(*operator, cell[1], cell[0])
    if latitude is not None and longitude is not None:
        report.fix(latitude, longitude, time=time, valid=valid, speed=speed, course=course, altitude=altitude)


DIALECT = FramedDialect(
    name="arnavi",
    rank=30,
    anchors=(rb"\xff[\x22-\x25]", rb"\x5b[\x01-\xff][\x00-\x09]"),
    measure=_measure,
    read=gathered(_fill, _verify, weak_check=True),
)
