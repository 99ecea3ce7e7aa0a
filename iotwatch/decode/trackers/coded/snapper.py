"""Snapper alarm panels and trackers.

Source: public descriptions, held against samples. ``4B`` version(1) bonus(4) id(4) encryption(2) length of the data(4) flags(1),
three bytes, index(2) sum of the data(1) kind(2) data; all little endian. Kind 0x37 is a package: count(2), then parts of
kind(2) length(2) data. Kind 0x32 is a JSON object of strings: time ``t``, date ``d``, latitude ``la`` and longitude ``lo`` as
``ddmm.mmmm``, and in hexadecimal flags ``f``: bit 1 the fix, 6 north, 7 east.
"""

from __future__ import annotations

from typing import Any

import msgspec

from iotwatch.decode.fields import Cursor, clock, degrees_minutes
from iotwatch.decode.trackers.engine.checksums import sum8
from iotwatch.decode.trackers.engine.frames import KNOT, FramedDialect, checked
from iotwatch.decode.trackers.engine.report import Report, gathered
from iotwatch.errors import DecodeError

HEAD = 25
GPS, PACKAGE = 0x32, 0x37
LONGEST = 4096
FIX, NORTH, EAST = 1 << 1, 1 << 6, 1 << 7


def _measure(window: bytes) -> int | None:
    size = HEAD + int.from_bytes(window[12:16], "little")
    return size if len(window) >= HEAD and HEAD < size <= LONGEST else None


def _verify(frame: bytes) -> str:
    return checked(good=sum8(frame[HEAD:]) == frame[22])


def _fill(frame: bytes, report: Report) -> None:
    report.device(str(int.from_bytes(frame[6:10], "little")))
    report.fields["type"] = "status"
    if frame[10:12] != bytes(2):
        report.fields["encrypted"] = True
        return
    cursor = Cursor(frame, 23)
    kind = cursor.u16_le()
    if kind == GPS:
        _place(cursor.rest(), report)
    elif kind == PACKAGE:
        for _ in range(cursor.u16_le()):
            part, size = cursor.u16_le(), cursor.u16_le()
            value = cursor.take(size)
            if part == GPS:
                _place(value, report)


def _place(value: bytes, report: Report) -> None:
    """A place where the object names one; one without is what a receiver without a fix says."""
    try:
        said: dict[str, Any] = msgspec.json.decode(value, type=dict[str, Any])
        latitude, longitude = degrees_minutes(float(said["la"])), degrees_minutes(float(said["lo"]))
        time, date, flags = int(said["t"]), int(said["d"]), int(said["f"], 16)
    except (msgspec.DecodeError, DecodeError, KeyError, TypeError, ValueError):
        return
    speed = str(said.get("s", ""))
    report.fields["type"] = "position"
    report.fix(
        latitude if flags & NORTH else -latitude,
        longitude if flags & EAST else -longitude,
        time=clock(date % 100, date // 100 % 100, date // 10_000, time // 10_000, time // 100 % 100, time % 100),
        valid=bool(flags & FIX),
        speed=float(speed) * KNOT if speed.replace(".", "", 1).isdecimal() else None,
    )


DIALECT = FramedDialect(
    name="snapper",
    rank=30,
    anchors=(rb"K[\x00-\x1f][\x00-\xff]{4}",),
    measure=_measure,
    read=gathered(_fill, _verify, weak_check=True, strict=True),
)
