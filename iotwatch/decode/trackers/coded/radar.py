"""Radar (Brazil) terminals.

Source: read off one frame of five records, whose checksum holds. Unit (4, from byte 2), time (4, from byte 7), length
of the whole frame (2, at byte 12), records, CRC-16/CCITT-FALSE of all before. What stands in a record depends on masks
that we do not know, so a place is found by its proof: the times of record and fix (Unix, less than a day
apart) right before latitude and longitude in 1/360000 degree.
"""

from __future__ import annotations

import struct

from iotwatch.decode.fields import on_globe, unix_time
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.checksums import crc16_ccitt_false
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at

HEAD, TAIL, BLOCK = 16, 2, 16
_PLACE = struct.Struct(">IIii")
SCALE = 360_000
DAY = 86_400


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD or unix_time(int.from_bytes(window[7:11], "big")) is None:
        return None
    size = int.from_bytes(window[12:14], "big")
    return size if HEAD + TAIL < size <= 2048 else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    if crc16_ccitt_false(frame[:-TAIL]) != int.from_bytes(frame[-TAIL:], "big"):
        return None
    sent = int.from_bytes(frame[7:11], "big")
    fixes: list[Fix] = []
    at = HEAD
    while at + BLOCK <= len(frame) - TAIL:
        recorded, measured, latitude, longitude = _PLACE.unpack_from(frame, at)
        if abs(recorded - measured) >= DAY or abs(recorded - sent) >= 366 * DAY:
            at += 1
            continue
        time, latitude, longitude = unix_time(measured), latitude / SCALE, longitude / SCALE
        if time is not None and on_globe(latitude, longitude):
            fixes.append(fix_at(latitude, longitude, (at, at + BLOCK), time))
            at += BLOCK
        else:
            at += 1
    device = str(int.from_bytes(frame[2:6], "big"))
    return Frame(kind="report", fixes=tuple(fixes), device=device, device_at=(2, 6), checksum="ok") if fixes else None


DIALECT = FramedDialect(
    name="radar",
    rank=10,
    anchors=(rb"[\x00-\xff]{2}\x00[\x00-\xff]{9}[\x00-\x08][\x00-\xff]",),
    measure=_measure,
    read=_read,
    limit=2048,
    weak=True,
)
