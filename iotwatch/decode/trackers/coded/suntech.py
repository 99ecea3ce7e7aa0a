"""Suntech ST-series (ST4300, ST4500) in their binary form.

Source: reference facts: Suntech (head 81/82, 1e-6 fractions); the order of fields read off the samples. Kind (1),
length of what follows (2), id in packed digits (5), mask (3), then as the mask's bits say: model, software (3), stored
flag, date (3), time (3), cell (4), MCC, MNC, area (2 each), signal, latitude, longitude (1e-6 degrees, the top
bit is the sign), speed and course (hundredths), satellites, fix.
"""

from __future__ import annotations

from iotwatch.decode.fields import binary_time
from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session, fix_at

SIZES = (1, 3, 1, 3, 3, 4, 2, 2, 2, 1, 4, 4, 2, 2, 1, 1)
DATE, TIME, CELL, MCC, MNC, AREA, LATITUDE, LONGITUDE, SPEED, COURSE, FIX = 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 15
NEEDED = {DATE, TIME, LATITUDE, LONGITUDE}
KINDS = {0x81: "status", 0x82: "alert", 0x83: "event"}
HEAD = 11


def _measure(window: bytes) -> int | None:
    if len(window) < HEAD or window[0] not in KINDS or not window[3:8].hex().isdecimal():
        return None
    size = 3 + int.from_bytes(window[1:3], "big")
    return size if HEAD + 20 <= size <= 1024 else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    mask = int.from_bytes(frame[8:11], "big")
    fields: dict[int, bytes] = {}
    at = HEAD
    spans: dict[int, int] = {}
    for field, size in enumerate(SIZES):
        if mask >> field & 1 and at + size <= len(frame):
            fields[field], spans[field] = frame[at : at + size], at
            at += size
    if not fields.keys() >= NEEDED:
        return None
    time = binary_time(fields[DATE] + fields[TIME])
    if time is None:
        return None
    numbers = {field: int.from_bytes(value, "big") for field, value in fields.items()}
    fix = fix_at(
        _angle(numbers[LATITUDE]),
        _angle(numbers[LONGITUDE]),
        (spans[DATE], at),
        time,
        valid=bool(numbers[FIX]) if FIX in numbers else None,
        speed=numbers[SPEED] / 100 if SPEED in numbers else None,
        course=numbers[COURSE] / 100 if COURSE in numbers else None,
    )
    cells: tuple[Cell, ...] = ()
    if numbers.keys() >= {CELL, MCC, MNC, AREA} and 200 <= numbers[MCC] < 800:
        cells = (Cell(numbers[MCC], numbers[MNC], numbers[AREA], numbers[CELL]),)
    device = frame[3:8].hex()
    return Frame(kind=KINDS[frame[0]], fixes=(fix,), cells=cells, device=device, device_at=(3, 8))


def _angle(value: int) -> float:
    angle = (value & 0x7FFFFFFF) / 1e6
    return -angle if value >> 31 else angle


DIALECT = FramedDialect(
    name="suntech",
    anchors=(rb"[\x81-\x83][\x00-\x03][\x00-\xff][\x00-\x99]{5}[\x00-\xff]{3}",),
    measure=_measure,
    read=_read,
    weak=True,
)
