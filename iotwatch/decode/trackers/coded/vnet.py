"""VNET trackers.

Source: read off one sample; the flag bits are those of VT200, which writes places the same way. ``24 24``, kind (2),
length (2, little endian) and time ``dd mm yy hh mm ss`` in packed digits, latitude ``ddmm.mmmm`` (4), longitude
``dddmm.mmmmm`` (5), flags (1), further fields, ``23 23``; the length less 12 is that of the rest.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, clock, digits_degrees
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at

HEAD = 6
BEYOND = 18
"""What the length does not count: the head, ten bytes of the body and the end."""
VALID, NORTH, EAST = 1, 2, 4


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD + 16 or window[:2] != b"$$" or not window[HEAD : HEAD + 15].hex().isdecimal():
        return None
    size = int.from_bytes(window[4:6], "little") + BEYOND
    return size if size >= HEAD + 18 and window[size - 2 : size] in {b"##", b""} else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    cursor = Cursor(frame, HEAD)
    day, month, year, hour, minute, second = (int(cursor.bcd(1)) for _ in range(6))
    time = clock(year, month, day, hour, minute, second)
    latitude, longitude = digits_degrees(cursor.bcd(4), 2), digits_degrees(cursor.bcd(5), 3)
    flags = cursor.u8()
    if time is None:
        return None
    fix = fix_at(
        latitude if flags & NORTH else -latitude,
        longitude if flags & EAST else -longitude,
        (HEAD, cursor.at),
        time,
        valid=bool(flags & VALID),
    )
    return Frame(kind="position", fixes=(fix,))


DIALECT = FramedDialect(
    name="vnet", anchors=(rb"\$\$[\x00-\xff]{4}[\x00-\x31][\x00-\x12][\x00-\x40]",), measure=_measure, read=_read
)
