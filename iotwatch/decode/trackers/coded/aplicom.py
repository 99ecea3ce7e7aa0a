"""Aplicom A-series telematics units: TCP.

Source: reference samples; Aplicom's D, E, F and H protocols name the fields. Protocol(``D`` ``E`` ``F`` ``H``)
version(1: bit 7 an IMEI, bit 6 a selector) unit id(3) or IMEI(7, an integer), length(2), selector(3), content. The
selector's bits say which parts of a ``D`` report are there.
"""

from __future__ import annotations

import re

from iotwatch.decode.fields import SECOND, Cursor, unix_time
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.words.identity import is_imei
from iotwatch.words.kinds import Kind

NEAR = 30 * 86_400 * SECOND  # a report and its fix this close in time prove each other
WITH_IMEI, WITH_SELECTOR = 0x80, 0x40
TIME, PLACE, MOTION = 0x0004, 0x0008, 0x0010
TC65I_IMEIS = 0x1437207000000  # older units use a Siemens TC65i modem: its IMEI is this plus the unit id
D_SELECTOR = 0x0002FC  # what a D report without a selector holds
_VIN = re.compile(rb"(?<![A-Z0-9])[A-HJ-NPR-Z0-9]{3}(?=[A-Z0-9]*\d)[A-HJ-NPR-Z0-9]{14}(?![A-Z0-9])")


def _measure(window: bytes) -> int:
    head = window[:14]
    if len(head) < 14 or head[0] not in b"DEFH" or not 1 <= head[1] & 0x3F <= 15:
        return 0
    size = 7 if head[1] & WITH_IMEI else 3
    if size == 7 and not is_imei(str(int.from_bytes(head[2:9], "big"))):
        return 0
    length = int.from_bytes(head[2 + size : 4 + size], "big")
    if length < 8:
        return 0
    total = 4 + size + (3 if head[1] & WITH_SELECTOR else 0) + length
    return min(total, len(window)) if size == 7 or total == len(window) else 0


def _fill(frame: bytes, report: Report) -> None:
    cursor = Cursor(frame)
    protocol, version = cursor.ascii(1), cursor.u8()
    report.fields["type"] = protocol
    unit = cursor.uint(7 if version & WITH_IMEI else 3)
    if not version & WITH_IMEI and is_imei(str(TC65I_IMEIS + unit)):
        unit += TC65I_IMEIS
    report.device(str(unit), None if is_imei(str(unit)) else Kind.TERMINAL_SERIAL)
    cursor.skip(2)
    selector = cursor.u24() if version & WITH_SELECTOR else D_SELECTOR
    report.confidence = Confidence.POSSIBLE
    if protocol == "D":
        _read_report(cursor, selector, report)
    elif protocol == "E" and (vin := _VIN.search(frame)):
        report.vin = vin.group().decode("ascii")


def _read_report(cursor: Cursor, selector: int, report: Report) -> None:
    """Event(1) its detail(1) [flags(1: bit 6 valid)] [time(4)] [fix time(4) latitude(4) longitude(4) satellites(1)]."""
    report.fields["event"] = cursor.u8()
    cursor.skip(1)
    flags = cursor.u8() if selector & PLACE else 0
    sent = unix_time(cursor.u32()) if selector & TIME else None
    if selector & TIME and sent is None:
        raise DecodeError("an Aplicom report without a time")
    if not selector & PLACE:
        return
    time = unix_time(cursor.u32())
    if sent is not None and time is not None and abs(sent - time) < NEAR:
        report.confidence = Confidence.LIKELY
    latitude, longitude = cursor.i32() / 1e6, cursor.i32() / 1e6
    report.fields["satellites"] = cursor.u8()
    speed = course = None
    if selector & MOTION and cursor.left >= 3:
        speed = cursor.u8()
        cursor.skip(1)
        course = cursor.u8() * 2
    report.fix(latitude, longitude, time=time or sent, valid=bool(flags & 0x40), speed=speed, course=course)


DIALECT = FramedDialect(
    name="aplicom",
    anchors=(rb"[DEFH][\x00-\x0f\x40-\x4f\x80-\x8f\xc0-\xcf]",),
    measure=_measure,
    read=gathered(_fill),
    limit=1 << 16,
)
