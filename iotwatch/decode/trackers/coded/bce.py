"""BCE (FM Light and FM Blue) trackers: TCP.

Source: reference samples; BCE's exchange protocol names the fields. IMEI(8 LE), then length(2 LE) type(1) key(1)
structures; the last byte is the sum of all before it. A structure is length(1) time(4 LE, its low nibble the kind)
masks(2 LE each, bit 15 of one announces the next) values; bit 0 of the first mask is the fix.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, unix_time
from iotwatch.decode.trackers.engine.checksums import sum8
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError
from iotwatch.words.identity import is_imei

STACKS = (0xA0, 0xA5)  # triggered by time, sent when they come
EPOCH = 0x47798280  # 2008-01-01 in Unix seconds
DATA_KIND = 7
WORDS, UNKNOWN, WITH_CELL = 0x03FE, 0x3C00, 0x4000  # bits of the first mask
HEAD = 10


def _measure(window: bytes) -> int:
    if len(window) < HEAD + 3 or not is_imei(str(int.from_bytes(window[:8], "little"))):
        return 0
    return HEAD + int.from_bytes(window[8:HEAD], "little") + 1


def _verify(frame: bytes) -> str:
    return "ok" if sum8(frame[:-1]) == frame[-1] else "bad"


def _fill(frame: bytes, report: Report) -> None:
    report.device(str(int.from_bytes(frame[:8], "little")))
    if not report.device_ids:
        raise DecodeError("a BCE frame without an IMEI")
    kind = frame[HEAD]
    report.fields["type"] = f"{kind:02x}"
    cursor = Cursor(frame, HEAD + 2, len(frame) - 1)
    while kind in STACKS and cursor.left > 5:
        _read_structure(cursor.part(min(cursor.u8(), cursor.left)), report)


def _read_structure(cursor: Cursor, report: Report) -> None:
    """Time and masks, then a fix, words (bits 1 to 9), and MCC(2 LE) MNC(1) LAC(2 LE) CID(2 LE)."""
    if cursor.left < 4:
        return
    stamp = cursor.u32_le()
    if stamp & 0x0F != DATA_KIND or cursor.left < 2:
        return
    first = mask = cursor.u16_le()
    while mask & 0x8000 and cursor.left >= 2:
        mask = cursor.u16_le()
    if first & 1:
        _read_fix(cursor, unix_time((stamp >> 4 << 1) + EPOCH), report)
    if first & WITH_CELL and not first & UNKNOWN:
        cursor.skip(2 * (first & WORDS).bit_count())
        mcc, mnc = cursor.u16_le(), cursor.u8()
        report.cell(mcc, mnc, cursor.u16_le(), cursor.u16_le())


def _read_fix(cursor: Cursor, time: int | None, report: Report) -> None:
    """Longitude, latitude (float LE) speed(1, km/h) satellites and hdop(1) course(1, 2 degrees) altitude(2 LE)
    odometer(4 LE)."""
    longitude, latitude = cursor.f32_le(), cursor.f32_le()
    speed, quality, course = cursor.u8(), cursor.u8(), cursor.u8() * 2
    report.fields["satellites"] = quality & 0x0F
    report.fix(
        latitude,
        longitude,
        time=time,
        valid=True,
        speed=speed,
        course=course,
        altitude=cursor.i16_le(),
    )
    cursor.skip(4)


DIALECT = FramedDialect(
    name="bce",
    rank=30,
    anchors=(rb"[\s\S]{6}[\x00-\x03]\x00[\s\S][\x00-\x04][\x41\xa0\xa5\xc0\xc1]",),
    measure=_measure,
    read=gathered(_fill, _verify, weak_check=True),
)
