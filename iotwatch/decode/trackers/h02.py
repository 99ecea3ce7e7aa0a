"""H02 in its packed form: ``$``, the id and everything after it in packed decimal digits, 32 or 45 bytes, no checksum.

Source: reference facts, H02. The text form of the same units is data: ``dialects/h02.toml``.
"""

from __future__ import annotations

from iotwatch.decode.fields import bcd, clock, digits_degrees
from iotwatch.decode.trackers.frames import KNOT, Frame, FramedDialect, Session, fix_at

SHORT, LONG = 32, 45
_DIGITS = b"".join(rb"\x%x0-\x%x9" % (tens, tens) for tens in range(10))
_VALID, _NORTH, _EAST = 2, 4, 8
_STARTS = b"$*X"


def measure(window: bytes) -> int | None:
    """The short form when it ends the bytes or another message follows, else the long one."""
    size = len(window)
    if size == SHORT or (
        size > SHORT and window[SHORT] in _STARTS and (size < LONG or window[LONG - 1] not in _STARTS)
    ):
        return SHORT
    return LONG if size >= LONG else SHORT


def read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    """Id, time ``hhmmss ddmmyy``, latitude, battery, longitude with a nibble of flags, speed and course."""
    hour, minute, second, day, month, year = (int(bcd(frame[i : i + 1])) for i in range(6, 12))
    time = clock(year, month, day, hour, minute, second)
    if time is None:
        return None
    flags = frame[21] & 0x0F
    latitude = digits_degrees(bcd(frame[12:16]), 2)
    longitude = digits_degrees(frame[17:22].hex()[:9], 3)
    moving = bcd(frame[22:25])
    device = bcd(frame[1:6])
    fix = fix_at(
        latitude if flags & _NORTH else -latitude,
        longitude if flags & _EAST else -longitude,
        (12, 22),
        time,
        valid=bool(flags & _VALID),
        speed=int(moving[:3]) * KNOT,
        course=int(moving[3:]),
    )
    return Frame(kind="packed", fixes=(fix,), device=device, device_at=(1, 6), time=time)


DIALECT = FramedDialect(
    name="h02",
    anchors=(
        rb"\$[" + _DIGITS + rb"]{5}[\x00-\x09\x10-\x19\x20-\x23][" + _DIGITS + rb"]{2}"
        rb"[\x01-\x09\x10-\x19\x20-\x29\x30\x31][\x01-\x09\x10-\x12][" + _DIGITS + rb"]{5}.[" + _DIGITS + rb"]{4}",
    ),
    measure=measure,
    read=read,
    limit=LONG + 1,
    weak=True,
)
