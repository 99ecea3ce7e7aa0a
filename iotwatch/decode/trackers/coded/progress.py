"""Progress trackers.

Source: head, login and CRC read off a sample; the record's layout is general knowledge and was not seen. Little endian:
kind (2), length less 8 (2), body, CRC-32 of all before (4). Kinds 1 and 2 are logins: number (4), then texts of length (2)
and characters: version, IMEI, IMSI. Kind 10 is a position: number, Unix time, latitude and longitude as fractions of
180 degrees (4 each), speed (4), course and altitude (2 each, hundredths).
"""

from __future__ import annotations

import zlib

from iotwatch.decode.fields import Cursor, text, unix_time
from iotwatch.decode.message import Trait
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at
from iotwatch.model import Confidence

LOGINS, POSITION = {1, 2}, 10
KINDS = {1: "login", 2: "login", POSITION: "position", 100: "log", 101: "log", 102: "text", 200: "alarm", 201: "alarm"}
HEAD, TAIL = 4, 4
UNIT = 180 / 0x7FFFFFFF


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD or int.from_bytes(window[:2], "little") not in KINDS:
        return None
    return HEAD + int.from_bytes(window[2:4], "little") + TAIL


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    if len(frame) < HEAD + TAIL + 8 or zlib.crc32(frame[:-TAIL]) != int.from_bytes(frame[-TAIL:], "little"):
        return None
    kind = int.from_bytes(frame[:2], "little")
    cursor = Cursor(frame, HEAD, len(frame) - TAIL)
    if kind in LOGINS:
        cursor.skip(4)
        _, device, subscriber = (text(cursor.take(cursor.u16_le())) for _ in range(3))
        traits = (Trait("imsi", subscriber, (cursor.at - len(subscriber), cursor.at)),) if subscriber else ()
        return Frame(kind="login", device=device, aliases=(subscriber,), traits=traits, checksum="ok")
    if kind != POSITION:
        return Frame(kind=KINDS[kind], checksum="ok")
    start = cursor.at
    cursor.skip(4)
    time = unix_time(cursor.u32_le())
    latitude, longitude = cursor.i32_le() * UNIT, cursor.i32_le() * UNIT
    speed, course, altitude = cursor.u32_le() / 100, cursor.u16_le() / 100, cursor.u16_le() / 100
    if time is None:
        return None
    fix = fix_at(
        latitude, longitude, (start, cursor.at), time, valid=True, speed=speed, course=course, altitude=altitude
    )
    return Frame(kind="position", fixes=(fix,), checksum="ok", confidence=Confidence.LIKELY)


DIALECT = FramedDialect(
    name="progress",
    rank=10,
    anchors=(rb"[\x01\x02\x0a\x64-\x66\xc8\xc9]\x00[\x00-\xff][\x00-\x07]",),
    measure=_measure,
    read=_read,
    limit=2048,
    weak=True,
)
