"""NDTP version 6 (Navigator Data Transfer Protocol).

Source: the public NDTP description for the layers and the navigation cell; head and CRC checked on a sample, the cell
was not seen. Network head: ``7E 7E``, length of what follows the head (2, little endian like all), flags (2),
CRC-16/MODBUS of what follows the head (2), kind (1), peer (4), request (2). Then service, type, flags (2 each) and request
(4). Service 0 type 100 is the login with IMEI and IMSI digits; service 1 types 100 and 101 carry cells of kind and number
(1 each); cell 0 is Unix time, longitude, latitude (4 each, 1e-7 degrees), and flags (7 valid, 6 east, 5 north).
"""

from __future__ import annotations

import re

from iotwatch.decode.fields import Cursor, unix_time
from iotwatch.decode.trackers.engine.checksums import crc16_modbus
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at
from iotwatch.model import Confidence

HEAD, BODY = 15, 25
CONTROL, NAVIGATION = 0, 1
LOGIN, HISTORY, REALTIME = 100, 100, 101
VALID, EAST, NORTH = 0x80, 0x40, 0x20
_IMEI = re.compile(rb"(?<!\d)\d{15}")


def _measure(window: bytes) -> int | None:
    return HEAD + int.from_bytes(window[2:4], "little") if len(window) >= HEAD and window[:2] == b"~~" else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    if crc16_modbus(frame[HEAD:]) not in {int.from_bytes(frame[6:8], "little"), int.from_bytes(frame[6:8], "big")}:
        return None
    cursor = Cursor(frame, HEAD)
    service, kind = cursor.u16_le(), cursor.u16_le()
    cursor.skip(6)
    if service == CONTROL and kind == LOGIN:
        found = _IMEI.search(frame, BODY)
        device, span = (found[0].decode(), found.span()) if found else ("", None)
        return Frame(kind="login", device=device, device_at=span, checksum="ok")
    if service != NAVIGATION or kind not in {HISTORY, REALTIME} or cursor.peek() != b"\0":
        return Frame(kind=f"service {service} type {kind}", checksum="ok")
    cursor.skip(2)
    start = cursor.at
    time = unix_time(cursor.u32_le())
    longitude, latitude, flags = abs(cursor.i32_le()) / 1e7, abs(cursor.i32_le()) / 1e7, cursor.u8()
    if time is None:
        return None
    fix = fix_at(
        latitude if flags & NORTH else -latitude,
        longitude if flags & EAST else -longitude,
        (start, cursor.at),
        time,
        valid=bool(flags & VALID),
    )
    return Frame(kind="position", fixes=(fix,), checksum="ok", confidence=Confidence.LIKELY)


DIALECT = FramedDialect(
    name="ndtpv6", rank=10, anchors=(rb"~~[\x00-\xff][\x00-\x07]",), measure=_measure, read=_read, limit=2048
)
