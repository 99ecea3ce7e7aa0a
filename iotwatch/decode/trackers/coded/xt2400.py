"""Xirgo XT2400 binary reports over UDP.

Source: read off the samples. Report number (1), unit (4), event (1), Unix time (4) at once or after two bytes, latitude
and longitude (4 each, 1e-6 degrees), then what the report's format, known to the server alone, says. Neither length
nor checksum: a reading is possible, not more.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor, on_globe, unix_time
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at
from iotwatch.model import Confidence
from iotwatch.words.identity import VIN

TIMES_AT = {0: 6, 1: 8}
PLACE = 12
SHORTEST, LONGEST = 30, 256
RECENT = 1_262_304_000
DISTINCT = 8
"""Different bytes among the twelve of a real time and place, at least; runs of zeros and ones have fewer."""


def _measure(window: bytes) -> int | None:
    return len(window) if SHORTEST <= len(window) <= LONGEST and window[0] in TIMES_AT else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    at = TIMES_AT[frame[0]]
    cursor = Cursor(frame, at)
    seconds = cursor.u32()
    latitude, longitude = cursor.i32() / 1e6, cursor.i32() / 1e6
    time = unix_time(seconds)
    if time is None or seconds < RECENT or frame[5] > 0x40 or frame[1] > 0x3F:
        return None
    if not on_globe(latitude, longitude) or min(abs(latitude), abs(longitude)) < 0.01:
        return None
    if len(set(frame[at : at + PLACE])) < DISTINCT:
        return None
    vin = VIN.search(frame, at + PLACE)
    return Frame(
        kind=f"event {frame[5]}",
        fixes=(fix_at(latitude, longitude, (at, at + PLACE), time, valid=True),),
        device=str(int.from_bytes(frame[1:5], "big")),
        device_at=(1, 5),
        vin=vin[0].decode() if vin else "",
        confidence=Confidence.POSSIBLE,
        doubts=("nothing but its structure proves the frame",),
    )


DIALECT = FramedDialect(
    name="xt2400",
    rank=70,
    anchors=(
        rb"\x00[\x01-\x3f][\x00-\xff]{3}[\x00-\x40][\x4b-\x83]",
        rb"\x01[\x01-\x3f][\x00-\xff]{3}[\x00-\x40][\x00-\xff]{2}[\x4b-\x83]",
    ),
    measure=_measure,
    read=_read,
    limit=LONGEST,
    resync=False,
)
