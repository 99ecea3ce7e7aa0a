"""ADM (Neomatica) trackers: TCP.

Source: reference samples of ADM; the ADM100/ADM300 exchange protocol names the fields. Id(2 LE) size(1, of the whole
frame) type(1): ``03`` is a login with the IMEI, bit 7 or the low types a report. No check value in reports.
"""

from __future__ import annotations

import re

from iotwatch.decode.fields import Cursor, clock, unix_time
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.words.identity import is_imei

LOGIN, LOGIN_SIZE = 0x03, 0x42
ANSWER_SIZE = 0x84
SHORTEST_REPORT, LONGEST_REPORT = 34, 128
_ANSWER = re.compile(
    r"time=(\d\d):(\d\d):(\d\d) (\d\d)\.(\d\d)\.(\d\d) Val=(\d) Lat=(-?\d{1,2}\.\d+) Lon=(-?\d{1,3}\.\d+)",
    re.IGNORECASE,
)


def _measure(window: bytes) -> int:
    head = window[:4]
    if len(head) < 4:
        return 0
    size = head[2]
    if head[2:4] == bytes((LOGIN_SIZE, LOGIN)) or size == ANSWER_SIZE:
        return size
    plausible = SHORTEST_REPORT <= size <= LONGEST_REPORT and _block(window[:SHORTEST_REPORT]) is not None
    return size if plausible else 0


def _verify(frame: bytes) -> str:
    if frame[3] != LOGIN or frame[2] != LOGIN_SIZE:
        return "none"
    return "ok" if xor8(frame) == 0 else "bad"


def _fill(frame: bytes, report: Report) -> None:
    if frame[2] == LOGIN_SIZE and frame[3] == LOGIN:
        imei = frame[4:19].decode("latin-1")
        if not is_imei(imei):
            raise DecodeError("an ADM login without an IMEI")
        report.device(imei)
    elif frame[2] == ANSWER_SIZE:
        _read_answer(frame[3:], report)
    elif block := _block(frame):
        latitude, longitude, course, speed, altitude, satellites, time = block
        report.fields["satellites"] = satellites
        report.fix(
            latitude,
            longitude,
            time=time,
            valid=satellites > 0,
            speed=speed,
            course=course,
            altitude=altitude,
        )
    else:
        raise DecodeError("an ADM report without a place")


def _block(frame: bytes) -> tuple[float, float, float, float, int, int, int] | None:
    """Firmware(1) index(2) status(2) latitude, longitude (float LE) course(2, 0.1) speed(2, 0.1 km/h) acceleration(1)
    altitude(2) hdop(1) satellites(low nibble) time(4, Unix); all little endian, from byte 4 on."""
    if len(frame) < 32:
        return None
    cursor = Cursor(frame, 9)
    latitude, longitude = cursor.f32_le(), cursor.f32_le()
    course, speed = cursor.u16_le() / 10, cursor.u16_le() / 10
    cursor.skip(1)
    altitude = cursor.i16_le()
    cursor.skip(1)
    satellites = cursor.u8() & 0x0F
    time = unix_time(cursor.u32_le())
    if time is None or not (-90 <= latitude <= 90 and -180 <= longitude <= 180) or course > 360:
        return None
    if 0 < abs(latitude) < 1e-6 or 0 < abs(longitude) < 1e-6:
        return None  # what integers look like when they are read as floating point
    return latitude, longitude, course, speed, altitude, satellites, time


def _read_answer(data: bytes, report: Report) -> None:
    """The answer to a command is text, padded with zero bytes."""
    text = data.rstrip(b"\0")
    if not text.isascii() or not text.decode("ascii").isprintable() or not text:
        raise DecodeError("an ADM answer that is not text")
    report.fields["text"] = text.decode("ascii")
    if found := _ANSWER.search(report.fields["text"]):
        hour, minute, second, day, month, year, valid = (int(group) for group in found.groups()[:7])
        time = clock(year, month, day, hour, minute, second)
        report.fix(float(found[8]), float(found[9]), time=time, valid=valid == 1)


DIALECT = FramedDialect(
    name="adm",
    rank=30,
    anchors=(rb"[\s\S]{2}\x42\x03\d{15}", rb"[\s\S]\x00[\x22-\x80\x84]"),
    measure=_measure,
    read=gathered(_fill, _verify),
    sync=rb"..(?:\x42\x03\d{15}|[\x22-\x80\x84])",
)
