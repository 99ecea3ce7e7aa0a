"""Meitrack's binary bodies CCC and CCE behind the ASCII head of its text reports: TCP and UDP.

Source: reference facts for Meitrack; the Meitrack GPRS protocol names the fields. ``$$`` flag(1) length(digits) ``,``
IMEI ``,CCC,`` or ``,CCE,`` body ``*`` sum(2 hex digits) CR LF; the length counts from the comma after it. The sum is of
all bytes up to and with the ``*``. Times count seconds since 2000; all integers are little endian.
"""

from __future__ import annotations

import re

from iotwatch.decode.fields import Cursor, unix_time
from iotwatch.decode.trackers.engine.checksums import sum8
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.patterns import regex

EPOCH = 946_684_800  # 2000-01-01 in Unix seconds
EVENT, LATITUDE, LONGITUDE, TIME, VALID, SATELLITES, SPEED, COURSE, ALTITUDE, CELL = 1, 2, 3, 4, 5, 6, 8, 9, 11, 14
_MOST_RECORDS = 512
_HEAD = regex(rb"\$\$.(\d{1,5}),(\d{10,16}),(CCC|CCE),", re.DOTALL)


def _measure(window: bytes) -> int:
    head = _HEAD.match(window)
    if head is None:
        return 0
    size = head.end(1) + int(head[1])
    return size if size <= len(window) and window[size - 5 : size - 4] == b"*" else len(window)


def _verify(frame: bytes) -> str:
    if frame[-5:-4] != b"*" or frame[-2:] != b"\r\n":
        return "none"
    return "ok" if f"{sum8(frame[:-4]):02X}".encode() == frame[-4:-2].upper() else "bad"


def _fill(frame: bytes, report: Report) -> None:
    head = _HEAD.match(frame)
    if head is None:
        raise DecodeError("a Meitrack report without a head")
    report.device(head[2].decode("ascii"))
    report.fields["type"] = head[3].decode("ascii")
    end = len(frame) - 5 if frame[-5:-4] == b"*" and frame[-2:] == b"\r\n" else len(frame)
    cursor = Cursor(frame, head.end(), end)
    if head[3] == b"CCC":
        _read_fixed(cursor, report)
    else:
        _read_grouped(cursor, report)


def _read_fixed(cursor: Cursor, report: Report) -> None:
    """Version(2) record size(2) left in store(4), then records of event(1) latitude(4) longitude(4) time(4) valid(1)
    satellites(1) signal(1) speed(2) course(2) hdop(2) altitude(2) mileage(4) uptime(4) MCC(2) MNC(2) LAC(2) CID(2) ..."""
    cursor.skip(2)
    size = cursor.u16_le()
    cursor.skip(4)
    if not 30 <= size <= 200:
        raise DecodeError("a Meitrack CCC record has an impossible size")
    while cursor.left >= size and len(report.fixes) < _MOST_RECORDS:
        record = cursor.part(size)
        report.fields["event"] = record.u8()
        latitude, longitude = record.i32_le() / 1e6, record.i32_le() / 1e6
        time = unix_time(record.u32_le() + EPOCH)
        valid = record.u8() in (1, 0x41)
        record.skip(2)
        speed, course = record.u16_le(), record.u16_le()
        record.skip(2)
        altitude = record.i16_le()
        report.fix(latitude, longitude, time=time, valid=valid, speed=speed, course=course, altitude=altitude)
        if record.left >= 16:
            record.skip(8)
            report.cell(record.u16_le(), record.u16_le(), record.u16_le(), record.u16_le())


def _read_grouped(cursor: Cursor, report: Report) -> None:
    """Left in store(4) records(2), then records of length(2) ids(2) and four groups: values of 1, 2, 4 and counted bytes."""
    cursor.skip(4)
    for _ in range(min(cursor.u16_le(), _MOST_RECORDS)):
        if cursor.left < 4:
            return
        record = cursor.part(min(cursor.u16_le(), cursor.left))
        record.skip(2)
        values: dict[int, Cursor] = {}
        for size in (1, 2, 4, 0):
            if not record.left:
                break
            for _ in range(record.u8()):
                key = record.u8()
                if key == 0xFE:
                    key = key << 8 | record.u8()
                values[key] = record.part(size or record.u8())
        _add_record(values, report)


def _number(values: dict[int, Cursor], key: int) -> int | None:
    value = values.get(key)
    return None if value is None else int.from_bytes(value.rest(), "little", signed=True)


def _add_record(values: dict[int, Cursor], report: Report) -> None:
    if CELL in values and values[CELL].left >= 10:
        cell = values[CELL]
        report.cell(cell.u16_le(), cell.u16_le(), cell.u16_le(), cell.u32_le())
    latitude, longitude, seconds = _number(values, LATITUDE), _number(values, LONGITUDE), _number(values, TIME)
    if latitude is None or longitude is None:
        return
    report.fix(
        latitude / 1e6,
        longitude / 1e6,
        time=None if seconds is None else unix_time((seconds & 0xFFFFFFFF) + EPOCH),
        valid=_number(values, VALID) == 1,
        speed=_number(values, SPEED),
        course=_number(values, COURSE),
        altitude=_number(values, ALTITUDE),
    )


DIALECT = FramedDialect(
    name="meitrack",
    rank=30,
    anchors=(rb"\$\$[\s\S]\d{1,5},\d{10,16},CC[CE],",),
    measure=_measure,
    read=gathered(_fill, _verify),
    limit=1 << 14,
)
