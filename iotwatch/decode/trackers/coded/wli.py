"""WLI trackers, whose frames are numbered texts.

Source: read off two samples without a GPS place; 0A to 0D are numbered as a cell is. ``02``, class as a digit, serial and
check (5), then fields of number (1), ``00``, text, ``00``; ``03`` ends. Inside, ``DB`` is an escape: the low half of the next
byte counts. F5 is the IMEI, FF the Unix time.
"""

from __future__ import annotations

import re

from iotwatch.decode.fields import unix_time
from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session

MCC, MNC, AREA, CELL, IMEI, TIME = 0x0A, 0x0B, 0x0C, 0x0D, 0xF5, 0xFF
FIELDS_AT = 8
ENOUGH = 5
_FIELD = re.compile(rb"(\xdb?[\x00-\xff])\x00([\x20-\x7e]{1,120})\x00", re.DOTALL)


def _measure(window: bytes) -> int | None:
    if window[:1] != b"\2" or window[1:2] not in {b"1", b"2"}:
        return None
    end = window.find(b"\0\3", FIELDS_AT)
    return end + 2 if end > 0 else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    fields = {
        found[1][-1] & (0x0F if len(found[1]) == 2 else 0xFF): found[2] for found in _FIELD.finditer(frame, FIELDS_AT)
    }
    time = fields.get(TIME, b"")
    if len(fields) < ENOUGH or not time.isdigit():
        return None
    cell = [fields.get(number, b"") for number in (MCC, MNC, AREA, CELL)]
    cells: tuple[Cell, ...] = ()
    if all(part.isdigit() and len(part) < 10 for part in cell) and 200 <= int(cell[0]) < 800:
        cells = (Cell(int(cell[0]), int(cell[1]), int(cell[2]), int(cell[3])),)
    imei = fields.get(IMEI, b"")
    return Frame(
        kind="report", cells=cells, device=imei.decode() if imei.isdigit() else "", time=unix_time(int(time[:12]))
    )


DIALECT = FramedDialect(name="wli", anchors=(rb"\x02[12]\x00[\x00-\xff]{5}",), measure=_measure, read=_read, limit=2048)
