"""CalAmp LM Direct: UDP, 20500 in the field.

Source: reference facts for CalAmp; the LM Direct Reference Guide names the fields. Options(1, bit 7 set) bring parts
of length(1) value: mobile id (bit 0), its type (bit 1), authentication (2), routing (3), forwarding (4), redirection
(5). Then service(1) type(1) sequence(2) and the message. No check value. Without options nothing but two times that are near
tells an event, and the server knows its sender by the address.
"""

from __future__ import annotations

import struct

from iotwatch.decode.fields import Cursor, unix_time
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.words.identity import is_imei
from iotwatch.words.kinds import Kind

EVENT, IDENTITY, USER_DATA, LOCATE, MINI_EVENT = 2, 3, 4, 8, 10
SERVICES = range(4)
MOST_TYPES = 12
SHORTEST_EVENT = 36
MONTH_S = 30 * 86_400
ID_KINDS = {1: Kind.TERMINAL_SERIAL, 2: Kind.IMEI, 3: Kind.IMSI, 4: Kind.TERMINAL_USER, 5: Kind.PHONE, 6: Kind.ADDRESS}
_VIN = regex(rb"VIN=([A-HJ-NPR-Z0-9]{17})\b")


def _measure(window: bytes) -> int:
    try:
        _fill(window[:2048], Report())
    except DecodeError:
        return 0
    return len(window)


def _fill(frame: bytes, report: Report) -> None:
    cursor = Cursor(frame)
    named = bool(frame[:1] and frame[0] & 0x80)
    if named:
        _read_options(cursor, report)
    service, kind = cursor.u8(), cursor.u8()
    cursor.skip(2)
    if service not in SERVICES or kind > MOST_TYPES or named != bool(report.device_ids):
        raise DecodeError("not a CalAmp message")
    if not named and not _looks_placed(frame, kind):
        raise DecodeError("a CalAmp message without a name or a place")
    report.fields["type"] = kind
    if kind in (EVENT, USER_DATA, LOCATE) and cursor.left >= 32:
        _read_event(cursor, report, need_time=kind != USER_DATA)
    elif kind == MINI_EVENT:
        _read_mini_event(cursor, report)
    elif kind == IDENTITY and (vin := _VIN.search(frame)):
        report.vin = vin[1].decode("ascii")
    if not named or not (report.fixes or report.vin):
        report.confidence = Confidence.POSSIBLE


def _looks_placed(frame: bytes, kind: int) -> bool:
    """Whether what no options announce is an event: two times that are near, a place and a course in their ranges."""
    if kind not in (EVENT, USER_DATA, LOCATE) or len(frame) < SHORTEST_EVENT:
        return False
    sent, fixed, latitude, longitude, course = struct.unpack_from(">IIii8xH", frame, 4)
    on_earth = abs(latitude) <= 900_000_000 and abs(longitude) <= 1_800_000_000
    known = unix_time(sent) is not None and unix_time(fixed) is not None
    return known and abs(sent - fixed) < MONTH_S and on_earth and course <= 360


def _read_options(cursor: Cursor, report: Report) -> None:
    options = cursor.u8()
    if not options & 0x80 or not options & 1 or options & 0x40:
        raise DecodeError("a CalAmp message without a mobile id")
    digits = cursor.take(cursor.u8()).hex().rstrip("f")
    kind = 0
    for bit in range(1, 6):
        if options >> bit & 1:
            value = cursor.take(cursor.u8())
            if bit == 1 and len(value) == 1:
                kind = value[0]
    if not digits.isdecimal() or not 2 <= len(digits) <= 20 or kind > 6:
        raise DecodeError("a CalAmp mobile id is packed digits")
    imei = digits.lstrip("0") if len(digits) == 16 else digits
    report.device(
        imei if is_imei(imei) else digits, None if is_imei(imei) else ID_KINDS.get(kind, Kind.TERMINAL_SERIAL)
    )


def _read_event(cursor: Cursor, report: Report, *, need_time: bool) -> None:
    """Time(4) fix time(4) latitude(4) longitude(4), times 1e7, altitude(4, cm) speed(4, cm/s) course(2) satellites(1)
    fix status(1: bit 3 invalid)."""
    sent, fixed = unix_time(cursor.u32()), unix_time(cursor.u32())
    if sent is None and fixed is None:
        if need_time:
            raise DecodeError("a CalAmp event without a time")
        return
    latitude, longitude = cursor.i32() / 1e7, cursor.i32() / 1e7
    altitude, speed, course = cursor.i32() / 100, cursor.u32() * 0.036, cursor.u16()
    report.fields["satellites"] = cursor.u8()
    status = cursor.u8()
    report.fix(
        latitude,
        longitude,
        time=fixed or sent,
        valid=not status & 0x08,
        altitude=altitude,
        speed=speed,
        course=course,
    )


def _read_mini_event(cursor: Cursor, report: Report) -> None:
    """Time(4) latitude(4) longitude(4) course(2) speed(1, km/h) satellites(low nibble) and fix status."""
    time = unix_time(cursor.u32())
    if time is None:
        raise DecodeError("a CalAmp mini event without a time")
    latitude, longitude = cursor.i32() / 1e7, cursor.i32() / 1e7
    course, speed = cursor.u16(), cursor.u8()
    status = cursor.u8()  # low nibble: satellites; bit 5: no fix
    report.fields["satellites"] = status & 0x0F
    report.fix(latitude, longitude, time=time, valid=not status & 0x20, course=course, speed=speed)


DIALECT = FramedDialect(
    name="calamp",
    anchors=(
        rb"[\x81-\xbf][\x01-\x08][\x00-\x99]",
        rb"[\x00-\x02][\x02\x04\x08][\s\S]{2}[\x38-\x83][\s\S]{3}[\x38-\x83]",
    ),
    measure=_measure,
    read=gathered(_fill),
    limit=1 << 16,
    sync=rb"[\x83\x87\x8b\x93][\x01-\x08]",
)
