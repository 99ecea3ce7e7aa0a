"""Smokey battery trackers, which know cells only.

Source: read off one sample. ``SM``, kind (1), version (1), id (8), state, then MCC, MNC, area, cell (2 each); the last two
bytes are a check value whose rule we do not know.
"""

from __future__ import annotations

from iotwatch.decode.fields import Cursor
from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session
from iotwatch.model import Confidence

REPORT = 3
CELL_AT, SIZE = 27, 39


def _measure(window: bytes) -> int | None:
    return len(window) if len(window) == SIZE and window[:2] == b"SM" and window[2] == REPORT else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    cursor = Cursor(frame, CELL_AT)
    cell = Cell(cursor.u16(), cursor.u16(), cursor.u16(), cursor.u16())
    if not 200 <= cell.mcc < 800 or cell.mnc > 999:
        return None
    return Frame(
        kind="report", cells=(cell,), device=frame[4:12].hex(), device_at=(4, 12), confidence=Confidence.POSSIBLE
    )


DIALECT = FramedDialect(
    name="smokey",
    anchors=(rb"SM\x03[\x00-\x0f][\x00-\x99]",),
    measure=_measure,
    read=_read,
    limit=2 * SIZE,
    resync=False,
)
