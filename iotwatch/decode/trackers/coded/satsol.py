"""Satsol (SatSolution) terminals.

Source: read off one frame, whose checksum holds. Little endian: CRC-16/CCITT-FALSE of all that follows (2), ``BF 4C``,
unit (4), length of the records (2), records. A record is check (2), number (2), kind (2), length (2), then Unix time,
latitude and longitude (1e-6 degrees), speed, course and more.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, on_globe, unix_time
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at

HEAD, PLACE = 10, 12


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD or window[2:4] != b"\xbf\x4c":
        return None
    return HEAD + int.from_bytes(window[8:10], "little")


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    if crc16_ccitt_false(frame[2:]) != int.from_bytes(frame[:2], "little"):
        return None
    fixes: list[Fix] = []
    at = HEAD + 8
    while at + PLACE <= len(frame):
        cursor = Cursor(frame, at)
        time = unix_time(cursor.u32_le())
        latitude, longitude = cursor.i32_le() / 1e6, cursor.i32_le() / 1e6
        # the record's length stands right before its time, and its parts do not tell how long they are
        if time is not None and frame[at - 1] == 0 and frame[at - 3] == 0 and on_globe(latitude, longitude):
            fixes.append(fix_at(latitude, longitude, (at, at + PLACE), time))
            at += PLACE
        else:
            at += 1
    device = str(int.from_bytes(frame[4:8], "little"))
    return Frame(kind="records", fixes=tuple(fixes), device=device, device_at=(4, 8), checksum="ok")


DIALECT = FramedDialect(
    name="satsol", anchors=(rb"[\x00-\xff]{2}\xbf\x4c[\x00-\xff]{4}",), measure=_measure, read=_read
)
