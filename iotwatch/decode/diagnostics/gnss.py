"""Log code 0x1476, GNSS position report: where the modem's own receiver knows it is, once a second.

Layout of version 1, little-endian: openpilot's ``system/qcomgpsd/structs.py`` (``position_report``). Latitude and longitude are
radians in 64-bit floats at 40 and 48; the source of the fix stands at 5, GPS week and milliseconds at 23 and 25.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator

from iotwatch.decode.fields import gps_time, on_globe
from iotwatch.decode.message import Fix, Message
from iotwatch.errors import DecodeError
from iotwatch.read.diagnostics import LogPackets
from iotwatch.words.doubts import ReadingDoubt

POSITION = 0x1476
_VERSION = 1
_SMALLEST = 80
_NONE, _INJECTED, _DATABASE = 0, 3, 4
_NO_WEEK = 0xFFFF
_LEAP_SECONDS = 18  # GPS is ahead of UTC since 2017; reports of this form are younger
_HEAD = struct.Struct("<5xB17xHI11xddff4xff")


def positions(packets: LogPackets) -> Iterator[Message]:
    """A message for each report with a fix; ``DecodeError`` at the end when some have another layout."""
    unknown = list[int]()
    for number in packets.of(POSITION).tolist():
        body = packets.body(number)
        if len(body) < _SMALLEST or body[0] != _VERSION:
            unknown.append(body[0] if body else 0)
            continue
        found = _fix(body, packets.span(number)[0], packets.stamp(number))
        if found is not None:
            given = (ReadingDoubt.GIVEN_TO_RECEIVER(),) if body[5] in (_INJECTED, _DATABASE) else ()
            doubts = (ReadingDoubt.NO_SAMPLE(), *given)
            yield Message("diag", packets, packets.span(number), packets.stamp(number), fixes=(found,), doubts=doubts)
    if unknown:
        versions = ", ".join(map(str, sorted(set(unknown))))
        raise DecodeError(f"{len(unknown)} GNSS position reports (0x1476) are of another layout: version {versions}")


def _fix(body: bytes, at: int, stamp: int | None) -> Fix | None:
    source, week, milliseconds, latitude, longitude, altitude, heading, east, north = _HEAD.unpack_from(body)
    if source == _NONE:
        return None
    latitude, longitude = math.degrees(latitude), math.degrees(longitude)
    if not on_globe(latitude, longitude):
        return None
    time = gps_time(milliseconds / 1000 - _LEAP_SECONDS, week) if week != _NO_WEEK else None
    speed = math.hypot(east, north) * 3.6
    return Fix(
        latitude,
        longitude,
        (at + 40, at + 56),
        time if time is not None else stamp,
        valid=source not in (_INJECTED, _DATABASE),
        speed=round(speed, 2) if math.isfinite(speed) and speed < 2000 else None,
        course=round(math.degrees(heading) % 360, 1) if math.isfinite(heading) else None,
        altitude=round(altitude, 1) if math.isfinite(altitude) and abs(altitude) < 20_000 else None,
    )
