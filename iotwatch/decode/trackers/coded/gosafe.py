"""Gosafe G1S, G6S, G3 and kin, binary form.

Source: reference facts (``F8`` ... ``F8``); the fields read off one sample. The frame is Ulbotech's: ``F8`` version type,
here the IMEI as a number(7), time (4: seconds since 2000), event(1), mask(2), CRC-16/XMODEM of all but the first F8, ``F8``;
F7 and F8 inside are sent as ``F7 00`` and ``F7 0F``. A mask with bit 0 brings a place: a mask(2) of its own, then satellites
and validity(1), latitude and longitude (4 each, 1e-6 degrees), speed, course, altitude, HDOP (2 each) as its bits say.
"""

from __future__ import annotations

from iotwatch.decode.fields import EARLIEST, Cursor, unix_time
from iotwatch.decode.trackers.engine.checksums import crc16_xmodem
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session
from iotwatch.decode.trackers.engine.report import Report
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.words.identity import is_imei

HEAD = 17
SHORTEST, LONGEST = HEAD + 3, 1024
ENDS = 16
PLACE = 1 << 0
STATE, DEGREES, SPEED, COURSE, ALTITUDE = (1 << bit for bit in range(5))
VALID = 0x40
SCALE = 1_000_000


def _plain(frame: bytes) -> bytes:
    return frame.replace(b"\xf7\x0f", b"\xf8").replace(b"\xf7\x00", b"\xf7")


def _is_whole(frame: bytes) -> bool:
    return len(frame) >= SHORTEST and crc16_xmodem(frame[1:-3]) == int.from_bytes(frame[-3:-1], "big")


def _measure(window: bytes) -> int | None:
    if len(window) < SHORTEST or not is_imei(f"{int.from_bytes(window[3:10], 'big'):015d}"):
        return None
    end = HEAD
    for _ in range(ENDS):
        end = window.find(b"\xf8", end + 1, LONGEST)
        if end < 0:
            break
        if any(_is_whole(form) for form in (window[: end + 1], _plain(window[: end + 1]))):
            return end + 1
    return None


def _read(frame: bytes, session: Session) -> Frame:  # noqa: ARG001
    plain = frame if _is_whole(frame) else _plain(frame)
    cursor = Cursor(plain, 3, len(plain) - 3)
    report = Report(len(frame))
    report.device(f"{cursor.uint(7):015d}")
    time = unix_time(cursor.u32() + EARLIEST)
    if time is None:
        raise DecodeError("a frame without a time")
    report.fields["event"] = cursor.u8()
    if cursor.u16() & PLACE:
        _read_place(cursor, time, report)
    report.confidence = Confidence.LIKELY  # one sample stands behind the fields, however right the sum
    return report.frame("ok")


def _read_place(cursor: Cursor, time: int, report: Report) -> None:
    mask = cursor.u16()
    state = cursor.u8() if mask & STATE else None
    if not mask & DEGREES:
        return
    latitude, longitude = cursor.i32() / SCALE, cursor.i32() / SCALE
    speed = cursor.u16() if mask & SPEED else None
    course = cursor.u16() if mask & COURSE else None
    altitude = cursor.i16() if mask & ALTITUDE else None
    valid = None if state is None else bool(state & VALID)
    report.fix(latitude, longitude, time=time, valid=valid, speed=speed, course=course, altitude=altitude)


DIALECT = FramedDialect(
    name="gosafe",
    rank=10,
    anchors=(rb"\xf8[\x00-\x20][\x00-\x20][\x00-\x03][\x00-\xff]{6}[\x10-\x48]",),
    measure=_measure,
    read=_read,
    limit=LONGEST,
)
