"""Riti trackers.

Source: read off one sample; the sentence is NMEA 0183 RMC with its checksum. ``3B 28``, unit (2), state, 25 bytes of
head in all, a whole ``$GPRMC`` sentence, CR LF, filling, ``04 04 04``.
"""

from __future__ import annotations

import re

from iotwatch.decode.fields import clock, degrees_minutes
from iotwatch.decode.trackers.engine.checksums import xor8
from iotwatch.decode.trackers.engine.frames import KNOT, Frame, FramedDialect, Session, checked, fix_at

END = b"\4\4\4"
SENTENCE_AT = (20, 30)
_RMC = re.compile(
    rb"\$(GPRMC,(\d{6})(?:\.\d+)?,([AV]),(\d{4}\.\d+),([NS]),(\d{5}\.\d+),([EW]),([\d.]*),([\d.]*),(\d{6})[^*\r\n]{0,20})"
    rb"\*([0-9A-F]{2})"
)


def _measure(window: bytes) -> int | None:
    if window[:2] != b";(" or not SENTENCE_AT[0] <= window.find(b"$GPRMC") <= SENTENCE_AT[1]:
        return None
    end = window.find(END, SENTENCE_AT[1])
    return end + len(END) if end > 0 else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    found = _RMC.search(frame)
    if found is None:
        return None
    sentence, hour, valid, latitude, north, longitude, east, speed, course, date, check = found.groups()
    when = [int(part[i : i + 2]) for part in (date, hour) for i in (0, 2, 4)]
    fix = fix_at(
        degrees_minutes(float(latitude)) * (-1 if north == b"S" else 1),
        degrees_minutes(float(longitude)) * (-1 if east == b"W" else 1),
        found.span(),
        clock(when[2], when[1], when[0], when[3], when[4], when[5]),
        valid=valid == b"A",
        speed=_number(speed, KNOT),
        course=_number(course, 1),
    )
    good = xor8(sentence) == int(check, 16)
    device = str(int.from_bytes(frame[2:4], "little"))
    return Frame(kind="position", fixes=(fix,), device=device, device_at=(2, 4), checksum=checked(good=good))


def _number(digits: bytes, scale: float) -> float | None:
    return float(digits) * scale if digits.replace(b".", b"", 1).isdigit() else None


DIALECT = FramedDialect(
    name="riti", rank=10, anchors=(rb";\([\x00-\xff]{18,28}\$GPRMC,",), measure=_measure, read=_read, limit=256
)
