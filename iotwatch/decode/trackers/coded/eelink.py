"""EElink trackers: TCP, and UDP with an envelope.

Source: reference facts for EElink. ``67 67`` type(1) length(2, of what follows) sequence(2) content; over UDP an
envelope ``EL`` length(2) check(2) IMEI(8 BCD) goes before. Coordinates are signed degrees times 1,800,000. The
frames have no check value; the envelope's was not verified here.
"""

from __future__ import annotations

import re

from iotwatch.decode.fields import Cursor, bcd, clock, unix_time
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.words.identity import imei_of_bcd

SCALE = 1_800_000
ENVELOPE, ENVELOPE_SIZE = b"EL", 14
LOGIN, HEARTBEAT = 0x01, 0x03
PLACES = {0x02, 0x04, 0x05, 0x06}
LATER_PLACES = {0x12, 0x14, 0x15, 0x16}
TEXTS = {0x80, 0x81}
KNOWN = {LOGIN, HEARTBEAT, *PLACES, *LATER_PLACES, *TEXTS, 0x07, 0x0E, 0x0F, 0x11, 0x13, 0x17, 0x18, 0x1B}
_TEXT_PLACE = re.compile(rb"Lat:([NS])(\d{1,2}\.\d{1,8})\s{1,4}Lon:([EW])(\d{1,3}\.\d{1,8})")
_TEXT_TIME = re.compile(rb"Time:(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d)")


def _measure(window: bytes) -> int:
    before = 0
    if window[:2] == ENVELOPE and window[ENVELOPE_SIZE : ENVELOPE_SIZE + 2] == b"gg":
        before = ENVELOPE_SIZE
    head = window[before : before + 5]
    if len(head) < 5 or head[:2] != b"gg" or head[2] not in KNOWN:
        return 0
    size = int.from_bytes(head[3:5], "big")
    following = before + 5 + size
    alone = following >= len(window) or window[following : following + 2] in (b"gg", ENVELOPE, b"\r\n")
    stamp = int.from_bytes(window[before + 7 : before + 11], "big")
    dated = head[2] in PLACES | LATER_PLACES and size >= 20 and unix_time(stamp) is not None
    return before + 5 + size if 2 <= size <= 2048 and (alone or dated) else 0


def _fill(frame: bytes, report: Report) -> None:
    at = 0
    if frame[:2] == ENVELOPE:
        report.device(imei_of_bcd(bcd(frame[6:14])))
        at = ENVELOPE_SIZE
    kind = frame[at + 2]
    report.fields["type"] = f"{kind:02x}"
    cursor = Cursor(frame, at + 7)
    if kind == LOGIN:
        report.device(imei_of_bcd(cursor.bcd(8)))
    elif kind in PLACES:
        _read_place(cursor, report)
    elif kind in LATER_PLACES:
        _read_later_place(cursor, report)
    elif kind in TEXTS:
        _read_text(cursor.rest(), report)


def _read_place(cursor: Cursor, report: Report) -> None:
    """Time(4) latitude(4) longitude(4) speed(1, km/h) course(2) MCC(2) MNC(2) LAC(2) CID(3) status(1: bit 0 valid)."""
    if cursor.left < 25:
        return
    time = unix_time(cursor.u32())
    if time is None:
        raise DecodeError("an EElink report without a time")
    latitude, longitude = cursor.i32() / SCALE, cursor.i32() / SCALE
    speed, course = cursor.u8(), cursor.u16()
    report.cell(cursor.u16(), cursor.u16(), cursor.u16(), cursor.u24())
    report.fix(latitude, longitude, time=time, valid=bool(cursor.u8() & 1), speed=speed, course=course)


def _read_later_place(cursor: Cursor, report: Report) -> None:
    """Time(4) parts(1), then the parts: a place, MCC(2) MNC(2) LAC(2) CID(4) signal(1), two neighbours of LAC(2) CID(4)
    signal(1), three access points of BSSID(6) signal(1)."""
    time, parts = unix_time(cursor.u32()), cursor.u8()
    if time is None:
        raise DecodeError("an EElink report without a time")
    if parts & 1:
        latitude, longitude = cursor.i32() / SCALE, cursor.i32() / SCALE
        altitude, speed, course, satellites = cursor.i16(), cursor.u16(), cursor.u16(), cursor.u8()
        report.fields["satellites"] = satellites
        report.fix(latitude, longitude, time=time, valid=satellites > 0, altitude=altitude, speed=speed, course=course)
    mcc = mnc = 0
    if parts & 2:
        mcc, mnc = cursor.u16(), cursor.u16()
        report.cell(mcc, mnc, cursor.u16(), cursor.u32())
        cursor.skip(1)
    for bit in (4, 8):
        if parts & bit:
            report.cell(mcc, mnc, cursor.u16(), cursor.u32())
            cursor.skip(1)
    for bit in (16, 32, 64):
        if parts & bit:
            report.access_point(cursor.take(6), cursor.i8())


def _read_text(text: bytes, report: Report) -> None:
    place, stamp = _TEXT_PLACE.search(text), _TEXT_TIME.search(text)
    if not place:
        return
    time = None
    if stamp:
        year, month, day, hour, minute, second = (int(part) for part in stamp.groups())
        time = clock(year, month, day, hour, minute, second)
    latitude, longitude = float(place[2]), float(place[4])
    report.fix(
        -latitude if place[1] == b"S" else latitude,
        -longitude if place[3] == b"W" else longitude,
        time=time,
        valid=True,
    )


DIALECT = FramedDialect(
    name="eelink",
    anchors=(rb"gg[\x01-\x1f\x80\x81][\x00-\x04]", rb"EL[\x00-\x05]"),
    measure=_measure,
    read=gathered(_fill),
)
