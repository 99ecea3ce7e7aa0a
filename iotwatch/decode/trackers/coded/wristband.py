"""Wristbands whose frames carry words in braces.

Source: read off the samples; none of them holds a GPS position. ``00 01 02``, length of the words (2),
``YX<imei>|V1.0|<1>|{<function>#<values>}`` CR LF, ``FF FE FC``. Function F04 lists cells as area, MNC, MCC (as
the maker numbers them), cell and signal; F64 is a heartbeat, F91 and F01 are state.
"""

from __future__ import annotations

import re

from iotwatch.decode.message import Cell
from iotwatch.decode.trackers.engine.frames import Frame, FramedDialect, Session

END = b"\xff\xfe\xfc"
CELLS = b"F04"
KINDS = {b"F01": "state", b"F02": "position", b"F03": "wifi", b"F04": "cells", b"F64": "heartbeat", b"F91": "login"}
_WORDS = re.compile(rb"YX(\d{15})\|V[\d.]+\|\d\|\{(F\d\d)#([^{}]*)\}")
_CELL = re.compile(rb"(\d{1,6}),(\d{1,3}),(\d{1,3}),(\d{1,9}),(\d{1,3})(?:[:|]|$)")


def _measure(window: bytes) -> int | None:
    size = 5 + int.from_bytes(window[3:5], "big") + 3
    return size if window[:3] == b"\0\1\2" and window[5:7] == b"YX" and window[size - 3 : size] in {END, b""} else None


def _read(frame: bytes, session: Session) -> Frame | None:  # noqa: ARG001
    found = _WORDS.match(frame, 5)
    if found is None:
        return None
    cells: tuple[Cell, ...] = ()
    if found[2] == CELLS:
        cells = tuple(Cell(int(cell[3]), int(cell[2]), int(cell[1]), int(cell[4])) for cell in _CELL.finditer(found[3]))
    return Frame(
        kind=KINDS.get(found[2], found[2].decode()),
        cells=cells,
        fields={"text": found[3].decode("latin-1")},
        device=found[1].decode(),
        device_at=found.span(1),
    )


DIALECT = FramedDialect(
    name="wristband", anchors=(rb"\x00\x01\x02[\x00-\x0f][\x00-\xff]YX",), measure=_measure, read=_read
)
