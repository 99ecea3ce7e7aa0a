"""Thuraya satellite trackers.

Source: read off the samples. ``23 54``, length of the whole frame (2), kind (2), unit (4), count (1), records, the
negated 16-bit byte sum of all before (2). A record is date and time as plain decimal numbers ``yyyymmdd`` and
``hhmmss`` (4 each), longitude and latitude in 1e-6 degrees, state and a text.
"""

from __future__ import annotations

import struct

from iotwatch.decode.fields import clock, on_globe
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.checksums import sum16
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at

HEAD, TAIL, BLOCK = 10, 2, 16
_PLACE = struct.Struct(">IIii")


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD or window[:2] != b"#T":
        return None
    size = int.from_bytes(window[2:4], "big")
    return size if HEAD + TAIL < size <= 2048 else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    if -sum16(frame[:-TAIL]) & 0xFFFF != int.from_bytes(frame[-TAIL:], "big"):
        return None
    fixes: list[Fix] = []
    at = HEAD + 1
    while at + BLOCK <= len(frame) - TAIL:
        date, time, longitude, latitude = _PLACE.unpack_from(frame, at)
        if not 20_000_000 < date < 20_400_000:
            at += 1
            continue
        longitude, latitude = longitude / 1e6, latitude / 1e6
        when = clock(date // 10_000, date // 100 % 100, date % 100, time // 10_000, time // 100 % 100, time % 100)
        if when is not None and on_globe(latitude, longitude):
            fixes.append(fix_at(latitude, longitude, (at, at + BLOCK), when, valid=True))
            at += BLOCK
        else:
            at += 1
    device = str(int.from_bytes(frame[6:10], "big"))
    kind = "position" if fixes else f"type {frame[4:6].hex()}"
    return Frame(kind=kind, fixes=tuple(fixes), device=device, device_at=(6, 10), checksum="ok")


DIALECT = FramedDialect(name="thuraya", anchors=(rb"#T[\x00-\x07][\x00-\xff]",), measure=_measure, read=_read)
