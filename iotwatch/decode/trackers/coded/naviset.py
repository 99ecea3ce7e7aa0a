"""Naviset GT-10, GT-20 and kin.

Source: read off the samples, and the public description of the frame. Little endian: length less 4 in the lower 12 bits, kind in
the upper 2 (2), then for a head frame the unit (2) and its IMEI, for a data frame unit (2), mask of blocks (1) and equal
records, CRC-16/MODBUS of all before (2). A record begins with number (2), state (1), Unix time (4), latitude, longitude (1e-6
degrees), speed (2, 0.1 km/h); block 0: mask of fields (1), satellites (1, bit 7: the fix is valid), course (2) ... How long
it is depends on the masks; the number, which counts up, tells.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, on_globe, unix_time
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.checksums import crc16_modbus
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at
from iotwatch.errors import DecodeError
from iotwatch.model import Confidence

HEADER, DATA = 0, 1
KIND_SHIFT = 14
HEAD, TAIL, SHORTEST = 5, 2, 17
IMEI_DIGITS = 15


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD:
        return None
    word = int.from_bytes(window[:2], "little")
    size = (word & 0xFFF) + 4
    kind = word >> KIND_SHIFT
    least = 4 + IMEI_DIGITS if kind == HEADER else HEAD + SHORTEST
    if kind not in {HEADER, DATA} or not least + TAIL <= size <= len(window):
        return None
    # the CRC is slow to compute, so what is cheap to see is seen first
    return size if (_is_placed(window) if kind == DATA else window[4 : 4 + IMEI_DIGITS].isdigit()) else None


def _is_placed(window: bytes) -> bool:
    cursor = Cursor(window, HEAD + 3)
    time = unix_time(cursor.u32_le())
    return time is not None and on_globe(cursor.i32_le() / 1e6, cursor.i32_le() / 1e6)


def _read(frame: bytes, session: Session) -> Frame | None:
    if crc16_modbus(frame[:-TAIL]) != int.from_bytes(frame[-TAIL:], "little"):
        return None
    unit = str(int.from_bytes(frame[2:4], "little"))
    if int.from_bytes(frame[:2], "little") >> KIND_SHIFT == HEADER:
        digits = frame[4 : 4 + IMEI_DIGITS]
        if not digits.isdigit():
            return None
        return Frame(kind="login", device=digits.decode(), device_at=(4, 4 + IMEI_DIGITS), checksum="ok")
    fixes = _records(frame)
    if not fixes:
        return None
    # One record behind no login is of any length: a check value of 16 bits is all that speaks for it, and others have it by luck.
    confidence = None if session.device or len(fixes) > 1 else Confidence.POSSIBLE
    device = "" if session.device else unit
    return Frame(kind="position", fixes=fixes, device=device, device_at=(2, 4), checksum="ok", confidence=confidence)


def _records(frame: bytes) -> tuple[Fix, ...]:
    """The records, of the one length that lets all of them be records."""
    total = len(frame) - HEAD - TAIL
    for count in range(total // SHORTEST, 0, -1):
        if total % count:
            continue
        try:
            return tuple(_record(frame, n, total // count) for n in range(count))
        except DecodeError:
            continue
    return ()


def _record(frame: bytes, index: int, size: int) -> Fix:
    start = HEAD + index * size
    cursor = Cursor(frame, start)
    number = cursor.u16_le()
    first = int.from_bytes(frame[HEAD : HEAD + 2], "little")
    cursor.skip(1)
    time = unix_time(cursor.u32_le())
    if time is None or number != (first + index) & 0xFFFF:
        raise DecodeError("the records are not of this length")
    latitude, longitude, speed = cursor.i32_le() / 1e6, cursor.i32_le() / 1e6, cursor.u16_le() / 10
    valid = course = None
    if frame[HEAD - 1] & 1:  # block 0
        fields = cursor.u8()
        valid = bool(cursor.u8() >> 7) if fields & 1 else None
        course = cursor.u16_le() / 10 if fields & 2 else None
    return fix_at(latitude, longitude, (start, cursor.at), time, valid=valid, speed=speed, course=course)


DIALECT = FramedDialect(
    name="naviset",
    rank=10,
    anchors=(
        rb"[\x00-\xff][\x40-\x7f][\x00-\xff]{9}[\x38-\x83]",
        rb"[\x00-\xff][\x00-\x3f][\x00-\xff]{2}[0-9]{15}",
    ),
    measure=_measure,
    read=_read,
    weak=True,
)
