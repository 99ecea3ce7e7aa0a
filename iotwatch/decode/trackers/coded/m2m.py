"""M2M trackers whose bytes are moved out of the control range.

Source: read off one sample. 23 bytes: every one but the last has 20 hex added; the last is ``0B``. Day, month, year,
hour, minute, second (upper bits carry other state), degrees, minutes and hundredths twice of latitude, hundreds and
rest of the longitude's degrees, minutes, hundredths twice, hemisphere bits, speed, course. Nothing proves the
hemisphere bits and there is no checksum: a reading is possible, not more.
"""

from __future__ import annotations

from iotwatch.decode.fields import clock
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at
from iotwatch.model import Confidence

SIZE, SHIFT = 23, 0x20
END = 0x0B


def _measure(window: bytes) -> int | None:
    return SIZE if len(window) >= SIZE and window[SIZE - 1] == END and min(window[: SIZE - 1]) >= SHIFT else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    values = [byte - SHIFT for byte in frame[:-1]]
    day, month, year, hour = (value & 0x3F for value in values[:4])
    minute, second = (value & 0x7F for value in values[4:6])
    time = clock(year, month, day, hour, minute, second)
    parts = values[7:10] + values[12:15]
    if time is None or max(parts) >= 100 or values[7] >= 60 or values[12] >= 60 or values[10] > 1:
        return None
    latitude = values[6] + _minutes(values[7:10])
    longitude = values[10] * 100 + values[11] + _minutes(values[12:15])
    hemisphere = values[15]
    fix = fix_at(
        -latitude if hemisphere & 2 else latitude,
        -longitude if hemisphere & 1 else longitude,
        (0, SIZE),
        time,
        valid=True,
        speed=float(values[16]),
    )
    return Frame(
        kind="position",
        fixes=(fix,),
        confidence=Confidence.POSSIBLE,
        doubts=("nothing but its structure proves the frame", "the hemisphere is not proven"),
    )


def _minutes(parts: list[int]) -> float:
    return (parts[0] + parts[1] / 100 + parts[2] / 10_000) / 60


DIALECT = FramedDialect(
    name="m2m",
    rank=70,
    anchors=(rb"[\x20-\xff]{2}[\x20-\x47\x60-\x87\xa0-\xc7][\x20-\xff]{19}\x0b",),
    measure=_measure,
    read=_read,
    limit=SIZE,
)
