"""Snapper alarm panels and trackers.

Source: read off the samples. ``4B`` and a kind (1), four bytes, id (4, little endian), two bytes, length of what
follows the 25-byte head (4, little endian), elements of number and length (2 each, little endian). Element 0x32 is a
JSON object of strings: fix ``f``, time ``t``, date ``d``, latitude ``la`` and longitude ``lo`` as ``ddmm.mmmm``.
"""

from __future__ import annotations

from typing import Any

import msgspec

from iotwatch.decode.fields import clock, degrees_minutes
from iotwatch.decode.message import Fix
from iotwatch.decode.trackers.engine.frames import KNOT, Frame, FramedDialect, Session, fix_at

HEAD = 25
GPS = b"\x32\0"


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD or window[0] != ord("K"):
        return None
    size = HEAD + int.from_bytes(window[12:16], "little")
    return size if HEAD + 8 < size <= 4096 and window[size - 1 : size] in {b"}", b""} else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    element = _element(frame)
    if element is None and b'{"' not in frame:
        return None
    fix = _fix(frame[slice(*element)], element) if element else None
    device = str(int.from_bytes(frame[6:10], "little"))
    fixes = (fix,) if fix is not None else ()
    return Frame(kind="position" if fix else "status", fixes=fixes, device=device, device_at=(6, 10))


def _element(frame: bytes) -> tuple[int, int] | None:
    """Where the object of element 0x32 stands: its length must end at a brace and at an element or the end."""
    at = frame.find(GPS, HEAD)
    while at >= 0:
        start = at + 4
        end = start + int.from_bytes(frame[at + 2 : at + 4], "little")
        if frame[start : start + 2] == b'{"' and frame[end - 1 : end] == b"}":
            return start, end
        at = frame.find(GPS, at + 1)
    return None


def _fix(value: bytes, span: tuple[int, int]) -> Fix | None:
    try:
        said: dict[str, Any] = msgspec.json.decode(value, type=dict[str, Any])
        latitude, longitude = degrees_minutes(float(said["la"])), degrees_minutes(float(said["lo"]))
        time, date = int(said["t"]), int(said["d"])
    except (msgspec.DecodeError, KeyError, TypeError, ValueError):
        return None
    when = clock(date % 100, date // 100 % 100, date // 10_000, time // 10_000, time // 100 % 100, time % 100)
    hemispheres = str(said.get("f", ""))
    speed = str(said.get("s", ""))
    return fix_at(
        -latitude if "S" in hemispheres else latitude,
        -longitude if "W" in hemispheres else longitude,
        span,
        when,
        valid=when is not None,
        speed=float(speed) * KNOT if speed.replace(".", "", 1).isdecimal() else None,
    )


DIALECT = FramedDialect(name="snapper", anchors=(rb"K[\x00-\x1f][\x00-\xff]{4}",), measure=_measure, read=_read)
