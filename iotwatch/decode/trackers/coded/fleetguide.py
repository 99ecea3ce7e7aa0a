"""FleetGuide trackers: UDP.

Source: reference samples. ``53`` flags and length(2 LE: bits 0-9 the content's length, bit 14 set when records are packed)
id(4 LE) number(1) content CRC-16/CCITT-FALSE(2 LE, from byte 1 on). A report is ``07 00`` time(4 LE, since 2010) five
bytes, latitude(4 LE) longitude(4 LE) as fractions of 90 and 180 degrees. Of packed records only the first is plain.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, unix_time
from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.decode.trackers.engine.frames import FramedDialect
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.words.kinds import Kind

EPOCH = 1_262_304_000  # 2010-01-01 in Unix seconds
FULL = (1 << 32) - 1
HEAD, AROUND = 8, 10
PACKED = 0x4000
REPORT = b"\x07\x00"
WITH_PLACE = 0x04


def _measure(window: bytes) -> int:
    if window[:1] != b"S" or len(window) < AROUND:
        return 0
    size = (int.from_bytes(window[1:3], "little") & 0x3FF) + AROUND
    return size if size <= len(window) else 0


def _verify(frame: bytes) -> str:
    return "ok" if crc16_ccitt_false(frame[1:-2]) == int.from_bytes(frame[-2:], "little") else "bad"


def _fill(frame: bytes, report: Report) -> None:
    report.device(str(int.from_bytes(frame[3:7], "little")), Kind.TERMINAL_SERIAL)
    packed = int.from_bytes(frame[1:3], "little") & PACKED
    if packed:
        report.doubts.append("packed records after the first were not read")
    cursor = Cursor(frame, HEAD + (1 if packed else 0), len(frame) - 2)
    if cursor.left < 19 or cursor.take(2) != REPORT:
        return
    time = unix_time(cursor.u32_le() + EPOCH)
    if time is None or cursor.take(5)[-1] != WITH_PLACE:
        return
    report.fix(cursor.u32_le() * 90 / FULL, cursor.u32_le() * 180 / FULL, time=time)


DIALECT = FramedDialect(
    name="fleetguide",
    rank=10,
    anchors=(rb"S[\s\S]{7}",),
    measure=_measure,
    read=gathered(_fill, _verify, strict=True),
    limit=2048,
    weak=True,
)
