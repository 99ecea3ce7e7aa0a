"""JT/T 809, how Chinese platforms pass vehicles' places on to each other and to the state: TCP.

Source: JT/T 809-2011 section 4 (frame) and 5.3 (0x1200), from general knowledge: no sample was checked. ``5B`` length(4)
number(4) message(2) centre(4) version(3) encryption(1) key(4) body CRC-16/CCITT-FALSE(2) ``5D``; inside, 5B is sent as
``5A 01``, 5A as ``5A 02``, 5D as ``5E 01``, 5E as ``5E 02``. 0x1200: plate(21, GBK) colour(1) kind(2) length(4), then
the place (0x1202) or a count and places (0x1203). Times are GMT+8.
"""

from __future__ import annotations

from functools import lru_cache

from iotwatch.decode.fields import Cursor, clock
from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.decode.trackers.engine.frames import FramedDialect, checked
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence
from iotwatch.patterns import regex
from iotwatch.words.doubts import ReadingDoubt
from iotwatch.words.kinds import Kind

HEAD = 22
LONGEST = 8192
PLACE = 36
ZONE = 8
EXCHANGE, REAL_TIME, STORED = (0x1200, 0x9200), 0x1202, 0x1203
LOGIN = 0x1001
_PLAIN = {b"\x5a\x01": b"\x5b", b"\x5a\x02": b"\x5a", b"\x5e\x01": b"\x5d", b"\x5e\x02": b"\x5e"}
_ESCAPED = regex(rb"[\x5a\x5e][\x01\x02]")


@lru_cache(maxsize=4)
def _content(frame: bytes) -> bytes:
    """What stands between the flags, unescaped."""
    return _ESCAPED.sub(lambda found: _PLAIN[found[0]], frame[1:-1])


def _measure(window: bytes) -> int:
    stop = window.find(b"\x5d", 1) + 1
    if window[:1] != b"\x5b" or stop < HEAD + 4:
        return 0
    content = _content(window[:stop])
    return stop if int.from_bytes(content[:4], "big") == len(content) + 2 else 0


def _verify(frame: bytes) -> str:
    content = _content(frame)
    return checked(good=crc16_ccitt_false(content[:-2]) == int.from_bytes(content[-2:], "big"))


def _fill(frame: bytes, report: Report) -> None:
    content = _content(frame)
    cursor = Cursor(content, 0, len(content) - 2)
    cursor.skip(8)
    message, centre = cursor.u16(), cursor.u32()
    cursor.skip(3)
    encrypted = cursor.u8()
    cursor.skip(4)
    report.fields["type"], report.fields["centre"] = f"{message:04x}", centre
    report.confidence = Confidence.LIKELY
    if encrypted:
        report.doubts.append(ReadingDoubt.BODY_ENCRYPTED())
    elif message in EXCHANGE:
        _read_exchange(cursor, report)


def _read_exchange(cursor: Cursor, report: Report) -> None:
    plate = cursor.take(21).rstrip(b"\0 ").decode("gbk", "replace")
    cursor.skip(1)
    kind, size = cursor.u16(), cursor.u32()
    data = cursor.part(min(size, cursor.left))
    report.fields["kind"] = f"{kind:04x}"
    if plate and plate.isprintable():
        report.device(plate, Kind.PLATE)
    if kind & 0xFFF == REAL_TIME & 0xFFF:
        _read_place(data, report)
    elif kind & 0xFFF == STORED & 0xFFF:
        for _ in range(min(data.u8(), data.left // PLACE)):
            _read_place(data, report)


def _read_place(data: Cursor, report: Report) -> None:
    """Encryption(1) day(1) month(1) year(2) time(3), longitude(4) latitude(4) in 1e-6 degrees, speed(2) the recorder's
    speed(2) mileage(4) course(2) altitude(2) state(4: as in JT/T 808) alarm(4)."""
    if data.u8():
        raise DecodeError("the place is encrypted")
    day, month, year = data.u8(), data.u8(), data.u16()
    time = clock(year, month, day, data.u8(), data.u8(), data.u8(), zone=ZONE)
    longitude, latitude = data.u32() / 1e6, data.u32() / 1e6
    speed = data.u16()
    data.skip(6)
    course, altitude, state = data.u16(), data.u16(), data.u32()
    data.skip(4)
    if time is None:
        raise DecodeError("a place without a time")
    report.fix(
        -latitude if state & 4 else latitude,
        -longitude if state & 8 else longitude,
        time=time,
        valid=bool(state & 2),
        speed=speed,
        course=course,
        altitude=altitude,
    )


DIALECT = FramedDialect(
    name="jt809",
    rank=10,
    samples=0,
    anchors=(rb"\x5b\x00\x00[\x00-\x20][\x00-\xff]{5,8}[\x10-\x19\x90-\x99][\x00-\x0f]",),
    measure=_measure,
    read=gathered(_fill, _verify, strict=True),
    limit=LONGEST,
)
